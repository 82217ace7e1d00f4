"""The dbt project copied and changed, for tests that ask what another catalogue or another statement would give.

Belongs here: making the copy and pointing the build at it. Does not belong here: what is changed and what is expected.
"""

from __future__ import annotations

import contextlib
import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from pipelines.layout import DBT_PROJECT
from pipelines.warehouse import parsed_project

Row = dict[str, str]


@contextlib.contextmanager
def copied_project(folder: Path) -> Iterator[Path]:
    """Let builds use a copy of the dbt project while the block lasts; the copy is the caller's to change."""
    copy = folder / "dbt_project"
    shutil.copytree(DBT_PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    with mock.patch.object(parsed_project, "DBT_PROJECT", copy):
        yield copy


def read_catalogue(project: Path) -> list[Row]:
    """The rows of a project's rule catalogue."""
    with (project / "seeds" / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_catalogue(project: Path, rows: list[Row]) -> None:
    """Write a project's rule catalogue."""
    with (project / "seeds" / "rule_catalogue.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

"""Warehouses that several tests read, built once in a test run and read by all of its processes.

Belongs here: which deliveries are built and for which day, and building others like them. Does not belong here: any
expectation of what is in them.
"""

from __future__ import annotations

import atexit
import csv
import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.layout import SEEDS
from tests.made_once import made_once
from tests.rules import recorded_build
from tests.rules.build import BuildFailed, Smaller, load
from tests.rules.delivery_reader import Tables, read_delivery
from tests.shared_material import SHARED

NOTHING_ELSE = Smaller()
BOUNDARIES = SHARED / "examples" / "boundaries" / "2026-09-30"


@cache
def municipality_codes() -> frozenset[str]:
    """The codes of the 98 municipalities."""
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["municipality_code"] for row in csv.DictReader(file))


@cache
def scratch() -> Path:
    """A folder that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="god-loesladelse-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def delivery(folder: Path) -> tuple[date, Tables]:
    """A delivery's extract date and the rows of it that follow the contract."""
    return read_delivery(folder, set_aside=[], municipality_codes=municipality_codes())


@cache
def boundaries(as_of: date) -> Path:
    """The boundary delivery, assessed on a day."""

    def make(folder: Path) -> None:
        extract_date, tables = delivery(BOUNDARIES)
        build_from(tables, as_of, folder / "warehouse.duckdb", extract_date=extract_date)

    return made_once(f"boundaries-{as_of}", make) / "warehouse.duckdb"


@cache
def demo_delivery() -> Path:
    """A small synthetic delivery."""

    def make(folder: Path) -> None:
        write_synthetic_delivery(folder, sentence_cases=600, supervision_cases=300)

    (folder,) = made_once("demo-delivery", make).iterdir()
    return folder


@cache
def demo() -> Path:
    """The small synthetic delivery, assessed on its extract date."""

    def make(folder: Path) -> None:
        extract_date, tables = delivery(demo_delivery())
        load(tables, extract_date, folder / "warehouse.duckdb")
        recorded_build.record(folder / "warehouse.duckdb", folder)

    return made_once("demo", make) / "warehouse.duckdb"


def build_from(
    tables: Tables,
    as_of: date,
    target: Path,
    *,
    extract_date: date | None = None,
    smaller: Smaller = NOTHING_ELSE,
    data_tests: bool = True,
) -> None:
    """Build a new warehouse file of these tables with the statements that dbt built the small synthetic delivery by.

    Raises BuildFailed with the data tests that do not hold. The file is called ``warehouse.duckdb``.
    """
    load(tables, as_of, target, extract_date=extract_date, smaller=smaller)
    broken = recorded_build.execute(demo().parent, target, data_tests=data_tests)
    if broken:
        raise BuildFailed("\n".join(broken))


def rows(file: Path, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a query gives in a warehouse."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()

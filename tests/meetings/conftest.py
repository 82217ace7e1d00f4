"""The made-up output folder, built once; each test gets a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import cli
from pipelines.layout import Output
from pipelines.warehouse.in_place import open_read_only
from reports.meetings import facts, pack
from tests.made_once import made_once
from tests.meetings import made_up_output
from tests.meetings.made_up_output import PACK_CODES, PACK_NAME, PACK_SPAN


@pytest.fixture(scope="session")
def built() -> Output:
    """Return an output folder that no test may change."""

    def make(folder: Path) -> None:
        made_up_output.make(folder)

    return Output(made_once("made-up-output", make))


@pytest.fixture
def output(built: Output, tmp_path: Path) -> Output:
    """Return an output folder of its own for one test; warehouse and publications, which no test writes to, are
    shared.
    """
    own = Output(tmp_path / "output")
    own.root.mkdir()
    own.warehouse.symlink_to(built.warehouse)
    own.published.symlink_to(built.published, target_is_directory=True)
    return own


@pytest.fixture(scope="session")
def folder(built: Output) -> Path:
    """Return the folder of a pack for three municipalities, written once through the command line."""

    def make(_: Path) -> None:
        words = ["meeting", "prepare", "--area", "oest", "--municipalities", *PACK_CODES, "--output", str(built.root)]
        assert cli.main([*words, "--from", "2024-10-01", "--to", "2026-09-30"]) == 0

    made_once("meeting-pack", make)
    return built.root / "meetings" / PACK_NAME


@pytest.fixture(scope="session")
def read(built: Output) -> facts.Facts:
    """Return the facts that the pack was made of."""
    with open_read_only(built) as connection:
        return pack._narrowed(connection, facts.read(connection, "Øst", None, PACK_SPAN), list(PACK_CODES))

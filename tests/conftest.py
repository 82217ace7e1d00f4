"""What holds for every test: none reads or writes the user's own configuration, and each has a key of its own."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from pipelines.layout import Output
from tests.made_once import forget
from tests.small_delivery import KEY

#: Files that take longest, the longest first: begun last, one of them would keep one process at work alone.
LONGEST_FIRST = (
    "benchmarks/whole_runs/test_second_engine.py",
    "tests/pipeline/test_web_interface.py",
    "tests/pipeline/test_deliveries_in_turn.py",
    "tests/extension/test_extending.py",
    "tests/pipeline/test_kills.py",
    "tests/reports/test_browser.py",
    "tests/rules/test_worked_examples.py",
    "tests/rules/test_mutations.py",
    "tests/reports/test_unchanged.py",
    "tests/rules/test_warehouse_outcomes.py",
    "tests/rules/test_dialects.py",
    "tests/pipeline/test_five_years.py",
    "tests/pipeline/test_operators.py",
    "tests/reports/test_pages.py",
    "tests/rules/test_parsed_project.py",
    "tests/rules/test_revision_and_corrections.py",
    "tests/rules/test_second_implementation_properties.py",
)


#: Each imports the program for itself, about half a gigabyte; more of them than files that take long gain nothing.
MOST_PROCESSES = 7


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for a browser, a server or what another process makes."""
    return min(os.cpu_count() or 1, MOST_PROCESSES) + 1


def pytest_collection() -> None:
    """Look for no garbage while everything is imported: there is none, and a seventh of the time went to looking."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage again, but never in what was imported, which stays."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; within a file the order is the file's own."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name unreadable bytes by their argument: zipped ones bear the second they were made in."""
    unreadable = isinstance(val, bytes) and not val.decode("ascii", "replace").isprintable()
    return argname if unreadable else None


@pytest.fixture(autouse=True)
def own_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the test away from the user's configuration folder; the pseudonym key comes from the environment."""
    folder = tmp_path_factory.mktemp("configuration")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", KEY)
    monkeypatch.delenv("GOD_LOESLADELSE_CONFIGURATION", raising=False)
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """An output folder that does not exist yet."""
    return Output(tmp_path / "output")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """An empty landing folder."""
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


def pytest_sessionfinish() -> None:
    """Remove what the test processes shared, when the last of them has ended."""
    gc.unfreeze()  # libraries complain of objects that outlive the interpreter
    if "PYTEST_XDIST_WORKER" not in os.environ:
        forget()

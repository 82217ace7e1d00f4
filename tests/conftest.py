"""What holds for every test: none reads or writes the user's own configuration, and each has a key of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.layout import Output
from tests.made_once import forget
from tests.small_delivery import KEY


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
    if "PYTEST_XDIST_WORKER" not in os.environ:
        forget()

"""The made-up output folder, built once; each test gets a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.layout import Output
from tests.meetings import made_up_output


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Output:
    """Return an output folder that no test may change."""
    return made_up_output.make(tmp_path_factory.mktemp("output"))


@pytest.fixture
def output(built: Output, tmp_path: Path) -> Output:
    """Return an output folder of its own for one test; warehouse and releases, which no test writes to, are shared."""
    own = Output(tmp_path / "output")
    own.root.mkdir()
    own.warehouse.symlink_to(built.warehouse)
    own.published.symlink_to(built.published, target_is_directory=True)
    return own

"""What the tests of pages share: one rendered sample, made once, since it takes longer than any test of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.rendering import render_sample


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sample with one page of every kind and all its documents."""
    return render_sample(tmp_path_factory.mktemp("site"))

"""What the tests of pages share: one rendered sample, made once, since it takes longer than any test of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_once import made_once
from tests.reports.rendering import render_sample


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of a sample with one page of every kind and all its documents."""
    return made_once("sample-of-pages", render_sample)

"""Every page of the sample in a real browser, judged by everything in every colour and width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reports.conftest import site
from tests.reports.test_browser import PAGES, address, browser, judge, page, pytestmark

__all__ = ["browser", "page", "pytestmark", "site"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_violation_in_any_colour_and_width(page: Any, site: Path, name: str) -> None:
    judge(page, address(site, name), in_every_colour=True)

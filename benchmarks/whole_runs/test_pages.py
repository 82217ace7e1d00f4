"""The pages of every unit, where the tests make those of some."""

from __future__ import annotations

from pathlib import Path

from tests.reports.small_world import world
from tests.reports.test_pages import every_link_leads_somewhere


def test_every_link_of_every_unit_leads_to_a_page(tmp_path: Path) -> None:
    every_link_leads_somewhere(world(), tmp_path)

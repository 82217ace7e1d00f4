"""The pages of every unit and of every duty, where the tests make those of some."""

from __future__ import annotations

from pathlib import Path

from tests.reports.small_world import world
from tests.reports.test_pages import every_link_leads_somewhere, pages_come_out_the_same


def test_every_link_of_every_unit_leads_to_a_page(tmp_path: Path) -> None:
    every_link_leads_somewhere(world(), tmp_path)


def test_pages_of_every_duty_come_out_the_same_in_one_process_and_in_two(tmp_path: Path) -> None:
    pages_come_out_the_same(world(), tmp_path)

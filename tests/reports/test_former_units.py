"""A unit that is no more, as a region after a reform: its figures stay where it was, and nothing is made up after."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.editions import SHARED, page_units
from reports.figures.data import ReportData
from reports.figures.protected import protected_data
from reports.packs import peers_page
from reports.publication import make, tasks
from reports.read_back.read_figures import published_cells
from reports.tasks import Sources
from tests.reports.protecting import crude_cells
from tests.reports.small_world import world

FORMER = ("region", "1081")


@pytest.fixture(scope="module")
def shared() -> ReportData:
    """The small world's protected figures a year after a region ended: it has none in the leading year."""
    data = world()
    window = protected_data(data.without_figures(), crude_cells(data)).window("region")
    cells = {key: value for key, value in crude_cells(data).items() if key[1:4] != (*FORMER, window.period)}
    return protected_data(data.without_figures(), cells)


def test_it_has_no_page_and_no_row_in_the_year_after(shared: ReportData) -> None:
    assert FORMER in shared.figures, "its earlier years are known"
    units = {unit.key for unit in page_units(SHARED, shared)}
    assert FORMER not in units and len([key for key in units if key[0] == "region"]) >= 1
    name = shared.units[FORMER].name
    assert name not in str(peers_page(shared)["topics"])


def test_nothing_is_printed_of_it_in_that_year(shared: ReportData, tmp_path: Path) -> None:
    sources = Sources(world(), shared)
    wanted = [task for task in tasks(SHARED, sources) if task.kind == "duty" or task.level in ("national", "region")]
    for task in wanted[:12]:
        make(sources, tmp_path, task, ("html", "csv"))
    frame = world().without_figures()
    found = [cell for cell in published_cells(tmp_path / "delt", frame) if (cell.level, cell.unit) == FORMER]
    assert not [cell for cell in found if cell.period == shared.window("region").period]

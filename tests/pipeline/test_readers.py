"""What four readers came for, in a publication of a real run: from the start page to the answer, in a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pipeline.whole_path import small_world
from tests.reports.test_browser import CHROMIUM, address, browser, page
from tests.reports.test_open_data import read
from tests.reports.test_readers_questions import Reader

__all__ = ["browser", "page"]

needs_browser = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the pages were not tried in a browser"
)


@needs_browser
def test_the_analyst_and_the_lawyer_in_the_directorates_edition(page: Any) -> None:
    world = small_world()
    current = world.output.published / "current"
    reader = Reader(page, address(current, "direktorat/index.html"))
    reader.click(".lines a >> text=Lavest niveau")
    assert page.evaluate("() => document.querySelector(location.hash) !== null") and reader.clicks == 1
    ((case_id, code),) = world.query(
        "select case_id, min(municipality_code) from publish.pub_late_case group by all "
        "having count(distinct municipality_code) = 1 order by 1 limit 1"
    )
    reader = Reader(page, address(current, "direktorat/index.html"))
    page.fill("#sagsnummer", case_id)
    reader.click("#find-sag button")
    page.wait_for_url(f"**/kommune/{code}/sag/{case_id}.html")
    assert reader.sees("h1", f"Sag {case_id}") and reader.clicks == 1
    assert page.complaints == []


@needs_browser
def test_the_journalist_in_the_shared_edition_sees_a_development_and_one_municipality(page: Any) -> None:
    current = small_world().output.published / "current"
    reader = Reader(page, address(current, "delt/index.html"))
    assert page.locator(".chart .drawn svg").count() > 0, "from the first publication on"
    reader.click("table.overview tbody th a")
    duty = page.evaluate("() => location.hash")
    reader.click(f"{duty} a >> text=Alle kommuner")
    page.fill("#soeg", "kbh")
    assert reader.sees("#kommunetabel th", "København") and reader.clicks == 2
    assert page.locator("#kommunetabel tbody tr:visible").count() == 1
    assert page.complaints == []


@needs_browser
def test_the_team_leader_in_her_pack_opens_a_late_case_and_the_form(page: Any) -> None:
    world = small_world()
    ((code, case_id),) = world.query(
        "select municipality_code, min(case_id) from publish.pub_late_case where municipality_code is not null "
        "group by all order by count(*) desc, 1 limit 1"
    )
    reader = Reader(page, address(world.output.published / "current", f"kommune/{code}/index.html"))
    reader.click("summary >> text=Vis sagerne")
    reader.click("section[aria-labelledby=forsinket] tbody th a")
    assert page.inner_text("h1").startswith("Sag ") and reader.sees("#indhold a", "svarskemaet")
    assert reader.clicks == 2 and case_id


def test_every_file_of_the_open_data_is_there_and_can_be_read_by_its_description_alone() -> None:
    shared = small_world().output.published / "current" / "delt"
    package = json.loads((shared / "datapackage.json").read_text(encoding="utf-8"))
    paths = {resource["path"] for resource in package["resources"]}
    assert paths == {path.relative_to(shared).as_posix() for path in shared.rglob("*.csv")}
    for resource in package["resources"]:
        rows = read(shared, resource)
        keys = {tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows}
        assert len(keys) == len(rows), resource["path"]
        periods = [row["periode"] for row in rows if row["niveau"] == rows[0]["niveau"]]
        assert periods == sorted(periods, reverse=True), "the newest first"

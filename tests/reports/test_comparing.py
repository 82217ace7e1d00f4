"""Municipalities are found by any of their names and put side by side, in a real browser and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports import html
from reports.editions import FULL, SHARED
from reports.publication import make
from reports.tasks import Task
from reports.words.municipality_names import found_by, other_names
from tests.reports.rendering import sources
from tests.reports.small_world import world
from tests.reports.test_browser import CHROMIUM, EVERYTHING, address, browser, page, violations

__all__ = ["browser", "page"]

DUTY = "direktorat/pligt/aid_decided/index.html"
ROWS = "#sammenlign tbody tr"
needs_browser = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the pages were not tried in a browser"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with two duties' pages, the nation's page and a pack."""
    target, known = tmp_path_factory.mktemp("pages"), sources()
    for edition in (FULL, SHARED):
        for name, content in html.shared_files(edition).items():
            file = target / edition.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for task in (
        Task("direktorat", "duty", "", "aid_decided"),
        Task("direktorat", "duty", "", "municipal_response"),
        Task("direktorat", "unit", "national", "DK"),
        Task("delt", "duty", "", "municipal_response"),
        Task("kommune", "pack", "municipality", "851"),
    ):
        make(known, target, task, ("html",))
    yield target


def shown(page: Any) -> list[list[str]]:
    """Return the table of the chosen municipalities, a list of cells a row."""
    cells: list[list[str]] = page.eval_on_selector_all(
        ROWS, "rows => rows.map(one => [...one.cells].slice(0, 5).map(cell => cell.innerText.trim()))"
    )
    return cells


def add(page: Any, name: str) -> None:
    page.fill("#valgt-kommune", name)
    page.press("#valgt-kommune", "Enter")


def test_every_other_name_belongs_to_one_municipality_that_exists() -> None:
    codes = {unit.code for unit in world().units_of("municipality")}
    names = [name for every in other_names().values() for name in every]
    assert set(other_names()) <= codes
    assert len(names) == len(set(names)) > 190
    assert found_by("101").split("|")[:2] == ["101", "KBH"] and found_by("159") == "159"
    assert not {unit.name for unit in world().units_of("municipality")} & set(names)


@needs_browser
@pytest.mark.parametrize(
    ("written", "name", "told"),
    [
        ("kbh", "København", "1 kommune (KBH)"),
        ("Høje Taastrup", "Høje-Taastrup", "1 kommune"),
        ("101", "København", "1 kommune (101)"),
        ("århus", "Aarhus", "1 kommune"),
        ("løkken", "Hjørring", "1 kommune (Løkken-Vrå)"),
    ],
)
def test_a_municipality_is_found_by_code_and_by_short_and_former_names(
    page: Any, pages: Path, written: str, name: str, told: str
) -> None:
    page.goto(address(pages, "direktorat/index.html"))
    page.fill("#soeg", written)
    assert page.locator("#kommunetabel tbody tr:visible th").all_inner_texts() == [name]
    assert page.inner_text("#soeg-antal") == told


@needs_browser
def test_a_choice_stands_in_the_address_and_can_be_sent_and_taken_to_another_duty(page: Any, pages: Path) -> None:
    page.goto(address(pages, DUTY))
    assert page.locator(ROWS).count() == 0
    for name in ("ålborg", "kbh", "ros", "roskilde", "849"):
        add(page, name)
        if name == "ros":
            assert page.inner_text("#sammenlign .told").startswith("»ros« kan være Roskilde, Syddjurs")
    assert page.url.endswith("#kommune-851,101,265,849")
    rows = shown(page)
    assert [row[0] for row in rows[:4]] == ["Aalborg", "København", "Roskilde", "Jammerbugt"]
    assert rows[4] == ["Til sammenligning"] and rows[5][0] == "Hele landet"
    assert rows[6] == ["Nærmest Aalborg i antal frister"] and len(rows) == 11
    for row in (*rows[:4], *rows[7:]):
        # Nothing but what the page's own table says of that municipality.
        code = page.evaluate(
            "name => [...document.querySelectorAll('#kommunetabel tbody tr')]"
            ".find(one => one.cells[0].innerText.trim() === name).id",
            row[0],
        )
        own = page.eval_on_selector(f"#{code}", "one => [...one.cells].map(cell => cell.innerText.trim())")
        assert row[1:] == own[2:6]
    sent = page.url
    page.goto("about:blank")
    page.goto(sent)
    assert shown(page) == rows
    add(page, "Randers")
    add(page, "Vejle")
    assert page.inner_text("#sammenlign .told") == "Der er valgt fem kommuner. Fjern en af dem først."
    page.click("button[aria-label='Fjern København']")
    assert page.url.endswith("#kommune-851,265,849,730")
    page.select_option(
        "#valgt-pligt", label=page.locator("#valgt-pligt option[value*='municipal_response']").inner_text()
    )
    page.click("#sammenlign .choose button >> nth=0")
    page.wait_for_url("**/municipal_response/index.html#kommune-851,265,849,730")
    assert [row[0] for row in shown(page)[:4]] == ["Aalborg", "Roskilde", "Jammerbugt", "Randers"]
    assert page.complaints == []


@needs_browser
def test_a_comparison_is_accessible_fits_a_telephone_and_tells_why_a_hidden_one_has_none_like_it(
    page: Any, pages: Path
) -> None:
    page.goto(address(pages, "delt/pligt/municipal_response/index.html"))
    hidden = page.evaluate(
        "() => [...document.querySelectorAll('#kommunetabel tbody tr')].find(one => !one.cells[2].dataset.v).id"
    )
    page.goto(f"{page.url}#{hidden}")
    page.wait_for_selector("#sammenlign tbody tr")
    rows = shown(page)
    assert "skjult" in rows[0][1] and rows[-1][0].endswith("kan ikke findes")
    page.evaluate(
        "() => { for (const body of document.querySelectorAll('tbody')) "
        "[...body.rows].slice(5).forEach(row => row.remove()); }"
    )
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert violations(page, EVERYTHING) == []


@needs_browser
def test_buttons_that_sort_are_named_by_their_column(page: Any, pages: Path) -> None:
    page.goto(address(pages, "direktorat/index.html"))
    names = page.locator("#kommunetabel thead button").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label') || one.textContent)"
    )
    assert len(names) == len(set(names)) > 4 and names[2].endswith(": Frister") and names[3].endswith(": Pct.")


@needs_browser
def test_without_a_script_a_link_leads_to_the_municipality_itself(browser: Any, pages: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address(pages, DUTY) + "#kommune-851")
    assert opened.locator("#kommune-851:target").is_visible() and not opened.locator("#sammenlign").is_visible()
    opened.goto(address(pages, "kommune/851/index.html"))
    opened.click("a[href='sammenligning.html#aid_decided-851']")
    opened.wait_for_selector("tr:target")
    assert opened.locator("tr:target").inner_text().startswith("Aalborg")
    assert opened.locator("details[open]").count() == 1
    context.close()


@needs_browser
def test_a_search_and_an_order_stand_in_the_address_and_are_found_again(page: Any, pages: Path) -> None:
    page.goto(address(pages, DUTY))
    page.fill("#soeg", "kø")
    page.click("#kommunetabel thead th:nth-child(3) button")
    page.click("#kommunetabel thead th:nth-child(3) button")
    sent = page.url
    assert "soeg=k%C3%B8" in sent and "orden=3-stigende" in sent
    shown_rows = page.locator("#kommunetabel tbody tr:visible th").all_inner_texts()
    page.goto("about:blank")
    page.goto(sent)
    assert page.input_value("#soeg") == "kø"
    assert page.get_attribute("#kommunetabel thead th:nth-child(3)", "aria-sort") == "ascending"
    assert page.locator("#kommunetabel tbody tr:visible th").all_inner_texts() == shown_rows != []
    page.fill("#soeg", "")
    assert "soeg" not in page.url and page.complaints == []


@needs_browser
def test_a_packs_menu_opens_the_others_at_its_own_row(page: Any, pages: Path) -> None:
    page.goto(address(pages, "kommune/851/index.html"))
    page.click("nav >> text=Andre kommuner")
    row = page.locator("tr:target")
    row.wait_for()
    assert row.locator("th").inner_text() == "Aalborg Kommune"

"""The pages in a real browser, opened from a file share as their readers do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# One page of each template: the others have the same colours and fold in the same way. To judge colours is two thirds
# of the work, since axe looks at every word's surroundings.
IN_EVERY_COLOUR = {
    "direktorat/pligt/aid_decided/index.html",
    "direktorat/kommune/851/arbejdsliste.html",
    "direktorat/metode.html",
    "direktorat/datakvalitet.html",
    "direktorat/siden-sidst.html",
    "direktorat/tilgaengelighed.html",
    "delt/index.html",
    "delt/english.html",
    "kommune/851/index.html",
    "kommune/851/sammenligning.html",
    "kommune/851/sag/S851000.html",
}
EVERYTHING = {"runOnly": STANDARDS, "rules": {"target-size": {"enabled": True}}}
ALL_BUT_COLOURS = {"runOnly": STANDARDS, "rules": {"color-contrast": {"enabled": False}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# What else the width decides.
OF_THE_WIDTH = {"runOnly": {"type": "rule", "values": ["scrollable-region-focusable", "target-size"]}}
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the pages were not tried in a browser"
)
PAGES = (
    "direktorat/index.html",
    "direktorat/omraade/oest/index.html",
    "direktorat/institution/F01/index.html",
    "direktorat/region/1081/index.html",
    "direktorat/kommune/851/index.html",
    "direktorat/kommune/851/arbejdsliste.html",
    "direktorat/pligt/aid_decided/index.html",
    "direktorat/metode.html",
    "direktorat/datakvalitet.html",
    "direktorat/tilgaengelighed.html",
    "delt/index.html",
    "delt/kommune/851/index.html",
    "delt/kommune/825/index.html",
    "delt/pligt/housing_registered/index.html",
    "delt/datakvalitet.html",
    "delt/metode.html",
    "delt/tilgaengelighed.html",
    "delt/siden-sidst.html",
    "delt/english.html",
    "direktorat/siden-sidst.html",
    "kommune/851/index.html",
    "kommune/851/sammenligning.html",
    "kommune/851/arbejdsliste.html",
    "kommune/851/metode.html",
    "kommune/851/datakvalitet.html",
    "kommune/851/sag/S851000.html",
    "direktorat/kommune/851/sag/S851000.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:")) else opened.complaints.append(request.url),
    )
    yield opened
    opened.close()


def address(site: Path, name: str) -> str:
    return (site / name).as_uri()


def draw_all(page: Any) -> None:
    """Ask for each chart to be made live, and wait until it is."""
    page.evaluate(
        "async () => { for (const one of document.querySelectorAll('.chart')) { one.querySelector('.ask').click(); "
        "for (let waited = 0; waited < 200 && !one.querySelector('.live .main-svg'); waited += 1) "
        "await new Promise(done => setTimeout(done, 25)); } }"
    )
    assert page.evaluate(
        "() => [...document.querySelectorAll('.chart')].every(one => one.querySelector('.live .main-svg'))"
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_violation_no_error_and_no_request_outside(
    page: Any, site: Path, name: str
) -> None:
    """``benchmarks/whole_runs/test_browser.py`` judges every page by everything in every colour and width."""
    judge(page, address(site, name), in_every_colour=name in IN_EVERY_COLOUR)


def judge(page: Any, place: str, *, in_every_colour: bool) -> None:
    """Open a page and fail when axe finds a fault in it, when it complains, or asks for anything outside its folder."""
    page.set_viewport_size({"width": 1300, "height": 800})
    page.goto(place)
    # Folded parts are judged as well; three of a kind are enough, since axe takes seconds over thousands of cells.
    page.evaluate("() => [...document.querySelectorAll('details')].slice(0, 3).forEach(one => { one.open = true; })")
    # Rows of a table are alike, and so are duties; axe would take half a minute over all of them.
    page.evaluate(
        "() => { for (const body of document.querySelectorAll('tbody')) "
        "[...body.rows].slice(5).forEach(row => row.remove()); "
        "[...document.querySelectorAll('article')].slice(3).forEach(one => one.remove()); }"
    )
    # Before axe, which tries to fetch the style sheet and is refused.
    assert page.complaints == []
    assert violations(page, EVERYTHING if in_every_colour else ALL_BUT_COLOURS) == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert violations(page, EVERYTHING if in_every_colour else OF_THE_WIDTH) == []
    if not in_every_colour:
        return
    # What is left to differ: colours, of the wide page at night, of the narrow one by day, and of paper.
    page.emulate_media(color_scheme="light")
    assert violations(page, COLOURS) == []
    page.set_viewport_size({"width": 1300, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.emulate_media(media="print")
    assert violations(page, COLOURS) == []


def violations(page: Any, asked: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Ask axe, and return what it found as short as a reader of a failed test needs it."""
    from axe_playwright_python.sync_playwright import Axe

    # What is in order is not told piece by piece: to carry it out of the browser takes longer than to judge it.
    found = Axe().run(page, options={**asked, "resultTypes": ["violations"]})
    return [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:200])
        for one in found.response["violations"]
    ]


@pytest.mark.parametrize(
    "name", ["direktorat/index.html", "direktorat/kommune/851/index.html", "delt/kommune/851/index.html"]
)
def test_every_chart_is_drawn_and_complains_of_nothing(page: Any, site: Path, name: str) -> None:
    page.goto(address(site, name))
    draw_all(page)
    assert page.evaluate("() => document.querySelectorAll('.chart .live .trace').length") > 0
    assert page.complaints == []


@pytest.mark.parametrize("name", ["direktorat/index.html", "delt/kommune/851/index.html"])
def test_without_javascript_tables_and_drawings_are_all_there(browser: Any, site: Path, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address(site, name))
    charts = opened.locator(".chart")
    assert charts.count() > 0
    assert charts.count() == opened.locator(".chart .drawn svg:visible").count()
    assert opened.locator("article table:visible").count() > 10
    assert opened.locator(".search:visible").count() == 0
    context.close()


def test_the_list_of_municipalities_is_found_in_by_search_with_any_spelling(page: Any, site: Path) -> None:
    page.goto(address(site, "direktorat/index.html"))
    rows = page.locator("#kommunetabel tbody tr:visible")
    assert rows.count() == 98
    page.fill("#soeg", "ålborg")
    assert rows.locator("th").all_inner_texts() == ["Aalborg"]
    assert page.inner_text("#soeg-antal") == "1 kommune"
    page.fill("#soeg", "")
    assert rows.count() == 98


def test_the_list_is_sorted_in_danish_and_never_by_a_rate_on_few_cases(page: Any, site: Path) -> None:
    page.goto(address(site, "direktorat/pligt/aid_decided/index.html"))
    names = page.locator("#kommunetabel tbody th")
    assert names.all_inner_texts()[-4:] == ["Ærø", "Aabenraa", "Aalborg", "Aarhus"]
    page.click("#kommunetabel thead th:nth-child(1) button")
    page.click("#kommunetabel thead th:nth-child(1) button")
    assert names.all_inner_texts()[:3] == ["Aarhus", "Aalborg", "Aabenraa"]
    page.click("#kommunetabel thead th:nth-child(5) button")
    assert page.get_attribute("#kommunetabel thead th:nth-child(5)", "aria-sort") == "descending"
    values = page.eval_on_selector_all("#kommunetabel tbody td.rate", "cells => cells.map(one => one.dataset.v)")
    shown = [float(value) for value in values if value]
    assert shown == sorted(shown, reverse=True) and values[len(shown) :] == [""] * (98 - len(shown))
    after = names.all_inner_texts()[len(shown) :]
    from pipelines.danish import sort_key

    assert after == sorted(after, key=sort_key)
    page.click("#kommunetabel thead th:nth-child(3) button")
    counts = page.eval_on_selector_all(
        "#kommunetabel tbody tr", "rows => rows.map(one => Number(one.cells[2].dataset.v))"
    )
    assert counts == sorted(counts, reverse=True)


def test_the_page_can_be_used_by_keyboard(page: Any, site: Path) -> None:
    page.goto(address(site, "direktorat/pligt/aid_decided/index.html"))
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Spring til indhold"
    page.focus("#kommunetabel thead th:nth-child(3) button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#kommunetabel thead th:nth-child(3)", "aria-sort") == "descending"


def test_the_nations_page_is_light_enough_to_be_ready_at_once(page: Any, site: Path) -> None:
    """Ready within a second on a quiet machine at this size; a time itself would tell of what else the machine does."""
    page.goto(address(site, "direktorat/index.html"))
    assert (site / "direktorat" / "index.html").stat().st_size < 500_000
    assert page.evaluate("() => document.getElementsByTagName('*').length") < 15_000
    assert page.evaluate("() => document.querySelectorAll('script[src]:not([defer]):not([async])').length") == 0


def test_every_page_fits_a_telephone_and_a_long_one_has_its_contents(page: Any, site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        width, height = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert width <= 390, path
        # Lists of cases are one table each; other pages of many screens can be jumped about in.
        if height > 12_000 and path.name != "arbejdsliste.html":
            links = page.eval_on_selector_all(".contents a", "all => all.map(one => one.getAttribute('href'))")
            assert len(links) >= 4 and all(page.locator(link).count() == 1 for link in links), path


def test_on_paper_a_page_is_light_and_what_is_folded_stays_so(page: Any, site: Path) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address(site, "direktorat/kommune/851/index.html"))
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("details").count() > 3
    assert page.locator("details[open]").count() == 0
    assert page.locator(".contents:visible, .top nav:visible, .ask:visible").count() == 0


def test_a_word_is_explained_where_it_stands_without_a_script(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(address(site, "kommune/851/index.html"))
    meaning = opened.locator("#ord-forfaldne")
    assert not meaning.is_visible()
    opened.locator('[popovertarget="ord-forfaldne"]').first.focus()
    opened.keyboard.press("Enter")
    assert meaning.is_visible() and "hvis frist udløb" in meaning.inner_text()
    opened.keyboard.press("Escape")
    assert not meaning.is_visible()
    context.close()


def test_the_library_of_charts_is_fetched_when_somebody_asks_for_it(page: Any, site: Path) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(address(site, "direktorat/kommune/851/index.html"))
    page.wait_for_load_state("networkidle")
    assert not any("plotly" in one for one in fetched)
    page.locator(".chart .ask").first.click()
    page.wait_for_selector(".chart .live .main-svg")
    assert sum("plotly" in one for one in fetched) == 1
    assert page.locator(".chart .live").count() == 1


def test_every_kind_of_page_of_the_sample_is_among_those_that_are_judged(site: Path) -> None:
    def kind(name: str) -> str:
        """Return a page's edition and what it is: the file's name, or the folder of units or duties it lies in."""
        parts = name.split("/")
        own = parts[2:] if parts[0] == "kommune" else parts[1:]
        folders = [one for one in own[:-1] if one in ("omraade", "region", "kommune", "institution", "pligt", "sag")]
        return "/".join([parts[0], *folders, "case" if "sag" in folders else own[-1]])

    found = {kind(path.relative_to(site).as_posix()) for path in site.rglob("*.html")}
    # A worklist has the same template for every kind of unit, and the method and the statement say the same everywhere.
    alike = {one for one in found if one.endswith(("/arbejdsliste.html", "/metode.html", "/tilgaengelighed.html"))}
    assert found - alike == {kind(name) for name in PAGES} - alike
    assert {one.rsplit("/", 1)[-1] for one in alike} <= {name.rsplit("/", 1)[-1] for name in PAGES}

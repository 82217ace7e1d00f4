"""Four readers come with a question, and have the answer after at most three clicks from their start page.

An analyst briefs the management in ten minutes, a team leader has her municipality's pack, a journalist the shared
edition, and a lawyer asks whether a case is a breach of the law.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reports.test_browser import CHROMIUM, address, browser, page

__all__ = ["browser", "page"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the pages were not tried in a browser"
)
MOST_CLICKS = 3


class Reader:
    """Somebody at a page who clicks what can be seen, and counts the clicks; writing in a field is none."""

    def __init__(self, page: Any, start: str) -> None:
        self.page = page
        self.clicks = 0
        page.goto(start)

    def click(self, what: str) -> None:
        """Click the first thing of that kind that can be seen."""
        self.page.locator(what).locator("visible=true").first.click()
        self.clicks += 1

    def sees(self, what: str, text: str) -> bool:
        """Whether a thing of that kind can be seen, says this, and took no more clicks than is allowed."""
        assert self.clicks <= MOST_CLICKS
        return self.page.locator(what, has_text=text).locator("visible=true").count() > 0


def test_the_analyst_finds_who_stands_out_and_by_how_much(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "direktorat/index.html"))
    assert reader.sees(".lines li", "1 af 9 kommuner og 0 af 8 institutioner afviger fra resten af landet")
    reader.click(".lines a >> text=Forskelle i landet")
    reader.click("section[aria-labelledby=forskelle] a >> text=Aalborg Kommune")
    duty = page.url.partition("#")[2]
    assert reader.sees("h1", "Aalborg") and reader.clicks == 2
    assert reader.sees(f"#{duty} .key p", "til tiden") and reader.sees(f"#{duty} .key p", "95 pct.-interval")


def test_the_analyst_finds_what_is_new_since_the_publication_before(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "direktorat/index.html"))
    reader.click("nav >> text=Siden sidst")
    assert reader.sees(".lead", "nyt siden udgivelsen 2026-06-30") and reader.sees("h2", "har flyttet sig")
    # The sample has not every unit's page, but each row of change leads to one, at the duty.
    links = page.eval_on_selector_all("#indhold section:first-of-type tbody a", "all => all.map(one => one.href)")
    rows = page.locator("#indhold section:first-of-type tbody tr").count()
    assert len(links) == rows > 0 and all("/index.html#" in link for link in links)


def test_the_team_leader_finds_why_a_case_is_late_and_by_when_she_answers(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "kommune/851/index.html"))
    assert reader.sees("section[aria-labelledby=forsinket] p", "senest 17. december 2026")
    reader.click("summary >> text=Vis sagerne")
    reader.click("section[aria-labelledby=forsinket] a >> text=S851")
    assert reader.sees("h1", "Sag S851") and reader.sees("h2", "for sent")
    assert reader.sees("td", "faktisk_loesladelse 23-03-2026") and reader.sees("td", "12")
    assert reader.sees("#indhold a", "svarskemaet")
    assert (site / "kommune/851/svar.xlsx").exists() and reader.clicks == 2


def test_the_journalist_puts_one_municipality_beside_the_nation_under_one_duty(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "delt/index.html"))
    reader.click("table.overview a >> text=Skrevet op til bolig ved løsladelsen")
    reader.click("#housing_registered a >> text=Alle kommuner")
    page.fill("#soeg", "kbh")
    assert reader.sees("#kommunetabel th", "København")
    assert page.locator("#kommunetabel tbody tr:visible").count() == 1
    assert reader.sees("#enheder ~ .scroll th", "Hele landet") and reader.clicks == 2
    assert page.locator("#kommunetabel tbody tr:visible td.rate").first.inner_text()


def test_the_lawyer_finds_the_law_the_dates_and_the_line_of_a_late_case(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "direktorat/index.html"))
    page.fill("#soeg", "aalborg")
    reader.click("#kommunetabel a >> text=Aalborg")
    reader.click("summary >> text=Vis sagerne")
    reader.click("section[aria-labelledby=forsinket] a >> text=S851")
    assert reader.sees("#indhold p", "Fristen") or reader.sees("#indhold p", "Løsladelsen skete 23. marts 2026")
    assert page.get_attribute("#indhold p a", "href") == "https://www.retsinformation.dk/eli/lta/2024/808"
    assert reader.sees("th", "afsoningssager.csv") and reader.sees("h2", "lovkrav")


def test_the_lawyer_finds_a_case_by_its_number_on_the_list(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "direktorat/index.html"))
    reader.click("a >> text=Hele arbejdslisten")
    number = page.locator("#arbejdsliste tbody th", has_text="A851").first.inner_text()
    page.fill("#soeg", number)
    reader.click(f"#arbejdsliste a >> text={number}")
    assert reader.sees("h1", f"Sag {number}") and reader.clicks == 2


def test_the_lawyer_has_a_case_from_its_number_alone(page: Any, site: Path) -> None:
    reader = Reader(page, address(site, "direktorat/index.html"))
    page.fill("#sagsnummer", " s851000")
    reader.click("#find-sag button")
    page.wait_for_url("**/kommune/851/sag/S851000.html")
    assert reader.sees("h1", "Sag S851000") and reader.clicks == 1
    reader = Reader(page, address(site, "direktorat/index.html"))
    page.fill("#sagsnummer", "a851")
    page.press("#sagsnummer", "Enter")
    page.wait_for_selector("#find-sag a")
    assert (
        page.locator("#find-sag a").all_inner_texts()[0].startswith("A851") and page.locator("#find-sag a").count() > 1
    )
    page.fill("#sagsnummer", "X1")
    page.press("#sagsnummer", "Enter")
    assert reader.sees("#find-sag .told", "Sag »X1« står ikke på nogen liste")
    assert page.complaints == []
    page.goto(address(site, "delt/index.html"))
    assert page.locator("#find-sag").count() == 0 and not (site / "delt/assets/sager.js").exists()

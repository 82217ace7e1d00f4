"""Each table and chart of a page is taken along as a csv file of exactly its rows, in a real browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from pipelines.quarters import name as period_name
from pipelines.quarters import shift
from reports.editions import SHARED
from reports.figures.judged import judged
from reports.figures.statistics import SMALLEST_COMPARED
from tests.reports.rendering import sources
from tests.reports.small_world import world
from tests.reports.test_browser import CHROMIUM, address, browser, page

__all__ = ["browser", "page"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the pages were not tried in a browser"
)


def taken(page: Any, where: str, word: str = "Hent som csv", divided: str = ";") -> list[dict[str, str]]:
    """Return the rows of the file that the button of a table or chart gives."""
    button = page.locator(where)
    assert button.count() == 1 and button.inner_text().startswith(word)
    with page.expect_download() as waiting:
        button.click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and waiting.value.suggested_filename.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=divided))
    assert page.complaints == []
    return rows


@pytest.mark.parametrize(
    "name", ["direktorat/kommune/851/index.html", "direktorat/pligt/aid_decided/index.html", "delt/index.html"]
)
def test_every_table_and_every_chart_has_its_csv(page: Any, site: Path, name: str) -> None:
    page.goto(address(site, name))
    tables, charts = page.locator("main table").count(), page.locator(".chart").count()
    assert tables > 1 and charts > 0
    names = page.locator(".take button").evaluate_all("all => all.map(one => one.textContent)")
    assert len(names) == tables + charts
    assert all(one.startswith("Hent som csv: ") and len(one) > 18 for one in names), "each says which it is"


def test_the_file_has_the_rows_of_the_table_with_numbers_as_numbers_and_marks_in_a_column_beside(
    page: Any, site: Path
) -> None:
    page.goto(address(site, "delt/pligt/housing_registered/index.html"))
    where = ".scroll:has(#kommunetabel) + .take button"
    rows = taken(page, where)
    shared = sources().of(SHARED)
    rule = next(rule for rule in shared.rules if rule.rule_id == "housing_registered")
    units = shared.units_of("municipality")
    assert [row["Kommune"] for row in rows] == [unit.name for unit in units]
    seen = set()
    for row, unit in zip(rows, units, strict=True):
        figure = judged(rule, shared.year(unit.key, rule.rule_id))
        assert row["Forfaldne"] == ("" if figure.due is None else str(figure.due))
        assert row["Til tiden"] == ("" if figure.met is None else str(figure.met))
        if figure.due is not None and 0 < figure.due < SMALLEST_COMPARED and figure.rate is not None:
            assert (row["Andel, pct."], row["Andel, pct., mærke"]) == ("", "få")
            assert (row["95 pct.-interval, nedre"], row["95 pct.-interval, mærke"]) == ("", "få")
            seen.add("few")
        elif figure.rate is None:
            assert (row["Andel, pct."], row["Andel, pct., mærke"]) == ("", "skjult" if figure.due != 0 else "ingen")
            seen.add("hidden")
        else:
            assert float(row["Andel, pct."].replace(",", ".")) == round(figure.rate * 100)
            assert int(row["95 pct.-interval, nedre"]) <= int(row["95 pct.-interval, øvre"])
            seen.add("shown")
    assert seen == {"few", "hidden", "shown"}
    page.fill("#soeg", "aarhus")
    assert [row["Kommune"] for row in taken(page, where)] == ["Aarhus"], "of a table that is searched, what is left"


def test_the_file_of_a_chart_has_its_points(page: Any, site: Path) -> None:
    page.goto(address(site, "direktorat/kommune/851/index.html"))
    rows = taken(page, "#contact_sentence .chart .take button")
    figures = world().figures["municipality", "851"]
    quarters = [row for row in rows if row["Opgørelse"] == "kvartal"]
    assert len(quarters) == 8 and len(rows) == 16
    newest = figures["contact_sentence", "quarter", "2026-Q3"]
    assert (quarters[-1]["Forfaldne"], quarters[-1]["Til tiden"]) == (str(newest.due), str(newest.met))
    assert quarters[-1]["Periode"] == "3. kvartal 2026"
    codes = [shift("2026-Q3", step) for step in range(-7, 1)]
    names = [period_name(kind, code) for kind in ("rolling4", "quarter") for code in codes]
    assert [row["Periode"] for row in rows] == names
    assert float(quarters[-1]["Andel, pct."].replace(",", ".")) == round(100 * newest.rate, 2)


def test_the_file_of_an_overview_says_the_topic_of_each_duty(page: Any, site: Path) -> None:
    page.goto(address(site, "direktorat/kommune/851/index.html"))
    rows = taken(page, ".scroll:has(.overview) + .take button")
    assert len({row["Gruppe"] for row in rows}) > 3 and all(row["Gruppe"] for row in rows)
    assert any(row["3. kvartal 2026: antal"].isdigit() and row["3. kvartal 2026: af"].isdigit() for row in rows)


def test_on_the_english_page_the_file_is_an_english_one(page: Any, site: Path) -> None:
    page.goto(address(site, "delt/english.html"))
    rows = taken(page, ".take button", "Download as csv", ",")
    figures = sources().of(SHARED).figures["national", "DK"]
    dues = {str(figure.due) for (_rule, kind, _period), figure in figures.items() if kind == "rolling4"}
    found = [row["Due"] for row in rows]
    assert len(found) > 20 and any(int(one) > 1000 for one in found) and set(found) & dues
    assert all(int(row["95% interval, low"]) <= int(row["95% interval, high"]) for row in rows)


def test_in_a_pack_without_scripts_a_duty_leads_to_its_rows_of_the_owners_file(site: Path) -> None:
    text = (site / "kommune/851/index.html").read_text(encoding="utf-8")
    assert '<a href="data.csv">Hent som csv<span class="sr">: ' in text and "<script" not in text
    assert "(rækkerne med pligt_id contact_sentence)" in text
    rows = csv.DictReader(io.StringIO((site / "kommune/851/data.csv").read_text(encoding="utf-8-sig")), delimiter=";")
    assert any(row["pligt_id"] == "contact_sentence" for row in rows)

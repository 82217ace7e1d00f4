"""What is new since the publication before, when publications come, and the feed that tells of them."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipelines.quarters import shift
from pipelines.units import NATION
from reports.editions import FULL, SHARED
from reports.feed import NAMESPACE, atom
from reports.figures.calendar import KnownPublication, PublicationCalendar
from reports.figures.data import Figure, Meeting, ReportData
from reports.figures.statistics import wilson
from reports.pages import news
from tests.reports.made_rows import quality, unknown
from tests.reports.small_world import AS_OF, world

JUNE = datetime.date(2026, 6, 30)
SECOND = PublicationCalendar(KnownPublication("2026-09-30", AS_OF), (KnownPublication("2026-06-30", JUNE),))
KEY = ("municipality", "101")


def with_years(shares: dict[str, int], rule: str = "municipal_response") -> ReportData:
    """Return the world with nothing but one municipality's duty, met in so many of 200 in each rolling year."""
    figures = {
        (rule, "rolling4", period): Figure(200, met, 200 - met, 0, met / 200, *wilson(met, 200))
        for period, met in shares.items()
    }
    return dataclasses.replace(world(), figures={KEY: figures})


def test_a_level_that_moved_is_told_and_marked_as_new_only_when_it_is() -> None:
    now = world().quarter
    fresh = with_years({now: 150, shift(now, -1): 120, shift(now, -4): 100, shift(now, -5): 118})
    ((found, was_seen),) = news.moves(fresh, 1)
    assert (found.found.unit, found.found.rule_id, was_seen) == (KEY, "municipal_response", False)
    old = with_years({now: 150, shift(now, -1): 150, shift(now, -4): 100, shift(now, -5): 100})
    assert [was_seen for _found, was_seen in news.moves(old, 1)] == [True]
    assert news.moves(with_years({now: 105, shift(now, -4): 100}), 1) == []


def test_the_page_says_first_publication_when_there_is_none_before_it() -> None:
    page = news.news_page(FULL, world(), PublicationCalendar(KnownPublication("2026-09-30", AS_OF)), [])
    assert page["before"] is None and page["shown"] == [] and page["deliveries"] == []
    assert page["coming"][0] == "31. december 2026" and len(page["coming"]) == 4


def test_corrections_deliveries_and_meetings_are_those_since_the_publication_before() -> None:
    meetings = [
        Meeting("Aalborg", datetime.date(2024, 9, 1), datetime.date(2026, 9, 1), True),
        Meeting("Aarhus", datetime.date(2024, 11, 1), datetime.date(2026, 11, 1), False),
        Meeting("Odense", datetime.date(2026, 1, 1), datetime.date(2028, 1, 1), False),
        Meeting("Vejle", None, None, True),
    ]
    data = dataclasses.replace(world(), meetings={("area", "Vest"): meetings})
    delivered = [quality(name) for name in ("2026-06-30", "2026-09-30", "2026-09-30-2", "2026-09-30-2")]
    page = news.news_page(FULL, data, SECOND, delivered)
    assert page["corrections"] == [("Registreret sent", "1", "1")]
    assert [name for name, _day in page["deliveries"]] == ["2026-09-30-2", "2026-09-30"]
    assert page["meetings"] == [
        ("Vejle", "snarest", "har ikke været til møde"),
        ("Aalborg", "01-09-2026", "overskredet"),
        ("Aarhus", "01-11-2026", "forestår"),
    ]


def test_a_share_that_is_let_through_now_and_was_hidden_before_is_told() -> None:
    now = world().quarter
    data = with_years({now: 150, shift(now, -1): 150})
    hidden = Figure(None, None, None, None, None, None, None)
    data.figures[KEY]["municipal_response", "rolling4", shift(now, -1)] = hidden
    ((unit, told),) = news.appeared(data, 1)
    assert unit == "Københavns Kommune" and told.endswith("vises nu")
    data.figures[KEY]["municipal_response", "rolling4", now] = hidden
    assert news.appeared(data, 1) == []


def test_a_duty_that_has_become_unsafe_is_told_first_and_one_that_is_safe_again_in_words() -> None:
    rows = [unknown("contact_sentence", 4000), unknown("aid_paid", 9000), unknown("aid_decided", 1)]
    lacking = {row.rule_id: [row] for row in rows}
    data = dataclasses.replace(world(), undeterminable={NATION: lacking})
    assert sorted(news.unsafe_duties(data)) == ["aid_paid", "contact_sentence"]

    def told(unsafe: tuple[str, ...] | None) -> dict[str, Any]:
        then = KnownPublication("2026-06-30", JUNE, unsafe)
        return news.news_page(FULL, data, PublicationCalendar(SECOND.current, (then,)), [])

    page = told(("contact_sentence", "aid_decided"))
    titles = world().titles()
    assert [(row[0], row[-1]) for row in page["unsafe"]] == [
        (titles["aid_paid"], "nej, ny"),
        (titles["contact_sentence"], "ja"),
    ]
    assert page["safe_again"] == f"Ikke længere usikre: {titles['aid_decided']}."
    assert {row[-1] for row in told(None)["unsafe"]} == {"vides ikke"}
    assert news.news_page(SHARED, data, SECOND, [])["unsafe"] == []


def test_the_shared_edition_tells_nothing_of_cases_or_corrections_below_its_figures(site: Path) -> None:
    text = (site / "delt/siden-sidst.html").read_text(encoding="utf-8")
    assert "Registreret sent" not in text and "Samarbejdsmøder" not in text
    assert "Registreret sent" in (site / "direktorat/siden-sidst.html").read_text(encoding="utf-8")
    assert SHARED.name == "delt"


def test_the_publication_before_is_one_about_an_earlier_day() -> None:
    third = PublicationCalendar(
        KnownPublication("2026-09-30-2", AS_OF), (*SECOND.earlier, KnownPublication("2026-09-30", AS_OF))
    )
    assert third.before == KnownPublication("2026-06-30", JUNE)
    assert PublicationCalendar(
        KnownPublication("2026-09-30-2", AS_OF), (KnownPublication("2026-09-30", AS_OF),)
    ).before == KnownPublication("2026-09-30", AS_OF)
    assert PublicationCalendar(KnownPublication("2026-09-30", AS_OF)).before is None


def test_the_feed_has_an_entry_for_each_publication_newest_first_and_names_that_stay() -> None:
    third = PublicationCalendar(
        KnownPublication("2026-09-30-2", AS_OF), (*SECOND.earlier, KnownPublication("2026-09-30", AS_OF))
    )
    content = atom(third, "Myndigheden", "https://eksempel.example/delt/", True)
    assert content == atom(third, "Myndigheden", "https://eksempel.example/delt/", True)
    feed = ElementTree.fromstring(content)
    names = {"a": NAMESPACE}
    titles = [one.text for one in feed.findall("a:entry/a:title", names)]
    assert titles == [
        "Rettelse af opgørelsen pr. 30. september 2026",
        "Opgørelse pr. 30. september 2026",
        "Opgørelse pr. 30. juni 2026",
    ]
    ids = [one.text for one in feed.findall("a:entry/a:id", names)]
    earlier = ElementTree.fromstring(atom(SECOND, "Myndigheden", "", False))
    assert len(set(ids)) == 3 and ids[1:] == [one.text for one in earlier.findall("a:entry/a:id", names)]
    for one in feed.findall("a:entry", names):
        parts = {child.tag.rpartition("}")[2] for child in one}
        assert parts == {"id", "title", "updated", "link", "summary"}
    assert feed.find("a:entry/a:link", names).get("href") == "https://eksempel.example/delt/siden-sidst.html"  # type: ignore[union-attr]
    assert earlier.find("a:entry/a:link", names).get("href") == "siden-sidst.html"  # type: ignore[union-attr]
    assert feed.findtext("a:updated", namespaces=names) == "2026-09-30T00:00:00Z"

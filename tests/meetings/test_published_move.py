"""Whether a published figure moved after a meeting: verdicts on few years, and what participants are told."""

from __future__ import annotations

import pytest

from pipelines.units import Key
from reports.figures.standing_out import Count
from reports.meetings import asking, meeting_words
from reports.meetings.control_chart import DOWN, DRIFT, FEW, SAME, UP
from reports.meetings.published_figures import PublishedFigures
from reports.meetings.published_move import Year, published_move
from tests.meetings.quarter_worlds import UNMOVED, in_years, moved
from tests.reports.small_world import world

RULE = next(rule for rule in world().rules if rule.rule_id == "municipal_response")
CODES = tuple(str(code) for code in range(101, 113))


def years(*counts: tuple[int, int], first: int = 2021) -> list[Year]:
    """Return years that follow one another."""
    return [(f"{first + place}-Q3", due, met) for place, (due, met) in enumerate(counts)]


def test_a_level_that_rose_after_the_meeting_has_moved_and_one_that_fell_has_too() -> None:
    before = years((200, 100), (200, 104), (200, 98))
    assert published_move(before, years((200, 160), first=2025)).verdict == UP
    assert published_move(before, years((200, 30), first=2025)).verdict == DOWN


def test_an_ordinary_year_is_no_move_and_it_is_told_what_could_have_been_seen() -> None:
    found = published_move(years((200, 100), (200, 104), (200, 98)), years((200, 108), first=2025))
    assert found.verdict == SAME and found.visible is not None and 0.1 < found.visible < 0.4
    assert f"under {round(found.visible * 100)} procentpoint" in meeting_words.published_verdict(found)
    assert (found.before, found.after) == ((200, 98), (200, 108))


def test_a_drift_that_goes_on_is_no_move() -> None:
    found = published_move(years((400, 160), (400, 184), (400, 208)), years((400, 256), first=2025))
    assert found.verdict == DRIFT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (years((200, 100)), years((200, 190), first=2025)),
        (years((200, 100), (200, 100)), []),
        (years((200, 100), (19, 10)), years((200, 190), first=2025)),
    ],
)
def test_one_year_before_none_after_or_few_cases_are_too_little_to_say_anything(
    before: list[Year], after: list[Year]
) -> None:
    assert published_move(before, after).verdict == FEW


@pytest.mark.parametrize("made", UNMOVED)
def test_of_worlds_in_which_nothing_moved_at_most_five_in_a_hundred_are_told_to_have(made: str) -> None:
    """Sixty worlds: with a true rate of five in a hundred more than eight of them come once in 200 times."""
    verdicts = [published_move(*in_years(UNMOVED[made](seed, 12, 8, 60))).verdict for seed in range(60)]
    assert verdicts.count(UP) + verdicts.count(DOWN) <= 8 and FEW not in verdicts


def test_a_move_that_is_large_enough_is_found() -> None:
    verdicts = [published_move(*in_years(moved(30)(seed, 12, 8, 60))).verdict for seed in range(20)]
    assert verdicts.count(UP) >= 16


def published(**behind: int) -> PublishedFigures:
    """Return twelve municipalities with 60 duties a year, 48 met, and fewer met by those named, in two years."""
    figures = {
        (("municipality", code), RULE.rule_id, year): (60, behind.get(f"m{code}", 48))
        for code in CODES
        for year in ("2024-Q4", "2025-Q4")
    }
    return PublishedFigures("2026-09-30", figures)  # type: ignore[arg-type]


def test_of_published_figures_the_list_finds_a_municipality_that_lies_behind_the_others() -> None:
    keys: list[Key] = [("municipality", code) for code in CODES]
    beside = published(m104=12).beside_one_another(keys, [RULE], "2025-Q4")
    assert next(one for one in beside if one.unit[1] == "104").other == Count(660, 528)
    assert [one.found.unit[1] for one in asking.worth_asking(beside)] == ["104"]
    topic = asking.pooled_topic(beside)
    assert topic is not None and topic.unit == ("municipality", "104")


def test_of_published_figures_a_municipality_that_is_high_in_both_years_is_whom_to_ask() -> None:
    keys: list[Key] = [("municipality", code) for code in CODES]
    figures = {key: ((60, 30) if key[0][1] != "107" else (60, 60)) for key in published().figures}
    both = [PublishedFigures("p", figures).beside_one_another(keys, [RULE], f"{year}-Q4") for year in (2025, 2024)]
    assert [one.found.unit[1] for one in asking.steadily_high(*both)] == ["107"]

"""Whether a figure moved after a meeting: limits, verdicts, and silence where points are few."""

from __future__ import annotations

import pytest

from pipelines.quarters import shift
from reports.figures.statistics import binomial_limits
from reports.meetings import meeting_words
from reports.meetings.control_chart import DOWN, DRIFT, FEW, SAME, UP, control_chart
from tests.meetings.quarter_worlds import MEETING, UNMOVED, moved


def series(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Return quarters around the meeting's own, which is in neither list."""
    rows = [(shift(MEETING, place - len(before)), due, met) for place, (due, met) in enumerate(before)]
    rows.append((MEETING, 50, 0))
    return rows + [(shift(MEETING, place), due, met) for place, (due, met) in enumerate(after, start=1)]


STEADY = [(40, 20), (40, 22), (40, 18), (40, 21), (40, 19), (40, 20), (40, 23), (40, 17)]


def test_seven_quarters_before_the_meeting_are_too_few_to_say_anything() -> None:
    chart = control_chart(series(STEADY[:7], [(40, 40)] * 8), MEETING)
    assert chart.verdict == FEW
    assert all(point.centre is None for point in chart.points)


def test_three_quarters_after_the_meeting_are_too_few_to_say_anything() -> None:
    assert control_chart(series(STEADY, [(40, 40)] * 3), MEETING).verdict == FEW


def test_few_cases_are_too_few_however_many_quarters() -> None:
    assert control_chart(series([(1, 1)] * 12, [(1, 0)] * 8), MEETING).verdict == FEW


def test_ordinary_swings_are_no_movement_and_it_is_told_what_could_have_been_seen() -> None:
    chart = control_chart(series(STEADY, [(40, 22), (40, 18), (40, 21), (40, 19)]), MEETING)
    assert chart.verdict == SAME and chart.is_stable
    assert chart.visible is not None and 0.15 < chart.visible < 0.4
    assert f"under {round(chart.visible * 100)} procentpoint" in meeting_words.movement_sentence(chart)


def test_a_level_that_lasts_is_a_movement_and_a_single_wild_quarter_is_not() -> None:
    assert control_chart(series(STEADY, [(40, 34), (40, 36), (40, 33), (40, 35)]), MEETING).verdict == UP
    assert control_chart(series(STEADY, [(40, 6), (40, 4), (40, 7), (40, 5)]), MEETING).verdict == DOWN
    assert control_chart(series(STEADY, [(40, 21), (40, 36), (40, 19), (40, 20)]), MEETING).verdict == SAME


def test_a_drift_that_goes_on_is_told_as_a_drift() -> None:
    rising = [(80, 30 + 3 * place) for place in range(16)]
    chart = control_chart(series(rising[:8], rising[8:]), MEETING)
    assert chart.verdict == DRIFT and not chart.is_stable
    assert "ikke stabilt før mødet" in meeting_words.movement_sentence(chart)


@pytest.mark.parametrize("world", UNMOVED)
def test_of_worlds_in_which_nothing_moved_at_most_five_in_a_hundred_are_told_to_have(world: str) -> None:
    """Forty worlds: with a true rate of five in a hundred more than six of them come once in 300 times."""
    verdicts = [control_chart(UNMOVED[world](seed, 8, 8, 60), MEETING).verdict for seed in range(40)]
    assert verdicts.count(UP) + verdicts.count(DOWN) <= 6
    assert FEW not in verdicts


def test_a_move_that_is_large_enough_is_found() -> None:
    verdicts = [control_chart(moved(30)(seed, 8, 8, 60), MEETING).verdict for seed in range(20)]
    assert verdicts.count(UP) >= 16


def test_the_meetings_own_quarter_counts_to_neither_side() -> None:
    chart = control_chart(series(STEADY, [(40, 20)] * 4), MEETING)
    assert MEETING not in [point.quarter for point in chart.points]
    assert chart.before == (320, 160)
    assert chart.after == (160, 80)


def test_the_time_after_gets_limits_of_its_own_from_eight_quarters_on() -> None:
    seven = control_chart(series(STEADY, [(40, 30)] * 7), MEETING)
    eight = control_chart(series(STEADY, [(40, 30)] * 8), MEETING)
    assert {point.centre for point in seven.points} == {0.5}
    assert {point.centre for point in eight.points if point.is_after} == {0.75}
    assert {point.centre for point in eight.points if not point.is_after} == {0.5}
    assert eight.verdict == UP


def test_limits_are_exact_binomial_limits_of_each_quarters_own_size_where_quarters_swing_by_chance() -> None:
    chart = control_chart(series([*STEADY[:7], (10, 5)], [(40, 20)] * 4), MEETING)
    small = next(point for point in chart.points if point.due == 10)
    low, high = binomial_limits(10, small.centre or 0, 0.00135)
    assert (small.low, small.high) == (low / 10, high / 10)


def test_limits_are_wider_where_quarters_swing_by_more_than_chance() -> None:
    wild = [(200, 80), (200, 120)] * 4
    chart = control_chart(series(wild, [(200, 100)] * 4), MEETING)
    low, high = binomial_limits(200, 0.5, 0.00135)
    point = chart.points[0]
    assert point.low is not None and point.high is not None
    assert point.low < low / 200 - 0.1 and point.high > high / 200 + 0.1

"""Whether a figure moved after a meeting: limits, verdicts, and silence where points are few."""

from __future__ import annotations

from pipelines.quarters import shift
from reports.figures.statistics import binomial_limits
from reports.meetings.control_chart import DOWN, FEW, SAME, UP, control_chart

MEETING = "2024-Q3"


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


def test_ordinary_swings_are_no_movement() -> None:
    assert control_chart(series(STEADY, [(40, 22), (40, 18), (40, 21), (40, 19)]), MEETING).verdict == SAME


def test_a_point_beyond_the_limit_is_a_movement() -> None:
    assert control_chart(series(STEADY, [(40, 21), (40, 36), (40, 19), (40, 20)]), MEETING).verdict == UP
    assert control_chart(series(STEADY, [(40, 21), (40, 4), (40, 19), (40, 20)]), MEETING).verdict == DOWN


def test_seven_in_a_row_on_one_side_are_a_movement_and_six_are_not() -> None:
    assert control_chart(series(STEADY, [(40, 24)] * 7), MEETING).verdict == UP
    assert control_chart(series(STEADY, [(40, 24)] * 6), MEETING).verdict == SAME
    assert control_chart(series(STEADY, [(40, 16)] * 7), MEETING).verdict == DOWN


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


def test_limits_are_exact_binomial_limits_of_each_quarters_own_size() -> None:
    chart = control_chart(series([*STEADY[:7], (10, 5)], [(40, 20)] * 4), MEETING)
    small = next(point for point in chart.points if point.due == 10)
    low, high = binomial_limits(10, small.centre or 0, 0.00135)
    assert (small.low, small.high) == (low / 10, high / 10)

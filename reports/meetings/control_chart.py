"""Did a figure move after a meeting? Statistical process control on quarters (a p-chart), rebased at the meeting.

Belongs here: limits and the verdict. Does not belong here: which figure belongs to which action (``memory``).

The quarters before the meeting give the centre and, for each quarter by its own number of duties, exact binomial limits
(the chance of a point beyond each is that of three standard deviations). The quarters after it are judged against those
limits. From POINTS_FOR_LIMITS quarters after the meeting on they get a centre and limits of their own: the rebase.
With fewer points than that nothing is said, however the figures look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures.statistics import SMALLEST_COMPARED, binomial_limits

# Limits from fewer points move with every point that is added; eight is the least in use, and twelve and more better.
POINTS_FOR_LIMITS = 8
POINTS_AFTER = 4
# Points in a row on one side of the centre that chance gives about once in 128 times.
RUN = 7
TAIL = 0.00135

FEW, SAME, UP, DOWN = "few", "same", "up", "down"


@dataclass(frozen=True)
class Point:
    """One quarter: how many duties fell due and were met, and the limits it is judged by (None: no limits)."""

    quarter: str
    due: int
    met: int
    centre: float | None
    low: float | None
    high: float | None
    is_after: bool


@dataclass(frozen=True)
class ControlChart:
    """The series with its limits, and the verdict: few points, same level, up or down."""

    points: tuple[Point, ...]
    verdict: str
    before: tuple[int, int]
    after: tuple[int, int]


def control_chart(quarters: Sequence[tuple[str, int, int]], meeting_quarter: str) -> ControlChart:
    """Return the chart of (quarter, due, met), oldest first; the quarter of the meeting counts to neither side."""
    usable = [row for row in quarters if row[1] > 0 and row[0] != meeting_quarter]
    before = [row for row in usable if row[0] < meeting_quarter]
    after = [row for row in usable if row[0] > meeting_quarter]
    old = _centre(before) if _enough(before) else None
    new = _centre(after) if old is not None and _enough(after) else None
    points = [_point(row, old, False) for row in before] + [
        _point(row, old if new is None else new, True) for row in after
    ]
    verdict = FEW
    if old is not None and len(after) >= POINTS_AFTER and sum(row[1] for row in after) >= SMALLEST_COMPARED:
        verdict = _verdict([_point(row, old, True) for row in after])
    return ControlChart(tuple(points), verdict, _sum(before), _sum(after))


def _enough(rows: Sequence[tuple[str, int, int]]) -> bool:
    return len(rows) >= POINTS_FOR_LIMITS and sum(row[1] for row in rows) >= SMALLEST_COMPARED


def _sum(rows: Sequence[tuple[str, int, int]]) -> tuple[int, int]:
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


def _centre(rows: Sequence[tuple[str, int, int]]) -> float:
    due, met = _sum(rows)
    return met / due


def _point(row: tuple[str, int, int], centre: float | None, is_after: bool) -> Point:
    quarter, due, met = row
    if centre is None:
        return Point(quarter, due, met, None, None, None, is_after)
    low, high = binomial_limits(due, centre, TAIL)
    return Point(quarter, due, met, centre, low / due, high / due, is_after)


def _verdict(points: Sequence[Point]) -> str:
    """Return whether the points lie as before: one beyond a limit, or a run on one side, says that they do not."""
    sides = []
    for point in points:
        assert point.centre is not None and point.low is not None and point.high is not None
        rate = point.met / point.due
        if rate < point.low:
            return DOWN
        if rate > point.high:
            return UP
        sides.append(UP if rate > point.centre else DOWN if rate < point.centre else SAME)
    for side in (UP, DOWN):
        length = 0
        for one in sides:
            length = length + 1 if one == side else 0
            if length >= RUN:
                return side
    return SAME

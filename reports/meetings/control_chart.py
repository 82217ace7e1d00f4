"""Did a figure move after a meeting? A test that knows overdispersion and drift, and a chart with limits that do.

Belongs here: limits and the verdict. Does not belong here: which figure belongs to which action (``sections``).

Quarters swing by more than chance alone gives, may drift, and a unit is often chosen because its figure was low. So a
move is told only when two things hold. The mean of the quarters after the meeting differs from that before by more than
the quarters' own spread explains (binomial variance times the dispersion that the quarters show, never less than one;
level FLAT_LEVEL, strict enough to stand that the worst of many units was picked). And it still does when a straight
drift through all quarters is allowed for (level STEP_LEVEL). What differs without standing the second is told as drift.
The chart's limits are Laney's p' where the quarters before the meeting spread more than chance, and else the exact
binomial ones. Measured in made-up worlds by ``benchmarks/proposals.py``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.quarters import parse
from reports.figures.statistics import SMALLEST_COMPARED, binomial_limits

# Limits from fewer points move with every point that is added; eight is the least in use, and twelve and more better.
POINTS_FOR_LIMITS = 8
POINTS_AFTER = 4
TAIL = 0.00135
FLAT_LEVEL, STEP_LEVEL = 0.015, 0.1
# Below this chance of a slope as steep, the time before the meeting is told to have drifted already.
STABLE_LEVEL = 0.05
# A change that is called visible would be found in this share of cases.
POWER = 0.8
# The mean moving range of independent standard normal values (Shewhart's d2 for pairs).
_MEAN_RANGE = 1.128

FEW, SAME, UP, DOWN, DRIFT = "few", "same", "up", "down", "drift"


@dataclass(frozen=True)
class QuarterPoint:
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
    """The series with its limits, and the verdict: few points, same level, up, down, or no more than a drift.

    ``is_stable`` says whether the time before the meeting had no drift of its own; ``visible`` is the smallest change
    of the share that would have been found in POWER of cases (None: too few points to say).
    """

    points: tuple[QuarterPoint, ...]
    verdict: str
    before: tuple[int, int]
    after: tuple[int, int]
    is_stable: bool = True
    visible: float | None = None


def control_chart(quarters: Sequence[tuple[str, int, int]], meeting_quarter: str) -> ControlChart:
    """Return the chart of (quarter, due, met), oldest first; the quarter of the meeting counts to neither side."""
    usable = [row for row in quarters if row[1] > 0 and row[0] != meeting_quarter]
    before = [row for row in usable if row[0] < meeting_quarter]
    after = [row for row in usable if row[0] > meeting_quarter]
    old = _Level.of(before) if _enough(before) else None
    new = _Level.of(after) if old is not None and _enough(after) else None
    points = [_point(row, old, False) for row in before] + [
        _point(row, old if new is None else new, True) for row in after
    ]
    if old is None or len(after) < POINTS_AFTER or sum(row[1] for row in after) < SMALLEST_COMPARED:
        return ControlChart(tuple(points), FEW, _sum(before), _sum(after))
    verdict, is_stable, visible = _judged(before, after)
    return ControlChart(tuple(points), verdict, _sum(before), _sum(after), is_stable, visible)


def _enough(rows: Sequence[tuple[str, int, int]]) -> bool:
    return len(rows) >= POINTS_FOR_LIMITS and sum(row[1] for row in rows) >= SMALLEST_COMPARED


def _sum(rows: Sequence[tuple[str, int, int]]) -> tuple[int, int]:
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


@dataclass(frozen=True)
class _Level:
    """The centre of some quarters, and how many times as much as chance they spread (Laney's sigma z, at least 1)."""

    centre: float
    spread: float

    @classmethod
    def of(cls, rows: Sequence[tuple[str, int, int]]) -> _Level:
        due, met = _sum(rows)
        centre = met / due
        if not 0 < centre < 1:
            return cls(centre, 1.0)
        scores = [(row[2] / row[1] - centre) / math.sqrt(centre * (1 - centre) / row[1]) for row in rows]
        ranges = [abs(one - other) for one, other in itertools.pairwise(scores)]
        return cls(centre, max(1.0, sum(ranges) / len(ranges) / _MEAN_RANGE))


def _point(row: tuple[str, int, int], level: _Level | None, is_after: bool) -> QuarterPoint:
    quarter, due, met = row
    if level is None:
        return QuarterPoint(quarter, due, met, None, None, None, is_after)
    low, high = (limit / due for limit in binomial_limits(due, level.centre, TAIL))
    if level.spread > 1:
        reach = 3 * level.spread * math.sqrt(level.centre * (1 - level.centre) / due)
        low, high = max(0.0, min(low, level.centre - reach)), min(1.0, max(high, level.centre + reach))
    return QuarterPoint(quarter, due, met, level.centre, low, high, is_after)


def _judged(
    before: Sequence[tuple[str, int, int]], after: Sequence[tuple[str, int, int]]
) -> tuple[str, bool, float | None]:
    """Return the verdict, whether the time before was without drift, and the smallest change that would be seen."""
    import numpy as np
    from scipy import stats

    rows = [*before, *after]
    due = np.array([row[1] for row in rows], dtype=float)
    rate = np.array([row[2] for row in rows], dtype=float) / due
    # Half a case to each side: a share of nought or one has a variance too.
    share = (due @ rate + 0.5) / (due.sum() + 1)
    weight = due / (share * (1 - share))
    time = np.array([4 * (at := parse(row[0])).year + at.number for row in rows], dtype=float)
    time -= time[0]
    is_after = np.array([False] * len(before) + [True] * len(after))
    ones = np.ones(len(rows))

    def last(design: np.ndarray, values: np.ndarray, weights: np.ndarray) -> tuple[float, float, int]:
        """Return the last coefficient of a weighted fit, its standard error and the degrees of freedom."""
        inverse = np.linalg.inv(design.T @ (weights[:, None] * design))
        fitted = inverse @ (design.T @ (weights * values))
        freedom = len(values) - design.shape[1]
        dispersion = max(1.0, float(weights @ (values - design @ fitted) ** 2) / freedom)
        return float(fitted[-1]), float(np.sqrt(dispersion * inverse[-1, -1])), freedom

    flat, flat_error, flat_freedom = last(np.column_stack([ones, is_after]), rate, weight)
    step, step_error, step_freedom = last(np.column_stack([ones, time, is_after]), rate, weight)
    past = ~is_after
    slope, slope_error, slope_freedom = last(np.column_stack([ones[past], time[past]]), rate[past], weight[past])
    flat_reach = float(stats.t.isf(FLAT_LEVEL / 2, flat_freedom))
    step_reach = float(stats.t.isf(STEP_LEVEL / 2, step_freedom))
    is_stable = abs(slope / slope_error) < float(stats.t.isf(STABLE_LEVEL / 2, slope_freedom))
    more = float(stats.norm.ppf(POWER))
    visible = max((flat_reach + more) * flat_error, (step_reach + more) * step_error)
    if abs(flat / flat_error) < flat_reach:
        verdict = SAME
    elif flat * step > 0 and abs(step / step_error) >= step_reach:
        verdict = UP if flat > 0 else DOWN
    else:
        verdict = DRIFT
    return verdict, is_stable, min(1.0, visible)

"""Did a published figure move after a meeting? The same two questions as ``control_chart``, of whole years.

Belongs here: the verdict on published years. Does not belong here: quarters in full (``control_chart``) and sentences.

Published years are few, so that their own spread cannot be reckoned from them. Besides chance each year is given the
spread of quarters that swing by QUARTER_SPREAD, and more where the years show more. A move must be larger than that
explains, and still be so when a straight drift through all the years is allowed for. Measured in made-up worlds by
``benchmarks/proposals.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.quarters import parse
from reports.figures.statistics import SMALLEST_COMPARED
from reports.meetings.control_chart import DOWN, DRIFT, FEW, FLAT_LEVEL, POWER, SAME, STEP_LEVEL, UP, ControlChart

# By how much the share itself swings from quarter to quarter; a year holds four.
QUARTER_SPREAD = 0.03
# Without two years before the meeting a move cannot be told from a drift.
YEARS_BEFORE = 2
# Last quarter of a year, due and met.
Year = tuple[str, int, int]


def published_move(before: Sequence[Year], after: Sequence[Year]) -> ControlChart:
    """Return the verdict on years that ended before the meeting and years that began after it, oldest first.

    The chart has no points: its counts are those of the last year before the meeting and of the newest after it.
    """
    last, newest = (years[-1][1:] if years else (0, 0) for years in (before, after))
    enough = len(before) >= YEARS_BEFORE and bool(after) and min(last[0], newest[0]) >= SMALLEST_COMPARED
    if not enough:
        return ControlChart((), FEW, last, newest)
    verdict, visible = _judged(before, after)
    return ControlChart((), verdict, last, newest, True, visible)


def _judged(before: Sequence[Year], after: Sequence[Year]) -> tuple[str, float]:
    """Return the verdict and the smallest change of the share that would have been found in POWER of cases."""
    import numpy as np
    from scipy import stats

    rows = [*before, *after]
    due = np.array([row[1] for row in rows], dtype=float)
    rate = np.array([row[2] for row in rows], dtype=float) / due
    # Half a case to each side: a share of nought or one has a variance too.
    share = (due @ rate + 0.5) / (due.sum() + 1)
    weight = 1 / (share * (1 - share) / due + QUARTER_SPREAD**2 / 4)
    time = np.array([4 * (at := parse(row[0])).year + at.number for row in rows], dtype=float)
    time -= time[0]
    is_after = np.array([0.0] * len(before) + [1.0] * len(after))

    def last(*columns: np.ndarray) -> tuple[float, float]:
        """Return the last coefficient of a weighted fit and its standard error."""
        design = np.column_stack([np.ones(len(rows)), *columns])
        inverse = np.linalg.inv(design.T @ (weight[:, None] * design))
        fitted = inverse @ (design.T @ (weight * rate))
        freedom = len(rows) - design.shape[1]
        spread = float(weight @ (rate - design @ fitted) ** 2) / freedom if freedom else 1.0
        return float(fitted[-1]), float(np.sqrt(max(1.0, spread) * inverse[-1, -1]))

    flat, flat_error = last(is_after)
    step, step_error = last(time, is_after)
    flat_reach, step_reach, more = (float(stats.norm.isf(tail)) for tail in (FLAT_LEVEL / 2, STEP_LEVEL / 2, 1 - POWER))
    visible = min(1.0, max((flat_reach + more) * flat_error, (step_reach + more) * step_error))
    if abs(flat / flat_error) < flat_reach:
        return SAME, visible
    if flat * step > 0 and abs(step / step_error) >= step_reach:
        return (UP if flat > 0 else DOWN), visible
    return DRIFT, visible

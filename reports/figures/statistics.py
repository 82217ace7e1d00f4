"""The few statistics that pages use: Wilson's interval, exact binomial limits, a change between two periods.

Belongs here: formulas with known answers. Does not belong here: what a result is called in Danish (``wording``).
"""

from __future__ import annotations

import math
from functools import lru_cache

from scipy.special import bdtr, bdtrik

Z_95 = 1.959963984540054
# Below this many due in a period a rate says too little to be coloured, sorted by or compared.
SMALLEST_COMPARED = 20


@lru_cache(maxsize=65536)
def wilson(met: int, due: int, z: float = Z_95) -> tuple[float, float]:
    """Return Wilson's score interval (no continuity correction) of a share; ``due`` must be positive."""
    share = met / due
    centre = share + z * z / (2 * due)
    half = z * math.sqrt(share * (1 - share) / due + z * z / (4 * due * due))
    scale = 1 + z * z / due
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def difference_interval(met_a: int, due_a: int, met_b: int, due_b: int) -> tuple[float, float]:
    """Return the 95 % interval of the share of ``a`` minus that of ``b`` (Newcombe 1998, method 10)."""
    share_a, share_b = met_a / due_a, met_b / due_b
    low_a, high_a = wilson(met_a, due_a)
    low_b, high_b = wilson(met_b, due_b)
    difference = share_a - share_b
    down = math.sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2)
    up = math.sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2)
    return difference - down, difference + up


@lru_cache(maxsize=65536)
def binomial_limits(due: int, share: float, tail: float) -> tuple[int, int]:
    """Return the smallest and largest count that are not unusual, exactly.

    A count is unusual when, with the true share as given, the chance of one as small (or one as large) is at most
    ``tail``. ``tail`` 0.025 gives the 95 % limits, 0.001 the 99.8 % limits.
    """
    if share <= 0:
        return 0, 0
    if share >= 1:
        return due, due
    low = _lowest_usual(due, share, tail)
    return low, due - _lowest_usual(due, 1 - share, tail)


def _lowest_usual(due: int, share: float, tail: float) -> int:
    """Return the smallest k with P(X <= k) > tail."""
    first = max(0, math.floor(float(bdtrik(tail, due, share))) - 1)  # the inverse is exact but for its last digits
    return next(k for k in range(first, due + 1) if k == due or float(bdtr(k, due, share)) > tail)


def position(met: int, due: int, share: float) -> int:
    """Return where a count lies among exact limits: 0 inside 95 %, ±1 between 95 and 99.8 %, ±2 outside 99.8 %."""
    low, high = binomial_limits(due, share, 0.025)
    if low <= met <= high:
        return 0
    wide_low, wide_high = binomial_limits(due, share, 0.001)
    sign = -1 if met < low else 1
    return sign if wide_low <= met <= wide_high else 2 * sign


def bounds(met: int, due: int, undeterminable: int) -> tuple[float, float] | None:
    """Return the lowest and highest possible share if every undeterminable case were missed or met."""
    total = due + undeterminable
    return (met / total, (met + undeterminable) / total) if total else None

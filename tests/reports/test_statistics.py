"""The statistics against published and independently computed answers."""

from __future__ import annotations

import pytest

from reports.figures.statistics import binomial_limits, bounds, difference_interval, position, wilson


@pytest.mark.parametrize(
    ("met", "due", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilsons_interval_equals_the_published_one(met: int, due: int, low: float, high: float) -> None:
    assert wilson(met, due) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_interval_of_a_difference_equals_the_published_one() -> None:
    # Newcombe 1998, Statistics in Medicine 17: 873-890, table II, method 10: 56/70 - 48/80.
    assert difference_interval(56, 70, 48, 80) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.65, 0.99])
@pytest.mark.parametrize("due", [1, 20, 87, 600])
@pytest.mark.parametrize("tail", [0.025, 0.001])
def test_binomial_limits_are_exact(due: int, share: float, tail: float) -> None:
    from scipy.stats import binom

    low, high = binomial_limits(due, share, tail)
    assert binom.cdf(low, due, share) > tail and (low == 0 or binom.cdf(low - 1, due, share) <= tail)
    assert binom.sf(high - 1, due, share) > tail and (high == due or binom.sf(high, due, share) <= tail)


def test_limits_of_a_certain_share_are_that_share() -> None:
    assert binomial_limits(30, 0.0, 0.025) == (0, 0)
    assert binomial_limits(30, 1.0, 0.025) == (30, 30)


def test_a_count_is_placed_inside_between_or_outside_the_limits() -> None:
    low, high = binomial_limits(100, 0.5, 0.025)
    far_low, far_high = binomial_limits(100, 0.5, 0.001)
    assert [position(count, 100, 0.5) for count in (low, high, low - 1, high + 1, far_low - 1, far_high + 1)] == [
        0,
        0,
        -1,
        1,
        -2,
        2,
    ]


def test_undeterminable_cases_open_the_bounds() -> None:
    assert bounds(8, 10, 10) == (0.4, 0.9)
    assert bounds(0, 0, 0) is None

"""Draws of chance, many at a time, and the few distributions that the whole synthetic world shares.

Belongs here: the random source and the delays that any event may have. Does not belong here: what is drawn for whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

Days = NDArray[np.int64]
Marks = NDArray[np.bool_]
Texts = NDArray[np.object_]

# A day that never comes, so that what is known from it stays unknown.
NEVER = 10**9

_SEED_BITS = (1 << 63) - 1


class Draws:
    """A seeded source; the same seed and subject always give the same draws, whatever else is drawn."""

    def __init__(self, seed: int, subject: str) -> None:
        self.generator = np.random.default_rng([seed & _SEED_BITS, crc32(subject.encode())])

    def happens(self, share: ArrayLike, count: int | None = None) -> Marks:
        """True in this share of the draws: one share for `count` draws, or a share for each."""
        shares = np.asarray(share, dtype=float)
        return self.generator.random(shares.shape if count is None else count) < shares

    def uniform(self, count: int) -> NDArray[np.float64]:
        """Numbers from 0 to 1."""
        return self.generator.random(count)

    def within(self, low: ArrayLike, high: ArrayLike, count: int | None = None) -> Days:
        """Whole numbers from low to high, both included; low where high is below it."""
        lows, highs = np.broadcast_arrays(np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64))
        size = lows.shape if count is None else (count,)
        return (lows + self.generator.random(size) * (np.maximum(highs - lows, 0) + 1)).astype(np.int64)

    def pick(self, options: Sequence[tuple[str, float]], count: int) -> Texts:
        """One of the weighted options, `count` times."""
        names = np.array([name for name, _ in options], dtype=object)
        return names[self.place([weight for _, weight in options], count)]

    def pick_by(self, groups: Texts, options: Mapping[str, Sequence[tuple[str, float]]]) -> Texts:
        """For each row one of the options of its group."""
        chosen = np.full(len(groups), "", dtype=object)
        for group, offered in options.items():
            rows = groups == group
            chosen[rows] = self.pick(offered, int(rows.sum()))
        return chosen

    def place(self, weights: ArrayLike, count: int) -> NDArray[np.int64]:
        """Positions in a list of weights, each as often as it weighs."""
        cumulative = np.cumsum(np.asarray(weights, dtype=float))
        drawn = self.generator.random(count) * cumulative[-1]
        return np.minimum(np.searchsorted(cumulative, drawn, side="right"), len(cumulative) - 1).astype(np.int64)

    def tail(self, mean: float, count: int, most: int = 400) -> Days:
        """Days of delay, at least 1: mostly few, sometimes many."""
        return 1 + np.minimum(self.generator.exponential(mean, count).astype(np.int64), most)

    def recorded(self, day: Days) -> Days:
        """The day the source system learnt of an event: mostly at once, one in fifty a month or more too late."""
        draw = self.generator.random(len(day))
        soon = (draw * 4).astype(np.int64)
        later = 3 + ((draw - 0.75) * 30).astype(np.int64)
        late = 35 + ((draw - 0.98) * 9000).astype(np.int64)
        return day + np.where(draw < 0.75, soon, np.where(draw < 0.98, later, late))

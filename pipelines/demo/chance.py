"""Draws of chance and the few distributions that the whole synthetic world shares.

Belongs here: the random source and the delays that any event may have. Does not belong here: what is drawn for whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Option = TypeVar("Option")


class Weighted(Generic[Option]):
    """Options with weights, added up once because they are drawn from many thousand times."""

    def __init__(self, options: Sequence[tuple[Option, float]]) -> None:
        self.options = [option for option, _ in options]
        self.cumulative = list(accumulate(weight for _, weight in options))


class Chance(Random):
    """A seeded source of draws; the same name and seed always give the same world."""

    def happens(self, share: float) -> bool:
        """True in this share of the draws."""
        return self.random() < share

    def within(self, low: int, high: int) -> int:
        """A whole number from low to high, both included (much quicker than randint)."""
        return low + int(self.random() * (high - low + 1))

    def of(self, weighted: Weighted[Option]) -> Option:
        """One of the weighted options."""
        return self.choices(weighted.options, cum_weights=weighted.cumulative)[0]

    def tail(self, mean: float, most: int = 400) -> int:
        """Days of delay, at least 1: mostly few, sometimes many."""
        return 1 + min(int(self.expovariate(1 / mean)), most)

    def recorded(self, day: int) -> int:
        """The day the source system learnt of an event: mostly at once, one in fifty a month or more too late."""
        draw = self.random()
        if draw < 0.75:
            return day + int(draw * 4)
        if draw < 0.98:
            return day + 3 + int((draw - 0.75) * 30)
        return day + 35 + int((draw - 0.98) * 9000)

    def reliability(self, mean: float, spread: float) -> float:
        """How often one institution or municipality does a thing in time."""
        return min(0.97, max(0.35, self.gauss(mean, spread)))

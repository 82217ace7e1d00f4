"""Made-up courses of one figure around a meeting: in five kinds of world nothing moved, and in one kind it did.

Belongs here: counts by quarter. Does not belong here: any expectation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipelines.quarters import shift

MEETING = "2024-Q3"
Course = list[tuple[str, int, int]]


def _course(chance: np.random.Generator, shares: np.ndarray, before: int, due: int) -> Course:
    met = chance.binomial(due, np.clip(shares, 0, 1))
    places = [place - before if place < before else place - before + 1 for place in range(len(shares))]
    return [(shift(MEETING, place), due, int(one)) for place, one in zip(places, met)]


def pure_chance(seed: int, before: int, after: int, due: int) -> Course:
    """Return a course with one share throughout."""
    chance = np.random.default_rng(seed)
    return _course(chance, np.full(before + after, chance.uniform(0.3, 0.9)), before, due)


def overdispersed(seed: int, before: int, after: int, due: int) -> Course:
    """Return a course whose share itself swings by 3 points from quarter to quarter."""
    chance = np.random.default_rng(seed)
    return _course(chance, chance.uniform(0.3, 0.9) + chance.normal(0, 0.03, before + after), before, due)


def drifting(seed: int, before: int, after: int, due: int) -> Course:
    """Return a course that rises by 1.5 points a quarter, before the meeting as after it."""
    chance = np.random.default_rng(seed)
    return _course(chance, 0.4 + 0.015 * np.arange(before + after), before, due)


def selected(seed: int, before: int, after: int, due: int) -> Course:
    """Return the course that was lowest before the meeting among 40 with one and the same share."""
    chance = np.random.default_rng(seed)
    shares = np.full(before + after, chance.uniform(0.3, 0.9))
    many = [_course(chance, shares, before, due) for _ in range(40)]
    return min(many, key=lambda course: sum(met for _, _, met in course[:before]))


def selected_and_overdispersed(seed: int, before: int, after: int, due: int) -> Course:
    """Return the lowest before the meeting among 40 whose shares swing by 3 points."""
    chance = np.random.default_rng(seed)
    share = chance.uniform(0.3, 0.9)
    many = [_course(chance, share + chance.normal(0, 0.03, before + after), before, due) for _ in range(40)]
    return min(many, key=lambda course: sum(met for _, _, met in course[:before]))


def moved(points: int) -> Callable[[int, int, int, int], Course]:
    """Return what makes a course that rises by so many points at the meeting, with a swing of 3 points."""

    def world(seed: int, before: int, after: int, due: int) -> Course:
        chance = np.random.default_rng(seed)
        shares = 0.5 + chance.normal(0, 0.03, before + after)
        shares[before:] += points / 100
        return _course(chance, shares, before, due)

    return world


def in_years(course: Course) -> tuple[Course, Course]:
    """Return a course's whole years before the meeting and after it, each named by its last quarter."""
    before = [row for row in course if row[0] < MEETING]
    after = [row for row in course if row[0] > MEETING]
    years = [[side[place : place + 4] for place in range(len(side) % 4, len(side) - 3, 4)] for side in (before, after)]
    sums = [
        [(year[-1][0], sum(row[1] for row in year), sum(row[2] for row in year)) for year in side] for side in years
    ]
    return sums[0], sums[1]


UNMOVED = {
    "ren tilfældighed": pure_chance,
    "spredning på 3 point": overdispersed,
    "jævn udvikling": drifting,
    "laveste af 40 udvalgt": selected,
    "laveste af 40, spredning på 3 point": selected_and_overdispersed,
}

"""What stands out among many counts: one procedure for the pages and for the meetings, guarded against chance.

Belongs here: which counts are compared alike, which differences are more than chance, which level is the lowest, and
which finding comes first. Does not belong here: where counts come from, and Danish (``words``).

Differences are exact tests. When many are made at once the chance that pure chance gives even one is kept at a level
by Holm's method, whatever the dependence between them. A difference that stands is also at least SMALLEST_DIFFERENCE,
and its 95 % interval leaves out nought. Findings whose intervals overlap are equals: the figures cannot tell which is
the larger, and then law comes before guidance, and guidance before a number of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.units import Key
from reports.figures.probabilities import exact_p_values, held_by_holm
from reports.figures.statistics import SMALLEST_COMPARED, difference_interval, wilson

# The chance of any finding in a world of pure chance. At 2 % of worlds, 100 of them hold six or more such worlds once
# in 65 times; exact tests keep below that, as the benchmarks show.
LEVEL = 0.02
# A difference of fewer hundredths may be real in large numbers, and still be nothing to act upon.
SMALLEST_DIFFERENCE = 0.05
NORM_RANK = {"statutory": 0, "guideline": 1, "indicator": 2}


class Count(NamedTuple):
    """How many duties fell due, and how many of them were met in time."""

    due: int
    met: int

    @property
    def rate(self) -> float:
        """The share in time; ``due`` must be positive."""
        return self.met / self.due

    def without(self, part: Count) -> Count:
        """Return the rest when a part is taken away; counts of different sources never go below nothing."""
        return Count(max(0, self.due - part.due), max(0, self.met - part.met))


@dataclass(frozen=True)
class Compared:
    """One comparison: a unit's count under a rule beside another count (the rest, or the same unit before).

    ``rank`` says how binding the rule is (NORM_RANK).
    """

    rule_id: str
    unit: Key
    now: Count
    other: Count
    rank: int = 0

    @property
    def is_large_enough(self) -> bool:
        """Whether both counts are large enough for a comparison to say anything."""
        return min(self.now.due, self.other.due) >= SMALLEST_COMPARED


@dataclass(frozen=True)
class Finding:
    """A comparison that is more than chance; ``kind`` is gap or change, ``tests`` how many were made with it."""

    kind: str
    found: Compared
    p_value: float
    low: float
    high: float
    tests: int

    @property
    def difference(self) -> float:
        """The unit's share minus the other's."""
        return self.found.now.rate - self.found.other.rate

    @property
    def certain_difference(self) -> float:
        """The smallest difference, without its sign, that the 95 % interval holds."""
        return 0.0 if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))


def findings(kind: str, comparisons: Sequence[Compared], level: float) -> list[Finding]:
    """Return the comparisons of one family that are more than chance at a level and large enough to matter."""
    family = [one for one in comparisons if one.is_large_enough]
    p_values = exact_p_values(
        [one.now.met for one in family],
        [one.now.due for one in family],
        [one.other.met for one in family],
        [one.other.due for one in family],
    )
    standing = []
    for one, p_value, stands in zip(family, p_values, held_by_holm(p_values, level)):
        if stands and abs(one.now.rate - one.other.rate) >= SMALLEST_DIFFERENCE:
            low, high = difference_interval(one.now.met, one.now.due, one.other.met, one.other.due)
            finding = Finding(kind, one, p_value, low, high, len(family))
            if finding.certain_difference > 0:
                standing.append(finding)
    return standing


def leading(standing: Sequence[Finding]) -> Finding | None:
    """Return the finding to tell first: the most certain difference, and among its equals the most binding duty."""

    def size(one: Finding) -> tuple[float, float, str, Key]:
        return one.certain_difference, abs(one.difference), one.found.rule_id, one.found.unit

    if not standing:
        return None
    largest = max(standing, key=size)
    equals = [one for one in standing if max(abs(one.low), abs(one.high)) >= largest.certain_difference]
    most_binding = min(one.found.rank for one in equals)
    return max((one for one in equals if one.found.rank == most_binding), key=size)


@dataclass(frozen=True)
class Level:
    """The count of one duty in a period; ``rank`` says how binding it is (NORM_RANK)."""

    rule_id: str
    count: Count
    rank: int = 0


@dataclass(frozen=True)
class Lowest:
    """The duty with the lowest level, its interval, how many duties the figures cannot tell from it, of how many."""

    found: Level
    low: float
    high: float
    equals: int
    compared: int


def lowest(levels: Sequence[Level]) -> Lowest | None:
    """Return the lowest level among the duties with enough cases; among its equals the most binding duty."""
    enough = [one for one in levels if one.count.due >= SMALLEST_COMPARED]
    if not enough:
        return None
    bottom = min(enough, key=lambda one: (one.count.rate, one.rank, one.rule_id))
    equals = [one for one in enough if one is bottom or not _is_above(one.count, bottom.count)]
    first = min(equals, key=lambda one: (one.rank, one.count.rate, one.rule_id))
    return Lowest(first, *wilson(first.count.met, first.count.due), len(equals) - 1, len(enough))


def _is_above(one: Count, other: Count) -> bool:
    return difference_interval(one.met, one.due, other.met, other.due)[0] > 0

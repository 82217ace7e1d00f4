"""What a meeting can ask about at real sizes: duties far from kept, duties pooled, a list, and steady levels.

Belongs here: rules beside those of ``proposals``, for units too small for one gap to be more than chance by itself.
Does not belong here: Danish (``asking_sections``) and where counts come from (``facts``).

A duty far from kept is a level and no claim about chance. The others are tests: duties pooled are one Mantel-Haenszel
test for each municipality, held by Holm's method; the list keeps the share of false lines at ASK_LEVEL (Benjamini and
Hochberg), which is also the chance of any line in a world of pure chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.units import Key
from reports.figures.probabilities import exact_p_values, held_by_holm
from reports.figures.standing_out import NORM_RANK, SMALLEST_DIFFERENCE, Compared, Count, Finding, Level
from reports.figures.statistics import SMALLEST_COMPARED, difference_interval

# A duty by law that is met in half of the cases, or fewer, is always a topic.
HALF = 0.5
POOLED_LEVEL = 0.01
ASK_LEVEL = 0.05
STEADY_LEVEL = 0.025
# A gap that anybody would want to know of, for which the page says how often it would be found.
TOLD_GAP = 0.20
_WORLDS = 400
# The median of the square of a standard normal value.
_MEDIAN_SQUARE = 0.4549


@dataclass(frozen=True)
class Pooled:
    """A unit's duties together: due, met, and how many would be met at the others' shares, duty by duty."""

    unit: Key
    due: int
    met: int
    expected: float
    p_value: float
    duties: int
    tests: int

    @property
    def difference(self) -> float:
        """The share met less the share expected."""
        return (self.met - self.expected) / self.due


def farthest(levels: Sequence[Level]) -> list[Level]:
    """Return the duties farthest from kept: each by law that is met in half of the cases or fewer, lowest first.

    Without one, the most binding duty with enough cases that is lowest; nothing when no duty has enough cases.
    """
    enough = [one for one in levels if one.count.due >= SMALLEST_COMPARED]
    by_law = [one for one in enough if one.rank == NORM_RANK["statutory"] and one.count.rate <= HALF]
    if by_law:
        return sorted(by_law, key=lambda one: (one.count.rate, one.rule_id))
    return sorted(enough, key=lambda one: (one.rank, one.count.rate, one.rule_id))[:1]


def pooled_duties(gaps: Sequence[Compared]) -> list[Pooled]:
    """Return each municipality with its own duties taken together beside the others, duty by duty.

    Duties about the same cases go together, so that pooled figures spread more than independent ones: the variance is
    widened by what the municipalities themselves show (the median of their squared scores), never narrowed.
    """
    by_unit: dict[Key, list[Compared]] = {}
    for one in gaps:
        if one.unit[0] == "municipality" and one.now.due and one.other.due >= SMALLEST_COMPARED:
            by_unit.setdefault(one.unit, []).append(one)
    sums = {}
    for unit, own in by_unit.items():
        due, met, expected, variance = 0, 0, 0.0, 0.0
        for one in own:
            total, share = one.now.due + one.other.due, (one.now.met + one.other.met) / (one.now.due + one.other.due)
            due, met, expected = due + one.now.due, met + one.now.met, expected + one.now.due * one.other.rate
            variance += one.now.due * one.other.due * share * (1 - share) / (total - 1)
            # The score is of met less its mean given both counts; that is the difference to the others, shrunk.
        score = sum(
            one.now.met - one.now.due * (one.now.met + one.other.met) / (one.now.due + one.other.due) for one in own
        )
        if due >= SMALLEST_COMPARED and variance > 0:
            sums[unit] = (due, met, expected, score / math.sqrt(variance), len(own))
    if not sums:
        return []
    spread = max(1.0, float(np.median([score**2 for *_, score, _ in sums.values()])) / _MEDIAN_SQUARE)
    return [
        Pooled(unit, due, met, expected, math.erfc(abs(score) / math.sqrt(2 * spread)), duties, len(sums))
        for unit, (due, met, expected, score, duties) in sums.items()
    ]


def pooled_topic(gaps: Sequence[Compared]) -> Pooled | None:
    """Return the municipality whose duties together are farthest behind by more than chance, or None."""
    found = pooled_duties(gaps)
    stands = held_by_holm([one.p_value for one in found], POOLED_LEVEL)
    behind = [one for one, is_held in zip(found, stands) if is_held and one.difference <= -SMALLEST_DIFFERENCE]
    return min(behind, key=lambda one: (one.p_value, one.unit), default=None)


def worth_asking(gaps: Sequence[Compared]) -> list[Finding]:
    """Return the gaps to a unit's disadvantage on a list with controlled false discovery, most certain first."""
    from scipy.stats import false_discovery_control

    family = [one for one in gaps if one.is_large_enough]
    if not family:
        return []
    p_values = _p_values(family)
    kept = false_discovery_control(p_values, method="bh") <= ASK_LEVEL
    found = []
    for one, p_value, is_kept in zip(family, p_values, kept):
        if is_kept and one.other.rate - one.now.rate >= SMALLEST_DIFFERENCE:
            low, high = difference_interval(one.now.met, one.now.due, one.other.met, one.other.due)
            found.append(Finding("ask", one, p_value, low, high, len(family)))
    return sorted(found, key=lambda one: (one.p_value, one.found.unit, one.found.rule_id))


def steadily_high(now: Sequence[Compared], before: Sequence[Compared]) -> list[Finding]:
    """Return the municipalities above the others by more than chance both in the years before and now.

    The chance is the larger of the two, so that both must hold; held by Holm's method over all that were compared.
    """
    earlier = {(one.rule_id, one.unit): one for one in before if one.is_large_enough}
    family = [
        one
        for one in now
        if one.unit[0] == "municipality" and one.is_large_enough and (one.rule_id, one.unit) in earlier
    ]
    past = [earlier[one.rule_id, one.unit] for one in family]
    p_values = [max(pair) for pair in zip(_p_values(family), _p_values(past))]
    found = []
    for one, then, p_value, stands in zip(family, past, p_values, held_by_holm(p_values, STEADY_LEVEL)):
        if stands and min(one.now.rate - one.other.rate, then.now.rate - then.other.rate) >= SMALLEST_DIFFERENCE:
            low, high = difference_interval(one.now.met, one.now.due, one.other.met, one.other.due)
            found.append(Finding("steady", one, p_value, low, high, len(family)))
    return sorted(found, key=lambda one: (one.found.unit, one.found.rule_id))


def power(due: int, others: Count, tests: int, level: float) -> float:
    """Return in what share of made-up worlds a gap of TOLD_GAP would be found among so many tests at a level.

    The worlds are drawn anew from the same seed, so that the page is the same every time.
    """
    chance = np.random.default_rng(20260101)
    met = chance.binomial(due, max(0.0, others.rate - TOLD_GAP), _WORLDS)
    p_values = exact_p_values(
        [int(one) for one in met], [due] * _WORLDS, [others.met] * _WORLDS, [others.due] * _WORLDS
    )
    return sum(value <= level / tests for value in p_values) / _WORLDS


def _p_values(family: Sequence[Compared]) -> list[float]:
    return exact_p_values(
        [one.now.met for one in family],
        [one.now.due for one in family],
        [one.other.met for one in family],
        [one.other.due for one in family],
    )

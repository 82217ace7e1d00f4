"""Which topics a meeting should take up, proposed by fixed rules from counts, each with its evidence.

Belongs here: the rules and their safeguards against chance. Does not belong here: Danish (``wording``) and where the
counts come from (``facts``, ``released``).

Three rules, at most one topic each: the largest gap that is more than chance, the largest change that is, and the duty
with most that is urgent. A gap and a change are exact tests. Hundreds are made, so the chance that pure chance gives
even one topic is kept at LEVEL in all: shared between four families (gap or change; the area itself or a unit in it),
and within a family by Holm's method. Of those that stand the largest is the one whose 95 % interval is farthest from
no difference, so that a small unit's wild rate does not win; below SMALLEST_DIFFERENCE even a certain one is no topic.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.units import Key
from reports.figures.statistics import SMALLEST_COMPARED, difference_interval
from reports.meetings.probabilities import exact_p_values, held_by_holm

# The chance of any gap or change topic in a world of pure chance. At 2 % of worlds, 100 of them hold six or more such
# worlds once in 65 times; exact tests keep below that, as benchmarks/proposals.py shows.
LEVEL = 0.02
FAMILIES = 4
# For good practice a list is shown, and each line of it is tested in the same way with a level of its own.
PRACTICE_LEVEL = 0.05
# A difference of fewer hundredths may be real in large numbers, and still be nothing to hold a meeting about.
SMALLEST_DIFFERENCE = 0.05
URGENT_DAYS = 14
# What has waited longer is a backlog: it is counted beside, and does not decide what is urgent.
URGENT_DAYS_OVER = 60
# How sure it must be that an area without a unit shows the area's finding, for the unit to be no finding of its own.
FOLLOWS = 0.05


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
    """One comparison: a unit's count under a rule beside another count (the rest, or the same unit before)."""

    rule_id: str
    unit: Key
    now: Count
    other: Count


@dataclass(frozen=True)
class Topic:
    """A proposed topic; ``kind`` is gap or change."""

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


@dataclass(frozen=True)
class OpenTopic:
    """The duty with most that is urgent: overdue by at most URGENT_DAYS_OVER and still possible, or due within
    URGENT_DAYS. ``older`` have waited longer; ``first_deadline`` is the oldest of all that is overdue or urgent."""

    rule_id: str
    overdue: int
    due_soon: int
    older: int
    open_duties: int
    first_deadline: datetime.date
    by_institution: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Topics:
    """At most three topics."""

    gap: Topic | None
    change: Topic | None
    urgent: OpenTopic | None


def gap_topic(area: Sequence[Compared], units: Sequence[Compared]) -> Topic | None:
    """Return the largest gap that is more than chance and to the unit's disadvantage, or None."""
    found = _standing("gap", area, LEVEL / FAMILIES), _standing("gap", units, LEVEL / FAMILIES)
    return _largest([topic for topic in _own_findings(*found) if topic.difference < 0])


def change_topic(area: Sequence[Compared], units: Sequence[Compared]) -> Topic | None:
    """Return the largest change since the years before that is more than chance, in either direction, or None."""
    found = _standing("change", area, LEVEL / FAMILIES), _standing("change", units, LEVEL / FAMILIES)
    return _largest(_own_findings(*found))


def good_practice(municipalities: Sequence[Compared]) -> list[Topic]:
    """Return the municipalities and rules with a progress that is more than chance, most certain first."""
    found = [topic for topic in _standing("change", municipalities, PRACTICE_LEVEL) if topic.difference > 0]
    return sorted(found, key=lambda topic: (-topic.low, topic.found.unit, topic.found.rule_id))


def urgent_topic(worklist: Iterable[Mapping[str, Any]]) -> OpenTopic | None:
    """Return the rule with most urgent duties, of those the one with most overdue; None when nothing is urgent."""
    by_rule: dict[str, list[Mapping[str, Any]]] = {}
    for row in worklist:
        by_rule.setdefault(row["rule_id"], []).append(row)
    topics = []
    for rule_id, rows in by_rule.items():
        urgent = [row for row in rows if -URGENT_DAYS_OVER <= row["days_left"] <= URGENT_DAYS]
        if not urgent:
            continue
        overdue = sum(row["days_left"] < 0 for row in urgent)
        institutions: dict[str, int] = {}
        for row in urgent:
            code = row["institution_code"] or ""
            institutions[code] = institutions.get(code, 0) + 1
        topics.append(
            OpenTopic(
                rule_id,
                overdue,
                len(urgent) - overdue,
                sum(row["days_left"] < -URGENT_DAYS_OVER for row in rows),
                len(rows),
                min(row["deadline"] for row in rows),
                tuple(sorted(institutions.items(), key=lambda item: (-item[1], item[0]))),
            )
        )
    return min(topics, key=lambda one: (-one.overdue - one.due_soon, -one.overdue, one.rule_id), default=None)


def _standing(kind: str, comparisons: Sequence[Compared], level: float) -> list[Topic]:
    """Return the comparisons of one family that are more than chance and large enough to matter."""
    family = [one for one in comparisons if min(one.now.due, one.other.due) >= SMALLEST_COMPARED]
    p_values = exact_p_values(
        [one.now.met for one in family],
        [one.now.due for one in family],
        [one.other.met for one in family],
        [one.other.due for one in family],
    )
    topics = []
    for one, p_value, stands in zip(family, p_values, held_by_holm(p_values, level)):
        if stands and abs(one.now.rate - one.other.rate) >= SMALLEST_DIFFERENCE:
            low, high = difference_interval(one.now.met, one.now.due, one.other.met, one.other.due)
            topics.append(Topic(kind, one, p_value, low, high, len(family)))
    return topics


def _own_findings(area: Sequence[Topic], units: Sequence[Topic]) -> list[Topic]:
    """Return the area's findings and those of units that are more than their area's finding seen again.

    A unit only follows its area when the rest of the area, without it, shows the same.
    """
    by_rule = {topic.found.rule_id: topic for topic in area}
    return [*area, *(topic for topic in units if not _follows(topic, by_rule.get(topic.found.rule_id)))]


def _follows(unit: Topic, area: Topic | None) -> bool:
    if area is None or (unit.difference > 0) != (area.difference > 0):
        return False
    now = area.found.now.without(unit.found.now)
    # A change is seen against the area's own past, without the unit's; a gap against the rest of the country.
    other = area.found.other.without(unit.found.other) if unit.kind == "change" else area.found.other
    if not now.due or not other.due or abs(now.rate - other.rate) < SMALLEST_DIFFERENCE:
        return False
    same_direction = (now.rate > other.rate) == (area.difference > 0)
    return same_direction and exact_p_values([now.met], [now.due], [other.met], [other.due])[0] <= FOLLOWS


def _largest(topics: Sequence[Topic]) -> Topic | None:
    def nearest_to_nothing(topic: Topic) -> float:
        return 0.0 if topic.low <= 0 <= topic.high else min(abs(topic.low), abs(topic.high))

    return max(
        topics,
        key=lambda topic: (nearest_to_nothing(topic), abs(topic.difference), topic.found.rule_id, topic.found.unit),
        default=None,
    )

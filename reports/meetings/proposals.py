"""Which topics a meeting should take up, proposed by fixed rules from counts, each with its evidence.

Belongs here: the rules that choose topics. Does not belong here: the test against chance, which is the pages' own
(``figures.standing_out``), Danish (``meeting_words``) and where counts come from (``facts``, ``published_figures``).

Three rules, at most one topic each: the largest gap that is more than chance, the largest change that is, and the duty
with most that is urgent. Hundreds of comparisons are made, so the chance that pure chance gives even one topic is kept
at LEVEL in all: shared between four families (gap or change; the area itself or a unit in it). Of those that stand the
largest is the one whose 95 % interval is farthest from no difference, so that a small unit's wild rate does not win.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reports.figures.probabilities import exact_p_values
from reports.figures.published_rows import WorklistRow
from reports.figures.standing_out import LEVEL, SMALLEST_DIFFERENCE, Compared, Finding, findings, leading

FAMILIES = 4
# For good practice a list is shown, and each line of it is tested in the same way with a level of its own.
PRACTICE_LEVEL = 0.05
URGENT_DAYS = 14
# What has waited longer is a backlog: it is counted beside, and does not decide what is urgent.
URGENT_DAYS_OVER = 60
# How sure it must be that an area without a unit shows the area's finding, for the unit to be no finding of its own.
FOLLOWS = 0.05


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
    by_unit: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Topics:
    """At most three topics."""

    gap: Finding | None
    change: Finding | None
    urgent: OpenTopic | None


def gap_topic(area: Sequence[Compared], units: Sequence[Compared]) -> Finding | None:
    """Return the largest gap that is more than chance and to the unit's disadvantage, or None."""
    found = findings("gap", area, LEVEL / FAMILIES), findings("gap", units, LEVEL / FAMILIES)
    return leading([topic for topic in _own_findings(*found) if topic.difference < 0])


def change_topic(area: Sequence[Compared], units: Sequence[Compared]) -> Finding | None:
    """Return the largest change since the years before that is more than chance, in either direction, or None."""
    found = findings("change", area, LEVEL / FAMILIES), findings("change", units, LEVEL / FAMILIES)
    return leading(_own_findings(*found))


def good_practice(municipalities: Sequence[Compared]) -> list[Finding]:
    """Return the municipalities and rules with a progress that is more than chance, most certain first."""
    found = [topic for topic in findings("change", municipalities, PRACTICE_LEVEL) if topic.difference > 0]
    return sorted(found, key=lambda topic: (-topic.low, topic.found.unit, topic.found.rule_id))


def urgent_topic(worklist: Iterable[WorklistRow], municipal: Collection[str] = ()) -> OpenTopic | None:
    """Return the rule with most urgent duties, of those the one with most overdue; None when nothing is urgent.

    Duties in ``municipal`` are counted by municipality, all others by institution: each by those whose duty it is.
    """
    by_rule: dict[str, list[WorklistRow]] = {}
    for row in worklist:
        by_rule.setdefault(row.rule_id, []).append(row)
    topics = []
    for rule_id, rows in by_rule.items():
        urgent = [row for row in rows if -URGENT_DAYS_OVER <= row.days_left <= URGENT_DAYS]
        if not urgent:
            continue
        overdue = sum(row.days_left < 0 for row in urgent)
        units: dict[str, int] = {}
        for row in urgent:
            code = (row.municipality_code if rule_id in municipal else row.institution_code) or ""
            units[code] = units.get(code, 0) + 1
        topics.append(
            OpenTopic(
                rule_id,
                overdue,
                len(urgent) - overdue,
                sum(row.days_left < -URGENT_DAYS_OVER for row in rows),
                len(rows),
                min(row.deadline for row in rows),
                tuple(sorted(units.items(), key=lambda item: (-item[1], item[0]))),
            )
        )
    return min(topics, key=lambda one: (-one.overdue - one.due_soon, -one.overdue, one.rule_id), default=None)


def _own_findings(area: Sequence[Finding], units: Sequence[Finding]) -> list[Finding]:
    """Return the area's findings and those of units that are more than their area's finding seen again.

    A unit only follows its area when the rest of the area, without it, shows the same.
    """
    by_rule = {topic.found.rule_id: topic for topic in area}
    return [*area, *(topic for topic in units if not _follows(topic, by_rule.get(topic.found.rule_id)))]


def _follows(unit: Finding, area: Finding | None) -> bool:
    if area is None or (unit.difference > 0) != (area.difference > 0):
        return False
    now = area.found.now.without(unit.found.now)
    # A change is seen against the area's own past, without the unit's; a gap against the rest of the country.
    other = area.found.other.without(unit.found.other) if unit.kind == "change" else area.found.other
    if not now.due or not other.due or abs(now.rate - other.rate) < SMALLEST_DIFFERENCE:
        return False
    same_direction = (now.rate > other.rate) == (area.difference > 0)
    return same_direction and exact_p_values([now.met], [now.due], [other.met], [other.due])[0] <= FOLLOWS

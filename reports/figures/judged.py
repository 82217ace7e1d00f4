"""Which figure a unit is judged by: whose duty it is, and how much of it that party could have kept.

Belongs here: what the rules page settles about units, parties and the two rates. Does not belong here: which of them
stands out (``standing_out``) and what they are called (``words``).

A rate says how often the citizen got what the law promises, an own rate how a party kept its duty. Where others can be
the cause of lateness the two differ, and a unit is judged by the own rate of its own party's duties, never by a rate
that holds the lateness of others. A duty of another party is told on its page, and neither coloured nor compared.
"""

from __future__ import annotations

from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.figures.data import ABSENT, Figure, Rule

# The mission in three numbers: contact in time, a home applied for at the release, aid decided before it.
MISSION = ("contact_sentence", "housing_registered", "aid_decided")
PARTY_OF_LEVEL = {
    "municipality": "kommune",
    "region": "kommune",
    "institution": "kriminalforsorgen",
    "area": "kriminalforsorgen",
}


def own_party(rule: Rule) -> str:
    """Return the party whose duty it is; where the catalogue names several it is the municipality."""
    return rule.party if rule.party in ("kriminalforsorgen", "kommune") else "kommune"


def is_judged(level: str, rule: Rule) -> bool:
    """Return whether units of a level are judged by a duty: by those of their own party; the nation by both's."""
    return PARTY_OF_LEVEL.get(level) in (None, own_party(rule))


def has_own_rate(rule: Rule) -> bool:
    """Return whether the rate of a duty holds the lateness of others, so that its own rate is told apart."""
    return rule.rule_id in rules_with_own_rate()


def judged(rule: Rule, figure: Figure | None) -> Figure:
    """Return the figure that is told under a duty's name: the own one where the two differ."""
    known = figure or ABSENT
    return known.own if has_own_rate(rule) else known


def tells_mixed_rates(level: str) -> bool:
    """Return whether a rate that holds the lateness of others is told at a level, as what the citizens met.

    Beside one municipality or institution its counts stand in words alone: a share beside a name is read as the name's.
    """
    return level in ("national", "area", "region")

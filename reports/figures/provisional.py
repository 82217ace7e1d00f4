"""Which quarters' figures cannot be complete yet: the quarter is not over, or what settles a duty is still to come.

Belongs here: the day from which a duty's quarter can be complete. Does not belong here: how much earlier quarters moved
(``fct_revision``), and the words of it (``words``).

A duty that is due a number of days before the release is settled by the release: before it, the date can move and take
the deadline with it, and homelessness is not known. So its quarter is open for as many days longer. Registrations that
come late can change any quarter; that is no reason to wait, and is told as what earlier quarters moved.
"""

from __future__ import annotations

import datetime
import json

from pipelines import quarters
from reports.figures.data import Rule


def days_before_release(rule: Rule) -> int:
    """Return how many days before the release a duty is due, by its version in force; 0 for all other duties."""
    if rule.anchor != "release" or not rule.parameters:
        return 0
    return int(json.loads(rule.parameters).get("days", 0))


def complete_from(rule: Rule, quarter: str) -> datetime.date:
    """Return the first day of assessment on which a duty's figures of a quarter can be complete."""
    return quarters.last_day(quarter) + datetime.timedelta(days=1 + days_before_release(rule))


def is_provisional(rule: Rule, quarter: str, as_of: datetime.date) -> bool:
    """Return whether a duty's figures of a quarter lack outcomes on a day of assessment."""
    return as_of < complete_from(rule, quarter)

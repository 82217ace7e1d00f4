"""What a rule says about a case, before the columns that follow from it.

Belongs here: the verdict and the ordinary table of outcomes. Does not belong here: any single rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.rules.second_case import Case


@dataclass(frozen=True)
class Verdict:
    """A status with the dates it rests on.

    `responsible` is None where it is the rule's own party, `asked` where the municipality is the one in force on the
    deadline. `could_act` says whether the own party could have met the duty, also where the outcome is not due yet.
    """

    status: str
    deadline: date | None = None
    event: date | None = None
    reason: str | None = None
    responsible: str | None = None
    knowable_from: date | None = None
    counts_forward: bool = False
    could_act: bool = True
    asked: str | None = None


def status_by_deadline(deadline: date, event: date | None, as_of: date) -> str:
    """The table of outcomes: met, late, missed or pending."""
    if event is not None:
        return "met" if event <= deadline else "late"
    return "missed" if deadline < as_of else "pending"


def judged(case: Case, deadline: date, event: date | None, **more: Any) -> Verdict:
    """The verdict of the ordinary table of outcomes."""
    return Verdict(status_by_deadline(deadline, event, case.as_of), deadline, event, **more)


def judged_by_release(case: Case, event: date | None) -> Verdict:
    """The verdict of a duty that must be done by the release R."""
    if case.release is None:
        return release_unknown(case)
    return judged(case, case.release, event)


def not_applicable(reason: str) -> Verdict:
    """Outside the rule's population."""
    return Verdict("not_applicable", reason=reason)


def undeterminable(reason: str) -> Verdict:
    """Inside the population, but a fact is missing."""
    return Verdict("undeterminable", reason=reason)


def release_unknown(case: Case) -> Verdict:
    """Inside the population, but R is missing."""
    return undeterminable(case.why_release_is_unknown)


def counts_as_due(status: str, deadline: date | None, as_of: date) -> bool:
    """Whether an outcome counts in a rate: judged, with its deadline before the day of assessment."""
    return status in ("met", "late", "missed") and deadline is not None and deadline < as_of

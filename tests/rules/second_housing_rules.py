"""The duties about a home: the need, the registration on a housing list and its renewal, help with the rent.

Belongs here: one function per rule. Does not belong here: who carries a rule and the columns of an outcome.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

from tests.rules.second_calendar import add_days, add_months, add_years
from tests.rules.second_case import Case, earliest
from tests.rules.second_known_facts import KnownRow
from tests.rules.second_verdict import (
    Verdict,
    judged,
    judged_by_release,
    not_applicable,
    release_unknown,
    undeterminable,
)


def housing_need_clarified(case: Case) -> Verdict:
    """Whether the client needs a home is clarified within 28 days."""
    clarified = case.row["bolig_behov_afklaret"] if case.row["bolig_behov"] else None
    deadline = add_days(case.started, case.parameters.housing_need_days)
    return judged(case, deadline, clarified, counts_forward=True)


def registrations_of(case: Case) -> list[list[KnownRow]]:
    """The housing events of the case, one list per registration."""
    registrations: dict[str, list[KnownRow]] = defaultdict(list)
    for event in case.housing_events:
        registrations[event["opskrivning_id"]].append(event)
    return list(registrations.values())


def registered_when_active(case: Case, registration: list[KnownRow], day: date) -> date | None:
    """When the registration is active on the day, its earliest `opskrevet`; None when it is not active."""
    by_then = [event for event in registration if event["dato"] <= day]
    registered = [event["dato"] for event in by_then if event["haendelse"] == "opskrevet"]
    kept_alive = [event["dato"] for event in by_then if event["haendelse"] in ("opskrevet", "fornyet")]
    deleted = any(event["haendelse"] == "slettet" for event in by_then)
    if not registered or deleted:
        return None
    return min(registered) if add_years(max(kept_alive), case.parameters.registration_years) >= day else None


def housing_registered(case: Case, explanation_counts: bool = False) -> Verdict:
    """A client who needs a home is on a housing list at release, or has a home by then."""
    if case.row["bolig_behov"] != "J":
        return not_applicable("no_housing_need")
    if case.release is None:
        return release_unknown(case)
    release, registrations = case.release, registrations_of(case)
    if case.actual_release is None:
        active_today = earliest(registered_when_active(case, each, case.as_of) for each in registrations)
        return Verdict("pending", release, active_today)
    active_at_release = earliest(registered_when_active(case, each, release) for each in registrations)
    if active_at_release is not None:
        return Verdict("met", release, active_at_release)
    if case.row["bolig_ved_loesladelse"] == "egen":
        return Verdict("met", release, reason="housed")
    has_explanation = bool(case.row["bolig_begrundelse"])
    if explanation_counts and has_explanation:
        return Verdict("met", release, reason="documented")
    registered = [event["dato"] for event in case.housing_events if event["haendelse"] == "opskrevet"]
    registered_too_late = earliest(day for day in registered if day > release)
    if registered_too_late is not None:
        return Verdict("late", release, registered_too_late)
    if any(day <= release for day in registered):
        reason = "lapsed"
    elif has_explanation:
        reason = "documented"
    else:
        reason = "not_registered"
    return Verdict("missed" if release < case.as_of else "pending", release, reason=reason)


def housing_registered_or_explained(case: Case) -> Verdict:
    """As housing_registered, but a noted explanation is enough."""
    return housing_registered(case, explanation_counts=True)


def renewal_of_registration(case: Case, registration: list[KnownRow], end: date) -> Verdict | None:
    """Whether one registration was renewed in time until the end; None when nothing was due."""
    by_end = [event for event in registration if event["dato"] <= end]
    deleted = any(event["haendelse"] == "slettet" for event in by_end)
    days = sorted(event["dato"] for event in by_end if event["haendelse"] != "slettet")
    if not days:
        return None
    renewals = [(add_years(before, case.parameters.registration_years), after) for before, after in pairwise(days)]
    renewals = [(deadline, renewal) for deadline, renewal in renewals if deadline >= case.started]
    for deadline, renewal in renewals:
        if renewal > deadline:
            return Verdict("late", deadline, renewal)
    next_deadline = add_years(days[-1], case.parameters.registration_years)
    if not deleted and case.started <= next_deadline < end:
        return Verdict("missed", next_deadline)
    if renewals:
        deadline, renewal = renewals[-1]
        return Verdict("met", deadline, renewal)
    if case.actual_release is None and not deleted and next_deadline >= case.started:
        return Verdict("pending", next_deadline)
    return None


def housing_renewed(case: Case) -> Verdict:
    """Every registration on a housing list is renewed each year while the sentence is served."""
    if case.row["bolig_behov"] != "J":
        return not_applicable("no_housing_need")
    end = case.actual_release or case.as_of
    verdicts = [renewal_of_registration(case, registration, end) for registration in registrations_of(case)]
    due = [verdict for verdict in verdicts if verdict is not None]
    if not due:
        return not_applicable("no_renewal_due")
    worst_first = ("missed", "late", "met", "pending")
    return min(
        due, key=lambda verdict: (worst_first.index(verdict.status), verdict.deadline, verdict.event or date.max)
    )


def rent_help_applied(case: Case) -> Verdict:
    """Help with the rent is applied for within a week of the need being found."""
    if not case.rent_applications:
        return not_applicable("no_rent_need")
    need_found = min(application["behov_konstateret"] for application in case.rent_applications)
    deadline = add_days(max(case.started, need_found), case.parameters.rent_help_days)
    sent = earliest(application["sendt"] for application in case.rent_applications)
    return judged(case, deadline, sent, counts_forward=True)


def rent_alternative_examined(case: Case) -> Verdict:
    """For a sentence of more than six months the municipality examines another way to a home."""
    if not case.rent_applications:
        return not_applicable("no_rent_need")
    if not case.expected_dates:
        return undeterminable("no_expected_release")
    expected_at_start = case.expected_release_on(case.started)
    if expected_at_start <= add_months(case.started, case.parameters.rent_alternative_months):
        return not_applicable("six_months_or_less")
    if all(application["sendt"] is None for application in case.rent_applications):
        return not_applicable("not_applied")
    return judged_by_release(case, earliest(each["alternativ_undersoegt"] for each in case.rent_applications))

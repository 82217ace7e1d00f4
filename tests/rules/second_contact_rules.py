"""The duties to contact, answer and inform, of sentences and of supervision.

Belongs here: one function per rule. Does not belong here: who carries a rule and the columns of an outcome.
"""

from __future__ import annotations

from tests.rules.second_calendar import add_days, add_months, add_years
from tests.rules.second_case import Case, earliest
from tests.rules.second_verdict import (
    Verdict,
    judged,
    judged_by_release,
    not_applicable,
    release_unknown,
    undeterminable,
)


def contact_sentence(case: Case) -> Verdict:
    """The municipality is contacted to coordinate the action plan."""
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    if not case.expected_dates:
        return undeterminable("no_expected_release")
    expected_at_start = case.expected_release_on(case.started)
    contact = case.qualifying_contact("handleplan")
    years = case.parameters.long_sentence_years
    if expected_at_start < add_years(case.started, years):
        deadline = add_days(case.started, case.parameters.contact_days)
        return judged(case, deadline, contact, reason="within_28_days", knowable_from=case.started, counts_forward=True)
    judged_on = contact or case.actual_release or case.as_of
    knowable_from = case.known_from(judged_on)
    deadline = max(add_years(case.expected_release_on(judged_on), -years), knowable_from)
    return judged(case, deadline, contact, reason="one_year_before", knowable_from=knowable_from)


def contact_supervision(case: Case) -> Verdict:
    """The municipality is contacted within 28 days of the supervision case being received."""
    deadline = add_days(case.row["modtaget"], case.parameters.contact_days)
    return judged(case, deadline, case.qualifying_contact("handleplan"), counts_forward=True)


def municipal_response(case: Case) -> Verdict:
    """The municipality that was contacted answers within 28 days."""
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    contacted = case.qualifying_contact("handleplan")
    if contacted is None:
        return not_applicable("not_contacted")
    asked = case.municipality_on(contacted)
    response = earliest(
        contact["dato"]
        for contact in case.contacts
        if contact["retning"] == "ind" and contact["dato"] >= contacted and asked in (None, contact["kommunekode"])
    )
    deadline = add_days(contacted, case.parameters.response_days)
    return judged(case, deadline, response, counts_forward=True, asked=asked)


def client_informed(case: Case) -> Verdict:
    """The client is told of every contact that hands information to the municipality."""
    handed_over = [
        contact
        for contact in case.contacts
        if contact["retning"] == "ud" and contact["emne"] in ("handleplan", "oplysninger")
    ]
    if not handed_over:
        return not_applicable("no_contact")
    latest = max(contact["dato"] for contact in handed_over)
    if all(contact["klient_orienteret"] == "J" for contact in handed_over):
        return Verdict("met", latest, latest)
    return Verdict("missed", latest)


def handle_municipality_clarified(case: Case) -> Verdict:
    """It is settled before release which municipality is responsible."""
    return judged_by_release(case, earliest(valid_from for valid_from, _ in case.municipalities))


def risk_assessment_handed_over(case: Case) -> Verdict:
    """The risk assessment is handed to the municipality before the release."""
    if not case.row["ls_rnr_niveau"]:
        return not_applicable("no_assessment")
    return judged_by_release(case, case.qualifying_contact("ls_rnr"))


def infohus_notified(case: Case) -> Verdict:
    """The info house hears of a marked case three months before the release."""
    if not case.infohus:
        return not_applicable("not_marked")
    if case.release is None:
        return release_unknown(case)
    marked = min(row["markeret"] for row in case.infohus)
    date_known = case.known_from(case.actual_release or case.as_of)
    deadline = add_months(case.release, -case.parameters.infohus_months)
    if marked > deadline or date_known > deadline:
        deadline = case.release
    return judged(case, deadline, earliest(row["underrettet"] for row in case.infohus))

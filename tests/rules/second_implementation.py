"""The rules, written a second time in plain Python straight from rules.md, to check the warehouse against.

Belongs here: the one list of the rules it judges, and the columns of an outcome that follow from a verdict.
Does not belong here: anything of the warehouse (its SQL, seeds or results) and reading of files.
The two implementations are only worth something as long as neither is written with an eye on the other.

The parts, in the order of rules.md: `second_calendar`, `second_known_facts` (what exists on the day of assessment),
`second_case` (terms), `second_verdict`, the rules of cases in `second_contact_rules`, `second_housing_rules`,
`second_aid_rules` and `second_meeting_rules`, the rules of municipalities in `second_units`, then `second_figures` and
`second_releases`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from tests.rules import second_aid_rules as aid
from tests.rules import second_contact_rules as contacts
from tests.rules import second_housing_rules as housing
from tests.rules import second_meeting_rules as meetings
from tests.rules import second_units as units
from tests.rules.second_calendar import next_working_day
from tests.rules.second_case import Case, cases_of
from tests.rules.second_known_facts import KnownRow, Parameters, Tables, rows_known_on
from tests.rules.second_verdict import Verdict, counts_as_due, not_applicable

Rule = Callable[[Case], Verdict]

PRISON_SERVICE, MUNICIPALITY = "kriminalforsorgen", "kommune"

# Every rule that is judged here, with its own party.
SENTENCE_RULES: dict[str, tuple[Rule, str]] = {
    "contact_sentence": (contacts.contact_sentence, PRISON_SERVICE),
    "municipal_response": (contacts.municipal_response, MUNICIPALITY),
    "client_informed": (contacts.client_informed, PRISON_SERVICE),
    "handle_municipality_clarified": (contacts.handle_municipality_clarified, PRISON_SERVICE),
    "housing_need_clarified": (housing.housing_need_clarified, PRISON_SERVICE),
    "housing_registered": (housing.housing_registered, PRISON_SERVICE),
    "housing_registered_or_explained": (housing.housing_registered_or_explained, PRISON_SERVICE),
    "housing_renewed": (housing.housing_renewed, PRISON_SERVICE),
    "homelessness_notified": (aid.homelessness_notified, PRISON_SERVICE),
    "aid_applied": (aid.aid_applied, PRISON_SERVICE),
    "aid_decided": (aid.aid_decided, MUNICIPALITY),
    "aid_paid": (aid.aid_paid, MUNICIPALITY),
    "release_meeting_called": (meetings.release_meeting_called, PRISON_SERVICE),
    "release_meeting_held": (meetings.release_meeting_held, PRISON_SERVICE),
    "supervision_invited": (meetings.supervision_invited, PRISON_SERVICE),
    "risk_assessment_handed_over": (contacts.risk_assessment_handed_over, PRISON_SERVICE),
    "release_advanced": (meetings.release_advanced, PRISON_SERVICE),
    "rent_help_applied": (housing.rent_help_applied, PRISON_SERVICE),
    "rent_alternative_examined": (housing.rent_alternative_examined, MUNICIPALITY),
    "infohus_notified": (contacts.infohus_notified, PRISON_SERVICE),
}
SUPERVISION_RULES: dict[str, tuple[Rule, str]] = {
    "contact_supervision": (contacts.contact_supervision, PRISON_SERVICE),
    "municipal_response": (contacts.municipal_response, MUNICIPALITY),
}
UNIT_RULES = ("agreement_current", "meeting_biennial", "meeting_attended", "contact_list_mailed")
ALL_RULES = frozenset({*SENTENCE_RULES, *SUPERVISION_RULES, *UNIT_RULES})

# Rules of the catalogue that are not written a second time yet: nothing here checks what the warehouse says of them.
RULES_NOT_JUDGED_HERE: frozenset[str] = frozenset()

RESTRICTED_RULES = frozenset({"infohus_notified"})
RULES_WITHOUT_MARGIN = frozenset({"release_advanced"})


def outside_sentence_rules(case: Case) -> Verdict | None:
    """Why a sentence is outside the cooperation of the guide, None when it is inside."""
    if case.row["varetaegt"] == "J":
        return not_applicable("remand")
    if case.row["udvist"] == "J":
        return not_applicable("expelled")
    if case.started > case.as_of:
        return not_applicable("not_started")
    return None


def outside_supervision_rules(case: Case) -> Verdict | None:
    """Why a supervision case is outside the duty, None when it is inside."""
    if case.row["modtaget"] > case.as_of:
        return not_applicable("not_started")
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    return None


def days_margin(rule_id: str, verdict: Verdict, as_of: date) -> int | None:
    """Days from the event, or without one from the day of assessment, to the deadline; negative when too late."""
    if verdict.deadline is None or rule_id in RULES_WITHOUT_MARGIN:
        return None
    if verdict.event is None and verdict.status == "met":
        return None
    return (verdict.deadline - (verdict.event or as_of)).days


def municipality_of(case: Case, verdict: Verdict) -> str | None:
    """The municipality of an outcome: whoever was asked, else the one in force on the deadline or, before it, today."""
    if verdict.asked is not None:
        return verdict.asked
    return case.municipality_on(case.as_of if verdict.deadline is None else min(verdict.deadline, case.as_of))


def outcome_of(case: Case, case_type: str, rule_id: str, verdict: Verdict, party: str) -> dict[str, Any]:
    """One outcome with all the columns that follow from the verdict."""
    deadline, event, knowable_from = verdict.deadline, verdict.event, verdict.knowable_from
    days_available = (deadline - knowable_from).days if deadline is not None and knowable_from is not None else None
    release = case.actual_release
    return {
        "case_id": case.row["sags_id"],
        "case_type": case_type,
        "rule_id": rule_id,
        "status": verdict.status,
        "deadline": deadline,
        "event_date": event,
        "knowable_from": knowable_from,
        "deadline_working_day": next_working_day(deadline) if deadline is not None and verdict.counts_forward else None,
        "days_margin": days_margin(rule_id, verdict, case.as_of),
        "days_available": days_available,
        "short_notice": None if days_available is None else days_available < case.parameters.short_notice_days,
        "reason": verdict.reason,
        "responsible": (verdict.responsible or party) if verdict.status in ("late", "missed") else None,
        "could_act": verdict.could_act if counts_as_due(verdict.status, deadline, case.as_of) else None,
        "event_after_release": None if event is None or release is None else event > release,
        "municipality_code": municipality_of(case, verdict),
        "institution_code": case.row["institution_kode"],
        "target_group": case.row["maalgruppe"] or None,
        "as_of": case.as_of,
    }


def judge_cases(tables: Tables, as_of: date, *, parameters: Parameters | None = None) -> list[dict[str, Any]]:
    """One outcome per case and rule of its case type, assessed on a day.

    `tables` maps the stem of each file to its sound rows of canonical text: dates YYYY-MM-DD, empty when missing, flags
    J or N, municipality codes of three digits. A file that is left out counts as empty. The day of assessment is taken
    as given: bringing it back to the extract date is the caller's business. Region and area are added by
    `second_figures.placed`, which needs the table of them.
    """
    parameters = parameters or Parameters()
    outcomes = []
    for case_type, file, outside, rules in (
        ("sentence", "afsoningssager", outside_sentence_rules, SENTENCE_RULES),
        ("supervision", "tilsynssager", outside_supervision_rules, SUPERVISION_RULES),
    ):
        for case in cases_of(tables, file, as_of, parameters):
            why_outside = outside(case)
            for rule_id, (rule, party) in rules.items():
                outcomes.append(outcome_of(case, case_type, rule_id, why_outside or rule(case), party))
    return outcomes


def judge_units(
    tables: Tables,
    as_of: date,
    mailing_ledger: Sequence[Mapping[str, Any]] | None = None,
    *,
    municipality_codes: Collection[str],
    parameters: Parameters | None = None,
) -> list[dict[str, Any]]:
    """One outcome per municipality and rule about municipalities, assessed on a day: unit, status, reason and date.

    `mailing_ledger` has a row per municipality and mailing, with its final state: `municipality_code`, `quarter` (the
    list that was mailed, as 2026-Q3), `date` (a date) and `status` (sent, refused or bounced).
    """
    parameters = parameters or Parameters()
    agreements: dict[str, list[KnownRow]] = defaultdict(list)
    for row in rows_known_on(tables, "samarbejdsaftaler", as_of):
        agreements[row["kommunekode"]].append(row)
    invitations: dict[str, list[KnownRow]] = defaultdict(list)
    for row in rows_known_on(tables, "samarbejdsmoeder", as_of):
        invitations[row["kommunekode"]].append(row)
    ledger = [row for row in mailing_ledger or () if row["date"] <= as_of]
    outcomes = []
    for unit in sorted(municipality_codes):
        verdicts = (
            units.agreement_current(agreements[unit], as_of, parameters.agreement_years),
            units.meeting_biennial(invitations[unit], as_of, parameters.meeting_years),
            units.meeting_attended(invitations[unit], as_of, parameters.meeting_years),
            units.contact_list_mailed(unit, ledger, as_of),
        )
        for rule_id, (status, reason, day) in zip(UNIT_RULES, verdicts, strict=True):
            outcomes.append({"unit": unit, "rule_id": rule_id, "status": status, "reason": reason, "date": day})
    return outcomes

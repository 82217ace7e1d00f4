"""The rules about a municipality by hand at their edges.

Belongs here: agreements, cooperation meetings and the contact list. Does not belong here: rules of cases.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.rules.delivery_reader import Tables
from tests.rules.second_implementation import UNIT_RULES, judge_units


def judged_unit(rule_id: str, as_of: str, tables: Tables | None = None, ledger: Any = None) -> tuple[Any, ...]:
    """Status, reason and date of municipality 101 under a rule."""
    outcomes = judge_units(tables or {}, date.fromisoformat(as_of), ledger, municipality_codes=["101", "147"])
    (found,) = (row for row in outcomes if row["unit"] == "101" and row["rule_id"] == rule_id)
    return found["status"], found["reason"], found["date"]


def test_every_municipality_has_one_outcome_under_every_rule() -> None:
    outcomes = judge_units({}, date(2026, 9, 30), municipality_codes=["147", "101"])
    assert [(row["unit"], row["rule_id"]) for row in outcomes] == [
        (unit, rule_id) for unit in ("101", "147") for rule_id in UNIT_RULES
    ]


def agreement(updated: str, mailbox: str = "", mail: str = "") -> Tables:
    row = {"kommunekode": "101", "opdateret": updated, "postkasse": mailbox, "kontakt_mail": mail}
    return {"samarbejdsaftaler": [row]}


def test_an_agreement_is_current_for_two_years_and_needs_a_contact() -> None:
    def judged(tables: Tables) -> tuple[Any, ...]:
        return judged_unit("agreement_current", "2026-09-30", tables)

    assert judged({}) == ("missed", "no_agreement", None)
    assert judged(agreement("2026-10-01", mail="x")) == ("missed", "no_agreement", None)
    assert judged(agreement("2020-01-01")) == ("missed", "no_contact", date(2020, 1, 1))
    assert judged(agreement("2024-09-29", mail="x")) == ("missed", "out_of_date", date(2024, 9, 29))
    assert judged(agreement("2024-09-30", mailbox="x")) == ("met", None, date(2024, 9, 30))


def meeting(day: str, attended: str, code: str = "101") -> dict[str, str]:
    return {"dato": day, "kommunekode": code, "kommune_deltog": attended}


def judged_meetings(*rows: dict[str, str]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Whether the prison service held a meeting, and whether the municipality came."""
    tables = {"samarbejdsmoeder": list(rows)}
    return judged_unit("meeting_biennial", "2026-09-30", tables), judged_unit("meeting_attended", "2026-09-30", tables)


def test_an_invitation_is_the_prison_services_duty_and_coming_the_municipalitys() -> None:
    held, attended = judged_meetings(meeting("2026-01-01", "N"))
    assert held == ("met", None, date(2026, 1, 1))
    assert attended == ("missed", "absent", date(2026, 1, 1))


def test_coming_once_in_the_two_years_is_enough() -> None:
    held, attended = judged_meetings(meeting("2024-09-30", "J"), meeting("2026-01-01", "N"))
    assert held == ("met", None, date(2026, 1, 1))
    assert attended == ("met", None, date(2024, 9, 30))


def test_a_meeting_more_than_two_years_old_or_still_to_come_leaves_the_municipality_uninvited() -> None:
    held, attended = judged_meetings(meeting("2024-09-29", "J"), meeting("2026-10-01", "J"))
    assert held == ("missed", "not_invited", None)
    assert attended == ("not_applicable", "not_invited", None)


def test_a_meeting_of_others_does_not_count() -> None:
    held, attended = judged_meetings(meeting("2026-01-01", "J", code="147"))
    assert (held[1], attended[1]) == ("not_invited", "not_invited")


def test_the_contact_list_must_have_been_sent_inside_its_own_quarter() -> None:
    def judged(day: str, status: str, quarter: str = "2026-Q2", code: str = "101") -> tuple[Any, ...]:
        first = {"municipality_code": "147", "quarter": "2026-Q1", "date": date(2026, 2, 1), "status": "sent"}
        own = {"municipality_code": code, "quarter": quarter, "date": date.fromisoformat(day), "status": status}
        return judged_unit("contact_list_mailed", "2026-09-30", ledger=[first, own])

    assert judged_unit("contact_list_mailed", "2026-09-30") == ("undeterminable", "no_ledger", None)
    assert judged("2026-06-30", "sent") == ("met", None, date(2026, 6, 30))
    assert judged("2026-07-01", "sent") == ("missed", "not_sent", None)
    assert judged("2026-05-01", "sent", code="147") == ("missed", "not_sent", None)
    assert judged("2026-05-01", "bounced") == ("missed", "bounced", date(2026, 5, 1))
    assert judged("2026-05-01", "refused") == ("missed", "refused", date(2026, 5, 1))


def test_before_the_first_mailing_no_municipality_can_be_judged_on_it() -> None:
    first = {"municipality_code": "101", "quarter": "2026-Q3", "date": date(2026, 7, 1), "status": "sent"}
    for as_of in ("2026-06-30", "2026-09-30"):
        assert judged_unit("contact_list_mailed", as_of, ledger=[first]) == ("undeterminable", "no_ledger", None)
    assert judged_unit("contact_list_mailed", "2026-10-01", ledger=[first])[0] == "met"

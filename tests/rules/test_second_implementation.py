"""The second implementation against the worked examples, and by hand at the edges the examples are thin on.

Belongs here: examples a lawyer can read, each with only the rows that matter.
Does not belong here: what holds for every delivery; see `test_second_implementation_properties`.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.delivery_reader import FILES, Tables, read_delivery
from tests.rules.second_implementation import (
    add_months,
    add_years,
    days_off,
    easter_sunday,
    judge_cases,
    judge_units,
    next_working_day,
)
from tests.shared_material import SHARED, needs_shared

# --- The worked examples ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def boundary_tables() -> Tables:
    """The shared delivery whose dates sit on and around every limit."""
    return read_delivery(SHARED / "examples/boundaries/2026-09-30")[1]


@needs_shared
@pytest.mark.parametrize("as_of", ["2026-06-15", "2026-09-30"])
def test_every_worked_example_gets_the_outcome_it_should(boundary_tables: Tables, as_of: str) -> None:
    with (SHARED / f"examples/boundaries_expected_as_of_{as_of}.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = list(csv.DictReader(file))
    columns = list(expected[0])
    judged = [
        {column: "" if outcome[column] is None else str(outcome[column]) for column in columns}
        for outcome in judge_cases(boundary_tables, date.fromisoformat(as_of))
    ]

    def by_case_and_rule(row: dict[str, str]) -> tuple[str, str]:
        return row["case_id"], row["rule_id"]

    assert sorted(judged, key=by_case_and_rule) == sorted(expected, key=by_case_and_rule)


# --- The calendar -----------------------------------------------------------------------------------------------------


@needs_shared
def test_days_off_are_those_of_the_reference_table() -> None:
    with (SHARED / "reference/helligdage.csv").open(encoding="utf-8-sig", newline="") as file:
        reference = {date.fromisoformat(row["dato"]) for row in csv.DictReader(file)}
    years = range(min(reference).year, max(reference).year + 1)
    assert {day for year in years for day in days_off(year)} == reference


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2019, date(2019, 4, 21)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter_falls_where_the_almanac_has_it(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


def test_the_great_prayer_day_was_a_day_off_for_the_last_time_in_2023() -> None:
    assert next_working_day(date(2023, 5, 5)) == date(2023, 5, 8)
    assert next_working_day(date(2024, 4, 26)) == date(2024, 4, 26)


@pytest.mark.parametrize(
    ("deadline", "working_day"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),  # a Wednesday
        (date(2026, 10, 3), date(2026, 10, 5)),  # Saturday to Monday
        (date(2026, 4, 2), date(2026, 4, 7)),  # Maundy Thursday to the Tuesday after Easter
        (date(2026, 6, 5), date(2026, 6, 8)),  # 5 June on a Friday
        (date(2025, 12, 24), date(2025, 12, 29)),  # Christmas into a weekend
        (date(2026, 12, 31), date(2027, 1, 4)),  # 31 December, New Year's Day, weekend
    ],
)
def test_a_deadline_on_a_day_off_has_the_next_working_day_beside_it(deadline: date, working_day: date) -> None:
    assert next_working_day(deadline) == working_day


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (add_years(date(2028, 2, 29), -1), date(2027, 2, 28)),
        (add_years(date(2024, 2, 29), 1), date(2025, 2, 28)),
        (add_years(date(2027, 2, 28), 1), date(2028, 2, 28)),
        (add_months(date(2026, 5, 31), -3), date(2026, 2, 28)),
        (add_months(date(2024, 5, 31), -3), date(2024, 2, 29)),
        (add_months(date(2026, 8, 31), 6), date(2027, 2, 28)),
        (add_months(date(2026, 1, 15), -3), date(2025, 10, 15)),
    ],
)
def test_months_and_years_are_clamped_to_the_end_of_the_month(moved: date, expected: date) -> None:
    assert moved == expected


# --- Cases by hand ----------------------------------------------------------------------------------------------------


def one_sentence(**values: str) -> Tables:
    """A delivery with one sentence of 200 days from Monday 5 January 2026, in municipality 101 all along."""
    row = dict.fromkeys(FILES["afsoningssager"][1], "")
    row |= {"sags_id": "A", "varetaegt": "N", "udvist": "N", "handleplanspligt": "J", "straf_dage": "200"}
    row |= {"straf_ivaerksat": "2026-01-05"} | values
    tables: Tables = {file: [] for file in FILES}
    tables["afsoningssager"].append(row)
    with_rows(tables, "handlekommuner", {"gyldig_fra": "2025-12-01", "kommunekode": "101"})
    return tables


def with_rows(tables: Tables, file: str, *rows: dict[str, str]) -> Tables:
    """The delivery with rows of case A added to a file; columns that are not given are empty."""
    for row in rows:
        tables[file].append(dict.fromkeys(FILES[file][1], "") | {"sags_id": "A"} | row)
    return tables


def expected_release(day: str, recorded: str = "2026-01-05") -> dict[str, str]:
    return {"registreret": recorded, "forventet_loesladelse": day}


def contact(day: str, topic: str = "handleplan", direction: str = "ud", code: str = "101") -> dict[str, str]:
    return {"dato": day, "retning": direction, "emne": topic, "kommunekode": code}


def outcome(tables: Tables, rule_id: str, as_of: str) -> dict[str, Any]:
    """The only outcome under a rule."""
    (found,) = (row for row in judge_cases(tables, date.fromisoformat(as_of)) if row["rule_id"] == rule_id)
    return found


def test_a_contact_on_the_28th_day_is_in_time_and_on_the_29th_late() -> None:
    for day, status in (("2026-02-02", "met"), ("2026-02-03", "late")):
        tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
        judged = outcome(with_rows(tables, "kommunekontakter", contact(day)), "contact_sentence", "2026-03-01")
        assert (judged["status"], judged["deadline"]) == (status, date(2026, 2, 2))


def test_without_a_contact_the_deadline_itself_is_still_pending() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
    on_the_day = outcome(tables, "contact_sentence", "2026-02-02")
    assert (on_the_day["status"], on_the_day["days_margin"], on_the_day["responsible"]) == ("pending", 0, None)
    day_after = outcome(tables, "contact_sentence", "2026-02-03")
    assert (day_after["status"], day_after["days_margin"]) == ("missed", -1)
    assert day_after["responsible"] == "kriminalforsorgen"


def test_exactly_one_year_counts_back_from_the_release_and_is_short_notice() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2027-01-05"))
    judged = outcome(tables, "contact_sentence", "2026-01-05")
    assert judged["reason"] == "one_year_before"
    assert judged["deadline"] == judged["knowable_from"] == date(2026, 1, 5)
    assert (judged["days_available"], judged["short_notice"]) == (0, True)
    assert judged["deadline_working_day"] is None


def test_one_day_less_than_a_year_gives_28_days() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2027-01-04"))
    judged = outcome(tables, "contact_sentence", "2026-01-05")
    assert (judged["reason"], judged["deadline"]) == ("within_28_days", date(2026, 2, 2))
    assert (judged["days_available"], judged["short_notice"]) == (28, False)
    assert judged["deadline_working_day"] == date(2026, 2, 2)


def test_a_date_that_moves_forward_gives_no_deadline_before_it_was_known() -> None:
    tables = with_rows(
        one_sentence(),
        "loesladelsesdatoer",
        expected_release("2028-01-05"),
        expected_release("2026-12-01", recorded="2026-03-10"),
    )
    judged = outcome(tables, "contact_sentence", "2026-03-31")
    assert judged["deadline"] == judged["knowable_from"] == date(2026, 3, 10)
    assert judged["status"] == "missed"


def test_a_first_date_recorded_late_is_no_excuse() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2027-02-05", recorded="2026-06-01"))
    judged = outcome(tables, "contact_sentence", "2026-06-30")
    assert (judged["knowable_from"], judged["deadline"]) == (date(2026, 1, 5), date(2026, 2, 5))


def test_a_contact_to_a_municipality_that_is_no_longer_responsible_does_not_count() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
    with_rows(tables, "handlekommuner", {"gyldig_fra": "2026-01-20", "kommunekode": "461"})
    with_rows(tables, "kommunekontakter", contact("2026-01-20", code="101"))
    assert outcome(tables, "contact_sentence", "2026-01-31")["event_date"] is None
    with_rows(tables, "kommunekontakter", contact("2026-01-19", code="101"))
    assert outcome(tables, "contact_sentence", "2026-01-31")["event_date"] == date(2026, 1, 19)


@pytest.mark.parametrize(
    ("sentence_days", "expected", "release"),
    [
        ("30", "2026-09-29", date(2026, 9, 29)),  # Tuesday
        ("30", "2026-09-30", date(2026, 9, 30)),  # Wednesday
        ("30", "2026-10-01", date(2026, 9, 30)),  # Thursday
        ("30", "2026-10-02", date(2026, 9, 30)),  # Friday
        ("30", "2026-10-03", date(2026, 9, 30)),  # Saturday
        ("30", "2026-10-04", date(2026, 9, 30)),  # Sunday
        ("30", "2026-10-05", date(2026, 10, 5)),  # Monday
        ("29", "2026-10-02", date(2026, 10, 2)),
        ("30", "2026-12-25", date(2026, 12, 23)),  # a holiday on a Friday: the weekday decides
        ("30", "2027-03-29", date(2027, 3, 29)),  # Easter Monday: holidays change nothing
    ],
)
def test_a_release_late_in_the_week_moves_to_wednesday(sentence_days: str, expected: str, release: date) -> None:
    tables = with_rows(one_sentence(straf_dage=sentence_days), "loesladelsesdatoer", expected_release(expected))
    assert outcome(tables, "handle_municipality_clarified", "2026-09-01")["deadline"] == release


def test_an_expected_release_that_has_passed_leaves_the_release_unknown() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-10-02"))
    assert outcome(tables, "handle_municipality_clarified", "2026-09-30")["status"] == "met"
    judged = outcome(tables, "handle_municipality_clarified", "2026-10-01")
    assert (judged["status"], judged["reason"]) == ("undeterminable", "expected_release_passed")
    assert (judged["deadline"], judged["municipality_code"]) == (None, "101")


def test_a_wednesday_release_is_met_by_its_weekday_alone_and_has_no_margin() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", oprindelig_loesladelse="2026-07-17")
    judged = outcome(tables, "release_advanced", "2026-09-30")
    assert (judged["status"], judged["deadline"], judged["days_margin"]) == ("met", date(2026, 7, 15), None)


def test_an_explanation_stands_in_for_a_registration_but_only_in_its_own_rule() -> None:
    tables = one_sentence(
        faktisk_loesladelse="2026-07-22", bolig_behov="J", bolig_begrundelse="ønsker ikke", bolig_behov_afklaret=""
    )
    strict = outcome(tables, "housing_registered", "2026-09-30")
    assert (strict["status"], strict["reason"]) == ("missed", "documented")
    lenient = outcome(tables, "housing_registered_or_explained", "2026-09-30")
    assert (lenient["status"], lenient["event_date"], lenient["days_margin"]) == ("met", None, None)


def housing_event(day: str, kind: str, registration: str = "O") -> dict[str, str]:
    return {"dato": day, "haendelse": kind, "opskrivning_id": registration}


def test_a_registration_is_active_until_a_year_after_its_newest_renewal() -> None:
    for release, status in (("2026-07-21", "met"), ("2026-07-22", "missed")):
        tables = one_sentence(faktisk_loesladelse=release, bolig_behov="J")
        with_rows(tables, "bolighaendelser", housing_event("2024-08-01", "opskrevet"))
        with_rows(tables, "bolighaendelser", housing_event("2025-07-21", "fornyet"))
        assert outcome(tables, "housing_registered", "2026-09-30")["status"] == status


def test_the_worst_of_two_registrations_decides_and_renewals_due_before_the_sentence_are_left_out() -> None:
    tables = one_sentence(bolig_behov="J")
    with_rows(tables, "bolighaendelser", housing_event("2024-01-04", "opskrevet", "before"))
    with_rows(tables, "bolighaendelser", housing_event("2026-01-04", "fornyet", "before"))
    assert outcome(tables, "housing_renewed", "2026-09-30")["status"] == "pending"
    with_rows(tables, "bolighaendelser", housing_event("2025-01-05", "opskrevet", "late"))
    with_rows(tables, "bolighaendelser", housing_event("2026-01-06", "fornyet", "late"))
    judged = outcome(tables, "housing_renewed", "2026-09-30")
    assert (judged["status"], judged["deadline"]) == ("late", date(2026, 1, 5))


def aid(sent: str, complete: str = "", decided: str = "", result: str = "", paid: str = "") -> dict[str, str]:
    return {"sendt": sent, "fuldstaendig": complete, "afgjort": decided, "afgoerelse": result, "udbetalt": paid}


@pytest.mark.parametrize(
    ("application", "reason", "responsible"),
    [
        (None, "no_application", "kriminalforsorgen"),
        (aid("2026-06-20"), "application_late", "kriminalforsorgen"),
        (aid("2026-06-20", complete="2026-06-25"), "application_late", "kriminalforsorgen"),
        (aid("2026-06-20", complete="2026-06-24"), "decision_late", "kommune"),
    ],
)
def test_who_carries_a_missing_decision_on_aid(
    application: dict[str, str] | None, reason: str, responsible: str
) -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J")
    with_rows(tables, "engangshjaelp", *([application] if application else []))
    judged = outcome(tables, "aid_decided", "2026-09-30")
    assert judged["deadline"] == date(2026, 7, 8)
    assert (judged["status"], judged["reason"], judged["responsible"]) == ("missed", reason, responsible)


def test_a_decision_in_time_for_the_date_expected_then_is_nobodys_fault() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J")
    with_rows(
        tables,
        "loesladelsesdatoer",
        expected_release("2026-08-05"),
        expected_release("2026-07-22", recorded="2026-07-10"),
    )
    with_rows(tables, "engangshjaelp", aid("2026-07-01", "2026-07-01", "2026-07-09", "bevilget", "2026-07-22"))
    judged = outcome(tables, "aid_decided", "2026-09-30")
    assert (judged["status"], judged["reason"], judged["responsible"]) == ("late", "date_moved", "dato_flyttet")
    assert outcome(tables, "aid_paid", "2026-09-30")["status"] == "met"


def test_a_grant_after_the_release_is_paid_too_late_by_whoever_was_late_with_the_decision() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J")
    with_rows(tables, "engangshjaelp", aid("2026-07-20", "2026-07-21", "2026-07-30", "bevilget", "2026-08-01"))
    assert outcome(tables, "aid_paid", "2026-09-30")["responsible"] == "kriminalforsorgen"
    with_rows(tables, "engangshjaelp", aid("2026-06-01", "2026-06-01", "2026-07-01", "afslag"))
    assert outcome(tables, "aid_decided", "2026-09-30")["status"] == "met"
    assert outcome(tables, "aid_paid", "2026-09-30")["responsible"] == "kommune"


# --- What is known on the day of assessment ---------------------------------------------------------------------------


def test_a_release_after_the_day_of_assessment_has_not_happened() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22")
    with_rows(tables, "loesladelsesdatoer", expected_release("2026-08-05"))
    assert outcome(tables, "handle_municipality_clarified", "2026-07-21")["deadline"] == date(2026, 8, 5)
    assert outcome(tables, "handle_municipality_clarified", "2026-07-22")["deadline"] == date(2026, 7, 22)


def test_an_application_sent_after_the_day_of_assessment_takes_its_earlier_decision_with_it() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J")
    with_rows(tables, "engangshjaelp", aid("2026-08-02", decided="2026-07-01", result="bevilget"))
    assert outcome(tables, "aid_decided", "2026-08-01")["reason"] == "no_application"
    assert outcome(tables, "aid_decided", "2026-08-02")["status"] == "met"


def test_a_later_date_in_an_existing_row_is_empty() -> None:
    tables = with_rows(one_sentence(tilsyn_vilkaar="J"), "loesladelsesdatoer", expected_release("2026-09-30"))
    with_rows(tables, "loesladelsesmoeder", {"indkaldt": "2026-07-01", "afholdt": "2026-09-01", "kommune_deltog": "J"})
    assert outcome(tables, "release_meeting_held", "2026-08-31")["event_date"] is None
    assert outcome(tables, "release_meeting_held", "2026-09-01")["event_date"] == date(2026, 9, 1)


def test_a_value_exists_from_its_date_and_without_a_date_all_along() -> None:
    dated = one_sentence(bolig_behov="J", bolig_behov_afklaret="2026-03-01", faktisk_loesladelse="2026-02-20")
    assert outcome(dated, "housing_registered", "2026-02-28")["reason"] == "no_housing_need"
    assert outcome(dated, "housing_need_clarified", "2026-02-28")["status"] == "missed"
    assert outcome(dated, "housing_registered", "2026-03-01")["status"] == "missed"
    assert outcome(dated, "housing_need_clarified", "2026-03-01")["status"] == "late"
    undated = one_sentence(bolig_behov="J", faktisk_loesladelse="2026-02-20", ls_rnr_niveau="lav")
    assert outcome(undated, "housing_registered", "2026-02-28")["status"] == "missed"
    assert outcome(undated, "risk_assessment_handed_over", "2026-02-28")["status"] == "missed"


def test_an_expected_date_recorded_after_the_day_of_assessment_is_unknown_but_may_itself_lie_ahead() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-12-02", recorded="2026-03-10"))
    assert outcome(tables, "contact_sentence", "2026-03-09")["reason"] == "no_expected_release"
    assert outcome(tables, "handle_municipality_clarified", "2026-03-10")["deadline"] == date(2026, 12, 2)


def test_the_planned_release_counts_even_when_it_lies_ahead() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", oprindelig_loesladelse="2026-07-24")
    assert outcome(tables, "release_advanced", "2026-07-22")["deadline"] == date(2026, 7, 22)
    tables = one_sentence(faktisk_loesladelse="2026-07-22", oprindelig_loesladelse="2026-08-03")
    assert outcome(tables, "release_advanced", "2026-07-22")["deadline"] == date(2026, 8, 3)


def test_a_sentence_that_has_not_begun_is_outside_every_rule() -> None:
    judged = judge_cases(one_sentence(), date(2026, 1, 4))
    assert len(judged) == 20
    assert {(row["status"], row["reason"], row["municipality_code"]) for row in judged} == {
        ("not_applicable", "not_started", "101")
    }


# --- Municipalities ---------------------------------------------------------------------------------------------------


def judged_unit(rule_id: str, as_of: str, tables: Tables | None = None, ledger: Any = None) -> tuple[Any, ...]:
    """Status, reason and date of municipality 101 under a rule."""
    outcomes = judge_units(tables or {}, date.fromisoformat(as_of), ledger, municipality_codes=["101", "147"])
    (found,) = (row for row in outcomes if row["unit"] == "101" and row["rule_id"] == rule_id)
    return found["status"], found["reason"], found["date"]


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


def meeting(day: str, attended: str) -> dict[str, str]:
    return {"dato": day, "kommunekode": "101", "kommune_deltog": attended}


def test_a_municipality_must_have_been_at_a_meeting_within_two_years() -> None:
    def judged(*rows: dict[str, str]) -> tuple[Any, ...]:
        return judged_unit("meeting_biennial", "2026-09-30", {"samarbejdsmoeder": list(rows)})

    assert judged(meeting("2024-09-30", "J"), meeting("2026-01-01", "N")) == ("met", None, date(2024, 9, 30))
    assert judged(meeting("2024-09-29", "J"), meeting("2026-01-01", "N")) == ("missed", "absent", date(2026, 1, 1))
    assert judged(meeting("2024-09-29", "J"), meeting("2026-10-01", "J")) == ("missed", "not_invited", None)


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


def test_every_day_off_is_followed_by_a_working_day_within_a_week() -> None:
    day = date(2020, 1, 1)
    while day < date(2030, 1, 1):
        assert timedelta(0) <= next_working_day(day) - day <= timedelta(6)
        day += timedelta(1)

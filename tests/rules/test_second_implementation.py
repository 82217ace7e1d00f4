"""The second implementation against the worked examples and the catalogue, and what it takes as known on a day.

Belongs here: completeness, and when rows, dates and values exist.
Does not belong here: single rules by hand (`test_second_case_rules`, `test_second_aid_rules`, `test_second_units`), and
what holds for every delivery (`test_second_implementation_properties`).
"""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest

from pipelines.layout import SEEDS
from tests.rules.delivery_reader import Tables, read_delivery
from tests.rules.one_case import (
    aid,
    contact,
    expected_release,
    facts,
    meeting,
    municipality,
    one_sentence,
    one_supervision_case,
    outcome,
    with_rows,
)
from tests.rules.second_implementation import ALL_RULES, RULES_NOT_JUDGED_HERE, judge_cases
from tests.shared_material import SHARED, needs_shared

# --- The worked examples and the catalogue ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def boundary_tables() -> Tables:
    """The shared delivery whose dates sit on and around every limit."""
    return read_delivery(SHARED / "examples/boundaries/2026-09-30")[1]


def as_written(value: Any) -> str:
    """A value as the worked examples write it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@needs_shared
@pytest.mark.parametrize("as_of", ["2026-06-15", "2026-09-30"])
def test_every_worked_example_gets_the_outcome_it_should_in_every_column(boundary_tables: Tables, as_of: str) -> None:
    file_name = f"examples/boundaries_fair_expected_as_of_{as_of}.csv"
    with (SHARED / file_name).open(encoding="utf-8-sig", newline="") as file:
        expected = list(csv.DictReader(file))
    judged = [
        {column: as_written(outcome[column]) for column in expected[0]}
        for outcome in judge_cases(boundary_tables, date.fromisoformat(as_of))
    ]

    def by_case_and_rule(row: dict[str, str]) -> tuple[str, str]:
        return row["case_id"], row["rule_id"]

    assert sorted(judged, key=by_case_and_rule) == sorted(expected, key=by_case_and_rule)


def test_every_rule_of_the_catalogue_is_judged_here_or_named_as_not_judged() -> None:
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {row["rule_id"] for row in csv.DictReader(file)}
    assert not RULES_NOT_JUDGED_HERE & ALL_RULES, "a rule that is judged is not lacking"
    assert catalogue - ALL_RULES == RULES_NOT_JUDGED_HERE, "name the rules nothing here checks, and only those"
    assert catalogue >= ALL_RULES, "a rule judged here is in the catalogue"


# --- What is known on the day of assessment ---------------------------------------------------------------------------


def test_a_release_after_the_day_of_assessment_has_not_happened() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22")
    with_rows(tables, "loesladelsesdatoer", expected_release("2026-08-05"))
    assert outcome(tables, "handle_municipality_clarified", "2026-07-21")["deadline"] == date(2026, 8, 5)
    assert outcome(tables, "handle_municipality_clarified", "2026-07-22")["deadline"] == date(2026, 7, 22)


def test_an_application_sent_after_the_day_of_assessment_takes_its_earlier_decision_with_it() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J")
    with_rows(tables, "engangshjaelp", aid("2026-08-02", decided="2026-07-01", result="bevilget"))
    assert outcome(tables, "aid_decided", "2026-08-01")["event_date"] is None
    assert outcome(tables, "aid_decided", "2026-08-02")["status"] == "met"


def test_a_later_date_in_an_existing_row_is_empty() -> None:
    tables = with_rows(one_sentence(tilsyn_vilkaar="J"), "loesladelsesdatoer", expected_release("2026-09-30"))
    with_rows(tables, "loesladelsesmoeder", meeting("2026-07-01", held="2026-09-01"))
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


# --- Who is inside, and what every outcome has ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "as_of", "reason"),
    [
        ({}, "2026-01-04", "not_started"),
        ({"udvist": "J"}, "2026-01-04", "expelled"),
        ({"udvist": "J", "varetaegt": "J"}, "2026-01-04", "remand"),
    ],
)
def test_remand_expulsion_and_a_sentence_not_begun_are_outside_every_rule_in_that_order(
    values: dict[str, str], as_of: str, reason: str
) -> None:
    judged = judge_cases(one_sentence(**values), date.fromisoformat(as_of))
    assert len(judged) == 20
    assert {(row["status"], row["reason"], row["municipality_code"]) for row in judged} == {
        ("not_applicable", reason, "101")
    }


def test_a_supervision_case_is_outside_before_it_is_received_and_without_a_duty_to_plan() -> None:
    tables = one_supervision_case(handleplanspligt="N")
    for rule_id in ("contact_supervision", "municipal_response"):
        assert outcome(tables, rule_id, "2026-01-04")["reason"] == "not_started"
        assert outcome(tables, rule_id, "2026-01-05")["reason"] == "no_action_plan_duty"


def test_who_could_act_is_said_of_what_counts_as_due_and_of_nothing_else() -> None:
    tables = with_rows(one_sentence(), "kommunekontakter", contact("2026-01-20"))
    columns = ("status", "could_act")
    assert facts(tables, "municipal_response", "2026-02-16", *columns) == ("pending", None)
    assert facts(tables, "municipal_response", "2026-02-17", *columns) == ("pending", None), "the day itself"
    assert facts(tables, "municipal_response", "2026-02-18", *columns) == ("missed", True)
    with_rows(tables, "kommunekontakter", contact("2026-01-25", direction="ind"))
    assert facts(tables, "municipal_response", "2026-02-17", *columns) == ("met", None), "met early, not due yet"
    assert facts(tables, "municipal_response", "2026-02-18", *columns) == ("met", True)


def test_a_client_not_told_is_missed_on_the_day_itself_but_counts_from_the_day_after() -> None:
    tables = with_rows(one_sentence(), "kommunekontakter", contact("2026-01-20", told="N"))
    columns = ("status", "responsible", "could_act")
    assert facts(tables, "client_informed", "2026-01-20", *columns) == ("missed", "kriminalforsorgen", None)
    assert facts(tables, "client_informed", "2026-01-21", *columns) == ("missed", "kriminalforsorgen", True)


def test_a_contact_within_28_days_is_in_time_but_shown_apart_when_the_person_had_left() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-01-21", straf_dage="20")
    with_rows(tables, "loesladelsesdatoer", expected_release("2026-01-21"))
    for day, after_release in (("2026-01-21", False), ("2026-01-22", True)):
        contacted = with_rows({**tables, "kommunekontakter": []}, "kommunekontakter", contact(day))
        columns = ("status", "event_after_release")
        assert facts(contacted, "contact_sentence", "2026-02-28", *columns) == ("met", after_release)
    assert facts(tables, "contact_sentence", "2026-02-28", "event_after_release") == (None,), "no event"
    assert facts(tables, "release_meeting_held", "2026-02-28", "event_after_release") == (None,), "outside"


def test_nothing_is_after_the_release_before_there_has_been_one() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-22"))
    with_rows(tables, "kommunekontakter", contact("2026-01-21"))
    assert facts(tables, "contact_sentence", "2026-02-28", "event_after_release") == (None,)


def test_the_municipality_is_the_one_in_force_on_the_deadline_or_before_it_on_the_day_of_assessment() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-22"))
    with_rows(tables, "handlekommuner", municipality("2026-02-02", "461"), municipality("2026-03-01", "851"))
    assert facts(tables, "contact_sentence", "2026-02-01", "status", "municipality_code") == ("pending", "101")
    assert facts(tables, "contact_sentence", "2026-03-31", "status", "municipality_code") == ("missed", "461")
    assert facts(tables, "homelessness_notified", "2026-03-31", "municipality_code") == ("851",), "no deadline"
    tables["handlekommuner"].clear()
    assert facts(tables, "contact_sentence", "2026-03-31", "municipality_code") == (None,)

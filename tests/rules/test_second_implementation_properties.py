"""What holds for every delivery, whatever its dates: tested on small deliveries that sit on the limits of the rules.

Belongs here: laws that connect two assessments (another order, another day, a row more), and the shape of outcomes.
Does not belong here: single cases with their expected outcome (`test_second_case_rules`, `test_second_aid_rules`), and
the laws of moved dates, own duties and figures (`test_second_fairness_properties`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.rules.boundary_deliveries import NOTABLE_DAYS_OF_ASSESSMENT, boundary_settings, deliveries, random_delivery
from tests.rules.delivery_reader import FILES, Tables
from tests.rules.second_implementation import SENTENCE_RULES, SUPERVISION_RULES, judge_cases, judge_units

Outcome = dict[str, Any]

SURELY_PLANNED = {"forventet_proeveloesladelse", "forventet_loesladelse", "oprindelig_loesladelse"}
STARTS_OF_CASES = {"straf_ivaerksat", "modtaget"}
FROM_BEST_TO_WORST = ("met", "pending", "late", "missed")
SOME_CASES = {"sentence_cases": 100, "supervision_cases": 50}
EMPTY_CONTACT = dict.fromkeys(FILES["kommunekontakter"][1], "")


def outcomes_by_key(tables: Tables, as_of: date) -> dict[tuple[str, str], Outcome]:
    """The outcomes by case and rule, each once."""
    outcomes = judge_cases(tables, as_of)
    by_key = {(outcome["case_id"], outcome["rule_id"]): outcome for outcome in outcomes}
    assert len(by_key) == len(outcomes)
    return by_key


def without_what_lies_after(tables: Tables, as_of: date) -> Tables:
    """The delivery as it would have been on a day, worked out from the contract and not from the implementation.

    The required date of a row is the one it exists from, but for the start of a case.
    """
    limit = as_of.isoformat()
    known: Tables = {file: [] for file in tables}
    for file, rows in tables.items():
        kinds = FILES[file][1]
        for row in rows:
            begins = [
                row[column]
                for column, kind in kinds.items()
                if kind == "date!" and column not in SURELY_PLANNED | STARTS_OF_CASES
            ]
            if any(day > limit for day in begins):
                continue
            row = dict(row)
            for column, kind in kinds.items():
                if kind == "date" and column not in SURELY_PLANNED and row[column] > limit:
                    row[column] = ""
                    if column == "bolig_behov_afklaret":
                        row["bolig_behov"] = ""
                    if column == "ls_rnr_dato":
                        row["ls_rnr_niveau"] = ""
            known[file].append(row)
    return known


# --- The shape of every outcome ---------------------------------------------------------------------------------------


def assert_well_formed(outcome: Outcome, as_of: date) -> None:
    status, deadline, event = outcome["status"], outcome["deadline"], outcome["event_date"]
    assert status in {"met", "late", "missed", "pending", "not_applicable", "undeterminable"}
    assert (outcome["responsible"] is not None) == (status in ("late", "missed"))
    is_due = status in ("met", "late", "missed") and deadline < as_of
    assert (outcome["could_act"] is not None) == is_due
    if status in ("not_applicable", "undeterminable"):
        assert outcome["reason"]
        dates_and_days = ("deadline", "event_date", "knowable_from", "deadline_working_day", "days_margin")
        others = ("days_available", "short_notice", "event_after_release")
        assert all(outcome[column] is None for column in (*dates_and_days, *others))
        return
    assert deadline is not None
    assert event is None or event <= as_of
    assert outcome["event_after_release"] is None or event is not None
    if outcome["rule_id"] == "release_advanced":
        return
    if status == "met":
        assert event is None or event <= deadline
    if status == "late":
        assert event is not None and event > deadline
    if status == "missed":
        assert event is None
    if outcome["deadline_working_day"] is not None:
        assert timedelta(0) <= outcome["deadline_working_day"] - deadline <= timedelta(6)
    if outcome["knowable_from"] is not None:
        assert outcome["days_available"] == (deadline - outcome["knowable_from"]).days >= 0
        assert outcome["short_notice"] == (outcome["days_available"] < 28)
    if status == "met" and outcome["rule_id"] != "client_informed" and event is not None:
        assert outcome["days_margin"] == (deadline - event).days >= 0


@boundary_settings()
@given(deliveries())
def test_every_case_has_one_well_formed_outcome_per_rule_of_its_type(delivery: tuple[Tables, date]) -> None:
    tables, as_of = delivery
    outcomes = outcomes_by_key(tables, as_of)
    expected = {(row["sags_id"], rule) for row in tables["afsoningssager"] for rule in SENTENCE_RULES}
    expected |= {(row["sags_id"], rule) for row in tables["tilsynssager"] for rule in SUPERVISION_RULES}
    assert set(outcomes) == expected
    for outcome in outcomes.values():
        assert_well_formed(outcome, as_of)


def test_a_large_delivery_on_the_limits_has_well_formed_outcomes_too() -> None:
    for seed, as_of in enumerate(NOTABLE_DAYS_OF_ASSESSMENT):
        for outcome in judge_cases(random_delivery(seed, as_of, **SOME_CASES), as_of):
            assert_well_formed(outcome, as_of)


def test_a_large_delivery_on_the_limits_reaches_every_rule_in_every_status_it_can_have() -> None:
    as_of = date(2026, 9, 30)
    outcomes = judge_cases(random_delivery(1, as_of, sentence_cases=900), as_of)
    reached = {(outcome["rule_id"], outcome["status"]) for outcome in outcomes}
    statuses = {"met", "late", "missed", "pending", "not_applicable", "undeterminable"}
    cannot_be = {
        "municipal_response": {"undeterminable"},
        "contact_supervision": {"undeterminable"},
        "client_informed": {"undeterminable", "late", "pending"},
        "housing_need_clarified": {"undeterminable"},
        "housing_renewed": {"undeterminable"},
        "rent_help_applied": {"undeterminable"},
        # Judged for the released only: their deadlines lie before the day of release.
        "homelessness_notified": {"undeterminable", "pending"},
        "aid_paid": {"undeterminable"},
        "release_advanced": {"undeterminable", "missed", "pending"},
    }
    rules = {*SENTENCE_RULES, *SUPERVISION_RULES}
    expected = {(rule_id, status) for rule_id in rules for status in statuses - cannot_be.get(rule_id, set())}
    assert reached == expected


# --- Order and unrelated rows -----------------------------------------------------------------------------------------


@boundary_settings()
@given(deliveries(), st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(delivery: tuple[Tables, date], seed: int) -> None:
    tables, as_of = delivery
    shuffled = copy.deepcopy(tables)
    for rows in shuffled.values():
        Random(seed).shuffle(rows)
    assert outcomes_by_key(shuffled, as_of) == outcomes_by_key(tables, as_of)
    codes = ["101", "461", "851"]
    assert judge_units(shuffled, as_of, municipality_codes=codes) == judge_units(
        tables, as_of, municipality_codes=codes
    )


@boundary_settings()
@given(deliveries(), deliveries())
def test_the_rows_of_other_cases_change_nothing(own: tuple[Tables, date], other: tuple[Tables, date]) -> None:
    tables, as_of = own
    both = copy.deepcopy(tables)
    for file, rows in other[0].items():
        for row in rows:
            if "sags_id" in row:
                both[file].append(row | {"sags_id": f"other-{row['sags_id']}"})
    before, after = outcomes_by_key(tables, as_of), outcomes_by_key(both, as_of)
    assert {key: after[key] for key in before} == before


def test_a_large_delivery_on_the_limits_reaches_every_reason_of_who_could_act_and_who_is_responsible() -> None:
    as_of = date(2026, 9, 30)
    outcomes = [
        outcome for seed in range(3) for outcome in judge_cases(random_delivery(seed, as_of, sentence_cases=900), as_of)
    ]
    columns = ("reason", "responsible", "could_act")

    def reached(*rules: str) -> set[tuple[Any, ...]]:
        delayed = [each for each in outcomes if each["rule_id"] in rules and each["status"] in ("late", "missed")]
        return {tuple(each[column] for column in columns) for each in delayed}

    moved = {("date_moved", "dato_flyttet", False), ("date_moved", "dato_flyttet", True)}
    assert reached("aid_applied", "homelessness_notified") == {*moved, (None, "kriminalforsorgen", True)}
    assert reached("aid_decided") == {
        *moved,
        ("no_application", "kriminalforsorgen", False),
        ("no_time", "kort_tid", False),
        ("application_late", "kriminalforsorgen", False),
        ("decision_late", "kommune", True),
    }
    parties = ("kriminalforsorgen", "kommune", "dato_flyttet", "kort_tid")
    assert reached("aid_paid") == {(None, "kommune", True), *((None, party, False) for party in parties)}
    not_applicable = {
        (outcome["rule_id"], outcome["reason"]) for outcome in outcomes if outcome["status"] == "not_applicable"
    }
    assert not_applicable >= {
        *((rule_id, "not_possible") for rule_id in ("homelessness_notified", "aid_applied", "aid_decided")),
        *(("aid_paid", reason) for reason in ("no_aid_need", "not_released", "not_granted", "not_decided")),
        ("release_advanced", "not_thursday_to_sunday"),
    }


@boundary_settings()
@given(deliveries(), st.sampled_from(["andet", "underretning", "loesladelse"]), st.integers(-400, 30))
def test_a_contact_on_a_topic_of_no_rule_changes_nothing(delivery: tuple[Tables, date], topic: str, days: int) -> None:
    tables, as_of = delivery
    more = copy.deepcopy(tables)
    day = (as_of + timedelta(days)).isoformat()
    for file in ("afsoningssager", "tilsynssager"):
        for case in tables[file]:
            more["kommunekontakter"].append(
                EMPTY_CONTACT
                | {"sags_id": case["sags_id"], "dato": day, "retning": "ud", "emne": topic, "kommunekode": "101"}
            )
    assert outcomes_by_key(more, as_of) == outcomes_by_key(tables, as_of)


# --- The day of assessment --------------------------------------------------------------------------------------------


@boundary_settings()
@given(deliveries())
def test_what_is_dated_after_the_day_of_assessment_might_as_well_not_be_there(delivery: tuple[Tables, date]) -> None:
    tables, as_of = delivery
    assert outcomes_by_key(without_what_lies_after(tables, as_of), as_of) == outcomes_by_key(tables, as_of)


def test_nothing_later_shows_in_a_large_delivery_on_the_limits_either() -> None:
    for seed, as_of in enumerate(NOTABLE_DAYS_OF_ASSESSMENT):
        tables = random_delivery(seed, as_of, **SOME_CASES)
        assert outcomes_by_key(without_what_lies_after(tables, as_of), as_of) == outcomes_by_key(tables, as_of)


def assert_only_time_has_passed(before: Outcome, after: Outcome) -> None:
    """When nothing new became known between two days, these are the only ways an outcome may change."""
    if (after["status"], after["reason"]) == ("undeterminable", "expected_release_passed"):
        # The expected release went by without a release: every rule that counts from it is open again.
        return
    if before["rule_id"] == "housing_renewed" and after["status"] == "missed":
        # The next renewal fell due, whatever had been judged of the earlier ones.
        return
    if before["status"] == "pending":
        assert after["status"] in ("pending", "missed")
        assert after["deadline"] == before["deadline"]
        return
    passing = {"as_of"} | ({"days_margin"} if before["status"] == "missed" else set())
    if before["could_act"] is None:
        passing.add("could_act")
    assert {column: value for column, value in after.items() if column not in passing} == {
        column: value for column, value in before.items() if column not in passing
    }


def begun_cases(tables: Tables, as_of: date) -> set[str]:
    limit = as_of.isoformat()
    begun = {row["sags_id"] for row in tables["afsoningssager"] if row["straf_ivaerksat"] <= limit}
    return begun | {row["sags_id"] for row in tables["tilsynssager"] if row["modtaget"] <= limit}


@boundary_settings()
@given(deliveries(), st.integers(1, 500))
def test_a_later_day_changes_only_what_was_pending_when_nothing_new_is_known(
    delivery: tuple[Tables, date], days: int
) -> None:
    tables, as_of = delivery
    known = without_what_lies_after(tables, as_of)
    before, after = outcomes_by_key(known, as_of), outcomes_by_key(known, as_of + timedelta(days))
    begun = begun_cases(known, as_of)
    for key, outcome in before.items():
        if outcome["case_id"] in begun:
            assert_only_time_has_passed(outcome, after[key])


def test_a_later_day_changes_only_what_was_pending_in_a_large_delivery_too() -> None:
    for seed, as_of in enumerate(NOTABLE_DAYS_OF_ASSESSMENT):
        known = without_what_lies_after(random_delivery(seed, as_of, **SOME_CASES), as_of)
        begun = begun_cases(known, as_of)
        before = outcomes_by_key(known, as_of)
        for days in (1, 29, 366):
            after = outcomes_by_key(known, as_of + timedelta(days))
            for key, outcome in before.items():
                if outcome["case_id"] in begun:
                    assert_only_time_has_passed(outcome, after[key])


# --- An earlier event -------------------------------------------------------------------------------------------------


def add_contact(topic: str, direction: str = "ud") -> Callable[[Tables, Outcome, date], None]:
    def add(tables: Tables, outcome: Outcome, day: date) -> None:
        case_id = outcome["case_id"]
        for code in ("101", "461", "851"):
            tables["kommunekontakter"].append(
                EMPTY_CONTACT
                | {"sags_id": case_id, "dato": day.isoformat(), "retning": direction, "emne": topic}
                | {"kommunekode": code}
            )

    return add


def add_row(file: str, *date_columns: str, **values: str) -> Callable[[Tables, Outcome, date], None]:
    def add(tables: Tables, outcome: Outcome, day: date) -> None:
        row = dict.fromkeys(FILES[file][1], "") | {"sags_id": outcome["case_id"]} | values
        tables[file].append(row | dict.fromkeys(date_columns, day.isoformat()))

    return add


def fulfil_row(file: str, date_column: str) -> Callable[[Tables, Outcome, date], None]:
    """Move the date into a row the case has: a new row would change when the duty arose."""

    def fill(tables: Tables, outcome: Outcome, day: date) -> None:
        rows = [row for row in tables[file] if row["sags_id"] == outcome["case_id"]]
        first_date = next(column for column, kind in FILES[file][1].items() if kind == "date!")
        min(rows, key=lambda row: row[first_date])[date_column] = day.isoformat()

    return fill


def clarify_housing_need(tables: Tables, outcome: Outcome, day: date) -> None:
    for case in tables["afsoningssager"]:
        if case["sags_id"] == outcome["case_id"]:
            case.update(bolig_behov="N", bolig_behov_afklaret=day.isoformat())


def answer(tables: Tables, outcome: Outcome, day: date) -> None:
    """An answer counts from the day of the contact, 28 days before the deadline."""
    add_contact("andet", "ind")(tables, outcome, max(day, outcome["deadline"] - timedelta(28)))


# The rules whose deadline does not depend on their own event. Elsewhere the event decides by which expected release the
# case is judged, see the test below.
FULFILMENTS: dict[str, Callable[[Tables, Outcome, date], None]] = {
    "contact_supervision": add_contact("handleplan"),
    "municipal_response": answer,
    "handle_municipality_clarified": add_row("handlekommuner", "gyldig_fra", kommunekode="101"),
    "housing_need_clarified": clarify_housing_need,
    "homelessness_notified": add_contact("hjemloeshed"),
    "risk_assessment_handed_over": add_contact("ls_rnr"),
    "aid_applied": add_row("engangshjaelp", "sendt", "fuldstaendig"),
    "aid_decided": add_row("engangshjaelp", "sendt", "fuldstaendig", "afgjort", afgoerelse="bevilget"),
    "release_meeting_held": add_row("loesladelsesmoeder", "indkaldt", "afholdt", kommune_deltog="J"),
    "supervision_invited": add_row("loesladelsesmoeder", "indkaldt", kif_inviteret="J"),
    "rent_help_applied": fulfil_row("huslejehjaelp", "sendt"),
    "rent_alternative_examined": fulfil_row("huslejehjaelp", "alternativ_undersoegt"),
    "infohus_notified": fulfil_row("infohus", "underrettet"),
}


def assert_earlier_fulfilment_never_worsens(tables: Tables, as_of: date, days_before: int) -> int:
    """Fulfil every judged duty some days before its event or deadline; return how many were tried."""
    tried = 0
    for (case_id, rule_id), before in outcomes_by_key(tables, as_of).items():
        if rule_id not in FULFILMENTS or before["status"] not in FROM_BEST_TO_WORST:
            continue
        day = min(before["event_date"] or as_of, before["deadline"], as_of) - timedelta(days_before)
        better = {file: [dict(row) for row in rows if row.get("sags_id") == case_id] for file, rows in tables.items()}
        FULFILMENTS[rule_id](better, before, day)
        after = outcomes_by_key(better, as_of)[case_id, rule_id]
        assert FROM_BEST_TO_WORST.index(after["status"]) <= FROM_BEST_TO_WORST.index(before["status"])
        assert after["status"] == "met" and after["deadline"] == before["deadline"]
        tried += 1
    return tried


@boundary_settings()
@given(deliveries(), st.sampled_from([0, 1, 28, 365]))
def test_an_earlier_fulfilling_event_never_worsens_a_status(delivery: tuple[Tables, date], days_before: int) -> None:
    tables, as_of = delivery
    assert_earlier_fulfilment_never_worsens(tables, as_of, days_before)


def test_an_earlier_fulfilling_event_never_worsens_a_status_in_a_large_delivery() -> None:
    as_of = date(2026, 9, 30)
    tables = random_delivery(2, as_of, sentence_cases=120, supervision_cases=40)
    assert assert_earlier_fulfilment_never_worsens(tables, as_of, days_before=1) > 100


def test_an_earlier_contact_is_judged_by_the_release_expected_then_and_may_do_worse() -> None:
    """The exception the rule itself makes: when the expected release moves away, so does the limit."""
    case = dict.fromkeys(FILES["afsoningssager"][1], "")
    case |= {"sags_id": "A", "varetaegt": "N", "udvist": "N", "handleplanspligt": "J", "straf_dage": "900"}
    case |= {"straf_ivaerksat": "2024-01-01"}
    tables: Tables = {
        "afsoningssager": [case],
        "loesladelsesdatoer": [
            {
                "sags_id": "A",
                "registreret": recorded,
                "forventet_proeveloesladelse": "",
                "forventet_loesladelse": release,
            }
            for recorded, release in (("2024-01-01", "2025-02-01"), ("2024-03-01", "2026-01-01"))
        ],
    }
    outcome = {"case_id": "A"}
    tables["kommunekontakter"] = []
    add_contact("handleplan")(tables, outcome, date(2024, 3, 1))
    assert outcomes_by_key(tables, date(2026, 9, 30))["A", "contact_sentence"]["status"] == "met"
    add_contact("handleplan")(tables, outcome, date(2024, 2, 2))
    assert outcomes_by_key(tables, date(2026, 9, 30))["A", "contact_sentence"]["status"] == "late"

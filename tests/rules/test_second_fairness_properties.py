"""What holds for every delivery about moved dates, own duties and figures, tested on the limits of the rules.

Belongs here: laws of K(t), C(n), could_act, responsible, the figures and the releases.
Does not belong here: the shape of outcomes and the day of assessment (`test_second_implementation_properties`), single
cases with their expected outcome (`test_second_aid_rules`).
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.boundary_deliveries import boundary_settings, deliveries, random_delivery
from tests.rules.delivery_reader import Tables
from tests.rules.second_calendar import add_days
from tests.rules.second_case import Case, cases_of
from tests.rules.second_figures import NATION, Place, figures, placed
from tests.rules.second_implementation import RESTRICTED_RULES, SENTENCE_RULES, SUPERVISION_RULES, judge_cases
from tests.rules.second_known_facts import Parameters
from tests.rules.second_releases import DIMENSIONS, releases, summary

Outcome = dict[str, Any]
AS_OF = date(2026, 9, 30)
PARTY = {rule_id: party for rule_id, (_, party) in (SENTENCE_RULES | SUPERVISION_RULES).items()}
BEFORE_RELEASE = {"homelessness_notified": 28, "aid_applied": 28, "aid_decided": 14}
LONG_AGO = date(2007, 1, 1)
# Three municipalities in two areas, one of which changes area within the last year.
PLACES = {
    "101": [Place("1084", "Øst", LONG_AGO)],
    "461": [Place("1083", "Øst", LONG_AGO, date(2026, 6, 30)), Place("1083", "Vest", date(2026, 7, 1))],
    "851": [Place("1081", "Vest", LONG_AGO)],
}


@cache
def large_delivery(seed: int) -> Tables:
    """A delivery on the limits, made once; never to be changed."""
    return random_delivery(seed, AS_OF, sentence_cases=250, supervision_cases=40)


@cache
def large_outcomes(seed: int) -> list[Outcome]:
    """Its outcomes."""
    return judge_cases(large_delivery(seed), AS_OF)


@cache
def large_cases(seed: int) -> list[Case]:
    """Its sentences that have begun."""
    cases = cases_of(large_delivery(seed), "afsoningssager", AS_OF, Parameters())
    return [case for case in cases if case.started <= AS_OF]


def by_case_and_rule(outcomes: list[Outcome]) -> dict[tuple[str, str], Outcome]:
    return {(outcome["case_id"], outcome["rule_id"]): outcome for outcome in outcomes}


# --- Dates that move --------------------------------------------------------------------------------------------------


def recorded_anew(tables: Tables, as_of: date, days_before: int) -> Tables:
    """The delivery with the expected date of every case recorded once more, some days before the assessment."""
    day = (as_of - timedelta(days_before)).isoformat()
    by_case: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in tables["loesladelsesdatoer"]:
        by_case[row["sags_id"]].append(row)
    more = {**tables, "loesladelsesdatoer": list(tables["loesladelsesdatoer"])}
    for rows in by_case.values():
        known = sorted(
            (row for row in rows if row["registreret"] <= as_of.isoformat()), key=lambda row: row["registreret"]
        )
        if not known or any(row["registreret"] == day for row in known):
            continue
        in_force = [row for row in known if row["registreret"] <= day]
        more["loesladelsesdatoer"].append({**(in_force[-1] if in_force else known[0]), "registreret": day})
    return more


@boundary_settings()
@given(deliveries(), st.integers(0, 500))
def test_recording_the_same_date_anew_changes_no_outcome(delivery: tuple[Tables, date], days_before: int) -> None:
    tables, as_of = delivery
    assert judge_cases(recorded_anew(tables, as_of, days_before), as_of) == judge_cases(tables, as_of)


@pytest.mark.parametrize("days_before", [0, 14, 28, 100, 365])
def test_recording_the_same_date_anew_changes_no_outcome_of_a_large_delivery(days_before: int) -> None:
    tables = recorded_anew(large_delivery(1), AS_OF, days_before)
    assert len(tables["loesladelsesdatoer"]) > len(large_delivery(1)["loesladelsesdatoer"]) + 100
    assert judge_cases(tables, AS_OF) == large_outcomes(1)


@pytest.mark.parametrize("days_later", [0, 1, 30, 365])
def test_recording_the_same_or_a_later_date_anew_makes_no_release_known_later(days_later: int) -> None:
    tried = 0
    for case in large_cases(2):
        if not case.expected_dates:
            continue
        for day in (add_days(case.started, 40), add_days(AS_OF, -20)):
            if any(recorded == day for recorded, _ in case.expected_dates) or day < case.expected_dates[0][0]:
                continue
            again = copy.copy(case)
            expected = add_days(case.expected_release_on(day), days_later)
            again.expected_dates = sorted([*case.expected_dates, (day, expected)])
            assert again.known_from(day) <= case.known_from(day)
            if days_later == 0:
                days = [case.started, AS_OF, *(recorded for recorded, _ in case.expected_dates)]
                assert [again.known_from(each) for each in days] == [case.known_from(each) for each in days]
            tried += 1
    assert tried > 100


def known_from_day_by_day(case: Case, day: date) -> date:
    """K(t), walking back one day at a time from t for as long as the release was expected by E(t) or earlier."""
    first_recorded = case.expected_dates[0][0]
    since = day
    while since > first_recorded and case.expected_release_on(since - timedelta(1)) <= case.expected_release_on(day):
        since -= timedelta(1)
    return case.started if since <= first_recorded else max(case.started, since)


def test_a_release_is_known_since_the_day_from_which_it_was_always_expected_by_then() -> None:
    tried = 0
    for case in large_cases(3):
        if case.expected_dates:
            for day in (case.started, AS_OF, *(recorded for recorded, _ in case.expected_dates)):
                in_force_on_its_day = max(day, case.expected_dates[0][0])
                assert case.known_from(day) == known_from_day_by_day(case, in_force_on_its_day)
                tried += 1
    assert tried > 400


def test_the_days_a_deadline_came_are_found_by_asking_every_single_day() -> None:
    some, several = 0, 0
    for case in large_cases(4):
        if case.release is None:
            continue
        for days_before in (14, 28):
            every_day = [add_days(case.started, number) for number in range((AS_OF - case.started).days + 1)]
            came = [
                day
                for day in every_day
                if day < case.release
                and day
                == add_days(
                    case.advanced(case.expected_release_on(day)) if case.expected_dates else case.release, -days_before
                )
            ]
            assert case.days_the_deadline_came(days_before) == came
            some += bool(came)
            several += len(came) > 1
    assert some > 50 and several > 5


# --- Who could act, and who is responsible ----------------------------------------------------------------------------


def without_decisions(tables: Tables) -> Tables:
    emptied = {"afgjort": "", "afgoerelse": "", "udbetalt": ""}
    return {**tables, "engangshjaelp": [row | emptied for row in tables["engangshjaelp"]]}


def without_payments(tables: Tables) -> Tables:
    return {**tables, "engangshjaelp": [row | {"udbetalt": ""} for row in tables["engangshjaelp"]]}


def without_complete_applications(tables: Tables) -> Tables:
    return {**tables, "engangshjaelp": [row | {"fuldstaendig": ""} for row in tables["engangshjaelp"]]}


def without_contacts(tables: Tables) -> Tables:
    return {**tables, "kommunekontakter": []}


# What each party has to do, taken away.
UNDONE: dict[str, Callable[[Tables], Tables]] = {
    "aid_decided": without_decisions,
    "aid_paid": without_payments,
    "aid_applied": without_complete_applications,
    "homelessness_notified": without_contacts,
}


def assert_ability_does_not_depend_on_the_deed(tables: Tables, as_of: date) -> int:
    before = by_case_and_rule(judge_cases(tables, as_of))
    changed = 0
    for rule_id, undo in UNDONE.items():
        after = by_case_and_rule(judge_cases(undo(tables), as_of))
        for key, outcome in before.items():
            if key[1] == rule_id:
                assert after[key]["could_act"] == outcome["could_act"], outcome
                changed += after[key]["status"] != outcome["status"]
    return changed


@boundary_settings(share=0.5)
@given(deliveries())
def test_whether_a_party_could_act_does_not_depend_on_whether_it_did(delivery: tuple[Tables, date]) -> None:
    assert_ability_does_not_depend_on_the_deed(*delivery)


def test_whether_a_party_could_act_does_not_depend_on_whether_it_did_in_a_large_delivery() -> None:
    assert assert_ability_does_not_depend_on_the_deed(large_delivery(5), AS_OF) > 50


def test_the_own_party_carries_what_it_could_have_kept_unless_the_date_moved() -> None:
    delayed = [
        outcome
        for seed in range(1, 6)
        for outcome in large_outcomes(seed)
        if outcome["status"] in ("late", "missed") and outcome["could_act"] is not None
    ]
    for outcome in delayed:
        own = PARTY[outcome["rule_id"]]
        if outcome["reason"] == "date_moved":
            assert outcome["responsible"] == "dato_flyttet"
        elif outcome["could_act"]:
            assert outcome["responsible"] == own, outcome
        elif outcome["rule_id"] != "aid_paid":  # what was granted by the release must be paid, however late it came
            assert outcome["responsible"] != own, outcome
    only_these = {outcome["rule_id"] for outcome in delayed if not outcome["could_act"]}
    assert only_these == {*BEFORE_RELEASE, "aid_paid"}, "elsewhere the own party can always act"


def test_a_date_moves_only_duties_a_number_of_days_before_a_release_and_none_before_the_sentence() -> None:
    for seed in range(1, 6):
        started = {case.row["sags_id"]: case.started for case in large_cases(seed)}
        for outcome in large_outcomes(seed):
            if outcome["reason"] == "date_moved":
                assert outcome["rule_id"] in BEFORE_RELEASE
            if outcome["rule_id"] in BEFORE_RELEASE and outcome["deadline"] is not None:
                assert outcome["deadline"] >= outcome["knowable_from"] == started[outcome["case_id"]]


# --- Figures and releases ---------------------------------------------------------------------------------------------

UNITS = [
    NATION,
    *(("area", area) for area in ("Øst", "Vest")),
    *(("region", code) for code in ("1081", "1083", "1084")),
    *(("municipality", code) for code in PLACES),
    *(("institution", code) for code in ("I000", "I030")),
]
COUNTS = ("due", "met", "late", "missed", "own_due", "own_met", "short_notice_due")


def test_every_figure_stays_within_its_bounds_and_the_parts_add_up_to_the_nation() -> None:
    # A restricted rule has no figures below the nation to add up.
    rules = sorted(set(PARTY) - RESTRICTED_RULES)
    found = figures(placed(large_outcomes(1), PLACES), AS_OF, units=UNITS, rules=rules, restricted_rules=())
    without_place = [outcome for outcome in large_outcomes(1) if outcome["municipality_code"] is None]
    nowhere = figures(without_place, AS_OF, units=[NATION], rules=rules, restricted_rules=())
    for figure in found.values():
        assert figure["due"] == figure["met"] + figure["late"] + figure["missed"]
        assert figure["own_met"] <= figure["own_due"] <= figure["due"]
        # A moved date leaves the own duty kept and the citizen without: only there is own_met not among the met.
        assert figure["own_met"] <= figure["met"] + figure["responsible_dato_flyttet"]
        parties = ("kriminalforsorgen", "kommune", "dato_flyttet", "kort_tid")
        assert sum(figure[f"responsible_{party}"] for party in parties) == figure["late"] + figure["missed"]
        if figure["due"]:
            low, rate, high = (round(figure[name], 12) for name in ("rate_low", "rate", "rate_high"))
            assert 0 <= low <= rate <= high <= 1
    for key, national in found.items():
        if key[:2] == NATION:
            for level in ("area", "region", "municipality", "institution"):
                parts = [found[(*unit, *key[2:])] for unit in UNITS if unit[0] == level]
                for count in COUNTS:
                    assert national[count] == nowhere[key][count] + sum(part[count] for part in parts), (key, level)


def test_every_release_is_counted_once_under_each_dimension() -> None:
    rows = releases(large_delivery(1), AS_OF, large_outcomes(1), PLACES)
    assert len(rows) > 50
    for row in rows:
        assert 0 <= row["core_met"] <= row["core_due"] <= 7
        assert row["whole_release"] == (None if row["core_due"] == 0 else row["core_met"] == row["core_due"])
    found = summary(rows, AS_OF)
    everything = {key[:4]: counts for key, counts in found.items() if key[4] == "all"}
    sums: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for key, counts in found.items():
        sums[key[:5]].update(counts)
    assert set(sums) == {(*key, dimension) for key in everything for dimension in ("all", *DIMENSIONS)}
    for each, total in sums.items():
        assert total == Counter(everything[each[:4]])
    assert everything[(*NATION, "year", "2026")]["releases"] == sum(row["release_date"].year == 2026 for row in rows)

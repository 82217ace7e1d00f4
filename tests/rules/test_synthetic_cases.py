"""The synthetic delivery has cases of every status and reason that rules.md knows, from both parties.

Belongs here: that nothing of the rules is without a case in the demonstration. Does not belong here: how often each
occurs, or whether the warehouse judges them alike (``test_warehouse_outcomes``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from pipelines.demo.delivery import write_synthetic_delivery
from tests.rules import warehouses
from tests.rules.delivery_reader import read_delivery
from tests.rules.second_implementation import judge_cases

# Many of these cases are about today, so a short world with many cases has the most of them.
SIZE: dict[str, Any] = {"years": 3, "sentence_cases": 9000, "supervision_cases": 2500}

OUTSIDE = ("not_applicable remand", "not_applicable expelled", "not_applicable not_started")
NO_RELEASE = ("undeterminable no_expected_release", "undeterminable expected_release_passed")
WHATEVER_HAPPENED = ("met", "late", "missed", "pending")
HAPPENED = ("met", "late", "missed")
DATE_MOVED = ("late date_moved", "missed date_moved")

# Each rule of a case, with every status and reason that rules.md gives it.
EXPECTED = {
    "contact_sentence": [
        *OUTSIDE,
        "not_applicable no_action_plan_duty",
        "undeterminable no_expected_release",
        *(f"{status} {reason}" for status in WHATEVER_HAPPENED for reason in ("within_28_days", "one_year_before")),
    ],
    "municipal_response": [
        *OUTSIDE,
        *WHATEVER_HAPPENED,
        "not_applicable no_action_plan_duty",
        "not_applicable not_contacted",
    ],
    "client_informed": [*OUTSIDE, "met", "missed", "not_applicable no_contact"],
    "handle_municipality_clarified": [*OUTSIDE, *NO_RELEASE, *WHATEVER_HAPPENED],
    "housing_need_clarified": [*OUTSIDE, *WHATEVER_HAPPENED],
    "housing_registered": [
        *OUTSIDE,
        *NO_RELEASE,
        "not_applicable no_housing_need",
        "met",
        "met housed",
        "late",
        "pending",
        "missed lapsed",
        "missed documented",
        "missed not_registered",
    ],
    "housing_registered_or_explained": [
        *OUTSIDE,
        *NO_RELEASE,
        "not_applicable no_housing_need",
        "met",
        "met housed",
        "met documented",
        "late",
        "pending",
        "missed lapsed",
        "missed not_registered",
    ],
    "housing_renewed": [
        *OUTSIDE,
        *WHATEVER_HAPPENED,
        "not_applicable no_housing_need",
        "not_applicable no_renewal_due",
    ],
    "homelessness_notified": [
        *OUTSIDE,
        *HAPPENED,
        *DATE_MOVED,
        "not_applicable not_released",
        "not_applicable not_homeless",
        "not_applicable not_possible",
    ],
    "aid_applied": [
        *OUTSIDE,
        *NO_RELEASE,
        *WHATEVER_HAPPENED,
        *DATE_MOVED,
        "not_applicable no_aid_need",
        "not_applicable not_possible",
    ],
    "aid_decided": [
        *OUTSIDE,
        *NO_RELEASE,
        *DATE_MOVED,
        "met",
        "pending",
        "not_applicable no_aid_need",
        "not_applicable not_possible",
        *(
            f"{status} {reason}"
            for status in ("late", "missed")
            for reason in ("no_application", "no_time", "application_late", "decision_late")
        ),
    ],
    "aid_paid": [
        *OUTSIDE,
        *HAPPENED,
        "not_applicable no_aid_need",
        "not_applicable not_released",
        "not_applicable not_granted",
        "not_applicable not_decided",
    ],
    "release_meeting_called": [
        *OUTSIDE,
        *WHATEVER_HAPPENED,
        "undeterminable no_expected_release",
        "not_applicable no_meeting_need",
        "not_applicable short_sentence",
    ],
    "release_meeting_held": [*OUTSIDE, *NO_RELEASE, *WHATEVER_HAPPENED, "not_applicable no_meeting_need"],
    "supervision_invited": [*OUTSIDE, *NO_RELEASE, *WHATEVER_HAPPENED, "not_applicable no_supervision"],
    "risk_assessment_handed_over": [*OUTSIDE, *NO_RELEASE, *WHATEVER_HAPPENED, "not_applicable no_assessment"],
    "release_advanced": [
        *OUTSIDE,
        "met",
        "late",
        "not_applicable not_released",
        "not_applicable sentence_under_30_days",
        "not_applicable not_thursday_to_sunday",
    ],
    "rent_help_applied": [*OUTSIDE, *WHATEVER_HAPPENED, "not_applicable no_rent_need"],
    "rent_alternative_examined": [
        *OUTSIDE,
        *WHATEVER_HAPPENED,
        "undeterminable no_expected_release",
        "not_applicable no_rent_need",
        "not_applicable six_months_or_less",
        "not_applicable not_applied",
    ],
    "infohus_notified": [*OUTSIDE, *WHATEVER_HAPPENED, "not_applicable not_marked"],
    "contact_supervision": [
        *WHATEVER_HAPPENED,
        "not_applicable not_started",
        "not_applicable no_action_plan_duty",
    ],
}


@cache
def outcomes() -> list[dict]:
    """What the second implementation says of a synthetic delivery."""
    folder = write_synthetic_delivery(warehouses.scratch() / "synthetic cases", **SIZE)
    extract_date, tables = read_delivery(folder, set_aside=[])
    return judge_cases(tables, extract_date)


def seen(rule_id: str) -> Iterator[str]:
    """Each outcome of a rule as its status and its reason."""
    return (" ".join(filter(None, (row["status"], row["reason"]))) for row in outcomes() if row["rule_id"] == rule_id)


def test_no_rule_of_a_case_is_forgotten_here() -> None:
    assert {row["rule_id"] for row in outcomes()} == set(EXPECTED)


@pytest.mark.parametrize("rule_id", EXPECTED)
def test_the_synthetic_delivery_has_a_case_of_every_status_and_reason(rule_id: str) -> None:
    assert sorted(set(EXPECTED[rule_id]) - set(seen(rule_id))) == []


@pytest.mark.parametrize("rule_id", ["aid_decided", "aid_paid"])
def test_what_citizens_miss_is_due_to_both_parties_and_to_neither(rule_id: str) -> None:
    responsible = Counter(row["responsible"] for row in outcomes() if row["rule_id"] == rule_id and row["responsible"])
    assert set(responsible) == {"kriminalforsorgen", "kommune", "kort_tid", "dato_flyttet"}
    assert min(responsible["kriminalforsorgen"], responsible["kommune"]) > 0.08 * responsible.total()

"""Figures that change after they were published, and corrections that change an outcome."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rules import warehouses
from tests.rules.build import Smaller

QUARTER = "2026-Q2"
NAMES = (
    *("as_of", "level", "unit_code", "period_type", "period", "rule_id", "due", "met", "late", "missed"),
    *("own_due", "own_met"),
    *("rule_version", "code_version", "batch_id"),
)
# What a publication of the time before own figures were kept has in their place.
NONE_KEPT: dict[str, Any] = {"own_due": None, "own_met": None}
COUNTS = ("due", "met", "late", "missed", "own_due", "own_met")

#: A rule for each way in which its figure of the quarter differed when it was published, and the cause that follows.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "contact_sentence": ({"batch_id": "2026-06-30", "missed": 1, "met": -1}, "recorded_late"),
    "housing_need_clarified": ({"batch_id": "2026-06-30", "due": -1, "late": -1}, "recorded_late"),
    "contact_supervision": ({"batch_id": "2026-06-30", "missed": -1, "met": 1}, "corrected"),
    "municipal_response": ({"batch_id": "2026-06-30", "due": 1, "met": 1}, "corrected"),
    "aid_applied": ({"missed": 1, "met": -1}, "corrected"),
    "aid_decided": ({"code_version": "older", "missed": 1, "met": -1}, "code_changed"),
    "aid_paid": ({"batch_id": "2026-06-30", "own_due": -2, "own_met": -1}, "recorded_late"),
    "homelessness_notified": ({"batch_id": "2026-06-30", "own_due": 1}, "corrected"),
    "release_meeting_called": (
        {"rule_version": "1-older", "batch_id": "2026-06-30", "missed": 1, "met": -1},
        "rule_changed",
    ),
    "supervision_invited": ({"batch_id": "2026-06-30", "missed": 1, "met": -1, **NONE_KEPT}, "recorded_late"),
    "rent_help_applied": ({"as_of": date(2026, 6, 30), "batch_id": "2026-06-30", "due": -1, "met": -1}, "period_open"),
}
SEVERAL_RELEASES = "release_advanced"
UNCHANGED = "housing_registered"


def published(number: int, rule_id: str, changes: dict[str, Any]) -> tuple[Any, ...]:
    """The nation's figure of a rule and the quarter as an earlier release had it."""
    columns = ", ".join(NAMES)
    ((*row,),) = warehouses.rows(
        warehouses.demo(),
        f"select {columns} from publish.pub_figures where period_type = 'quarter' and period = ? "
        "and level = 'national' and rule_id = ?",
        [QUARTER, rule_id],
    )
    values = dict(zip(NAMES, row))
    for name, value in changes.items():
        values[name] = values[name] + value if name in COUNTS and value is not None else value
    return (f"release-{number}", number, *values.values())


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    target = tmp_path_factory.mktemp("revised") / "warehouse.duckdb"
    earlier = [published(1, rule, changes) for rule, (changes, _) in CHANGES.items()]
    earlier += [
        published(1, SEVERAL_RELEASES, {"batch_id": "2026-03-31", "missed": 2, "met": -2}),
        published(2, SEVERAL_RELEASES, {"batch_id": "2026-06-30", "missed": 1, "met": -1}),
        published(3, SEVERAL_RELEASES, {"batch_id": "2026-06-30", "missed": 1, "met": -1}),
        published(1, UNCHANGED, {"batch_id": "2026-03-31", "rule_version": "1-older", "code_version": "older"}),
    ]
    warehouses.build_from(tables, extract_date, target, smaller=Smaller(earlier_figures=earlier))
    return target


@pytest.mark.parametrize("rule_id", CHANGES)
def test_a_change_has_its_cause(revised: Path, rule_id: str) -> None:
    changes, cause = CHANGES[rule_id]
    found = warehouses.rows(
        revised,
        "select level, unit_code, period, cause, first_due - due, first_met - met, first_own_due - own_due, "
        "first_own_met - own_met from marts.fct_revision "
        "where rule_id = ?",
        [rule_id],
    )
    moved = (changes.get(name, 0) for name in ("due", "met", "own_due", "own_met"))
    assert found == [("national", "DK", QUARTER, cause, *moved)]


def test_each_change_is_told_from_publication_to_publication(revised: Path) -> None:
    found = warehouses.rows(
        revised,
        "select changed_after_publication_id, changed_in_publication_id, cause, met - first_met "
        "from marts.fct_revision "
        "where rule_id = ? order by 1",
        [SEVERAL_RELEASES],
    )
    assert found == [("release-1", "release-2", "recorded_late", 2), ("release-3", None, "recorded_late", 2)]


def test_a_figure_that_is_the_same_is_no_revision(revised: Path) -> None:
    assert warehouses.rows(revised, "from marts.fct_revision where rule_id = ?", [UNCHANGED]) == []
    assert warehouses.rows(warehouses.demo(), "from marts.fct_revision") == []


def test_an_accepted_correction_changes_its_own_outcome_and_is_told_as_the_cause(tmp_path: Path) -> None:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    published_on = extract_date - timedelta(days=40)
    ((case_id, contact_id, deadline, held),) = warehouses.rows(
        warehouses.demo(),
        "select case_id, contact_id, deadline, event_date from rules.rule_contact_supervision where status = 'late' "
        "order by case_id limit 1",
    )
    ((missing, missing_deadline, code),) = warehouses.rows(
        warehouses.demo(),
        "select case_id, deadline, municipality_code from marts.fct_rule_outcome where status = 'missed' "
        "and rule_id = 'contact_supervision' and municipality_code is not null order by case_id limit 1",
    )
    decided_on = extract_date - timedelta(days=10)
    reason = ("aarsag", decided_on - timedelta(days=1))
    seen = ("1", held.isoformat(), "Hans Holm")
    corrections: list[tuple[Any, ...]] = [
        ("1-1", case_id, "kommunekontakter", contact_id, "dato", "1999-01-01", *reason, *seen),
        ("2-1", case_id, "kommunekontakter", contact_id, "dato", deadline.isoformat(), "aarsag", decided_on, *seen),
    ]
    new = {"dato": missing_deadline.isoformat(), "kommunekode": code, "retning": "ud", "emne": "handleplan"}
    corrections += [
        (f"3-{place}", missing, "kommunekontakter", "ny-3", column, value, *reason, "3", "[]", "Hans Holm")
        for place, (column, value) in enumerate(new.items(), start=1)
    ]
    target = tmp_path / "warehouse.duckdb"
    # What was published before the replies were accepted: the same figures as without them.
    names = ", ".join(f"'{published_on}'::date as as_of" if name == "as_of" else name for name in NAMES)
    earlier = warehouses.rows(
        warehouses.demo(),
        f"select 'release-1', 1, {names} from publish.pub_figures "
        "where rule_id = 'contact_supervision' and period_type = 'quarter' and due > 0",
    )
    touched = [
        ("1", case_id, "contact_supervision", deadline, decided_on),
        ("3", missing, "contact_supervision", missing_deadline, decided_on),
    ]
    smaller = Smaller(corrections=corrections, corrected_outcomes=touched, earlier_figures=earlier)
    warehouses.build_from(tables, extract_date, target, smaller=smaller)
    query = "select case_id, rule_id, status, event_date from marts.fct_rule_outcome"
    before, after = (set(warehouses.rows(file, query)) for file in (warehouses.demo(), target))
    changed = {row[:2]: row[2:] for row in after - before}
    assert changed[case_id, "contact_supervision"] == ("met", deadline)
    assert changed[missing, "contact_supervision"] == ("met", missing_deadline)
    assert {key[0] for key in changed} == {case_id, missing}
    found = warehouses.rows(
        target, "select level, cause, met - earlier_met from marts.fct_revision where rule_id = 'contact_supervision'"
    )
    assert {level for level, _, _ in found} == {"national", "area", "region", "municipality", "institution"}
    assert {cause for _, cause, _ in found} == {"reply_accepted"}
    assert sum(more for level, _, more in found if level == "national") == 2

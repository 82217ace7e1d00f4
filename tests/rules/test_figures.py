"""The figures counted again in plain Python from the outcomes, and the lists that follow from them."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any

from pipelines.vocabulary import NEXT_STEPS
from tests.rules import warehouses

SOME_QUARTERS = ("2025-Q4", "2026-Q3")


def named(query: str) -> list[dict[str, Any]]:
    import duckdb

    with duckdb.connect(str(warehouses.demo()), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def in_period(day: date, kind: str, period: str) -> bool:
    if kind == "year":
        return str(day.year) == period
    year, number = int(period[:4]), int(period[-1])
    distance = (year - day.year) * 4 + number - quarter(day)[1]
    return distance == 0 if kind == "quarter" else 0 <= distance <= 3


def test_every_figure_is_what_counting_the_outcomes_by_hand_gives() -> None:
    outcomes = named("select * from marts.fct_rule_outcome where status in ('met', 'late', 'missed')")
    wanted = named(
        f"select * from marts.fct_compliance where period in {(*SOME_QUARTERS, '2025')} "
        "and rule_id <> 'infohus_notified'"
    )
    due: dict[tuple[str, str | None, str], list[dict[str, Any]]] = defaultdict(list)
    for row in outcomes:
        if row["deadline"] < row["as_of"]:
            for level, code in (
                ("national", "DK"),
                ("area", row["area"]),
                ("region", row["region_code"]),
                ("municipality", row["municipality_code"]),
                ("institution", row["institution_code"] if row["municipality_code"] else None),
            ):
                due[level, code, row["rule_id"]].append(row)
    counted = 0
    for figure in wanted:
        kind, period = figure["period_type"], figure["period"]
        own = [
            row
            for row in due[figure["level"], figure["unit_code"], figure["rule_id"]]
            if in_period(row["deadline"], kind, period)
        ]
        assert figure["due"] == len(own), figure
        for status in ("met", "late", "missed"):
            assert figure[status] == sum(row["status"] == status for row in own), figure
        for party in ("kriminalforsorgen", "kommune", "dato_flyttet", "kort_tid"):
            assert figure[f"responsible_{party}"] == sum(row["responsible"] == party for row in own), figure
        assert figure["short_notice_due"] == sum(row["short_notice"] is True for row in own)
        margins = [row["days_margin"] for row in own if row["days_margin"] is not None]
        assert figure["median_days_margin"] == (median(margins) if margins else None)
        if not own:
            assert figure["rate"] is figure["rate_low"] is figure["rate_high"] is None
            continue
        counted += 1
        low, high = wilson(figure["met"], len(own))
        assert math.isclose(figure["rate"], figure["met"] / len(own))
        assert math.isclose(figure["rate_low"], low, abs_tol=1e-9)
        assert math.isclose(figure["rate_high"], high, abs_tol=1e-9)
    assert counted > 300


def wilson(met: int, due: int) -> tuple[float, float]:
    z = 1.959963984540054
    rate = met / due
    middle = (rate + z * z / (2 * due)) / (1 + z * z / due)
    half = z * math.sqrt(rate * (1 - rate) / due + z * z / (4 * due * due)) / (1 + z * z / due)
    return middle - half, middle + half


def test_a_period_is_complete_when_the_day_of_assessment_is_after_its_last_day() -> None:
    found = dict(
        warehouses.rows(
            warehouses.demo(),
            "select distinct period, is_complete from marts.fct_compliance where period_type = 'quarter'",
        )
    )
    assert found["2026-Q2"] is True
    assert found["2026-Q3"] is False, "the day of assessment is its last day"
    assert min(found) == "2021-Q1" and max(found) == "2026-Q3"


def test_the_worklist_has_what_is_due_within_60_days_and_what_can_still_be_done() -> None:
    as_of = date(2026, 9, 30)
    outcomes = named("select * from marts.fct_rule_outcome where status in ('pending', 'missed')")
    rules = {row["rule_id"]: row for row in named("select * from marts.dim_rule")}
    ended = {
        (row["case_id"], row["case_type"]): row["ended_date"]
        for row in named("select case_id, case_type, ended_date from intermediate.int_cases")
    }
    wanted = set()
    for row in outcomes:
        still = rules[row["rule_id"]]["can_still_be_done"]
        is_open = ended[row["case_id"], row["case_type"]] is None
        soon = row["status"] == "pending" and row["deadline"] <= as_of + timedelta(days=60)
        late = row["status"] == "missed" and (still == "always" or (still == "while_open" and is_open))
        if soon or late:
            wanted.add((row["case_id"], row["rule_id"]))
    found = named("select * from marts.worklist order by urgency")
    assert {(row["case_id"], row["rule_id"]) for row in found} == wanted
    assert len(found) == len(wanted) > 20
    assert [row["days_left"] for row in found] == sorted(row["days_left"] for row in found), "most urgent first"


def test_the_lists_party_is_the_outcomes_when_overdue_and_the_evidences_when_pending() -> None:
    found = named(
        "select worklist.*, outcome.responsible as of_the_outcome, applied.first_sent_date, "
        "applied.first_complete_date from marts.worklist inner join marts.fct_rule_outcome as outcome "
        "using (case_id, case_type, rule_id) left join rules.rule_aid_applied as applied using (case_id)"
    )
    parties = {row["rule_id"]: row["party"] for row in named("select * from marts.dim_rule")}
    of_the_application = 0
    for row in found:
        assert row["responsible"] == row["of_the_outcome"], row
        assert (row["responsible"] is None) == (row["status"] == "pending"), row
        assert (row["next_step_by"] is None) == (row["next_step"] is None) == (row["next_step_deadline"] is None), row
        if row["next_step"] is None:
            assert row["is_in_place"], row
        elif row["rule_id"] in ("aid_applied", "aid_decided"):
            of_the_application += 1
            is_municipalitys = row["first_complete_date"] is not None and row["rule_id"] == "aid_decided"
            assert row["next_step_by"] == ("kommune" if is_municipalitys else "kriminalforsorgen"), row
            assert row["next_step"] == (
                "decide_application"
                if is_municipalitys
                else "complete_application"
                if row["first_sent_date"]
                else "send_application"
            ), row
            assert row["next_step_deadline"] <= row["deadline"], row
        else:
            assert row["next_step_by"] == parties[row["rule_id"]], row
    assert of_the_application > 2


def test_every_next_step_can_be_told_in_danish() -> None:
    told = named("select distinct next_step from intermediate.int_next_steps")
    assert {row["next_step"] for row in told} <= set(NEXT_STEPS)
    in_catalogue = named("select distinct next_step from reference.rule_catalogue where next_step is not null")
    assert {row["next_step"] for row in in_catalogue} <= set(NEXT_STEPS)


def test_what_cannot_be_judged_counts_in_the_year_it_belongs_to() -> None:
    found = named("select rule_id, reason, cases from publish.pub_undeterminable where level = 'national' order by all")
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    rows = named(
        "select outcome.rule_id, outcome.reason, rules.anchor, cases.actual_release_date, cases.expected_release_date, "
        "cases.start_date from (from marts.fct_rule_outcome union all by name from restricted.fct_rule_outcome) "
        "as outcome inner join intermediate.int_cases as cases using (case_id, case_type) "
        "inner join marts.dim_rule as rules using (rule_id) where outcome.status = 'undeterminable'"
    )
    for row in rows:
        released = row["actual_release_date"] or row["expected_release_date"]
        day = (released if row["anchor"] == "release" else None) or row["start_date"]
        wanted[row["rule_id"], row["reason"]] += date(2025, 10, 1) <= day <= date(2026, 9, 30)
    assert {(row["rule_id"], row["reason"]): row["cases"] for row in found} == {
        key: count for key, count in wanted.items() if count
    }
    assert len(rows) > sum(wanted.values()) > 0, "some belong to other years"


def test_the_two_deadlines_of_the_contact_duty_are_shown_apart() -> None:
    found = named(
        "select * from publish.pub_breakdown where dimension = 'deadline' and level = 'national' order by value"
    )
    assert [(row["rule_id"], row["value"]) for row in found] == [
        ("contact_sentence", "one_year_before"),
        ("contact_sentence", "within_28_days"),
    ]
    (whole,) = named(
        "select * from marts.fct_compliance where rule_id = 'contact_sentence' and level = 'national' "
        "and period_type = 'rolling4' and period = '2026-Q3'"
    )
    for column in ("due", "met", "late", "missed", "own_due", "own_met", "met_after_release"):
        assert sum(row[column] for row in found) == whole[column], column


def test_late_cases_are_those_with_a_deadline_in_the_last_four_quarters() -> None:
    outcomes = named("select * from marts.fct_rule_outcome where status in ('late', 'missed')")
    wanted = {
        (row["case_id"], row["rule_id"])
        for row in outcomes
        if date(2025, 10, 1) <= row["deadline"] <= date(2026, 9, 30)
    }
    found = named("select * from marts.late_cases")
    assert {(row["case_id"], row["rule_id"]) for row in found} == wanted and wanted
    assert "infohus_notified" not in {row["rule_id"] for row in found}


def test_nothing_restricted_is_below_the_nation_or_in_a_list() -> None:
    levels = warehouses.rows(
        warehouses.demo(), "select distinct level from marts.fct_compliance where rule_id = 'infohus_notified'"
    )
    assert levels == [("national",)]
    for table in ("marts.fct_rule_outcome", "marts.worklist", "marts.late_cases", "publish.pub_open"):
        assert warehouses.rows(warehouses.demo(), f"from {table} where rule_id = 'infohus_notified'") == []
    undeterminable = "select distinct level from publish.pub_undeterminable where rule_id = 'infohus_notified'"
    assert warehouses.rows(warehouses.demo(), undeterminable) in ([], [("national",)])
    breakdown = "select distinct level from publish.pub_breakdown where rule_id = 'infohus_notified'"
    assert warehouses.rows(warehouses.demo(), breakdown) in ([], [("national",)])


def test_every_split_of_the_rolling_year_adds_up() -> None:
    splits = named("select * from publish.pub_breakdown where dimension in ('institution', 'responsible')")
    figures = {
        (row["level"], row["unit_code"], row["rule_id"]): row
        for row in named("select * from marts.fct_compliance where period_type = 'rolling4' and period = '2026-Q3'")
    }
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for row in splits:
        assert row["period"] == "2026-Q3"
        sums[row["level"], row["unit_code"], row["rule_id"], row["dimension"]] += row["due"]
    for (level, unit, rule, dimension), total in sums.items():
        figure = figures[level, unit, rule]
        assert total == (figure["due"] if dimension == "institution" else figure["late"] + figure["missed"])

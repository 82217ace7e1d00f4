"""A law that is amended: the old and the new version are judged in one run, each over its own cases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.rules import warehouses
from tests.rules.agreement import WITHOUT_DATA_TESTS
from tests.rules.build import build_warehouse
from tests.rules.changed_project import copied_project, read_catalogue, write_catalogue

AMENDED = date(2025, 1, 1)


def test_an_invented_amendment_adds_a_row_and_leaves_the_old_law_in_place(tmp_path: Path) -> None:
    """From 1 January 2025: 21 days for supervision cases; in the same run the release must lie on Monday or Tuesday."""
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    target = tmp_path / "warehouse.duckdb"
    with copied_project(tmp_path) as project:
        rows = read_catalogue(project)
        for rule_id, parameters in (
            ("contact_supervision", '{"days": 21}'),
            (
                "release_advanced",
                '{"minimum_sentence_days": 30, "last_weekday": 2, "public_holidays_advance": false}',
            ),
        ):
            old = next(row for row in rows if row["rule_id"] == rule_id)
            new = old | {"version": "2", "valid_from": AMENDED.isoformat(), "parameters": parameters}
            old["valid_to"] = (AMENDED - timedelta(days=1)).isoformat()
            rows.append(new)
        write_catalogue(project, rows)
        wanted = ("+rule_contact_supervision", "+rule_release_advanced", *WITHOUT_DATA_TESTS)
        build_warehouse(tables, extract_date, target, select=wanted)

    judged = warehouses.rows(
        target,
        "select received_date, deadline, rule_version from rules.rule_contact_supervision where deadline is not null",
    )
    assert {row[2] for row in judged} == {1, 2}
    for received, deadline, version in judged:
        assert version == (2 if received >= AMENDED else 1)
        assert deadline == received + timedelta(days=21 if received >= AMENDED else 28)

    released = warehouses.rows(
        target,
        "select actual_release_date, status, rule_version from rules.rule_release_advanced where deadline is not null",
    )
    assert {row[2] for row in released} == {1, 2}
    for day, status, version in released:
        assert version == (2 if day >= AMENDED else 1)
        assert (status == "met") == (day.isoweekday() <= (2 if version == 2 else 3))


def test_a_rule_that_is_not_amended_is_judged_as_before(tmp_path: Path) -> None:
    versions = warehouses.rows(warehouses.demo(), "select distinct rule_version from marts.fct_rule_outcome")
    assert versions == [(1,)]

"""The warehouse's outcomes against the worked examples of the shared material and against the second implementation."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.rules import warehouses
from tests.rules.build import build_warehouse
from tests.rules.second_implementation import judge_cases, judge_units
from tests.shared_material import SHARED, needs_shared

EVERY_OUTCOME = "(from marts.fct_rule_outcome union all by name from restricted.fct_rule_outcome)"


def outcomes(file: Path, columns: list[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    found = warehouses.rows(file, f"select case_id, rule_id, {', '.join(columns)} from {EVERY_OUTCOME}")
    assert len(found) == len({row[:2] for row in found})
    return {row[:2]: row[2:] for row in found}


def as_written(value: Any) -> str:
    """A value as the worked examples write it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@needs_shared
@pytest.mark.parametrize("as_of", ["2026-06-15", "2026-09-30"])
def test_every_worked_example_comes_out_as_expected_in_every_column(as_of: str) -> None:
    examples = SHARED / "examples" / f"boundaries_fair_expected_as_of_{as_of}.csv"
    with examples.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    columns = [name for name in wanted[0] if name not in ("case_id", "rule_id")]
    found = outcomes(warehouses.boundaries(date.fromisoformat(as_of)), columns)
    assert len(found) == len(wanted)
    for row in wanted:
        own = [as_written(value) for value in found[row["case_id"], row["rule_id"]]]
        assert own == [row[name] for name in columns], row


def assert_agreement(file: Path, tables: Any, as_of: date) -> None:
    """Every outcome, of cases and of municipalities, equals the second implementation's in every column both have."""
    second = judge_cases(tables, as_of)
    columns = [name for name in second[0] if name not in ("case_id", "rule_id")]
    found = outcomes(file, columns)
    assert len(found) == len(second)
    for row in second:
        assert found[row["case_id"], row["rule_id"]] == tuple(row[name] for name in columns), row
    units = judge_units(tables, as_of, municipality_codes=warehouses.municipality_codes())
    own = {
        row[:2]: row[2:]
        for row in warehouses.rows(file, "select unit, rule_id, status, reason, date from marts.fct_unit_rule")
    }
    assert len(own) == len(units)
    for row in units:
        assert own[row["unit"], row["rule_id"]] == (row["status"], row["reason"], row["date"]), row


def test_both_implementations_agree_on_a_synthetic_delivery() -> None:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    assert_agreement(warehouses.demo(), tables, extract_date)


@needs_shared
@pytest.mark.parametrize("batch", ["2026-03-31", "2026-06-30", "2026-09-30"])
def test_both_implementations_agree_on_the_shared_extracts(batch: str, tmp_path: Path) -> None:
    extract_date, tables = warehouses.delivery(SHARED / "extracts" / batch)
    build_warehouse(tables, extract_date, tmp_path / "warehouse.duckdb")
    assert_agreement(tmp_path / "warehouse.duckdb", tables, extract_date)


@needs_shared
def test_an_earlier_day_of_assessment_leaves_out_what_was_not_known_then() -> None:
    _, tables = warehouses.delivery(warehouses.BOUNDARIES)
    assert_agreement(warehouses.boundaries(date(2026, 6, 15)), tables, date(2026, 6, 15))


@needs_shared
def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    extract_date, tables = warehouses.delivery(warehouses.BOUNDARIES)
    turned = {name: list(reversed(content)) for name, content in tables.items()}
    target = tmp_path / "warehouse.duckdb"
    build_warehouse(turned, extract_date, target)
    with duckdb.connect(str(target), read_only=True) as connection:
        connection.execute(f"attach '{warehouses.boundaries(extract_date)}' as other (read_only)")
        for table in ("marts.fct_rule_outcome", "marts.fct_compliance", "marts.worklist", "marts.late_cases"):
            for one, two in ((table, f"other.{table}"), (f"other.{table}", table)):
                assert connection.execute(f"select count(*) from (from {one} except from {two})").fetchall() == [(0,)]

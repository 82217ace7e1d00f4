"""The warehouse's outcomes against the worked examples of the shared material and against the second implementation."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.rules import warehouses
from tests.rules.agreement import EVERY_OUTCOME, differences
from tests.rules.boundary_deliveries import latest_day, random_delivery
from tests.rules.delivery_reader import MAY_BE_LEFT_OUT
from tests.shared_material import SHARED, needs_shared


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


def test_both_implementations_agree_on_a_synthetic_delivery_in_every_table() -> None:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    assert differences(warehouses.demo(), tables, extract_date) == []


@pytest.mark.parametrize(
    ("what_would_show_a_difference", "at_least"),
    [
        ("marts.fct_compliance where rate is distinct from own_rate", 50),
        ("marts.fct_release where core_due > 0", 100),
        ("marts.fct_release_summary where whole_releases < with_core_due", 100),
    ],
)
def test_the_synthetic_delivery_has_enough_to_tell_the_two_apart(
    what_would_show_a_difference: str, at_least: int
) -> None:
    assert len(warehouses.rows(warehouses.demo(), f"select 1 from {what_would_show_a_difference}")) >= at_least


@needs_shared
@pytest.mark.parametrize("as_of", [date(2026, 6, 15), date(2026, 9, 30)])
def test_both_implementations_agree_on_the_limits_in_every_table(as_of: date) -> None:
    _, tables = warehouses.delivery(warehouses.BOUNDARIES)
    assert differences(warehouses.boundaries(as_of), tables, as_of) == []


def is_kept(row: Mapping[str, str | None]) -> bool:
    """Whether a row belongs to one of the cases that are looked at, or to no case."""
    return zlib.crc32((row.get("sags_id") or "").encode()) % 4 == 0


@needs_shared
def test_both_implementations_agree_on_a_shared_extract_in_every_table(tmp_path: Path) -> None:
    """Every fourth case of it; ``benchmarks/agreement.py`` compares them all."""
    extract_date, whole = warehouses.delivery(SHARED / "extracts" / "2026-09-30")
    tables = {name: [row for row in rows if is_kept(row)] for name, rows in whole.items()}
    assert 1_000 < len(tables["afsoningssager"]) < len(whole["afsoningssager"]) / 3
    target = tmp_path / "warehouse.duckdb"
    warehouses.build_from(tables, extract_date, target)
    assert differences(target, tables, extract_date) == []


def test_both_implementations_agree_on_a_delivery_by_chance_without_the_files_that_may_be_left_out(
    tmp_path: Path,
) -> None:
    as_of = date(2026, 9, 30)
    tables = random_delivery(1, as_of)
    for file in MAY_BE_LEFT_OUT:
        del tables[file]
    target = tmp_path / "warehouse.duckdb"
    warehouses.build_from(tables, as_of, target, extract_date=latest_day(tables, as_of))
    assert differences(target, tables, as_of) == []


@needs_shared
def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    extract_date, tables = warehouses.delivery(warehouses.BOUNDARIES)
    turned = {name: list(reversed(content)) for name, content in tables.items()}
    target = tmp_path / "warehouse.duckdb"
    compared = ("marts.fct_rule_outcome", "marts.fct_compliance", "marts.worklist", "marts.late_cases")
    warehouses.build_from(turned, extract_date, target, data_tests=False)
    with duckdb.connect(str(target), read_only=True) as connection:
        connection.execute(f"attach '{warehouses.boundaries(extract_date)}' as other (read_only)")
        for table in compared:
            for one, two in ((table, f"other.{table}"), (f"other.{table}", table)):
                assert connection.execute(f"select count(*) from (from {one} except from {two})").fetchall() == [(0,)]

"""The warehouse's figures, own rates and releases against the second implementation, row by row."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.rules import warehouses
from tests.rules.delivery_reader import Tables
from tests.rules.second_figures import Place, figures, placed
from tests.rules.second_implementation import RESTRICTED_RULES, judge_cases
from tests.rules.second_releases import releases, summary
from tests.shared_material import needs_shared

OPEN_END = date(9999, 12, 31)


def named(file: Path, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


@cache
def places(file: Path) -> dict[str, list[Place]]:
    """The regions and areas of the municipalities over time, which both sides take from the reference table."""
    found: dict[str, list[Place]] = defaultdict(list)
    for row in named(file, "select * from marts.dim_municipality order by code, valid_from"):
        last = None if row["valid_to"] == OPEN_END else row["valid_to"]
        found[row["code"]].append(Place(row["region_code"], row["area"], row["valid_from"], last))
    return dict(found)


def deliveries() -> list[Any]:
    return [
        pytest.param("demo", id="synthetic"),
        pytest.param("2026-06-15", id="boundaries-2026-06-15", marks=needs_shared),
        pytest.param("2026-09-30", id="boundaries-2026-09-30", marks=needs_shared),
    ]


def world(name: str) -> tuple[Path, Tables, date]:
    if name == "demo":
        extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
        return warehouses.demo(), tables, extract_date
    _, tables = warehouses.delivery(warehouses.BOUNDARIES)
    return warehouses.boundaries(date.fromisoformat(name)), tables, date.fromisoformat(name)


@pytest.mark.parametrize("name", deliveries())
def test_every_figure_and_own_rate_is_the_second_implementations(name: str) -> None:
    file, tables, as_of = world(name)
    own = named(file, "select * from marts.fct_compliance")
    second = figures(
        placed(judge_cases(tables, as_of), places(file)),
        as_of,
        units={(row["level"], row["unit_code"]) for row in own},
        rules={row["rule_id"] for row in own},
        restricted_rules=RESTRICTED_RULES,
    )
    with_own_rate_apart = 0
    for row in own:
        key = (row["level"], row["unit_code"], row["period_type"], row["period"], row["rule_id"])
        # A region that began later has no row for the periods before; the second implementation gives it empty ones.
        for column, value in second.pop(key).items():
            same = (
                math.isclose(row[column], value, abs_tol=1e-9)
                if isinstance(value, float) and row[column] is not None
                else row[column] == value
            )
            assert same, (key, column, row[column], value)
        with_own_rate_apart += row["rate"] != row["own_rate"]
    assert all(row["due"] == 0 for row in second.values())
    assert with_own_rate_apart > 50


@pytest.mark.parametrize("name", deliveries())
def test_every_release_is_described_as_in_the_second_implementation(name: str) -> None:
    file, tables, as_of = world(name)
    second = releases(tables, as_of, judge_cases(tables, as_of), places(file))
    own = {row["case_id"]: row for row in named(file, "select * from marts.fct_release")}
    assert len(own) == len(second) > 100
    for row in second:
        assert {column: own[row["case_id"]][column] for column in row} == row
    counted = {
        (row["level"], row["unit_code"], row["period_type"], row["period"], row["dimension"], row["value"]): {
            column: row[column] for column in ("releases", "with_core_due", "whole_releases", "core_due", "core_met")
        }
        for row in named(file, "select * from marts.fct_release_summary")
    }
    assert counted == summary(second, as_of)

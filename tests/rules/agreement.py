"""Where a warehouse and the second implementation say different things about one delivery.

Belongs here: reading each table of the stable interface and laying the second implementation's rows beside it.
Does not belong here: which deliveries are compared, and who is right.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.rules.second_figures import NATION, Place, Places, Unit, figures, placed
from tests.rules.second_implementation import (
    RESTRICTED_RULES,
    SENTENCE_RULES,
    SUPERVISION_RULES,
    judge_cases,
    judge_units,
)
from tests.rules.second_known_facts import Tables
from tests.rules.second_releases import releases, summary

EVERY_OUTCOME = "(from marts.fct_rule_outcome union all by name from restricted.fct_rule_outcome)"
KEY_OF_A_FIGURE = ("level", "unit_code", "period_type", "period", "rule_id")
KEY_OF_A_SUMMARY = ("level", "unit_code", "period_type", "period", "dimension", "value")
SHOWN_PER_COLUMN = 3
#: What a build that is only to be compared must make.
#: Of a build, the models alone: that the data tests hold of sound rows is seen where a whole warehouse is built.
WITHOUT_DATA_TESTS = ("--exclude-resource-type", "test")
WHAT_IS_COMPARED = (
    *("+fct_rule_outcome", "+restricted_fct_rule_outcome", "+fct_unit_rule", "+fct_compliance"),
    *("+fct_release", "+fct_release_summary", "+dim_municipality", "+dim_institution"),
    *WITHOUT_DATA_TESTS,
)

Key = tuple[Any, ...]
Rows = Mapping[Key, Mapping[str, Any]]


def differences(warehouse: Path, tables: Tables, as_of: date) -> list[str]:
    """Every column of every table in which the two differ, told with its count and some examples; empty when none do.

    `tables` are the sound rows of the delivery that the warehouse was built of, for that day and without mailings.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        reader = _Reader(connection)
        places = reader.places()
        outcomes = placed(judge_cases(tables, as_of), places)
        units = reader.units(places, as_of)
        released = releases(tables, as_of, outcomes, places)
        second_units = judge_units(tables, as_of, municipality_codes=places)
        second_figures = figures(
            outcomes,
            as_of,
            units=units,
            rules={*SENTENCE_RULES, *SUPERVISION_RULES},
            restricted_rules=RESTRICTED_RULES,
        )
        summed = reader.rows("marts.fct_release_summary", KEY_OF_A_SUMMARY)
        return [
            *_compared("fct_rule_outcome", reader.rows(EVERY_OUTCOME, ("case_id", "rule_id")), outcomes),
            *_compared("fct_unit_rule", reader.rows("marts.fct_unit_rule", ("unit", "rule_id")), second_units),
            *_differing("fct_compliance", reader.rows("marts.fct_compliance", KEY_OF_A_FIGURE), second_figures),
            *_compared("fct_release", reader.rows("marts.fct_release", ("case_id",)), released),
            *_differing("fct_release_summary", _with_releases(summed), summary(released, as_of)),
        ]


class _Reader:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, table: str, key: Collection[str]) -> dict[Key, dict[str, Any]]:
        """The rows of a table by key, each key once."""
        result = self.connection.execute(f"from {table}")
        names = [column[0] for column in result.description]
        found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        by_key = {tuple(row[name] for name in key): row for row in found}
        assert len(by_key) == len(found), f"{table} has more than one row for a key"
        return by_key

    def places(self) -> Places:
        """Region and area of every municipality over time, from the table that other programs read."""
        found: dict[str, list[Place]] = {}
        for row in self.rows("marts.dim_municipality", ("code", "valid_from")).values():
            place = Place(row["region_code"], row["area"], row["valid_from"], row["valid_to"])
            found.setdefault(row["code"], []).append(place)
        return found

    def units(self, places: Places, as_of: date) -> list[Unit]:
        """Every unit that there is or has been on a day."""
        begun = [place for each in places.values() for place in each if place.valid_from <= as_of]
        regions = {("region", place.region_code) for place in begun}
        areas = {("area", place.area) for place in begun}
        municipalities = {("municipality", code) for code in places}
        institutions = {("institution", code) for (code,) in self.rows("marts.dim_institution", ("institution_code",))}
        return [NATION, *sorted(areas | regions | municipalities | institutions)]


def _with_releases(summed: Rows) -> dict[Key, Mapping[str, Any]]:
    """The rows of a summary that hold a release: whether empty ones are there is not said."""
    return {key: row for key, row in summed.items() if row["releases"]}


def _compared(table: str, own: Rows, second: Iterable[Mapping[str, Any]]) -> list[str]:
    """The differences where the second implementation's rows hold their key themselves."""
    key = {"fct_rule_outcome": ("case_id", "rule_id"), "fct_unit_rule": ("unit", "rule_id")}.get(table, ("case_id",))
    return _differing(table, own, {tuple(row[name] for name in key): row for row in second})


def _differing(table: str, own: Rows, second: Rows) -> list[str]:
    told = []
    for which, keys in (("only in the warehouse", set(own) - set(second)), ("missing", set(second) - set(own))):
        if keys:
            told.append(f"{table}: {len(keys)} rows {which}, as {sorted(keys, key=str)[:SHOWN_PER_COLUMN]}")
    by_column: dict[str, list[str]] = {}
    for key, row in second.items():
        own_row = own.get(key)
        if own_row is None:
            continue
        for column, value in row.items():
            if column not in own_row:
                by_column.setdefault(column, []).append("no such column")
            elif own_row[column] is not value and not _same(own_row[column], value):
                by_column.setdefault(column, []).append(f"{key}: {own_row[column]} and not {value}")
    for column, examples in by_column.items():
        told.append(f"{table}.{column}: {len(examples)} differ, as {examples[:SHOWN_PER_COLUMN]}")
    return told


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other) and (one is None) == (other is None)

"""The worked examples beside the models, computed by the statements that dbt made of those models.

Of the third of a second that dbt takes over an example nearly all is its own and not the database's. What it does is
little: each input is a table of the columns that it has in a build, with the rows that the example gives, and what the
model's statement selects from them is compared with the rows that are expected, in the columns that the first of them
tells. Here the same is done with the statements of one recorded build (``recorded_build``).

Belongs here: reading the examples and computing them so. Does not belong here: what an example must be
(``test_worked_examples``, which also lets dbt itself compute a sample; ``benchmarks/whole_runs`` lets it compute all).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.layout import DBT_PROJECT
from tests.rules import recorded_build

MODELS = DBT_PROJECT / "models"
_FOUND = "warehouse.main.found"


@dataclass(frozen=True)
class Example:
    """A worked example: the model it stands beside, and what is written there."""

    model: str
    written: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, which no other example of the model has."""
        return str(self.written["name"])

    def __str__(self) -> str:
        """Return model and name."""
        return f"{self.model}.{self.name}"


@cache
def all_examples() -> tuple[Example, ...]:
    """Return the examples of all models."""
    found = []
    for file in sorted(MODELS.rglob("*.yml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
        found += [Example(file.stem, written) for written in content.get("unit_tests", ())]
    return tuple(found)


class Examples:
    """An empty warehouse with the columns of a recorded build, in which examples are computed one by one."""

    def __init__(self, recorded: Path) -> None:
        """Read the columns and the statements of the build that was recorded in this folder."""
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("attach ':memory:' as warehouse")
        self._connection.execute("set threads = 1")  # of a handful of rows there is nothing to share out
        self._connection.execute(f"attach '{recorded / 'warehouse.duckdb'}' as built (read_only)")
        self._columns: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in self._connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = 'built' and not internal order by all"
        ).fetchall():
            self._connection.execute(f"create schema if not exists warehouse.{schema}")
            self._columns.setdefault(f'{schema}."{table}"', {})[column] = kind
        self._connection.execute("detach built")
        made = [one for one in recorded_build.statements(recorded) if one.kind != "test"]
        self._relations = {one.node.rpartition(".")[2]: f'{one.schema}."{one.name}"' for one in made}
        self._selects = {one.node.rpartition(".")[2]: one.selects for one in made}

    def difference(self, example: Example, changed: Callable[[str], str] = str) -> list[tuple[Any, ...]]:
        """Return the rows that are found and not expected, or the other way round: none when the example holds.

        ``changed`` gives another text of the model's statement and of each text that the example gives, to see whether
        that is noticed. Raises duckdb.Error when the statement cannot be computed of what the example gives.
        """
        self._connection.execute("begin")
        try:
            for given in example.written["given"]:
                self._fill(self._relation(given["input"]), given, changed)
            self._connection.execute(f"create table {_FOUND} as {changed(self._selects[example.model])}")
            expected, told = self._expected(example.written["expect"])
            found = f"select {told} from {_FOUND}"
            both = f"(({found}) except all ({expected})) union all (({expected}) except all ({found}))"
            return self._connection.execute(both).fetchall()
        finally:
            self._connection.execute("rollback")

    def _relation(self, reference: str) -> str:
        """Return the relation that ``ref('model')`` or ``source('schema', 'table')`` stands for."""
        kind, _, names = reference.rstrip(")").partition("(")
        *schema, name = (part.strip(" '") for part in names.split(","))
        return self._relations[name] if kind == "ref" else f'{schema[0]}."{name}"'

    def _fill(self, relation: str, given: Mapping[str, Any], changed: Callable[[str], str]) -> None:
        rows = given.get("rows") or []
        if isinstance(rows, str):
            self._connection.execute(f"create table warehouse.{relation} as {rows}")
            return
        kinds = self._columns[relation]
        described = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
        self._connection.execute(f"create table warehouse.{relation} ({described})")
        if rows:
            given_rows = [
                {name: changed(one) if isinstance(one, str) else one for name, one in r.items()} for r in rows
            ]
            told = list(dict.fromkeys(name for row in given_rows for name in row))
            self._connection.execute(f"insert into warehouse.{relation} by name {_selected(given_rows, kinds, told)}")

    def _expected(self, expect: Mapping[str, Any]) -> tuple[str, str]:
        """Return what selects the expected rows, and the columns that they are compared in."""
        kinds = {name: kind for name, kind, *_ in self._connection.execute(f"describe {_FOUND}").fetchall()}
        rows = expect.get("rows") or []
        told = [*kinds] if isinstance(rows, str) or not rows else [*rows[0]]
        names = ", ".join(f'"{name}"' for name in told)
        if isinstance(rows, str):
            return f"select {names} from ({rows})", names
        return (_selected(rows, kinds, told) if rows else f"select {names} from {_FOUND} limit 0"), names


def _selected(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str], columns: list[str]) -> str:
    """Return a statement that selects these columns of the rows; a column that a row does not tell is null."""
    unknown = {name for row in rows for name in row} - kinds.keys()
    assert not unknown, f"no such columns: {sorted(unknown)}"
    told = ", ".join(f"({', '.join(_literal(row.get(name)) for name in columns)})" for row in rows)
    typed = ", ".join(f'cast("{name}" as {kinds[name]}) as "{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return f"select {typed} from (values {told}) as told ({names})"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    assert isinstance(value, str | bool | int | float | datetime.date), f"no example gives a {type(value).__name__}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "'" + text.replace("'", "''") + "'"

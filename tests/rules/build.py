"""A warehouse built from canonical text tables, for tests that judge rules without the rest of the main job.

Belongs here: loading tables as the main job does (docs/arkitektur.md), then dbt in this process. Does not belong here:
reading a delivery (``delivery_reader``) and any expectation of what comes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from pipelines.contract import contract
from pipelines.layout import DBT_PROJECT
from pipelines.warehouse import dbt_build

Tables = Mapping[str, Sequence[Mapping[str, str | None]]]


@dataclass(frozen=True)
class Smaller:
    """The smaller sources of a build, as rows in the order of their columns; empty in most tests."""

    mailing_ledger: Sequence[tuple[Any, ...]] = ()
    earlier_figures: Sequence[tuple[Any, ...]] = ()
    parameter_overrides: Sequence[tuple[Any, ...]] = ()
    corrections: Sequence[tuple[Any, ...]] = ()
    corrected_outcomes: Sequence[tuple[Any, ...]] = ()
    delivery_files: Sequence[tuple[Any, ...]] = ()
    delivery_faults: Sequence[tuple[Any, ...]] = ()


class BuildFailed(AssertionError):
    """A model could not be built or a data test did not hold; names the nodes."""


def build_warehouse(
    tables: Tables,
    as_of: date,
    target: Path,
    *,
    extract_date: date | None = None,
    batch_id: str | None = None,
    code_version: str = "test",
    smaller: Smaller = Smaller(),
    select: tuple[str, ...] = (),
) -> list[dbt_build.NodeResult]:
    """Load the tables into a new file ``target`` and build every model and data test in it; raises BuildFailed.

    The file's name must be ``warehouse.duckdb``, since its stem is the name of the catalog.
    """
    load(
        tables, as_of, target, extract_date=extract_date, batch_id=batch_id, code_version=code_version, smaller=smaller
    )
    results = dbt_build.build(target, target.parent, select=select)
    unsound = [f"{node.unique_id} {node.status} {node.failures}" for node in results if not node.is_sound]
    if unsound:
        raise BuildFailed("\n".join(unsound))
    return results


def load(
    tables: Tables,
    as_of: date,
    target: Path,
    *,
    extract_date: date | None = None,
    batch_id: str | None = None,
    code_version: str = "test",
    smaller: Smaller = Smaller(),
) -> None:
    """Write the file that dbt reads from: the delivery's rows as staged, and the run's own sources."""
    assert target.name == "warehouse.duckdb"
    target.parent.mkdir(parents=True, exist_ok=True)
    extracted = extract_date or as_of
    batch = batch_id or extracted.isoformat()
    with duckdb.connect(str(target)) as connection:
        for schema in ("raw", "restricted", "quarantine"):
            connection.execute(f"create schema {schema}")
        for schema, table, columns in _source_tables():
            described = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            connection.execute(f'create table {schema}."{table}" ({described})')
            rows = None
            if schema != "quarantine" and table in tables:
                rows = [_staged(row) for row in tables[table]]
            elif table == "samarbejdsaftaler_kontakter":
                rows = [_staged(row) for row in tables["samarbejdsaftaler"]]
            if rows:
                _fill(connection, f'{schema}."{table}"', columns, rows)
        connection.execute("alter table raw.run add column if not exists build_digest varchar")
        _insert(connection, "raw.run", [(batch, extracted, as_of, "klientsystem", False, code_version, "")])
        for name, values in vars(smaller).items():
            _insert(connection, f"raw.{name}", values)
        if not smaller.delivery_files:
            files = [(batch, contract().file(table).name, len(tables[table])) for table in tables]
            _insert(connection, "raw.delivery_files", [(*file, file[-1], 0) for file in files])


def _source_tables() -> Iterable[tuple[str, str, list[tuple[str, str]]]]:
    described = yaml.safe_load((DBT_PROJECT / "models" / "sources.yml").read_text(encoding="utf-8"))
    for source in described["sources"]:
        for table in source["tables"]:
            yield source["name"], table["name"], [(c["name"], c["data_type"]) for c in table["columns"]]


def _staged(row: Mapping[str, str | None]) -> dict[str, str | None]:
    staged = dict(row)
    if "cpr" in staged:
        staged["client_key"] = hashlib.sha256(str(staged.pop("cpr")).encode()).hexdigest()
    if "bolig_begrundelse" in staged:
        staged["bolig_begrundelse_findes"] = "J" if staged.pop("bolig_begrundelse") else None
    return staged


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Mapping[str, str | None]],
) -> None:
    arrays = {}
    for name, _ in columns:
        if name == "line":
            arrays[name] = pa.array(range(2, len(rows) + 2), pa.int64())
        else:
            arrays[name] = pa.array([row.get(name) or None for row in rows], pa.string())
    connection.register("rows_to_load", pa.table(arrays))
    connection.execute(f"insert into {table} by name select * from rows_to_load")
    connection.unregister("rows_to_load")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", [list(r) for r in rows])

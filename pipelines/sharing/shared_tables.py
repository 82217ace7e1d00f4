"""The tables that are shared, read from the warehouse's own catalogue: columns, types, comments, keys, rows.

Belongs here: what there is to share. Does not belong here: where it is written (``to_postgres``, ``to_parquet``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.layout import Output
from pipelines.warehouse import in_place

if TYPE_CHECKING:
    import duckdb

SCHEMAS = {
    "marts": "facts and dimensions, for analysis",
    "publish": "the tables that reports are made from, full figures",
    "semantic": "counts that can be added, and how each measure is worked out from them",
}
#: Holds outcomes that few may see; shared only when it is named.
RESTRICTED = {"restricted": "outcomes and marks that only few may see"}
#: What the warehouse keeps under ``restricted`` that is never shared: names of contacts.
_NEVER = {("restricted", "samarbejdsaftaler_kontakter")}
#: What a row is: the columns that no two rows of a table share. The writer lets the database hold it.
KEYS = {
    ("marts", "dim_area"): ("area", "valid_from"),
    ("marts", "dim_institution"): ("institution_code",),
    ("marts", "dim_municipality"): ("code", "valid_from"),
    ("marts", "dim_region"): ("region_code", "valid_from"),
    ("marts", "dim_rule"): ("rule_id", "version"),
    ("marts", "fct_compliance"): ("level", "unit_code", "period_type", "period", "rule_id"),
    ("marts", "fct_rule_outcome"): ("case_type", "case_id", "rule_id"),
    ("publish", "pub_compliance"): ("level", "unit_code", "period_type", "period", "rule_id"),
    ("semantic", "duty_counts"): ("quarter", "municipality_code", "rule_id"),
    ("semantic", "measures"): ("measure",),
    ("semantic", "release_counts"): ("quarter", "municipality_code"),
}
_BATCH = 20_000


@dataclass(frozen=True)
class SharedColumn:
    """One column: its name, DuckDB's name of its type, what it means (Danish)."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class SharedTable:
    """One table or view: where it is, what a row is, its columns and its key (empty: none is known)."""

    schema: str
    name: str
    comment: str
    columns: tuple[SharedColumn, ...]
    key: tuple[str, ...]


def tables(connection: duckdb.DuckDBPyConnection, schemas: Sequence[str]) -> list[SharedTable]:
    """Return every table of these schemas, with what the warehouse says of it, in the order of their names."""
    found = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables() where not internal and database_name = ? "
        "union all select schema_name, view_name, comment from duckdb_views() where not internal and database_name = ? "
        "order by 1, 2",
        ["warehouse"] * 2,
    ).fetchall()
    columns = connection.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where not internal and database_name = 'warehouse' order by schema_name, table_name, column_index"
    ).fetchall()
    wanted = [row for row in found if row[0] in schemas and (row[0], row[1]) not in _NEVER]
    return [
        SharedTable(
            schema,
            name,
            comment or "",
            tuple(
                SharedColumn(column, kind, text or "")
                for where, of, column, kind, text in columns
                if (where, of) == (schema, name)
            ),
            KEYS.get((schema, name), ()),
        )
        for schema, name, comment in wanted
    ]


def rows(connection: duckdb.DuckDBPyConnection, table: SharedTable) -> Iterator[list[tuple[Any, ...]]]:
    """Yield a table's rows, some thousand at a time."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    result = connection.execute(f'select {names} from "{table.schema}"."{table.name}"')
    while batch := result.fetchmany(_BATCH):
        yield batch


def opened(output: Output) -> duckdb.DuckDBPyConnection:
    """Open the warehouse; raises UserError when there is none. A run may replace it meanwhile: this one stays whole."""
    return in_place.open_read_only(output)

"""The boundary delivery built on Spark: the same outcomes, marts and published tables as on DuckDB, row for row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.layout import DBT_PROJECT
from pipelines.warehouse import spark_build
from pipelines.warehouse.dbt_build import NodeResult
from tests.rules import every_source, warehouses
from tests.rules.test_warehouse_outcomes import as_written, outcomes
from tests.second_engine import needs_spark, spark_here
from tests.shared_material import SHARED, needs_shared

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [needs_spark, needs_shared]

#: What analysts and pages read, and the outcomes that are restricted.
COMPARED = "schema_name in ('marts', 'publish', 'semantic', 'reference') or (schema_name, table_name) in " + (
    "(('restricted', 'fct_rule_outcome'), ('intermediate', 'int_rule_versions'), ('staging', 'stg_corrections'))"
)


@dataclass(frozen=True)
class Built:
    """The same rows on both engines: DuckDB's own file, and one with what Spark made, under the same names."""

    by_duckdb: Path
    by_spark: Path
    nodes: list[NodeResult]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("second-engine")
    by_duckdb, by_spark = folder / "warehouse.duckdb", folder / "spark.duckdb"
    extract_date, tables = warehouses.delivery(warehouses.BOUNDARIES)
    warehouses.build_from(
        tables, extract_date, by_duckdb, extract_date=extract_date, smaller=every_source.smaller(), data_tests=False
    )
    with spark_here(folder / "catalog") as spark:
        spark_build.load(spark, by_duckdb, folder / "sources")
        nodes = spark_build.build(folder, select=("--exclude", "test_type:generic", "source:*"))
        _fetch(spark, by_duckdb, by_spark)
    yield Built(by_duckdb, by_spark, nodes)


def relations(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The columns (name, type) of each relation that is compared, by schema and name."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = 'warehouse' and ({COMPARED}) order by schema_name, table_name, column_index"
    ).fetchall():
        found.setdefault((schema, table), []).append((column[0], column[1]))
    return found


def _fetch(spark: SparkSession, by_duckdb: Path, by_spark: Path) -> None:
    """Write what Spark has into a DuckDB file, in the types of DuckDB's own; a value that has no such form is an error.

    This is the one place where types are made alike: Spark has one text type and no unsigned numbers.
    """
    with duckdb.connect(str(by_duckdb), read_only=True) as connection:
        wanted = relations(connection)
    with duckdb.connect(str(by_spark)) as connection:
        for (schema, table), columns in wanted.items():
            rows = spark.table(f"{schema}.`{table}`").toArrow()
            assert rows.column_names == [name for name, _ in columns], f"{schema}.{table}"
            connection.register("rows_of_spark", rows)
            typed = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns)
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f'create table {schema}."{table}" as select {typed} from rows_of_spark')
            connection.unregister("rows_of_spark")


def test_every_seed_model_and_test_of_the_project_is_built_on_spark(built: Built) -> None:
    kinds = [node.unique_id.split(".")[0] for node in built.nodes]
    assert all(node.is_sound for node in built.nodes)
    models = list((DBT_PROJECT / "models").rglob("*.sql"))
    assert kinds.count("model") == len(models)
    assert kinds.count("test") == len(list((DBT_PROJECT / "tests").glob("*.sql")))


def test_the_rows_are_duckdbs_own_in_every_mart_and_published_table(built: Built) -> None:
    differing, compared = [], 0
    with duckdb.connect(str(built.by_duckdb), read_only=True) as connection:
        connection.execute(f"attach '{built.by_spark}' as spark (read_only)")
        wanted = relations(connection)
        for (schema, table), columns in wanted.items():
            # Square roots and quotients agree to the last digit or two of a double.
            values = ", ".join(f'round("{name}", 12)' if kind == "DOUBLE" else f'"{name}"' for name, kind in columns)
            own, other = (f'select {values} from {place}{schema}."{table}"' for place in ("", "spark."))
            for which, query in (
                ("only on DuckDB", f"({own}) except all ({other})"),
                ("only on Spark", f"({other}) except all ({own})"),
            ):
                rows = connection.execute(query).fetchall()
                if rows:
                    differing.append(f"{schema}.{table}: {len(rows)} rows {which}, as {rows[0]}")
            ((count,),) = connection.execute(f'select count(*) from {schema}."{table}"').fetchall()
            compared += count
    assert differing == []
    layers = [(DBT_PROJECT / "models" / layer).glob("*.sql") for layer in ("marts", "publish", "semantic")]
    models = {file.stem for layer in layers for file in layer}
    assert models - {table for _, table in wanted} == {"restricted_fct_rule_outcome"}
    assert ("restricted", "fct_rule_outcome") in wanted and compared > 100_000


def test_the_outcomes_on_spark_are_the_ones_that_are_expected(built: Built) -> None:
    examples = SHARED / "examples" / "boundaries_fair_expected_as_of_2026-09-30.csv"
    with examples.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    columns = [name for name in wanted[0] if name not in ("case_id", "rule_id")]
    found = outcomes(built.by_spark, columns)
    assert len(found) == len(wanted) > 10_000
    for row in wanted:
        own = [as_written(value) for value in found[row["case_id"], row["rule_id"]]]
        assert own == [row[name] for name in columns], row


def test_what_was_compared_holds_every_kind_of_correction_and_a_changed_number(built: Built) -> None:
    states = warehouses.rows(built.by_spark, "select distinct state from staging.stg_corrections order by 1")
    assert states == [("agrees",), ("counts",), ("source_changed",), ("superseded",)]
    changed = warehouses.rows(built.by_spark, "select rule_id, parameters from marts.dim_rule where is_overridden")
    assert sorted(changed) == [
        ("contact_sentence", '{"short_notice_days":28,"years":1,"days":28}'),
        ("release_advanced", '{"minimum_sentence_days":30,"last_weekday":3,"public_holidays_advance":false}'),
    ]
    assert len(warehouses.rows(built.by_spark, "from marts.fct_revision")) == 4

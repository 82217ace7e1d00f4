"""The four headline rules as the warehouse's models, beside the same as plain statements, in polars and in pandas.

Run by hand: ``python -m benchmarks.frames [--sentence-copies 17] [--supervision-copies 20]`` (about 100,000 and 80,000
cases). Each begins with the delivered rows as text in its own memory and ends with the same outcomes in its own memory;
the models alone make also what explains each outcome, and know versions of the law. Nothing is printed before the
outcomes are found equal in every column. The least of three runs counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars
import pyarrow as pa

from benchmarks import four_rules_in_pandas, four_rules_in_polars
from benchmarks.rules import load_delivery, multiply, wanted_copies
from pipelines.warehouse import dbt_build, parsed_project

RULES = ("contact_sentence", "contact_supervision", "housing_registered", "aid_decided")
#: What is compared of an outcome, and its type.
OUTCOME = {
    "case_id": "varchar",
    "case_type": "varchar",
    "rule_id": "varchar",
    "status": "varchar",
    "deadline": "date",
    "event_date": "date",
    "knowable_from": "date",
    "deadline_working_day": "date",
    "days_margin": "integer",
    "days_available": "integer",
    "short_notice": "boolean",
    "reason": "varchar",
    "responsible": "varchar",
    "could_act": "boolean",
    "event_after_release": "boolean",
    "municipality_code": "varchar",
    "region_code": "varchar",
    "area": "varchar",
    "institution_code": "varchar",
    "target_group": "varchar",
}
DELIVERED = (
    "afsoningssager",
    "loesladelsesdatoer",
    "handlekommuner",
    "tilsynssager",
    "kommunekontakter",
    "bolighaendelser",
    "engangshjaelp",
)
RUNS = 3


def main() -> None:
    """Make the delivery, compare the outcomes, and print the seconds."""
    arguments = wanted_copies(__doc__)
    with tempfile.TemporaryDirectory(prefix="god-loesladelse-") as name:
        folder = Path(name)
        file = folder / "dbt" / "warehouse.duckdb"
        as_of = load_delivery(folder / "landing", file)
        models = Models.built(file)
        cases = multiply(file, arguments.sentence_copies, arguments.supervision_copies)
        with duckdb.connect() as results:
            results.execute(f"attach '{file}' as built (read_only)")
            seconds = {
                "models": of_models(results, models),
                "plain statements": of_plain_statements(results, as_of),
                "polars": of_polars(results, as_of),
                "pandas": of_pandas(results, as_of),
            }
            for other in list(seconds)[1:]:
                assert_equal(results, "models", other)
    print(f"{cases[0]:,} sentence and {cases[1]:,} supervision cases; the same outcomes of {len(RULES)} rules")
    print(f"{'':20}{'wall, s':>10}{'processor, s':>14}{'wall, times the models':>25}")
    for what, (wall, processor) in seconds.items():
        print(f"{what:20}{wall:10.2f}{processor:14.2f}{wall / seconds['models'][0]:25.2f}")


@dataclass(frozen=True)
class Models:
    """The four rules' models and what they need, as dbt compiled them: kind, place and statement, in dbt's order.

    ``others`` are the rules that stand empty beside them, so that the model of all outcomes is the program's own.
    """

    statements: list[tuple[str, str, str]]
    others: list[str]

    @classmethod
    def built(cls, file: Path) -> Models:
        """Build the outcomes once through dbt, and keep the statements that the four rules need."""
        project = parsed_project.load()
        results = dbt_build.build(
            file, file.parent, project=project, select=("+fct_rule_outcome", "--exclude-resource-type", "test")
        )
        assert all(node.is_sound for node in results)
        nodes = project.manifest().nodes
        others = {
            name
            for name, node in nodes.items()
            if node.name.startswith("rule_") and node.name.removeprefix("rule_") not in RULES
        }
        needed: set[str] = set()
        waiting = {"model.god_loesladelse.fct_rule_outcome"}
        while waiting:
            name = waiting.pop()
            needed.add(name)
            above = {parent for parent in nodes[name].depends_on.nodes if parent.startswith("model.")}
            waiting |= above - others - needed
        compiled = {path.stem: path for path in (file.parent / "dbt" / "compiled").rglob("models/**/*.sql")}
        found = [nodes[node.unique_id] for node in results if node.unique_id.startswith("model.")]
        return cls(
            [
                (node.config.materialized, f"{node.schema}.{node.name}", compiled[node.name].read_text("utf-8"))
                for node in found
                if node.unique_id in needed
            ],
            [f"{node.schema}.{node.name}" for node in found if node.unique_id in others],
        )


def assert_equal(results: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    """Raise AssertionError with a few rows when two tables of outcomes differ anywhere."""
    for first, second in ((one, other), (other, one)):
        rows = results.execute(f'from "{first}" except all from "{second}" order by all limit 5').fetchall()
        assert not rows, f"in {first}, not in {second}: {rows}"


def least(run: Callable[[Any], Any], prepared: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Run on something prepared anew each time; returns the least wall and processor seconds, and what came last."""
    seconds = []
    for _ in range(RUNS):
        material = prepared()
        begun = time.perf_counter(), time.process_time()
        found = run(material)
        seconds.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    return min(seconds), found


# ---- DuckDB ---------------------------------------------------------------------------------------------------------


def of_models(results: duckdb.DuckDBPyConnection, models: Models) -> tuple[float, float]:
    """Time the models and keep their outcomes."""

    def run(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        for kind, place, statement in models.statements:
            connection.execute(f"create {kind} {place} as {statement}")
        return connection

    def prepared() -> duckdb.DuckDBPyConnection:
        connection = in_memory(results)
        for place in models.others:
            connection.execute(f"create table {place} as from built.{place} limit 0")
        return connection

    seconds, connection = least(run, prepared)
    keep(results, "models", connection.sql("from marts.fct_rule_outcome").to_arrow_table())
    return seconds


def of_plain_statements(results: duckdb.DuckDBPyConnection, as_of: date) -> tuple[float, float]:
    """Time the plain statements and keep their outcomes."""
    statements = Path(__file__).with_name("four_rules_in_full.sql").read_text(encoding="utf-8")

    def prepared() -> duckdb.DuckDBPyConnection:
        connection = in_memory(results)
        connection.execute("create table marts.dim_municipality as from built.marts.dim_municipality")
        connection.execute(f"create table today as select date '{as_of}' as as_of")
        return connection

    seconds, connection = least(lambda connection: connection.execute(statements), prepared)
    keep(results, "plain statements", connection.sql("from outcomes").to_arrow_table())
    return seconds


def in_memory(results: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a database in memory that has what the models read, under the name that dbt compiled them for."""
    file = results.execute("select path from duckdb_databases() where database_name = 'built'").fetchall()[0][0]
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse")
    connection.execute(f"attach '{file}' as built (read_only)")
    connection.execute("use warehouse")
    for schema in ("raw", "reference", "staging", "intermediate", "rules", "marts"):
        connection.execute(f"create schema {schema}")
    places = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'built' "
        "and schema_name in ('raw', 'reference')"
    ).fetchall()
    for schema, table in places:
        connection.execute(f"create table {schema}.{table} as from built.{schema}.{table}")
    return connection


# ---- frames ---------------------------------------------------------------------------------------------------------


def of_polars(results: duckdb.DuckDBPyConnection, as_of: date) -> tuple[float, float]:
    """Time polars and keep its outcomes."""
    tables = {name: polars.from_arrow(rows).lazy() for name, rows in read_by_frames(results).items()}
    seconds, found = least(lambda it: four_rules_in_polars.outcomes(it, as_of), lambda: tables)
    keep(results, "polars", found.to_arrow())
    return seconds


def of_pandas(results: duckdb.DuckDBPyConnection, as_of: date) -> tuple[float, float]:
    """Time pandas and keep its outcomes."""
    text = pd.StringDtype(na_value=float("nan"))
    tables = {
        name: rows.to_pandas(types_mapper={pa.string(): text}.get) for name, rows in read_by_frames(results).items()
    }
    seconds, found = least(
        lambda it: four_rules_in_pandas.outcomes(it, pd.Timestamp(as_of).as_unit("us")), lambda: tables
    )
    keep(results, "pandas", found)
    return seconds


def read_by_frames(results: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """Return each table that is handed to a library of frames: all of it text, as delivered."""
    reference = {"memberships": "marts.dim_municipality", "holidays": "reference.holidays"}
    places = {name: f"raw.{name}" for name in DELIVERED} | reference
    return {
        name: results.sql(f"select columns(*)::varchar from built.{place}").to_arrow_table()
        for name, place in places.items()
    }


def keep(results: duckdb.DuckDBPyConnection, name: str, outcomes: Any) -> None:
    """Keep outcomes of the four rules as a table of the compared columns; an empty text is none."""
    columns = ", ".join(
        f"nullif({column}, '') as {column}" if kind == "varchar" else f"{column}::{kind} as {column}"
        for column, kind in OUTCOME.items()
    )
    results.register("outcomes", outcomes)
    results.execute(f'create table "{name}" as select {columns} from outcomes')
    results.unregister("outcomes")


if __name__ == "__main__":
    main()

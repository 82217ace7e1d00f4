"""What the rules cost over a large delivery: through dbt, and the same statements alone in one connection.

Run by hand: ``python -m benchmarks.rules [--copies 20]``. A synthetic delivery of 6,000 sentence and 4,000 supervision
cases is multiplied inside the database (17 and 20 times by default: about 100,000 and 80,000 cases). Printed side by
side: the sum of the models' execution times in dbt, and of the same statements run one after the other.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.warehouse import dbt_build, parsed_project
from tests.rules import build, delivery_reader

#: Everything between the delivered rows and the outcomes.
SELECTED = ("+fct_rule_outcome", "+restricted_fct_rule_outcome")


def main() -> None:
    """Build once through dbt, run the same statements once without it, and print both."""
    arguments = wanted_copies(__doc__)
    with tempfile.TemporaryDirectory(prefix="god-loesladelse-") as name:
        folder = Path(name)
        through_dbt = folder / "dbt" / "warehouse.duckdb"
        load_delivery(folder / "landing", through_dbt)
        cases = multiply(through_dbt, arguments.sentence_copies, arguments.supervision_copies)
        print(f"{cases[0]:,} sentence and {cases[1]:,} supervision cases")
        parsed_project.load()
        started = time.perf_counter()
        results = dbt_build.build(
            through_dbt, through_dbt.parent, select=(*SELECTED, "--exclude-resource-type", "test")
        )
        wall = time.perf_counter() - started
        models = [node for node in results if node.unique_id.startswith("model.")]
        assert all(node.is_sound for node in results)
        in_dbt = sum(node.seconds for node in models)
        alone = run_alone(through_dbt, folder / "alone" / "warehouse.duckdb", [node.unique_id for node in models])
    print(f"{'models':40}{len(models):10}")
    print(f"{'sum of their execution times in dbt':40}{in_dbt:10.2f} s   (wall clock of the build {wall:.2f} s)")
    print(f"{'the same statements in one connection':40}{alone:10.2f} s")
    print(f"{'ratio':40}{in_dbt / alone:10.2f}")


def wanted_copies(about: str | None) -> argparse.Namespace:
    """Return how often each kind of case is copied, as the command line says."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--sentence-copies", type=int, default=17)
    parser.add_argument("--supervision-copies", type=int, default=20)
    return parser.parse_args()


def load_delivery(landing: Path, file: Path) -> date:
    """Make a synthetic delivery and load it into a new warehouse; returns its day."""
    delivery = write_synthetic_delivery(landing, sentence_cases=6000, supervision_cases=4000)
    extract_date, tables = delivery_reader.read_delivery(delivery, set_aside=[])
    build.load(tables, extract_date, file)
    return extract_date


def multiply(file: Path, sentence_copies: int, supervision_copies: int) -> tuple[int, int]:
    """Copy every case with all its rows under other numbers; returns how many cases there are of each kind."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create temp table copies as select sags_id, range as copy from raw.afsoningssager, range(?) "
            "union all select sags_id, range as copy from raw.tilsynssager, range(?)",
            [sentence_copies, supervision_copies],
        )
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_columns() where column_name = 'sags_id' "
            "and schema_name in ('raw', 'restricted')"
        ).fetchall():
            keys = [
                row[0]
                for row in connection.execute(
                    "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
                    "and column_name in ('kontakt_id', 'haendelse_id', 'opskrivning_id', 'ansoegning_id', "
                    "'moede_id', 'mentor_id')",
                    [schema, table],
                ).fetchall()
            ]
            renamed = ", ".join(f"delivered.{key} || '-' || copy as {key}" for key in ("sags_id", *keys))
            connection.execute(
                f"create or replace table {schema}.{table} as select delivered.* replace ({renamed}) "
                f"from {schema}.{table} as delivered inner join copies on delivered.sags_id = copies.sags_id"
            )
        counts = [
            int(connection.execute(f"select count(*) from raw.{table}").fetchall()[0][0])
            for table in ("afsoningssager", "tilsynssager")
        ]
    return counts[0], counts[1]


def run_alone(built: Path, target: Path, models: list[str]) -> float:
    """Run what dbt compiled, in the order dbt ran it, over the same delivered rows; returns the seconds."""
    compiled = built.parent / "dbt" / "compiled" / "god_loesladelse" / "models"
    statements = {file.stem: file.read_text(encoding="utf-8") for file in compiled.rglob("*.sql")}
    target.parent.mkdir()
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{built}' as built (read_only)")
        for schema in ("raw", "restricted", "reference", "staging", "intermediate", "rules", "marts"):
            connection.execute(f"create schema {schema}")
        places = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built' "
            "and (schema_name in ('raw', 'reference') or (schema_name, table_name) = ('restricted', 'infohus'))"
        ).fetchall()
        for schema, table in places:
            connection.execute(f'create table {schema}."{table}" as from built.{schema}."{table}"')
        kinds = {
            row[1]: row
            for row in connection.execute(
                "select schema_name, view_name, 'view' from duckdb_views() "
                "where database_name = 'built' and not internal "
                "union all select schema_name, table_name, 'table' from duckdb_tables() where database_name = 'built'"
            ).fetchall()
        }
        connection.execute("detach built")
        started = time.perf_counter()
        for unique_id in models:
            model = unique_id.split(".")[-1]
            if model == "restricted_fct_rule_outcome":
                schema, name, kind = "restricted", "fct_rule_outcome", "table"
            else:
                schema, name, kind = kinds[model] if model != "fct_rule_outcome" else ("marts", model, "table")
            connection.execute(f"create {kind} {schema}.{name} as {statements[model]}")
        return time.perf_counter() - started


if __name__ == "__main__":
    main()

"""The warehouse built on the second engine: the same dbt project, on Spark.

Belongs here: giving Spark the rows that dbt reads, and the build there. Does not belong here: what Spark's SQL is
called (``dbt_project/macros/dialects``), which cluster it is (Spark's own ``spark-defaults.conf``), the build that the
program publishes from (``build``, which is DuckDB's). What is installed for it is the extra ``spark``.

Started as ``python -m pipelines.warehouse.spark_build WAREHOUSE FOLDER``: the sources are those of a warehouse that is
built, so both engines judge the same rows.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.durable_files import make_folder, protect
from pipelines.errors import UserError
from pipelines.warehouse import parsed_project
from pipelines.warehouse.dbt_build import NodeResult
from pipelines.warehouse.dbt_command import invoke

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: What the sources' columns are called by Spark, where it has another word.
_SPARK_TYPES = {"varchar": "string"}
#: The rows were judged when they were received, by tests that are written for DuckDB.
_BUILD = ("build", "--target", "spark", "--exclude-resource-type", "unit_test", "--exclude", "source:*")


def session(settings: Mapping[str, str] | None = None) -> SparkSession:
    """Return the session that dbt takes up too: by Spark's own settings, then these.

    Raises UserError when Spark or Java is not installed.
    """
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise UserError("Spark er ikke installeret. Kør: pip install -r requirements-spark.lock") from None
    builder = SparkSession.builder.appName("god-loesladelse").config("spark.sql.session.timeZone", "UTC")
    for name, value in (settings or {}).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError:
        raise UserError("Spark kan ikke starte. Er Java 17 eller 21 installeret, og peger JAVA_HOME på den?") from None


def sources() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return the columns (name, type) of each source that a model reads, by schema and table; no other is given."""
    from dbt.contracts.graph.nodes import ModelNode

    manifest = parsed_project.load().manifest()
    models = [node for node in manifest.nodes.values() if isinstance(node, ModelNode)]
    wanted = {name for node in models for name in node.depends_on.nodes if name in manifest.sources}
    described = [manifest.sources[name] for name in sorted(wanted)]
    return {
        (one.schema, one.name): [(column.name, str(column.data_type)) for column in one.columns.values()]
        for one in described
    }


def load(spark: SparkSession, warehouse: Path, files: Path) -> None:
    """Write each source of a built warehouse as a Parquet file and make it a table in Spark's catalog.

    The tables are read from the folder ``files``, which the whole cluster must see and which is emptied first.
    """
    import duckdb

    shutil.rmtree(files, ignore_errors=True)
    make_folder(files)
    wanted = sources()
    for schema in sorted({schema for schema, _ in wanted}):
        spark.sql(f"create schema if not exists {schema}")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for (schema, table), columns in wanted.items():
            folder = make_folder(files / f"{schema}.{table}")
            file = folder / "rows.parquet"
            names = ", ".join(f'"{name}"' for name, _ in columns)
            target = str(file).replace("'", "''")
            connection.execute(f"copy (select {names} from {schema}.\"{table}\") to '{target}' (format parquet)")
            protect(file)
            typed = ", ".join(f"`{name}` {_SPARK_TYPES.get(kind, kind)}" for name, kind in columns)
            spark.sql(f"drop table if exists {schema}.`{table}`")
            location = folder.resolve().as_uri()
            spark.sql(f"create table {schema}.`{table}` ({typed}) using parquet location '{location}'")


def build(work: Path, *, select: tuple[str, ...] = ()) -> list[NodeResult]:
    """Build seeds, models and the tests of the models in Spark's catalog; returns one result per node.

    ``select`` are further words for dbt. Raises UserError when a node fails; it names at most five of them.
    """
    project = parsed_project.load().folder
    arguments = [*_BUILD, *select, "--no-write-json", "--target-path", str(work / "dbt")]
    results = [
        NodeResult(one.node.unique_id, str(one.status), int(one.failures or 0), float(one.execution_time))
        for one in invoke(arguments, project, work / "warehouse.duckdb", manifest=None).results
    ]
    unsound = [node for node in results if not node.is_sound and node.status != "skipped"]
    if unsound:
        names = ", ".join(f"{node.unique_id.split('.')[2][:80]} ({node.failures})" for node in unsound[:5])
        raise UserError(f"Spark kunne ikke bygge: {len(unsound)} trin eller kontroller fejlede: {names}.")
    return results


def main(arguments: list[str]) -> int:
    """Load and build; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.warehouse.spark_build", description="Byg på Spark")
    parser.add_argument("warehouse", type=Path, help="warehouse.duckdb, som kilderne tages fra")
    parser.add_argument("folder", type=Path, help="mappe, som hele klyngen kan læse; kildernes rækker lægges her")
    given = parser.parse_args(arguments)
    try:
        if not given.warehouse.is_file():
            raise UserError(f"{given.warehouse} findes ikke. Angiv warehouse.duckdb fra en kørsels mappe.")
        spark = session()
        try:
            load(spark, given.warehouse, given.folder / "sources")
            built = build(given.folder)
        finally:
            spark.stop()
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(built)} trin er bygget og kontrolleret i Sparks katalog.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

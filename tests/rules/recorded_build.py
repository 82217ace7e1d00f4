"""The statements of one build by dbt, written down and executed again over other rows.

Of a small build nine tenths of the time is dbt's own and not the database's, and of a project that does not change
the statements are the same whatever the rows are. Tests that only change the rows therefore execute what dbt executed.

Belongs here: writing the statements down and executing them. Does not belong here: tests of the project itself or of a
changed one, which ask dbt. That both ways give the same is a test of its own (``test_recorded_build``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.warehouse import dbt_command, parsed_project

_STATEMENTS = "statements.json"


class Statement(NamedTuple):
    """A node of the build: dbt's unique id, its kind (seed, table, view, test), schema and name of its relation, what
    it selects, and the statement that was executed (of a seed none).
    """

    node: str
    kind: str
    schema: str
    name: str
    selects: str
    executed: str


def record(build_file: Path, work: Path) -> None:
    """Let dbt build everything into the file, and write down each statement in the order that they were executed."""
    project = parsed_project.load()
    arguments = ["build", "--exclude-resource-type", "unit_test", "--target-path", str(work / "dbt")]
    results = dbt_command.invoke(arguments, project.folder, build_file, manifest=project.manifest()).results
    made = []
    for result in results:
        assert result.status in ("success", "pass"), f"{result.node.unique_id} {result.status}"
        made.append(Statement(result.node.unique_id, *_of(result.node, work / "dbt" / "run")))
    (work / _STATEMENTS).write_text(json.dumps(made), encoding="utf-8")


def _of(node: Any, executed: Path) -> tuple[str, str, str, str, str]:
    kind = str(node.resource_type)
    if kind == "seed":
        return kind, node.schema, node.alias, "", ""
    if kind == "test":
        return kind, "", node.alias, node.compiled_code, f"select count(*) from ({node.compiled_code})"
    file = executed / node.package_name / node.original_file_path
    return node.config.materialized, node.schema, node.alias, node.compiled_code, file.read_text(encoding="utf-8")


def execute(recorded: Path, target: Path, *, data_tests: bool) -> list[str]:
    """Build everything in a file that the sources are loaded into; return the data tests that do not hold.

    ``recorded`` is the folder that was recorded in, with the warehouse that dbt built there.
    """
    made = statements(recorded)
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{recorded / 'warehouse.duckdb'}' as recorded (read_only)")
        for schema in dict.fromkeys(one.schema for one in made if one.schema):
            connection.execute(f"create schema if not exists {schema}")
        for one in made:
            if one.kind == "seed":
                name = f'{one.schema}."{one.name}"'
                connection.execute(f"create table {name} as from recorded.{name}")
            elif one.kind != "test":
                connection.execute(one.executed)
    return broken_tests(target, [one for one in made if one.kind == "test"]) if data_tests else []


def statements(recorded: Path) -> list[Statement]:
    """Return what was recorded in a folder, in the order of its execution."""
    return [Statement(*one) for one in json.loads((recorded / _STATEMENTS).read_text(encoding="utf-8"))]


def broken_tests(file: Path, tests: Iterable[Statement]) -> list[str]:
    """Return the data tests that do not hold in a warehouse, by dbt's unique id."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return [one.node for one in tests if connection.execute(one.executed).fetchall() != [(0,)]]

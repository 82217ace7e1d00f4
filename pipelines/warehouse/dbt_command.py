"""One dbt command inside this process, with nothing of what dbt says or is told elsewhere.

Belongs here: the invocation and its surroundings. Does not belong here: which command (``parsed_project``,
``dbt_build``).

dbt's own messages quote the statement and the value that failed, so nothing of them passes through here: a failure is
the node's name and its number of failing rows.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UserError

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

#: The one environment variable of the dbt profile: the warehouse file to build in.
BUILD_FILE_VARIABLE = "GOD_LOESLADELSE_BUILD"


def invoke(arguments: list[str], project: Path, build_file: Path, *, manifest: Manifest | None) -> Any:
    """Run one dbt command on the project in this folder and return its result; nothing dbt says gets out."""
    from dbt.cli.main import dbtRunner

    common = ["--project-dir", str(project), "--profiles-dir", str(project), "--quiet"]
    common += ["--log-level-file", "none", "--no-use-colors"]
    with _environment(build_file), _database_closed_afterwards(), contextlib.redirect_stdout(io.StringIO()):
        outcome = dbtRunner(manifest=manifest).invoke([*arguments, *common])
    if outcome.result is None:
        raise UserError(f"dbt kunne ikke køre ({type(outcome.exception).__name__}). Programmet selv er beskadiget.")
    return outcome.result


@contextlib.contextmanager
def _database_closed_afterwards() -> Iterator[None]:
    """Close the one database that the nodes share: left open, it would keep the file locked for the rename after."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    try:
        yield
    finally:
        database = DuckDBConnectionManager._ENV
        if database is not None:
            database.close()  # type: ignore[attr-defined]
        DuckDBConnectionManager.close_all_connections()


@contextlib.contextmanager
def _environment(build_file: Path) -> Iterator[None]:
    """Tell dbt the file; what the account has set for its own dbt commands (DBT_EMPTY, DBT_DEFER ...) is out of it."""
    before = dict(os.environ)
    folder = Path.cwd()
    for name in before:
        if name.startswith("DBT_"):
            del os.environ[name]
    os.environ[BUILD_FILE_VARIABLE] = str(build_file)
    try:
        yield
    finally:
        os.chdir(folder)  # dbt moves to its project's folder and stays there
        os.environ.pop(BUILD_FILE_VARIABLE, None)
        os.environ.update({name: value for name, value in before.items() if name.startswith("DBT_")})
        if BUILD_FILE_VARIABLE in before:
            os.environ[BUILD_FILE_VARIABLE] = before[BUILD_FILE_VARIABLE]

"""Shared tables as Parquet files: a folder a schema, and ``tables.json`` with comments and keys.

Belongs here: writing the folder beside the old one and letting it take its place. Does not belong here: which tables
(``shared_tables``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.durable_files import make_folder, protect, write_json
from pipelines.errors import UserError
from pipelines.locks import remove_tree
from pipelines.sharing.shared_tables import SharedTable

if TYPE_CHECKING:
    import duckdb

DESCRIPTION = "tables.json"


def write(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[SharedTable], folder: Path, facts: dict[str, Any]
) -> dict[str, int]:
    """Write the tables below a folder; returns the rows of each (``schema.table``).

    A folder that an earlier export made is replaced whole; any other that is not empty is left alone (UserError).
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not is_export(folder))):
        raise UserError(f"{folder} findes og er ingen eksport herfra. Vælg en tom eller ny mappe efter --parquet.")
    unfinished = folder.with_name(f".{folder.name}.ufaerdig")
    if unfinished.exists():
        remove_tree(unfinished)
    make_folder(unfinished)
    counts = {}
    try:
        for table in tables:
            place = make_folder(unfinished / table.schema) / f"{table.name}.parquet"
            path = str(place).replace("'", "''")
            connection.execute(f'copy "{table.schema}"."{table.name}" to \'{path}\' (format parquet)')
            protect(place)
            counts[f"{table.schema}.{table.name}"] = connection.execute(
                "select count(*) from read_parquet(?)", [str(place)]
            ).fetchall()[0][0]
        described = [asdict(table) | {"rows": counts[f"{table.schema}.{table.name}"]} for table in tables]
        write_json(unfinished / DESCRIPTION, {**facts, "tables": described})
        if folder.exists():
            aside = folder.with_name(f".{folder.name}.tidligere")
            if aside.exists():
                remove_tree(aside)
            folder.rename(aside)
            unfinished.rename(folder)
            remove_tree(aside)
        else:
            unfinished.rename(folder)
    finally:
        if unfinished.exists():
            remove_tree(unfinished)
    return counts


def is_export(folder: Path) -> bool:
    """Whether a folder was made by an export."""
    try:
        return "tables" in json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False

"""What goes into a release: pages and documents of the three editions, the protected figures, and their proof.

Belongs here: bringing the warehouse, disclosure control and the renderer together in one release folder. Does not
belong here: any of those three, and the pointer (``releases``).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import releases, warehouse
from pipelines.code_version import code_version
from pipelines.layout import Output

if TYPE_CHECKING:
    import duckdb

    from pipelines.main_job import Run

#: What later builds and releases need of this one; part of the restricted edition.
GROUNDS = Path("direktorat") / "grundlag"


def publish(run: Run) -> releases.Release:
    """Render, audit and publish one release of the warehouse in place."""
    from reports.data import load
    from reports.release import render

    assert run.inputs is not None
    inputs = run.inputs
    progress = run.progress

    def write(folder: Path, release_id: str, number: int) -> dict[str, Any]:
        with warehouse.open_read_only(run.output) as connection:
            data = load(connection)
            progress.stage("Skriver rapporter")
            result = render(data, None, folder / "sider", progress=lambda done, total: progress.step(f"{done} af {total}"))
            for part in sorted((folder / "sider").iterdir()):
                part.rename(folder / part.name)
            (folder / "sider").rmdir()
            keep_figures(connection, folder / GROUNDS, release_id, number)
            rules = rule_versions(connection)
        progress.finish(f"{result.unit_pages} sider")
        return {"rule_versions": rules}

    return releases.publish(run.output, inputs.as_of, description(inputs), write)


def description(inputs: warehouse.Inputs) -> dict[str, Any]:
    """Return what ``release.json`` says of the grounds: batch, received files with their sums, code, digest."""
    receipt = inputs.batch.receipt
    return {
        "batch_id": inputs.batch.batch_id,
        "is_synthetic": inputs.batch.is_synthetic,
        "inputs": [{"file": file["file"], "sha256": file["sha256"]} for file in receipt["files"]],
        "manifest_sha256": inputs.batch.manifest_sha256,
        "code_version": code_version(),
        "build_digest": inputs.digest,
    }


def rule_versions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return every rule version the figures rest on."""
    rows = connection.execute(
        "select rule_id, valid_from, valid_to, parameters from marts.dim_rule order by rule_id, valid_from nulls first"
    ).fetchall()
    names = ("rule_id", "valid_from", "valid_to", "parameters")
    return [dict(zip(names, (str(value) if value is not None else None for value in row))) for row in rows]


def keep_figures(connection: duckdb.DuckDBPyConnection, folder: Path, release_id: str, number: int) -> None:
    """Keep this release's figures, from which later releases make their revision table."""
    folder.mkdir(parents=True, exist_ok=True)
    target = str(folder / "figures.parquet").replace("'", "''")
    connection.execute(
        f"copy (select '{release_id}' as release_id, {number}::integer as release_number, figures.* "
        f"from publish.pub_figures as figures order by all) to '{target}' (format parquet, compression zstd)"
    )

"""A judged delivery as parquet files: loaded rows and rows in quarantine, a table per file of the contract.

Belongs here: writing, checking and reading ``<output>/staged/<batch>/``. Does not belong here: judging. Everything here
can be made again from the archive, so a folder that is not whole is simply made anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.contract import File, contract
from pipelines.durable_files import make_folder, protect, sum_of, write_json
from pipelines.judging.quarantine import JudgedFile

DESCRIPTION = "staged.json"
QUARANTINE_COLUMNS = ("batch_id", "file", "line", "reason", "column", "row_masked")


def write(folder: Path, batch_id: str, judged: Sequence[JudgedFile]) -> None:
    """Write both kinds of rows of every file; the description comes with ``finish``."""
    import pyarrow
    from pyarrow import parquet

    text, whole = pyarrow.string(), pyarrow.int64()

    def write_table(kind: str, table: str, names: Sequence[str], columns: Sequence[Any], types: Sequence[Any]) -> None:
        arrays = [pyarrow.array(values, type=kind) for values, kind in zip(columns, types, strict=True)]
        file = make_folder(folder / kind) / f"{table}.parquet"
        parquet.write_table(
            pyarrow.Table.from_arrays(arrays, names=list(names)), file, compression="zstd", compression_level=1
        )
        protect(file)

    for part in judged:
        names = [*part.file.stored_names, "line"]
        columns = [part.loaded_column(name) for name in part.file.stored_names]
        write_table(
            "loaded", part.file.table, names, [*columns, part.loaded_lines()], [*[text] * (len(names) - 1), whole]
        )
        rows = [
            (batch_id, part.file.name, line, fault.reason, fault.column, row) for line, fault, row in part.quarantined()
        ]
        transposed = list(zip(*rows, strict=True)) or [()] * len(QUARANTINE_COLUMNS)
        write_table(
            "quarantine", part.file.table, QUARANTINE_COLUMNS, transposed, [text, text, whole, text, text, text]
        )


def finish(folder: Path, batch_id: str, key_id: str) -> None:
    """Describe the folder: with which key and contract it was made, and the checksum of each file."""
    files = {str(file.relative_to(folder)): sum_of(file) for file in sorted(folder.glob("*/*.parquet"))}
    description = {"batch_id": batch_id, "key_id": key_id, "contract_version": contract().version, "files": files}
    write_json(folder / DESCRIPTION, description)


def is_whole(folder: Path, key_id: str | None) -> bool:
    """Tell whether the folder is sound, and made with this key and today's contract."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        return (
            description["key_id"] == key_id
            and description["contract_version"] == contract().version
            and all(sum_of(folder / name) == checksum for name, checksum in description["files"].items())
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def frames(folder: Path, files: Sequence[File] | None = None) -> dict[str, Any]:
    """Return every row of each file as a pandas frame, loaded and quarantined, with a column ``reason``.

    A quarantined row has its canonical values; one that is invalid has what may be shown of it.
    """
    import pandas
    from pyarrow import parquet

    result = {}
    for file in files or contract().files:
        if not (folder / "loaded" / f"{file.table}.parquet").exists():
            continue
        loaded = parquet.read_table(folder / "loaded" / f"{file.table}.parquet").to_pandas()
        loaded["reason"] = None
        held = parquet.read_table(folder / "quarantine" / f"{file.table}.parquet").to_pylist()
        if held:
            rows = [{**json.loads(row["row_masked"]), "line": row["line"], "reason": row["reason"]} for row in held]
            loaded = pandas.concat([loaded, pandas.DataFrame(rows, columns=loaded.columns)], ignore_index=True)
        result[file.table] = loaded
    return result

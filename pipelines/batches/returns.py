"""Rows in quarantine written for whoever sent them, as csv and as a workbook, with personal values hidden.

Belongs here: one pair of files per sender, ready to be sent back. Does not belong here: sending, and judging rows.

A sender is the institution whose case a row belongs to, where that is known, else the source system. The line number
and the case's number let the sender find the row; what was wrong is said in words.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines import audit_trail, durable_files
from pipelines.batches import batch_rows
from pipelines.contract import File, contract
from pipelines.judging.quarantine import MASKED
from pipelines.layout import Output
from pipelines.table_files import harmless, new_workbook

_LEADING = ("fil", "linje", "kolonne", "grund", "forklaring")


def write(output: Output, batch_id: str, folder: Path) -> list[Path]:
    """Write the batch's quarantined rows to the folder, a csv file per sender and file and a workbook per sender."""
    staged = batch_rows.stage(output, batch_id)
    durable_files.make_folder(folder)
    written: list[Path] = []
    for sender, files in sorted(_by_sender(staged).items()):
        name = f"{batch_id}_{re.sub(r'[^0-9A-Za-zÆØÅæøå]+', '_', sender)[:40]}"
        for file, rows in files.items():
            place = folder / f"{name}_{file.table}.csv"
            _write_csv(place, file, rows)
            written.append(place)
        place = folder / f"{name}.xlsx"
        _write_workbook(place, files)
        written.append(place)
    audit_trail.record(output, "quarantine_exported", batch=batch_id, files=len(written))
    return written


def _by_sender(staged: Path) -> dict[str, dict[File, list[list[str]]]]:
    from pyarrow import parquet

    held = {}
    for file in contract().files:
        place = staged / "quarantine" / f"{file.table}.parquet"
        held[file.table] = parquet.read_table(place).to_pylist() if place.exists() else []
    senders = dict(_institutions(staged, held)) if any(held.values()) else {}
    result: dict[str, dict[File, list[list[str]]]] = {}
    for file in contract().files:
        for row in held[file.table]:
            values = json.loads(row["row_masked"])
            institution = values.get("institution_kode") or senders.get(values.get("sags_id"))
            is_code = isinstance(institution, str) and re.fullmatch(r"[0-9A-Za-z]{1,10}", institution)
            sender = f"institution_{institution}" if is_code else "kildesystem"
            line = [file.name, str(row["line"]), row["column"], row["reason"], _explained(row["reason"])]
            shown = [_shown(values.get(column.stored_name), column.pii) for column in file.columns]
            result.setdefault(sender, {}).setdefault(file, []).append(line + shown)
    return result


def _institutions(staged: Path, held: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Yield each case's institution, loaded or in quarantine."""
    from pyarrow import parquet

    for file in contract().files:
        if {"sags_id", "institution_kode"} <= set(file.column_names):
            place = staged / "loaded" / f"{file.table}.parquet"
            columns = parquet.read_table(place, columns=["sags_id", "institution_kode"]).to_pydict()
            yield from zip(columns["sags_id"], columns["institution_kode"], strict=True)
            for row in held[file.table]:
                values = json.loads(row["row_masked"])
                yield values["sags_id"], values["institution_kode"]


def _explained(reason: str) -> str:
    return contract().describe(reason)


def _shown(value: str | None, pii: str | None) -> str:
    if value is None:
        return ""
    return MASKED if pii else value


def _header(file: File) -> list[str]:
    return [*_LEADING, *file.column_names]


def _write_csv(place: Path, file: File, rows: Sequence[Sequence[str]]) -> None:
    # With a byte order mark, since that is how a Danish Excel knows the encoding.
    with place.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=contract().separator, lineterminator="\r\n")
        writer.writerow(_header(file))
        writer.writerows([harmless(value) for value in row] for row in rows)
    durable_files.protect(place)


def _write_workbook(place: Path, files: dict[File, list[list[str]]]) -> None:
    with new_workbook(place) as workbook:
        bold = workbook.add_format({"bold": True})
        for file, rows in files.items():
            sheet = workbook.add_worksheet(file.table[:31])
            sheet.write_row(0, 0, _header(file), bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                for place_in_row, value in enumerate(row):
                    sheet.write_string(number, place_in_row, value)
    durable_files.protect(place)

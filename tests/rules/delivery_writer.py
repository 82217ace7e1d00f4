"""Writes tables of canonical text values as one delivery that follows the contract.

Belongs here: the folder, its manifest, and the forms the contract allows (encoding, date format, line ends, mark).
Does not belong here: making up the rows; that is done by `boundary_deliveries` or by the test itself.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

from tests.rules.delivery_reader import FILES, WORKBOOKS


def write_delivery(
    landing: Path,
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    extract_date: date,
    *,
    batch_id: str | None = None,
    encoding: str = "utf-8",
    date_format: str = "iso",
    byte_order_mark: bool = False,
    line_end: str = "\n",
) -> Path:
    """Write the tables as a batch folder under the landing folder and return it."""
    batch_id = batch_id or extract_date.isoformat()
    folder = landing / batch_id
    folder.mkdir(parents=True)
    listed = []
    for file in FILES:
        rows = tables.get(file, ())
        path = folder / f"{file}.{'xlsx' if file in WORKBOOKS else 'csv'}"
        if file in WORKBOOKS:
            _write_workbook(path, file, rows)
        else:
            mark = b"\xef\xbb\xbf" if byte_order_mark else b""
            path.write_bytes(mark + _csv_text(file, rows, date_format, line_end).encode(encoding))
        listed.append({"file": path.name, "rows": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    manifest = {
        "batch_id": batch_id,
        "extract_date": extract_date.isoformat(),
        "source_system": "klientsystem",
        "encoding": encoding,
        "date_format": date_format,
        "files": listed,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    return folder


def _csv_text(file: str, rows: Sequence[Mapping[str, str]], date_format: str, line_end: str) -> str:
    columns = FILES[file][1]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator=line_end)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_as_written(row[column], kind, date_format) for column, kind in columns.items())
    return buffer.getvalue()


def _as_written(value: str, kind: str, date_format: str) -> str:
    if value and kind.startswith("date") and date_format == "dmy":
        year, month, day = value.split("-")
        return f"{day}-{month}-{year}"
    if kind.startswith("decimal"):
        return value.replace(".", ",")
    return value


def _write_workbook(path: Path, file: str, rows: Sequence[Mapping[str, str]]) -> None:
    columns = FILES[file][1]
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(list(columns))
    for row in rows:
        sheet.append(
            [
                datetime.fromisoformat(row[column]) if row[column] and kind.startswith("date") else row[column] or None
                for column, kind in columns.items()
            ]
        )
    workbook.save(path)

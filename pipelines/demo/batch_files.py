"""Writing one batch: the CSV files, the two workbooks and the manifest, in the form that was asked for.

Belongs here: encodings, date formats, line ends, checksums, and that a batch is never half there. Does not belong
here: what the rows say.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import xlsxwriter

from pipelines.demo.tables import Shown, Values

SOURCE_SYSTEM = "klientsystem (syntetisk)"
SEPARATOR = ";"
WORKBOOK_CREATED = datetime(2020, 1, 1, tzinfo=UTC)

DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y"}
CELL_DATE_FORMATS = {"iso": "yyyy-mm-dd", "dmy": "dd-mm-yyyy"}
ENCODINGS = ("utf-8", "windows-1252")
LINE_ENDS = ("\n", "\r\n")

# A character that no value holds, to look through a whole column at once.
BETWEEN_VALUES = "\x00"


@dataclass(frozen=True)
class BatchForm:
    """How the files of a batch are written; the contract allows each of these."""

    encoding: str = "utf-8"
    date_format: str = "iso"
    line_end: str = "\n"
    byte_order_mark: bool = False

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ValueError(f"encoding must be one of {ENCODINGS}, not {self.encoding!r}")
        if self.date_format not in DATE_FORMATS:
            raise ValueError(f"date_format must be one of {tuple(DATE_FORMATS)}, not {self.date_format!r}")
        if self.line_end not in LINE_ENDS:
            raise ValueError(f"line_end must be one of {LINE_ENDS!r}, not {self.line_end!r}")
        if self.byte_order_mark and self.encoding != "utf-8":
            raise ValueError("a byte order mark is written in UTF-8 only")


def quoted(text: str) -> str:
    """A CSV value, in quotes only where it must be."""
    if SEPARATOR in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


@cache
def _as_text(day: int, date_format: str) -> str:
    return date.fromordinal(day).strftime(DATE_FORMATS[date_format])


def as_texts(values: Values, form: BatchForm) -> list[str]:
    """A column as it stands in a CSV file of this form, before any quotes; a day of 0 is no day."""
    if values.dtype == object:
        return values.tolist()
    days, place = np.unique(values, return_inverse=True)
    written = [_as_text(day, form.date_format) if day else "" for day in days.tolist()]
    return np.array(written, dtype=object)[place].tolist()


def write_batch(
    landing: Path,
    batch_id: str,
    extract_date: date,
    form: BatchForm,
    files: Mapping[str, Shown],
    added: Mapping[str, Sequence[Sequence[str]]],
) -> Path:
    """Write the columns of each file, with `added` rows after them, and return the batch's folder.

    A batch that is already there raises FileExistsError; one that cannot be finished leaves nothing behind.
    """
    folder = landing / batch_id
    if folder.exists():
        raise FileExistsError(f"there is already a batch {batch_id} in {landing}")
    # Hidden and beside the place it will have, so that nothing takes it for a batch and the move is one step.
    unfinished = landing / f".{batch_id}.unfinished-{os.getpid()}"
    unfinished.mkdir(parents=True)
    try:
        entries = [_write_file(unfinished / name, shown, form, added.get(name, ())) for name, shown in files.items()]
        manifest = {
            "batch_id": batch_id,
            "extract_date": extract_date.isoformat(),
            "source_system": SOURCE_SYSTEM,
            "encoding": form.encoding,
            "date_format": form.date_format,
            "files": entries,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (unfinished / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder


def _write_file(path: Path, shown: Shown, form: BatchForm, added: Sequence[Sequence[str]]) -> dict[str, object]:
    """Write one file and return its entry in the manifest."""
    if path.suffix == ".xlsx":
        write_workbook(path, shown, form)
    else:
        path.write_bytes(_csv_text(shown, form, added).encode(_encoding(form)))
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    rows = len(next(iter(shown.values()))) + len(added)
    return {"file": path.name, "rows": rows, "sha256": checksum}


def _encoding(form: BatchForm) -> str:
    return "utf-8-sig" if form.byte_order_mark else form.encoding


def _csv_text(shown: Shown, form: BatchForm, added: Sequence[Sequence[str]]) -> str:
    columns = []
    for values in shown.values():
        texts = as_texts(values, form)
        together = BETWEEN_VALUES.join(texts)
        if any(special in together for special in (SEPARATOR, '"', "\n", "\r")):
            texts = [quoted(text) for text in texts]
        columns.append(texts)
    lines = [SEPARATOR.join(shown), *map(SEPARATOR.join, zip(*columns, strict=True))]
    lines += [SEPARATOR.join(map(quoted, row)) for row in added]
    return form.line_end.join([*lines, ""])


def write_workbook(path: Path, shown: Shown, form: BatchForm) -> None:
    """Write one workbook: a sheet with a heading, days as date cells, everything else as text."""
    workbook = xlsxwriter.Workbook(path, {"in_memory": True})
    # A fixed day, or the same delivery would have other bytes tomorrow.
    workbook.set_properties({"created": WORKBOOK_CREATED, "author": SOURCE_SYSTEM})
    sheet = workbook.add_worksheet(path.stem)
    heading = workbook.add_format({"bold": True})
    as_date = workbook.add_format({"num_format": CELL_DATE_FORMATS[form.date_format]})
    for column, (title, values) in enumerate(shown.items()):
        sheet.write_string(0, column, title, heading)
        for number, cell in enumerate(values.tolist(), start=1):
            if isinstance(cell, int) and cell:
                sheet.write_datetime(number, column, date.fromordinal(cell), as_date)
            elif cell:
                # As text, or a postal code would lose its leading zeros.
                sheet.write_string(number, column, cell)
    sheet.autofit()
    workbook.close()

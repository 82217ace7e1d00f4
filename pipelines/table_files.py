"""Tables written as csv and xlsx that a Danish office program opens as they are meant.

Belongs here: the form of the two files, and making text harmless that a spreadsheet would run. Does not belong here:
which rows and columns a file has (those who write them).
"""

from __future__ import annotations

import csv
import datetime
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipelines.danish import short_date

if TYPE_CHECKING:
    import xlsxwriter

#: The same rows give the same bytes, so the file does not say when it was made.
_ALWAYS_THE_SAME = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - xlsxwriter wants a time without a zone
_LIVE = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Sheet:
    """One table: its name, its Danish column headings, and its rows of plain values."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; the one guard of every table that the program writes.

    An apostrophe is put before a text whose first visible character is = + - @ in any width (some programs fold the
    wide and the small forms to the plain ones), and before one that begins with a tab or a line break.
    """
    first = next((letter for letter in text if letter.isprintable() and not letter.isspace()), "")
    is_live = unicodedata.normalize("NFKC", first) in _LIVE
    return f"'{text}" if is_live or text.startswith(("\t", "\r", "\n")) else text


def write_csv(path: Path, sheet: Sheet) -> None:
    """Write UTF-8 with a byte order mark, semicolons, decimal commas and dates as 03-11-2026."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([_text(value) for value in row] for row in sheet.rows)
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def new_workbook(target: Path | BinaryIO) -> xlsxwriter.Workbook:
    """Begin a workbook in which no text becomes a formula, a link or a number; every one that is written begins here.

    A workbook for a stream is made in memory alone: it may hold personal data, and nothing of it lies in a file.
    """
    import xlsxwriter

    guarded = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    in_memory = not isinstance(target, Path)
    return xlsxwriter.Workbook(target if in_memory else str(target), guarded | {"in_memory": in_memory})


def write_workbook(path: Path, sheets: Sequence[Sheet], *, about: Mapping[str, str]) -> None:
    """Write a workbook with a sheet per table, filters and a frozen header; ``about`` opens it and is its metadata."""
    with new_workbook(path) as workbook:
        workbook.set_properties({"title": next(iter(about.values()), ""), "created": _ALWAYS_THE_SAME})
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        date = workbook.add_format({"num_format": "dd-mm-yyyy", "align": "left"})
        front = workbook.add_worksheet("Om")
        front.set_column(0, 0, 24)
        front.set_column(1, 1, 80)
        for place, (label, text) in enumerate(about.items()):
            front.write_string(place, 0, label, bold)
            front.write_string(place, 1, text)
        for sheet in sheets:
            page = workbook.add_worksheet(sheet.name)
            page.write_row(0, 0, list(sheet.headings), bold)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    _write(page, number, column, value, date)
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.headings) - 1)
            page.set_column(0, len(sheet.headings) - 1, 18)


def _write(page: Any, row: int, column: int, value: Any, date: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(row, column, _text(value))
    elif isinstance(value, datetime.date):
        # A date before 1900 has no number in a spreadsheet.
        if value.year >= 1900:
            page.write_datetime(row, column, value, date)
        else:
            page.write_string(row, column, short_date(value))
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime.date):
        return short_date(value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return harmless(str(value))

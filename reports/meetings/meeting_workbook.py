"""A pack as a workbook (xlsx): a sheet per section with its numbers as numbers, and the definitions.

Belongs here: sheets, formats, properties. Does not belong here: what the pack says.

The same content gives the same bytes: the properties carry the day of assessment, never the clock's.
"""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

from pipelines.table_files import new_workbook
from pipelines.vocabulary import HIDDEN
from reports.meetings.content import (
    COUNT,
    DATE,
    DAYS,
    RATIO,
    SHARE,
    Cell,
    Content,
    PackColumn,
    PackMark,
    Ratio,
    Section,
)
from reports.words.hidden import HIDDEN_IN_WORDS

_FORMATS = {COUNT: "#,##0", SHARE: "0 %", DAYS: "#,##0.0", DATE: "dd-mm-yyyy"}
_LONGEST_NAME = 31


def make(content: Content) -> bytes:
    """Return the workbook."""
    memory = io.BytesIO()
    workbook = new_workbook(memory)
    workbook.set_properties(
        {
            "title": f"{content.title}. {content.subtitle}",
            "subject": content.marking,
            "author": "Kriminalforsorgen",
            "created": midnight(content.as_of),
        }
    )
    formats = {name: workbook.add_format({"num_format": code}) for name, code in _FORMATS.items()}
    formats["bold"] = workbook.add_format({"bold": True})
    formats["title"] = workbook.add_format({"bold": True, "font_size": 14, "font_color": "#0b3c5d"})
    formats["head"] = workbook.add_format({"bold": True, "bg_color": "#e3eef6", "text_wrap": True, "valign": "top"})
    formats["wrap"] = workbook.add_format({"text_wrap": True, "valign": "top"})
    _front(workbook, content, formats)
    taken: set[str] = {"forside", "definitioner"}
    for section in content.sections:
        _sheet(workbook, section, content, formats, taken)
    sheet = workbook.add_worksheet("Definitioner")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 120, formats["wrap"])
    for number, (word, meaning) in enumerate([("Ord", "Betydning"), *content.definitions]):
        style = formats["head"] if number == 0 else None
        sheet.write_string(number, 0, word, style)
        sheet.write_string(number, 1, meaning, style or formats["wrap"])
    sheet.freeze_panes(1, 0)
    workbook.close()
    return memory.getvalue()


def midnight(day: datetime.date) -> datetime.datetime:
    """Return the beginning of a day, which stands where a file wants to know when it was made."""
    return datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC)


def _front(workbook: Any, content: Content, formats: dict[str, Any]) -> None:
    sheet = workbook.add_worksheet("Forside")
    sheet.set_column(0, 0, 140)
    lines = [content.marking, content.subtitle, f"Opgjort pr. {content.as_of:%d-%m-%Y}."]
    if content.is_synthetic:
        lines.append(
            "Syntetiske data: sagerne er opdigtede, og ingen tal siger noget om virkelige mennesker eller myndigheder."
        )
    lines.append(f"{HIDDEN} betyder {HIDDEN_IN_WORDS}.")
    sheet.write_string(0, 0, content.title, formats["title"])
    for number, line in enumerate([*lines, "", *(section.title for section in content.sections)], start=1):
        sheet.write_string(number, 0, line)


def _sheet(workbook: Any, section: Section, content: Content, formats: dict[str, Any], taken: set[str]) -> None:
    sheet = workbook.add_worksheet(_name(section.title, taken))
    sheet.write_string(0, 0, section.title, formats["title"])
    sheet.write_string(1, 0, content.marking)
    row = 2
    for sentence in (*section.sentences, *section.sources):
        sheet.write_string(row, 0, sentence)
        row += 1
    row += 1
    if section.table is None:
        sheet.set_column(0, 0, 100)
        return
    columns = [part for column in section.table.columns for part in _parts(column)]
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.heading, formats["head"])
        sheet.set_column(place, place, 44 if column.wide else 16)
    for number, cells in enumerate(section.table.rows, start=row + 1):
        values = [value for column, cell in zip(section.table.columns, cells) for value in _values(column, cell)]
        for place, (column, value) in enumerate(zip(columns, values)):
            _write(sheet, number, place, value, column.kind, formats)
    sheet.autofilter(row, 0, row + max(len(section.table.rows), 1), len(columns) - 1)
    sheet.freeze_panes(row + 1, 1)


def _parts(column: PackColumn) -> list[PackColumn]:
    """Return a column as the sheet has it: a ratio as its two counts and its share."""
    if column.kind != RATIO:
        return [column]
    return [
        PackColumn(f"{column.heading}: forfaldne", COUNT),
        PackColumn(f"{column.heading}: til tiden", COUNT),
        PackColumn(f"{column.heading}: andel", SHARE),
    ]


def _values(column: PackColumn, cell: Cell) -> list[Cell]:
    if column.kind != RATIO:
        return [cell]
    if not isinstance(cell, Ratio):
        return [None, None, None]
    return [cell.due, cell.met, PackMark.HIDDEN if cell.is_hidden else cell.rate]


def _write(sheet: Any, row: int, place: int, value: Cell, kind: str, formats: dict[str, Any]) -> None:
    if value is None:
        sheet.write_blank(row, place, None)
    elif isinstance(value, PackMark):
        sheet.write_string(row, place, HIDDEN)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, place, datetime.datetime.combine(value, datetime.time()), formats[DATE])
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, formats.get(kind))
    else:
        sheet.write_string(row, place, str(value))


def _name(title: str, taken: set[str]) -> str:
    """Return a sheet's name: at most 31 characters, none of those that are forbidden, and not yet taken."""
    plain = re.sub(r"[\[\]:*?/\\']", "", title).strip() or "Ark"
    # A long title is cut between two words.
    base = (
        plain
        if len(plain) <= _LONGEST_NAME
        else plain[: _LONGEST_NAME + 1].rpartition(" ")[0].rstrip(" ,") or plain[:20]
    )
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: _LONGEST_NAME - 3]} {number}"
    taken.add(name.casefold())
    return name

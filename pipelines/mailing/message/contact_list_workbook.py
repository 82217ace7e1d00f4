"""The contact list as a workbook (xlsx).

Belongs here: sheets, widths, properties. Does not belong here: what the list says (``letter.py``, ``contact_list.py``).

The same letter gives the same bytes: the properties carry the register's date, never the clock's.
"""

from __future__ import annotations

import datetime
import io

from pipelines.mailing.message import contact_list
from pipelines.mailing.message.letter import Letter
from pipelines.table_files import new_workbook

SHEET = "Kontaktliste"
CODE_PROPERTY = "kommunekode"
QUARTER_PROPERTY = "kvartal"
# First row of the table on the first sheet, counted from zero; the rows above name list, municipality and date.
HEADER_ROW = 4

_WIDTHS = (34, 30, 9, 30, 9, 20, 16, 34)


def make(letter: Letter) -> bytes:
    """Return the workbook of one municipality."""
    memory = io.BytesIO()
    workbook = new_workbook(memory)
    workbook.set_properties(
        {
            "title": letter.full_title,
            "subject": letter.addressee,
            "author": "Kriminalforsorgen",
            "created": datetime.datetime.combine(letter.extract_date, datetime.time(), tzinfo=datetime.UTC),
        }
    )
    workbook.set_custom_property(CODE_PROPERTY, letter.municipality_code, "text")
    workbook.set_custom_property(QUARTER_PROPERTY, letter.quarter.code, "text")
    bold = workbook.add_format({"bold": True, "font_size": 14})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})

    sheet = workbook.add_worksheet(SHEET)
    _head(sheet, letter, bold)
    rows = [
        [heading, *contact_list.cells(one)]
        for heading, institutions in contact_list.sections(letter.institutions)
        for one in institutions
    ]
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.add_table(
        HEADER_ROW,
        0,
        HEADER_ROW + max(len(rows), 1),
        len(contact_list.COLUMNS),
        {
            "name": "Kontaktliste",
            "description": letter.title,
            "style": "Table Style Light 1",
            "columns": [{"header": name} for name in ("Art", *contact_list.COLUMNS.values())],
            "data": rows,
        },
    )
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)

    changed = workbook.add_worksheet("Ændringer")
    changed.set_column(0, 0, 110)
    _head(changed, letter, bold)
    changed.write_string(HEADER_ROW, 0, letter.changes_heading, bold)
    for number, line in enumerate(letter.changes.lines(), start=HEADER_ROW + 1):
        changed.write_string(number, 0, line, wrapped)

    own = workbook.add_worksheet("Jeres kontakt")
    own.set_column(0, 0, 30)
    own.set_column(1, 1, 80)
    _head(own, letter, bold)
    for number, (label, value) in enumerate(letter.own_contact, start=HEADER_ROW):
        own.write_string(number, 0, label)
        own.write_string(number, 1, value)
    own.write_string(HEADER_ROW + len(letter.own_contact) + 1, 0, letter.question)
    workbook.close()
    return memory.getvalue()


def _head(sheet, letter: Letter, bold) -> None:  # type: ignore[no-untyped-def]
    sheet.write_string(0, 0, letter.title, bold)
    sheet.write_string(1, 0, letter.addressee)
    sheet.write_string(2, 0, letter.dated)

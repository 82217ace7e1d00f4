"""Cells that do not name their places are where they were written, for every program that reads a workbook."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import python_calamine

from pipelines.table_files import new_workbook
from reports.documents.lean_sheet import LeanSheet

DAY = datetime.datetime(2026, 9, 30)
ROWS: list[list[object]] = [
    ["Aalborg", None, 12, None, 66.7, DAY],
    [None, None, None, "under 5", None, None],
    [None] * 6,
    ["<b> & co.", -49.5, None, None, None, "sidst"],
]


def lean(rows: Sequence[Sequence[object]]) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        date, tenth = book.add_format({"num_format": "dd-mm-yyyy"}), book.add_format({"num_format": "0.0"})
        sheet = book.add_worksheet("Tal", worksheet_class=LeanSheet)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, date)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value, tenth)
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def test_cells_without_places_are_read_where_they_were_written() -> None:
    content = lean(ROWS)
    part = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<row r=\"(\d+)\"", part) == ["1", "2", "4"]
    assert not re.search(r"<c [^>]*\br=|spans=", part)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Tal"]
    assert [[cell.value for cell in row] for row in sheet] == ROWS
    assert sheet["F1"].number_format == "dd-mm-yyyy" and sheet["B4"].number_format == "0.0"
    assert sheet.freeze_panes == "A2"
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Tal").to_python()
    assert [[value if value != "" else None for value in row] for row in read] == [
        [DAY.date() if value == DAY else value for value in row] for row in ROWS
    ]


def test_a_cell_of_another_kind_and_those_after_it_keep_their_places() -> None:
    stream = io.BytesIO()
    with new_workbook(stream) as book:
        sheet = book.add_worksheet("Tal", worksheet_class=LeanSheet)
        sheet.write_boolean(0, 1, True)
        sheet.write_number(0, 3, 7)
    read = openpyxl.load_workbook(stream)["Tal"]
    assert [cell.value for cell in read[1]] == [None, True, None, 7]


def test_every_published_workbook_is_written_so(site: Path) -> None:
    workbooks = sorted(site.rglob("data.xlsx")) + sorted(site.rglob("andre.xlsx"))
    assert len(workbooks) > 8
    for path in workbooks:
        with zipfile.ZipFile(path) as book:
            sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
            assert len(sheets) > 2
            for name in sheets:
                assert b"<row " in book.read(name) and not re.search(rb"<c [^>]*\br=", book.read(name)), (path, name)

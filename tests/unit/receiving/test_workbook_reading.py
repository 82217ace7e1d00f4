"""A workbook is read as the plain values it holds, and refused when it is anything more."""

from __future__ import annotations

import datetime
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipelines.contract import contract
from pipelines.receiving import workbook_reading
from pipelines.receiving.raw_table import RawTable
from pipelines.receiving.refusal import DeliveryRefused
from tests.small_delivery import SmallDelivery

AGREEMENTS, INSTITUTIONS = "samarbejdsaftaler.xlsx", "institutioner.xlsx"


def read(data: bytes, name: str = AGREEMENTS, rows: int = 2, date_format: str = "iso") -> RawTable:
    """Read a workbook as that file."""
    return workbook_reading.read(contract().file(name), data, date_format, rows)


def refused(data: bytes, name: str = AGREEMENTS) -> DeliveryRefused:
    """Return why the workbook is refused."""
    with pytest.raises(DeliveryRefused) as caught:
        read(data, name)
    return caught.value


def saved(workbook: openpyxl.Workbook) -> bytes:
    """Return a workbook's bytes."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def rezipped(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("date_format", ["iso", "dmy"])
def test_a_date_may_be_a_date_cell_or_text_in_the_deliverys_format(date_format: str) -> None:
    as_text = "%Y-%m-%d" if date_format == "iso" else "%d-%m-%Y"
    expected = [datetime.date(2026, 5, 18).strftime(as_text), datetime.date(2025, 5, 18).strftime(as_text)]
    for cell in (
        lambda day: day,
        lambda day: datetime.datetime(day.year, day.month, day.day),
        lambda day: day.strftime(as_text),
    ):
        delivery = SmallDelivery(date_format=date_format)
        delivery.date_cell = cell
        table = read(delivery.bytes_of(AGREEMENTS), date_format=date_format)
        assert table.columns["opdateret"] == expected


def test_numbers_are_read_as_the_text_they_stand_for() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    sheet = workbook.active
    sheet["A2"], sheet["A3"], sheet["F2"], sheet["F3"] = 101, 147.0, 72551011, 1.5
    table = read(saved(workbook))
    assert table.columns["kommunekode"] == ["101", "147"]
    assert table.columns["kontakt_telefon"] == ["72551011", "1,5"]


def test_empty_rows_and_cells_hold_nothing_and_rows_know_their_place() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active.insert_rows(3)
    workbook.active["A9"] = "   "
    table = read(saved(workbook))
    assert table.lines == [2, 4]
    assert table.columns["kontakt_mail"] == ["", ""]


def test_only_the_first_sheet_is_read() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    notes = workbook.create_sheet("noter")
    notes["A1"] = "Vejledning"
    notes.merge_cells("A1:C1")
    assert read(saved(workbook)).rows == 2


def test_a_link_that_writes_a_mail_is_no_link_to_a_file() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active["C2"].hyperlink = "mailto:x@k101.dk"
    assert read(saved(workbook)).rows == 2


def test_formulas_are_refused_with_their_row() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active["C3"] = "=1+1"
    found = refused(saved(workbook))
    assert found.reason == "unsafe_file" and "række 3" in found.message and "formel" in found.message


def test_a_formula_on_another_sheet_is_refused_too() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.create_sheet("beregning")["A1"] = "=1+1"
    assert refused(saved(workbook)).reason == "unsafe_file"


def test_merged_cells_are_refused() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active.merge_cells("A2:A3")
    assert "flettede" in refused(saved(workbook)).message


def test_a_web_link_is_refused() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active["C2"].hyperlink = "https://example.dk/"
    assert "links" in refused(saved(workbook)).message


@pytest.mark.parametrize(
    "part",
    [
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/macrosheets/sheet1.xml",
        "xl/connections.xml",
        "xl/embeddings/oleObject1.bin",
        "../outside.xml",
        "/absolute.xml",
        "xl\\worksheets\\evil.xml",
    ],
)
def test_active_or_outside_parts_are_refused(part: str) -> None:
    data = rezipped(SmallDelivery().bytes_of(AGREEMENTS), lambda parts: parts.update({part: b"<x/>"}))
    assert refused(data).reason == "unsafe_file"


def test_a_document_type_is_refused_before_any_entity_grows() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    data = rezipped(
        SmallDelivery().bytes_of(AGREEMENTS), lambda parts: parts.update({"xl/worksheets/sheet1.xml": bomb})
    )
    assert "dokumenttype" in refused(data).message


def test_a_zip_bomb_is_refused_before_it_is_unpacked_also_when_it_lies_about_its_size() -> None:
    def inflate(parts: dict[str, bytes]) -> None:
        parts["xl/worksheets/sheet1.xml"] = b" " * 150_000_000

    bomb = rezipped(SmallDelivery().bytes_of(AGREEMENTS), inflate)
    tracemalloc.start()
    assert "MB" in refused(bomb).message
    lying = bytearray(bomb)
    size = (150_000_000).to_bytes(4, "little")
    while (place := lying.find(size)) >= 0:
        lying[place : place + 4] = (1000).to_bytes(4, "little")
    assert refused(bytes(lying)).reason in ("unsafe_file", "malformed_file")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_sheet_with_a_cell_in_the_far_corner_is_refused() -> None:
    def stretch(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="A3"', b'r="XFD3"').replace(
            b'<row r="3"', b'<row r="1048576"'
        )

    assert refused(rezipped(SmallDelivery().bytes_of(AGREEMENTS), stretch)).reason == "unsafe_file"


def test_a_damaged_workbook_is_refused() -> None:
    data = SmallDelivery().bytes_of(AGREEMENTS)
    place = data.index(b"PK\x03\x04", 10) - 20
    spoiled = data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]
    assert refused(spoiled).reason in ("malformed_file", "unsafe_file")
    assert refused(data[: len(data) // 2]).reason == "malformed_file"
    assert refused(zlib.compress(data)).reason == "malformed_file"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).reason == "malformed_file"


def test_a_value_beside_the_headed_columns_is_refused() -> None:
    workbook = SmallDelivery().workbook(AGREEMENTS)
    workbook.active["J2"] = "hvad er det?"
    assert refused(saved(workbook)).reason == "malformed_file"


def test_a_workbook_whose_header_is_missing_or_repeated_is_refused() -> None:
    workbook = SmallDelivery().workbook(INSTITUTIONS)
    workbook.active["B1"] = "institution_kode"
    assert refused(saved(workbook), INSTITUTIONS).reason == "malformed_file"
    workbook.active["B1"] = "andet"
    assert refused(saved(workbook), INSTITUTIONS).reason == "column_missing"
    assert refused(saved(openpyxl.Workbook()), INSTITUTIONS).reason == "column_missing"


def test_real_workbooks_of_the_shared_material_are_read(tmp_path: Path) -> None:
    from tests.shared_material import SHARED

    folder = SHARED / "extracts" / "2026-09-30"
    if folder.exists():
        assert read((folder / AGREEMENTS).read_bytes(), rows=98).rows == 98

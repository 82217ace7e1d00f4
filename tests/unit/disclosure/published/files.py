"""What a published file says, with the words it says it under: pages, documents, workbooks, data, names.

Belongs here: opening a file of any kind that is published, and finding every place in it where a digit can stand, also
those that no reader sees. Does not belong here: what a number means (``figures``), anything of the programs
that wrote the file, and what they read back of it themselves (``reports.read_back``).
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from lxml import etree

from .documents import places_of_document
from .pages import places_of_page
from .places import Place, Record, is_telling, tidy

#: Parts of a workbook that say how cells look and which parts there are; their texts are read, their attributes not.
FORM = re.compile(r"\[Content_Types\]\.xml|.*_rels/.*\.rels|xl/styles\.xml|xl/theme/.*")
CELL_FORM = {"r", "s", "spans", "t", "ht", "customHeight", "ref", "min", "max", "width", "customWidth", "topLeftCell"}


def places(root: Path, titles: Collection[str], leave_out: Collection[str] = ()) -> Iterator[Place | Record]:
    """Yield everything that the files below a folder say, their names and what stands in no page included.

    ``titles``: of duties, which headings of documents are known by. ``leave_out``: endings of files not to be read.
    """
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in leave_out:
            yield from places_of_file(path, path.relative_to(root).as_posix(), titles)


def places_of_file(path: Path, file: str, titles: Collection[str]) -> Iterator[Place | Record]:
    """Yield what one file says. Raises ValueError for a kind of file that is not known: it could hold anything."""
    if is_telling(file):
        yield Place(file, "name", file)
    content = path.read_bytes()
    kind = path.suffix
    if kind == ".html":
        yield from places_of_page(content, file)
    elif kind == ".pdf":
        yield from places_of_document(content, file, titles)
    elif kind == ".xlsx":
        yield from _of_workbook(content, file)
    elif kind == ".csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        yield from _of_rows([list(row) for row in rows], file)
    elif kind in (".json", ".jsonld"):
        yield from _of_data(json.loads(content), file, ())
    elif kind in (".atom", ".xml"):
        yield from _of_markup(etree.fromstring(content), file, skip=frozenset())
    elif kind in (".css", ".js"):
        yield Place(file, "program", content.decode())
    else:
        raise ValueError(f"{file}: a kind of file that nobody has read")


def _of_rows(rows: Sequence[Sequence[str]], file: str) -> Iterator[Place | Record]:
    """Yield records where the first row names columns, else each telling cell by itself."""
    headings = list(rows[0]) if rows else []
    if {"niveau", "pligt_id"} <= set(headings):
        yield from (Record(file, dict(zip(headings, row, strict=True))) for row in rows[1:])
        return
    for row in rows:
        for cell in row:
            if is_telling(cell):
                yield Place(file, "sentence", tidy(cell), row=row[0])


def _of_data(value: object, file: str, under: tuple[str, ...]) -> Iterator[Place]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if is_telling(name):
                yield Place(file, "sentence", name, under=under)
            yield from _of_data(inner, file, (name, *under))
    elif isinstance(value, list):
        for inner in value:
            yield from _of_data(inner, file, under)
    elif is_telling(str(value)):
        yield Place(file, "data", tidy(str(value)), column=under[0] if under else "", under=under)


def _of_markup(root: etree._Element, file: str, skip: frozenset[str] | None) -> Iterator[Place]:
    """Yield texts, and attributes but for those to skip (None: all of them)."""
    for element in root.iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else "comment"
        for text in (element.text, element.tail):
            if text and is_telling(text):
                yield Place(file, "sentence", tidy(text), column=name)
        for attribute, value in element.attrib.items():
            if skip is not None and is_telling(value) and attribute not in skip:
                yield Place(file, "attribute", tidy(value), column=etree.QName(attribute).localname)


def _of_workbook(content: bytes, file: str) -> Iterator[Place | Record]:
    """Yield every cell of every sheet, hidden ones too, and every other text of the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    shared: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        shared = ["".join(one.itertext()) for one in etree.fromstring(parts["xl/sharedStrings.xml"]).iterfind("{*}si")]
    said: set[str] = set()
    for name, part in parts.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            sheet = etree.fromstring(part)
            rows = [_row(row, shared) for row in sheet.iterfind(".//{*}row")]
            width = max(map(len, rows), default=0)
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
            said.update(cell for row in rows for cell in row)
            yield from _of_rows(rows, f"{file}!{name}")
            for data in list(sheet.iterfind("{*}sheetData")):
                sheet.remove(data)
            yield from _of_markup(sheet, f"{file}!{name}", skip=frozenset(CELL_FORM))
    for name, part in parts.items():
        if name == "xl/sharedStrings.xml":
            yield from (Place(f"{file}!{name}", "sentence", tidy(s)) for s in shared if is_telling(s) and s not in said)
        elif not name.startswith("xl/worksheets/") or "_rels" in name:
            if not name.endswith((".xml", ".rels", ".vml")):
                raise ValueError(f"{file}!{name}: a part of a workbook that nobody has read")
            form = FORM.fullmatch(name)
            yield from _of_markup(etree.fromstring(part), f"{file}!{name}", skip=None if form else frozenset())


def _row(row: etree._Element, shared: Sequence[str]) -> list[str]:
    """Return a row's cells, the empty ones that are not written included."""
    cells: list[str] = []
    for cell in row.iterfind("{*}c"):
        letters = re.match(r"[A-Z]+", cell.get("r", ""))
        place = (
            functools.reduce(lambda sum_, one: sum_ * 26 + ord(one) - 64, letters[0], 0) if letters else len(cells) + 1
        )
        cells += [""] * (place - 1 - len(cells))
        cells.append(_cell(cell, shared))
    return cells


def _cell(cell: etree._Element, shared: Sequence[str]) -> str:
    value = cell.findtext("{*}v") or ""
    formula = cell.findtext("{*}f")
    if cell.get("t") == "s":
        value = shared[int(value)]
    elif cell.get("t") == "inlineStr":
        value = "".join(cell.itertext())
    return f"{value} ={formula}" if formula else value

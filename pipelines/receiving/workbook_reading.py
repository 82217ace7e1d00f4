"""A workbook's bytes (xlsx) as a table of text: first proved harmless, then read.

Belongs here: the zip archive, its XML parts, cells. Does not belong here: what a value means.

The parts are unpacked here, within limits, and looked through for formulas, macros, links to elsewhere and merged
cells. The reader then gets an archive made of exactly those parts, so that it cannot see other bytes than were checked.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.parsers import expat

from pipelines.contract import File, contract
from pipelines.receiving.raw_table import RawTable, column_places, unknown_columns
from pipelines.receiving.refusal import DeliveryRefused, number

_MOST_PARTS = 1000
_MOST_CELLS = 5_000_000
_ROWS_OF_BLANKS = 10_000
_LARGE = 20_000_000
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y"}
_ACTIVE_PARTS = re.compile(
    r"vbaproject|macrosheet|activex|embeddings|externallink|connections\.xml|querytable|ctrlprops", re.I
)


def read(file: File, data: bytes, date_format: str, expected_rows: int) -> RawTable:
    """Return the table on the first sheet; raises DeliveryRefused."""
    parts = _unpack(file, data)
    sheet = _first_sheet(file, parts)
    _check_parts(file, parts, sheet, expected_rows)
    return _table(file, _cells(file, parts), date_format)


# ---- the archive ----------------------------------------------------------------------------------------------------


def _unpack(file: File, data: bytes) -> dict[str, bytes]:
    limits = contract().limits
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        entries = []
    if not entries:
        raise DeliveryRefused(
            "malformed_file",
            f"{file.name} er ikke en xlsx-fil. Gem regnearket som xlsx uden adgangskode, og lever igen.",
        )
    names = [entry.filename for entry in entries]
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if (
        len(entries) > _MOST_PARTS
        or unpacked > limits.unpacked_bytes
        or unpacked > limits.unpacked_ratio * max(packed, 1)
    ):
        _too_large(file)
    if len({name.casefold() for name in names}) < len(names) or any(_is_path_outside(name) for name in names):
        _unsafe(file, "har dele med samme navn eller med en sti ud af filen")
    if any(entry.flag_bits & 1 for entry in entries):
        _unsafe(file, "er beskyttet med adgangskode")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        _unsafe(file, "er pakket på en måde, som regneark ikke er")
    if any(_ACTIVE_PARTS.search(name) for name in names):
        _unsafe(file, "indeholder makroer, indlejrede filer eller links til andre filer")
    parts = {}
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            parts[entry.filename] = _part(file, archive, entry)
    return parts


def _part(file: File, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    declared = entry.file_size
    entry.file_size = declared + 1  # one byte more than promised is asked for, so that a false promise is seen
    try:
        # Not archive.read, which unpacks all there is, whatever was promised.
        with archive.open(entry) as part:
            content = part.read(entry.file_size)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        content = None
    except Exception as error:
        if type(error).__name__ != "error":  # zlib.error, whose class is found under no public name of zipfile
            raise
        content = None
    if content is None:
        raise DeliveryRefused("malformed_file", f"{file.name} er beskadiget. Gem regnearket igen, og lever det på ny.")
    if len(content) > declared:
        _too_large(file)
    return content


def _is_path_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/")


def _too_large(file: File) -> None:
    limits = contract().limits
    _unsafe(
        file,
        f"fylder udpakket over {number(limits.unpacked_bytes // 1_000_000)} MB eller over {limits.unpacked_ratio} "
        "gange sig selv",
    )


def _unsafe(file: File, what: str) -> None:
    raise DeliveryRefused("unsafe_file", f"{file.name} {what}. Gem regnearket med rene værdier, og lever igen.")


# ---- the XML parts --------------------------------------------------------------------------------------------------


def _scan(file: File, content: bytes, on_start: Callable[[str, dict[str, str]], None], **handlers: Any) -> None:
    """Go through one XML part; a document type (and so an entity) is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        _unsafe(file, "har en XML-dokumenttype")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: on_start(name.rpartition(":")[2], attributes)
    if "on_end" in handlers:
        parser.EndElementHandler = lambda name: handlers["on_end"](name.rpartition(":")[2])
    if "on_text" in handlers:
        parser.CharacterDataHandler = handlers["on_text"]
    fault = False
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        fault = True
    if fault:
        raise DeliveryRefused("malformed_file", f"{file.name} er beskadiget. Gem regnearket igen, og lever det på ny.")


def _first_sheet(file: File, parts: dict[str, bytes]) -> str:
    """Return the name of the part that is the workbook's first sheet."""
    workbook = _target(file, parts, "_rels/.rels", lambda kind, _: kind.endswith("/officeDocument"))
    sheets: list[str] = []

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            sheets.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")

    if workbook in parts:
        _scan(file, parts[workbook], on_sheet)
    folder, _, own = workbook.rpartition("/")
    relations = f"{folder}/_rels/{own}.rels" if folder else f"_rels/{own}.rels"
    sheet = _target(file, parts, relations, lambda _, own_id: own_id == sheets[0]) if sheets else ""
    if sheet not in parts:
        raise DeliveryRefused("malformed_file", f"{file.name} har intet ark, der kan læses. Gem regnearket som xlsx.")
    return sheet


def _target(file: File, parts: dict[str, bytes], relations: str, wanted: Callable[[str, str], bool]) -> str:
    found: list[str] = []

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and wanted(attributes.get("Type", ""), attributes.get("Id", "")):
            found.append(attributes.get("Target", ""))

    if relations in parts:
        _scan(file, parts[relations], on_relation)
    if not found:
        return ""
    folder = relations.rpartition("_rels/")[0]
    return posixpath.normpath(found[0].lstrip("/") if found[0].startswith("/") else folder + found[0])


def _check_parts(file: File, parts: dict[str, bytes], sheet: str, expected_rows: int) -> None:
    """Refuse what a workbook of plain values does not have."""
    for name, content in parts.items():
        if name.endswith(".rels"):
            _scan(file, content, lambda element, attributes: _check_relation(file, element, attributes))
        elif name == "[Content_Types].xml":
            _scan(file, content, lambda element, attributes: _check_content_type(file, attributes))
        elif name == sheet:
            _check_sheet(file, content, expected_rows)
        elif "sheets/" in name and name.endswith(".xml"):
            _scan(file, content, lambda element, attributes: _check_formula(file, element))


def _check_relation(file: File, element: str, attributes: dict[str, str]) -> None:
    if element != "Relationship" or attributes.get("TargetMode") != "External":
        return
    is_mail_link = attributes.get("Type", "").endswith("/hyperlink") and attributes.get("Target", "").startswith(
        "mailto:"
    )
    if not is_mail_link:  # Excel makes mail addresses into links by itself; they lead to no file
        _unsafe(file, "indeholder links til andre filer eller websider")


def _check_content_type(file: File, attributes: dict[str, str]) -> None:
    if "macro" in attributes.get("ContentType", "").lower():
        _unsafe(file, "indeholder makroer")


def _check_formula(file: File, element: str) -> None:
    if element == "f":
        _unsafe(file, "indeholder formler")


def _check_sheet(file: File, content: bytes, expected_rows: int) -> None:
    row = column = last_row = last_column = filled = 0
    has_value = False

    def on_start(element: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, last_column, has_value
        if element == "c":
            reference = attributes.get("r")
            column = _column_number(reference) if reference else column + 1
            last_column = max(last_column, column)
        elif element == "row":
            given = attributes.get("r", "")
            row = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else row + 1
            column, has_value = 0, False
            last_row = max(last_row, row)
        elif element in ("v", "t"):
            has_value = True
        elif element == "f":
            _unsafe(file, f"række {number(row)} indeholder en formel")
        elif element == "mergeCell":
            _unsafe(file, "har flettede celler")
        if last_row > _MOST_ROWS or last_column > _MOST_COLUMNS or last_row * last_column > _MOST_CELLS:
            _unsafe(file, "har alt for mange rækker eller kolonner i brug")

    def on_end(element: str) -> None:
        nonlocal filled
        if element == "row" and has_value:
            filled += 1
            # Far too many are refused before they are all built; the exact count is compared when they are.
            if filled > expected_rows + 1 + _ROWS_OF_BLANKS:
                raise DeliveryRefused(
                    "row_count_mismatch",
                    f"{file.name} har over {number(filled - 2)} rækker, men manifest.json siger "
                    f"{number(expected_rows)}. Lever filen hel, og tæl rækkerne uden overskriften.",
                )

    _scan(file, content, on_start, on_end=on_end)


def _column_number(reference: str) -> int:
    result = 0
    for character in reference[:4]:
        if not "A" <= character <= "Z":
            break
        result = result * 26 + ord(character) - 64
    return result or _MOST_COLUMNS + 1


# ---- the cells ------------------------------------------------------------------------------------------------------


def _cells(file: File, parts: dict[str, bytes]) -> list[list[Any]]:
    import python_calamine  # late: a delivery without a sound workbook never gets here

    checked = io.BytesIO()
    packing = zipfile.ZIP_DEFLATED if sum(map(len, parts.values())) > _LARGE else zipfile.ZIP_STORED
    with zipfile.ZipFile(checked, "w", packing, compresslevel=1) as archive:
        while parts:  # each is let go as soon as it is written: a large workbook is not held twice
            archive.writestr(*parts.popitem())
    checked.seek(0)
    cells = None
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(checked)
        cells = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        cells = None
    if cells is None:
        raise DeliveryRefused("malformed_file", f"{file.name} kan ikke læses. Gem regnearket som xlsx, og lever igen.")
    return cells


def _table(file: File, cells: list[list[Any]], date_format: str) -> RawTable:
    as_text = _DATE_FORMATS[date_format]
    rows = [[_text(cell, as_text) for cell in row] for row in cells]
    header = rows[0] if rows else []
    while header and not header[-1].strip():
        header = header[:-1]
    width = len(header)
    places = column_places(file, header)
    lines = [place for place, row in enumerate(rows[1:], start=2) if any(text.strip() for text in row)]
    for line in lines:
        if any(text.strip() for text in rows[line - 1][width:]):
            raise DeliveryRefused(
                "malformed_file",
                f"{file.name} række {number(line)} har en værdi i en kolonne uden overskrift. Fjern den.",
            )
    columns: dict[str, Sequence[str]] = {
        name: [rows[line - 1][place] for line in lines] for name, place in places.items()
    }
    return RawTable(file, columns, lines, unknown_columns(file, header))


def _text(cell: Any, date_format: str) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "SAND" if cell else "FALSK"
    if isinstance(cell, float | int):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else str(cell).replace(".", contract().decimal)
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return cell.strftime(date_format) if is_day else cell.isoformat(" ")
    return cell.strftime(date_format) if isinstance(cell, datetime.date) else str(cell)

"""A csv file's bytes as a table of text, in the declared encoding and the contract's dialect.

Belongs here: bytes, characters, lines, quotes and fields. Does not belong here: what a value means.
Nothing is guessed and nothing is repaired: a file that is not what was declared is refused with its first such place.
"""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, NoReturn

from pipelines.contract import File, contract
from pipelines.receiving.raw_table import RawTable, column_places, unknown_columns
from pipelines.receiving.refusal import DeliveryRefused, number

_ROWS_AT_ONCE = 50_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(file: File, data: bytes, encoding: str) -> RawTable:
    """Return the file's table; raises DeliveryRefused."""
    _check_bytes(file, data)
    text = _decode(file, data, encoding)
    csv.field_size_limit(contract().limits.line_bytes)
    gc.disable()  # a million small lists would set it going again and again, with nothing to collect
    try:
        header, fields, lines = _rows(file, text)
    finally:
        gc.enable()
    return RawTable(
        file=file,
        # Every row is as wide as the header, and slicing is the fastest way to turn rows into columns.
        columns={name: fields[place :: len(header)] for name, place in column_places(file, header).items()},
        lines=lines,
        unknown_columns=unknown_columns(file, header),
    )


def _check_bytes(file: File, data: bytes) -> None:
    if (place := data.find(b"\0")) >= 0:
        line = number(data.count(b"\n", 0, place) + 1)
        raise DeliveryRefused(
            "unsafe_file", f"{file.name} linje {line} har et NUL-tegn. Lever filen som ren tekst (ikke UTF-16)."
        )
    limit = contract().limits.line_bytes
    start = 0
    while len(data) - start > limit:  # from line end to the last line end within reach, so that few steps are needed
        end = data.rfind(b"\n", start, start + limit + 1)
        if end < 0:
            line = number(data.count(b"\n", 0, start) + 1)
            raise DeliveryRefused("unsafe_file", f"{file.name} linje {line} er over 1 MB. Lever én række pr. linje.")
        start = end + 1


def _decode(file: File, data: bytes, encoding: str) -> str:
    has_mark = data.startswith(_BYTE_ORDER_MARK)
    body = data[len(_BYTE_ORDER_MARK) :] if has_mark else data
    if encoding != "utf-8" and not body.isascii() and _is_utf_8(body):
        raise DeliveryRefused(
            "undecodable",
            f"{file.name} er i UTF-8, men manifest.json siger {encoding}. Ret feltet encoding, eller lever filen i "
            f"{encoding}.",
        )
    try:
        return body.decode("cp1252" if encoding == "windows-1252" else encoding)
    except UnicodeDecodeError as error:
        line = number(body.count(b"\n", 0, error.start) + 1)
    raise DeliveryRefused(
        "undecodable",
        f"{file.name} linje {line} er ikke i {encoding}, som manifest.json siger. Ret feltet encoding, eller lever "
        f"filen i {encoding}.",
    )


def _is_utf_8(data: bytes) -> bool:
    # Danish text in Windows-1252 is not by chance valid UTF-8, so this contradicts the manifest for certain.
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(file: File, text: str) -> tuple[list[str], list[str], Sequence[int]]:
    """Return the header, the fields of all data rows one after another, and the line on which each row begins."""
    reader = _reader(text)
    header = next(_parts(file, reader, 1), [[]])[0]
    if not header:
        raise DeliveryRefused("malformed_file", f"{file.name} er tom. Den skal i det mindste have overskriften.")
    column_places(file, header)  # an unfit header is told before the rows are read
    header_lines, width = reader.line_num, len(header)
    fields: list[str] = []
    rows = blank_lines = 0
    for part in _parts(file, reader, _ROWS_AT_ONCE):
        if blank_lines or any(length != width for length in set(map(len, part))):
            for row in part:
                if not row:
                    blank_lines += 1  # after the last row they hold nothing
                elif blank_lines or len(row) != width:
                    _refuse_width(file, text, rows, 0 if blank_lines else len(row), width)
                else:
                    fields += row
                    rows += 1
        else:
            fields.extend(chain.from_iterable(part))
            rows += len(part)
    has_line_breaks = header_lines != 1 or reader.line_num != 1 + rows + blank_lines
    return header, fields, list(_starts(text, rows)) if has_line_breaks else range(2, rows + 2)


def _parts(file: File, reader: Any, rows: int) -> Iterator[list[list[str]]]:
    """Yield the rows some at a time, so that an unfit file is refused before all of it has been read."""
    while True:
        fault: csv.Error | None = None
        try:
            part = list(islice(reader, rows))
        except csv.Error as error:
            fault = error
        if fault is not None:
            raise DeliveryRefused(
                "malformed_file", f"{file.name} linje {number(reader.line_num)}: {_in_danish(fault)}."
            )
        if not part:
            return
        yield part


def _refuse_width(file: File, text: str, rows_before: int, width: int, expected: int) -> NoReturn:
    line = next(islice(_starts(text, rows_before + 1), rows_before, None))
    raise DeliveryRefused(
        "malformed_file",
        f"{file.name} linje {number(line)} har {number(width)} felter, men overskriften har {number(expected)}. "
        "Sæt citationstegn om tekster med semikolon eller linjeskift.",
    )


def _reader(text: str) -> Any:
    # Lines end with LF or CRLF; a CR alone is no line end, and outside quotes the reader refuses it.
    agreed = contract()
    return csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=agreed.separator,
        quotechar=agreed.quote,
        doublequote=True,
        skipinitialspace=False,
        strict=True,
    )


def _starts(text: str, rows: int) -> Iterator[int]:
    """Yield the line on which each data row begins."""
    reader = _reader(text)
    for _ in range(rows + 1):
        line = reader.line_num + 1
        next(reader)
        if line > 1:
            yield line


def _in_danish(error: csv.Error) -> str:
    message = str(error)
    if "field larger" in message:
        return "et felt er over 1 MB; formentlig mangler et afsluttende citationstegn"
    if "unexpected end" in message:
        return "et citationstegn lukkes ikke, før filen er slut"
    if "new-line" in message:
        return "der står et vognretur-tegn (CR) alene; linjer skal slutte med LF eller CRLF"
    return (
        "efter et afsluttende citationstegn står der andet end semikolon; citationstegn inde i en tekst skrives dobbelt"
    )

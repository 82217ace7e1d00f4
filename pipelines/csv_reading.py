"""A csv file's bytes as a table of text, in the declared encoding and the contract's dialect.

Belongs here: bytes, characters, lines, quotes and fields. Does not belong here: what a value means.
Nothing is guessed and nothing is repaired: a file that is not what was declared is refused with its first such place.
"""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from pipelines.contract import File, contract
from pipelines.raw_table import RawTable, column_places, unknown_columns
from pipelines.refusal import DeliveryRefused, number

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(file: File, data: bytes, encoding: str) -> RawTable:
    """Return the file's table; raises DeliveryRefused."""
    _check_bytes(file, data)
    text = _decode(file, data, encoding)
    rows, lines = _rows(file, text)
    header = next(iter(rows))
    places = column_places(file, header)
    del rows[0]
    fields = list(chain.from_iterable(rows))  # every row is as wide as the header; slicing is the fastest transposing
    rows.clear()
    return RawTable(
        file=file,
        columns={name: fields[place :: len(header)] for name, place in places.items()},
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


def _rows(file: File, text: str) -> tuple[list[list[str]], Sequence[int]]:
    """Return all rows with the header first, and the line on which each data row begins."""
    limit = contract().limits.line_bytes
    csv.field_size_limit(limit)
    reader = _reader(text)
    rows: list[list[str]] = []
    fault: csv.Error | None = None
    gc.disable()  # a million small lists would set it going again and again, with nothing to collect
    try:
        rows.extend(reader)
    except csv.Error as error:
        fault = error
    finally:
        gc.enable()
    if fault is not None:
        raise DeliveryRefused("malformed_file", f"{file.name} linje {number(reader.line_num)}: {_in_danish(fault)}.")
    read_lines = reader.line_num
    while rows and not rows[-1]:  # empty lines after the last row hold nothing
        rows.pop()
        read_lines -= 1
    if not rows:
        raise DeliveryRefused("malformed_file", f"{file.name} er tom. Den skal i det mindste have overskriften.")
    spread = read_lines != len(rows)  # some row holds a line break
    lines: Sequence[int] = list(_starts(text, len(rows)))[1:] if spread else range(2, len(rows) + 1)
    width = len(rows[0])
    if any(count != width for count in set(map(len, rows))):
        place = next(place for place, row in enumerate(rows) if len(row) != width)
        raise DeliveryRefused(
            "malformed_file",
            f"{file.name} linje {number(lines[place - 1])} har {number(len(rows[place]))} felter, men overskriften har "
            f"{number(width)}. Sæt citationstegn om tekster med semikolon eller linjeskift.",
        )
    return rows, lines


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
    reader = _reader(text)
    line = 1
    for _ in range(rows):
        yield line
        next(reader)
        line = reader.line_num + 1


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

"""``data.csv`` as Danish spreadsheets expect it: UTF-8 with byte order mark, semicolon, decimal comma.

Belongs here: the format. A text that a spreadsheet would read as a formula gets an apostrophe in front; an
empty cell is empty.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipelines.table_files import harmless
from reports.documents.rows import DocumentTable


def field(value: Any) -> str:
    """Return one field of a row."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return _text(str(value))


@lru_cache(maxsize=65536)  # titles, names and periods stand in thousands of rows
def _text(value: str) -> str:
    text = harmless("".join(character for character in value if character >= " " or character in "\t\r\n"))
    if any(character in text for character in ';"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_bytes(table: DocumentTable) -> bytes:
    """Return a table as the bytes of a csv file."""
    lines = [";".join(column.name for column in table.columns)]
    lines += [";".join([field(value) for value in row]) for row in table.rows]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8")

"""One delivered file as a table of text, whatever its format was, with the line of each row.

Belongs here: the table and what its header must fulfil. Does not belong here: reading a format, judging a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contract import File
from pipelines.receiving.refusal import DeliveryRefused, number, shown_name

# A source system may add some columns before the contract knows them; a thousand are no such thing.
_MOST_UNKNOWN_COLUMNS = 1000


@dataclass
class RawTable:
    """The contract's columns of one file, as delivered; a column that the contract got later is not among them."""

    file: File
    columns: dict[str, Sequence[str]]
    lines: Sequence[int]
    unknown_columns: list[str]

    @property
    def rows(self) -> int:
        """The number of data rows."""
        return len(self.lines)


def column_places(file: File, header: Sequence[str]) -> dict[str, int]:
    """Return where each column of the contract stands in the header; raises DeliveryRefused when that is unclear."""
    check_width(file, header)
    names = [name.strip() for name in header]
    if len(set(names)) < len(names):
        newest = {name: place for place, name in enumerate(names)}
        first = next(newest[name] for place, name in enumerate(names) if newest[name] != place)
        # A file without a header has a person's row here: only a name that is the contract's own is told.
        what = names[first] if names[first] in file.column_names else f"i kolonne {number(first + 1)}"
        raise DeliveryRefused(
            "malformed_file", f"{file.name}: overskriften {what} står to gange. Giv hver kolonne sit navn."
        )
    missing = [name for name in file.column_names if name not in names]
    if missing:
        raise DeliveryRefused(
            "column_missing",
            f"{file.name} mangler kolonnen {', '.join(missing)}. Lever filen med alle kontraktens kolonner.",
        )
    return {name: names.index(name) for name in file.column_names}


def unknown_columns(file: File, header: Sequence[str]) -> list[str]:
    """Return the names of columns that the contract does not have, fit to be shown; they are kept out."""
    return [shown_name(name.strip()) for name in header if name.strip() not in file.column_names]


def check_width(file: File, header: Sequence[str]) -> None:
    """Refuse a file with so many columns beside the contract's that it must be another file."""
    unknown = len(header) - len(file.columns)
    if unknown > _MOST_UNKNOWN_COLUMNS:
        raise DeliveryRefused(
            "malformed_file",
            f"{file.name} har {number(unknown)} kolonner mere end kontrakten. Lever filen med kontraktens kolonner.",
        )

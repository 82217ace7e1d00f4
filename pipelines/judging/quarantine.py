"""Which rows of a delivery are set aside, and why: the contract's row faults, in its order, first reason per row.

Belongs here: judging rows, keys and references, and pseudonymising on the way. Does not belong here: reading files
(``landing``), possible but odd rows (``plausibility``), writing (``judged_rows``).

Columns are judged, not rows: each distinct value once, so that a million rows need no compiled code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from pipelines.configuration import settings
from pipelines.contract import Column, File, contract
from pipelines.judging.values import FAULT_OF_TYPE, reader
from pipelines.privacy.civil_registration import contains_number, mask_column
from pipelines.privacy.pseudonyms import PseudonymKey
from pipelines.receiving.plain_text import ControlCharacter, plain, refused_control_character
from pipelines.receiving.raw_table import RawTable
from pipelines.receiving.refusal import DeliveryRefused, number

MASKED = "[skjult]"
_SHOWN_CHARACTERS = frozenset("0123456789-.,/: ")
_SHOWN_DIGITS = 8
# A sentence that stands where a case's number should is not shown; an empty place is.
_IDENTIFIER = re.compile(r"[\w.\-/\[\]]{0,60}")


@dataclass(frozen=True)
class Fault:
    """Why a row is set aside; ``column`` names a key of several columns with plus signs."""

    reason: str
    column: str


@dataclass
class JudgedFile:
    """One file, judged: every row, pseudonymised and canonical, and which rows are set aside.

    A value that is invalid stands as what of it may be shown; its row is always set aside.
    """

    file: File
    lines: Sequence[int]
    columns: dict[str, list[str | None]]
    faults: dict[int, Fault]
    unknown_columns: list[str]
    rows_with_numbers: set[int] = field(default_factory=set)

    @property
    def rows(self) -> int:
        """Rows read; each is loaded or set aside."""
        return len(self.lines)

    @property
    def loaded(self) -> int:
        """Rows that are loaded."""
        return len(self.lines) - len(self.faults)

    def reasons(self) -> dict[str, int]:
        """Return how many rows are set aside for each reason, in the contract's order."""
        found = [fault.reason for fault in self.faults.values()]
        return {reason: found.count(reason) for reason in contract().row_faults if reason in found}

    def loaded_column(self, name: str) -> list[str | None]:
        """Return one stored column of the loaded rows."""
        return self._loaded(self.columns[name])

    def loaded_lines(self) -> list[int]:
        """Return the lines of the loaded rows."""
        return self._loaded(self.lines)

    def _loaded(self, values: Sequence[Any]) -> list[Any]:
        if not self.faults:
            return list(values)
        return list(compress(values, (place not in self.faults for place in range(len(values)))))

    def quarantined(self) -> Iterator[tuple[int, Fault, str]]:
        """Yield line, fault and the row as JSON text without personal values."""
        hidden = {column.stored_name for column in self.file.contact_columns}
        identifiers = [column.stored_name for column in self.file.columns if _is_identifier(self.file, column)]
        for place in sorted(self.faults):
            row = {name: values[place] for name, values in self.columns.items()}
            row.update({name: MASKED for name in hidden if row[name] is not None})
            row.update({name: MASKED for name in identifiers if not _IDENTIFIER.fullmatch(row[name] or "")})
            yield self.lines[place], self.faults[place], json.dumps(row, ensure_ascii=False)


@dataclass
class _Keys:
    """The keys of one file: every one that was read, and those of loaded rows."""

    read: set[Any]
    loaded: set[Any]


class _Faults:
    """The first fault of each row, in the contract's order of reasons and the file's order of columns."""

    def __init__(self, file: File) -> None:
        self._reasons = {reason: place for place, reason in enumerate(contract().row_faults)}
        self._columns = {name: place for place, name in enumerate(file.column_names)}
        self._ranks: dict[int, tuple[int, int]] = {}
        self.found: dict[int, Fault] = {}

    def add(self, places: Iterable[int], reason: str, column: str) -> None:
        """Note a fault of some rows; each keeps the one that comes first."""
        rank = (self._reasons[reason], self._columns.get(column.partition("+")[0], 0))
        fault = Fault(reason, column)
        for place in places:
            if place not in self.found or rank < self._ranks[place]:
                self.found[place], self._ranks[place] = fault, rank


def judge(tables: Iterable[RawTable], date_format: str, key: PseudonymKey) -> list[JudgedFile]:
    """Judge every row of a delivery; raises DeliveryRefused when a file has more faulty rows than is allowed.

    The tables come in the contract's order, so that what a row refers to is judged before it.
    """
    keys: dict[str, _Keys] = {}
    return [_judge_file(table, date_format, key, keys) for table in tables]


def _judge_file(table: RawTable, date_format: str, key: PseudonymKey, keys: dict[str, _Keys]) -> JudgedFile:
    file = table.file
    faults = _Faults(file)
    columns: dict[str, list[str | None]] = {}
    invalid: dict[str, list[int]] = {}
    for column in file.columns:
        if column.name not in table.columns:  # the contract got it after this delivery
            columns[column.name], invalid[column.name] = [None] * len(table.lines), []
            continue
        values, invalid[column.name] = _read_column(table, column, date_format)
        columns[column.name] = values
        if column.required and None in values:
            empty = (place for place, value in enumerate(values) if value is None)
            faults.add(empty, "missing_required", column.name)
        if invalid[column.name]:
            faults.add(invalid[column.name], FAULT_OF_TYPE[column.type], column.name)
    own_keys = _own_keys(file, columns, invalid)
    faults.add(_repeated(own_keys), "duplicate_key", "+".join(file.key))
    if file.not_also_in is not None and file.not_also_in.table in keys:
        taken = keys[file.not_also_in.table].read
        faults.add((place for place, own in enumerate(own_keys) if own in taken), "duplicate_key", file.key[0])
    for column in file.columns:
        if column.references:
            faults.add(_orphans(column, columns[column.name], keys), "orphan", column.name)
    _check_share(file, len(table.lines), faults.found, columns, keys)
    loaded = {own for place, own in enumerate(own_keys) if place not in faults.found}
    keys[file.table] = _Keys(read={own for own in own_keys if own is not None}, loaded=loaded)
    return _stored(table, columns, faults.found, invalid, key)


def _read_column(table: RawTable, column: Column, date_format: str) -> tuple[list[str | None], list[int]]:
    """Return the canonical values, and the places of the invalid ones (which come out as what may be shown)."""
    raw = table.columns.pop(column.name)
    if column.is_text:
        return _read_texts(table, column, raw), []
    read = reader(column, date_format)
    known: dict[str, str | None] = {}
    wrong: set[str] = set()
    for text in set(raw):
        trimmed = text.strip()
        value = read(trimmed) if trimmed else None
        if trimmed and value is None:
            wrong.add(text)
            value = MASKED if column.type == "cpr" else _shown(trimmed)
        known[text] = value
    places = [place for place, text in enumerate(raw) if text in wrong] if wrong else []
    return list(map(known.__getitem__, raw)), places


def _read_texts(table: RawTable, column: Column, raw: Sequence[str]) -> list[str | None]:
    """Return the texts made plain; of a free text nothing but whether there is any is kept, so it may hold anything."""
    if column.pii == "free":
        return [text or None for text in map(str.strip, raw)]
    values: list[str | None] = []
    for place, text in enumerate(raw):
        try:
            values.append(plain(text) or None)
        except ControlCharacter as found:
            raise refused_control_character(table.file, table.lines[place], column.name, found) from None
    return values


def _is_identifier(file: File, column: Column) -> bool:
    is_named_so = column.name in file.key or bool(column.references) or column.name.endswith("_id")
    return column.type == "text" and is_named_so


def _shown(text: str) -> str:
    """Return an invalid value when it can be nobody's: a few digits with the signs of dates and numbers."""
    digits = sum(character.isdigit() for character in text)
    is_harmless = set(text) <= _SHOWN_CHARACTERS and digits <= _SHOWN_DIGITS and not contains_number(text)
    return text if is_harmless and len(text) <= 2 * _SHOWN_DIGITS else MASKED


def _own_keys(file: File, columns: dict[str, list[str | None]], invalid: dict[str, list[int]]) -> list[Any]:
    """Return each row's key as compared, None where a part is empty or invalid: those faults come first anyway."""
    parts = [columns[name] for name in file.key]
    keys: list[Any] = list(parts[0]) if len(parts) == 1 else list(zip(*parts, strict=True))
    if len(parts) > 1:
        keys = [None if None in own else own for own in keys]
    for name in file.key:
        for place in invalid[name]:
            keys[place] = None
    return keys


def _repeated(keys: list[Any]) -> list[int]:
    if len(set(keys)) == len(keys):
        return []
    seen: set[Any] = set()
    places = []
    for place, own in enumerate(keys):
        if own is not None and own in seen:
            places.append(place)
        seen.add(own)
    return places


def _orphans(column: Column, values: list[str | None], keys: dict[str, _Keys]) -> list[int]:
    known: set[Any] = set()
    for reference in column.references:
        known |= keys[reference.table].loaded
    lost = set(values) - known - {None}
    return [place for place, value in enumerate(values) if value in lost] if lost else []


def _check_share(
    file: File, rows: int, faults: dict[int, Fault], columns: dict[str, list[str | None]], keys: dict[str, _Keys]
) -> None:
    """Refuse the delivery when too many rows have faults of their own (not counting those that follow their case)."""
    own = [(place, fault) for place, fault in faults.items() if not _follows_case(file, fault, place, columns, keys)]
    allowed = settings().deliveries
    most = max(allowed.quarantine_share * rows, allowed.quarantine_rows)
    if len(own) <= most:
        return
    reasons = contract().row_faults
    counted: dict[tuple[str, str], int] = {}
    for _, fault in own:
        counted[fault.reason, fault.column] = counted.get((fault.reason, fault.column), 0) + 1
    largest = sorted(counted.items(), key=lambda item: -item[1])[:3]
    why = " ".join(f"{column}: {number(count)} rækker. {reasons[reason]}" for (reason, column), count in largest)
    raise DeliveryRefused(
        "quarantine_share",
        f"{file.name}: {number(len(own))} af {number(rows)} rækker har fejl, og grænsen er {number(int(most))}. {why} "
        "Ret udtrækket, og lever igen.",
    )


def _follows_case(
    file: File, fault: Fault, place: int, columns: dict[str, list[str | None]], keys: dict[str, _Keys]
) -> bool:
    if fault.reason != "orphan" or fault.column != "sags_id":
        return False
    value = columns[fault.column][place]
    return any(value in keys[reference.table].read for reference in file.column(fault.column).references)


def _stored(
    table: RawTable,
    columns: dict[str, list[str | None]],
    faults: dict[int, Fault],
    invalid: dict[str, list[int]],
    key: PseudonymKey,
) -> JudgedFile:
    """Return the file with pseudonyms for numbers, masks in texts, and free text reduced to whether there is any."""
    file = table.file
    judged = JudgedFile(file, table.lines, {}, faults, table.unknown_columns)
    for column in file.columns:
        values = columns.pop(column.name)
        if column.pii == "cpr":
            wrong = set(invalid[column.name])
            pseudonyms: dict[str | None, str | None] = {None: None}
            for place, digits in enumerate(values):
                if digits not in pseudonyms and digits is not None:
                    pseudonyms[digits] = MASKED if place in wrong else key.client_key(digits)
            values = list(map(pseudonyms.__getitem__, values))
        elif column.is_text:
            # A number inside a case's own number must not be kept either, but rows must still find each other.
            masked = mask_column(values, key.token if _is_identifier(file, column) else None)
            judged.rows_with_numbers |= set(masked)
            for place, text in masked.items():
                values[place] = text
            if column.pii == "free":
                values = ["J" if value is not None else None for value in values]
        judged.columns[column.stored_name] = values
    return judged

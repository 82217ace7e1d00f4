"""The delivery contract, read once from ``extracts.yaml``: files, columns, types, codes, keys and fault classes.

Belongs here: reading the file and answering questions about it. Does not belong here: judging a delivery. Whoever
needs a column name, a code, a key or what is personal asks ``contract()``; nothing else lists them again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import UserError

CONTRACT_FILE = Path(__file__).with_name("extracts.yaml")


@dataclass(frozen=True)
class Reference:
    """A column of another file that must hold the value."""

    table: str
    column: str


@dataclass(frozen=True, eq=False)
class Column:
    """One column as delivered, and under which name and in what form it is stored."""

    name: str
    type: str
    required: bool
    values: dict[str, str]
    minimum: int | None
    references: tuple[Reference, ...]
    pii: str | None
    planned: bool
    description: str
    delivered_from: date | None = None

    def is_delivered(self, extract_date: date) -> bool:
        """Whether a delivery of that day has the column."""
        return self.delivered_from is None or extract_date >= self.delivered_from

    @property
    def stored_name(self) -> str:
        """The name in the staged tables: a civil registration number and free text are never stored themselves."""
        if self.pii == "cpr":
            return "client_key"
        return f"{self.name}_findes" if self.pii == "free" else self.name

    @property
    def stored_description(self) -> str:
        """What the stored column means, in Danish."""
        if self.pii == "cpr":
            return "Klientens nøgle: et hash af personnummeret, som kun kan genskabes med myndighedens hemmelige nøgle."
        if self.pii == "free":
            return f"J, når der er en tekst; selve teksten gemmes ikke. {self.description}"
        return self.description

    @property
    def is_event(self) -> bool:
        """Whether the column dates something that has happened (planned and expected dates are none)."""
        return self.type == "date" and not self.planned

    @property
    def is_text(self) -> bool:
        """Whether any text may stand here, so that a civil registration number must be looked for."""
        return self.type in ("text", "email")


@dataclass(frozen=True, eq=False)
class File:
    """One file of a delivery."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool
    restricted: bool
    not_also_in: Reference | None
    description: str
    delivered_from: date | None = None

    def of(self, extract_date: date) -> File:
        """Return the file as the contract of a day has it: without the columns that came later."""
        columns = tuple(column for column in self.columns if column.is_delivered(extract_date))
        return self if len(columns) == len(self.columns) else replace(self, columns=columns)

    def is_required(self, extract_date: date) -> bool:
        """Whether a delivery of that day must hold the file."""
        return not self.optional and (self.delivered_from is None or extract_date >= self.delivered_from)

    @property
    def table(self) -> str:
        """The table's name: the file's without its ending."""
        return self.name.partition(".")[0]

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a workbook (xlsx) and not a csv file."""
        return self.name.endswith(".xlsx")

    def column(self, name: str) -> Column:
        """Return the column of that name as delivered; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names as delivered, in the contract's order."""
        return tuple(column.name for column in self.columns)

    @property
    def stored_names(self) -> tuple[str, ...]:
        """The columns' names as stored, in the contract's order."""
        return tuple(column.stored_name for column in self.columns)

    @property
    def contact_columns(self) -> tuple[Column, ...]:
        """Names of contact persons, which stay in a restricted schema."""
        return tuple(column for column in self.columns if column.pii == "contact")


@dataclass(frozen=True)
class Limits:
    """Sizes and dates beyond which something is refused."""

    manifest_bytes: int
    line_bytes: int
    unpacked_bytes: int
    unpacked_ratio: int
    earliest_date: str
    latest_date: str
    recorded_late_days: int


@dataclass(frozen=True)
class WarningRule:
    """An odd but possible row: ``earlier`` dated before ``later``, or only one of ``together`` filled."""

    name: str
    description: str
    earlier: str | None
    later: str | None
    together: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """The whole contract. Files stand in the order in which their references can be checked."""

    version: str
    manifest_file: str
    manifest_fields: tuple[str, ...]
    encodings: tuple[str, ...]
    date_formats: tuple[str, ...]
    separator: str
    quote: str
    decimal: str
    limits: Limits
    files: tuple[File, ...]
    refusals: dict[str, str]
    row_faults: dict[str, str]
    warnings: dict[str, WarningRule]

    def file(self, name: str) -> File:
        """Return the file by its name or its table's name; raises KeyError."""
        for file in self.files:
            if name in (file.name, file.table):
                return file
        raise KeyError(name)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table names in the contract's order."""
        return tuple(file.table for file in self.files)

    def describe(self, reason: str) -> str:
        """Return the Danish text of a fault class of any kind."""
        if reason in self.warnings:
            return self.warnings[reason].description
        return self.row_faults.get(reason) or self.refusals[reason]


@cache
def contract() -> Contract:
    """Return the contract; read once per process."""
    import yaml  # late: the command line must start without it

    text = CONTRACT_FILE.read_bytes()
    raw: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Contract(
        version=f"{raw['version']}-{_digest(raw)}",
        manifest_file=raw["manifest"]["file"],
        manifest_fields=tuple(raw["manifest"]["fields"]),
        encodings=tuple(raw["manifest"]["encodings"]),
        date_formats=tuple(raw["manifest"]["date_formats"]),
        separator=raw["csv"]["separator"],
        quote=raw["csv"]["quote"],
        decimal=raw["csv"]["decimal"],
        limits=Limits(**raw["limits"]),
        files=tuple(described_file(name, entry) for name, entry in raw["files"].items()),
        refusals=dict(raw["refuse_batch"]),
        row_faults=dict(raw["quarantine_row"]),
        warnings={name: _warning(name, entry, raw["limits"]) for name, entry in raw["warn_row"].items()},
    )


def _digest(raw: dict[str, Any]) -> str:
    """A digest of what a delivery is judged by: another Danish word or description is the same contract."""

    def without_texts(part: Any) -> Any:
        if isinstance(part, dict):
            kept = {key: without_texts(value) for key, value in part.items() if key != "beskrivelse"}
            return kept | {"values": list(part["values"])} if "values" in part else kept
        return part

    judged_by = {
        **without_texts(raw),
        "refuse_batch": list(raw["refuse_batch"]),
        "quarantine_row": list(raw["quarantine_row"]),
    }
    return hashlib.sha256(json.dumps(judged_by, default=str).encode()).hexdigest()[:12]


def described_file(name: str, entry: dict[str, Any]) -> File:
    """Return a file as the grammar of ``extracts.yaml`` describes it; other contracts have the same grammar."""
    late = [column for column in entry["key"] if "from" in entry["columns"][column]]
    if late:
        raise UserError(
            f"Leverancekontrakten: {name} har en nøgle, der først leveres senere ({', '.join(late)}). En nøgle skal "
            f"være med fra begyndelsen; fjern from i {CONTRACT_FILE.name}."
        )
    return File(
        name=name,
        key=tuple(entry["key"]),
        columns=tuple(_column(column, details) for column, details in entry["columns"].items()),
        optional=entry.get("optional", False),
        restricted=entry.get("restricted", False),
        not_also_in=_reference(entry["not_also_in"]) if "not_also_in" in entry else None,
        description=_described(name, entry),
        delivered_from=_delivered_from(name, entry),
    )


def _column(name: str, entry: dict[str, Any]) -> Column:
    references = entry.get("references", [])
    if isinstance(references, str):
        references = [references]
    values = {"J": "Ja", "N": "Nej"} if entry["type"] == "flag" else entry.get("values", {})
    return Column(
        name=name,
        type=entry["type"],
        required=entry.get("required", False),
        values=dict(values),
        minimum=entry.get("min"),
        references=tuple(_reference(text) for text in references),
        pii=entry.get("pii"),
        planned=entry.get("planned", False),
        description=_described(name, entry),
        delivered_from=_delivered_from(name, entry),
    )


def _delivered_from(name: str, entry: dict[str, Any]) -> date | None:
    """Return the first extract date that has a column or file; None for one that has been there from the beginning."""
    day = entry.get("from")
    if day is not None and type(day) is not date:
        raise UserError(
            f"Leverancekontrakten: {name} har from: {day}. Skriv en dato som 2026-10-01 i {CONTRACT_FILE.name}."
        )
    return day


def _described(name: str, entry: dict[str, Any]) -> str:
    """Return the description; nothing is read or built by a contract that leaves anything undescribed."""
    text = str(entry.get("beskrivelse") or "").strip()
    if not text:
        raise UserError(f"Leverancekontrakten beskriver ikke {name}. Skriv en beskrivelse i {CONTRACT_FILE.name}.")
    return text


def _reference(text: str) -> Reference:
    table, _, column = text.partition(".")
    return Reference(table, column)


def _warning(name: str, entry: dict[str, Any], limits: dict[str, Any]) -> WarningRule:
    return WarningRule(
        name=name,
        description=_described(name, entry).format_map(limits),
        earlier=entry.get("earlier"),
        later=entry.get("later"),
        together=tuple(entry.get("together", ())),
    )

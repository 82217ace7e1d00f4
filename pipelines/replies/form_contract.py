"""The contract of the two files that meetings bring in (tiltag.csv, svar.xlsx), read once from ``contract.yaml``.

Belongs here: reading the file, and turning a table of text into rows that fulfil it. Does not belong here: what the
rows must agree with in the warehouse (``actions``, ``reply_form``), and the delivery contract (``pipelines.contract``).

Files are judged with the delivery's own functions. Unlike a delivery nothing is set aside: the file is small and its
sender is at hand, so that one faulty row refuses it whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.contract import Column, File, described_file
from pipelines.errors import UserError
from pipelines.judging.values import reader
from pipelines.privacy.civil_registration import contains_number
from pipelines.receiving.raw_table import RawTable
from pipelines.receiving.refusal import shown_name

_CONTRACT_FILE = Path(__file__).with_name("contract.yaml")
ACTIONS_FILE = "tiltag.csv"
REPLY_FILE = "svar.xlsx"


@dataclass(frozen=True)
class Dispute:
    """One date that a municipality can hold otherwise: where it stands with us, and under which rules it counts.

    ``also`` are the rules whose outcome it can change besides, though nobody disputes it under them. ``not_before``
    and ``not_after`` are columns of the same row whose dates it must not lie before or after. ``new_under`` are the
    rules under which the row can be claimed as one that we do not have; ``same_date`` are columns that get the same
    date then. One that concerns ``every_rule`` can change any outcome of the case.
    """

    code: str
    table: str
    key: str
    column: str
    rules: tuple[str, ...] = ()
    only: dict[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    every_rule: bool = False
    always_new: bool = False
    new_under: tuple[str, ...] = ()
    new_row: dict[str, str] = field(default_factory=dict)
    same_date: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()

    def concerns(self, rule_id: str) -> bool:
        """Whether the date may be disputed under a rule."""
        return self.every_rule or rule_id in self.rules

    def may_be_new(self, rule_id: str) -> bool:
        """Whether the row that it stands on can be missing with us, and be claimed."""
        return self.always_new or rule_id in self.new_under


@dataclass(frozen=True)
class Agreed:
    """The whole contract."""

    files: dict[str, File]
    disputes: dict[str, Dispute]
    longest_text: int
    most_rows: int
    rejections: dict[str, str]
    reopenings: dict[str, str]

    @property
    def actions(self) -> File:
        """The file of agreed actions."""
        return self.files[ACTIONS_FILE]

    @property
    def reply(self) -> File:
        """The file of a municipality's replies."""
        return self.files[REPLY_FILE]

    def words(self, column: str) -> dict[str, str]:
        """Return the Danish words of a column's codes, whichever file has it."""
        return next(one.values for file in self.files.values() for one in file.columns if one.name == column)

    def disputes_of(self, rule_id: str) -> list[Dispute]:
        """Return the dates that may be disputed under a rule."""
        return [dispute for dispute in self.disputes.values() if dispute.concerns(rule_id)]

    def deciding(self, rule_id: str) -> Dispute | None:
        """Return the date that decides a rule's outcome: the one that most other rules do not share, named last."""
        own = [one for one in self.disputes_of(rule_id) if not one.every_rule]
        return next((one for one in reversed(own) if one.column != "fuldstaendig"), own[-1] if own else None)


@cache
def agreed() -> Agreed:
    """Return the contract; read once per process."""
    import yaml  # late: the command line must start without it

    raw: dict[str, Any] = yaml.safe_load(_CONTRACT_FILE.read_text(encoding="utf-8"))
    disputes = {}
    for code, entry in raw["disputes"].items():
        lists = {
            name: tuple(entry.get(name, ()))
            for name in ("rules", "also", "not_before", "not_after", "same_date", "new_under")
        }
        disputes[code] = Dispute(code=code, **{**entry, **lists})
    return Agreed(
        files={name: described_file(name, entry) for name, entry in raw["files"].items()},
        disputes=disputes,
        longest_text=raw["longest_text"],
        most_rows=raw["most_rows"],
        rejections=raw["rejections"],
        reopenings=raw["reopenings"],
    )


class FileRefused(UserError):
    """A file of a meeting is refused whole; the message says where and why, and never quotes a value."""


def named(problem: FileRefused, agreed_name: str, file: Path) -> FileRefused:
    """Return the refusal with the file's own name, which the sender knows, where it has the contract's or none."""
    text, own = str(problem), shown_name(file.name)
    return FileRefused(text.replace(agreed_name, own) if agreed_name in text else f"{own}: {text}")


def rows(table: RawTable, date_format: str) -> list[tuple[int, dict[str, str | None]]]:
    """Return line and canonical values of each row; raises FileRefused at the first that breaks the contract."""
    file = table.file
    if table.unknown_columns:
        raise FileRefused(
            f"{file.name} har {len(table.unknown_columns)} kolonne(r), som ikke hører til skemaet. Fjern dem; "
            "bemærkninger og personoplysninger modtages ikke."
        )
    if table.rows > agreed().most_rows:
        raise FileRefused(f"{file.name} har flere end {agreed().most_rows} rækker. Del filen.")
    for values in table.columns.values():
        refuse_numbers((f"{file.name} række {line}", text) for line, text in zip(table.lines, values))
    result = []
    for place, line in enumerate(table.lines):
        texts = {name: values[place].strip() for name, values in table.columns.items()}
        row = {one.name: _value(file, one, texts[one.name], line, date_format) for one in file.columns}
        result.append((line, row))
    return result


def refuse_numbers(cells: Iterable[tuple[str, str]]) -> None:
    """Refuse a file when any cell, given with its place, holds what may be a civil registration number."""
    for where, text in cells:
        if contains_number(text):
            raise FileRefused(
                f"{where} indeholder, hvad der ligner et personnummer. Filen er afvist, og intet er gemt. Fjern "
                "nummeret, slet den gamle fil, og send en ny. Sager nævnes kun ved sagsnummer."
            )


def _value(file: File, column: Column, text: str, line: int, date_format: str) -> str | None:
    where = f"{file.name} række {line}, kolonnen {column.name}"
    if not text:
        if column.required:
            raise FileRefused(f"{where}, er tom. Udfyld den.")
        return None
    if column.is_text:
        if len(text) > agreed().longest_text or not text.isprintable():
            raise FileRefused(
                f"{where}, er for lang eller har usynlige tegn. Skriv højst {agreed().longest_text} tegn."
            )
        return text
    value = reader(column, date_format)(text)
    if value is None:
        allowed = f" Vælg mellem: {', '.join(column.values)}." if column.values else _FORMS.get(column.type, "")
        raise FileRefused(f"{where}, har en værdi, som ikke kan bruges. Fri tekst modtages ikke.{allowed}")
    return value


_FORMS = {
    "date": " Skriv en dato, der findes, og ikke andet.",
    "municipality_code": " Skriv kommunens kode med tre cifre.",
}

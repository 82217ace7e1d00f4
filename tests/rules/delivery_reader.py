"""A small reader of one delivery, written from the delivery contract alone, that hands out canonical text values.

Belongs here: the columns of the contract, reading CSV and XLSX, turning values into canonical text, and telling a row
that breaks the contract from one that does not.
Does not belong here: refusing whole batches (checksums, row counts, unsafe files), warnings, privacy. A delivery is
taken to be sound as a whole.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

# Per file its key and its columns in order. A type is text, date, flag, municipality, cpr, integer, decimal, or a list
# of codes in brackets; an exclamation mark says that the value is required.
FILES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "afsoningssager": (
        ("sags_id",),
        {
            "sags_id": "text!",
            "cpr": "cpr!",
            "institution_kode": "text!",
            "maalgruppe": "[1 2 3 4 5]",
            "varetaegt": "flag!",
            "udvist": "flag!",
            "handleplanspligt": "flag!",
            "straf_dage": "integer!",
            "straf_ivaerksat": "date!",
            "ls_rnr_niveau": "[lav mellem hoej meget_hoej]",
            "ls_rnr_dato": "date",
            "bolig_behov": "flag",
            "bolig_behov_afklaret": "date",
            "bolig_begrundelse": "text",
            "bolig_ved_loesladelse": "[egen midlertidig udslusning herberg hjemloes]",
            "engangshjaelp_behov": "flag",
            "tilsyn_vilkaar": "flag",
            "oprindelig_loesladelse": "date",
            "faktisk_loesladelse": "date",
            "loesladelse_art": "[proeve endt anden]",
        },
    ),
    "loesladelsesdatoer": (
        ("sags_id", "registreret"),
        {
            "sags_id": "text!",
            "registreret": "date!",
            "forventet_proeveloesladelse": "date",
            "forventet_loesladelse": "date!",
        },
    ),
    "handlekommuner": (
        ("sags_id", "gyldig_fra"),
        {"sags_id": "text!", "gyldig_fra": "date!", "kommunekode": "municipality!"},
    ),
    "tilsynssager": (
        ("sags_id",),
        {
            "sags_id": "text!",
            "cpr": "cpr!",
            "institution_kode": "text!",
            "maalgruppe": "[1 2 3 4 5]",
            "modtaget": "date!",
            "art": "[proeveloesladt betinget_dom samfundstjeneste foranstaltning]!",
            "handleplanspligt": "flag!",
            "afsoningssag_id": "text",
            "ophoert": "date",
        },
    ),
    "kommunekontakter": (
        ("kontakt_id",),
        {
            "kontakt_id": "text!",
            "sags_id": "text!",
            "dato": "date!",
            "retning": "[ud ind]!",
            "emne": "[handleplan oplysninger underretning ls_rnr hjemloeshed loesladelse andet]!",
            "kommunekode": "municipality!",
            "kanal": "[mail telefon moede digital_post andet]!",
            "klient_orienteret": "flag",
        },
    ),
    "bolighaendelser": (
        ("haendelse_id",),
        {
            "haendelse_id": "text!",
            "opskrivning_id": "text!",
            "sags_id": "text!",
            "dato": "date!",
            "haendelse": "[opskrevet fornyet slettet]!",
            "udlejer_art": "[almen privat kommunal]!",
        },
    ),
    "engangshjaelp": (
        ("ansoegning_id",),
        {
            "ansoegning_id": "text!",
            "sags_id": "text!",
            "kommunekode": "municipality!",
            "sendt": "date!",
            "fuldstaendig": "date",
            "afgjort": "date",
            "afgoerelse": "[bevilget afslag]",
            "udbetalt": "date",
            "beloeb": "decimal",
        },
    ),
    "loesladelsesmoeder": (
        ("moede_id",),
        {
            "moede_id": "text!",
            "sags_id": "text!",
            "indkaldt": "date!",
            "afholdt": "date",
            "form": "[fysisk video telefon mail]",
            "kommune_inviteret": "flag!",
            "kommune_deltog": "flag",
            "kif_inviteret": "flag",
        },
    ),
    "huslejehjaelp": (
        ("ansoegning_id",),
        {
            "ansoegning_id": "text!",
            "sags_id": "text!",
            "kommunekode": "municipality!",
            "behov_konstateret": "date!",
            "sendt": "date",
            "afgjort": "date",
            "afgoerelse": "[bevilget afslag]",
            "alternativ_undersoegt": "date",
        },
    ),
    "infohus": (("sags_id",), {"sags_id": "text!", "markeret": "date!", "underrettet": "date"}),
    "mentorforloeb": (
        ("mentor_id",),
        {
            "mentor_id": "text!",
            "sags_id": "text!",
            "ordning": "[kriminalforsorg kommune]!",
            "tilknyttet": "date!",
            "ophoert": "date",
        },
    ),
    "samarbejdsmoeder": (
        ("moede_id", "kommunekode"),
        {
            "moede_id": "text!",
            "dato": "date!",
            "omraade": "[Øst Vest]!",
            "kommunekode": "municipality!",
            "kommune_deltog": "flag!",
            "politi_deltog": "flag",
        },
    ),
    "institutioner": (
        ("institution_kode",),
        {
            "institution_kode": "text!",
            "navn": "text!",
            "art": "[faengsel arrest udslusning kif omraadekontor]!",
            "omraade": "[Øst Vest]!",
            "adresse": "text",
            "postnr": "text",
            "by": "text",
            "telefon": "text",
            "mail": "text",
        },
    ),
    "samarbejdsaftaler": (
        ("kommunekode",),
        {
            "kommunekode": "municipality!",
            "opdateret": "date!",
            "postkasse": "text",
            "kontakt_navn": "text",
            "kontakt_mail": "text",
            "kontakt_telefon": "text",
        },
    ),
}

WORKBOOKS = frozenset({"institutioner", "samarbejdsaftaler"})
MAY_BE_LEFT_OUT = frozenset({"infohus", "mentorforloeb"})
SENTENCE_CASES, SUPERVISION_CASES = "afsoningssager", "tilsynssager"
BELONG_TO_EITHER_CASE = frozenset({"handlekommuner", "kommunekontakter"})
REASONS_IN_ORDER = (
    "missing_required",
    "invalid_date",
    "invalid_number",
    "unknown_code",
    "invalid_cpr",
    "duplicate_key",
    "orphan",
)
EARLIEST_DATE, LATEST_DATE = date(1900, 1, 1), date(2100, 12, 31)

Tables = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class SetAside:
    """A row that breaks the contract: its file, its number among the data rows, and the first reason that applies."""

    file: str
    row_number: int
    reason: str


class BrokenRow(ValueError):
    """A row breaks the contract and the caller did not ask for such rows to be set aside."""


class BrokenValue(ValueError):
    """A value breaks the contract; the argument is the reason."""


def read_delivery(
    folder: Path,
    *,
    set_aside: list[SetAside] | None = None,
    municipality_codes: Collection[str] | None = None,
) -> tuple[date, Tables]:
    """The extract date of a delivery and its tables: file stem to rows of canonical text values.

    A row that breaks the contract raises BrokenRow, unless a list is given to collect such rows in: then it is left out
    of the tables, as a row in quarantine is. A file that may be left out and is has no table. Without municipality
    codes only the form of a code is checked.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    delivered = [file for file in FILES if _path(folder, file).exists() or file not in MAY_BE_LEFT_OUT]
    raw_rows = {file: list(_raw_rows(folder, file, manifest["encoding"])) for file in delivered}
    reader = _Reader(manifest["date_format"], municipality_codes)
    for file in ("institutioner", SENTENCE_CASES, SUPERVISION_CASES, *delivered):
        if file not in reader.tables:
            reader.load(file, raw_rows[file])
    if reader.broken and set_aside is None:
        first = reader.broken[0]
        raise BrokenRow(f"{first.file}, data row {first.row_number}: {first.reason} ({len(reader.broken)} in all)")
    if set_aside is not None:
        set_aside.extend(reader.broken)
    return date.fromisoformat(manifest["extract_date"]), {file: reader.tables[file] for file in delivered}


def _path(folder: Path, file: str) -> Path:
    return folder / f"{file}.{'xlsx' if file in WORKBOOKS else 'csv'}"


def _raw_rows(folder: Path, file: str, encoding: str) -> Iterator[dict[str, Any]]:
    """The rows of one file as they stand in it, by column name."""
    path = _path(folder, file)
    lines = _workbook_lines(path) if file in WORKBOOKS else _csv_lines(path, encoding)
    header = [str(name).strip() for name in next(lines)]
    missing = set(FILES[file][1]) - set(header)
    if missing:
        raise ValueError(f"{path.name}: columns missing: {', '.join(sorted(missing))}")
    for line in lines:
        yield {name: value for name, value in zip(header, line, strict=True) if name in FILES[file][1]}


def _csv_lines(path: Path, encoding: str) -> Iterator[list[Any]]:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode(encoding)
    for line in csv.reader(io.StringIO(content, newline=""), delimiter=";", quotechar='"', strict=True):
        if line:
            yield line


def _workbook_lines(path: Path) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        for line in workbook.worksheets[0].iter_rows(values_only=True):
            if any(value is not None and str(value).strip() for value in line):
                yield list(line)
    finally:
        workbook.close()


class _Reader:
    """Loads file after file, those that others refer to first, and sees duplicates and orphans."""

    def __init__(self, date_format: str, municipality_codes: Collection[str] | None) -> None:
        self.date_format = date_format
        self.municipality_codes = municipality_codes
        self.tables: Tables = {}
        self.broken: list[SetAside] = []

    def load(self, file: str, raw_rows: list[dict[str, Any]]) -> None:
        key_columns, columns = FILES[file]
        loaded: list[dict[str, str]] = []
        seen: set[tuple[str, ...]] = set()
        for row_number, raw_row in enumerate(raw_rows, start=1):
            row, reasons = {}, set()
            for column, kind in columns.items():
                try:
                    row[column] = self.canonical(raw_row[column], kind)
                except BrokenValue as fault:
                    row[column] = _plain(raw_row[column])
                    reasons.add(str(fault))
            key = tuple(row[column] for column in key_columns)
            if all(key):
                if key in seen or (file == SUPERVISION_CASES and key[0] in self.sentence_cases):
                    reasons.add("duplicate_key")
                seen.add(key)
            if self.is_orphan(file, row):
                reasons.add("orphan")
            if reasons:
                self.broken.append(SetAside(file, row_number, min(reasons, key=REASONS_IN_ORDER.index)))
            else:
                loaded.append(row)
        self.tables[file] = loaded

    @cached_property
    def institutions(self) -> set[str]:
        return {row["institution_kode"] for row in self.tables["institutioner"]}

    @cached_property
    def sentence_cases(self) -> set[str]:
        return {row["sags_id"] for row in self.tables[SENTENCE_CASES]}

    @cached_property
    def all_cases(self) -> set[str]:
        return self.sentence_cases | {row["sags_id"] for row in self.tables[SUPERVISION_CASES]}

    def is_orphan(self, file: str, row: dict[str, str]) -> bool:
        if file in (SENTENCE_CASES, SUPERVISION_CASES):
            return row["institution_kode"] not in self.institutions
        if "sags_id" not in row:
            return False
        if file in BELONG_TO_EITHER_CASE:
            return row["sags_id"] not in self.all_cases
        return row["sags_id"] not in self.sentence_cases

    def canonical(self, value: Any, kind: str) -> str:
        """The canonical text of a value, or BrokenValue with the reason."""
        required, kind = kind.endswith("!"), kind.removesuffix("!")
        if kind == "date" and isinstance(value, datetime | date):
            return _within_range(value.date() if isinstance(value, datetime) else value)
        text = _plain(value)
        if not text:
            if required:
                raise BrokenValue("missing_required")
            return ""
        if kind == "date":
            return _canonical_date(text, self.date_format)
        if kind == "municipality":
            return self.canonical_municipality(text)
        if kind == "integer" and not (re.fullmatch(r"\d+", text) and int(text) >= 1):
            raise BrokenValue("invalid_number")
        if kind == "decimal":
            return _canonical_decimal(text)
        if kind == "flag" and text not in ("J", "N"):
            raise BrokenValue("unknown_code")
        if kind == "cpr" and not _is_cpr(text):
            raise BrokenValue("invalid_cpr")
        if kind.startswith("[") and text not in kind.strip("[]").split():
            raise BrokenValue("unknown_code")
        return text

    def canonical_municipality(self, text: str) -> str:
        match = re.fullmatch(r"0?([1-9]\d\d)", text)
        if match is None or (self.municipality_codes is not None and match[1] not in self.municipality_codes):
            raise BrokenValue("unknown_code")
        return match[1]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _within_range(day: date) -> str:
    if not EARLIEST_DATE <= day <= LATEST_DATE:
        raise BrokenValue("invalid_date")
    return day.isoformat()


def _canonical_date(text: str, date_format: str) -> str:
    pattern = r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    if date_format == "dmy":
        pattern = r"(?P<d>[0-9]{2})-(?P<m>[0-9]{2})-(?P<y>[0-9]{4})"
    match = re.fullmatch(pattern, text)
    if match is None:
        raise BrokenValue("invalid_date")
    try:
        return _within_range(date(int(match["y"]), int(match["m"]), int(match["d"])))
    except ValueError:
        raise BrokenValue("invalid_date") from None


def _canonical_decimal(text: str) -> str:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise BrokenValue("invalid_number") from None
    if not number.is_finite() or number < 0:
        raise BrokenValue("invalid_number")
    return str(number)


def _is_cpr(text: str) -> bool:
    match = re.fullmatch(r"([0-9]{5,6})-?([0-9]{4})", text)
    if match is None:
        return False
    digits = match[1].zfill(6)
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    day = day - 60 if day > 60 else day
    for century in (1800, 1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False

"""One value of a delivery in its canonical form, by the type its column has in the contract.

Belongs here: what each type accepts and how it is written afterwards. Does not belong here: rows and files.
Values arrive trimmed and not empty. White space aside nothing is forgiven that the contract does not forgive: a code in
other letters is another code.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable
from functools import cache

from pipelines.contract import Column, contract
from pipelines.layout import SEEDS
from pipelines.privacy.civil_registration import contains_number, read_number

_DATE = {
    "iso": re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    "dmy": re.compile(r"(?P<day>[0-9]{2})-(?P<month>[0-9]{2})-(?P<year>[0-9]{4})"),
}
_INTEGER = re.compile(r"-?[0-9]+")
_MUNICIPALITY = re.compile(r"0?([0-9]{3})")
# What the warehouse's integer column holds; a sentence or an amount beyond it is a mistake in any case.
_LARGEST_INTEGER = 2_147_483_647
_MOST_DIGITS = 15

FAULT_OF_TYPE = {
    "date": "invalid_date",
    "integer": "invalid_number",
    "decimal": "invalid_number",
    "code": "unknown_code",
    "flag": "unknown_code",
    "municipality_code": "unknown_code",
    "cpr": "invalid_cpr",
}


def reader(column: Column, date_format: str) -> Callable[[str], str | None]:
    """Return what turns a trimmed, non-empty value of the column into its canonical form, or None for an invalid one.

    A civil registration number comes out as its ten digits. Text has no reader: every text is valid.
    """
    if column.type == "date":
        return lambda text: _date(text, date_format)
    if column.type in ("integer", "decimal"):
        return lambda text: _number(text, column)
    if column.type in ("code", "flag"):
        return lambda text: text if text in column.values else None
    if column.type == "municipality_code":
        return _municipality
    if column.type == "cpr":
        return read_number
    raise ValueError(f"no reader for type {column.type}")


@cache
def municipality_codes() -> frozenset[str]:
    """Return the codes of the 98 municipalities."""
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["municipality_code"] for row in csv.DictReader(file))


def _date(text: str, date_format: str) -> str | None:
    match = _DATE[date_format].fullmatch(text)
    if match is None:
        return None
    try:
        day = datetime.date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return None
    limits = contract().limits
    return day if limits.earliest_date <= day <= limits.latest_date else None


def _number(text: str, column: Column) -> str | None:
    whole, sign, fraction = text.partition(contract().decimal) if column.type == "decimal" else (text, "", "")
    if not _INTEGER.fullmatch(whole) or len(whole) > _MOST_DIGITS:
        return None
    if sign and not (fraction.isascii() and fraction.isdigit() and len(fraction) <= _MOST_DIGITS):
        return None
    if contains_number(whole):  # nobody's days or kroner, but a registration number in the wrong column
        return None
    canonical = f"{int(whole)}.{fraction}" if sign else str(int(whole))
    if column.type == "integer" and abs(int(whole)) > _LARGEST_INTEGER:
        return None
    if whole.startswith("-") and int(whole) == 0:
        canonical = f"-{canonical}" if fraction.strip("0") else canonical
    if column.minimum is not None and float(canonical) < column.minimum:
        return None
    return canonical


def _municipality(text: str) -> str | None:
    match = _MUNICIPALITY.fullmatch(text)
    return match.group(1) if match and match.group(1) in municipality_codes() else None

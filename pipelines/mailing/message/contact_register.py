"""The contact register: institutions and agreements as the newest build of the warehouse holds them.

Belongs here: reading and cleaning those rows; nothing else of the mailing knows the warehouse. Does not belong here:
who gets a message (``recipients.py``) and what has changed (``changes.py``).

Every text comes out on one line and without anything that may be a civil registration number, so that no later step
has to think of it; where one was left out is kept in ``masked`` and shown in the summary.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines import danish, layout
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.message import texts
from pipelines.privacy.civil_registration import mask_numbers

# The kinds of the delivery contract; the list has a section for each (``vocabulary.INSTITUTION_SECTIONS``).
KINDS = frozenset({"omraadekontor", "faengsel", "arrest", "udslusning", "kif"})


@dataclass(frozen=True)
class Institution:
    """One institution or office with its public contact details; an empty text means not stated."""

    code: str
    name: str
    kind: str
    area: str
    address: str
    postal_code: str
    town: str
    phone: str
    mail: str


@dataclass(frozen=True)
class Agreement:
    """What a municipality has registered as its contact. Addresses are as delivered: ``recipients`` judges them."""

    municipality_code: str
    updated: datetime.date | None
    mailbox: str
    contact_name: str
    contact_mail: str
    contact_phone: str


@dataclass(frozen=True)
class Register:
    """All that the mailing knows of the world; ``municipalities`` holds every municipality, with agreement or not."""

    batch_id: str
    extract_date: datetime.date
    as_of: datetime.date
    is_synthetic: bool
    municipalities: Mapping[str, str]
    agreements: Mapping[str, Agreement]
    institutions: tuple[Institution, ...]
    masked: tuple[str, ...] = field(default=())

    def in_order(self) -> list[str]:
        """Return the municipality codes, sorted by name in Danish order."""
        return sorted(self.municipalities, key=lambda code: danish.sort_key(self.municipalities[code]))


_INSTITUTIONS = """
    select institution_kode, navn, art, omraade, adresse, postnr, "by", telefon, mail
    from raw.institutioner
"""
_AGREEMENTS = """
    select
        agreement.kommunekode, agreement.opdateret, agreement.postkasse, contact.kontakt_navn,
        agreement.kontakt_mail, agreement.kontakt_telefon
    from raw.samarbejdsaftaler as agreement
    left join restricted.samarbejdsaftaler_kontakter as contact on agreement.kommunekode = contact.kommunekode
"""
_RUN = "select batch_id, extract_date, as_of, is_synthetic from raw.run"


def read(output: Output) -> Register:
    """Return the register of the newest complete build; raises UserError when there is none."""
    import duckdb  # only here: status, export and bounces must start without it

    if not output.warehouse.exists():
        raise UserError(f"Der er intet datavarehus i {output.root}. Kør først: god-loesladelse run")
    try:
        with duckdb.connect(str(output.warehouse), read_only=True) as connection:
            run = connection.execute(_RUN).fetchall()
            institutions = connection.execute(_INSTITUTIONS).fetchall()
            agreements = connection.execute(_AGREEMENTS).fetchall()
    except duckdb.Error:
        raise UserError(
            f"Kontaktregisteret kan ikke læses i {output.warehouse}. Kør god-loesladelse run igen, og prøv så på ny."
        ) from None
    if len(run) != 1:
        raise UserError(f"Datavarehuset {output.warehouse} siger ikke, hvilken leverance det bygger på. Byg det igen.")
    batch_id, extract_date, as_of, is_synthetic = run[0]
    return build(str(batch_id), extract_date, as_of, bool(is_synthetic), all_municipalities(), institutions, agreements)


def all_municipalities() -> dict[str, str]:
    """Return the name of each municipality by its three-digit code."""
    with (layout.SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["municipality_code"]: row["name"] for row in csv.DictReader(file)}


def build(
    batch_id: str,
    extract_date: datetime.date,
    as_of: datetime.date,
    is_synthetic: bool,
    municipalities: Mapping[str, str],
    institutions: Iterable[tuple[str | None, ...]],
    agreements: Iterable[tuple[str | None, ...]],
) -> Register:
    """Return the register made of rows as delivered, in any order; raises UserError on a row that cannot be placed."""
    masked: list[str] = []

    def cleaned(row: tuple[str | None, ...], what: str) -> list[str]:
        lines = [texts.clean_line(value) for value in row]
        kept = [mask_numbers(line) for line in lines]
        if kept != lines:
            masked.append(f"{what} {kept[0]}")
        return kept

    houses = [Institution(*cleaned(row, "institution")) for row in institutions]
    if len({house.code for house in houses}) != len(houses):
        raise UserError("Kontaktregisteret har to rækker med samme institution_kode. Ret leverancen, og kør igen.")
    if not {house.kind for house in houses} <= KINDS:
        raise UserError("Kontaktregisteret har en institution af en ukendt art. Ret leverancen, og kør igen.")
    contacts: dict[str, Agreement] = {}
    for row in agreements:
        code, updated, _, name, _, phone = cleaned(row, "kommune")
        if code not in municipalities or code in contacts:
            raise UserError("Samarbejdsaftalerne har en ukendt kommunekode eller to rækker for samme kommune.")
        # The two addresses stay as delivered: cleaning a line break away could make a usable address of a false one.
        contacts[code] = Agreement(code, _date(updated), row[2] or "", name, row[4] or "", phone)
    # In a fixed order, so that nothing made from the register depends on the order of rows in a file.
    houses.sort(key=lambda house: house.code)
    return Register(
        batch_id,
        extract_date,
        as_of,
        is_synthetic,
        dict(municipalities),
        {code: contacts[code] for code in sorted(contacts)},
        tuple(houses),
        tuple(sorted(masked)),
    )


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None

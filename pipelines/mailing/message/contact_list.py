"""The contact list itself: its sections, its columns and their Danish words, shared by workbook, PDF and snapshot.

Belongs here: order, headings, and the text form in which a sent list is kept. Does not belong here: any file format
that a municipality sees.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json

from pipelines import danish
from pipelines.mailing.message.contact_register import Institution
from pipelines.vocabulary import INSTITUTION_SECTIONS, NOT_STATED

COLUMNS = {
    "name": "Navn",
    "area": "Område",
    "address": "Adresse",
    "postal_code": "Postnr.",
    "town": "By",
    "phone": "Telefon",
    "mail": "Mail",
}


def sections(institutions: tuple[Institution, ...]) -> list[tuple[str, list[Institution]]]:
    """Return the headings in their fixed order, each with its institutions in Danish order of names."""
    return [
        (heading, sorted((one for one in institutions if one.kind == kind), key=_order))
        for kind, heading in INSTITUTION_SECTIONS.items()
        if any(one.kind == kind for one in institutions)
    ]


def in_order(institutions: tuple[Institution, ...]) -> list[Institution]:
    """Return all institutions as the list has them: section by section."""
    return [one for _, rows in sections(institutions) for one in rows]


def cells(institution: Institution) -> list[str]:
    """Return one line of the list, column by column."""
    # A screen reader passes an empty cell in silence.
    return [getattr(institution, name) or NOT_STATED for name in COLUMNS]


def to_text(institutions: tuple[Institution, ...]) -> str:
    """Return the list as text, the same whatever order the institutions came in."""
    rows = sorted((dataclasses.asdict(one) for one in institutions), key=lambda row: str(row["code"]))
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> tuple[Institution, ...]:
    """Return the list that ``to_text`` wrote."""
    return tuple(Institution(**row) for row in json.loads(text))


def digest(institutions: tuple[Institution, ...]) -> str:
    """Return the digest by which a list is known to the ledger."""
    return hashlib.sha256(to_text(institutions).encode()).hexdigest()


def _order(institution: Institution) -> tuple[tuple[str, str], str]:
    return danish.sort_key(institution.name), institution.code

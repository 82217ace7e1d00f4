"""What is sent, apart from each other: the contact list, the packs, the worklists; and where each has its places.

Belongs here: their names, and that each has an outbox, a ledger and a journal of its own. Does not belong here: what a
message of one holds (``message``, ``parcels``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipelines.layout import Output


class Round(Protocol):
    """One time that a matter is sent: a quarter's list, a publication's packs, a week's worklists."""

    @property
    def code(self) -> str:
        """The name in files, tables and commands; later rounds sort after earlier ones."""

    @property
    def label(self) -> str:
        """The name in Danish text."""


@dataclass(frozen=True, order=True)
class NamedRound:
    """A round that is known by its name alone."""

    code: str
    label: str


def round_of_week(day: datetime.date) -> NamedRound:
    """Return the round in which a day's worklists go out: its ISO week."""
    year, week, _ = day.isocalendar()
    return NamedRound(f"{year}-W{week:02d}", f"uge {week} {year}")


@dataclass(frozen=True)
class Matter:
    """One kind of thing that is sent; ``kind`` is what the ledger calls its messages."""

    kind: str
    folder: str
    title: str
    option: str
    about: str
    content: str
    #: Approvals are of whom it goes to and how, for a period, and not of each round's bytes.
    is_standing: bool = False


CONTACT_LISTS = Matter(
    kind="contact_list",
    folder="",
    title="Kontaktlisten",
    option="",
    about="kontaktoplysninger",
    content="Kriminalforsorgens offentlige kontaktoplysninger og den nævnte kommunes egen registrerede\n"
    "kontakt (postkasse, kontaktpersons navn, mail og telefon). Meddelelsen indeholder ingen sager og ingen\n"
    "personnumre.",
)
PACKS = Matter(
    kind="pack",
    folder="pakker",
    title="Pakkerne",
    option=" --what packs",
    about="kommunens pakke",
    content="kommunens pakke som krypteret zip-fil: beskyttede tal og kommunens egne sager ved sagsnummer, uden navne\n"
    "og personnumre. Den kan kun åbnes med modtagerens adgangskode.",
)
WORKLISTS = Matter(
    kind="worklist",
    folder="arbejdslister",
    title="Arbejdslisterne",
    option=" --what worklists",
    about="arbejdslisten",
    content="modtagerens arbejdsliste som krypteret zip-fil: åbne pligter og forsinkede sager ved sagsnummer, uden\n"
    "navne og personnumre. Den kan kun åbnes med modtagerens adgangskode.",
    is_standing=True,
)
ALL = (CONTACT_LISTS, PACKS, WORKLISTS)


@dataclass(frozen=True)
class MatterOutput(Output):
    """An output folder, seen from one matter: ``mailing`` is the matter's own place in it."""

    matter: Matter

    @property
    def mailing(self) -> Path:
        """The matter's outboxes and its ledger."""
        return self.root / "mailing" / self.matter.folder


def of(output: Output) -> Matter:
    """Return the matter that an output folder is seen from; a plain one is the contact list's."""
    return output.matter if isinstance(output, MatterOutput) else CONTACT_LISTS


def seen_from(output: Output, matter: Matter) -> Output:
    """Return the output folder as the matter sees it."""
    return Output(output.root) if matter is CONTACT_LISTS else MatterOutput(output.root, matter)


def seen_from_all(output: Output) -> list[Output]:
    """Return the output folder as every matter sees it."""
    return [seen_from(output, matter) for matter in ALL]


def each(output: Output) -> list[Output]:
    """Return the output folder as every matter that was ever prepared in it sees it."""
    return [one for one in seen_from_all(output) if one.mailing.exists()]

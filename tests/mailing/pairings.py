"""Every way to mix up messages, files, ledger rows and addresses, and what counts as a wrong send.

Belongs here: one mixed-up outbox and the check of it, used by the test (small) and by ``benchmarks/mail_pairings.py``
(100,000 pairings). Does not belong here: how many are tried.

The truth is kept apart: who owns the bytes is known from their making, whose address it is from the register before
anything was mixed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.mailing import checks
from pipelines.mailing.message import messages, recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import Recipient
from pipelines.mailing.record.ledger import Message
from pipelines.mailing.record.outbox import OutboxEntry
from pipelines.mailing.record.states import APPROVED, CONTACT_LIST
from pipelines.mailing.settings import MailSettings
from tests.mailing.stage import QUARTER

# What can be mixed up, each by a permutation of its own.
MIXED = (
    "contents",
    "file names",
    "entry recipients",
    "entry ids",
    "ledger codes",
    "ledger recipients",
    "register addresses",
)


@dataclass(frozen=True)
class Truth:
    """A right outbox: for each municipality its message, its entry, its ledger row and its recipient."""

    settings: MailSettings
    codes: tuple[str, ...]
    contents: dict[str, bytes]
    recipients: dict[str, Recipient]
    owner_of_content: dict[str, str]
    owner_of_address: dict[str, str]


def truth(register: Register, settings: MailSettings, contents: dict[str, bytes]) -> Truth:
    """Return the right pairing of everything."""
    reachable = recipients.reachable(register, settings)
    return Truth(
        settings=settings,
        codes=tuple(sorted(contents)),
        contents=contents,
        recipients=reachable,
        owner_of_content={hashlib.sha256(content).hexdigest(): code for code, content in contents.items()},
        owner_of_address={one.address: code for code, one in reachable.items()},
    )


def sent(known: Truth, orders: dict[str, Sequence[int]]) -> list[tuple[str, str]]:
    """Mix up as the permutations say and return what would be sent: owner of the bytes, owner of the address."""

    def mixed(what: str, place: int) -> str:
        return known.codes[orders[what][place]] if what in orders else known.codes[place]

    gone = []
    for place, code in enumerate(known.codes):
        content = known.contents[mixed("contents", place)]
        digest = hashlib.sha256(content).hexdigest()
        entry_address = known.recipients[mixed("entry recipients", place)].address
        id_of = mixed("entry ids", place)
        identifier = messages.message_id(QUARTER, id_of, known.recipients[id_of].address, known.settings)
        entry = OutboxEntry(code, entry_address, identifier, digest)
        row = Message(
            identifier,
            QUARTER.code,
            mixed("ledger codes", place),
            CONTACT_LIST,
            known.recipients[mixed("ledger recipients", place)].address,
            digest,
            None,
            APPROVED,
            "",
            "",
        )
        address = known.recipients[mixed("register addresses", place)].address
        recipient = replace(known.recipients[code], address=address)
        name = f"{mixed('file names', place)}.eml"
        if not checks.disagreements(content, name, entry, row, recipient, QUARTER, known.settings):
            gone.append((known.owner_of_content[digest], known.owner_of_address[address]))
    return gone

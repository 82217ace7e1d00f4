"""A round of parcels as something that is sent, each looked at once more before it goes.

Belongs here: what ``sending`` asks of whatever it sends. Does not belong here: making parcels (``preparing``).

The last look opens the locked file with the recipient's own password and reads whose it is inside: a parcel with
another's content cannot go, and neither can one that its recipient could not open.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pipelines.mailing.channels.interface import Channel
from pipelines.mailing.matters import Matter, Round
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.parcels import lock, passwords
from pipelines.mailing.record.ledger import Message
from pipelines.mailing.record.outbox import OutboxEntry
from pipelines.mailing.transport import Session
from pipelines.privacy.civil_registration import contains_number


class Parcels:
    """A ``sending.Consignment``: the parcels of one round, in one channel."""

    def __init__(
        self,
        matter: Matter,
        channel: Channel,
        of_round: Round,
        recipients: Mapping[str, Recipient | Unreachable],
        now: datetime.datetime,
    ) -> None:
        self._matter = matter
        self._channel = channel
        self._round = of_round
        self._now = now
        self.recipients = recipients
        self.test_address = channel.test_address

    def disagreements(self, content: bytes, entry: OutboxEntry, row: Message | None) -> list[str]:
        """Return in Danish each point on which message, manifest, ledger, register and locked file disagree."""
        code, of_round = entry.municipality_code, self._round.code
        recipient = self.recipients.get(code)
        if row is None:
            return ["protokollen kender ikke meddelelsen"]
        if not isinstance(recipient, Recipient):
            return ["modtageren kan ikke længere nås ifølge registeret"]
        try:
            said = self._channel.read(content)
        except UnreadableMessage as problem:
            return [str(problem)]
        codes = {**said.codes, "zip-filen": self._owner(code, said.locked)}
        found = [f"{place} nævner ikke {code}" for place, named in codes.items() if named != code]
        found += [f"{place} nævner ikke {of_round}" for place, named in said.rounds.items() if named != of_round]
        expected_id = self._channel.message_id(self._matter, self._round, code, recipient.address)
        facts = (
            (row.municipality_code == code, "protokollen har en anden modtager"),
            (row.kind == self._matter.kind and row.quarter == of_round, "protokollen har en anden runde"),
            (row.sha256 == entry.sha256, "protokollen har en anden kontrolsum"),
            (entry.recipient == recipient.address, "registeret har fået en anden adresse, siden der blev forberedt"),
            (row.recipient == recipient.address, "protokollen har en anden adresse"),
            (said.to == recipient.address, "beskeden er stilet til en anden adresse"),
            (said.message_id == row.message_id == entry.message_id == expected_id, "beskedens id passer ikke"),
            (said.sender == self._channel.sender, "afsenderen er ikke den i indstillingerne"),
            (not contains_number(said.text), "teksten indeholder, hvad der kan være et personnummer"),
        )
        return found + [text for is_right, text in facts if not is_right]

    def connect(self) -> Session:
        """Return a session of the channel."""
        return self._channel.connect()

    def test_message(self, identifier: str) -> bytes:
        """Return the dummy."""
        return self._channel.test_message(self._matter, self._round, identifier, self._now)

    def test_message_id(self, digest: str, number: int) -> str:
        """Return the dummy's id."""
        return self._channel.test_message_id(self._matter, self._round, digest, number)

    def _owner(self, code: str, locked: bytes) -> str:
        password = passwords.of(code)
        try:
            return lock.owner(lock.unlocked(locked, password)) if password else ""
        except lock.NotUnlocked:
            return ""

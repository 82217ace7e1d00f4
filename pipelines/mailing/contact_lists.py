"""The contact list as something that is sent: a mail to each municipality of the register.

Belongs here: what ``sending`` asks of whatever it sends. Does not belong here: the message (``message``) and what
makes one wrong (``checks``).
"""

from __future__ import annotations

from pipelines.mailing import checks
from pipelines.mailing.message import messages, recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import Recipient
from pipelines.mailing.record.ledger import Message
from pipelines.mailing.record.outbox import OutboxEntry
from pipelines.mailing.settings import MailSettings
from pipelines.mailing.transport import Session, Smtp
from pipelines.quarters import Quarter


class ContactLists:
    """A ``sending.Consignment``: the quarter's lists."""

    def __init__(self, register: Register, settings: MailSettings, quarter: Quarter) -> None:
        self._settings = settings
        self._quarter = quarter
        self.recipients = recipients.of(register, settings)
        self.test_address = settings.test_address

    def disagreements(self, content: bytes, entry: OutboxEntry, row: Message | None) -> list[str]:
        """Return in Danish each point on which the sources disagree."""
        recipient = self.recipients.get(entry.municipality_code)
        return checks.disagreements(content, entry.file, entry, row, recipient, self._quarter, self._settings)

    def connect(self) -> Session:
        """Return a connection to the mail server, for these recipients and no others."""
        permitted = {one.address for one in self.recipients.values() if isinstance(one, Recipient)}
        return Smtp(self._settings, frozenset(permitted | {self.test_address})).connect()

    def test_message(self, identifier: str) -> bytes:
        """Return the dummy that goes to the test address."""
        return messages.test_message(self._quarter, identifier, self._settings)

    def test_message_id(self, digest: str, number: int) -> str:
        """Return the dummy's id."""
        return messages.test_message_id(self._quarter, digest, number, self._settings)

"""Parcels by mail: a text and an attached file, through the mail server of ``[mailing]``.

Belongs here: writing and reading back such a mail. Does not belong here: SMTP (``transport``).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from pipelines.mailing.channels.interface import Parcel, ReadParcel
from pipelines.mailing.matters import Matter, Round
from pipelines.mailing.message import addresses, messages
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.settings import MailSettings
from pipelines.mailing.transport import Session, Smtp

CODE_HEADER = "X-God-Loesladelse-Modtager"
ROUND_HEADER = "X-God-Loesladelse-Runde"
_SUBJECT = re.compile(r".+ for (.+) \(([\w-]+) [^()]*\)")


class MailChannel:
    """A ``Channel``: the configured mail server, for the given recipients and no others."""

    name = "smtp"

    def __init__(self, settings: MailSettings, permitted: Iterable[str] = ()) -> None:
        self._settings = settings
        self._permitted = frozenset(permitted) | {settings.test_address}
        self.sender = settings.sender_address
        self.test_address = settings.test_address

    def message_id(self, matter: Matter, of_round: Round, code: str, address: str) -> str:
        """Return the id of the message; another address makes another message."""
        mark = hashlib.sha256(addresses.key(address).encode()).hexdigest()[:16]
        return f"<god-loesladelse.{matter.kind}.{of_round.code}.{code}.{mark}@{self._domain}>"

    def compose(self, parcel: Parcel, address: str) -> bytes:
        """Return the mail."""
        identifier = self.message_id(parcel.matter, parcel.of_round, parcel.code, address)
        message = self._with_headers(address, parcel.subject, identifier, parcel.of_round, parcel.written_at)
        message[CODE_HEADER] = parcel.code
        message.set_content(parcel.text, cte="quoted-printable")
        message.add_attachment(parcel.locked, maintype="application", subtype="zip", filename=parcel.file_name)
        return messages.to_bytes(message)

    def read(self, content: bytes) -> ReadParcel:
        """Return what the mail says of itself."""
        try:
            return _read(message_from_bytes(content, policy=policy.SMTP))  # type: ignore[arg-type]
        except (MessageError, LookupError, UnicodeError, AttributeError, TypeError):
            raise UnreadableMessage("beskeden kan ikke læses") from None

    def test_message(self, matter: Matter, of_round: Round, identifier: str, now: datetime.datetime) -> bytes:
        """Return the dummy that goes to the test address."""
        subject = f"Prøve før udsendelse: {matter.title.lower()} for {of_round.label}"
        message = self._with_headers(self.test_address, subject, identifier, of_round, now)
        message.set_content(
            "Dette er en prøve uden indhold. Den viser, at mailserveren tager imod.\n\nSvar ikke på den.\n",
            cte="quoted-printable",
        )
        return messages.to_bytes(message)

    def test_message_id(self, matter: Matter, of_round: Round, digest: str, number: int) -> str:
        """Return the dummy's id."""
        return f"<god-loesladelse.{matter.kind}.{of_round.code}.test.{digest[:16]}.{number}@{self._domain}>"

    def connect(self) -> Session:
        """Return a connection to the mail server."""
        return Smtp(self._settings, self._permitted).connect()

    @property
    def _domain(self) -> str:
        return self._settings.sender_address.rpartition("@")[2].casefold()

    def _with_headers(
        self, to: str, subject: str, identifier: str, of_round: Round, at: datetime.datetime
    ) -> EmailMessage:
        message = EmailMessage(policy=messages.POLICY)
        chosen = self._settings
        message["From"] = Address(addresses.header_text(chosen.sender_name), addr_spec=chosen.sender_address)
        message["To"] = Address(addr_spec=to)
        message["Reply-To"] = Address(addr_spec=chosen.reply_address)
        message["Subject"] = addresses.header_text(subject)
        message["Date"] = format_datetime(at.astimezone(datetime.UTC))
        message["Message-ID"] = identifier
        message[ROUND_HEADER] = of_round.code
        return message


def _read(message: EmailMessage) -> ReadParcel:
    if message.defects or any(name.casefold() in ("cc", "bcc", "resent-to", "sender") for name in message.keys()):  # noqa: SIM118
        raise UnreadableMessage("brevhovedet har en fejl eller flere modtagere")
    single = {name: _only(message, name) for name in ("Subject", "Message-ID", CODE_HEADER, ROUND_HEADER)}
    if [part.get_content_type() for part in message.walk()] != ["multipart/mixed", "text/plain", "application/zip"]:
        raise UnreadableMessage("beskeden har ikke netop en tekst og en zip-fil")
    _, text, attachment = message.walk()
    titled = _SUBJECT.fullmatch(single["Subject"])
    if titled is None:
        raise UnreadableMessage("emnet nævner ikke sin modtager")
    return ReadParcel(
        codes={"brevhoved": single[CODE_HEADER], "emne": titled[2]},
        rounds={"brevhoved": single[ROUND_HEADER]},
        to=_address(message, "To"),
        sender=_address(message, "From"),
        message_id=single["Message-ID"].strip(),
        file_name=str(attachment.get_filename()),
        locked=attachment.get_content(),  # type: ignore[attr-defined]
        text=text.get_content(),  # type: ignore[attr-defined]
    )


def _only(message: EmailMessage, name: str) -> str:
    values = message.get_all(name, [])
    if len(values) != 1:
        raise UnreadableMessage(f"brevhovedet skal have feltet {name} netop én gang")
    return str(values[0])


def _address(message: EmailMessage, name: str) -> str:
    _only(message, name)
    found = message[name].addresses
    if len(found) != 1:
        raise UnreadableMessage(f"feltet {name} skal have netop én adresse")
    return str(found[0].addr_spec)

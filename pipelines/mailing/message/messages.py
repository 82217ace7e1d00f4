"""The messages themselves: the contact list to a municipality, and the dummy to the test address.

Belongs here: headers, parts, and their order. Does not belong here: the wording (``message.txt.j2``,
``message.html.j2``, ``letter.py``), attachments' insides, and sending.

Date, message id and part boundaries follow from quarter and recipient, so that the same register gives the same bytes;
approvals are of those bytes.
"""

from __future__ import annotations

import datetime
import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from pipelines.mailing.message import addresses, contact_list_document
from pipelines.mailing.message.letter import Letter
from pipelines.mailing.message.recipients import Recipient
from pipelines.mailing.settings import MailSettings
from pipelines.quarters import Quarter

CODE_HEADER = "X-God-Loesladelse-Kommune"
QUARTER_HEADER = "X-God-Loesladelse-Kvartal"
TEST_SUBJECT = "Prøve før udsendelse af kontaktlisten"

# Header and body in ASCII lines of mail length with CRLF: what every server on the way carries unchanged.
POLICY: Any = SMTP.clone(cte_type="7bit")
# Folding a header between plain and encoded words puts a second space into it when it is read back (Python 3.11), and
# the subject must come back exactly; RFC 5322 allows a line of up to 998 characters.
_UNFOLDED: Any = POLICY.clone(max_line_length=200)


def message_id(quarter: Quarter, code: str, address: str, settings: MailSettings) -> str:
    """Return the id of the message to this recipient in this quarter; another address makes another message."""
    mark = hashlib.sha256(addresses.key(address).encode()).hexdigest()[:16]
    return f"<god-loesladelse.{quarter.code.lower()}.{code}.{mark}@{_domain(settings)}>"


def test_message_id(quarter: Quarter, digest: str, number: int, settings: MailSettings) -> str:
    """Return the id of the dummy before a run; each run has its own number."""
    return f"<god-loesladelse.{quarter.code.lower()}.test.{digest[:16]}.{number}@{_domain(settings)}>"


def attachment_name(letter: Letter, ending: str) -> str:
    """Return an attachment's file name; nothing in it comes from a delivery."""
    return f"kontaktliste-{letter.quarter.code}-{letter.municipality_code}.{ending}"


class Messages:
    """Makes the messages of one run: templates and fonts are read once."""

    def __init__(self, settings: MailSettings) -> None:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        def environment(escape: bool) -> Environment:
            return Environment(
                loader=FileSystemLoader(Path(__file__).parent),
                autoescape=escape,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
            )

        self._settings = settings
        self._text = environment(False).get_template("message.txt.j2")
        self._html = environment(True).get_template("message.html.j2")

    def contact_list(self, letter: Letter, recipient: Recipient) -> bytes:
        """Return the bytes of one municipality's message."""
        from pipelines.mailing.message import contact_list_workbook

        message = _with_headers(
            self._settings,
            recipient.address,
            letter.full_title,
            letter.quarter,
            message_id(letter.quarter, letter.municipality_code, recipient.address, self._settings),
        )
        message[CODE_HEADER] = letter.municipality_code
        message.set_content(self._text.render(letter=letter), cte="quoted-printable")
        message.add_alternative(self._html.render(letter=letter), subtype="html", cte="quoted-printable")
        message.add_attachment(
            contact_list_workbook.make(letter),
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            filename=attachment_name(letter, "xlsx"),
        )
        message.add_attachment(
            contact_list_document.make(letter),
            maintype="application",
            subtype="pdf",
            filename=attachment_name(letter, "pdf"),
        )
        return to_bytes(message)


def test_message(quarter: Quarter, identifier: str, settings: MailSettings) -> bytes:
    """Return the dummy that goes to the test address: no contact list, no municipality, no name."""
    message = _with_headers(settings, settings.test_address, f"{TEST_SUBJECT}, {quarter.label}", quarter, identifier)
    message.set_content(
        "Dette er en prøve uden indhold. Den sendes, før kontaktlisten går til kommunerne, og viser, at mailserveren "
        "tager imod.\n\nSvar ikke på den.\n",
        cte="quoted-printable",
    )
    return to_bytes(message)


def _with_headers(settings: MailSettings, to: str, subject: str, quarter: Quarter, identifier: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(addresses.header_text(settings.sender_name), addr_spec=settings.sender_address)
    message["To"] = Address(addr_spec=to)
    message["Reply-To"] = Address(addr_spec=settings.reply_address)
    message["Subject"] = addresses.header_text(subject)
    message["Date"] = format_datetime(datetime.datetime.combine(quarter.first_day, datetime.time(8), datetime.UTC))
    message["Message-ID"] = identifier
    message[QUARTER_HEADER] = quarter.code
    return message


def to_bytes(message: EmailMessage) -> bytes:
    """Return the finished message, its boundaries derived from its id."""
    mark = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
    parts: list[Any] = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(parts, start=1):
        # "=_" cannot occur in quoted-printable or base64 text, so no content can end a part before its end.
        part.set_boundary(f"=_god-loesladelse-{mark}-{number}")
    return message.as_bytes(policy=_UNFOLDED)


def _domain(settings: MailSettings) -> str:
    return settings.sender_address.rpartition("@")[2].casefold()

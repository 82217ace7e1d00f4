"""Telling a person that a run failed or a delivery was refused: a mail, and a message to a chat or watch system.

Belongs here: to whom and how. Does not belong here: what is told; it comes in Danish, without a value from a delivery.
The mail goes through the server of ``[mailing]``; whom to tell stands in ``[watching]``. Nothing is ever failed by it.
"""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

from pipelines.configuration import settings
from pipelines.errors import UserError
from pipelines.privacy.civil_registration import mask_numbers
from pipelines.watching.posting import post

if TYPE_CHECKING:
    from pipelines.mailing.settings import MailSettings

_LONGEST = 5000


def tell(subject: str, text: str) -> list[str]:
    """Tell everybody whom the settings name; returns what could not be told (Danish), each with what to look at."""
    masked = mask_numbers(text)
    shown = masked if len(masked) <= _LONGEST else f"{masked[:_LONGEST]} …"
    return [*_mailed(subject, shown), *_posted(subject, shown)]


def _mailed(subject: str, text: str) -> Iterator[str]:
    wanted = settings().watching.alert_addresses
    if not wanted:
        return
    from pipelines.mailing import settings as mail_settings
    from pipelines.mailing.message import addresses
    from pipelines.mailing.transport import Outcome, Smtp, Unavailable

    try:
        chosen = mail_settings.read()
        recipients = [addresses.usable(address) for address in wanted]
        server = Smtp(chosen, frozenset(recipients))
        for address in recipients:
            session = server.connect()
            try:
                answer = session.deliver(address, _message(chosen, address, subject, text))
            finally:
                session.close()
            if answer.outcome is not Outcome.ACCEPTED:
                yield f"Beskeden kunne ikke sendes til {address}: {answer.detail}. Se alert_addresses i [watching]."
    except addresses.UnusableAddress:
        yield "Beskeden kunne ikke sendes: en adresse i alert_addresses i [watching] er ikke en gyldig mailadresse."
    except (UserError, Unavailable) as problem:
        yield f"Beskeden kunne ikke sendes: {problem} Se [mailing] og alert_addresses i [watching]."


def _message(chosen: MailSettings, address: str, subject: str, text: str) -> bytes:
    from pipelines.mailing.message import addresses, messages

    message = EmailMessage(policy=messages.POLICY)
    message["From"] = Address(addresses.header_text(chosen.sender_name), addr_spec=chosen.sender_address)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=chosen.sender_address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text}\n", cte="quoted-printable")
    return messages.to_bytes(message)


def _posted(subject: str, text: str) -> Iterator[str]:
    address = settings().watching.alert_webhook
    if not address:
        return
    body = json.dumps({"text": f"{subject}\n{text}"}, ensure_ascii=False).encode()
    try:
        post(address, body, {"Content-Type": "application/json; charset=utf-8"})
    except (OSError, ValueError) as problem:
        status = problem.code if isinstance(problem, urllib.error.HTTPError) else type(problem).__name__
        yield f"Beskeden kunne ikke afleveres til alert_webhook ({status}). Se [watching]."

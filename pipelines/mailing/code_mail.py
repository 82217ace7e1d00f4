"""Mailing a one-time code to the address registered for a name.

Belongs here: the message and handing it over. Does not belong here: the code itself (``people.codes``).
"""

from __future__ import annotations

import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.message import addresses, messages
from pipelines.mailing.settings import MailSettings
from pipelines.mailing.transport import Outcome, Smtp, Unavailable
from pipelines.people import codes


def send(output: Output, settings: MailSettings, matter: str, about: str, name: str, now: datetime.datetime) -> str:
    """Mail a new code for a matter (``about`` says in Danish what it confirms); return the address it went to.

    Raises UserError when no address is registered for the name, or the server does not take the message.
    """
    address = addresses.usable(codes.registered_address(settings.people, name))
    code = codes.issue(output, settings.people, matter, name, now)
    content = _message(settings, address, about, code, now)
    try:
        session = Smtp(settings, frozenset({address})).connect()
    except Unavailable as problem:
        raise UserError(f"Koden kunne ikke sendes til {address}: {problem}. Prøv igen.") from None
    try:
        result = session.deliver(address, content)
    finally:
        session.close()
    if result.outcome is not Outcome.ACCEPTED:
        raise UserError(f"Koden kunne ikke sendes til {address}: {result.detail}. Prøv igen.")
    audit_trail.record(output, "code_mailed", name=name, matter=matter)
    return address


def _message(settings: MailSettings, address: str, about: str, code: str, now: datetime.datetime) -> bytes:
    message = EmailMessage(policy=messages.POLICY)
    message["From"] = Address(addresses.header_text(settings.sender_name), addr_spec=settings.sender_address)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = "Kode til bekræftelse"
    message["Date"] = format_datetime(now.astimezone(datetime.UTC))
    message["Message-ID"] = make_msgid(domain=settings.sender_address.rpartition("@")[2])
    message.set_content(
        f"Koden er {code}\n\nDen bekræfter, at du {about}. Den gælder én gang og i {settings.people.code_minutes} "
        "minutter. Har du ikke selv bedt om den, så giv den ikke til nogen, og sig det til den, der står for "
        "udsendelsen.\n",
        cte="quoted-printable",
    )
    return messages.to_bytes(message)

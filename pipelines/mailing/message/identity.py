"""What a finished message says of itself: opened and read back before it may be sent.

Belongs here: parsing the bytes and finding each place that names municipality, quarter and address. Does not belong
here: comparing them with anything (``checks.py``).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from xml.etree import ElementTree

from pipelines.mailing.message import contact_list_document, contact_list_workbook, letter, messages
from pipelines.privacy.civil_registration import contains_number


class UnreadableMessage(ValueError):
    """The bytes are not a message of the kind we make; the text says in Danish what is wrong."""


@dataclass(frozen=True)
class Identity:
    """What one message says; ``codes`` and ``quarters`` map each place in it to what stands there."""

    codes: Mapping[str, str]
    quarters: Mapping[str, str]
    to: str
    sender: str
    reply_to: str
    message_id: str


def read(content: bytes) -> Identity:
    """Return what the message says of itself; raises UnreadableMessage when any place is missing or doubled."""
    try:
        message = message_from_bytes(content, policy=policy.SMTP)
        return _identity(message)
    except (MessageError, LookupError, UnicodeError, zipfile.BadZipFile, ElementTree.ParseError, AttributeError):
        raise UnreadableMessage("beskeden kan ikke læses") from None


def _identity(message: EmailMessage) -> Identity:
    if message.defects or any(name.casefold() in ("cc", "bcc", "resent-to", "sender") for name in message.keys()):  # noqa: SIM118
        raise UnreadableMessage("brevhovedet har en fejl eller flere modtagere")
    single = {name: _only(message, name) for name in ("From", "To", "Reply-To", "Subject", "Message-ID")}
    code, quarter = _only(message, messages.CODE_HEADER), _only(message, messages.QUARTER_HEADER)
    titled = letter.quarter_and_code_in_title(single["Subject"])
    if titled is None:
        raise UnreadableMessage("emnet nævner ikke kvartal og kommune")
    text, html, workbook, document = _parts(message)
    codes = {"brevhoved": code, "emne": titled[1], "tekst": _required(letter.code_in_addressee(text), "teksten")}
    quarters = {"brevhoved": quarter, "emne": titled[0]}
    in_page = set(re.findall(r'<meta name="kommunekode" content="([0-9]{3})">|<p>Til kommune ([0-9]{3}) ', html))
    if in_page != {(code, ""), ("", code)}:
        raise UnreadableMessage("HTML-teksten nævner ikke den samme ene kommune")
    codes["HTML-tekst"] = code
    for name, content in (("regnearket", workbook), ("PDF'en", document)):
        named = re.fullmatch(r"kontaktliste-(20[0-9]{2}-Q[1-4])-([0-9]{3})\.(?:xlsx|pdf)", content.get_filename() or "")
        if named is None:
            raise UnreadableMessage(f"vedhæftningen ({name}) har et forkert navn")
        codes[f"{name}s filnavn"], quarters[f"{name}s filnavn"] = named[2], named[1]
    codes["regneark"], codes["regnearkets celle"], quarters["regneark"] = _in_workbook(workbook.get_content())
    codes["PDF"], codes["PDF'ens titel"], quarters["PDF"] = _in_document(document.get_content())
    if contains_number(text) or contains_number(html):
        raise UnreadableMessage("teksten indeholder, hvad der kan være et personnummer")
    return Identity(
        codes,
        quarters,
        _address(message, "To"),
        _address(message, "From"),
        _address(message, "Reply-To"),
        single["Message-ID"].strip(),
    )


def _only(message: EmailMessage, name: str) -> str:
    values = message.get_all(name, [])
    if len(values) != 1:
        raise UnreadableMessage(f"brevhovedet skal have feltet {name} netop én gang")
    return str(values[0])


def _address(message: EmailMessage, name: str) -> str:
    found = message[name].addresses
    if len(found) != 1:
        raise UnreadableMessage(f"feltet {name} skal have netop én adresse")
    return str(found[0].addr_spec)


def _parts(message: EmailMessage) -> tuple[str, str, EmailMessage, EmailMessage]:
    kinds = [part.get_content_type() for part in message.walk()]
    expected = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/pdf",
    ]
    if kinds != expected:
        raise UnreadableMessage("beskeden har ikke netop tekst, HTML-tekst, regneark og PDF")
    _, _, text, html, workbook, document = message.walk()
    return text.get_content(), html.get_content(), workbook, document  # type: ignore[return-value, attr-defined]


def _in_workbook(content: bytes) -> tuple[str, str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        tree = ElementTree.fromstring(parts.read("docProps/custom.xml"))
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        names = parts.namelist()
    found = {entry.get("name"): "".join(entry.itertext()) for entry in tree}
    # Every sheet has the addressee line in its second row; all of them share the one text.
    lines = {letter.code_in_addressee("".join(entry.itertext())) for entry in shared} - {None}
    if len(lines) != 1 or any("externalLink" in name or name.endswith(".bin") for name in names):
        raise UnreadableMessage("regnearket nævner ikke netop én kommune")
    code = _required(found.get(contact_list_workbook.CODE_PROPERTY), "regnearket")
    quarter = _required(found.get(contact_list_workbook.QUARTER_PROPERTY), "regnearket")
    return code, str(lines.pop()), quarter


def _in_document(content: bytes) -> tuple[str, str, str]:
    title, keywords = contact_list_document.title_and_keywords(content)
    titled = letter.quarter_and_code_in_title(title)
    named = re.fullmatch(r"kommunekode ([0-9]{3}), kvartal (20[0-9]{2}-Q[1-4])", keywords)
    if titled is None or named is None or titled[0] != named[2]:
        raise UnreadableMessage("PDF'en nævner ikke kommune og kvartal")
    return named[1], titled[1], named[2]


def _required(value: str | None, place: str) -> str:
    if not value:
        raise UnreadableMessage(f"{place} nævner ikke sin kommune")
    return value

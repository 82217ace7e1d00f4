"""Messages that came back: told by a person, or read from a folder of returned mail.

Belongs here: recognising a delivery report and which message it is about. Does not belong here: temporary delays and
automatic replies, which are no returns, and correcting the register.
"""

from __future__ import annotations

import datetime
import email
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import Message as Mail
from pathlib import Path

from pipelines import audit_trail
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing.matters import Round
from pipelines.mailing.message import addresses, texts
from pipelines.mailing.record import agreement, states
from pipelines.mailing.record.ledger import Ledger, Message, opened
from pipelines.people import names

LARGEST = 25_000_000
_OUR_ID = re.compile(r"<god-loesladelse\.[^\s<>]{1,200}>")


@dataclass(frozen=True)
class ReturnedMail:
    """What one file of returned mail turned out to be; ``code`` is set when a return was recorded."""

    file: str
    code: str | None
    text: str


def record(output: Output, quarter: Round, recipient: str, reason: str, name: str, now: datetime.datetime) -> list[str]:
    """Record that the quarter's message to an address, or to a municipality code, came back; return the codes."""
    told = texts.clean_line(reason)
    if not told:
        raise WrongUse("--reason skal sige, hvorfor meddelelsen kom retur")
    by = names.checked(name)
    with opened(output) as ledger:
        agreement.check(output, ledger)
        wanted = addresses.key(recipient.strip())
        rows = [
            row
            for row in ledger.messages(quarter.code)
            if wanted in (row.municipality_code, addresses.key(row.recipient))
        ]
        found = [row for row in rows if row.state in (states.SENT, states.SENDING)]
        if not found:
            standing = f" Den er {states.DANISH[rows[-1].state]}." if rows else ""
            raise UserError(f"Protokollen har ingen sendt meddelelse til den modtager i {quarter.label}.{standing}")
        for row in found:
            _bounce(output, ledger, row, f"{told} (meldt af {by})", now)
    return [str(row.municipality_code) for row in found]


def read_folder(output: Output, folder: Path, now: datetime.datetime) -> list[ReturnedMail]:
    """Read every ``.eml`` of a folder and record the returns among them; reading it again changes nothing."""
    if not folder.is_dir():
        raise WrongUse("--folder skal være en mappe med .eml-filer")
    with opened(output) as ledger:
        agreement.check(output, ledger)
        return [_read(output, ledger, file, now) for file in sorted(folder.glob("*.eml"))]


def _read(output: Output, ledger: Ledger, file: Path, now: datetime.datetime) -> ReturnedMail:
    if file.stat().st_size > LARGEST:
        return ReturnedMail(file.name, None, "for stor; læs den selv")
    try:
        mail = email.message_from_bytes(file.read_bytes(), policy=policy.compat32)
        reports = [report for part in mail.walk() for report in _failures(part)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ReturnedMail(file.name, None, "kan ikke læses som mail; læs den selv")
    if not reports:
        return ReturnedMail(file.name, None, "ingen meddelelse om, at levering er opgivet; læs den selv")
    row = _about(ledger, mail, reports)
    if row is None:
        return ReturnedMail(file.name, None, "kan ikke knyttes til netop én meddelelse; brug --recipient")
    if row.kind == states.TEST:
        return ReturnedMail(file.name, None, "gælder en prøve")
    code = str(row.municipality_code)
    if row.state == states.BOUNCED:
        return ReturnedMail(file.name, code, "var allerede registreret")
    if row.state not in (states.SENT, states.SENDING):
        return ReturnedMail(file.name, None, f"gælder kommune {code}, hvis meddelelse er {states.DANISH[row.state]}")
    reason = texts.clean_line(f"{reports[0].get('Status', '')} {reports[0].get('Diagnostic-Code', '')}")
    reason = reason or "uden forklaring"
    _bounce(output, ledger, row, reason, now)
    return ReturnedMail(file.name, code, f"registreret som retur: {reason}")


def _failures(part: Mail) -> Iterable[Mail]:
    """Return the blocks of a delivery report (RFC 3464) that say that delivery was given up."""
    if part.get_content_type() != "message/delivery-status" or not isinstance(part.get_payload(), list):
        return []
    blocks = [block for block in part.get_payload() if isinstance(block, Mail)]
    return [block for block in blocks if str(block.get("Action", "")).strip().casefold() == "failed"]


def _about(ledger: Ledger, mail: Mail, reports: list[Mail]) -> Message | None:
    """Return the one message a report is about: by the id that it returns, else by its recipient."""
    everything = [row for kind in (None, states.TEST) for row in ledger.messages(kind=kind)]
    known = {row.message_id: row for row in everything}
    unfolded = [re.sub(r"\r?\n[ \t]+", "", text) for text in _texts(mail)]
    told = {found for text in unfolded for found in _OUR_ID.findall(text)} & known.keys()
    if told:
        return known[told.pop()] if len(told) == 1 else None
    failed = {
        addresses.key(str(report.get(name, "")).rpartition(";")[2].strip())
        for report in reports
        for name in ("Final-Recipient", "Original-Recipient")
    }
    arrived = [row for row in everything if row.state in (states.SENT, states.BOUNCED)]
    sent = [row for row in arrived if addresses.key(row.recipient) in failed]
    newest = [row for row in sent if row.quarter == max(one.quarter for one in sent)]
    return newest[0] if len(newest) == 1 else None


def _texts(mail: Mail) -> Iterable[str]:
    """Return the headers of every message inside the report, and its returned headers."""
    for part in mail.walk():
        for name in ("Message-ID", "In-Reply-To", "References", "X-Original-Message-ID", "Original-Message-ID"):
            yield from (str(value) for value in part.get_all(name, []))
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            yield content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _bounce(output: Output, ledger: Ledger, row: Message, reason: str, now: datetime.datetime) -> None:
    ledger.move(row.message_id, states.BOUNCED, now, reason)
    audit_trail.record(
        output, "mail_bounced", quarter=row.quarter, municipality=row.municipality_code, message_id=row.message_id
    )

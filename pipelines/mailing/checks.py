"""The last look before a message goes: do file, message, ledger and register all mean the same municipality?

Belongs here: comparing. Does not belong here: reading the message (``identity.py``) and sending it.

The sources are independent: the file name and the manifest from the outbox, codes and addresses inside the message and
its attachments, the row of the ledger, the register as the warehouse holds it today, and the settings.
"""

from __future__ import annotations

from pipelines.mailing.message import addresses, identity, messages
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.record.ledger import Message
from pipelines.mailing.record.outbox import OutboxEntry
from pipelines.mailing.record.states import CONTACT_LIST
from pipelines.mailing.settings import MailSettings
from pipelines.quarters import Quarter


def disagreements(
    content: bytes,
    file_name: str,
    entry: OutboxEntry,
    row: Message | None,
    recipient: Recipient | Unreachable | None,
    quarter: Quarter,
    settings: MailSettings,
) -> list[str]:
    """Return in Danish each point on which the sources disagree; empty means that this message may go."""
    code = entry.municipality_code
    if row is None:
        return ["protokollen kender ikke meddelelsen"]
    if not isinstance(recipient, Recipient):
        return ["kommunen kan ikke længere nås ifølge registeret"]
    try:
        said = identity.read(content)
    except UnreadableMessage as problem:
        return [str(problem)]
    found = [f"{place} nævner ikke kommune {code}" for place, named in said.codes.items() if named != code]
    found += [f"{place} nævner ikke {quarter.code}" for place, named in said.quarters.items() if named != quarter.code]
    expected_id = messages.message_id(quarter, code, recipient.address, settings)
    facts = (
        (file_name == f"{code}.eml", "filens navn er en anden kommunes"),
        (row.municipality_code == code, "protokollen har en anden kommune"),
        (row.kind == CONTACT_LIST and row.quarter == quarter.code, "protokollen har et andet kvartal"),
        (row.sha256 == entry.sha256, "protokollen har en anden kontrolsum"),
        (recipient.municipality_code == code, "registeret har en anden kommune"),
        (entry.recipient == recipient.address, "registeret har fået en anden adresse, siden der blev forberedt"),
        (row.recipient == recipient.address, "protokollen har en anden adresse"),
        (said.to == recipient.address, "beskeden er stilet til en anden adresse"),
        (said.message_id == row.message_id == entry.message_id == expected_id, "beskedens id passer ikke"),
        (said.sender == settings.sender_address, "afsenderen er ikke den i indstillingerne"),
        (said.reply_to == settings.reply_address, "svaradressen er ikke den i indstillingerne"),
        (addresses.is_in_domains(recipient.address, settings.allowed_domains), "adressens domæne er ikke tilladt"),
    )
    return found + [text for is_right, text in facts if not is_right]

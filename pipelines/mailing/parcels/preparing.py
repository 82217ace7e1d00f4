"""Preparing a round of parcels: from files, one for each recipient, to an outbox that can be approved.

Belongs here: the order of the steps and the two gates, as for the contact list. Does not belong here: the files, the
channel, the ledger's rows.

Locking gives other bytes each time. So a message that is in the outbox already, holds the same file and opens with
the same password stays as it is, and with it its approvals.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines import accounts, audit_trail, danish
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.channels.interface import Channel, Parcel
from pipelines.mailing.matters import Round
from pipelines.mailing.message import addresses
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.message.recipients import REASONS, Recipient, Unreachable
from pipelines.mailing.parcels import lock, passwords
from pipelines.mailing.record import agreement, outbox
from pipelines.mailing.record.ledger import Ledger, Signature, opened
from pipelines.mailing.record.outbox import Outbox, OutboxEntry
from pipelines.mailing.record.states import HANDED_OVER, SENDING, SENT
from pipelines.mailing.settings import MailSettings
from pipelines.people import names
from pipelines.table_files import harmless

SUMMARY = "oversigt.csv"


@dataclass(frozen=True)
class LockedFile:
    """A recipient's file as it will be locked: its name, and the bytes of a zip file whose comment says whose it is."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class PreparedParcels:
    """What was prepared: the outbox, who could not be reached, and for whom a password was made."""

    of_round: Round
    outbox: Outbox
    recipients: Mapping[str, Recipient | Unreachable]
    new_passwords: tuple[str, ...]
    passed_gates: tuple[str, ...]


def prepare(
    output: Output,
    channel: Channel,
    everyone: Mapping[str, Recipient | Unreachable],
    files: Mapping[str, LockedFile],
    of_round: Round,
    batch_id: str,
    settings: MailSettings,
    name: str,
    now: datetime.datetime,
    go_on: bool = False,
) -> PreparedParcels:
    """Write the round's outbox and record it; ``output`` is seen from the matter.

    ``everyone`` may get one, ``files`` are of those who have something this time. Raises UserError when a gate is
    closed and nobody said to go on, when somebody has a file and is unknown, and when there is nothing left to send.
    """
    by, matter = names.checked(name), matters.of(output)
    unknown = sorted(files.keys() - everyone.keys())
    if unknown:
        raise UserError(f"Registeret kender ikke {', '.join(unknown)}. Intet er forberedt; byg datavarehuset igen.")
    wanted = {code: everyone[code] for code in everyone if code in files}
    with outbox.exclusive(output), opened(output) as ledger:
        agreement.check(output, ledger)
        ledger.begin_journal(now)
        gates = tuple(_gates(wanted, settings, ledger, of_round))
        if gates and not go_on:
            audit_trail.record(
                output, "mail_prepare_stopped", matter=matter.kind, quarter=of_round.code, by=by, gates=list(gates)
            )
            raise UserError(f"{' '.join(gates)} Intet er forberedt. Ret registeret, eller forbered med --go-on.")
        reachable = {code: one for code, one in wanted.items() if isinstance(one, Recipient)}
        rows = ledger.messages(of_round.code)
        done = {str(row.municipality_code) for row in rows if row.state in (SENDING, SENT)}
        done |= {
            code
            for row in rows
            for code in [str(row.municipality_code)]
            if row.state in HANDED_OVER and code in reachable and row.recipient == reachable[code].address
        }
        to_make = {code: one for code, one in reachable.items() if code not in done}
        if not to_make:
            raise UserError(f"Ingen mangler {matter.title.lower()} for {of_round.label}. Der er intet at forberede.")
        known = {code: passwords.of(code) for code in to_make}
        new = tuple(code for code, password in known.items() if password is None)
        given = {code: password or passwords.made_for(code) for code, password in known.items()}
        contents, entries = {}, []
        for code, one in sorted(to_make.items()):
            identifier = channel.message_id(matter, of_round, code, one.address)
            content = _kept(output, channel, of_round, code, identifier, files[code], given[code])
            if content is None:
                parcel = _parcel(output, of_round, one, files[code], given[code], settings, now)
                content = channel.compose(parcel, one.address)
            contents[code] = content
            entries.append(OutboxEntry(code, one.address, identifier, hashlib.sha256(content).hexdigest()))
        unreachable = {code: one.reason for code, one in wanted.items() if isinstance(one, Unreachable)}
        box = Outbox(of_round.code, batch_id, tuple(entries), unreachable, _order(output, channel, everyone))
        outbox.set_aside(
            output, of_round, [(str(row.municipality_code), row.sha256) for row in rows if row.state in HANDED_OVER]
        )
        outbox.write(output, of_round, box, contents)
        prepared = PreparedParcels(of_round, box, wanted, new, gates)
        outbox.write_file(outbox.folder(output, of_round) / SUMMARY, _summary(prepared, files).encode("utf-8-sig"))
        ledger.prepare(
            Signature(of_round.code, box.digest, by, accounts.current(), now),
            [(one.message_id, one.municipality_code, one.recipient, one.sha256) for one in box.entries],
            # The list that the contact list's messages refer to; a parcel has none.
            (hashlib.sha256(b"").hexdigest(), ""),
            unreachable,
        )
    audit_trail.record(
        output,
        "mail_prepared",
        matter=matter.kind,
        quarter=of_round.code,
        by=by,
        channel=channel.name,
        digest=box.digest,
        messages=len(contents),
        unreachable=len(unreachable),
        passed_gates=list(gates),
    )
    return prepared


def as_text(output: Output, prepared: PreparedParcels) -> str:
    """Return what a person should know of a preparation, for the terminal."""
    lines = [f"{matters.of(output).title} for {prepared.of_round.label}: {len(prepared.outbox.entries)} er forberedt."]
    for code, one in prepared.recipients.items():
        if isinstance(one, Unreachable):
            lines.append(f"  {code} {one.municipality_name}: kan ikke nås, {REASONS[one.reason]}")
    if prepared.new_passwords:
        lines.append(
            f"Nye adgangskoder i {passwords.folder()}: {', '.join(prepared.new_passwords)}. Giv hver modtager sin, "
            "ad en anden vej end pakkens (telefon til den registrerede kontakt, samarbejdsmødet)."
        )
    lines += [f"Trods advarsel: {one}" for one in prepared.passed_gates]
    lines.append(f"Oversigt: {outbox.folder(output, prepared.of_round) / SUMMARY}")
    return "\n".join(lines)


def _gates(
    wanted: Mapping[str, Recipient | Unreachable], settings: MailSettings, ledger: Ledger, of_round: Round
) -> list[str]:
    reachable = {code: one for code, one in wanted.items() if isinstance(one, Recipient)}
    before = ledger.recipients_before(of_round.code)
    compared = [code for code in reachable if code in before]
    changed = [code for code in compared if addresses.key(reachable[code].address) != addresses.key(before[code])]
    closed = []
    if len(reachable) < settings.lowest_reachable_share * len(wanted):
        limit = danish.percent(settings.lowest_reachable_share)
        closed.append(f"Kun {len(reachable)} af {len(wanted)} modtagere kan nås; grænsen er {limit}.")
    if len(changed) > settings.highest_changed_share * len(compared):
        limit = danish.percent(settings.highest_changed_share)
        closed.append(
            f"Adressen er ændret for {len(changed)} af {len(compared)} modtagere siden sidst; grænsen er {limit}."
        )
    return closed


def _order(output: Output, channel: Channel, everyone: Mapping[str, Recipient | Unreachable]) -> str:
    """Return what a standing approval signs: channel, and address of everybody; empty where the bytes are signed."""
    if not matters.of(output).is_standing:
        return ""
    to = {code: one.address for code, one in sorted(everyone.items()) if isinstance(one, Recipient)}
    text = json.dumps({"channel": channel.name, "sender": channel.sender, "to": to}, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(
    output: Output,
    channel: Channel,
    of_round: Round,
    code: str,
    identifier: str,
    file: LockedFile,
    password: str,
) -> bytes | None:
    """Return the message that lies there already, when it holds the same file under the same password."""
    place = outbox.folder(output, of_round) / OutboxEntry(code, "", identifier, "").file
    try:
        content = place.read_bytes()
        said = channel.read(content)
        is_same = lock.unlocked(said.locked, password) == file.content and said.file_name == file.file_name
    except (OSError, UnreadableMessage, lock.NotUnlocked):
        return None
    return content if is_same and said.message_id == identifier else None


def _parcel(
    output: Output,
    of_round: Round,
    to: Recipient,
    file: LockedFile,
    password: str,
    settings: MailSettings,
    now: datetime.datetime,
) -> Parcel:
    matter, code = matters.of(output), to.municipality_code
    if lock.owner(file.content) != code:
        raise UserError(f"Filen til {code} er en andens. Intet er forberedt. Sig det til udvikleren.")
    return Parcel(
        matter=matter,
        of_round=of_round,
        code=code,
        name=to.municipality_name,
        written_at=now,
        file_name=file.file_name,
        locked=lock.locked(file.content, password),
        text=(
            f"Til {code} {to.municipality_name}\n\n"
            f"Vedhæftet er {matter.about} for {of_round.label} fra Kriminalforsorgen, God Løsladelse.\n\n"
            "Filen er krypteret (AES-256). Åbn den med 7-Zip og den adgangskode, I har fået særskilt; Windows' egen\n"
            f"Stifinder kan ikke. I den ligger {lock.INSIDE}, som åbnes uden kode.\n\n"
            "Har I ingen adgangskode, eller er I ikke de rette til at få den, så skriv til\n"
            f"{settings.reply_address}.\n\nVenlig hilsen\nKriminalforsorgen\nGod Løsladelse\n"
        ),
    )


def _summary(prepared: PreparedParcels, files: Mapping[str, LockedFile]) -> str:
    sizes = {code: len(file.content) for code, file in files.items()}
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(["kode", "navn", "modtager", "status", "fil", "bytes", "adgangskode"])
    in_outbox = {one.municipality_code for one in prepared.outbox.entries}
    for code, one in prepared.recipients.items():
        is_reached = isinstance(one, Recipient)
        status = "forberedt" if code in in_outbox else "allerede afleveret" if is_reached else REASONS[one.reason]  # type: ignore[union-attr]
        is_new = "ny; skal gives til modtageren" if code in prepared.new_passwords else "findes" if is_reached else ""
        address = one.address if isinstance(one, Recipient) else ""
        row = [code, one.municipality_name, address, status, files[code].file_name, sizes[code], is_new]
        writer.writerow([harmless(str(value)) for value in row])
    return stream.getvalue()

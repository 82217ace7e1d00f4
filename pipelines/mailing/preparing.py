"""Preparing a quarter's mailing: from the register to an outbox that can be approved.

Belongs here: the order of the steps and the two gates (too few reachable, too many addresses changed). Does not belong
here: messages, files, ledger rows, the summary's form: each has its own module.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections import Counter

from pipelines import accounts, audit_trail, danish, quarters
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.message import addresses, changes, contact_list, identity, messages, recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.letter import Letter
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.prepared import Prepared
from pipelines.mailing.record import agreement, outbox
from pipelines.mailing.record.ledger import Ledger, Signature, opened
from pipelines.mailing.record.outbox import Outbox, OutboxEntry
from pipelines.mailing.record.states import HANDED_OVER, SENDING, SENT
from pipelines.mailing.settings import MailSettings
from pipelines.people import names
from pipelines.quarters import Quarter


def prepare(
    output: Output,
    register: Register,
    settings: MailSettings,
    quarter: Quarter,
    name: str,
    now: datetime.datetime,
    go_on: bool = False,
) -> Prepared:
    """Write the quarter's outbox and record it; raises UserError when a gate is closed and nobody said to go on."""
    from pipelines.mailing import summary

    by = names.checked(name)
    with outbox.exclusive(output), opened(output) as ledger:
        agreement.check(output, ledger)
        ledger.begin_journal(now)
        survey = _survey(register, settings, quarter, ledger)
        if survey.gates and not go_on:
            audit_trail.record(output, "mail_prepare_stopped", quarter=quarter.code, by=by, gates=list(survey.gates))
            raise GateClosed(survey)
        contents = _messages(survey, settings, ledger)
        if not contents:
            raise UserError(f"Ingen mangler at få listen for {quarter.label}. Der er ikke noget at forberede.")
        finished = dataclasses.replace(survey, outbox=_outbox(survey, settings, contents))
        before = [one for one in ledger.messages(quarter.code) if one.state in HANDED_OVER]
        outbox.set_aside(output, quarter, [(str(one.municipality_code), one.sha256) for one in before])
        outbox.write(output, quarter, finished.outbox, contents)
        summary.write(output, finished)
        ledger.prepare(
            Signature(quarter.code, finished.outbox.digest, by, accounts.current(), now),
            [(one.message_id, one.municipality_code, one.recipient, one.sha256) for one in finished.outbox.entries],
            (contact_list.digest(register.institutions), contact_list.to_text(register.institutions)),
            finished.outbox.unreachable,
        )
    audit_trail.record(
        output,
        "mail_prepared",
        quarter=quarter.code,
        by=by,
        digest=finished.outbox.digest,
        messages=len(contents),
        unreachable=len(finished.outbox.unreachable),
        passed_gates=list(survey.gates),
    )
    return finished


def prepare_for_schedule(output: Output, now: datetime.datetime) -> Prepared:
    """Prepare the quarter of the day as "system"; two people must still approve, and a person must send."""
    from pipelines.mailing import settings
    from pipelines.mailing.message import contact_register

    quarter = quarters.of(now.date())
    return prepare(output, contact_register.read(output), settings.read(), quarter, names.SYSTEM, now)


class GateClosed(UserError):
    """Too few can be reached or too many addresses have changed; ``survey`` has what the summary shows."""

    def __init__(self, survey: Prepared) -> None:
        gates = " ".join(survey.gates)
        super().__init__(f"{gates} Intet er forberedt. Ret registeret, eller forbered alligevel med --go-on.")
        self.survey = survey


def _survey(register: Register, settings: MailSettings, quarter: Quarter, ledger: Ledger) -> Prepared:
    found, old = recipients.of(register, settings), recipients.out_of_date(register)
    used = Counter(addresses.key(one.address) for one in found.values() if isinstance(one, Recipient))
    lists = [last for code in register.municipalities if (last := ledger.last_list(code, quarter.code))]
    survey = Prepared(
        quarter=quarter,
        register=register,
        recipients=found,
        out_of_date=tuple(code for code in found if code in old),
        earlier_addresses=ledger.recipients_before(quarter.code),
        shared_addresses=tuple(
            code for code, one in found.items() if isinstance(one, Recipient) and used[addresses.key(one.address)] > 1
        ),
        changes=_changes(register, max(lists) if lists else None),
        handed_over=_handed_over(found, settings, quarter, ledger),
        gates=(),
        outbox=Outbox(quarter.code, register.batch_id, (), {}),
    )
    return dataclasses.replace(survey, gates=tuple(_gates(survey, settings)))


def _handed_over(
    found: dict[str, Recipient | Unreachable], settings: MailSettings, quarter: Quarter, ledger: Ledger
) -> dict[str, str]:
    """Return who must not get another message this quarter.

    A message on its way or sent rules out any other. One refused or returned rules out only itself: a municipality
    whose address has been put right since gets a new message to the new address.
    """
    states = {}
    for row in ledger.messages(quarter.code):
        code = str(row.municipality_code)
        one = found.get(code)
        same = False
        if isinstance(one, Recipient):
            same = row.message_id == messages.message_id(quarter, code, one.address, settings)
        if row.state in (SENDING, SENT) or (row.state in HANDED_OVER and same):
            states[code] = row.state
    return states


def _gates(survey: Prepared, settings: MailSettings) -> list[str]:
    closed = []
    everyone, reachable = len(survey.recipients), len(survey.reachable)
    compared = sum(code in survey.earlier_addresses for code in survey.reachable)
    changed = len(survey.address_changed)
    if reachable < settings.lowest_reachable_share * everyone:
        limit = danish.percent(settings.lowest_reachable_share)
        closed.append(f"Kun {reachable} af {everyone} kommuner kan nås; grænsen er {limit}.")
    if changed > settings.highest_changed_share * compared:
        limit = danish.percent(settings.highest_changed_share)
        closed.append(
            f"Mailadressen er ændret for {changed} af {compared} kommuner siden sidste udsendelse; grænsen er {limit}."
        )
    return closed


def _changes(register: Register, last: tuple[str, str] | None) -> changes.Changes:
    if last is None:
        return changes.between(None, register.institutions, None)
    return changes.between(contact_list.from_text(last[1]), register.institutions, quarters.parse(last[0]).label)


def _messages(survey: Prepared, settings: MailSettings, ledger: Ledger) -> dict[str, bytes]:
    """Return the message of each municipality that can be reached and has not been handed the list already."""
    maker = messages.Messages(settings)
    register, made = survey.register, {}
    for code, one in survey.reachable.items():
        if code in survey.handed_over:
            continue
        letter = Letter(
            quarter=survey.quarter,
            municipality_code=code,
            municipality_name=one.municipality_name,
            extract_date=register.extract_date,
            is_synthetic=register.is_synthetic,
            institutions=register.institutions,
            changes=_changes(register, ledger.last_list(code, survey.quarter.code)),
            agreement=register.agreements[code],
            is_out_of_date=code in survey.out_of_date,
            reply_address=settings.reply_address,
        )
        made[code] = maker.contact_list(letter, one)
        # The sender opens every message before it goes; one that could not go must not be approved either.
        try:
            identity.read(made[code])
        except identity.UnreadableMessage as problem:
            raise UserError(f"Meddelelsen til kommune {code} kan ikke sendes: {problem}. Ret registeret.") from None
    return made


def _outbox(survey: Prepared, settings: MailSettings, contents: dict[str, bytes]) -> Outbox:
    entries = []
    for code in sorted(contents):
        address = survey.reachable[code].address
        identifier = messages.message_id(survey.quarter, code, address, settings)
        entries.append(OutboxEntry(code, address, identifier, hashlib.sha256(contents[code]).hexdigest()))
    unreachable = {code: one.reason for code, one in survey.recipients.items() if isinstance(one, Unreachable)}
    return Outbox(survey.quarter.code, survey.register.batch_id, tuple(entries), unreachable)

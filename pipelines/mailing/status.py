"""How a quarter's mailing stands, for the terminal: everything a person has to know or decide.

Belongs here: reading the ledger and saying it in Danish. Does not belong here: changing anything.
"""

from __future__ import annotations

import datetime

from pipelines import danish, quarters
from pipelines.errors import UserError
from pipelines.layout import Output, plain_name
from pipelines.mailing import approval, matters, quality, recall
from pipelines.mailing.matters import Round
from pipelines.mailing.message.contact_register import Register, all_municipalities
from pipelines.mailing.message.recipients import REASONS
from pipelines.mailing.parcels import addressees
from pipelines.mailing.record import agreement, ledger, outbox, states
from pipelines.mailing.record.ledger import Ledger, Message
from pipelines.mailing.settings import MailSettings


def as_text(
    output: Output, register: Register | None, settings: MailSettings, quarter: Round, now: datetime.datetime
) -> str:
    """Return the standing of a quarter; without a register the figures of its quality are left out."""
    names, matter = _names(register), matters.of(output)
    if not agreement.is_anything_known(output):
        return f"Der er ikke forberedt nogen udsendelse i {output.root}."
    with ledger.opened(output) as book:
        lines = [f"{matter.title} for {quarter.label}", "", *_disagreement(output, book)]
        lines += _preparation(output, book, settings, quarter, now)
        lines += _messages(book, quarter, names, is_everyones=matter is matters.CONTACT_LISTS)
        lines += _recalls(book, names, now)
        others = [_label(code) for code in book.quarters() if code != quarter.code]
        if others:
            lines += ["", f"Andre runder i protokollen: {', '.join(others)}."]
        if register is not None and matter is matters.CONTACT_LISTS:
            lines += ["", "Kontaktregisterets kvalitet"]
            lines += [f"  {one.title}: {one.text}" for one in quality.figures(register, settings, book, now.date())]
    if outbox.stop_file(output).exists():
        lines += ["", f"Stopfilen {outbox.stop_file(output)} findes: der sendes intet, før den er fjernet."]
    return "\n".join(lines)


def _names(register: Register | None) -> dict[str, str]:
    """Return everybody's name by the code that a matter knows them by."""
    municipalities = dict(register.municipalities) if register else all_municipalities()
    units = {f"{addressees.MUNICIPALITY}{code}": name for code, name in municipalities.items()}
    for one in register.institutions if register else ():
        units[addressees.INSTITUTION + plain_name(one.code)] = one.name
    return municipalities | units


def _label(code: str) -> str:
    return quarters.parse(code).label if "-Q" in code else code


def _disagreement(output: Output, book: Ledger) -> list[str]:
    try:
        agreement.check(output, book)
    except agreement.Disagreement as problem:
        return [str(problem), ""]
    return []


def _preparation(
    output: Output, book: Ledger, settings: MailSettings, quarter: Round, now: datetime.datetime
) -> list[str]:
    prepared = book.signatures("preparation", quarter.code)
    if not prepared:
        return ["Intet er forberedt."]
    newest = prepared[-1]
    lines = [f"Forberedt {_when(newest.at)} af {newest.name} (konto {newest.account})."]
    try:
        box = outbox.required(output, quarter)
        outbox.verify(output, quarter, box)
    except UserError as problem:
        return [*lines, str(problem)]
    standing = approval.standing(book, box, settings, now)
    for one in standing.approvals:
        until = one.at + approval.lasts(settings, box)
        lines.append(f"Godkendt {_when(one.at)} af {one.name} (konto {one.account}); gælder til {_when(until)}.")
    old = len(book.signatures("approval", approval.signed(box)[0])) - len(standing.approvals)
    if old > 0:
        lines.append(f"Godkendelser, der ikke (længere) tæller: {old}.")
    lines.append("Klar til at sende." if standing.is_complete else f"Ikke klar: {'; '.join(standing.missing)}.")
    return [*lines, f"Kontrolsum: {box.digest}"]


def _messages(book: Ledger, quarter: Round, names: dict[str, str], *, is_everyones: bool) -> list[str]:
    rows = [row for row in book.messages(quarter.code) if row.state != states.WITHDRAWN]
    unreachable = book.unreachable(quarter.code)
    lines = [""]
    for state, word in states.DANISH.items():
        count = sum(row.state == state for row in rows)
        if count:
            lines.append(f"{word[0].upper()}{word[1:]}: {count}")
    known = {row.municipality_code for row in rows} | unreachable.keys()
    left_out = sorted(code for code in names if code.isdigit() and code not in known) if is_everyones else []
    if rows or unreachable:
        lines.append(f"Kan ikke nås: {len(unreachable)}")
    for state in (states.SENDING, states.REFUSED, states.BOUNCED):
        for row in rows:
            if row.state == state:
                lines.append(f"  {_named(row, names)}: {states.DANISH[state]} {row.at[:16]} {row.detail}".rstrip())
                if state == states.SENDING:
                    lines.append(f"    Slå id'et op i mailserverens log, og brug mail decide: {row.message_id}")
    for code, reason in sorted(unreachable.items()):
        lines.append(f"  {code} {names.get(code, '')}: kan ikke nås, {REASONS[reason]}")
    if rows and left_out:
        lines.append(f"Uden meddelelse, skønt de ikke er meldt unåelige: {', '.join(left_out)}. Forbered igen.")
    tests = book.messages(quarter.code, states.TEST)
    if tests:
        last = max(tests, key=lambda row: row.at)
        lines.append(f"Seneste prøve: {states.DANISH[last.state]} {last.at[:16]} til {last.recipient}")
    return lines


def _recalls(book: Ledger, names: dict[str, str], now: datetime.datetime) -> list[str]:
    return [
        f"Tilbagekaldelse: {_named(row, names)} ({row.quarter}): {reason} ({by}); {recall.clock(aware_at, now)}"
        for row, by, reason, aware_at in book.recalls()
    ]


def _named(row: Message, names: dict[str, str]) -> str:
    return f"{row.municipality_code} {names.get(str(row.municipality_code), '')} <{row.recipient}>"


def _when(at: datetime.datetime) -> str:
    return f"{danish.short_date(at.date())} kl. {at:%H.%M}"

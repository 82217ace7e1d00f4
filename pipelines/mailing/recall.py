"""A message that should not have been sent: the notice to whoever got it, and the 72-hour clock.

Belongs here: preparing the notice and the facts for the Data Protection Agency, and counting the hours. Does not belong
here: sending them; a person reads the notice and sends it from a mail program.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from pipelines import audit_trail, danish, durable_files
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.matters import Matter, Round
from pipelines.mailing.message import addresses, messages, texts
from pipelines.mailing.message.contact_register import all_municipalities
from pipelines.mailing.record import outbox, states
from pipelines.mailing.record.ledger import Message, opened
from pipelines.mailing.settings import MailSettings
from pipelines.people import names

# Databeskyttelsesforordningen artikel 33, stk. 1.
HOURS = 72


@dataclass(frozen=True)
class RecallNotice:
    """A prepared notice: its files, and when the authority must have been told."""

    message: Path
    facts: Path
    deadline: datetime.datetime


def deadline(aware_at: datetime.datetime) -> datetime.datetime:
    """Return the end of the 72 hours; real hours, also across a change of clocks."""
    return (aware_at.astimezone(datetime.UTC) + datetime.timedelta(hours=HOURS)).astimezone(aware_at.tzinfo)


def clock(aware_at: datetime.datetime, now: datetime.datetime) -> str:
    """Return in Danish how long is left."""
    end = deadline(aware_at)
    # In UTC: a difference of two times in one zone is that of the clocks on the wall.
    hours = (end.astimezone(datetime.UTC) - now.astimezone(datetime.UTC)).total_seconds() / 3600
    left = f"{danish.number(int(abs(hours)))} timer tilbage"
    if hours <= 0:
        left = f"overskredet for {danish.number(int(abs(hours)))} timer siden"
    return f"fristen på 72 timer til Datatilsynet udløber {_moment(end)} ({left})"


def prepare(
    output: Output,
    settings: MailSettings,
    quarter: Round,
    code: str,
    name: str,
    reason: str,
    aware_at: datetime.datetime,
    now: datetime.datetime,
) -> RecallNotice:
    """Write the notice and the facts for one message that was handed over; raises UserError when none was."""
    by, told = names.checked(name), texts.clean_line(reason)
    if not told:
        raise WrongUse("--reason skal sige, hvad der er galt med meddelelsen")
    if aware_at > now:
        raise WrongUse("--aware kan ikke ligge i fremtiden")
    with opened(output) as ledger:
        rows = [
            row
            for row in ledger.messages(quarter.code)
            if row.municipality_code == code and row.state in (states.SENDING, states.SENT, states.BOUNCED)
        ]
        if not rows:
            raise UserError(f"{code} er ikke sendt noget i {quarter.label}; der er intet at kalde tilbage.")
        row = max(rows, key=lambda one: one.at)
        place = outbox.folder(output, quarter) / "tilbagekaldelse"
        durable_files.make_folder(place)
        is_mail = row.message_id.startswith("<")
        written = place / f"{code}{'.eml' if is_mail else '.txt'}"
        notice = RecallNotice(written, place / f"{code}-oplysninger.txt", deadline(aware_at))
        made = _message if is_mail else _letter
        outbox.write_file(notice.message, made(row, settings, quarter, aware_at, matters.of(output)))
        outbox.write_file(notice.facts, _facts(row, quarter, told, aware_at, matters.of(output)).encode())
        ledger.note_recall(row.message_id, by, told, aware_at, now)
    audit_trail.record(
        output,
        "mail_recall_prepared",
        quarter=quarter.code,
        municipality=code,
        by=by,
        message_id=row.message_id,
        aware_at=aware_at.isoformat(),
        deadline=notice.deadline.isoformat(),
    )
    return notice


def _message(
    row: Message, settings: MailSettings, quarter: Round, aware_at: datetime.datetime, matter: Matter
) -> bytes:
    message = EmailMessage(policy=messages.POLICY)
    message["From"] = Address(addresses.header_text(settings.sender_name), addr_spec=settings.sender_address)
    message["To"] = Address(addr_spec=row.recipient)
    message["Reply-To"] = Address(addr_spec=settings.reply_address)
    message["Subject"] = f"Slet venligst: Kriminalforsorgens mail om {matter.about}, {quarter.label}"
    message["Date"] = format_datetime(aware_at.astimezone(datetime.UTC))
    message["Message-ID"] = row.message_id.replace("<god-loesladelse.", "<god-loesladelse.recall.", 1)
    message["In-Reply-To"] = row.message_id
    message.set_content(_words(row, settings, quarter, matter, "en mail", "mailen"), cte="quoted-printable")
    return messages.to_bytes(message)


def _letter(row: Message, settings: MailSettings, quarter: Round, aware_at: datetime.datetime, matter: Matter) -> bytes:
    """Return the notice as a text, for a person to send as Digital Post from the sender system."""
    about = f"Slet venligst: Kriminalforsorgens meddelelse om {matter.about}, {quarter.label}"
    words = _words(row, settings, quarter, matter, "en meddelelse i Digital Post", "meddelelsen")
    told = (
        f"Til CVR-nummer {row.recipient}\nMeddelelsens id: {row.message_id}\n{_moment(aware_at)}\n\n{about}\n\n{words}"
    )
    return told.encode()


def _words(row: Message, settings: MailSettings, quarter: Round, matter: Matter, a_message: str, it: str) -> str:
    sent = datetime.datetime.fromisoformat(row.at)
    return (
        f"Den {danish.long_date(sent.date())} sendte Kriminalforsorgen {a_message} til denne adresse om "
        f"{matter.about} for {quarter.label}. Den skulle ikke have været sendt til jer.\n\n"
        "Vi beder jer om\n"
        f"- at slette {it} og de vedhæftede filer, også i papirkurven og i kopier, I har gemt,\n"
        "- ikke at videresende eller bruge indholdet,\n"
        "- at svare på denne besked, når det er gjort, og fortælle, om andre har fået den.\n\n"
        "Vi beklager ulejligheden.\n\n"
        f"Venlig hilsen\nKriminalforsorgen\nGod Løsladelse\n{settings.reply_address}\n"
    )


def _facts(row: Message, quarter: Round, reason: str, aware_at: datetime.datetime, matter: Matter) -> str:
    code = str(row.municipality_code)
    return "\n".join(
        [
            f"Oplysninger til vurderingen af et muligt brud på persondatasikkerheden, {quarter.label}",
            "",
            f"Hvad der er galt: {reason}",
            f"Sendt til: {row.recipient} (registreret som {code} {all_municipalities().get(code, '')})",
            f"Meddelelsens id: {row.message_id}",
            f"Afleveret: {_moment(datetime.datetime.fromisoformat(row.at))}; status: {states.DANISH[row.state]}",
            f"Fejlen blev kendt: {_moment(aware_at)}",
            f"Fristen på 72 timer til Datatilsynet udløber: {_moment(deadline(aware_at))}",
            "",
            f"Indhold: {matter.content}",
            "",
            "Databeskyttelsesforordningens artikel 33: et brud anmeldes uden unødig forsinkelse og om muligt inden 72",
            "timer, medmindre det er usandsynligt, at det indebærer en risiko for nogens rettigheder. Tal med jeres",
            "databeskyttelsesrådgiver. Også et brud, der ikke anmeldes, skal dokumenteres (artikel 33, stk. 5).",
            "",
        ]
    )


def _moment(at: datetime.datetime) -> str:
    return f"{danish.long_date(at.date())} kl. {at:%H.%M}"

"""Sending an approved outbox: each municipality's message at most once, and nobody left out in silence.

Belongs here: the order of steps around each message, retries, the brakes (rate, stop file, and ``brake.py``).
Does not belong here: SMTP (``transport.py``), what a state means (``states.py``), the clock and the waiting (passed
in).

Order for one message: look again (``checks``), connect, write ``sending`` to the ledger, hand over, write the outcome.
A crash before ``sending`` has sent nothing; a crash after it leaves ``sending``, which no later run touches.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import approval, matters
from pipelines.mailing.brake import Brake
from pipelines.mailing.matters import Round
from pipelines.mailing.message import addresses, recipients
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.record import agreement, outbox, states
from pipelines.mailing.record.ledger import Ledger, Message, opened
from pipelines.mailing.record.outbox import Outbox, OutboxEntry
from pipelines.mailing.settings import MailSettings
from pipelines.mailing.transport import Answer, FaultSource, Outcome, Session, Unavailable

NOT_PREPARED = "not_prepared"


class Consignment(Protocol):
    """What a round sends, as it is at the moment of sending: who can get it, and what is wrong with a message."""

    @property
    def recipients(self) -> Mapping[str, Recipient | Unreachable]:
        """Everybody who should get one, in the order in which they are told of."""

    @property
    def test_address(self) -> str:
        """Whom the dummy goes to before each run; empty when nobody chose one."""

    def disagreements(self, content: bytes, entry: OutboxEntry, row: Message | None) -> list[str]:
        """Return in Danish each point on which message, manifest, ledger and register disagree."""

    def connect(self) -> Session:
        """Return a session for one message, which takes these recipients' addresses and the test address alone."""

    def test_message(self, identifier: str) -> bytes:
        """Return the dummy."""

    def test_message_id(self, digest: str, number: int) -> str:
        """Return the dummy's id; each attempt has one of its own."""


@dataclass(frozen=True)
class Surroundings:
    """What a run needs from outside: the connection, the clock, waiting, and somebody to tell."""

    connect: Callable[[], Session]
    now: Callable[[], datetime.datetime]
    pause: Callable[[float], None]
    tell: Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a run would do: the messages to send, and the addresses they go to, from the register."""

    quarter: Round
    box: Outbox
    to_send: tuple[OutboxEntry, ...]
    recipients: dict[str, Recipient]


@dataclass(frozen=True)
class Report:
    """How every municipality stands after a run (a state, a reason, or NOT_PREPARED), and why the run ended early."""

    states: dict[str, str]
    stopped: str

    def having(self, *wanted: str) -> list[str]:
        """Return the municipalities in any of the states."""
        return [code for code, state in self.states.items() if state in wanted]

    @property
    def needs_attention(self) -> bool:
        """Whether a person has something to decide or to do again."""
        open_states = (states.SENDING, states.REFUSED, states.PREPARED, states.APPROVED, NOT_PREPARED)
        return bool(self.stopped or self.having(*open_states))


class _Stopped(Exception):
    pass


def plan(output: Output, sent: Consignment, settings: MailSettings, quarter: Round, now: datetime.datetime) -> Plan:
    """Return what may be sent; raises UserError unless everything prepared is approved, unchanged and agrees."""
    with opened(output) as ledger:
        agreement.check(output, ledger)
    box = outbox.required(output, quarter)
    outbox.verify(output, quarter, box)
    reachable = {code: one for code, one in sent.recipients.items() if isinstance(one, Recipient)}
    with opened(output) as ledger:
        standing = approval.standing(ledger, box, settings, now)
        if not standing.is_complete:
            raise UserError(
                f"Udsendelsen for {quarter.label} er ikke godkendt: {'; '.join(standing.missing)}. Intet er sendt. "
                "To personer, der ikke har forberedt den, skal godkende: "
                f"god-loesladelse mail approve{matters.of(output).option}"
            )
        rows = {row.message_id: row for row in ledger.messages(quarter.code)}
        to_send = tuple(
            entry
            for entry in box.entries
            if entry.message_id not in rows or rows[entry.message_id].state not in states.HANDED_OVER
        )
        wrong = []
        for entry in to_send:
            content = outbox.content(output, quarter, entry)
            points = sent.disagreements(content, entry, rows.get(entry.message_id))
            if points:
                wrong.append(f"{entry.municipality_code}: {', '.join(points)}")
    if wrong:
        raise UserError(
            "Intet er sendt, for kilderne er ikke enige om, hvem meddelelserne er til. Forbered og godkend igen. "
            f"{'. '.join(wrong)}."
        )
    return Plan(quarter, box, to_send, reachable)


def run(
    output: Output, sent: Consignment, settings: MailSettings, quarter: Round, surroundings: Surroundings
) -> Report:
    """Send what may be sent; the report covers everybody who should get one."""
    with outbox.exclusive(output):
        intended = plan(output, sent, settings, quarter, surroundings.now())
        _may_start(output, sent, intended)
        audit_trail.record(
            output,
            "mail_send_started",
            quarter=quarter.code,
            digest=intended.box.digest,
            messages=len(intended.to_send),
        )
        with opened(output) as ledger:
            ledger.open_for_sending(quarter.code, surroundings.now())
            sender = _Run(output, sent, settings, intended, surroundings, ledger)
            try:
                stopped = sender.send_all() if intended.to_send else ""
            except (_Stopped, UserError) as reason:
                # Whatever stops the run, the report on every municipality still comes.
                stopped = str(reason)
            report = Report(standings(sent.recipients, quarter, ledger), stopped)
        audit_trail.record(
            output,
            "mail_send_ended",
            quarter=quarter.code,
            stopped=stopped,
            states={state: len(report.having(state)) for state in sorted(set(report.states.values()))},
        )
    return report


def _may_start(output: Output, sent: Consignment, intended: Plan) -> None:
    if outbox.stop_file(output).exists():
        raise UserError(f"Stopfilen {outbox.stop_file(output)} findes. Fjern den, når der igen må sendes.")
    if not sent.test_address:
        raise UserError("Der er ingen prøveadresse. Sæt test_address i [mailing] i konfigurationsfilen.")
    if addresses.key(sent.test_address) in {addresses.key(one.address) for one in intended.recipients.values()}:
        raise UserError("Prøveadressen er en kommunes adresse. Sæt test_address i [mailing] til en af jeres egne.")


class _Run:
    def __init__(
        self,
        output: Output,
        sent: Consignment,
        settings: MailSettings,
        intended: Plan,
        surroundings: Surroundings,
        ledger: Ledger,
    ) -> None:
        self._output = output
        self._sent = sent
        self._settings = settings
        self._plan = intended
        self._around = surroundings
        self._ledger = ledger

    def send_all(self) -> str:
        """Send the dummy and then each message; return why the run ended early, or an empty text."""
        self._send_test()
        brake = Brake()
        for number, entry in enumerate(self._plan.to_send, start=1):
            self._wait(60 / self._settings.per_minute)
            result = self._send(entry)
            told = f"{number} af {len(self._plan.to_send)}: {entry.municipality_code}"
            self._around.tell(f"{told}: {_DANISH[result.outcome]} ({result.detail})")
            stopped = brake.after(entry.message_id, entry.recipient, result)
            if stopped:
                self._take_back_refusals(brake.behind_a_server_fault)
                return stopped
        return ""

    def _take_back_refusals(self, message_ids: list[str]) -> None:
        """Let what was refused for the server's fault be sent with the next run: it is not the municipality's."""
        for row in self._ledger.messages(self._plan.quarter.code):
            if row.message_id in message_ids and row.state == states.REFUSED:
                told = f"ikke holdt mod kommunen, fejlen var serverens: {row.detail}"
                self._ledger.move(row.message_id, states.PREPARED, self._around.now(), told)

    def _send_test(self) -> None:
        address, quarter = self._sent.test_address, self._plan.quarter
        result = Answer(Outcome.TEMPORARY, "")
        for attempt in range(self._settings.attempts):
            if attempt:
                self._wait(self._settings.backoff_seconds * 2 ** (attempt - 1))
            self._heed_stop_file()
            # Each attempt is a message of its own: a dummy may come twice, a contact list may not.
            number = len(self._ledger.messages(quarter.code, states.TEST)) + 1
            identifier = self._sent.test_message_id(self._plan.box.digest, number)
            content = self._sent.test_message(identifier)
            try:
                session = self._around.connect()
            except Unavailable as problem:
                result = Answer(Outcome.TEMPORARY, str(problem))
                continue
            try:
                digest = hashlib.sha256(content).hexdigest()
                self._ledger.begin_test(identifier, quarter.code, address, digest, self._around.now())
                result = session.deliver(address, content)
            finally:
                session.close()
            if result.outcome is not Outcome.UNCERTAIN:
                state = states.SENT if result.outcome is Outcome.ACCEPTED else states.REFUSED
                self._ledger.move(identifier, state, self._around.now(), result.detail)
            if result.outcome is not Outcome.TEMPORARY:
                break
        self._around.tell(f"Prøve til {address}: {_DANISH[result.outcome]} ({result.detail})")
        if result.outcome is not Outcome.ACCEPTED:
            raise _Stopped(f"prøven til {address} kom ikke af sted ({result.detail}); ingen kommune er sendt til")

    def _send(self, entry: OutboxEntry) -> Answer:
        result = Answer(Outcome.TEMPORARY, "")
        for attempt in range(self._settings.attempts):
            if attempt:
                self._wait(self._settings.backoff_seconds * 2 ** (attempt - 1))
            recipient, content = self._checked(entry)
            try:
                session = self._around.connect()
            except Unavailable as problem:
                result = Answer(Outcome.TEMPORARY, str(problem), FaultSource.SERVER)
                continue
            try:
                self._heed_stop_file()
                self._ledger.begin_sending(entry.message_id, self._around.now())
                result = session.deliver(recipient.address, content)
                self._record(entry, result)
            finally:
                session.close()
            if result.outcome is not Outcome.TEMPORARY:
                break
        return result

    def _checked(self, entry: OutboxEntry) -> tuple[Recipient, bytes]:
        """Return register's recipient and the very bytes that were looked at; whatever is wrong stops the run."""
        code = entry.municipality_code
        standing = approval.standing(self._ledger, self._plan.box, self._settings, self._around.now())
        if not standing.is_complete:
            raise _Stopped(f"godkendelserne gælder ikke længere: {'; '.join(standing.missing)}")
        recipient = self._plan.recipients[code]
        content = outbox.content(self._output, self._plan.quarter, entry)
        points = self._sent.disagreements(content, entry, self._ledger.message(entry.message_id))
        if points:
            raise _Stopped(f"{code}: {', '.join(points)}")
        return recipient, content

    def _record(self, entry: OutboxEntry, result: Answer) -> None:
        state = _STATES[result.outcome]
        if state is not None:
            self._ledger.move(entry.message_id, state, self._around.now(), result.detail)

    def _wait(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            self._heed_stop_file()
            self._around.pause(min(left, 0.5))
            left -= 0.5
        self._heed_stop_file()

    def _heed_stop_file(self) -> None:
        if outbox.stop_file(self._output).exists():
            raise _Stopped(f"stopfilen {outbox.stop_file(self._output)} findes")


_STATES = {
    Outcome.ACCEPTED: states.SENT,
    Outcome.TEMPORARY: states.APPROVED,
    Outcome.STOP: states.APPROVED,
    Outcome.PERMANENT: states.REFUSED,
    # Stays as it is: on its way, and nobody knows how far.
    Outcome.UNCERTAIN: None,
}

_DANISH = {
    Outcome.ACCEPTED: "sendt",
    Outcome.TEMPORARY: "ikke sendt endnu",
    Outcome.STOP: "ikke sendt",
    Outcome.PERMANENT: "afvist",
    Outcome.UNCERTAIN: "afleveret uden kvittering; afgør det med god-loesladelse mail decide",
}


def standings(everyone: Mapping[str, Recipient | Unreachable], quarter: Round, ledger: Ledger) -> dict[str, str]:
    """Return how each of them stands: its state, else why it cannot be reached, else NOT_PREPARED."""
    found: dict[str, list[tuple[str, datetime.date]]] = {}
    for row in ledger.messages(quarter.code):
        if row.state != states.WITHDRAWN:
            day = datetime.date.fromisoformat(row.at[:10])
            found.setdefault(str(row.municipality_code), []).append((row.state, day))
    return {
        code: states.outcome(found[code])[0]
        if code in found
        else NOT_PREPARED
        if isinstance(one, Recipient)
        else one.reason
        for code, one in everyone.items()
    }


def as_text(output: Output, report: Report, names: Mapping[str, str], quarter: Round) -> str:
    """Return the report for the terminal: a count for each outcome, and by name whoever did not get theirs."""
    words = {**states.DANISH, **recipients.REASONS, NOT_PREPARED: "kan nås, men er ikke forberedt; forbered igen"}
    words[states.APPROVED] = words[states.PREPARED] = "mangler at blive sendt"
    lines = [f"{matters.of(output).title} for {quarter.label}: {len(report.states)} modtagere"]
    for word in dict.fromkeys(words.values()):
        codes = [code for code, state in report.states.items() if words[state] == word]
        if codes:
            lines.append(f"  {word}: {len(codes)}")
            if word != words[states.SENT]:
                lines += [f"    {code} {names[code]}" for code in codes]
    if report.stopped:
        lines.append(f"Udsendelsen stoppede: {report.stopped}.")
    return "\n".join(lines)

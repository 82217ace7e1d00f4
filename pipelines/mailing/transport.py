"""Handing one message to the mail server, and saying exactly what is known afterwards.

Belongs here: SMTP, TLS and login. Does not belong here: whom to send to (only addresses given when the transport was
made can be used), retries, the ledger.

The point that matters: once the server has asked for the content (354) and bytes of it may have left, only an answer
from the server tells whether it has the message. Without an answer the outcome is UNCERTAIN, never an error to retry.
"""

from __future__ import annotations

import contextlib
import enum
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, replace
from typing import Protocol

from pipelines.errors import UserError
from pipelines.mailing import login
from pipelines.mailing.message import texts
from pipelines.mailing.settings import MailSettings


class Outcome(enum.Enum):
    """What is known after an attempt."""

    ACCEPTED = "the server took responsibility for the message"
    TEMPORARY = "the server does not have the message; it may be tried again"
    PERMANENT = "the server refuses this recipient or this message for good"
    UNCERTAIN = "the content was handed over, but no answer came"
    STOP = "the server does not have the message and refuses us, not the recipient"


class FaultSource(enum.Enum):
    """Whose fault a message was not accepted."""

    ADDRESS = "the recipient's: this address or mailbox, or the message to it"
    SERVER = "the server's or ours: connection, capacity, policy about the sender, an answer that cannot be read"


@dataclass(frozen=True)
class Answer:
    """One attempt: what is known, the server's answer in short, and whose fault it is (None: accepted)."""

    outcome: Outcome
    detail: str
    fault: FaultSource | None = None

    @property
    def kind(self) -> str:
        """The answer without its words, code and extended code: the same for two messages refused for one reason."""
        return " ".join(re.findall(r"^[245][0-9]{2}|(?<= )[245]\.[0-9]{1,3}\.[0-9]{1,3}", self.detail)[:2])


class Unavailable(Exception):
    """No connection now; nothing was handed over, and a later attempt may succeed."""


class ForbiddenRecipient(Exception):
    """The address is none of those this transport was made for."""


class Session(Protocol):
    """One connection to a mail server, for one message."""

    def deliver(self, address: str, content: bytes) -> Answer:
        """Hand the message over."""

    def close(self) -> None:
        """End the connection; never raises."""


class Smtp:
    """Connections to the configured server, for the given recipients and no others."""

    def __init__(self, settings: MailSettings, permitted: frozenset[str]) -> None:
        if not settings.smtp_host:
            raise UserError("Der er ingen mailserver. Sæt smtp_host i [mailing] i konfigurationsfilen.")
        self._settings = settings
        self._permitted = permitted
        try:
            # Verifies the certificate's chain and the host's name; there is no setting to switch that off. Without
            # TLS (this machine only) nothing is verified, and reading the system's certificates takes its time.
            has_tls = settings.smtp_security != "none"
            self._tls = ssl.create_default_context(cafile=settings.smtp_certificates or None) if has_tls else None
        except OSError:
            raise UserError("Filen i smtp_certificates i [mailing] kan ikke læses som certifikater (PEM).") from None

    def connect(self) -> Session:
        """Return a connection, secured and logged in; raises Unavailable, or UserError when trying again is no use."""
        settings = self._settings
        # The name of this machine as it is: looking up its full name can hang where there is no name server.
        name, common = socket.gethostname(), (settings.smtp_host, settings.smtp_port)
        connection: smtplib.SMTP | None = None
        try:
            if settings.smtp_security == "tls":
                connection = smtplib.SMTP_SSL(*common, name, timeout=settings.timeout_seconds, context=self._tls)
            else:
                connection = smtplib.SMTP(*common, name, timeout=settings.timeout_seconds)
            if settings.smtp_security == "starttls":
                connection.starttls(context=self._tls)
            connection.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                login.log_in(connection, settings.smtp_user, settings.smtp_password)
            return _SmtpSession(connection, settings.sender_address, self._permitted)
        except Exception as problem:
            if connection is not None:
                connection.close()
            raise _connection_problem(problem) from None


def _connection_problem(problem: Exception) -> Exception:
    if isinstance(problem, ssl.SSLError):
        return UserError(
            "Mailserverens certifikat kan ikke godkendes, eller den taler ikke TLS. Der er ikke sendt mere. "
            "Kontrollér smtp_host, smtp_security og smtp_certificates i [mailing]."
        )
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return UserError("Mailserveren tilbyder ikke STARTTLS eller login. Der er ikke sendt mere. Se [mailing].")
    code = problem.smtp_code if isinstance(problem, smtplib.SMTPResponseException) else 0
    if isinstance(problem, smtplib.SMTPAuthenticationError) and code >= 500:
        return UserError(f"Mailserveren afviser login ({code}). Der er ikke sendt mere. Se bruger og adgangskode.")
    if code >= 500:
        return UserError(f"Mailserveren afviser forbindelsen ({code}). Der er ikke sendt mere.")
    if isinstance(problem, (OSError, smtplib.SMTPException)):
        return Unavailable(f"mailserveren svarer ikke ({type(problem).__name__}{f' {code}' if code else ''})")
    return problem


class _SmtpSession:
    def __init__(self, connection: smtplib.SMTP, sender: str, permitted: frozenset[str]) -> None:
        self._connection = connection
        self._sender = sender
        self._permitted = permitted

    def deliver(self, address: str, content: bytes) -> Answer:
        if address not in self._permitted:
            raise ForbiddenRecipient
        try:
            code, text = self._connection.mail(self._sender)
            if code != 250:
                # An answer to MAIL is about us: it must not be held against the municipality.
                refusal = _refusal(code, text, FaultSource.SERVER)
                return replace(refusal, outcome=Outcome.STOP) if refusal.outcome is Outcome.PERMANENT else refusal
            code, text = self._connection.rcpt(address)
            if code not in (250, 251):
                return _refusal(code, text, _fault_of_recipient(code, text))
            code, text = self._connection.docmd("DATA")
            if code != 354:
                return _refusal(code, text, _fault_of_content(code, text))
        except (OSError, smtplib.SMTPException):
            told = "forbindelsen blev afbrudt, før meddelelsen blev afleveret"
            return Answer(Outcome.TEMPORARY, told, FaultSource.SERVER)
        try:
            self._connection.send(_as_data(content))
            code, text = self._connection.getreply()
        except (OSError, smtplib.SMTPException):
            told = "forbindelsen blev afbrudt under afleveringen, uden svar fra serveren"
            return Answer(Outcome.UNCERTAIN, told, FaultSource.SERVER)
        if code // 100 == 2:
            return Answer(Outcome.ACCEPTED, _shown(code, text))
        if code // 100 in (4, 5):
            return _refusal(code, text, _fault_of_content(code, text))
        return Answer(
            Outcome.UNCERTAIN, f"serverens svar på afleveringen kan ikke forstås ({code})", FaultSource.SERVER
        )

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._connection.quit()
        self._connection.close()


def _refusal(code: int, text: bytes, fault: FaultSource) -> Answer:
    if code in (530, 534, 535, 538):  # authentication is missing or too weak: ours to put right
        return Answer(Outcome.STOP, _shown(code, text), FaultSource.SERVER)
    return Answer(Outcome.PERMANENT if code // 100 == 5 else Outcome.TEMPORARY, _shown(code, text), fault)


def _fault_of_recipient(code: int, text: bytes) -> FaultSource:
    """Judge an answer to RCPT by its extended code (RFC 3463), else by its code (RFC 5321, 4.2.2 and 4.3.2).

    Subjects 1 (address), 2 (mailbox) and 4 (the way to the recipient's domain) are about the recipient; 3 (the mail
    system), 5 (protocol) and 7 (security or policy: we may not send here) are about the server or us.
    """
    subject = _subject(text)
    if subject is not None:
        return FaultSource.ADDRESS if subject in (1, 2, 4) else FaultSource.SERVER
    return FaultSource.ADDRESS if code in (450, 452, 550, 551, 552, 553) else FaultSource.SERVER


def _fault_of_content(code: int, text: bytes) -> FaultSource:
    """Judge an answer to DATA or to the content, which may still be about mailbox (2) or message (6)."""
    return FaultSource.ADDRESS if _subject(text) in (1, 2, 4, 6) or code in (550, 552) else FaultSource.SERVER


def _subject(text: bytes) -> int | None:
    found = re.match(rb"[245]\.([0-9]{1,3})\.[0-9]{1,3}\b", text)
    return int(found[1]) if found else None


def _shown(code: int, text: bytes) -> str:
    return texts.clean_line(f"{code} {text.decode('ascii', 'replace')}")


def _as_data(content: bytes) -> bytes:
    # RFC 5321, 4.5.2: a line that begins with a dot gets another, and a line with one dot ends the message.
    lines = re.sub(rb"\r\n|\n|\r", b"\r\n", content)
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"

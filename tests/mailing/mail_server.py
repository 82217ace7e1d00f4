"""A real SMTP server in the test process that misbehaves on command.

Belongs here: the server and the faults it knows. Does not belong here: what the sender must do about them.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

FAULTS = (
    "temporary at mail",
    "temporary at recipient",
    "permanent at recipient",
    "temporary at data",
    "temporary after data",
    "permanent after data",
    "drop at greeting",
    "drop at mail",
    "drop at recipient",
    "drop at data",
    "drop after content",
    "drop after accepting",
    "nonsense after accepting",
    "closing",
    "die after accepting",
    "die at recipient",
)


@dataclass
class Mailbox:
    """What the server accepted: the only truth about who has got what."""

    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    connections: int = 0

    def addresses(self) -> list[str]:
        """Return the recipients in the order their messages were accepted."""
        return [address for address, _ in self.accepted]


class _Faulty(SMTP):
    mailbox: Mailbox
    owner: MailServer
    fault = ""

    def connection_made(self, transport: Any) -> None:
        self.mailbox.connections += 1
        self.fault = self.mailbox.faults.pop(0) if self.mailbox.faults else ""
        super().connection_made(transport)
        if self.fault == "drop at greeting":
            transport.abort()

    async def _trouble(self, moment: str) -> bool:
        kind, _, where = self.fault.partition(" at ")
        if self.fault == "closing" and moment == "recipient":
            await self.push("421 4.3.2 closing")
            self.transport.abort()
            return True
        if where != moment:
            return False
        if kind == "temporary":
            await self.push("451 4.7.1 try later")
        elif kind.startswith("answer "):
            await self.push(kind.removeprefix("answer "))
        elif kind == "permanent":
            await self.push("550 5.1.1 unknown")
        else:
            if kind == "die":
                self.owner.die()
            self.transport.abort()
        return True

    async def smtp_MAIL(self, arg: str) -> None:
        if not await self._trouble("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:
        if not await self._trouble("recipient"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._trouble("data"):
            await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_DATA(self, smtp: _Faulty, session: Session, envelope: Envelope) -> str:
        mailbox, fault = self.server.mailbox, smtp.fault
        if fault == "temporary after data":
            return "451 4.3.0 try later"
        if fault == "permanent after data":
            return "554 5.6.0 refused"
        if fault == "drop after content":
            smtp.transport.abort()
            return "250 never sent"
        content = envelope.original_content
        assert isinstance(content, bytes)
        mailbox.accepted += [(address, content) for address in envelope.rcpt_tos]
        if fault == "die after accepting":
            self.server.die()
        if fault in ("drop after accepting", "die after accepting"):
            smtp.transport.abort()
        if fault == "nonsense after accepting":
            return "hello 250"
        return "250 2.0.0 accepted"


class MailServer(Controller):
    """Use as a context manager; each connection takes the next of ``mailbox.faults``, then all is well."""

    def __init__(self, faults: Sequence[str] = (), mailbox: Mailbox | None = None, **options: Any) -> None:
        self.mailbox = Mailbox() if mailbox is None else mailbox
        self._faults = list(faults)
        super().__init__(_Handler(self), hostname="127.0.0.1", port=0, **options)

    def factory(self) -> SMTP:
        """Return the protocol of one connection."""
        made = _Faulty(self.handler, **self.SMTP_kwargs)
        made.mailbox, made.owner = self.mailbox, self
        return made

    def _trigger_server(self) -> None:
        # The base class looks whether the server answers; it must ask the port that the system chose.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def die(self) -> None:
        """Stop listening from inside the server's own loop: whoever connects now is turned away."""
        if self.server is not None:
            for listening in self.server.sockets:
                # A forked child holds the socket too; shutting it down ends the listening for both.
                with contextlib.suppress(OSError):
                    socket.socket(fileno=os.dup(listening.fileno())).shutdown(socket.SHUT_RDWR)
            self.server.close()

    def __enter__(self) -> MailServer:
        self.start()
        # Only from here on: the look of the base class was a connection too.
        self.mailbox.faults, self.mailbox.connections = self._faults, 0
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop(no_assert=True)

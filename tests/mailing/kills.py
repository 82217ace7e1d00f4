"""Killing a process of the mailing at a step of its choice, in a forked child.

Belongs here: the steps and the child. Does not belong here: what must hold afterwards.
"""

from __future__ import annotations

import contextlib
import os
import signal
import smtplib
from collections.abc import Callable, Iterator

from pipelines.errors import UserError
from pipelines.mailing.record import journal, outbox, witnesses
from pipelines.mailing.record.ledger import Ledger


class Steps:
    """Kills its process at the n-th step: before each word to the server and each file, around each ledger write."""

    def __init__(self, kill_at: int | None) -> None:
        self.left = kill_at

    def step(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def before(self, function: Callable) -> Callable:
        def wrapped(*arguments: object, **named: object) -> object:
            self.step()
            return function(*arguments, **named)

        return wrapped

    def install(self) -> None:
        """Put the steps in; only ever called in a forked child."""
        smtplib.SMTP.send = self.before(smtplib.SMTP.send)  # type: ignore[method-assign]
        outbox.write_file = self.before(outbox.write_file)
        journal.append = self.before(journal.append)
        witnesses._append_answer = self.before(witnesses._append_answer)
        original = Ledger._transaction

        @contextlib.contextmanager
        def transaction(ledger: Ledger) -> Iterator[object]:
            with original(ledger) as connection:
                yield connection
                self.step()
            self.step()

        Ledger._transaction = transaction  # type: ignore[method-assign]


def in_child(work: Callable[[], object], kill_at: int | None) -> bool:
    """Do the work in a forked child that is killed at a step; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            Steps(kill_at).install()
            work()
            status = 0
        except UserError:
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return os.WIFEXITED(ended)

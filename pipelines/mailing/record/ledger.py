"""The mailing ledger: one SQLite file that knows how far each message has come, whatever happens to the program.

Belongs here: recording each step and reading it back. Does not belong here: which step may follow which
(``states.py``), SMTP, files of the outbox, the judgement whether an approval is good (``approval.py``), the clock.

``sending`` is on disk before the first byte of a message leaves (WAL with synchronous=FULL: a commit returns after the
file is synchronised), and left only by an answer from the server or by a person's decision. The step to ``sending``
succeeds for one process only, and an index of the database allows one message on its way or sent per municipality and
quarter.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.record.states import (
    APPROVED,
    CONTACT_LIST,
    HANDED_OVER,
    NEXT,
    PREPARED,
    SENDING,
    TEST,
    WITHDRAWN,
    WrongState,
    outcome,
)


@dataclass(frozen=True)
class Message:
    """One row of the ledger."""

    message_id: str
    quarter: str
    municipality_code: str | None
    kind: str
    recipient: str
    sha256: str
    list_digest: str | None
    state: str
    at: str
    detail: str


@dataclass(frozen=True)
class Signature:
    """Somebody's name under a digest: who prepared it, or who approved it."""

    quarter: str
    digest: str
    name: str
    account: str
    at: datetime.datetime


class AlreadyOnItsWay(UserError):
    """Another process, or an earlier run, has this municipality's message on its way."""


class Ledger:
    """The open ledger; use ``opened``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # Immediate: the right to write is taken before anything is read, so that what was read is still true.
        self._connection.execute("begin immediate")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    # Reading

    def messages(self, quarter: str | None = None, kind: str = CONTACT_LIST) -> list[Message]:
        """Return the messages of a kind, of one quarter or of all, in the order of their codes and ids."""
        rows = self._connection.execute(
            "select message_id, quarter, municipality_code, kind, recipient, sha256, list_digest, state, at, detail "
            "from message where kind = ? and (? is null or quarter = ?) "
            "order by quarter, municipality_code, message_id",
            (kind, quarter, quarter),
        )
        return [Message(*row) for row in rows]

    def message(self, message_id: str) -> Message | None:
        """Return one message."""
        rows = [one for kind in (CONTACT_LIST, TEST) for one in self.messages(kind=kind)]
        return next((one for one in rows if one.message_id == message_id), None)

    def events(self, message_id: str) -> list[tuple[str, str, str]]:
        """Return the history of one message, oldest first: state, time, detail."""
        rows = self._connection.execute(
            "select state, at, detail from event where message_id = ? order by number", (message_id,)
        )
        return list(rows)

    def last_list(self, municipality_code: str, before: str) -> tuple[str, str] | None:
        """Return quarter and content of the list last sent to the municipality before this quarter, if any."""
        row = self._connection.execute(
            "select message.quarter, sent_list.content from message "
            "join sent_list on message.list_digest = sent_list.digest "
            "where message.municipality_code = ? and message.quarter < ? and message.state = 'sent' "
            "order by message.quarter desc limit 1",
            (municipality_code, before),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def recipients_before(self, quarter: str) -> dict[str, str]:
        """Return the addresses written to in the last earlier quarter that was mailed, by municipality code."""
        rows = self._connection.execute(
            "select municipality_code, recipient from message where kind = 'contact_list' "
            "and state in ('sending', 'sent', 'refused', 'bounced') and quarter = (select max(quarter) from message "
            "where kind = 'contact_list' and quarter < ? and state in ('sending', 'sent', 'refused', 'bounced')) "
            "order by at, message_id",
            (quarter,),
        )
        return dict(rows.fetchall())

    def quarters(self) -> list[str]:
        """Return the quarters that something was prepared for, oldest first."""
        return [row[0] for row in self._connection.execute("select distinct quarter from preparation order by quarter")]

    def signatures(self, table: str, quarter: str) -> list[Signature]:
        """Return who prepared (``preparation``) or approved (``approval``), oldest first."""
        if table not in ("preparation", "approval"):
            raise ValueError(table)
        rows = self._connection.execute(
            f"select quarter, digest, name, account, at from {table} where quarter = ? order by number", (quarter,)
        )
        return [Signature(row[0], row[1], row[2], row[3], datetime.datetime.fromisoformat(row[4])) for row in rows]

    def unreachable(self, quarter: str) -> dict[str, str]:
        """Return the municipalities that nothing could be prepared for, with the reason."""
        return dict(
            self._connection.execute("select municipality_code, reason from unreachable where quarter = ?", (quarter,))
        )

    # Writing

    def prepare(
        self,
        signature: Signature,
        entries: Iterable[tuple[str, str, str, str]],
        list_text: tuple[str, str],
        unreachable: dict[str, str],
    ) -> None:
        """Record an outbox: who prepared it and its messages (id, code, recipient, sha256), in one transaction.

        Messages already handed over keep their rows; others of the quarter that are not in it any more are withdrawn.
        Approvals of another digest do not count any more, so approved messages fall back to prepared.
        """
        at, quarter = signature.at.isoformat(), signature.quarter
        with self._transaction() as connection:
            connection.execute("insert or ignore into sent_list values (?, ?)", list_text)
            same = self._last_digest(quarter) == signature.digest
            known = {one.message_id: one for one in self.messages(quarter)}
            _sign(connection, "preparation", signature)
            wanted = {identifier: (code, recipient, sha256) for identifier, code, recipient, sha256 in entries}
            for identifier, (code, recipient, sha256) in wanted.items():
                row = known.get(identifier)
                if row is None:
                    connection.execute(
                        "insert into message values (?, ?, ?, 'contact_list', ?, ?, ?, 'prepared', ?, '')",
                        (identifier, quarter, code, recipient, sha256, list_text[0], at),
                    )
                    _event(connection, identifier, PREPARED, at, "")
                elif row.state not in HANDED_OVER:
                    changed = row.sha256 != sha256
                    connection.execute(
                        "update message set sha256 = ?, list_digest = ?, recipient = ? where message_id = ?",
                        (sha256, list_text[0] if changed else row.list_digest, recipient, identifier),
                    )
                    if row.state == WITHDRAWN or (row.state == APPROVED and not same):
                        self._move(connection, identifier, PREPARED, at, "forberedt igen")
            for identifier, row in known.items():
                if identifier not in wanted and row.state in (PREPARED, APPROVED):
                    self._move(connection, identifier, WITHDRAWN, at, "erstattet ved ny forberedelse")
            connection.execute("delete from unreachable where quarter = ?", (quarter,))
            connection.executemany(
                "insert into unreachable values (?, ?, ?)",
                [(quarter, code, reason) for code, reason in sorted(unreachable.items())],
            )

    def approve(self, signature: Signature) -> None:
        """Record one approval."""
        with self._transaction() as connection:
            _sign(connection, "approval", signature)

    def open_for_sending(self, quarter: str, at: datetime.datetime) -> None:
        """Move every prepared message of a quarter to approved; the caller has judged the approvals."""
        with self._transaction() as connection:
            for one in self.messages(quarter):
                if one.state == PREPARED:
                    self._move(connection, one.message_id, APPROVED, at.isoformat(), "")

    def begin_sending(self, message_id: str, at: datetime.datetime) -> None:
        """Claim one approved message for sending; on disk when this returns. Raises AlreadyOnItsWay if it cannot be."""
        with self._transaction() as connection:
            try:
                self._move(connection, message_id, SENDING, at.isoformat(), "")
            except (sqlite3.IntegrityError, WrongState):
                raise AlreadyOnItsWay(
                    "Kommunen har allerede en meddelelse, der er sendt eller undervejs i dette kvartal. Intet er sendt."
                ) from None

    def begin_test(self, message_id: str, quarter: str, recipient: str, sha256: str, at: datetime.datetime) -> None:
        """Record a dummy for the test address, of its own kind, and claim it for sending."""
        with self._transaction() as connection:
            connection.execute(
                "insert into message values (?, ?, null, 'test', ?, ?, null, 'sending', ?, '')",
                (message_id, quarter, recipient, sha256, at.isoformat()),
            )
            _event(connection, message_id, SENDING, at.isoformat(), "")

    def move(self, message_id: str, state: str, at: datetime.datetime, detail: str) -> None:
        """Record how sending ended, a return, or a person's decision; raises WrongState when it cannot follow."""
        with self._transaction() as connection:
            self._move(connection, message_id, state, at.isoformat(), detail)

    def note_recall(
        self, message_id: str, name: str, reason: str, aware_at: datetime.datetime, at: datetime.datetime
    ) -> None:
        """Record that a notice was prepared for a message that should not have been sent."""
        with self._transaction() as connection:
            connection.execute(
                "insert into recall (message_id, name, reason, aware_at, at) values (?, ?, ?, ?, ?)",
                (message_id, name, reason, aware_at.isoformat(), at.isoformat()),
            )

    def recalls(self) -> list[tuple[Message, str, str, datetime.datetime]]:
        """Return each recall: message, who, why, and when the mistake was known."""
        query = "select message_id, name, reason, aware_at from recall order by number"
        rows = self._connection.execute(query).fetchall()
        known = {one.message_id: one for one in self.messages()}
        return [(known[row[0]], row[1], row[2], datetime.datetime.fromisoformat(row[3])) for row in rows]

    def _move(self, connection: sqlite3.Connection, message_id: str, state: str, at: str, detail: str) -> None:
        row = connection.execute("select state from message where message_id = ?", (message_id,)).fetchone()
        if row is None or state not in NEXT[row[0]]:
            raise WrongState(f"{row and row[0]} -> {state}")
        connection.execute(
            "update message set state = ?, at = ?, detail = ? where message_id = ?", (state, at, detail, message_id)
        )
        _event(connection, message_id, state, at, detail)

    def _last_digest(self, quarter: str) -> str | None:
        found = self.signatures("preparation", quarter)
        return found[-1].digest if found else None


def _sign(connection: sqlite3.Connection, table: str, signature: Signature) -> None:
    connection.execute(
        f"insert into {table} (quarter, digest, name, account, at) values (?, ?, ?, ?, ?)",
        (signature.quarter, signature.digest, signature.name, signature.account, signature.at.isoformat()),
    )


def _event(connection: sqlite3.Connection, message_id: str, state: str, at: str, detail: str) -> None:
    connection.execute(
        "insert into event (message_id, state, at, detail) values (?, ?, ?, ?)", (message_id, state, at, detail)
    )


def path(output: Output) -> Path:
    """Return where the ledger of an output folder lies."""
    return output.mailing / "ledger.sqlite"


@contextlib.contextmanager
def opened(output: Output) -> Iterator[Ledger]:
    """Open the ledger, making it when it is not there; raises UserError when the file is damaged."""
    output.mailing.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = path(output)
    # Made with its mode, so that there is no moment in which others can read it.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        if connection.execute("pragma user_version").fetchone()[0] == 0:
            connection.executescript(Path(__file__).with_name("ledger_schema.sql").read_text(encoding="utf-8"))
            connection.execute("pragma user_version = 1")
        yield Ledger(connection)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.IntegrityError):
            raise
        raise UserError(
            f"Udsendelsesprotokollen {file} kan ikke læses eller skrives ({type(problem).__name__}). "
            "Send intet, før den er gendannet: den er beviset for, hvem der har fået hvad."
        ) from None
    finally:
        connection.close()


def export(output: Output, as_of: datetime.date | None = None) -> list[tuple[str, str, str, datetime.date]]:
    """Return quarter, municipality code, state and day of that state, as it was known at the end of ``as_of``.

    Real recipients only (the dummies to the test address are another kind), and only messages that were handed over:
    sent, refused, bounced, or sending (handed over without an answer). One row per quarter and municipality; none
    before the first mailing (rule contact_list_mailed: no_ledger). A municipality without a row was not sent to.
    """
    if not path(output).exists():
        return []
    found: dict[tuple[str, str], dict[str, tuple[str, datetime.date]]] = {}
    with opened(output) as ledger:
        for one in ledger.messages():
            for state, at, _ in ledger.events(one.message_id):
                day = datetime.date.fromisoformat(at[:10])
                if as_of is None or day <= as_of:
                    found.setdefault((one.quarter, str(one.municipality_code)), {})[one.message_id] = (state, day)
    rows = [(*key, *outcome(list(states.values()))) for key, states in sorted(found.items())]
    return [row for row in rows if row[2] in HANDED_OVER]

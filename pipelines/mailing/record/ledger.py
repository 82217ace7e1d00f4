"""The mailing ledger: one SQLite file that knows how far each message has come, whatever happens to the program.

Belongs here: recording each step and reading it back. Does not belong here: which step may follow which
(``states.py``), SMTP, files of the outbox, the judgement whether an approval is good (``approval.py``), the clock.

``sending`` is on disk before the first byte of a message leaves (WAL with synchronous=FULL: a commit returns after the
file is synchronised), and left only by an answer from the server or by a person's decision. The step to ``sending``
succeeds for one process only, and an index of the database allows one message on its way or sent per municipality and
quarter.

Each move to or from a hand-over is a line of the journal too (``journal.py``): the line is written to the ledger with
the move, in one transaction, and added to the journal as soon as that is on disk. After a crash between the two the
ledger still has the line, and ``catch_up`` adds it.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from pipelines import accounts, durable_files
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.record import journal, witnesses
from pipelines.mailing.record.ledger_rows import Message, Signature
from pipelines.mailing.record.states import (
    APPROVED,
    HANDED_OVER,
    NEXT,
    PREPARED,
    SENDING,
    SENT,
    WITHDRAWN,
    WrongState,
)

SCHEMA_VERSION = 3


_FIELDS = ", ".join(Message.__dataclass_fields__)


_LAST_STATE = "select state from event where event.message_id = message.message_id order by number desc limit 1"
_CONTRADICTORY = f"state <> ({_LAST_STATE})"


class AlreadyOnItsWay(UserError):
    """Another process, or an earlier run, has this municipality's message on its way."""


class Ledger:
    """The open ledger; use ``opened``."""

    def __init__(self, connection: sqlite3.Connection, output: Output) -> None:
        self._connection = connection
        self._output = output
        self._kind = matters.of(output).kind
        self._untold: list[journal.JournalLine] = []

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # Immediate: the right to write is taken before anything is read, so that what was read is still true.
        self._connection.execute("begin immediate")
        self._untold = []
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")
        self._tell_witnesses()

    def _tell_witnesses(self) -> None:
        for line in self._untold:
            witnesses.tell(self._output, line)

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[None]:
        """Keep other processes from writing for the block, so that ledger and journal can be compared."""
        with self._transaction():
            self.catch_up()
            yield

    # Reading

    def messages(self, quarter: str | None = None, kind: str | None = None) -> list[Message]:
        """Return the messages (of the matter's own kind), of one quarter or of all, in the order of codes and ids."""
        rows = self._connection.execute(
            f"select {_FIELDS} from message where kind = ? and (? is null or quarter = ?) "
            "order by quarter, municipality_code, message_id",
            (kind or self._kind, quarter, quarter),
        )
        return [Message(*row) for row in rows]

    def message(self, message_id: str) -> Message | None:
        """Return one message."""
        row = self._connection.execute(f"select {_FIELDS} from message where message_id = ?", (message_id,)).fetchone()
        return None if row is None else Message(*row)

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
            "select municipality_code, recipient from message where kind = ? "
            "and state in ('sending', 'sent', 'refused', 'bounced') and quarter = (select max(quarter) from message "
            "where kind = ? and quarter < ? and state in ('sending', 'sent', 'refused', 'bounced')) "
            "and recipient <> '' order by at, message_id",
            (self._kind, self._kind, quarter),
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
            f"select quarter, digest, name, account, at, confirmed from {table} where quarter = ? order by number",
            (quarter,),
        )
        return [
            Signature(row[0], row[1], row[2], row[3], datetime.datetime.fromisoformat(row[4]), bool(row[5]))
            for row in rows
        ]

    def unreachable(self, quarter: str) -> dict[str, str]:
        """Return the municipalities that nothing could be prepared for, with the reason."""
        return dict(
            self._connection.execute("select municipality_code, reason from unreachable where quarter = ?", (quarter,))
        )

    def last_line(self) -> journal.JournalLine | None:
        """Return the journal's last line as the ledger knows it; None before the journal was begun."""
        row = self._connection.execute("select line from journal_end").fetchone()
        if row is None:
            return None
        found = json.loads(row[0])
        return journal.JournalLine(found["number"], found["previous"], found["facts"])

    def known(self) -> dict[str, witnesses.KnownMessage]:
        """Return every message that was handed over at some time, with its moves to and from a hand-over.

        A message whose state is not that of its last event is left out: what the ledger says of it cannot be believed.
        """
        found, contradictory = {}, self.contradictory()
        for one in self.messages():
            events = [] if one.message_id in contradictory else self.events(one.message_id)
            moves = tuple(
                witnesses.Move(*event)
                for before, event in zip([("", "", ""), *events], events)
                if event[0] in HANDED_OVER or before[0] in HANDED_OVER
            )
            if moves:
                code = str(one.municipality_code)
                found[one.message_id] = witnesses.KnownMessage(
                    one.message_id, one.quarter, code, one.recipient, one.sha256, moves
                )
        return found

    def contradictory(self) -> set[str]:
        """Return the messages whose state is not that of their last event; only a change from outside makes such."""
        return {row[0] for row in self._connection.execute(f"select message_id from message where {_CONTRADICTORY}")}

    # Writing

    def begin_journal(self, at: datetime.datetime) -> None:
        """Write the journal's first line, unless it was begun before."""
        if self.last_line() is None:
            with self._transaction() as connection:
                self._add(connection, journal.first({"at": at.isoformat()}))

    def catch_up(self) -> None:
        """Add the journal's last line where a crash kept it out; any other difference is left as it is."""
        line = self.last_line()
        file = journal.path(self._output)
        if line is not None and not journal.is_last(file, line.number, line.sum):
            before = line.number == 1 and not file.exists()
            if before or journal.is_last(file, line.number - 1, line.previous):
                journal.append(file, line)

    def follow(self, line: journal.JournalLine) -> None:
        """Note a line that stands in the journal already as its last."""
        self._note_end(self._connection, line)

    def settle(self, messages: Sequence[witnesses.KnownMessage], detail: str) -> None:
        """Bring messages to where others know them to be; belongs inside ``at_rest``. Only ``agreement`` calls it.

        Moves that the ledger lacks are added with their own time, and one more says who decided so.
        """
        known = self.known()
        self._connection.execute(f"update message set state = ({_LAST_STATE}) where {_CONTRADICTORY}")
        # Those that hold no place first: the index allows one message on its way or sent for a municipality.
        for one in sorted(messages, key=lambda message: message.state in (SENDING, SENT)):
            state = one.state if one.state in HANDED_OVER else PREPARED
            last = one.moves[-1]
            if self.message(one.message_id) is None:
                self._connection.execute(
                    "insert into message values (?, ?, ?, ?, ?, ?, null, ?, ?, ?)",
                    (
                        one.message_id,
                        one.quarter,
                        one.municipality_code,
                        self._kind,
                        one.recipient,
                        one.sha256,
                        state,
                        last.at,
                        last.detail,
                    ),
                )
            held = known.get(one.message_id)
            for move in one.moves[len(held.moves) if held else 0 :]:
                _event(self._connection, one.message_id, move.state, move.at, move.detail)
            self._connection.execute(
                "update message set state = ?, at = ?, detail = ? where message_id = ?",
                (state, last.at, detail, one.message_id),
            )
            _event(self._connection, one.message_id, state, last.at, detail)

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
                        "insert into message values (?, ?, ?, ?, ?, ?, ?, 'prepared', ?, '')",
                        (identifier, quarter, code, self._kind, recipient, sha256, list_text[0], at),
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
        row = self.message(message_id)
        if row is None or state not in NEXT[row.state]:
            raise WrongState(f"{row and row.state} -> {state}")
        connection.execute(
            "update message set state = ?, at = ?, detail = ? where message_id = ?", (state, at, detail, message_id)
        )
        _event(connection, message_id, state, at, detail)
        if row.kind == self._kind and (state in HANDED_OVER or row.state in HANDED_OVER):
            self._note(connection, row, state, at, detail)

    def _note(self, connection: sqlite3.Connection, row: Message, state: str, at: str, detail: str) -> None:
        """Write the move's line of the journal; raises OutOfStep when the journal is not where the ledger left it."""
        last = self.last_line()
        file = journal.path(self._output)
        if last is None or not journal.is_last(file, last.number, last.sum):
            raise journal.OutOfStep(
                f"Journalen {file} ender ikke, hvor protokollen siger. Intet er ændret. Se, hvad en person skal "
                "afgøre: god-loesladelse mail settle"
            )
        kept = ("message_id", "quarter", "municipality_code", "recipient", "sha256")
        facts = {name: value for name, value in asdict(row).items() if name in kept}
        facts |= {"event": journal.MOVED, "state": state, "at": at, "detail": detail, "account": accounts.current()}
        self._add(connection, journal.following(last.number, last.sum, facts))

    def _add(self, connection: sqlite3.Connection, line: journal.JournalLine) -> None:
        self._note_end(connection, line)
        self._untold.append(line)

    def _note_end(self, connection: sqlite3.Connection, line: journal.JournalLine) -> None:
        connection.execute("insert or replace into journal_end values (1, ?)", (line.text,))

    def _last_digest(self, quarter: str) -> str | None:
        found = self.signatures("preparation", quarter)
        return found[-1].digest if found else None


def _sign(connection: sqlite3.Connection, table: str, signature: Signature) -> None:
    connection.execute(
        f"insert into {table} (quarter, digest, name, account, at, confirmed) values (?, ?, ?, ?, ?, ?)",
        (
            signature.quarter,
            signature.digest,
            signature.name,
            signature.account,
            signature.at.isoformat(),
            int(signature.is_confirmed),
        ),
    )


def _event(connection: sqlite3.Connection, message_id: str, state: str, at: str, detail: str) -> None:
    connection.execute(
        "insert into event (message_id, state, at, detail) values (?, ?, ?, ?)", (message_id, state, at, detail)
    )


def _add_columns(connection: sqlite3.Connection) -> None:
    """Give a ledger made by an earlier version the columns that it lacks."""
    for table in ("preparation", "approval"):
        if "confirmed" not in {row[1] for row in connection.execute(f"pragma table_info({table})")}:
            connection.execute(f"alter table {table} add column confirmed integer not null default 0")


def path(output: Output) -> Path:
    """Return where the ledger of an output folder lies."""
    return output.mailing / "ledger.sqlite"


@contextlib.contextmanager
def opened(output: Output) -> Iterator[Ledger]:
    """Open the ledger, making it when it is not there; raises UserError when the file is damaged."""
    durable_files.make_folder(output.mailing)
    file = path(output)
    # Made with its mode, so that there is no moment in which others can read it.
    durable_files.make_file(file)
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        if connection.execute("pragma user_version").fetchone()[0] != SCHEMA_VERSION:
            connection.executescript(Path(__file__).with_name("ledger_schema.sql").read_text(encoding="utf-8"))
            _add_columns(connection)
            connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
        yield Ledger(connection, output)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.IntegrityError):
            raise
        raise UserError(
            f"Udsendelsesprotokollen {file} kan ikke læses eller skrives ({type(problem).__name__}). "
            "Send intet, før den er gendannet: den er beviset for, hvem der har fået hvad."
        ) from None
    finally:
        connection.close()

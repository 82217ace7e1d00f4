"""Replies of the municipalities: recorded by one person, decided by another, handed to the next build as corrections.

Belongs here: what a reply and a decision are, recording replies, and what others may read. Does not belong here:
reading the file (``returned_form``), deciding (``decisions``) and how a correction changes an outcome
(``dbt_project``).

An explanation changes no outcome; it is counted beside it. A disputed date changes one only when a second person has
accepted it, and then as a dated row with its reason. It counts for assessments of the day it was decided and later,
never for an earlier one: that must give the figures of then, whenever it is made. A decision may be made anew; of a
reply's decisions the one with the highest number that was made by a day is what holds on it.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import accounts
from pipelines.layout import Output
from pipelines.people import names
from pipelines.replies import store
from pipelines.replies.form_contract import agreed

ACCEPTED, REJECTED = "accepted", "rejected"
# Row keys of this form are of rows that no delivery has: the reply adds them.
NEW_ROW = "ny-"


@dataclass(frozen=True)
class Reply:
    """One answer of a municipality about one of its cases; what follows ``reason`` is empty without a disputed date.

    ``deadlines`` are those of each rule whose outcome the date can change, as they are before it does. ``known_rows``
    (JSON) are the rows of that kind that the delivery had for the case, where a row is claimed that it did not have.
    """

    municipality_code: str
    case_id: str
    rule_id: str
    reason: str
    disputed: str | None = None
    table_name: str | None = None
    row_key: str | None = None
    column_name: str | None = None
    held: datetime.date | None = None
    claimed: datetime.date | None = None
    deadlines: tuple[tuple[str, datetime.date | None], ...] = ()
    claimed_municipality: str | None = None
    known_rows: str | None = None

    @property
    def seen(self) -> str | None:
        """What the delivery said about the disputed value when the reply was made, as ``ReplyDecision.held`` has it."""
        return self.known_rows if self.known_rows is not None else _text(self.held)


@dataclass(frozen=True)
class ReplyDecision:
    """One decision on a reply. ``held`` is what the delivery said then: a date, the rows known (JSON), or nothing."""

    number: int
    verdict: str
    reason: str | None
    held: str | None
    decided_by: str
    decided_on: datetime.date

    @property
    def is_accepted(self) -> bool:
        """Whether the municipality's date was found to be the right one."""
        return self.verdict == ACCEPTED


@dataclass(frozen=True)
class Reopening:
    """A request that the decision with a number be made anew."""

    decision_number: int
    reason: str
    name: str
    account: str
    at: str


@dataclass(frozen=True)
class Recorded:
    """A reply as recorded, with every decision about it, oldest first (none: not yet, or nothing to decide)."""

    reply_id: str
    reply: Reply
    recorded_by: str
    recorded_at: str
    decisions: tuple[ReplyDecision, ...] = ()
    reopenings: tuple[Reopening, ...] = ()

    @property
    def decision(self) -> ReplyDecision | None:
        """The decision that holds now."""
        return self.decisions[-1] if self.decisions else None

    @property
    def verdict(self) -> str | None:
        """What holds now: accepted, rejected, or None."""
        return self.decision.verdict if self.decision else None

    @property
    def reopened(self) -> Reopening | None:
        """The request that the decision that holds be made anew, when there is one."""
        number = self.decision.number if self.decision else None
        return next((one for one in self.reopenings if one.decision_number == number), None)

    def held_on(self, day: datetime.date) -> ReplyDecision | None:
        """Return the decision that holds for assessments of a day."""
        made = [one for one in self.decisions if one.decided_on <= day]
        return made[-1] if made else None


@dataclass(frozen=True)
class Receipt:
    """What came of an import."""

    municipality_code: str
    reply_ids: tuple[str, ...]
    disputes: int
    is_new: bool


def record(output: Output, sha256: str, replies: Sequence[Reply], by: str, at: datetime.datetime) -> Receipt:
    """Record the replies of one file in one step; the same bytes a second time change nothing."""
    name = names.checked(by)
    code = replies[0].municipality_code
    with store.opened(output) as connection, store.writing(connection):
        known = connection.execute("select number from reply_file where sha256 = ?", (sha256,)).fetchone()
        if known is None:
            cursor = connection.execute(
                "insert into reply_file (sha256, municipality_code, name, account, at) values (?, ?, ?, ?, ?)",
                (sha256, code, name, accounts.current(), at.isoformat()),
            )
            number = cursor.lastrowid
            for place, reply in enumerate(replies, start=1):
                reply_id = f"{code}-{number:03}-{place:03}"
                row_key = f"{NEW_ROW}{reply_id}" if reply.disputed and reply.row_key is None else reply.row_key
                connection.execute(
                    "insert into reply values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        reply_id,
                        number,
                        code,
                        reply.case_id,
                        reply.rule_id,
                        reply.reason,
                        reply.disputed,
                        reply.table_name,
                        row_key,
                        reply.column_name,
                        _text(reply.held),
                        _text(reply.claimed),
                        reply.claimed_municipality,
                        reply.known_rows,
                    ),
                )
                connection.executemany(
                    "insert into reply_deadline values (?, ?, ?)",
                    [(reply_id, rule_id, _text(deadline)) for rule_id, deadline in reply.deadlines],
                )
        else:
            number = known[0]
        rows = connection.execute(
            "select reply_id, disputed is not null from reply where file_number = ? order by reply_id", (number,)
        ).fetchall()
    return Receipt(code, tuple(row[0] for row in rows), sum(row[1] for row in rows), known is None)


def recorded(output: Output) -> list[Recorded]:
    """Return every reply with its decision, in the order in which they were recorded."""
    if not store.path(output).exists():
        return []
    with store.opened(output) as connection:
        return all_recorded(connection)


# correction_id, case_id, table_name, row_key, column_name, value, reason, decided_on, reply_id, held, decided_by
Correction = tuple[str, str, str, str, str, str, str, datetime.date, str, str | None, str]
CorrectedOutcome = tuple[str, str, str, datetime.date | None, datetime.date]


def accepted(output: Output, as_of: datetime.date) -> list[tuple[Recorded, ReplyDecision]]:
    """Return the replies whose date counts on a day of assessment, in the order in which they were decided.

    That is the order of the decisions' numbers: the days they are dated may be the same, or dated back.
    """
    found = []
    for one in recorded(output):
        decision = one.held_on(as_of)
        if decision is not None and decision.is_accepted:
            found.append((one, decision))
    return sorted(found, key=lambda pair: pair[1].number)


def waiting(output: Output, as_of: datetime.date) -> int:
    """Return how many replies have a verdict decided after a day of assessment that changes what counts on it."""
    count = 0
    for one in recorded(output):
        then = one.held_on(as_of)
        count += (one.verdict == ACCEPTED) != (then is not None and then.is_accepted)
    return count


def export_corrected_outcomes(output: Output, as_of: datetime.date) -> list[CorrectedOutcome]:
    """Return which outcomes the decisions can change, as rows of ``raw.corrected_outcomes``.

    (reply_id, case_id, rule_id, deadline before the correction, decided_on); one set of rows for each decision that
    put a correction in or, made anew, took it out again.
    """
    changes = []
    for one in recorded(output):
        counted = False
        for decision in one.decisions:
            if decision.decided_on <= as_of and decision.is_accepted != counted:
                counted = decision.is_accepted
                changes.append((decision.number, one, decision.decided_on))
    return [
        (one.reply_id, one.reply.case_id, rule_id, deadline, day)
        for _, one, day in sorted(changes, key=lambda change: change[0])
        for rule_id, deadline in one.reply.deadlines
    ]


def export_corrections(output: Output, as_of: datetime.date) -> list[Correction]:
    """Return the corrections that count on a day of assessment as rows of ``raw.corrections``, in a fixed order.

    The identifier begins with the decision's number, by which the later of two corrections of the same value wins. A
    row that no delivery has (row_key begins with ``ny-``) comes as one correction per column of it. ``held`` is what
    the delivery said when it was decided: where it says something else now, the correction waits (``stg_corrections``).
    """
    rows: list[Correction] = []
    for one, decision in accepted(output, as_of):
        reply = one.reply
        assert reply.disputed and reply.table_name and reply.row_key and reply.column_name
        assert reply.claimed is not None
        values = {reply.column_name: reply.claimed.isoformat()}
        if reply.row_key.startswith(NEW_ROW):
            dispute = agreed().disputes[reply.disputed]
            values |= dict.fromkeys(dispute.same_date, reply.claimed.isoformat())
            values |= {"kommunekode": reply.claimed_municipality or reply.municipality_code, **dispute.new_row}
        for place, (column, value) in enumerate(values.items(), start=1):
            rows.append(
                (
                    f"{decision.number:06}-{one.reply_id}-{place}",
                    reply.case_id,
                    reply.table_name,
                    reply.row_key,
                    column,
                    value,
                    reply.reason,
                    decision.decided_on,
                    one.reply_id,
                    decision.held,
                    decision.decided_by,
                )
            )
    return rows


def explanations(output: Output) -> dict[tuple[str, str, str], str]:
    """Return the newest reason per (municipality, case, rule): what is counted beside the outcome."""
    return {
        (one.reply.municipality_code, one.reply.case_id, one.reply.rule_id): one.reply.reason
        for one in recorded(output)
    }


# The fields of a reply as they stand in the query below, after its number.
_FIELDS = (
    "municipality_code",
    "case_id",
    "rule_id",
    "reason",
    "disputed",
    "table_name",
    "row_key",
    "column_name",
)


def all_recorded(connection: sqlite3.Connection) -> list[Recorded]:
    """Return every reply of an open database with its decisions, in the order in which they were recorded."""
    deadlines = _by_reply(connection, "select * from reply_deadline order by reply_id, rule_id")
    decisions = _by_reply(
        connection, "select reply_id, number, verdict, reason, held, name, decided_on from decision order by number"
    )
    reopenings = _by_reply(
        connection, "select reply_id, decision_number, reason, name, account, at from reopening order by number"
    )
    rows = connection.execute(
        "select reply.reply_id, reply.municipality_code, case_id, rule_id, reason, disputed, table_name, row_key, "
        "column_name, held, claimed, claimed_municipality, known_rows, name, at "
        "from reply join reply_file on reply.file_number = reply_file.number "
        "order by reply.file_number, reply.reply_id"
    ).fetchall()
    result = []
    for reply_id, *values, held, claimed, municipality, known, name, at in rows:
        reply = Reply(
            **dict(zip(_FIELDS, values)),
            held=_date(held),
            claimed=_date(claimed),
            deadlines=tuple((rule_id, _date(day)) for rule_id, day in deadlines.get(reply_id, ())),
            claimed_municipality=municipality,
            known_rows=known,
        )
        made = tuple(
            ReplyDecision(number, verdict, why, held, by, datetime.date.fromisoformat(day))
            for number, verdict, why, held, by, day in decisions.get(reply_id, ())
        )
        asked = tuple(Reopening(*row) for row in reopenings.get(reply_id, ()))
        result.append(Recorded(reply_id, reply, name, at, made, asked))
    return result


def _by_reply(connection: sqlite3.Connection, query: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for reply_id, *values in connection.execute(query):
        found.setdefault(reply_id, []).append(tuple(values))
    return found


def _text(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)

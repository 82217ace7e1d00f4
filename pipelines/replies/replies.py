"""Replies of the municipalities: recorded by one person, decided by another, handed to the next build as corrections.

Belongs here: what a reply and a decision are, recording them, and what others may read. Does not belong here: reading
the file (``reply_form``) and how a correction changes an outcome (``dbt_project``).

An explanation changes no outcome; it is counted beside it. A disputed date changes one only when a second person has
accepted it, and then as a dated row with its reason. It counts for assessments of the day it was decided and later,
never for an earlier one: that must give the figures of then, whenever it is made.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import accounts, configuration
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.people import codes, names, two_people
from pipelines.people.two_people import Person
from pipelines.replies import store
from pipelines.replies.form_contract import agreed

ACCEPTED, REJECTED = "accepted", "rejected"
# Row keys of this form are of rows that no delivery has: the reply adds them.
NEW_ROW = "ny-"


@dataclass(frozen=True)
class Reply:
    """One answer of a municipality about one of its cases; what follows ``reason`` is empty without a disputed date.

    ``deadlines`` are those of each rule whose outcome the date can change, as they are before it does.
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


@dataclass(frozen=True)
class Recorded:
    """A reply as recorded, with what was decided about it (None: not yet, or nothing to decide)."""

    reply_id: str
    reply: Reply
    recorded_by: str
    recorded_at: str
    verdict: str | None
    decided_by: str | None
    decided_on: datetime.date | None
    decision_number: int | None

    @property
    def is_accepted(self) -> bool:
        """Whether the municipality's date was found to be the right one."""
        return self.verdict == ACCEPTED


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
                    "insert into reply values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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


def decide(
    output: Output,
    reply_id: str,
    verdict: str,
    by: str,
    at: datetime.datetime,
    decided_on: datetime.date | None = None,
    code: str = "",
) -> Recorded:
    """Record what a second person decided about a disputed date; raises UserError when it cannot be decided so.

    ``code`` is the one mailed to this person; raises NeedsCode when the account alone does not tell people apart.
    """
    people = configuration.settings().people
    person = two_people.now_at_work(by, is_confirmed=bool(code))
    day = decided_on or at.date()
    if day > at.date():
        raise WrongUse("afgørelsens dag kan ikke ligge i fremtiden")
    with store.opened(output) as connection, store.writing(connection):
        found = next((one for one in _recorded(connection) if one.reply_id == reply_id), None)
        if found is None:
            raise UserError("Der er intet svar med det nummer. Se numrene med: god-loesladelse reply list")
        if found.reply.disputed is None:
            raise UserError(
                f"Svar {reply_id} er en forklaring uden bestridt dato. Der er intet at afgøre; den tælles ved "
                "siden af udfaldet."
            )
        if found.verdict is not None:
            raise UserError(f"Svar {reply_id} er allerede afgjort af {found.decided_by}. En afgørelse ændres ikke.")
        two_people.require_another(
            person, [_recorder(connection, reply_id)], f"har registreret svar {reply_id}", people
        )
        if day < datetime.datetime.fromisoformat(found.recorded_at).date():
            raise UserError(f"Svar {reply_id} kan ikke være afgjort, før det blev registreret.")
        if code:
            codes.use(output, matter(reply_id, verdict), person.name, code, at)
        connection.execute(
            "insert into decision (reply_id, verdict, name, account, decided_on, at) values (?, ?, ?, ?, ?, ?)",
            (reply_id, verdict, person.name, person.account, day.isoformat(), at.isoformat()),
        )
        return next(one for one in _recorded(connection) if one.reply_id == reply_id)


def matter(reply_id: str, verdict: str) -> str:
    """Return what a code confirms: this verdict on this reply."""
    return f"reply decide {reply_id} {verdict}"


def _recorder(connection: sqlite3.Connection, reply_id: str) -> Person:
    row = connection.execute(
        "select name, account from reply_file join reply on reply.file_number = reply_file.number where reply_id = ?",
        (reply_id,),
    ).fetchone()
    return Person(*row)


def recorded(output: Output) -> list[Recorded]:
    """Return every reply with its decision, in the order in which they were recorded."""
    if not store.path(output).exists():
        return []
    with store.opened(output) as connection:
        return _recorded(connection)


Correction = tuple[str, str, str, str, str, str, str, datetime.date]
CorrectedOutcome = tuple[str, str, str, datetime.date | None, datetime.date]


def accepted(output: Output, as_of: datetime.date) -> list[Recorded]:
    """Return the replies whose date counts on a day of assessment, in the order in which they were decided.

    That is the order of the decisions' numbers: the days they are dated may be the same, or dated back.
    """
    found = [
        one for one in recorded(output) if one.is_accepted and one.decided_on is not None and one.decided_on <= as_of
    ]
    return sorted(found, key=lambda item: item.decision_number or 0)


def waiting(output: Output, as_of: datetime.date) -> int:
    """Return how many accepted replies were decided after a day of assessment, and so do not count on it."""
    return sum(one.decided_on is not None and one.decided_on > as_of for one in recorded(output) if one.is_accepted)


def export_corrected_outcomes(output: Output, as_of: datetime.date) -> list[CorrectedOutcome]:
    """Return which outcomes the accepted replies can change, as rows of ``raw.corrected_outcomes``.

    (reply_id, case_id, rule_id, deadline before the correction, decided_on)
    """
    rows: list[CorrectedOutcome] = []
    for one in accepted(output, as_of):
        assert one.decided_on is not None
        for rule_id, deadline in one.reply.deadlines:
            rows.append((one.reply_id, one.reply.case_id, rule_id, deadline, one.decided_on))
    return rows


def export_corrections(output: Output, as_of: datetime.date) -> list[Correction]:
    """Return the corrections that count on a day of assessment as rows of ``raw.corrections``, in a fixed order.

    (correction_id, case_id, table_name, row_key, column_name, value, reason, decided_on). The identifier begins with
    the decision's number, by which the later of two corrections of the same value wins. A row that no delivery has
    (row_key begins with ``ny-``) comes as one correction per column of it.
    """
    rows: list[Correction] = []
    for one in accepted(output, as_of):
        reply = one.reply
        assert reply.disputed and reply.table_name and reply.row_key and reply.column_name
        assert reply.claimed is not None and one.decided_on is not None
        values = {reply.column_name: reply.claimed.isoformat()}
        if reply.row_key.startswith(NEW_ROW):
            values |= {"kommunekode": reply.municipality_code, **agreed().disputes[reply.disputed].new_row}
        for place, (column, value) in enumerate(values.items(), start=1):
            rows.append(
                (
                    f"{one.decision_number:06}-{one.reply_id}-{place}",
                    reply.case_id,
                    reply.table_name,
                    reply.row_key,
                    column,
                    value,
                    reply.reason,
                    one.decided_on,
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


def _recorded(connection: sqlite3.Connection) -> list[Recorded]:
    rows = connection.execute(
        "select reply.reply_id, reply.municipality_code, case_id, rule_id, reason, disputed, table_name, row_key, "
        "column_name, held, claimed, reply_file.name, reply_file.at, verdict, decision.name, decided_on, "
        "decision.number "
        "from reply join reply_file on reply.file_number = reply_file.number "
        "left join decision on reply.reply_id = decision.reply_id order by reply.file_number, reply.reply_id"
    ).fetchall()
    deadlines: dict[str, list[tuple[str, datetime.date | None]]] = {}
    for reply_id, rule_id, deadline in connection.execute("select * from reply_deadline order by reply_id, rule_id"):
        deadlines.setdefault(reply_id, []).append((rule_id, _date(deadline)))
    result = []
    for reply_id, *values, held, claimed, name, at, verdict, decided_by, decided_on, number in rows:
        before = tuple(deadlines.get(reply_id, ()))
        reply = Reply(**dict(zip(_FIELDS, values)), held=_date(held), claimed=_date(claimed), deadlines=before)
        result.append(Recorded(reply_id, reply, name, at, verdict, decided_by, _date(decided_on), number))
    return result


def _text(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)

"""What stands about a disputed value: what the delivery says now, corrections that wait, and replies that contradict.

Belongs here: comparing a reply with the warehouse and with other replies. Does not belong here: deciding
(``decisions``), and reading a form (``returned_form``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.danish import short_date
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.replies import replies
from pipelines.replies.claimed_dates import objection
from pipelines.replies.decisions import Delivered
from pipelines.replies.form_contract import Dispute, agreed
from pipelines.replies.replies import NEW_ROW, Recorded, Reply


def rows_of_case(connection: Any, dispute: Dispute, case_id: str) -> dict[str, str | None]:
    """Return the delivered rows of a case that a disputed date can stand on: row key -> the date as text."""
    conditions = "".join(f' and "{column}" = ?' for column in dispute.only)
    found = connection.execute(
        f'select "{dispute.key}", "{dispute.column}" from raw.{dispute.table} where sags_id = ?{conditions} order by 1',
        [case_id, *dispute.only.values()],
    ).fetchall()
    return {str(key): None if day is None else str(day) for key, day in found}


def known_rows(connection: Any, dispute: Dispute, case_id: str, municipality: str | None) -> str:
    """Return (JSON) the keys of the rows that a claimed new row could be, as ``stg_corrections`` reads them."""
    keys = rows_of_case(connection, dispute, case_id)
    if municipality is not None and dispute.table == "handlekommuner":
        rows = connection.execute(
            "select gyldig_fra from raw.handlekommuner where sags_id = ? and kommunekode = ? order by 1",
            [case_id, municipality],
        ).fetchall()
        return json.dumps([row[0] for row in rows])
    return json.dumps(sorted(keys))


def delivered(connection: Any, output: Output, reply_id: str, *, is_accepted: bool) -> Delivered | None:
    """Return what the delivery says now about the value that a reply disputes; None for a reply without one.

    Raises UserError when the reply is to be accepted and its date can no longer be right.
    """
    found = next((one for one in replies.recorded(output) if one.reply_id == reply_id), None)
    if found is None or found.reply.disputed is None:
        return None
    reply, dispute = found.reply, agreed().disputes[str(found.reply.disputed)]
    assert reply.row_key is not None and reply.claimed is not None
    is_new = reply.row_key.startswith(NEW_ROW)
    against = objection(connection, dispute, reply.case_id, None if is_new else reply.row_key, reply.claimed)
    if is_accepted and against is not None:
        raise UserError(f"Svar {reply_id} kan ikke godkendes: {against}.")
    if is_new:
        return Delivered(known_rows(connection, dispute, reply.case_id, reply.claimed_municipality))
    return Delivered(rows_of_case(connection, dispute, reply.case_id).get(reply.row_key))


def waiting_for_a_decision(connection: Any) -> set[str]:
    """Return the replies whose correction does not count, because the source changed the row after it was accepted."""
    found = connection.execute("select distinct reply_id from staging.stg_corrections where state = 'source_changed'")
    return {row[0] for row in found.fetchall()}


def contradictions(recorded: Sequence[Recorded], new: Sequence[Recorded]) -> list[str]:
    """Return, in Danish, where new replies contradict or repeat what stands or waits about the same value."""
    own = {one.reply_id for one in new}
    return [
        text
        for one in new
        if one.reply.disputed
        for other in recorded
        if other.reply_id not in own and _is_same_value(one.reply, other.reply)
        for text in _told(one, other)
    ]


def _is_same_value(one: Reply, other: Reply) -> bool:
    if one.case_id != other.case_id or one.disputed != other.disputed:
        return False
    are_new = [str(reply.row_key).startswith(NEW_ROW) for reply in (one, other)]
    return all(are_new) or one.row_key == other.row_key


def _told(one: Recorded, other: Recorded) -> Iterator[str]:
    assert one.reply.claimed is not None and other.reply.claimed is not None
    is_same = one.reply.claimed == other.reply.claimed
    theirs = f"svar {other.reply_id} ({short_date(other.reply.claimed)})"
    decision = other.decision
    if decision is None:
        if not is_same:
            yield f"Svar {one.reply_id} modsiger {theirs}, som ikke er afgjort."
        return
    when = f"{short_date(decision.decided_on)} af {decision.decided_by}"
    if decision.is_accepted:
        verb = "gentager" if is_same else "modsiger"
        yield f"Svar {one.reply_id} {verb} {theirs}, som er godkendt {when}."
    elif is_same:
        yield f"Svar {one.reply_id} gentager {theirs}, som er afvist {when}."

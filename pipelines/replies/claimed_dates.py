"""Whether a date that a municipality claims can be right: after the case began, and in the order of the row's events.

Belongs here: what a claimed date must agree with in the warehouse. Does not belong here: the form's own grammar
(``reply_form``), and who is right about the date (``replies``: two people decide that).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from pipelines.contract import contract
from pipelines.danish import short_date
from pipelines.replies.form_contract import Dispute


def objection(
    connection: Any, dispute: Dispute, case_id: str, row_key: str | None, claimed: datetime.date
) -> str | None:
    """Return why the claimed date cannot be right, as the end of a Danish message; None when it can.

    ``row_key`` names the row that it stands on with us, None for a row that we do not have.
    """
    began = _began(connection, case_id)
    if began is not None and claimed < began:
        return f"datoen ligger før sagen begyndte ({short_date(began)})"
    if row_key is not None:
        for name, day, must_be_later in _beside(connection, dispute, row_key):
            if (claimed < day) if must_be_later else (claimed > day):
                word = "før" if must_be_later else "efter"
                return f"datoen ligger {word} rækkens egen dato i {name} ({short_date(day)}), og det kan ikke være sket"
    return None


def _began(connection: Any, case_id: str) -> datetime.date | None:
    found = connection.execute(
        "select min(day) from ("
        "select try_cast(straf_ivaerksat as date) as day from raw.afsoningssager where sags_id = ? "
        "union all select try_cast(modtaget as date) from raw.tilsynssager where sags_id = ?)",
        [case_id, case_id],
    ).fetchall()[0][0]
    assert found is None or isinstance(found, datetime.date)
    return found


def _beside(connection: Any, dispute: Dispute, row_key: str) -> Iterator[tuple[str, datetime.date, bool]]:
    """Yield the row's other dates: the column's name, its date, and whether the claimed one must not lie before it."""
    delivered = {column.name for file in contract().files if file.table == dispute.table for column in file.columns}
    for names, must_be_later in ((dispute.not_before, True), (dispute.not_after, False)):
        for name in names:
            assert name in delivered, name
            rows = connection.execute(
                f'select try_cast("{name}" as date) from raw.{dispute.table} where "{dispute.key}" = ?', [row_key]
            ).fetchall()
            if rows and rows[0][0] is not None:
                yield name, rows[0][0], must_be_later

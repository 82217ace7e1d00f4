"""What the warehouse gets of the mailing: to whom the list of which quarter was handed over.

Belongs here: reading it from the ledger. Does not belong here: recording it (``ledger.py``), the rule
(``dbt_project/models/rules``).
"""

from __future__ import annotations

import datetime

from pipelines.layout import Output
from pipelines.mailing.record import agreement
from pipelines.mailing.record.ledger import opened
from pipelines.mailing.record.states import HANDED_OVER, outcome


def export(output: Output, as_of: datetime.date | None = None) -> list[tuple[str, str, str, datetime.date]]:
    """Return quarter, municipality code, state and day of that state, as it was known at the end of ``as_of``.

    Real recipients only (the dummies to the test address are another kind), and only messages that were handed over:
    sent, refused, bounced, or sending (handed over without an answer). One row per quarter and municipality; none
    before the first mailing (rule contact_list_mailed: no_ledger). A municipality without a row was not sent to.
    Raises Disagreement when the ledger is not what other places know: figures must not rest on a part of it.
    """
    if not agreement.is_anything_known(output):
        return []
    found: dict[tuple[str, str], dict[str, tuple[str, datetime.date]]] = {}
    with opened(output) as ledger:
        agreement.check(output, ledger)
        for one in ledger.messages():
            for state, at, _ in ledger.events(one.message_id):
                day = datetime.date.fromisoformat(at[:10])
                if as_of is None or day <= as_of:
                    found.setdefault((one.quarter, str(one.municipality_code)), {})[one.message_id] = (state, day)
    rows = [(*key, *outcome(list(states.values()))) for key, states in sorted(found.items())]
    return [row for row in rows if row[2] in HANDED_OVER]

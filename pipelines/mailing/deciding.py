"""What a person decides about a message whose fate the program cannot know.

Belongs here: recording the decision. Does not belong here: finding out (the mail server's own log has the message id).
"""

from __future__ import annotations

import datetime

from pipelines import audit_trail
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing.matters import Round
from pipelines.mailing.message import texts
from pipelines.mailing.record import agreement, outbox, states
from pipelines.mailing.record.ledger import opened
from pipelines.people import names

OUTCOMES = {"sent": states.SENT, "not-sent": states.PREPARED}


def decide(
    output: Output, quarter: Round, code: str, outcome: str, name: str, reason: str, now: datetime.datetime
) -> str:
    """Record that a message handed over without an answer did arrive, or did not; return its new state.

    A refused message may be declared not sent too, when the refusal was not about the municipality; it is then sent
    again with the next run, under the same approvals if they still count.
    """
    by, told = names.checked(name), texts.clean_line(reason)
    if not told:
        raise WrongUse("--reason skal sige, hvad afgørelsen bygger på")
    with outbox.exclusive(output), opened(output) as ledger:
        agreement.check(output, ledger)
        rows = [row for row in ledger.messages(quarter.code) if row.municipality_code == code]
        open_to = (states.SENDING, states.REFUSED) if outcome == "not-sent" else (states.SENDING,)
        found = [row for row in rows if row.state in open_to]
        if len(found) != 1:
            raise UserError(f"{code} har ingen meddelelse i {quarter.label}, som kan afgøres sådan.")
        # The day that counts for the quarter is the day it was handed over, not the day somebody looked it up.
        at = datetime.datetime.fromisoformat(found[0].at) if outcome == "sent" else now
        ledger.move(found[0].message_id, OUTCOMES[outcome], at, f"afgjort af {by}: {told}")
    audit_trail.record(
        output,
        "mail_decided",
        quarter=quarter.code,
        municipality=code,
        by=by,
        outcome=outcome,
        message_id=found[0].message_id,
    )
    return OUTCOMES[outcome]

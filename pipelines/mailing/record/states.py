"""The states of a message in the ledger, and which may follow which.

Belongs here: their names, their order, their Danish words. Does not belong here: recording them (``ledger.py``).

    prepared   written to the outbox                     approved   two people have signed the outbox
    sending    on its way; after a crash: nobody knows    sent       the mail server took responsibility
    refused    the mail server said no, for good          bounced    taken, and returned later
    withdrawn  replaced by another before it was sent
"""

from __future__ import annotations

import datetime

CONTACT_LIST = "contact_list"
TEST = "test"

PREPARED, APPROVED, SENDING, SENT = "prepared", "approved", "sending", "sent"
REFUSED, BOUNCED, WITHDRAWN = "refused", "bounced", "withdrawn"

DANISH = {
    PREPARED: "forberedt",
    APPROVED: "godkendt",
    SENDING: "afleveret uden kvittering",
    SENT: "sendt",
    REFUSED: "afvist",
    BOUNCED: "kommet retur",
    WITHDRAWN: "erstattet",
}

# Where a message in the state named first may go; anything else is a fault in the program and raises.
NEXT = {
    PREPARED: {APPROVED, WITHDRAWN},
    APPROVED: {PREPARED, SENDING, WITHDRAWN},
    # Back to approved: the server said "not now", so it has not got it. Back to prepared: a person says it has not.
    SENDING: {APPROVED, PREPARED, SENT, REFUSED, BOUNCED},
    SENT: {BOUNCED},
    REFUSED: {PREPARED},
    BOUNCED: set(),
    WITHDRAWN: {PREPARED},
}

# States in which the municipality may hold the message, or has been asked in vain: its file is evidence and stays.
HANDED_OVER = frozenset({SENDING, SENT, REFUSED, BOUNCED})

# A municipality may have two messages in a quarter when the first never arrived: the better outcome counts.
_BEST_FIRST = (SENT, SENDING, BOUNCED, REFUSED, APPROVED, PREPARED, WITHDRAWN)


class WrongState(ValueError):
    """The message cannot go from its state to the wanted one."""


def outcome(states: list[tuple[str, datetime.date]]) -> tuple[str, datetime.date]:
    """Return the one state that counts for a municipality and quarter, with its day."""
    return min(states, key=lambda entry: (_BEST_FIRST.index(entry[0]), -entry[1].toordinal()))

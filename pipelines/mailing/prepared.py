"""A quarter's mailing as prepared: every municipality, whether it can be reached, and what stopped the sending.

Belongs here: the value and what follows from it alone. Does not belong here: finding it out (``preparing``).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.mailing.message import addresses, changes
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.record.outbox import Outbox
from pipelines.quarters import Quarter


@dataclass(frozen=True)
class Prepared:
    """All that the summary shows: every municipality is in ``recipients``, reachable or not.

    ``handed_over`` has the state of municipalities that were handed the quarter's list before and get no other message.
    """

    quarter: Quarter
    register: Register
    recipients: dict[str, Recipient | Unreachable]
    out_of_date: tuple[str, ...]
    earlier_addresses: dict[str, str]
    shared_addresses: tuple[str, ...]
    changes: changes.Changes
    handed_over: dict[str, str]
    gates: tuple[str, ...]
    outbox: Outbox

    @property
    def reachable(self) -> dict[str, Recipient]:
        """The municipalities that can be reached."""
        return {code: one for code, one in self.recipients.items() if isinstance(one, Recipient)}

    @property
    def address_changed(self) -> list[str]:
        """The municipalities whose address differs from the one written to last time."""
        return [
            code
            for code, one in self.reachable.items()
            if code in self.earlier_addresses
            and addresses.key(one.address) != addresses.key(self.earlier_addresses[code])
        ]

"""What the ledger's rows are: a message, and somebody's name under a digest.

Belongs here: the two values. Does not belong here: keeping them (``ledger``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.people.two_people import Person


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
    is_confirmed: bool = False

    @property
    def person(self) -> Person:
        """Whose signature it is."""
        return Person(self.name, self.account, self.is_confirmed)

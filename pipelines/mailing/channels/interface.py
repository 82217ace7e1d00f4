"""What every channel can do, and what it is given: a parcel, and what a finished message says of itself.

Belongs here: the interface. Does not belong here: any format.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pipelines.mailing.matters import Matter, Round
from pipelines.mailing.transport import Session


@dataclass(frozen=True)
class Parcel:
    """What one recipient gets: a text, and one file that only the recipient's password opens."""

    matter: Matter
    of_round: Round
    code: str
    name: str
    written_at: datetime.datetime
    file_name: str
    locked: bytes
    text: str

    @property
    def subject(self) -> str:
        """The subject, with round and recipient in it."""
        return f"{self.matter.title} for {self.of_round.label} ({self.code} {self.name})"


@dataclass(frozen=True)
class ReadParcel:
    """What a finished message says of itself; ``codes`` and ``rounds`` map each place in it to what stands there."""

    codes: Mapping[str, str]
    rounds: Mapping[str, str]
    to: str
    sender: str
    message_id: str
    file_name: str
    locked: bytes
    text: str


class Channel(Protocol):
    """One way to hand parcels over."""

    @property
    def name(self) -> str:
        """The name in the settings."""

    @property
    def sender(self) -> str:
        """The authority's own address in this channel."""

    @property
    def test_address(self) -> str:
        """Whom the dummy before each run goes to, empty when nobody chose one."""

    def message_id(self, matter: Matter, of_round: Round, code: str, address: str) -> str:
        """Return the id of this recipient's message; the same asked again gives the same."""

    def compose(self, parcel: Parcel, address: str) -> bytes:
        """Return the finished message; raises UserError when it is not one that this channel can carry."""

    def read(self, content: bytes) -> ReadParcel:
        """Return what a message says of itself; raises UnreadableMessage when any place is missing or doubled."""

    def test_message(self, matter: Matter, of_round: Round, identifier: str, now: datetime.datetime) -> bytes:
        """Return the dummy: no recipient's name, no file."""

    def test_message_id(self, matter: Matter, of_round: Round, digest: str, number: int) -> str:
        """Return the dummy's id."""

    def connect(self) -> Session:
        """Return a session for one message; raises Unavailable, or UserError when trying again is no use."""

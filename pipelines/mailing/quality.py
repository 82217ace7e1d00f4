"""The quality of the contact register as figures: reach, age of the last confirmation, returns, changes.

Belongs here: computing them, each with numerator and denominator. Does not belong here: showing them on a page.
"""

from __future__ import annotations

import datetime
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines import danish
from pipelines.mailing.message import addresses, recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import Recipient, Unreachable
from pipelines.mailing.record import states
from pipelines.mailing.record.ledger import Ledger
from pipelines.mailing.settings import MailSettings

if TYPE_CHECKING:
    from pipelines.mailing.prepared import Prepared


@dataclass(frozen=True)
class RegisterFigure:
    """One figure: a share as numerator of denominator, or days (denominator 0); value None = nothing yet."""

    name: str
    title: str
    numerator: int
    denominator: int
    value: float | None

    @property
    def text(self) -> str:
        """The figure as Danish text."""
        if self.value is None:
            return "ingen endnu"
        if self.name.endswith("_days"):
            return f"{danish.number(self.value)} dage"
        return f"{self.numerator} af {self.denominator} ({danish.percent(self.value, 1)})"


def figures(register: Register, settings: MailSettings, ledger: Ledger, day: datetime.date) -> list[RegisterFigure]:
    """Return the figures for a day: the register as it is, and the last quarter mailed by then."""
    mailed = [
        row
        for row in ledger.messages()
        if row.state in states.HANDED_OVER and datetime.date.fromisoformat(row.at[:10]) <= day
    ]
    last = max((row.quarter for row in mailed), default="")
    written_to = {str(row.municipality_code): row.recipient for row in mailed if row.quarter == last}
    bounced = sum(row.state == states.BOUNCED for row in mailed if row.quarter == last)
    handed = sum(row.state in (states.SENT, states.BOUNCED) for row in mailed if row.quarter == last)
    found = recipients.of(register, settings)
    out_of_date = len(recipients.out_of_date(register))
    return [
        *_of_register(register, found, out_of_date),
        _share("bounced", f"Kommet retur ved seneste udsendelse ({last or 'ingen endnu'})", bounced, handed),
        _changed(found, written_to),
    ]


def of_preparation(prepared: Prepared) -> list[RegisterFigure]:
    """Return the figures that a preparation's summary shows; returns are not known before it is sent."""
    return [
        *_of_register(prepared.register, prepared.recipients, len(prepared.out_of_date)),
        _changed(prepared.recipients, prepared.earlier_addresses),
    ]


def _of_register(
    register: Register, found: dict[str, Recipient | Unreachable], out_of_date: int
) -> list[RegisterFigure]:
    reachable = sum(isinstance(one, Recipient) for one in found.values())
    updated = [one.updated for one in register.agreements.values() if one.updated]
    ages = [max((register.as_of - day).days, 0) for day in updated]
    current = len(register.agreements) - out_of_date
    return [
        _share("reachable", "Kommuner, der kan nås", reachable, len(found)),
        _share("confirmed", "Kommuner med en aftale, der ikke er forældet", current, len(found)),
        RegisterFigure(
            "median_age_days",
            "Tid siden aftalen sidst blev opdateret, median",
            len(ages),
            0,
            float(statistics.median(ages)) if ages else None,
        ),
        RegisterFigure(
            "highest_age_days",
            "Tid siden aftalen sidst blev opdateret, længst",
            len(ages),
            0,
            float(max(ages)) if ages else None,
        ),
    ]


def _changed(found: dict[str, Recipient | Unreachable], earlier: dict[str, str]) -> RegisterFigure:
    reachable = {code: one.address for code, one in found.items() if isinstance(one, Recipient)}
    both = [(now, earlier[code]) for code, now in reachable.items() if code in earlier]
    changed = sum(addresses.key(now) != addresses.key(before) for now, before in both)
    return _share("address_changed", "Mailadresser ændret siden seneste udsendelse", changed, len(both))


def _share(name: str, title: str, numerator: int, denominator: int) -> RegisterFigure:
    return RegisterFigure(name, title, numerator, denominator, numerator / denominator if denominator else None)

"""Who gets a message and who cannot be reached, and why.

Belongs here: choosing one address per municipality from its agreement. Does not belong here: judging what an address
is (``addresses.py``) and sending.

A ``Recipient`` is only ever made here, from the register: nothing else of the package invents an address.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.mailing.message import addresses
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.settings import MailSettings
from pipelines.warehouse import rule_models

NO_AGREEMENT = "no_agreement"
NO_ADDRESS = "no_address"
INVALID_ADDRESS = "invalid_address"
DOMAIN_NOT_ALLOWED = "domain_not_allowed"
NO_CVR = "no_cvr"

REASONS = {
    NO_AGREEMENT: "ingen samarbejdsaftale i registeret",
    NO_ADDRESS: "ingen mailadresse i aftalen",
    INVALID_ADDRESS: "mailadressen er ugyldig",
    DOMAIN_NOT_ALLOWED: "mailadressens domæne er ikke på listen over tilladte domæner",
    NO_CVR: "intet CVR-nummer i filen, som memo_recipients i [parcels] peger på",
}


@dataclass(frozen=True)
class Recipient:
    """One municipality (or other unit) and the one address its message goes to; ``source`` says which field gave it."""

    municipality_code: str
    municipality_name: str
    address: str
    source: str


@dataclass(frozen=True)
class Unreachable:
    """One municipality that gets no message, with the reason (a key of ``REASONS``)."""

    municipality_code: str
    municipality_name: str
    reason: str


def of(register: Register, settings: MailSettings) -> dict[str, Recipient | Unreachable]:
    """Return for every municipality its recipient or why it has none, in Danish order of names."""
    return {code: _of_municipality(code, register, settings) for code in register.in_order()}


def reachable(register: Register, settings: MailSettings) -> dict[str, Recipient]:
    """Return the municipalities that can be reached."""
    return {code: one for code, one in of(register, settings).items() if isinstance(one, Recipient)}


def _of_municipality(code: str, register: Register, settings: MailSettings) -> Recipient | Unreachable:
    name = register.municipalities[code]
    agreement = register.agreements.get(code)
    if agreement is None:
        return Unreachable(code, name, NO_AGREEMENT)
    # A mailbox that is there but wrong is not passed over in silence: it is the one the municipality chose.
    source, text = "postkasse", agreement.mailbox
    if not text.strip():
        source, text = "kontakt_mail", agreement.contact_mail
    return judged(code, name, text, source, settings)


def judged(code: str, name: str, text: str, source: str, settings: MailSettings) -> Recipient | Unreachable:
    """Return who gets what is sent to a registered mail address, or why it cannot be."""
    if not text.strip():
        return Unreachable(code, name, NO_ADDRESS)
    try:
        address = addresses.usable(text)
    except addresses.UnusableAddress:
        return Unreachable(code, name, INVALID_ADDRESS)
    if not addresses.is_in_domains(address, settings.allowed_domains):
        return Unreachable(code, name, DOMAIN_NOT_ALLOWED)
    return Recipient(code, name, address, source)


def out_of_date(register: Register) -> frozenset[str]:
    """Return whose agreement was last updated longer before the register's day than rule agreement_current allows."""
    years = rule_models.parameters("agreement_current", register.as_of)["years"]
    oldest = _years_before(register.as_of, years)
    return frozenset(code for code, one in register.agreements.items() if one.updated is None or one.updated < oldest)


def _years_before(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)

"""Approving what was prepared: two people, two accounts, the exact bytes, seven days.

Belongs here: judging signatures. Does not belong here: storing them (``ledger.py``) and who somebody is
(``accounts.py``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.record import accounts, agreement, outbox
from pipelines.mailing.record.ledger import Ledger, Signature, opened
from pipelines.mailing.record.outbox import Outbox
from pipelines.mailing.settings import Settings
from pipelines.quarters import Quarter

NEEDED = 2


@dataclass(frozen=True)
class Standing:
    """The approvals of an outbox that count now, and what is missing before it may be sent."""

    approvals: tuple[Signature, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the outbox may be sent."""
        return not self.missing


def approve(
    output: Output, settings: Settings, quarter: Quarter, name: str, now: datetime.datetime
) -> tuple[Outbox, Standing]:
    """Sign the prepared outbox, exactly as it lies there; raises UserError when this person may not."""
    by, account = accounts.checked_name(name), accounts.current()
    with outbox.exclusive(output), opened(output) as ledger:
        agreement.check(output, ledger)
        box = outbox.required(output, quarter)
        outbox.verify(output, quarter, box)
        preparers = _preparers(ledger, box)
        before = standing(ledger, box, settings, now).approvals
        if accounts.key(by) == accounts.SYSTEM:
            raise UserError("Kun personer kan godkende; navnet system er tidsplanens.")
        if accounts.key(by) in {accounts.key(one.name) for one in preparers}:
            raise UserError(f"{by} har forberedt udsendelsen og kan ikke også godkende den. En anden skal godkende.")
        if not settings.allow_one_account and account in {one.account for one in preparers}:
            raise UserError(_same_account("har forberedt udsendelsen"))
        others = [one for one in before if accounts.key(one.name) != accounts.key(by)]
        if not settings.allow_one_account and account in {one.account for one in others}:
            raise UserError(_same_account("har allerede godkendt under et andet navn"))
        ledger.approve(Signature(quarter.code, box.digest, by, account, now))
        result = standing(ledger, box, settings, now)
        if result.is_complete:
            ledger.open_for_sending(quarter.code, now)
    audit_trail.record(
        output, "mail_approved", quarter=quarter.code, by=by, digest=box.digest, complete=result.is_complete
    )
    return box, result


def standing(ledger: Ledger, box: Outbox, settings: Settings, now: datetime.datetime) -> Standing:
    """Return the approvals that count at this moment for exactly this outbox."""
    preparers = _preparers(ledger, box)
    newest = ledger.signatures("preparation", box.quarter)
    if not newest or newest[-1].digest != box.digest:
        return Standing((), ("udbakken er ikke den, der sidst blev forberedt",))
    oldest = now - datetime.timedelta(days=settings.approval_days)
    counting: dict[str, Signature] = {}
    for one in ledger.signatures("approval", box.quarter):
        if one.digest != box.digest or not oldest <= one.at <= now:
            continue
        if accounts.key(one.name) in {accounts.key(preparer.name) for preparer in preparers}:
            continue
        if not settings.allow_one_account and one.account in (
            {preparer.account for preparer in preparers}
            | {other.account for key, other in counting.items() if key != accounts.key(one.name)}
        ):
            continue
        counting[accounts.key(one.name)] = one
    lacking = NEEDED - len(counting)
    missing = () if lacking <= 0 else (f"der mangler {lacking} godkendelse{'r' if lacking > 1 else ''}",)
    return Standing(tuple(counting.values()), missing)


def _preparers(ledger: Ledger, box: Outbox) -> list[Signature]:
    # Everyone who ever prepared these very bytes: preparing them again must not make room for the first to approve.
    return [one for one in ledger.signatures("preparation", box.quarter) if one.digest == box.digest]


def _same_account(what: str) -> str:
    return (
        f"Denne konto på maskinen {what}. Godkend fra en anden konto, eller sæt allow_one_account = true i [mailing] i "
        "konfigurationsfilen, hvis I deler én konto."
    )

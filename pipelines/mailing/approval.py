"""Approving what was prepared: two people, two accounts, the exact bytes, seven days.

What goes out every week is approved as a standing order: to whom and how, for a period.

Belongs here: judging signatures. Does not belong here: storing them (``ledger.py``) and who somebody is
(``pipelines/people``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.matters import Round
from pipelines.mailing.record import agreement, outbox
from pipelines.mailing.record.ledger import Ledger, Signature, opened
from pipelines.mailing.record.outbox import Outbox
from pipelines.mailing.settings import MailSettings
from pipelines.people import codes, names, two_people
from pipelines.people.two_people import Person

NEEDED = 2
#: The round that an approval of a standing order names.
STANDING = "staaende"


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
    output: Output, settings: MailSettings, quarter: Round, name: str, now: datetime.datetime, code: str = ""
) -> tuple[Outbox, Standing]:
    """Sign the prepared outbox, exactly as it lies there; raises UserError when this person may not.

    ``code`` is the one mailed to this person; raises NeedsCode when the account alone does not tell people apart.
    """
    person = two_people.now_at_work(name, is_confirmed=bool(code))
    with outbox.exclusive(output), opened(output) as ledger:
        agreement.check(output, ledger)
        box = outbox.required(output, quarter)
        outbox.verify(output, quarter, box)
        if names.is_system(person.name):
            raise UserError("Kun personer kan godkende; navnet system er tidsplanens.")
        preparers = [one.person for one in _preparers(ledger, box)]
        approved = [one.person for one in standing(ledger, box, settings, now).approvals]
        others = [one for one in approved if not _is_again(person, one)]
        two_people.require_another(person, preparers, "har forberedt udsendelsen", settings.people)
        two_people.require_another(person, others, "har allerede godkendt udsendelsen", settings.people)
        if code:
            codes.use(output, matter(box), person.name, code, now)
        ledger.approve(Signature(*signed(box), person.name, person.account, now, person.is_confirmed))
        result = standing(ledger, box, settings, now)
        if result.is_complete:
            ledger.open_for_sending(quarter.code, now)
    audit_trail.record(
        output,
        "mail_approved",
        quarter=quarter.code,
        by=person.name,
        digest=box.digest,
        confirmed_by_code=person.is_confirmed,
        complete=result.is_complete,
    )
    return box, result


def matter(box: Outbox) -> str:
    """Return what a code confirms: the approval of exactly these bytes, or of this standing order."""
    return f"mail approve {' '.join(signed(box))}"


def signed(box: Outbox) -> tuple[str, str]:
    """Return round and digest that an approval names: these very bytes, or a standing order for whichever round."""
    return (STANDING, box.order) if box.order else (box.quarter, box.digest)


def lasts(settings: MailSettings, box: Outbox) -> datetime.timedelta:
    """Return how long an approval is good for: a standing order's longer than that of single bytes."""
    return datetime.timedelta(days=settings.standing_approval_days if box.order else settings.approval_days)


def standing(ledger: Ledger, box: Outbox, settings: MailSettings, now: datetime.datetime) -> Standing:
    """Return the approvals that count at this moment for exactly this outbox."""
    preparers = _preparers(ledger, box)
    newest = ledger.signatures("preparation", box.quarter)
    if not newest or newest[-1].digest != box.digest:
        return Standing((), ("udbakken er ikke den, der sidst blev forberedt",))
    oldest = now - lasts(settings, box)
    of_round, digest = signed(box)
    counting: dict[str, Signature] = {}
    for one in ledger.signatures("approval", of_round):
        if one.digest != digest or not oldest <= one.at <= now:
            continue
        others = [other for key, other in counting.items() if key != names.key(one.name)]
        if all(two_people.are_two(one.person, other.person, settings.people) for other in [*preparers, *others]):
            counting[names.key(one.name)] = one
    lacking = NEEDED - len(counting)
    missing = () if lacking <= 0 else (f"der mangler {lacking} godkendelse{'r' if lacking > 1 else ''}",)
    return Standing(tuple(counting.values()), missing)


def _preparers(ledger: Ledger, box: Outbox) -> list[Signature]:
    # Everyone who ever prepared these very bytes: preparing them again must not make room for the first to approve.
    return [one for one in ledger.signatures("preparation", box.quarter) if one.digest == box.digest]


def _is_again(person: Person, earlier: Person) -> bool:
    # The same name from the same account: somebody who approves once more.
    return names.look_alike(person.name, earlier.name) and person.account == earlier.account

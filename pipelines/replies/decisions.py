"""Deciding what municipalities claim: by another person than the one who recorded it, and anew when two people ask.

Belongs here: who may decide what and when. Does not belong here: what a reply is (``replies``), and whether a claimed
date can be right (``claimed_dates``).

A decision is never changed. It is made anew, as a decision of its own with a later number: one person asks for it with
a reason, and another decides. A correction whose row the source has changed since waits for such a decision too; there
the source's change is the reason, and whoever did not record the reply decides.
"""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass

from pipelines import accounts, configuration
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.people import codes, names, two_people
from pipelines.people.two_people import Person
from pipelines.replies import store
from pipelines.replies.form_contract import agreed
from pipelines.replies.replies import ACCEPTED, REJECTED, Recorded, all_recorded


@dataclass(frozen=True)
class Delivered:
    """What the newest delivery says about the disputed value: a date, the rows known (JSON), or nothing."""

    value: str | None


def decide(
    output: Output,
    reply_id: str,
    verdict: str,
    by: str,
    at: datetime.datetime,
    decided_on: datetime.date | None = None,
    code: str = "",
    reason: str | None = None,
    delivered: Delivered | None = None,
) -> Recorded:
    """Record what a second person decided about a disputed date; raises UserError when it cannot be decided so.

    ``reason`` is one of the contract's and is required for a rejection. ``delivered`` is what the newest delivery says;
    without it the correction is judged by what the reply itself saw. ``code`` is the one mailed to this person; raises
    NeedsCode when the account alone does not tell people apart.
    """
    people = configuration.settings().people
    person = two_people.now_at_work(by, is_confirmed=bool(code))
    day = decided_on or at.date()
    if day > at.date():
        raise WrongUse("afgørelsens dag kan ikke ligge i fremtiden")
    if verdict == REJECTED and reason not in agreed().rejections:
        raise WrongUse(f"en afvisning skal have en årsag: --reason {' | '.join(agreed().rejections)}")
    if verdict == ACCEPTED and reason is not None:
        raise WrongUse("en årsag (--reason) hører til en afvisning")
    with store.opened(output) as connection, store.writing(connection):
        found = _disputed(connection, reply_id)
        seen = delivered.value if delivered is not None else found.reply.seen
        others, what = _first_person(connection, found, seen)
        two_people.require_another(person, others, what, people)
        _check_day(found, day)
        if code:
            codes.use(output, matter(reply_id, verdict), person.name, code, at)
        connection.execute(
            "insert into decision (reply_id, verdict, reason, held, name, account, decided_on, at) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (reply_id, verdict, reason, seen, person.name, person.account, day.isoformat(), at.isoformat()),
        )
        return _found(connection, reply_id)


def reopen(output: Output, reply_id: str, reason: str, by: str, at: datetime.datetime) -> Recorded:
    """Record that a person asks for a standing decision to be made anew; until then it stands.

    Raises UserError when there is no decision, or it has been asked for already.
    """
    if reason not in agreed().reopenings:
        raise WrongUse(f"skriv, hvorfor afgørelsen skal træffes igen: --reason {' | '.join(agreed().reopenings)}")
    name = names.checked(by)
    with store.opened(output) as connection, store.writing(connection):
        found = _disputed(connection, reply_id)
        if found.decision is None:
            raise UserError(f"Svar {reply_id} er ikke afgjort endnu. Afgør det med: god-loesladelse reply decide")
        if found.reopened is not None:
            raise UserError(f"{found.reopened.name} har allerede bedt om, at svar {reply_id} afgøres igen.")
        connection.execute(
            "insert into reopening (reply_id, decision_number, reason, name, account, at) values (?, ?, ?, ?, ?, ?)",
            (reply_id, found.decision.number, reason, name, accounts.current(), at.isoformat()),
        )
        return _found(connection, reply_id)


def matter(reply_id: str, verdict: str) -> str:
    """Return what a code confirms: this verdict on this reply."""
    return f"reply decide {reply_id} {verdict}"


def has_source_changed(found: Recorded, delivered: str | None) -> bool:
    """Whether the delivery says something else than when a correction was accepted, and not what was accepted."""
    decision = found.decision
    if decision is None or not decision.is_accepted or delivered == decision.held:
        return False
    claimed = found.reply.claimed
    return claimed is None or delivered != claimed.isoformat()


def _first_person(connection: sqlite3.Connection, found: Recorded, seen: str | None) -> tuple[list[Person], str]:
    """Return whom the one who decides must differ from, and what that person did."""
    if found.decision is None or has_source_changed(found, seen):
        return [_recorder(connection, found.reply_id)], f"har registreret svar {found.reply_id}"
    if found.reopened is None:
        raise UserError(
            f"Svar {found.reply_id} er allerede afgjort af {found.decision.decided_by}. En afgørelse ændres ikke; den "
            "kan træffes igen, når en anden har bedt om det med: god-loesladelse reply reopen"
        )
    asked = found.reopened
    return [Person(asked.name, asked.account)], f"har bedt om, at svar {found.reply_id} afgøres igen"


def _check_day(found: Recorded, day: datetime.date) -> None:
    if day < datetime.datetime.fromisoformat(found.recorded_at).date():
        raise UserError(f"Svar {found.reply_id} kan ikke være afgjort, før det blev registreret.")
    if found.decision is not None and day < found.decision.decided_on:
        raise UserError(f"Svar {found.reply_id} kan ikke være afgjort igen før den afgørelse, der står.")


def _disputed(connection: sqlite3.Connection, reply_id: str) -> Recorded:
    found = next((one for one in all_recorded(connection) if one.reply_id == reply_id), None)
    if found is None:
        raise UserError("Der er intet svar med det nummer. Se numrene med: god-loesladelse reply list")
    if found.reply.disputed is None:
        raise UserError(
            f"Svar {reply_id} er en forklaring uden bestridt dato. Der er intet at afgøre; den tælles ved siden af "
            "udfaldet."
        )
    return found


def _found(connection: sqlite3.Connection, reply_id: str) -> Recorded:
    return next(one for one in all_recorded(connection) if one.reply_id == reply_id)


def _recorder(connection: sqlite3.Connection, reply_id: str) -> Person:
    row = connection.execute(
        "select name, account from reply_file join reply on reply.file_number = reply_file.number where reply_id = ?",
        (reply_id,),
    ).fetchone()
    return Person(*row)

"""The rules about a municipality: its agreement, the cooperation meetings, the contact list.

Belongs here: one function per rule, giving status, reason and the day the status rests on.
Does not belong here: which municipalities there are, and the rules of cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.rules.second_calendar import add_days, add_months, add_years, first_of_quarter, quarter_name
from tests.rules.second_known_facts import KnownRow

UnitVerdict = tuple[str, str | None, date | None]


def agreement_current(agreements: Sequence[KnownRow], as_of: date, years: int) -> UnitVerdict:
    """The cooperation agreement names a contact and was updated within two years."""
    if not agreements:
        return "missed", "no_agreement", None
    agreement = max(agreements, key=lambda row: row["opdateret"])
    updated = agreement["opdateret"]
    if not agreement["postkasse"] and not agreement["kontakt_mail"]:
        return "missed", "no_contact", updated
    if updated < add_years(as_of, -years):
        return "missed", "out_of_date", updated
    return "met", None, updated


def meetings_within(invitations: Sequence[KnownRow], as_of: date, years: int) -> list[KnownRow]:
    """The meetings to which the municipality was invited, held within that many years of the day of assessment."""
    return [row for row in invitations if row["dato"] >= add_years(as_of, -years)]


def meeting_biennial(invitations: Sequence[KnownRow], as_of: date, years: int) -> UnitVerdict:
    """A cooperation meeting to which the municipality was invited was held within two years."""
    recent = meetings_within(invitations, as_of, years)
    if not recent:
        return "missed", "not_invited", None
    return "met", None, max(row["dato"] for row in recent)


def meeting_attended(invitations: Sequence[KnownRow], as_of: date, years: int) -> UnitVerdict:
    """The municipality came to one of the meetings of the two years."""
    recent = meetings_within(invitations, as_of, years)
    if not recent:
        return "not_applicable", "not_invited", None
    attended = [row["dato"] for row in recent if row["kommune_deltog"] == "J"]
    if attended:
        return "met", None, max(attended)
    return "missed", "absent", max(row["dato"] for row in recent)


def contact_list_mailed(unit: str, ledger: Sequence[Mapping[str, Any]], as_of: date) -> UnitVerdict:
    """The contact list of the quarter before was sent to the municipality inside that quarter.

    `ledger` holds the mailings to all municipalities by the day of assessment, see `judge_units`.
    """
    first_day, last_day = add_months(first_of_quarter(as_of), -3), add_days(first_of_quarter(as_of), -1)
    if not any(mailing["date"] <= last_day for mailing in ledger):
        return "undeterminable", "no_ledger", None
    own = [row for row in ledger if row["municipality_code"] == unit and row["quarter"] == quarter_name(first_day)]
    inside = sorted((row for row in own if first_day <= row["date"] <= last_day), key=lambda row: row["date"])
    sent = [row["date"] for row in inside if row["status"] == "sent"]
    if sent:
        return "met", None, min(sent)
    failed = [row for row in inside if row["status"] in ("refused", "bounced")]
    if failed:
        return "missed", failed[-1]["status"], failed[-1]["date"]
    return "missed", "not_sent", None

"""What a delivery says on the day of assessment, and nothing it says about later days.

Belongs here: which rows exist on a day, which of their dates and values do, and the numbers of the rules.
Does not belong here: what follows from the facts; that is for `second_case` and the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Tables = Mapping[str, Sequence[Mapping[str, str]]]
KnownRow = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """The numbers of the rules, as they stand in rules.md."""

    contact_days: int = 28
    long_sentence_years: int = 1
    short_notice_days: int = 28
    response_days: int = 28
    housing_need_days: int = 28
    registration_years: int = 1
    homelessness_days: int = 28
    aid_applied_days: int = 28
    aid_decided_days: int = 14
    aid_handling_days: int = 14
    aid_paid_handling_days: int = 14
    meeting_called_months: int = 3
    advanced_from_sentence_days: int = 30
    rent_help_days: int = 7
    rent_alternative_months: int = 6
    infohus_months: int = 3
    agreement_years: int = 2
    meeting_years: int = 2


# "A row whose first date (...) is after as_of does not exist, with all its dates."
FIRST_DATE: dict[str, str] = {
    "loesladelsesdatoer": "registreret",
    "handlekommuner": "gyldig_fra",
    "kommunekontakter": "dato",
    "bolighaendelser": "dato",
    "engangshjaelp": "sendt",
    "loesladelsesmoeder": "indkaldt",
    "huslejehjaelp": "behov_konstateret",
    "infohus": "markeret",
    "samarbejdsmoeder": "dato",
    "samarbejdsaftaler": "opdateret",
}

# "A later date in an existing row is empty (...)". The required date of a mentor says when the mentor came: a later one
# is not known either.
LATER_DATES: dict[str, tuple[str, ...]] = {
    "afsoningssager": ("ls_rnr_dato", "bolig_behov_afklaret", "faktisk_loesladelse"),
    "tilsynssager": ("ophoert",),
    "engangshjaelp": ("fuldstaendig", "afgjort", "udbetalt"),
    "loesladelsesmoeder": ("afholdt",),
    "huslejehjaelp": ("sendt", "afgjort", "alternativ_undersoegt"),
    "infohus": ("underrettet",),
    "mentorforloeb": ("tilknyttet", "ophoert"),
}

# "... (forventet_*, oprindelig_loesladelse, straf_ivaerksat and modtaget aside)."
DATES_THAT_MAY_LIE_AHEAD: dict[str, tuple[str, ...]] = {
    "afsoningssager": ("straf_ivaerksat", "oprindelig_loesladelse"),
    "tilsynssager": ("modtaget",),
    "loesladelsesdatoer": ("forventet_proeveloesladelse", "forventet_loesladelse"),
}

# "A value with a date of its own beside it exists from that date (...; without a date it counts as known)."
VALUES_WITH_A_DATE: dict[str, tuple[tuple[str, str], ...]] = {
    "afsoningssager": (("bolig_behov", "bolig_behov_afklaret"), ("ls_rnr_niveau", "ls_rnr_dato")),
}


def to_date(text: str) -> date | None:
    """The date of a canonical text value, None when it is empty."""
    return date.fromisoformat(text) if text else None


def row_known_on(file: str, row: Mapping[str, str], as_of: date) -> KnownRow | None:
    """The row as it was known on a day, its dates as dates; None when it did not exist yet."""
    known: KnownRow = dict(row)
    first_date = FIRST_DATE.get(file)
    if first_date is not None:
        known[first_date] = date.fromisoformat(row[first_date])
        if known[first_date] > as_of:
            return None
    for column in DATES_THAT_MAY_LIE_AHEAD.get(file, ()):
        known[column] = to_date(row[column])
    for column in LATER_DATES.get(file, ()):
        known[column] = to_date(row[column])
    for value, its_date in VALUES_WITH_A_DATE.get(file, ()):
        if known[its_date] is not None and known[its_date] > as_of:
            known[value] = ""
    for column in LATER_DATES.get(file, ()):
        if known[column] is not None and known[column] > as_of:
            known[column] = None
    return known


def rows_known_on(tables: Tables, file: str, as_of: date) -> list[KnownRow]:
    """All rows of a file as they were known on a day; none when the file is not in the delivery."""
    known = (row_known_on(file, row, as_of) for row in tables.get(file, ()))
    return [row for row in known if row is not None]


def rows_by_case(tables: Tables, file: str, as_of: date) -> dict[str, list[KnownRow]]:
    """The rows of a file as they were known on a day, by the case they belong to."""
    by_case: dict[str, list[KnownRow]] = defaultdict(list)
    for row in rows_known_on(tables, file, as_of):
        by_case[row["sags_id"]].append(row)
    return by_case

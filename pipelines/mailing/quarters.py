"""Calendar quarters: their names, their days, the first working day.

Belongs here: the arithmetic of quarters. Does not belong here: today's date; the command line asks the clock.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from pipelines.errors import WrongUse


@dataclass(frozen=True, order=True)
class Quarter:
    """One calendar quarter, ordered in time."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """The name in files, tables and commands: ``2026-Q4``."""
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        """The name in Danish text: ``4. kvartal 2026``."""
        return f"{self.number}. kvartal {self.year}"

    @property
    def first_day(self) -> datetime.date:
        """The first calendar day."""
        return datetime.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> datetime.date:
        """The last calendar day."""
        return self.next.first_day - datetime.timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def parse(text: str) -> Quarter:
    """Return the quarter written ``2026-Q4``; raises WrongUse for anything else."""
    match = re.fullmatch(r"(20[0-9]{2})-Q([1-4])", text.strip().upper(), flags=re.ASCII)
    if match is None:
        raise WrongUse("et kvartal skrives som 2026-Q4")
    return Quarter(int(match[1]), int(match[2]))


def of(day: datetime.date) -> Quarter:
    """Return the quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def warning(quarter: Quarter, day: datetime.date) -> str | None:
    """Return what somebody should know who mails a quarter's list on a day outside the quarter."""
    if quarter.first_day <= day <= quarter.last_day:
        return None
    when = "er forbi" if day > quarter.last_day else "er ikke begyndt"
    return f"Advarsel: {quarter.label} {when}. En liste tæller kun som sendt, når den sendes i sit eget kvartal."


def is_working_day(day: datetime.date) -> bool:
    """Return whether offices are open: no weekend, no public holiday, not 5 June, 24 or 31 December."""
    if day.weekday() >= 5:
        return False
    import holidays  # only here: its import takes longer than the rest of a short command

    return day not in holidays.country_holidays("DK", years=day.year, categories=("public", "optional"))


def first_working_day(quarter: Quarter) -> datetime.date:
    """Return the day on which the schedule prepares the quarter's list."""
    day = quarter.first_day
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    return day

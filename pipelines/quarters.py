"""Quarters and rolling years: one type, arithmetic on their codes, their days and their Danish names.

Belongs here: what follows from a period's code alone, and the working days in it. Does not belong here: figures of a
period, and today's date (the command line asks the clock).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

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
    def short_label(self) -> str:
        """The name where room is short: ``4. kvt. 2026``."""
        return f"{self.number}. kvt. {self.year}"

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
        return self.later(1)

    def later(self, quarters: int) -> Quarter:
        """Return the quarter so many quarters later (earlier when negative)."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)


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


# ---- periods by their codes, as the published tables name them -------------------------------------------------------


@lru_cache(maxsize=4096)
def _quarter(code: str) -> Quarter:
    return Quarter(int(code[:4]), int(code[-1]))


def quarter_of(day: datetime.date) -> str:
    """Return the code of the quarter that holds a day: ``2026-Q3``."""
    return of(day).code


@lru_cache(maxsize=4096)
def shift(quarter: str, quarters: int) -> str:
    """Return the code of the quarter so many quarters later (earlier when negative)."""
    return _quarter(quarter).later(quarters).code


def last_day(quarter: str) -> datetime.date:
    """Return the last day of a quarter."""
    return _quarter(quarter).last_day


def first_day(quarter: str) -> datetime.date:
    """Return the first day of a quarter."""
    return _quarter(quarter).first_day


@lru_cache(maxsize=64)
def newest_worth_showing(as_of: datetime.date) -> str:
    """Return the quarter a page leads with: the newest that has ended, the day of assessment itself included.

    A delivery drawn on a quarter's last day lacks that one day's deadlines; the quarter is shown all the same and
    marked as provisional, because a page about the quarter before would look three months old.
    """
    quarter = of(as_of)
    return quarter.code if quarter.last_day <= as_of else quarter.later(-1).code


@lru_cache(maxsize=4096)
def long_name(quarter: str) -> str:
    """Return ``3. kvartal 2026``."""
    return _quarter(quarter).label


@lru_cache(maxsize=4096)
def short_name(quarter: str) -> str:
    """Return ``3. kvt. 2026``."""
    return _quarter(quarter).short_label


@lru_cache(maxsize=4096)
def rolling_name(quarter: str) -> str:
    """Return the name of the rolling year that ends with a quarter: ``4. kvt. 2025 til 3. kvt. 2026``."""
    return f"{short_name(shift(quarter, -3))} til {short_name(quarter)}"


def name(period_type: str, period: str) -> str:
    """Return the Danish name of any period of the published tables."""
    if period_type == "year":
        return period
    return long_name(period) if period_type == "quarter" else rolling_name(period)

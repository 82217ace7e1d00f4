"""Calendar arithmetic on ordinals: months back and forth, and the release that is advanced to a Wednesday.

Belongs here: what is needed to place an event near the day the law points at. Does not belong here: the law itself;
the rules live in ``dbt_project`` and are not read from here, and nothing here is read from them.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

THURSDAY = 3
WEDNESDAY = 2


def add_months(day: int, months: int) -> int:
    """The same day of the month some months later (or earlier), clamped to the end of the month."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


def weekday(day: int) -> int:
    """Monday is 0."""
    return (day + 6) % 7


def wednesday_before(day: int) -> int:
    """The Wednesday before a Thursday, Friday, Saturday or Sunday; any other day stays."""
    number = weekday(day)
    return day - (number - WEDNESDAY) if number >= THURSDAY else day

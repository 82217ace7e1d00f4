"""Quarters and rolling years: arithmetic on their codes and their Danish names.

Belongs here: what follows from a period's code alone. Does not belong here: figures of a period.
"""

from __future__ import annotations

import datetime
from functools import lru_cache


def quarter_of(day: datetime.date) -> str:
    """Return the code of the quarter that holds a day: ``2026-Q3``."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


@lru_cache(maxsize=4096)
def shift(quarter: str, quarters: int) -> str:
    """Return the quarter so many quarters later (earlier when negative)."""
    index = int(quarter[:4]) * 4 + int(quarter[-1]) - 1 + quarters
    return f"{index // 4}-Q{index % 4 + 1}"


def last_day(quarter: str) -> datetime.date:
    """Return the last day of a quarter."""
    following = shift(quarter, 1)
    return datetime.date(int(following[:4]), int(following[-1]) * 3 - 2, 1) - datetime.timedelta(days=1)


def first_day(quarter: str) -> datetime.date:
    """Return the first day of a quarter."""
    return datetime.date(int(quarter[:4]), int(quarter[-1]) * 3 - 2, 1)


def newest_worth_showing(as_of: datetime.date) -> str:
    """Return the quarter a page leads with: the newest that has ended, the day of assessment itself included.

    A delivery drawn on a quarter's last day lacks that one day's deadlines; the quarter is shown all the same and
    marked as provisional, because a page about the quarter before would look three months old.
    """
    quarter = quarter_of(as_of)
    return quarter if last_day(quarter) <= as_of else shift(quarter, -1)


@lru_cache(maxsize=4096)
def long_name(quarter: str) -> str:
    """Return ``3. kvartal 2026``."""
    return f"{quarter[-1]}. kvartal {quarter[:4]}"


@lru_cache(maxsize=4096)
def short_name(quarter: str) -> str:
    """Return ``3. kvt. 2026``."""
    return f"{quarter[-1]}. kvt. {quarter[:4]}"


@lru_cache(maxsize=4096)
def rolling_name(quarter: str) -> str:
    """Return the name of the rolling year that ends with a quarter: ``4. kvt. 2025 til 3. kvt. 2026``."""
    return f"{short_name(shift(quarter, -3))} til {short_name(quarter)}"


def name(period_type: str, period: str) -> str:
    """Return the Danish name of any period of the published tables."""
    if period_type == "year":
        return period
    return long_name(period) if period_type == "quarter" else rolling_name(period)

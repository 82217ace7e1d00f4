"""The time a meeting looks back on: whole years of quarters, and as many before them.

Belongs here: arithmetic on that span. Does not belong here: figures.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.errors import WrongUse
from reports import periods

USUAL_QUARTERS = 8
MOST_QUARTERS = 16


@dataclass(frozen=True)
class Span:
    """Quarters from ``first`` to ``last``, both included; always whole years, so that released rolling years fit in."""

    first: str
    last: str

    @property
    def quarters(self) -> tuple[str, ...]:
        """Return the quarters, oldest first."""
        result = [self.first]
        while result[-1] != self.last:
            result.append(periods.shift(result[-1], 1))
        return tuple(result)

    @property
    def before(self) -> Span:
        """Return the span of the same length that ends where this one begins."""
        length = len(self.quarters)
        return Span(periods.shift(self.first, -length), periods.shift(self.first, -1))

    @property
    def years(self) -> tuple[str, ...]:
        """Return the last quarter of each year in the span, oldest first: the names of its rolling years."""
        return self.quarters[3::4]

    @property
    def first_day(self) -> datetime.date:
        """Return the first day."""
        return periods.first_day(self.first)

    @property
    def last_day(self) -> datetime.date:
        """Return the last day."""
        return periods.last_day(self.last)

    @property
    def name(self) -> str:
        """Return the span in Danish: ``4. kvt. 2024 til 3. kvt. 2026``."""
        return f"{periods.short_name(self.first)} til {periods.short_name(self.last)}"


def chosen(begin: datetime.date | None, end: datetime.date | None, as_of: datetime.date) -> Span:
    """Return the span asked for, or the two years up to the newest quarter worth showing; raises WrongUse."""
    last = periods.quarter_of(end) if end else periods.newest_worth_showing(as_of)
    first = periods.quarter_of(begin) if begin else periods.shift(last, 1 - USUAL_QUARTERS)
    if begin and begin != periods.first_day(first):
        raise WrongUse("--from skal være den første dag i et kvartal, fx 2024-10-01")
    if end and end != periods.last_day(last):
        raise WrongUse("--to skal være den sidste dag i et kvartal, fx 2026-09-30")
    if periods.last_day(last) > as_of and last != periods.quarter_of(as_of):
        raise WrongUse(f"--to ligger efter opgørelsesdagen {as_of.isoformat()}")
    length = (int(last[:4]) - int(first[:4])) * 4 + int(last[-1]) - int(first[-1]) + 1
    if length < 4 or length % 4 or length > MOST_QUARTERS:
        raise WrongUse("perioden skal være et til fire hele år")
    return Span(first, last)

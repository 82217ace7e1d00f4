"""The time a meeting looks back on: whole years of quarters, and as many before them.

Belongs here: arithmetic on that span. Does not belong here: figures.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines import quarters
from pipelines.errors import WrongUse

USUAL_QUARTERS = 8
MOST_QUARTERS = 16


@dataclass(frozen=True)
class Span:
    """Quarters from ``first`` to ``last``, both included; always whole years, so that published ones fit in."""

    first: str
    last: str

    @property
    def quarters(self) -> tuple[str, ...]:
        """Return the quarters, oldest first."""
        result = [self.first]
        while result[-1] != self.last:
            result.append(quarters.shift(result[-1], 1))
        return tuple(result)

    @property
    def before(self) -> Span:
        """Return the span of the same length that ends where this one begins."""
        length = len(self.quarters)
        return Span(quarters.shift(self.first, -length), quarters.shift(self.first, -1))

    @property
    def years(self) -> tuple[str, ...]:
        """Return the last quarter of each year in the span, oldest first: the names of its rolling years."""
        return self.quarters[3::4]

    @property
    def first_day(self) -> datetime.date:
        """Return the first day."""
        return quarters.first_day(self.first)

    @property
    def last_day(self) -> datetime.date:
        """Return the last day."""
        return quarters.last_day(self.last)

    @property
    def name(self) -> str:
        """Return the span in Danish: ``4. kvt. 2024 til 3. kvt. 2026``."""
        return f"{quarters.short_name(self.first)} til {quarters.short_name(self.last)}"


def chosen(begin: datetime.date | None, end: datetime.date | None, as_of: datetime.date) -> Span:
    """Return the span asked for, or the two years up to the newest quarter worth showing; raises WrongUse."""
    last = quarters.quarter_of(end) if end else quarters.newest_worth_showing(as_of)
    first = quarters.quarter_of(begin) if begin else quarters.shift(last, 1 - USUAL_QUARTERS)
    if begin and begin != quarters.first_day(first):
        raise WrongUse("--from skal være den første dag i et kvartal, fx 2024-10-01")
    if end and end != quarters.last_day(last):
        raise WrongUse("--to skal være den sidste dag i et kvartal, fx 2026-09-30")
    if quarters.last_day(last) > as_of and last != quarters.quarter_of(as_of):
        raise WrongUse(f"--to ligger efter opgørelsesdagen {as_of.isoformat()}")
    length = (int(last[:4]) - int(first[:4])) * 4 + int(last[-1]) - int(first[-1]) + 1
    if length < 4 or length % 4 or length > MOST_QUARTERS:
        raise WrongUse("perioden skal være et til fire hele år")
    return Span(first, last)

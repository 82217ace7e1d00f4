"""Calendar arithmetic on arrays of days: months back and forth, days off, the release that is advanced to a Wednesday.

Belongs here: what is needed to place an event near the day the law points at. Does not belong here: the law itself;
the rules live in ``dbt_project`` and are not read from here, and nothing here is read from them.

A day is a proleptic ordinal (``date.toordinal``); 0 stands for no day.
"""

from __future__ import annotations

import csv
from datetime import date

import numpy as np

from pipelines.demo.draws import Days, Draws, Marks
from pipelines.layout import SEEDS

EPOCH = date(1970, 1, 1).toordinal()
WEDNESDAY, THURSDAY, SATURDAY = 2, 3, 5


def _dates(day: Days) -> np.ndarray:
    return (np.asarray(day, dtype=np.int64) - EPOCH).astype("datetime64[D]")


def add_months(day: Days, months: int) -> Days:
    """The same day of the month some months later (or earlier), clamped to the end of the month."""
    dates = _dates(day)
    month = dates.astype("datetime64[M]")
    moved = month + months
    last = (moved + 1).astype("datetime64[D]") - 1
    return np.minimum(moved.astype("datetime64[D]") + (dates - month), last).astype(np.int64) + EPOCH


def month_of(day: Days) -> np.ndarray:
    """0 is January."""
    return _dates(day).astype("datetime64[M]").astype(np.int64) % 12


def weekday(day: Days) -> np.ndarray:
    """Monday is 0."""
    return (np.asarray(day, dtype=np.int64) + 6) % 7


def wednesday_before(day: Days) -> Days:
    """The Wednesday before a Thursday, Friday, Saturday or Sunday; any other day stays."""
    number = weekday(day)
    return np.where(number >= THURSDAY, day - (number - WEDNESDAY), day)


class Calendar:
    """The working days of a span of time, first and last day included, by the project's own list of holidays."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        days = np.arange(first, last + 1)
        with (SEEDS / "holidays.csv").open(encoding="utf-8", newline="") as file:
            closed = [date.fromisoformat(row["holiday_date"]).toordinal() for row in csv.DictReader(file)]
        self.holiday = np.isin(days, closed)
        self.off = self.holiday | (weekday(days) >= SATURDAY)
        working = np.where(self.off, 0, days)
        self.before = np.maximum.accumulate(working)
        self.after = np.minimum.accumulate(np.where(self.off, last + 1, days)[::-1])[::-1]

    def is_off(self, day: Days) -> Marks:
        """Saturdays, Sundays, public holidays and the days on which offices are closed."""
        return self.off[day - self.first]

    def next_working(self, draws: Draws, day: Days, kept: float) -> Days:
        """The day or the next working day; a share is kept where it fell."""
        return self._moved(draws, day, self.after, kept)

    def previous_working(self, draws: Draws, day: Days, kept: float) -> Days:
        """The day or the working day before; a share is kept where it fell."""
        return self._moved(draws, day, self.before, kept)

    def _moved(self, draws: Draws, day: Days, table: Days, kept: float) -> Days:
        place = day - self.first
        inside = (place >= 0) & (place < len(table))
        stays = draws.happens(kept, len(day)) | ~inside
        return np.where(stays, day, table[np.where(inside, place, 0)])

"""What every case of one synthetic world shares: the parties, the days it spans, its calendar and its chance.

Belongs here: the shared parts and the few questions asked of all of them. Does not belong here: a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import Calendar, add_months, month_of, weekday
from pipelines.demo.draws import Days, Draws, Marks
from pipelines.demo.institutions import Institutions
from pipelines.demo.municipalities import AreaChange, Municipalities

# The calendar reaches so far beyond the world that every event of a case lies in it, the longest sentences' aside.
CALENDAR_DAYS_BEFORE, CALENDAR_DAYS_AFTER = 1000, 2500


@dataclass
class Scene:
    """One world from its first day to its last."""

    seed: int
    end: int
    years: int = assumed.YEARS
    odd: bool = True
    area_changes: Sequence[AreaChange] = ()
    begin: int = field(init=False)
    calendar: Calendar = field(init=False)
    municipalities: Municipalities = field(init=False)
    institutions: Institutions = field(init=False)

    def __post_init__(self) -> None:
        self.begin = int(add_months(np.array([self.end]), -12 * self.years)[0])
        self.calendar = Calendar(self.begin - CALENDAR_DAYS_BEFORE, self.end + CALENDAR_DAYS_AFTER)
        span = (self.begin, self.end)
        self.municipalities = Municipalities(self.draws("municipalities"), *span, self.area_changes)
        self.institutions = Institutions(self.draws("institutions"), *span)
        # A source of its own, so that the same world comes with or without its oddities.
        self.oddity = self.draws("oddities")

    def draws(self, subject: str) -> Draws:
        """The chance of one subject, which nothing drawn for another can move."""
        return Draws(self.seed, subject)

    def is_odd(self, share: float, count: int) -> Marks:
        """Which rows get an oddity; none when none are wanted."""
        return self.oddity.happens(share, count) & self.odd

    def admissions(self, draws: Draws, first: int, last: int, count: int) -> Days:
        """Days on which cases begin: by season and weekday, seldom on a holiday."""
        days = np.arange(first, last + 1)
        weights = np.array(assumed.ADMISSIONS_BY_WEEKDAY)[weekday(days)]
        weights = weights * np.array(assumed.ADMISSIONS_BY_MONTH)[month_of(days)]
        holiday = self.calendar.holiday[days - self.calendar.first]
        return days[draws.place(np.where(holiday, weights * assumed.ADMISSIONS_ON_HOLIDAYS, weights), count)]

    def next_working(self, draws: Draws, day: Days) -> Days:
        """The day, or the next working day for nearly all that fall on a day off."""
        return self.calendar.next_working(draws, day, assumed.DAYS_OFF_KEPT_SHARE)

    def previous_working(self, draws: Draws, day: Days, not_before: Days) -> Days:
        """The day, or the working day before for nearly all that fall on a day off, unless that is too early."""
        moved = self.calendar.previous_working(draws, day, assumed.DAYS_OFF_KEPT_SHARE)
        return np.where(moved < not_before, day, moved)

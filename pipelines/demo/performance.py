"""How well each party does its duties: better and worse ones, drifting and turning as the years go by.

Belongs here: the chance that a unit does a thing in time on a day. Does not belong here: what is done, or when exactly.

A unit's quality is a sum of logits: the duty's ordinary share, what the unit's kind and size mean, what is its own in
all duties and in this one, its drift, a turn on one day for some, the season, and the common trend. So differences
between units are mostly lasting ones that figures can find, and not noise alone.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import month_of
from pipelines.demo.draws import Days, Draws, Marks

DAYS_PER_YEAR = 365.25
MONTHS = np.array(assumed.MONTH_EFFECT)


class Performance:
    """The lasting quality of the units of one kind of party."""

    def __init__(self, draws: Draws, begin: int, end: int, effects: dict[str, np.ndarray], units: int) -> None:
        """`effects` has logits of each unit by duty, beside those that are drawn here; "" is for every duty."""
        normal = draws.generator.normal
        self.middle = (begin + end) / 2
        self.general = normal(0, assumed.UNIT_SPREAD, units) + effects.get("", 0.0)
        self.own = {
            duty: normal(0, assumed.DUTY_SPREAD, units) + effects.get(duty, 0.0) for duty in sorted(assumed.IN_TIME)
        }
        self.drift = normal(0, assumed.YEARLY_DRIFT_SPREAD, units) + assumed.YEARLY_TREND
        turns = draws.happens(assumed.TURNING_SHARE, units)
        direction = np.where(draws.happens(0.5, units), assumed.TURNING_SIZE, -assumed.TURNING_SIZE)
        self.turn = np.where(turns, direction, 0.0)
        self.turning_day = draws.within(begin, end, units)

    def share(self, duty: str, unit: np.ndarray, day: Days) -> np.ndarray:
        """How likely each unit is to do the duty in time on about the day."""
        ordinary = assumed.IN_TIME[duty]
        years = (day - self.middle) / DAYS_PER_YEAR
        logit = np.log(ordinary / (1 - ordinary)) + self.general[unit] + self.own[duty][unit]
        logit = logit + self.drift[unit] * years + MONTHS[month_of(day)]
        logit = logit + np.where(day >= self.turning_day[unit], self.turn[unit], 0.0)
        return 1 / (1 + np.exp(-logit))

    def in_time(self, draws: Draws, duty: str, unit: np.ndarray, day: Days) -> Marks:
        """Whether each unit does the duty in time."""
        return draws.happens(self.share(duty, unit, day))

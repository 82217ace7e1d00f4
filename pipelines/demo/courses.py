"""The course of a sentence: how long, which dates were expected when, and the day of release.

Belongs here: lengths, expected dates and their changes, the release. Does not belong here: anything done by or with a
municipality along the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.demo.calendar_days import THURSDAY, wednesday_before, weekday
from pipelines.demo.chance import Chance, Weighted
from pipelines.demo.rows import FOREVER

# Days of the sentence and how common it is: most are short, a few last for many years.
SENTENCES = Weighted(
    [
        (7, 3), (10, 5), (14, 7), (20, 7), (30, 10), (40, 7), (50, 3), (60, 9), (80, 2), (91, 6), (122, 7), (152, 4),
        (183, 7), (213, 3), (244, 4), (274, 3), (304, 3), (365, 4), (457, 3), (548, 3), (730, 3), (913, 1.6),
        (1096, 1.6), (1461, 1), (1826, 0.7), (2557, 0.4), (3653, 0.3), (5114, 0.1),
    ]
)  # fmt: skip

SHORTEST_FOR_PAROLE = 90
SHORTEST_FOR_ADVANCING = 30
LEAST_SERVED_FOR_PAROLE = 60


@dataclass(slots=True)
class Expected:
    """What the system expected from the day it was registered."""

    registered: int
    parole: int | None
    end: int

    @property
    def release(self) -> int:
        """The parole date, or the end of the sentence when there is none."""
        return self.end if self.parole is None else self.parole


@dataclass(slots=True)
class Course:
    """One sentence from its first day to the release, also where that lies in the future."""

    start: int
    days: int
    parole_eligible: bool
    expected: list[Expected]
    release: int
    released_known: int
    kind: str
    original: int | None

    def expected_on(self, day: int) -> Expected:
        """What was expected on a day (the first expectation, when none is that old)."""
        in_force = self.expected[0]
        for row in self.expected[1:]:
            if row.registered <= day:
                in_force = row
        return in_force


def sentence_days(chance: Chance) -> int:
    """A length as courts give them, sometimes several added up."""
    days = chance.of(SENTENCES)
    return days + chance.within(-3, 9) if chance.happens(0.3) else days


def draw_course(chance: Chance, start: int, days: int, reliability: float, expelled: bool) -> Course:
    """The whole course of a sentence that begins on a day."""
    credit = int(days * chance.random() * 0.4) if days >= 60 and chance.happens(0.3) else 0
    end = start + days - credit
    eligible = days >= SHORTEST_FOR_PAROLE
    parole = start + max(days * 2 // 3, LEAST_SERVED_FOR_PAROLE) - credit if eligible else None
    registered = start + (chance.within(20, 80) if chance.happens(0.03) else chance.within(0, 9))
    expected = [Expected(registered, parole, end)]
    _change(chance, expected)

    last = expected[-1]
    planned = last.release
    kind = "endt" if last.parole is None else "proeve"
    release, original = planned, None
    if chance.happens(0.2 if expelled else 0.015):
        # Expelled or transferred: they leave when a journey is possible, not on the day of the parole.
        kind = "anden"
        release = max(start + 1, planned - chance.within(0, 20))
    elif days >= SHORTEST_FOR_ADVANCING and weekday(planned) >= THURSDAY and chance.happens(0.8 + reliability * 0.2):
        release = wednesday_before(planned)
        original = planned if chance.happens(0.92) else None
    known = FOREVER if chance.happens(0.004) else chance.recorded(release)
    return Course(start, days, eligible, expected, release, known, kind, original)


def _change(chance: Chance, expected: list[Expected]) -> None:
    """Move the dates forward or back, refuse the parole: each a new row while the sentence is served."""
    first = expected[0]
    for share in (0.2, 0.05):
        row = expected[-1]
        span = row.release - row.registered
        if span > 25 and chance.happens(share):
            day = row.registered + chance.within(5, span - 15)
            shift = chance.within(5, 60) if chance.happens(0.6) else -chance.within(3, min(40, row.release - day - 5))
            parole = None if row.parole is None else row.parole + shift
            expected.append(Expected(day, parole, max(row.end + shift, (parole or 0) + 1, day + 1)))
    row = expected[-1]
    if row.parole is not None and chance.happens(0.22):
        day = row.parole - chance.within(15, 100)
        if day > row.registered and day > first.registered:
            expected.append(Expected(day, None, row.end))

"""The courses of sentences: which dates were expected when, and the day of release.

Belongs here: expected dates and the reasons for which they change, and the release. Does not belong here: anything
done by or with a municipality along the way.

A course moves for reasons: the parole is decided four weeks before its day, and refused, granted, or granted at half
time; a refusal is taken up again; a new sentence or a time of absence is added; an appeal shortens the sentence; and
the system records a date anew that has not changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import THURSDAY, wednesday_before, weekday
from pipelines.demo.draws import NEVER, Days, Draws, Marks
from pipelines.demo.scene import Scene
from pipelines.demo.tables import Values, repeat

# A change is learnt some days after the date before it, and before the release that was expected until then.
LEAST_DAYS_BETWEEN = 2
LEAST_DAYS_BEFORE_RELEASE = 2


@dataclass
class Expected:
    """What was expected from a day on: 0 where the case has no such row."""

    registered: Days
    parole: Days
    end: Days

    @property
    def release(self) -> Days:
        """The parole date, or the end of the sentence when there is none."""
        return np.where(self.parole > 0, self.parole, self.end)


@dataclass
class Courses:
    """Sentences from their first day to the release, also where that lies in the future."""

    start: Days
    days: Days
    rows: list[Expected]
    release: Days = field(init=False)
    released_known: Days = field(init=False)
    kind: Values = field(init=False)
    original: Days = field(init=False)

    def expected_on(self, day: Days) -> Expected:
        """What was expected on a day of each case's own (the first expectation, when none is that old)."""
        first = self.rows[0]
        found = Expected(first.registered, first.parole, first.end)
        for row in self.rows[1:]:
            newer = (row.registered > 0) & (row.registered <= day)
            found = Expected(
                np.where(newer, row.registered, found.registered),
                np.where(newer, row.parole, found.parole),
                np.where(newer, row.end, found.end),
            )
        return found

    @property
    def last(self) -> Expected:
        """What was expected in the end."""
        return self.expected_on(np.full(len(self.start), NEVER))

    def refused(self) -> Days:
        """The day a parole was refused for good; NEVER where it was not."""
        return np.where((self.rows[0].parole > 0) & (self.last.parole == 0), self.last.registered, NEVER)


def draw_courses(scene: Scene, start: Days, days: Days, credit: Days, expelled: Marks, unit: np.ndarray) -> Courses:
    """The courses of sentences of so many days, of which a credit was served on remand; `unit` is the institution."""
    draws = scene.draws("courses")
    count = len(start)
    end = start + np.maximum(days - credit, 1)
    two_thirds = np.maximum(days * 2 // 3, assumed.LEAST_SERVED_FOR_PAROLE)
    eligible = (days >= assumed.SHORTEST_FOR_PAROLE) & (two_thirds - credit < days - credit)
    parole = np.where(eligible, start + np.maximum(two_thirds - credit, 1), 0)
    late = draws.happens(assumed.FIRST_DATE_LATE_SHARE, count)
    registered = start + np.where(late, draws.within(20, 80, count), draws.within(-3, 9, count))
    courses = Courses(start, days, [Expected(registered, parole, end)])
    _change_length(draws, courses)
    _decide_parole(scene, draws, courses)
    _reconsider(draws, courses)
    _release(scene, draws, courses, expelled, unit)
    return courses


def _add(courses: Courses, wanted: Marks, day: Days, parole: Days, end: Days) -> Marks:
    """Add a row to the courses in which it fits between the row before and the release; returns where it did."""
    before = courses.last
    fits = (
        wanted & (day >= before.registered + LEAST_DAYS_BETWEEN) & (day <= before.release - LEAST_DAYS_BEFORE_RELEASE)
    )
    parole = np.where(before.parole > 0, np.maximum(parole, 0), 0)
    fits &= (np.where(parole > 0, parole, end) > day) & (end > day) & (parole <= end)
    courses.rows.append(Expected(np.where(fits, day, 0), np.where(fits, parole, 0), np.where(fits, end, 0)))
    return fits


def _change_length(draws: Draws, courses: Courses) -> None:
    """A new sentence or a time of absence moves the dates back, an appeal forward, while the sentence is served."""
    first = courses.rows[0]
    count = len(first.end)
    draw = draws.uniform(count)
    longer = draw < assumed.NEW_SENTENCE_SHARE
    absent = ~longer & (draw < assumed.NEW_SENTENCE_SHARE + assumed.ABSENCE_SHARE)
    changed = draw < assumed.NEW_SENTENCE_SHARE + assumed.ABSENCE_SHARE + assumed.SHORTENED_SHARE
    span = first.release - first.registered
    day = first.registered + LEAST_DAYS_BETWEEN + (draws.uniform(count) * np.maximum(span - 10, 1)).astype(np.int64)
    added = np.where(longer, draws.within(20, 180, count), draws.within(3, 40, count))
    taken = draws.within(3, np.clip(span // 3, 3, 90))
    end = first.end + np.where(longer | absent, added, -taken)
    # Two thirds of what is added (or taken) count for the parole; absence moves it by all of it.
    shift = np.where(longer, added * 2 // 3, np.where(absent, added, -taken * 2 // 3))
    parole = np.where(first.parole > 0, first.parole + shift, 0)
    _add(courses, changed, day, parole, end)


def _decide_parole(scene: Scene, draws: Draws, courses: Courses) -> None:
    """The decision on parole, and the request for half time."""
    before = courses.last
    count = len(before.end)
    half = before.parole - np.maximum((before.parole - courses.start) // 4, 3)
    asked = draws.happens(assumed.HALF_TIME_SHARE, count) & (before.parole > 0)
    day = scene.next_working(draws, half - draws.within(21, 45, count))
    at_half_time = _add(courses, asked, day, half, before.end)

    refused = draws.happens(assumed.PAROLE_REFUSED_SHARE, count)
    anew = ~refused & draws.happens(assumed.GRANT_RECORDED_ANEW_SHARE, count)
    decided = before.parole - assumed.PAROLE_DECISION_DAYS - draws.within(-8, 20, count)
    decided = scene.next_working(draws, decided)
    parole = np.where(refused, 0, before.parole)
    _add(courses, (refused | anew) & (before.parole > 0) & ~at_half_time, decided, parole, before.end)


def _reconsider(draws: Draws, courses: Courses) -> None:
    """Some who were refused are paroled later all the same."""
    before = courses.last
    count = len(before.end)
    refused = (courses.rows[0].parole > 0) & (before.parole == 0)
    room = np.maximum(before.end - before.registered, 0)
    day = before.registered + 10 + (draws.uniform(count) * room * 0.4).astype(np.int64)
    parole = day + 5 + (draws.uniform(count) * np.maximum(before.end - day - 6, 0)).astype(np.int64)
    fits = refused & draws.happens(assumed.REFUSED_THEN_GRANTED_SHARE, count) & (parole < before.end)
    fits &= day <= before.release - LEAST_DAYS_BEFORE_RELEASE
    courses.rows.append(Expected(np.where(fits, day, 0), np.where(fits, parole, 0), np.where(fits, before.end, 0)))


def _release(scene: Scene, draws: Draws, courses: Courses, expelled: Marks, unit: np.ndarray) -> None:
    """The release: on the planned day, advanced to the Wednesday before, postponed, or for another reason."""
    last = courses.last
    planned = last.release
    count = len(planned)
    kind = np.where(last.parole > 0, repeat("proeve", count), repeat("endt", count))
    # Expelled or transferred: they leave when a journey is possible, not on the day of the parole.
    other = np.where(expelled, assumed.EXPELLED_OTHER_RELEASE_SHARE, assumed.OTHER_RELEASE_SHARE)
    otherwise = draws.happens(other)
    late_week = (courses.days >= assumed.SHORTEST_FOR_ADVANCING) & (weekday(planned) >= THURSDAY)
    advanced = late_week & scene.institutions.performance.in_time(draws, "advanced", unit, planned) & ~otherwise
    postponed = ~advanced & ~otherwise & draws.happens(assumed.POSTPONED_SHARE, count)
    release = np.where(advanced, wednesday_before(planned), planned)
    release = np.where(postponed, planned + draws.within(1, 4, count), release)
    release = np.where(otherwise, planned - draws.within(0, 20, count), release)
    courses.release = np.maximum(release, courses.start + 1)
    courses.kind = np.where(otherwise, repeat("anden", count), kind)
    planned_kept = (advanced | postponed) & draws.happens(assumed.PLANNED_DAY_KEPT_SHARE, count)
    courses.original = np.where(planned_kept, planned, 0)
    never = draws.happens(assumed.RELEASE_NEVER_RECORDED_SHARE, count)
    courses.released_known = np.where(never, NEVER, draws.recorded(courses.release))

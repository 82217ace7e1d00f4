"""The sentences and times on remand of the world: who, where, how long, and what each case needs.

Belongs here: the facts of a case that everything else follows from. Does not belong here: its rows
(``sentence_tables``), its dates (``courses``) or anything done for it (``sentence_contacts``, ``housing``, ``aid``,
``release_meetings``).

A case is a position in these arrays, in the order in which the cases began.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo import people
from pipelines.demo.courses import Courses, Expected, draw_courses
from pipelines.demo.draws import NEVER, Days, Draws, Marks, Texts
from pipelines.demo.residences import Residences, draw_residences
from pipelines.demo.scene import Scene
from pipelines.demo.tables import repeat

LENGTH_LIMITS = [30, 122, 365]


@dataclass
class Sentences:
    """Every row there will be of afsoningssager.csv, sentences and remand alike."""

    case_id: Texts
    known: Days
    person: np.ndarray
    home: np.ndarray
    institution: np.ndarray
    remand: Marks
    expelled: Marks
    target_group: Texts
    courses: Courses
    residences: Residences
    supervised: Marks
    plan: Marks
    housing_need: Texts
    aid_need: Texts
    home_at_release: Texts
    assessed: Marks

    @property
    def start(self) -> Days:
        """The day serving began, or remand."""
        return self.courses.start

    @property
    def release(self) -> Days:
        """The day the person leaves, also where that lies in the future."""
        return self.courses.release

    @property
    def length(self) -> np.ndarray:
        """0 for under 30 days, then 1, 2, and 3 for a year or more."""
        return length_class(self.courses.days)

    def by_length(self, shares: list[float]) -> np.ndarray:
        """A share for each case by its length; little is done for the expelled, and nothing on remand."""
        chosen = np.array(shares)[self.length]
        return np.where(self.remand, 0.0, np.where(self.expelled, chosen * assumed.EXPELLED_NEED_FACTOR, chosen))


def length_class(days: Days) -> np.ndarray:
    """The class of a length in days, by LENGTH_LIMITS."""
    return np.searchsorted(LENGTH_LIMITS, days, side="right")


@dataclass
class _Stays:
    """Sentences first, then remand: `sentence` is the sentence that a time on remand led to, or -1."""

    start: Days
    days: Days
    credit: Days
    remand: Marks
    sentence: np.ndarray
    from_remand: Marks


def draw_sentences(scene: Scene, count: int) -> Sentences:
    """So many cases, in the order they began."""
    draws = scene.draws("sentences")
    stays = _stays(scene, draws, count)
    person = _people(scene, stays)
    order = np.lexsort((stays.sentence, stays.start))
    stays = _Stays(**{field.name: getattr(stays, field.name)[order] for field in fields(stays)})
    person = person[order]
    home = people.homes_of(draws, scene.municipalities, person)

    expelled = draws.happens(assumed.EXPELLED_SHARE, count)
    area = scene.municipalities.area_on(home, stays.start)
    institution = scene.institutions.serving(draws, area, stays.days, stays.remand)
    courses = draw_courses(scene, stays.start, stays.days, stays.credit, expelled, institution)
    _free_from_remand(scene, draws, stays, courses)
    had_parole = courses.rows[0].parole > 0
    supervised = had_parole & draws.happens(assumed.SUPERVISED_PAROLE_SHARE, count) & ~stays.remand & ~expelled
    cases = Sentences(
        case_id=np.array([f"A-{number:06d}" for number in range(count)], dtype=object),
        known=_known(scene, draws, stays),
        person=person,
        home=home,
        institution=institution,
        remand=stays.remand,
        expelled=expelled,
        target_group=draws.pick(assumed.TARGET_GROUPS, count),
        courses=courses,
        residences=draw_residences(scene, draws, home, stays.start, courses.release),
        supervised=supervised,
        plan=_plan(draws, stays, supervised),
        housing_need=repeat("", count),
        aid_need=repeat("", count),
        home_at_release=repeat("", count),
        assessed=np.zeros(count, dtype=bool),
    )
    cases.plan |= np.isin(cases.target_group, ["2", "5"])
    _needs(draws, cases)
    return cases


def _stays(scene: Scene, draws: Draws, count: int) -> _Stays:
    on_remand = round((count - 1) * assumed.REMAND_SHARE)
    serving = count - on_remand
    ahead = int(draws.happens(assumed.NOT_STARTED_SHARE, serving - 1).sum()) if serving > 1 else 0
    start = scene.admissions(draws, scene.begin + 1, scene.end, serving)
    start[:ahead] = scene.admissions(draws, scene.end + 1, scene.end + assumed.SUMMONED_DAYS_AHEAD, ahead)
    lengths = np.array([days for days, _ in assumed.SENTENCE_DAYS])
    days = lengths[draws.place([weight for _, weight in assumed.SENTENCE_DAYS], serving)]
    added = draws.happens(assumed.ADDED_UP_SHARE, serving)
    days = np.where(added, days + draws.within(-3, 9, serving), days)

    # Remand that became a sentence: one of those not too short, of which it is served beforehand.
    possible = np.flatnonzero((days >= LENGTH_LIMITS[0]) & (np.arange(serving) >= ahead))
    wanted = min(int(on_remand * assumed.REMAND_SENTENCED_SHARE), len(possible))
    sentence = draws.generator.choice(possible, wanted, replace=False) if wanted else np.zeros(0, dtype=np.int64)
    on_remand_days = 3 + draws.generator.exponential(assumed.REMAND_MEAN_DAYS["sentenced"], wanted).astype(np.int64)
    on_remand_days = np.minimum(on_remand_days, days[sentence] * 2 // 3)
    on_remand_days = np.clip(start[sentence] - scene.begin - 1, 1, on_remand_days)
    credit = np.zeros(serving, dtype=np.int64)
    # Somebody who has served it all already would leave the same day; such a sentence never becomes a case.
    credit[sentence] = np.minimum(on_remand_days, days[sentence] * 2 // 3 - 3)
    freed = on_remand - wanted
    freed_start = scene.admissions(draws, scene.begin + 1, scene.end, freed)
    freed_days = 1 + draws.generator.exponential(assumed.REMAND_MEAN_DAYS["freed"], freed).astype(np.int64)
    from_remand = np.zeros(count, dtype=bool)
    from_remand[sentence] = True
    return _Stays(
        start=np.concatenate([start, start[sentence] - on_remand_days, freed_start]),
        days=np.concatenate([days, on_remand_days, freed_days]),
        credit=np.concatenate([np.maximum(credit, 0), np.zeros(on_remand, dtype=np.int64)]),
        remand=np.arange(count) >= serving,
        sentence=np.concatenate([np.full(serving, -1), sentence, np.full(freed, -1)]),
        from_remand=from_remand,
    )


def _people(scene: Scene, stays: _Stays) -> np.ndarray:
    """The person of each stay: remand and the sentence it led to are one person's, and some come back."""
    led = np.flatnonzero(stays.sentence >= 0)
    start = stays.start.copy()
    start[stays.sentence[led]] = stays.start[led]
    heads = np.ones(len(start), dtype=bool)
    heads[led] = False
    positions = np.flatnonzero(heads)
    # When they leave is not drawn yet; the whole length is the latest it can be, but for what is added.
    over = (stays.start + stays.days)[positions]
    parent = people.returning(scene.draws("people coming back"), start[positions], over)
    person = np.zeros(len(start), dtype=np.int64)
    person[positions] = people.people_of(parent)
    person[led] = person[stays.sentence[led]]
    return person


def _free_from_remand(scene: Scene, draws: Draws, stays: _Stays, courses: Courses) -> None:
    """Remand ends when it ends: no parole, no advancing, and at most the day the court's order runs out is expected."""
    remand = stays.remand
    count = len(remand)
    over = stays.start + stays.days
    courses.release = np.where(remand, over, courses.release)
    courses.kind = np.where(remand, repeat("anden", count), courses.kind)
    courses.original = np.where(remand, 0, courses.original)
    never = courses.released_known == NEVER
    courses.released_known = np.where(remand & ~never, draws.recorded(over), courses.released_known)
    dated = np.where(
        remand, draws.happens(assumed.REMAND_DATES_SHARE, count), ~draws.happens(assumed.NO_DATES_SHARE, count)
    )
    first = courses.rows[0]
    first.end = np.where(remand, stays.start + assumed.REMAND_ORDER_DAYS, first.end)
    first.parole = np.where(remand, 0, first.parole)
    first.registered = np.where(remand, stays.start + draws.within(0, 3, count), first.registered)
    courses.days = np.where(remand, assumed.REMAND_ORDER_DAYS, courses.days)
    first.registered = np.where(dated, first.registered, 0)
    for number, row in enumerate(courses.rows[1:], start=1):
        courses.rows[number] = Expected(np.where(dated & ~remand, row.registered, 0), row.parole, row.end)


def _known(scene: Scene, draws: Draws, stays: _Stays) -> Days:
    """Registered when the sentence is planned, or when remand begins or ends; a few only afterwards."""
    count = len(stays.start)
    at_once = stays.remand | stays.from_remand
    known = stays.start + np.where(
        at_once, draws.within(0, 3, count), -draws.within(0, assumed.SUMMONED_DAYS_AHEAD, count)
    )
    late = draws.happens(assumed.CASE_LATE_SHARE, count)
    known = np.where(late, stays.start + draws.within(3, 25, count), known)
    return np.minimum(known, scene.end)


def _plan(draws: Draws, stays: _Stays, supervised: Marks) -> Marks:
    shares = assumed.PLAN_SHARES
    share = np.where(stays.days > assumed.PLAN_LONGEST_EXEMPT_DAYS, shares["longer"], shares["exempt"])
    share = np.where(supervised, shares["supervised"], share)
    return draws.happens(np.where(stays.remand, shares["remand"], share))


def _needs(draws: Draws, cases: Sentences) -> None:
    count = len(cases.start)
    for name, shares in (("housing_need", assumed.HOUSING_NEED_SHARES), ("aid_need", assumed.AID_NEED_SHARES)):
        draw = draws.uniform(count)
        share = cases.by_length(shares)
        unclear = np.where(cases.remand, 0.9, np.array(assumed.NEED_NOT_CLARIFIED_SHARES)[cases.length])
        need = np.where(draw < share, repeat("J", count), repeat("N", count))
        setattr(cases, name, np.where(draw > 1 - unclear, repeat("", count), need))
    cases.home_at_release = draws.pick_by(cases.housing_need, assumed.HOMES_BY_NEED)
    share = np.where(cases.remand | cases.expelled, 0.0, np.array(assumed.ASSESSED_SHARES)[cases.length])
    cases.assessed = draws.happens(share)

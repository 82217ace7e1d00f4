"""Sentences being served: one case with everything that happens to it.

Belongs here: afsoningssager.csv, loesladelsesdatoer.csv, and which of the other events a case has. Does not belong
here: how those events run (``contacts``, ``housing``, ``releases``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.demo import housing, releases
from pipelines.demo.calendar_days import add_months
from pipelines.demo.chance import Weighted
from pipelines.demo.contacts import DAYS_TO_CONTACT, Contacts
from pipelines.demo.courses import Course, draw_course, sentence_days
from pipelines.demo.institutions import Institution
from pipelines.demo.people import written
from pipelines.demo.residences import draw_residence, residence_rows
from pipelines.demo.rows import FOREVER, Cell, Row, later
from pipelines.demo.scene import Scene

CASE_FILE = "afsoningssager.csv"
DATES_FILE = "loesladelsesdatoer.csv"

TARGET_GROUPS = Weighted([("1", 0.91), ("2", 0.02), ("5", 0.035), ("", 0.035)])
ALWAYS_A_PLAN = frozenset({"2", "5"})
# The duty to make a plan follows the length: shorter than so many days, this share has it.
PLAN_BY_DAYS = [(30, 0.36), (90, 0.55), (183, 0.74), (10**6, 0.94)]
RISK_LEVELS = Weighted([("lav", 0.3), ("mellem", 0.33), ("hoej", 0.25), ("meget_hoej", 0.12)])
HOMES_AT_RELEASE = Weighted(
    [("egen", 0.46), ("midlertidig", 0.26), ("udslusning", 0.1), ("herberg", 0.07), ("hjemloes", 0.07), ("", 0.04)]
)
HOMELESS = frozenset({"herberg", "hjemloes"})

REMAND_SHARE = 0.06
EXPELLED_SHARE = 0.06
NOT_STARTED_SHARE = 0.007
NO_DATES_SHARE = 0.025
RELEASED_BEFORE_START_SHARE = 0.003
NUMBER_IN_TEXT_SHARE = 0.02

REASONS = [
    "ønsker ikke at blive skrevet op",
    "forventer at flytte ind hos familie",
    'har mundtlig aftale om "midlertidig" bolig; afventer kommunen',
    "gæld til tidligere udlejer; kan ikke skrives op",
    "skal i døgnbehandling efter løsladelse",
    "ægtefælle har lejlighed",
]


@dataclass(frozen=True, slots=True)
class Paroled:
    """A person released on parole with supervision, whom a probation office will receive."""

    case_id: str
    case_known: int
    cpr: str
    home: str
    release: int


@dataclass(slots=True)
class _Case:
    """One case while its rows are drawn."""

    case_id: str
    known: int
    cpr: str
    home: str
    institution: Institution
    course: Course
    remand: bool
    expelled: bool
    target_group: str
    plan: bool
    supervised: bool
    housing_need: str = ""
    aid_need: str = ""
    home_at_release: str = ""
    risk_known: int = FOREVER
    reason: str = ""


def sentence_case_rows(scene: Scene, count: int, paroled: list[Paroled]) -> Iterator[Row]:
    """All rows of so many sentence cases, in the order they began; fills in who was released on parole."""
    chance = scene.chance
    span = scene.end - scene.begin
    planned = sum(chance.happens(NOT_STARTED_SHARE) for _ in range(count))
    starts = [scene.begin + int(chance.random() * span) + 1 for _ in range(count - planned)]
    starts += [scene.end + chance.within(1, 25) for _ in range(planned)]
    for number, start in enumerate(sorted(starts)):
        case = _draw_case(scene, f"A-{number:06d}", start)
        yield from _rows(scene, case)
        over = case.course.release
        scene.people.remember(case.cpr, case.home, over)
        if case.supervised and case.course.kind == "proeve" and over <= scene.end and not case.remand:
            paroled.append(Paroled(case.case_id, case.known, case.cpr, case.home, over))


def _draw_case(scene: Scene, case_id: str, start: int) -> _Case:
    chance = scene.chance
    person = scene.people.returning(start)
    cpr, home = person or (scene.people.new_number(), chance.of(scene.homes))
    if person and chance.happens(0.2):
        home = chance.of(scene.homes)
    remand, expelled = chance.happens(REMAND_SHARE), chance.happens(EXPELLED_SHARE)
    days = sentence_days(chance)
    institution = scene.institutions.serving(chance, scene.municipalities[home].area, days, remand)
    course = draw_course(chance, start, days, institution.reliability, expelled)
    group = chance.of(TARGET_GROUPS)
    share = next(share for most, share in PLAN_BY_DAYS if days < most)
    # Registered when the sentence is planned; a few only after it began.
    known = start + (chance.within(3, 25) if chance.happens(0.01) else -chance.within(0, 21))
    return _Case(
        case_id,
        min(known, scene.end),
        cpr,
        home,
        institution,
        course,
        remand,
        expelled,
        group,
        plan=group in ALWAYS_A_PLAN or chance.happens(share),
        supervised=course.expected[-1].parole is not None and chance.happens(0.84),
    )


def _rows(scene: Scene, case: _Case) -> list[Row]:
    chance, course = scene.chance, case.course
    reliability = case.institution.reliability
    residence = draw_residence(scene, case.home, course.start, course.release)
    shared = (scene, case.case_id, case.known, course)
    long_enough = course.days >= 60
    case.housing_need = _need(scene, 0.44 if long_enough else 0.26)
    case.aid_need = _need(scene, 0.5 if long_enough else 0.18)
    case.home_at_release = chance.of(HOMES_AT_RELEASE)

    rows = residence_rows(scene, case.case_id, case.known, residence)
    rows += _expected_dates(scene, case)
    if case.housing_need == "J":
        registered = housing.registrations(*shared, reliability)
        rows += registered
        if chance.happens(0.08 if registered else 0.45):
            case.reason = REASONS[chance.within(0, len(REASONS) - 1)]
    if case.aid_need == "J":
        rows += releases.aid(*shared, residence, reliability)
    if case.supervised or "J" in (case.housing_need, case.aid_need):
        rows += releases.release_meeting(*shared, residence, reliability, case.supervised)
    rows += housing.rent_help(*shared, residence, reliability)
    rows += releases.mentor(*shared)
    rows += releases.info_house(*shared, reliability)
    rows.append(_case_row(scene, case))
    contacts = Contacts(scene, case.case_id, case.known, residence)
    _contacts(scene, case, contacts)
    return rows + contacts.rows


def _need(scene: Scene, share: float) -> str:
    draw = scene.chance.random()
    return "J" if draw < share else "N" if draw < 0.84 else ""


def _expected_dates(scene: Scene, case: _Case) -> list[Row]:
    if scene.chance.happens(0.35 if case.remand else NO_DATES_SHARE):
        return []
    return [
        Row(
            DATES_FILE,
            max(expected.registered, case.known),
            [case.case_id, expected.registered, "" if expected.parole is None else expected.parole, expected.end],
        )
        for expected in case.course.expected
    ]


def _contacts(scene: Scene, case: _Case, contacts: Contacts) -> None:
    chance, course, reliability = scene.chance, case.course, case.institution.reliability
    served = course.release - course.start
    if case.plan or chance.happens(0.1):
        one_year_after = add_months(course.start, 12)
        if course.expected[0].release < one_year_after:
            contacts.coordinate(course.start, course.start + DAYS_TO_CONTACT, reliability)
        else:
            deadline = add_months(course.expected_on(course.release - 365).release, -12)
            deadline = max(deadline, course.expected[0].registered + 2)
            contacts.coordinate(max(course.start, deadline - 75), deadline, reliability)
    if chance.happens(0.2):
        contacts.make(course.start + chance.within(0, min(60, served)), "oplysninger")
    if chance.happens(0.12):
        contacts.make(course.start + chance.within(0, 14), "underretning")
    if chance.happens(0.3):
        contacts.make(course.release - chance.within(0, min(40, served)), "loesladelse")
    if chance.happens(0.04):
        contacts.make(course.start + chance.within(0, served), "andet")
    if case.risk_known < FOREVER and scene.in_time(reliability - 0.03, course.release):
        contacts.make(max(case.risk_known, course.release - chance.within(1, 60)), "ls_rnr")
    if case.home_at_release in HOMELESS and chance.happens(0.88):
        in_time = scene.in_time(reliability - 0.1, course.release)
        before = chance.within(28, 75) if in_time else chance.within(-6, 27)
        contacts.make(max(course.start, course.release - before), "hjemloeshed")


def _case_row(scene: Scene, case: _Case) -> Row:
    chance, course = scene.chance, case.course
    known = case.known
    risk: list[Cell] = ["", ""]
    if chance.happens(0.72 if course.days >= 90 else 0.28):
        day = course.start + chance.within(3, 35)
        case.risk_known = day
        recorded = max(chance.recorded(day), known)
        risk = [later(recorded, chance.of(RISK_LEVELS)), later(recorded, day)]

    need: list[Cell] = ["", "", ""]
    if case.housing_need:
        in_time = scene.in_time(case.institution.reliability, course.start)
        day = course.start + (chance.within(-3, 28) if in_time else 28 + chance.tail(20))
        recorded = max(chance.recorded(day), known)
        need = [later(recorded, case.housing_need), later(recorded, day), ""]
        if case.reason:
            reason = case.reason
            if scene.is_odd(NUMBER_IN_TEXT_SHARE):
                # The oddity must not move the shared chance, so this person's number is simply the one at hand.
                reason = f"har aftale med bror {case.cpr[:6]}-{case.cpr[6:]}"
            need[2] = later(recorded + chance.within(0, 30), reason)

    release: Cell = later(max(course.released_known, known), course.release)
    if scene.is_odd(RELEASED_BEFORE_START_SHARE):
        release = later(max(course.released_known, known), course.start - scene.oddity.within(1, 40))
    decided = max(course.release - chance.within(5, 40), course.start, known)
    supervision = ("J" if case.supervised else "N") if course.parole_eligible or chance.happens(0.8) else ""
    cells: list[Cell] = [
        case.case_id,
        written(case.cpr, chance),
        case.institution.code,
        case.target_group,
        "J" if case.remand else "N",
        "J" if case.expelled else "N",
        "J" if case.plan else "N",
        scene.corrected(known, str(course.days), str(course.days * 10)),
        course.start,
        *risk,
        *need,
        later(max(course.released_known, known), case.home_at_release),
        later(course.start + chance.within(3, 60), case.aid_need),
        later(max(known, course.start + chance.within(0, 40)), supervision),
        "" if course.original is None else later(decided, course.original),
        release,
        later(max(course.released_known, known), course.kind),
    ]
    return Row(CASE_FILE, known, cells)

"""A home after release: registrations on housing lists, and help with the rent of the home one has.

Belongs here: bolighaendelser.csv and huslejehjaelp.csv. Does not belong here: whether there is a need
(``sentence_cases``).
"""

from __future__ import annotations

from pipelines.demo.chance import Weighted
from pipelines.demo.courses import Course
from pipelines.demo.residences import Residence
from pipelines.demo.rows import Cell, Row, later
from pipelines.demo.scene import Scene

EVENTS_FILE = "bolighaendelser.csv"
RENT_FILE = "huslejehjaelp.csv"

LANDLORDS = Weighted([("almen", 0.66), ("kommunal", 0.24), ("privat", 0.10)])
DECISIONS = Weighted([("bevilget", 0.58), ("afslag", 0.42)])

YEAR = 365
RENEWALS_AT_MOST = 12
RENT_NEED_SHARE = 0.18


def registrations(scene: Scene, case_id: str, case_known: int, course: Course, reliability: float) -> list[Row]:
    """The registrations of somebody who needs a home; none when nobody got that far."""
    chance = scene.chance
    if not scene.in_time(reliability - 0.1, course.start) and chance.happens(0.7):
        return []
    rows: list[Row] = []
    for _ in range(2 if chance.happens(0.18) else 1):
        rows += _registration(scene, case_id, case_known, course)
    return rows


def _registration(scene: Scene, case_id: str, case_known: int, course: Course) -> list[Row]:
    chance = scene.chance
    if chance.happens(0.15):
        first = course.start - chance.within(5, 700)
    elif chance.happens(0.07):
        first = course.release + chance.within(1, 40)
    else:
        first = min(course.start + chance.within(10, 90), course.release - chance.within(0, 3))
    events = [(first, "opskrevet")]
    for _ in range(RENEWALS_AT_MOST):
        previous = events[-1][0]
        if chance.happens(0.72):
            renewal = previous + chance.within(320, YEAR)
        elif chance.happens(0.55):
            renewal = previous + YEAR + chance.tail(30, 120)
        else:
            break
        if renewal > course.release:
            break
        events.append((renewal, "fornyet"))
    if chance.happens(0.09):
        events.append((events[-1][0] + chance.within(20, 330), "slettet"))
    number, landlord = scene.numbering.next("O"), chance.of(LANDLORDS)
    return [
        scene.row(EVENTS_FILE, case_known, day, [scene.numbering.next("H"), number, case_id, day, event, landlord])
        for day, event in events
    ]


def rent_help(
    scene: Scene, case_id: str, case_known: int, course: Course, residence: Residence, reliability: float
) -> list[Row]:
    """An application for the rent while serving, from those who have a home to lose."""
    chance = scene.chance
    if not chance.happens(RENT_NEED_SHARE):
        return []
    found = course.start + (chance.within(-5, 10) if chance.happens(0.7) else chance.within(0, 60))
    found = min(found, max(course.release - 2, course.start))
    known = max(chance.recorded(found), case_known)
    cells: list[Cell] = [scene.numbering.next("L"), case_id, residence.on(found), found]
    if chance.happens(0.07):
        return [Row(RENT_FILE, known, [*cells, "", "", "", ""])]
    sent = max(found, course.start) + (
        chance.within(0, 7) if scene.in_time(reliability, found) else chance.tail(14) + 7
    )
    sent_known = max(chance.recorded(sent), known)
    cells.append(later(sent_known, sent))
    if chance.happens(0.93):
        decided = sent + chance.within(8, 45)
        decided_known = max(chance.recorded(decided), sent_known)
        cells += [later(decided_known, decided), later(decided_known, chance.of(DECISIONS))]
    else:
        cells += ["", ""]
    examined: Cell = ""
    if course.days > 180 and scene.in_time(scene.municipalities[residence.on(sent)].answers - 0.1, sent):
        day = sent + chance.within(20, 200)
        examined = later(max(chance.recorded(day), sent_known), day)
    return [Row(RENT_FILE, known, [*cells, examined])]

"""What leads up to a release: one-off aid, the release meeting, mentors and the info house.

Belongs here: engangshjaelp.csv, loesladelsesmoeder.csv, mentorforloeb.csv and infohus.csv. Does not belong here: the
release date itself (``courses``) or contacts about it (``contacts``).
"""

from __future__ import annotations

from pipelines.demo.calendar_days import add_months
from pipelines.demo.chance import Weighted
from pipelines.demo.courses import Course
from pipelines.demo.residences import Residence
from pipelines.demo.rows import Cell, Row, later
from pipelines.demo.scene import Scene

AID_FILE = "engangshjaelp.csv"
MEETING_FILE = "loesladelsesmoeder.csv"
MENTOR_FILE = "mentorforloeb.csv"
INFO_HOUSE_FILE = "infohus.csv"

FORMS = Weighted([("video", 0.38), ("telefon", 0.3), ("fysisk", 0.26), ("mail", 0.06)])
MENTOR_SCHEMES = Weighted([("kriminalforsorg", 0.7), ("kommune", 0.3)])

GRANTED_SHARE = 0.76
SECOND_APPLICATION_SHARE = 0.05
MENTOR_SHARE = 0.05
INFO_HOUSE_SHARE = 0.01
ODD_AID_SHARE = 0.008


def aid(
    scene: Scene, case_id: str, case_known: int, course: Course, residence: Residence, reliability: float
) -> list[Row]:
    """Applications for one-off aid: sent in time or late by the prison, decided and paid by the municipality."""
    chance = scene.chance
    if chance.happens(0.1):
        return []
    if scene.in_time(reliability, course.start):
        sent = course.release - chance.within(38, 80)
    else:
        sent = course.release - chance.within(-10, 30)
    sent = max(sent, course.start + chance.within(0, 6))
    rows = [_application(scene, case_id, case_known, course, residence, sent)]
    if chance.happens(SECOND_APPLICATION_SHARE):
        again = sent + chance.within(15, 40)
        rows.append(_application(scene, case_id, case_known, course, residence, again))
    return rows


def _application(scene: Scene, case_id: str, case_known: int, course: Course, residence: Residence, sent: int) -> Row:
    chance = scene.chance
    municipality = scene.municipalities[residence.on(sent)]
    known = max(chance.recorded(sent), case_known)
    cells: list[Cell] = [scene.numbering.next("A"), case_id, municipality.code, sent]
    complete = sent if chance.happens(0.45) else sent + chance.within(1, 14)
    cells.append("" if chance.happens(0.06) else later(max(chance.recorded(complete), known), complete))
    if chance.happens(0.05):
        return Row(AID_FILE, known, [*cells, "", "", "", ""])

    quick = scene.in_time(municipality.decides, sent)
    decided = complete + (chance.within(2, 14) if quick else 14 + chance.tail(14))
    granted = chance.happens(GRANTED_SHARE)
    paid = None
    if granted and not chance.happens(0.04):
        in_time = scene.in_time(municipality.pays, decided)
        paid = max(decided, course.release - chance.within(0, 6))
        if not in_time:
            paid = max(decided, course.release) + chance.tail(7)
    if scene.is_odd(ODD_AID_SHARE):
        decided = sent - scene.oddity.within(1, 20)
    if paid is not None and scene.is_odd(ODD_AID_SHARE):
        paid = decided - scene.oddity.within(1, 12)
    decided_known = max(chance.recorded(max(decided, sent)), known)
    result = "" if scene.is_odd(ODD_AID_SHARE) else "bevilget" if granted else "afslag"
    cells += [later(decided_known, decided), later(decided_known, result)]
    cells.append("" if paid is None else later(max(chance.recorded(paid), decided_known), paid))
    kroner, oere = chance.within(800, 9500), chance.within(0, 99) if chance.happens(0.2) else 0
    amount = scene.corrected(decided_known, f"{kroner},{oere:02d}", f"{kroner * 10},{oere:02d}")
    cells.append(later(decided_known, amount) if granted else "")
    return Row(AID_FILE, known, cells)


def release_meeting(
    scene: Scene, case_id: str, case_known: int, course: Course, residence: Residence, reliability: float,
    supervised: bool,
) -> list[Row]:  # fmt: skip
    """The meeting before release, called three months before in the cases where somebody thought of it."""
    chance = scene.chance
    if not chance.happens(0.84):
        return []
    deadline = max(add_months(course.expected_on(course.release).release, -3), course.start)
    if scene.in_time(reliability - 0.04, deadline):
        called = max(deadline - chance.within(0, 45), course.start)
    else:
        called = min(deadline + chance.tail(25), max(course.release - 1, course.start))
    known = max(chance.recorded(called), case_known)
    invited = chance.happens(0.93)
    held, form, attended = None, "", ""
    if chance.happens(0.86):
        held = max(called + chance.within(2, 20), course.release - chance.within(3, 60))
        if not chance.happens(0.03):
            held = min(held, max(course.release, called))
        form = chance.of(FORMS)
        municipality = scene.municipalities[residence.on(held)]
        attended = "J" if invited and scene.in_time(municipality.attends, held) else "N"
    held_known = 0 if held is None else max(chance.recorded(held), known)
    office = "" if chance.happens(0.05) else "J" if chance.happens(0.86 if supervised else 0.2) else "N"
    cells: list[Cell] = [scene.numbering.next("M"), case_id, called]
    cells.append("" if held is None else later(held_known, held))
    cells += [later(held_known, form), "J" if invited else "N", later(held_known, attended), office]
    return [Row(MEETING_FILE, known, cells)]


def mentor(scene: Scene, case_id: str, case_known: int, course: Course) -> list[Row]:
    """A mentor from some time before the release, for one in twenty."""
    chance = scene.chance
    if not chance.happens(MENTOR_SHARE):
        return []
    attached = max(course.start, course.release - chance.within(-14, 120))
    known = max(chance.recorded(attached), case_known)
    over = max(course.release, attached) + chance.within(60, 360)
    end: Cell = later(max(chance.recorded(over), known), over) if chance.happens(0.85) else ""
    return [Row(MENTOR_FILE, known, [scene.numbering.next("T"), case_id, chance.of(MENTOR_SCHEMES), attached, end])]


def info_house(scene: Scene, case_id: str, case_known: int, course: Course, reliability: float) -> list[Row]:
    """A mark for the info house, for one in a hundred."""
    chance = scene.chance
    if not chance.happens(INFO_HOUSE_SHARE):
        return []
    marked = course.start + chance.within(0, min(120, max(course.release - course.start - 1, 0)))
    known = max(chance.recorded(marked), case_known)
    told: Cell = ""
    if not chance.happens(0.1):
        in_time = scene.in_time(reliability, marked)
        day = max(marked, course.release - (chance.within(90, 130) if in_time else chance.within(0, 88)))
        told = later(max(chance.recorded(day), known), day)
    return [Row(INFO_HOUSE_FILE, known, [case_id, marked, told])]

"""Supervision cases at the probation offices (KiF).

Belongs here: tilsynssager.csv and the contacts of those cases. Does not belong here: the sentence that came before.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.demo.chance import Weighted
from pipelines.demo.contacts import DAYS_TO_CONTACT, Contacts
from pipelines.demo.people import written
from pipelines.demo.residences import draw_residence, residence_rows
from pipelines.demo.rows import Cell, Row, later
from pipelines.demo.scene import Scene
from pipelines.demo.sentence_cases import Paroled

CASE_FILE = "tilsynssager.csv"

PAROLED_SHARE = 0.36
KINDS = Weighted(
    [("betinget_dom", 0.47), ("samfundstjeneste", 0.36), ("foranstaltning", 0.12), ("proeveloesladt", 0.05)]
)
GROUPS = Weighted([("3", 0.93), ("4", 0.03), ("", 0.04)])
GROUP_OF_MEASURES = "5"
ALWAYS_A_PLAN = frozenset({"4", "5"})
PLAN_SHARE = 0.68
OFFICE_EDGE = 0.03


def supervision_case_rows(scene: Scene, count: int, paroled: list[Paroled]) -> Iterator[Row]:
    """All rows of so many supervision cases, in the order they were received; some follow a sentence of this world."""
    chance = scene.chance
    linked = chance.sample(paroled, min(len(paroled), int(count * PAROLED_SHARE)))
    span = scene.end - scene.begin
    received: list[tuple[int, str, Paroled | None]] = [
        (min(origin.release + chance.within(0, 8), scene.end), origin.case_id, origin) for origin in linked
    ]
    received += [(scene.begin + int(chance.random() * span) + 1, "", None) for _ in range(count - len(linked))]
    received.sort(key=lambda entry: entry[:2])
    for number, (day, _, origin) in enumerate(received):
        yield from _rows(scene, f"T-{number:06d}", day, origin)


def _rows(scene: Scene, case_id: str, received: int, origin: Paroled | None) -> list[Row]:
    chance = scene.chance
    known = min(received + (chance.within(10, 40) if chance.happens(0.01) else chance.within(0, 4)), scene.end)
    if origin is not None:
        kind, cpr, home, known = "proeveloesladt", origin.cpr, origin.home, max(known, origin.case_known)
    else:
        person = scene.people.returning(received)
        cpr, home = person or (scene.people.new_number(), chance.of(scene.homes))
        kind = chance.of(KINDS)
    group = GROUP_OF_MEASURES if kind == "foranstaltning" else chance.of(GROUPS)
    plan = group in ALWAYS_A_PLAN or chance.happens(PLAN_SHARE)
    over = received + chance.within(120, 900)
    if origin is None:
        scene.people.remember(cpr, home, over)
    office = scene.institutions.supervising(chance, scene.municipalities[home].area, home)
    residence = draw_residence(scene, home, received, over)

    end: Cell = "" if chance.happens(0.02) else later(max(chance.recorded(over), known), over)
    linked_id = origin.case_id if origin is not None else ""
    cells: list[Cell] = [case_id, written(cpr, chance), office.code, group, received, kind, "J" if plan else "N"]
    rows = [Row(CASE_FILE, known, [*cells, linked_id, end])]
    rows += residence_rows(scene, case_id, known, residence)

    contacts = Contacts(scene, case_id, known, residence)
    if plan or chance.happens(0.1):
        contacts.coordinate(received, received + DAYS_TO_CONTACT, office.reliability + OFFICE_EDGE)
    if chance.happens(0.22):
        contacts.make(received + chance.within(5, 110), "oplysninger")
    if chance.happens(0.1):
        contacts.make(received + chance.within(0, 110), "underretning")
    if chance.happens(0.06):
        contacts.make(received + chance.within(0, 110), "andet")
    return rows + contacts.rows

"""Contacts between the prison service and municipalities.

Belongs here: kommunekontakter.csv, and when the contact about the action plan is made and answered. Does not belong
here: why a case needs a contact (``sentence_cases``, ``supervision_cases``).
"""

from __future__ import annotations

from pipelines.demo.chance import Weighted
from pipelines.demo.residences import Residence
from pipelines.demo.rows import Cell, Row
from pipelines.demo.scene import WITHDRAWN_SHARE, Scene

FILE = "kommunekontakter.csv"

CHANNELS = Weighted([("digital_post", 0.46), ("mail", 0.26), ("telefon", 0.18), ("moede", 0.07), ("andet", 0.03)])
CLIENT_TOLD = Weighted([("J", 0.86), ("N", 0.08), ("", 0.06)])
CLIENT_TOLD_OF_OTHER = Weighted([("J", 0.15), ("N", 0.05), ("", 0.8)])
ANSWER_TOPICS = Weighted([("handleplan", 0.7), ("oplysninger", 0.25), ("andet", 0.05)])
TOLD_TOPICS = frozenset({"handleplan", "oplysninger"})

DAYS_TO_CONTACT = 28
DAYS_TO_ANSWER = 28
WRONG_MUNICIPALITY_SHARE = 0.02
YEAR_MISTYPED_SHARE = 0.0008


class Contacts:
    """The contacts of one case, as they are made."""

    def __init__(self, scene: Scene, case_id: str, case_known: int, residence: Residence) -> None:
        self.scene = scene
        self.case_id = case_id
        self.case_known = case_known
        self.residence = residence
        self.rows: list[Row] = []

    def make(self, day: int, topic: str, *, answer: bool = False) -> None:
        """One contact on a day, to or from the municipality in force."""
        scene, chance = self.scene, self.scene.chance
        code = self.residence.on(day)
        if not answer and chance.happens(WRONG_MUNICIPALITY_SHARE):
            code = chance.of(scene.homes)
        told = "" if answer else chance.of(CLIENT_TOLD if topic in TOLD_TOPICS else CLIENT_TOLD_OF_OTHER)
        known = max(chance.recorded(day), self.case_known)
        dated: Cell = day + 365 if scene.is_odd(YEAR_MISTYPED_SHARE) else day
        cells: list[Cell] = [
            scene.numbering.next("K"),
            self.case_id,
            scene.corrected(known, dated, day - chance.within(1, 40)),
            "ind" if answer else "ud",
            scene.corrected(known, topic, "andet"),
            code,
            chance.of(CHANNELS),
            told,
        ]
        self.rows.append(Row(FILE, known, cells))
        if chance.happens(WITHDRAWN_SHARE):
            # The same contact registered twice; the second row is taken out again when somebody notices.
            twin = [scene.numbering.next("K"), *cells[1:]]
            self.rows.append(Row(FILE, known, twin, withdrawn=known + chance.within(10, 150)))

    def coordinate(self, earliest: int, deadline: int, reliability: float) -> None:
        """The contact about the action plan, in time or not, and what the municipality answers."""
        chance = self.scene.chance
        if self.scene.in_time(reliability, earliest):
            # Most wait for the deadline to come near; few are quick.
            room = deadline - earliest
            day = earliest + int(room * max(chance.random(), chance.random()))
        elif chance.happens(0.62):
            day = deadline + chance.tail(24)
        else:
            return
        self.make(day, "handleplan")
        if chance.happens(0.12):
            self.make(day + chance.within(10, 60), "handleplan")
        municipality = self.scene.municipalities[self.residence.on(day)]
        if self.scene.in_time(municipality.answers, day):
            reply = day + 1 + int((DAYS_TO_ANSWER - 1) * chance.random() * chance.random())
        elif chance.happens(0.55):
            reply = day + DAYS_TO_ANSWER + chance.tail(18)
        else:
            return
        self.make(reply, chance.of(ANSWER_TOPICS), answer=True)

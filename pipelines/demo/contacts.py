"""Contacts between the prison service and municipalities.

Belongs here: kommunekontakter.csv, and when the contact about the action plan is made and answered. Does not belong
here: why a case needs a contact (``sentence_contacts``, ``supervision_cases``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import NEVER, Days, Draws, Texts
from pipelines.demo.residences import Residences
from pipelines.demo.scene import Scene
from pipelines.demo.tables import SyntheticTable, corrected, repeat

FILE = "kommunekontakter.csv"

TOLD_TOPICS = ("handleplan", "oplysninger")
DAYS_TO_CONTACT = 28
DAYS_TO_ANSWER = 28


@dataclass
class _Made:
    case: np.ndarray
    day: Days
    topic: Texts
    answer: bool


class Contacts:
    """The contacts of many cases, as they are made; a case is its position among these cases."""

    def __init__(self, scene: Scene, draws: Draws, case_ids: Texts, case_known: Days, residences: Residences) -> None:
        self.scene = scene
        self.draws = draws
        self.case_ids = case_ids
        self.case_known = case_known
        self.residences = residences
        self.made: list[_Made] = []

    def make(self, case: np.ndarray, day: Days, topic: str | Texts, *, answer: bool = False) -> None:
        """One contact for each of the cases on a day of its own, to or from the municipality in force."""
        topics = repeat(topic, len(case)) if isinstance(topic, str) else topic
        self.made.append(_Made(case, self.scene.next_working(self.draws, day), topics, answer))

    def coordinate(
        self, case: np.ndarray, earliest: Days, deadline: Days, unit: np.ndarray, duty: str, left: Days
    ) -> None:
        """The contact about the action plan, in time or not or never, and what the municipality answers.

        `unit` is the institution and `left` the day from which hardly anybody thinks of it any more.
        """
        draws, scene = self.draws, self.scene
        count = len(case)
        in_time = scene.institutions.performance.in_time(draws, duty, unit, earliest)
        # Most wait for the deadline to come near; few are quick.
        room = np.maximum(deadline - earliest, 0)
        near = earliest + (room * np.maximum(draws.uniform(count), draws.uniform(count))).astype(np.int64)
        late = deadline + draws.tail(24, count)
        day = np.where(in_time, scene.previous_working(draws, near, earliest), late)
        done = in_time | draws.happens(assumed.LATE_CONTACT_SHARE, count)
        done &= (day <= left) | draws.happens(assumed.CONTACT_AFTER_RELEASE_SHARE, count)
        case, day = case[done], day[done]
        self.made.append(_Made(case, day, repeat("handleplan", len(case)), False))
        again = draws.happens(assumed.SECOND_CONTACT_SHARE, len(case))
        self.make(case[again], day[again] + draws.within(10, 60, int(again.sum())), "handleplan")
        self._answer(case, day)

    def _answer(self, case: np.ndarray, asked: Days) -> None:
        draws = self.draws
        count = len(case)
        municipality = self.residences.on(case, asked)
        in_time = self.scene.municipalities.performance.in_time(draws, "answer", municipality, asked)
        quick = asked + 1 + ((DAYS_TO_ANSWER - 1) * draws.uniform(count) * draws.uniform(count)).astype(np.int64)
        reply = np.where(in_time, self.scene.previous_working(draws, quick, asked), 0)
        late = ~in_time & draws.happens(assumed.LATE_ANSWER_SHARE, count)
        reply = np.where(late, self.scene.next_working(draws, asked + DAYS_TO_ANSWER + draws.tail(18, count)), reply)
        answered = in_time | late
        topics = draws.pick(assumed.ANSWER_TOPICS, int(answered.sum()))
        self.made.append(_Made(case[answered], reply[answered], topics, True))

    def table(self) -> SyntheticTable:
        """kommunekontakter.csv of these cases, not numbered yet."""
        return _table(self, self.made)


def _table(contacts: Contacts, made: Sequence[_Made]) -> SyntheticTable:
    scene, draws = contacts.scene, contacts.draws
    case = np.concatenate([part.case for part in made])
    day = np.concatenate([part.day for part in made])
    topic = np.concatenate([part.topic for part in made])
    answer = np.concatenate([np.full(len(part.case), part.answer) for part in made])
    count = len(case)
    place = contacts.residences.on(case, day)
    wrong = draws.happens(assumed.WRONG_MUNICIPALITY_SHARE, count) & ~answer
    place = np.where(wrong, scene.municipalities.homes(draws, count), place)
    of_other = draws.pick(assumed.CLIENT_TOLD_OF_OTHER, count)
    told = np.where(np.isin(topic, TOLD_TOPICS), draws.pick(assumed.CLIENT_TOLD, count), of_other)
    known = np.maximum(draws.recorded(day), contacts.case_known[case])
    mistyped = np.where(scene.is_odd(assumed.YEAR_MISTYPED_SHARE, count), day + 365, day)
    columns = {
        "sags_id": contacts.case_ids[case],
        "dato": corrected(draws, known, mistyped, day - draws.within(1, 40, count)),
        "retning": np.where(answer, repeat("ind", count), repeat("ud", count)),
        "emne": corrected(draws, known, topic, repeat("andet", count)),
        "kommunekode": scene.municipalities.codes[place],
        "kanal": draws.pick(assumed.CHANNELS, count),
        "klient_orienteret": np.where(answer, repeat("", count), told),
    }
    # The same contact registered twice; the second row is taken out again when somebody notices.
    twice = np.flatnonzero(draws.happens(assumed.REGISTERED_TWICE_SHARE, count))
    rows = np.concatenate([np.arange(count), twice])
    withdrawn = np.full(len(rows), NEVER)
    withdrawn[count:] = known[twice] + draws.within(10, 150, len(twice))
    table = SyntheticTable(FILE, known, columns)
    taken = {name: table.column(name).take(rows) for name in columns}
    return SyntheticTable(FILE, known[rows], taken, withdrawn)

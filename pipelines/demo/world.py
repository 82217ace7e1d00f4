"""The whole synthetic world as one table per file of the contract.

Belongs here: which parts make up the world, and their order. Does not belong here: the parts themselves, or what of
them a delivery shows.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import contacts, people, residences
from pipelines.demo.aid import aid_table
from pipelines.demo.cooperation import agreement_table
from pipelines.demo.cooperation import meeting_table as cooperation_meeting_table
from pipelines.demo.housing import registrations, rent_help
from pipelines.demo.release_meetings import info_house_table, meeting_table, mentor_table
from pipelines.demo.residences import residence_table
from pipelines.demo.scene import Scene
from pipelines.demo.sentence_contacts import assessment_days, sentence_contacts
from pipelines.demo.sentence_tables import expected_dates_table, sentence_table
from pipelines.demo.sentences import draw_sentences
from pipelines.demo.supervision_cases import draw_supervisions, supervision_tables
from pipelines.demo.tables import SyntheticTable, joined

World = dict[str, SyntheticTable]


def draw_world(scene: Scene, sentence_cases: int, supervision_cases: int) -> World:
    """Every row there will ever be, by file."""
    cases = draw_sentences(scene, sentence_cases)
    supervisions = draw_supervisions(scene, supervision_cases, cases)
    everybody = np.concatenate([cases.person, supervisions.person])
    numbers = people.numbers(scene.draws("people"), int(everybody.max()) + 1)

    draws = scene.draws("sentence tables")
    assessed_on = assessment_days(scene, draws, cases)
    housing_events, registered = registrations(scene, cases)
    supervision, supervision_homes, supervision_contacts = supervision_tables(
        scene, cases, supervisions, numbers[supervisions.person]
    )
    homes = residence_table(scene, draws, cases.case_id, cases.known, cases.residences)
    made = sentence_contacts(scene, cases, assessed_on)
    tables = [
        sentence_table(scene, draws, cases, numbers[cases.person], assessed_on, registered),
        expected_dates_table(cases),
        joined(residences.FILE, [homes, supervision_homes]),
        supervision,
        joined(contacts.FILE, [made, supervision_contacts]).numbered("kontakt_id", "K"),
        housing_events,
        aid_table(scene, cases),
        meeting_table(scene, cases),
        rent_help(scene, cases),
        info_house_table(scene, cases),
        mentor_table(scene, cases),
        cooperation_meeting_table(scene),
        scene.institutions.table(),
        agreement_table(scene),
    ]
    return {table.file: table for table in tables}

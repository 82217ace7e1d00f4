"""The meeting before a release, and those who may take part in it: mentors and the info house.

Belongs here: loesladelsesmoeder.csv, mentorforloeb.csv and infohus.csv. Does not belong here: the release date itself
(``courses``) or contacts about it (``sentence_contacts``).
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import add_months
from pipelines.demo.scene import Scene
from pipelines.demo.sentence_contacts import planned_release
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, later, repeat

MEETING_FILE = "loesladelsesmoeder.csv"
MENTOR_FILE = "mentorforloeb.csv"
INFO_HOUSE_FILE = "infohus.csv"

MONTHS_BEFORE = 3


def meeting_table(scene: Scene, cases: Sentences) -> SyntheticTable:
    """loesladelsesmoeder.csv: called three months before in the cases where somebody thought of it."""
    draws = scene.draws("release meetings")
    needed = cases.supervised | (cases.housing_need == "J") | (cases.aid_need == "J")
    case = np.flatnonzero(needed & draws.happens(cases.by_length(assumed.MEETING_SHARES)))
    count = len(case)
    start, release, institution = cases.start[case], cases.release[case], cases.institution[case]
    planned = planned_release(cases)[case]
    deadline = np.maximum(add_months(planned, -MONTHS_BEFORE), start)
    in_time = scene.institutions.performance.in_time(draws, "meeting_called", institution, deadline)
    early = scene.previous_working(draws, np.maximum(deadline - draws.within(0, 45, count), start), start)
    late = scene.next_working(draws, deadline + draws.tail(25, count))
    called = np.where(in_time, early, np.minimum(late, np.maximum(release - 1, start)))
    known = np.maximum(draws.recorded(called), cases.known[case])

    invited = draws.happens(assumed.MUNICIPALITY_INVITED_SHARE, count)
    is_held = draws.happens(assumed.MEETING_HELD_SHARE, count)
    held = np.maximum(called + draws.within(2, 20, count), planned - draws.within(3, 60, count))
    held = np.where(draws.happens(0.97, count), np.minimum(held, np.maximum(release, called)), held)
    held = scene.previous_working(draws, held, called)
    held_known = np.maximum(draws.recorded(held), known)
    municipality = cases.residences.on(case, held)
    took_part = scene.municipalities.performance.in_time(draws, "meeting_attended", municipality, held) & invited
    supervised = cases.supervised[case]
    office = np.where(supervised, *(assumed.OFFICE_INVITED_SHARES[key] for key in ("supervised", "other")))
    office_invited = np.where(draws.happens(office), repeat("J", count), repeat("N", count))
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id[case],
        "indkaldt": called,
        "afholdt": later(held_known, np.where(is_held, held, 0)),
        "form": later(held_known, np.where(is_held, draws.pick(assumed.MEETING_FORMS, count), "")),
        "kommune_inviteret": np.where(invited, repeat("J", count), repeat("N", count)),
        "kommune_deltog": later(held_known, np.where(is_held, np.where(took_part, "J", "N").astype(object), "")),
        "kif_inviteret": np.where(draws.happens(0.05, count), repeat("", count), office_invited),
    }
    return SyntheticTable(MEETING_FILE, known, columns).numbered("moede_id", "M")


def mentor_table(scene: Scene, cases: Sentences) -> SyntheticTable:
    """mentorforloeb.csv: a mentor from some time before the release, for some of those who stay long."""
    draws = scene.draws("mentors")
    case = np.flatnonzero(draws.happens(cases.by_length(assumed.MENTOR_SHARES)))
    count = len(case)
    attached = np.maximum(cases.start[case], cases.release[case] - draws.within(-14, 90, count))
    attached = scene.next_working(draws, attached)
    known = np.maximum(draws.recorded(attached), cases.known[case])
    over = np.maximum(cases.release[case], attached) + draws.within(60, 360, count)
    over_known = np.maximum(draws.recorded(over), known)
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id[case],
        "ordning": draws.pick(assumed.MENTOR_SCHEMES, count),
        "tilknyttet": attached,
        "ophoert": later(over_known, np.where(draws.happens(0.85, count), over, 0)),
    }
    return SyntheticTable(MENTOR_FILE, known, columns).numbered("mentor_id", "T")


def info_house_table(scene: Scene, cases: Sentences) -> SyntheticTable:
    """infohus.csv: a mark for the info house, for one in a hundred."""
    draws = scene.draws("info house")
    case = np.flatnonzero(draws.happens(assumed.INFO_HOUSE_SHARE, len(cases.start)) & ~cases.remand)
    count = len(case)
    start, release = cases.start[case], cases.release[case]
    marked = start + draws.within(0, np.clip(release - start - 1, 0, 120))
    known = np.maximum(draws.recorded(marked), cases.known[case])
    in_time = scene.institutions.performance.in_time(draws, "infohus", cases.institution[case], marked)
    before = np.where(in_time, draws.within(90, 130, count), draws.within(-8, 88, count))
    told = scene.previous_working(draws, np.maximum(marked, release - before), marked)
    told_known = np.maximum(draws.recorded(told), known)
    is_told = ~draws.happens(assumed.INFO_HOUSE_NEVER_TOLD_SHARE, count)
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id[case],
        "markeret": marked,
        "underrettet": later(told_known, np.where(is_told, told, 0)),
    }
    return SyntheticTable(INFO_HOUSE_FILE, known, columns)

"""A home after release: registrations on housing lists, and help with the rent of the home one has.

Belongs here: bolighaendelser.csv and huslejehjaelp.csv. Does not belong here: whether there is a need (``sentences``).
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Days, Draws, Marks
from pipelines.demo.scene import Scene
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, later, repeat

EVENTS_FILE = "bolighaendelser.csv"
RENT_FILE = "huslejehjaelp.csv"

YEAR = 365
DAYS_TO_APPLY = 7
SIX_MONTHS = 180


def registrations(scene: Scene, cases: Sentences) -> tuple[SyntheticTable, Marks]:
    """bolighaendelser.csv, and which cases are registered; nobody is when nobody got that far."""
    draws = scene.draws("housing")
    count = len(cases.start)
    share = scene.institutions.performance.share("registration", cases.institution, cases.start)
    share = share + (1 - share) * assumed.LATE_REGISTRATION_SHARE
    share = np.where(cases.length == 0, share * assumed.SHORT_SENTENCE_REGISTRATION_FACTOR, share)
    registered = (cases.housing_need == "J") & draws.happens(share)
    second = registered & draws.happens(assumed.SECOND_LIST_SHARE, count)
    case = np.concatenate([np.flatnonzero(registered), np.flatnonzero(second)])
    first = _first_days(draws, cases, case)
    events = [(np.arange(len(case)), first, repeat("opskrevet", len(case)))]
    latest = first.copy()
    alive = np.ones(len(case), dtype=bool)
    for _ in range(assumed.RENEWALS_AT_MOST):
        in_time = draws.happens(assumed.RENEWED_IN_TIME_SHARE, len(case))
        late = draws.happens(assumed.RENEWED_LATE_SHARE, len(case))
        soon, overdue = draws.within(320, YEAR, len(case)), YEAR + draws.tail(30, len(case), 120)
        renewal = latest + np.where(in_time, soon, overdue)
        alive = alive & (in_time | late) & (renewal <= cases.release[case])
        rows = np.flatnonzero(alive)
        events.append((rows, renewal[rows], repeat("fornyet", len(rows))))
        latest = np.where(alive, renewal, latest)
    rows = np.flatnonzero(draws.happens(assumed.DELETED_SHARE, len(case)))
    events.append((rows, latest[rows] + draws.within(20, 330, len(rows)), repeat("slettet", len(rows))))
    return _events_table(scene, draws, cases, case, events), registered


def _first_days(draws: Draws, cases: Sentences, case: np.ndarray) -> Days:
    """Mostly after they began to serve; some stood on a list before, some get there when they have left."""
    count = len(case)
    start, release = cases.start[case], cases.release[case]
    usual = np.minimum(start + draws.within(5, 90, count), release - draws.within(0, 3, count))
    draw = draws.uniform(count)
    first = np.where(draw < assumed.REGISTERED_BEFORE_SHARE, start - draws.within(5, 700, count), usual)
    after = (draw >= assumed.REGISTERED_BEFORE_SHARE) & (
        draw < assumed.REGISTERED_BEFORE_SHARE + assumed.REGISTERED_AFTER_RELEASE_SHARE
    )
    return np.where(after, release + draws.within(1, 40, count), first)


def _events_table(
    scene: Scene, draws: Draws, cases: Sentences, case: np.ndarray, events: list[tuple[Values, Days, Values]]
) -> SyntheticTable:
    registration = np.concatenate([rows for rows, _, _ in events])
    day = scene.next_working(draws, np.concatenate([days for _, days, _ in events]))
    event = np.concatenate([names for _, _, names in events])
    # A registration is numbered in the order of its cases; an event in the order the system got it.
    number = np.empty(len(case), dtype=np.int64)
    number[np.argsort(case, kind="stable")] = np.arange(1, len(case) + 1)
    names = np.array([f"O{one:07d}" for one in number.tolist()], dtype=object)
    landlord = draws.pick(assumed.LANDLORDS, len(case))
    columns: dict[str, SyntheticColumn | Values] = {
        "opskrivning_id": names[registration],
        "sags_id": cases.case_id[case[registration]],
        "dato": day,
        "haendelse": event,
        "udlejer_art": landlord[registration],
    }
    known = np.maximum(draws.recorded(day), cases.known[case[registration]])
    return SyntheticTable(EVENTS_FILE, known, columns).numbered("haendelse_id", "H")


def rent_help(scene: Scene, cases: Sentences) -> SyntheticTable:
    """huslejehjaelp.csv: an application for the rent while serving, from those who have a home to lose."""
    draws = scene.draws("help with rent")
    case = np.flatnonzero(draws.happens(cases.by_length(assumed.RENT_NEED_SHARES)))
    count = len(case)
    start, release, institution = cases.start[case], cases.release[case], cases.institution[case]
    soon = draws.happens(0.7, count)
    found = start + np.where(soon, draws.within(-5, 10, count), draws.within(0, 60, count))
    found = np.minimum(scene.next_working(draws, found), np.maximum(release - 2, start))
    known = np.maximum(draws.recorded(found), cases.known[case])

    applied = ~draws.happens(assumed.RENT_NOT_APPLIED_SHARE, count)
    in_time = scene.institutions.performance.in_time(draws, "rent_applied", institution, found)
    begin = np.maximum(found, start)
    quick = scene.previous_working(draws, begin + draws.within(0, DAYS_TO_APPLY, count), begin)
    slow = scene.next_working(draws, begin + DAYS_TO_APPLY + draws.tail(14, count))
    sent = np.where(in_time, quick, slow)
    sent_known = np.maximum(draws.recorded(sent), known)
    decided = scene.next_working(draws, sent + draws.within(8, 45, count))
    decided_known = np.maximum(draws.recorded(decided), sent_known)
    has_decision = applied & draws.happens(assumed.RENT_DECIDED_SHARE, count)

    municipality = cases.residences.on(case, sent)
    long_enough = applied & (cases.courses.days[case] > SIX_MONTHS)
    performance = scene.municipalities.performance
    looked = long_enough & performance.in_time(draws, "rent_alternative", municipality, sent)
    after = long_enough & ~looked & draws.happens(0.2, count)
    examined = scene.next_working(
        draws, np.minimum(sent + draws.within(20, 200, count), np.maximum(release, sent + 10))
    )
    examined = np.where(after, np.maximum(release, sent) + draws.tail(20, count), examined)
    examined_known = np.maximum(draws.recorded(examined), sent_known)
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id[case],
        "kommunekode": scene.municipalities.codes[cases.residences.on(case, found)],
        "behov_konstateret": found,
        "sendt": later(sent_known, np.where(applied, sent, 0)),
        "afgjort": later(decided_known, np.where(has_decision, decided, 0)),
        "afgoerelse": later(decided_known, np.where(has_decision, draws.pick(assumed.RENT_DECISIONS, count), "")),
        "alternativ_undersoegt": later(examined_known, np.where(looked | after, examined, 0)),
    }
    return SyntheticTable(RENT_FILE, known, columns).numbered("ansoegning_id", "L")

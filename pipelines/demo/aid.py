"""One-off aid at release: applications sent by the prison, decided and paid by the municipality.

Belongs here: engangshjaelp.csv. Does not belong here: who needs it (``sentences``).
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Days, Draws, Marks
from pipelines.demo.scene import Scene
from pipelines.demo.sentence_contacts import planned_release
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, later, repeat

FILE = "engangshjaelp.csv"

# In good time is so many days before the release that was expected.
DAYS_IN_GOOD_TIME = (34, 80)
DAYS_TOO_LATE = (-8, 27)
DAYS_TO_DECIDE = 14


def aid_table(scene: Scene, cases: Sentences) -> SyntheticTable:
    """engangshjaelp.csv."""
    draws = scene.draws("one-off aid")
    case, sent = _applications(scene, draws, cases)
    count = len(case)
    municipality = cases.residences.on(case, sent)
    known = np.maximum(draws.recorded(sent), cases.known[case])
    at_once = draws.happens(assumed.AID_COMPLETE_AT_ONCE_SHARE, count)
    completed = scene.next_working(draws, sent + np.where(at_once, 0, 1 + draws.tail(6, count, 40)))
    completed = np.where(at_once, sent, completed)
    never_complete = draws.happens(assumed.AID_NEVER_COMPLETE_SHARE, count)
    complete_known = np.maximum(draws.recorded(completed), known)

    decides = ~draws.happens(assumed.AID_NEVER_DECIDED_SHARE, count)
    decides &= ~never_complete | draws.happens(assumed.AID_DECIDED_THOUGH_INCOMPLETE_SHARE, count)
    decided = _decided(scene, draws, municipality, completed)
    granted = decides & draws.happens(assumed.AID_GRANTED_SHARE, count)
    paid = _paid(scene, draws, municipality, decided, cases.release[case])
    pays = granted & ~draws.happens(assumed.AID_NEVER_PAID_SHARE, count)

    odd = [scene.is_odd(assumed.ODD_AID_SHARE, count) for _ in range(3)]
    decided_known = np.maximum(draws.recorded(np.maximum(decided, sent)), known)
    paid_known = np.maximum(draws.recorded(paid), decided_known)
    decided = np.where(odd[0], sent - scene.oddity.within(1, 20, count), decided)
    paid = np.where(odd[1], decided - scene.oddity.within(1, 12, count), paid)
    result = np.where(granted, repeat("bevilget", count), repeat("afslag", count))
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id[case],
        "kommunekode": scene.municipalities.codes[municipality],
        "sendt": sent,
        "fuldstaendig": later(complete_known, np.where(never_complete, 0, completed)),
        "afgjort": later(decided_known, np.where(decides, decided, 0)),
        "afgoerelse": later(decided_known, np.where(decides & ~odd[2], result, "")),
        "udbetalt": later(paid_known, np.where(pays, paid, 0)),
        "beloeb": _amounts(draws, decided_known, granted),
    }
    return SyntheticTable(FILE, known, columns).numbered("ansoegning_id", "A")


def _applications(scene: Scene, draws: Draws, cases: Sentences) -> tuple[np.ndarray, Days]:
    """Who applies, and when: planned by the release that was expected then, in good time or not."""
    count = len(cases.start)
    applied = ~draws.happens(np.array(assumed.AID_NOT_APPLIED_SHARES)[cases.length])
    needs = cases.aid_need == "J"
    other = ~cases.remand & draws.happens(assumed.AID_WITHOUT_NEED_SHARE, count)
    planned = planned_release(cases)
    good = scene.institutions.performance.in_time(draws, "aid_applied", cases.institution, planned)
    before = np.where(good, draws.within(*DAYS_IN_GOOD_TIME, count), draws.within(*DAYS_TOO_LATE, count))
    # A short sentence leaves no good time: it is sent when they have been admitted.
    sent = np.maximum(planned - before, cases.start + draws.within(0, 9, count))
    sent = scene.next_working(draws, sent)
    sends = np.where(needs, applied, other) & (cases.home_at_release != "udslusning")
    sends &= (sent <= cases.release) | draws.happens(assumed.AID_AFTER_RELEASE_SHARE, count)
    again = np.flatnonzero(sends & draws.happens(assumed.AID_SECOND_SHARE, count))
    second = scene.next_working(draws, sent[again] + draws.within(15, 40, len(again)))
    first = np.flatnonzero(sends)
    return np.concatenate([first, again]), np.concatenate([sent[first], second])


def _decided(scene: Scene, draws: Draws, municipality: np.ndarray, completed: Days) -> Days:
    count = len(completed)
    quick: Marks = scene.municipalities.performance.in_time(draws, "aid_decided", municipality, completed)
    soon = completed + draws.within(1, DAYS_TO_DECIDE, count)
    slow = completed + DAYS_TO_DECIDE + draws.tail(22, count)
    return np.where(quick, scene.previous_working(draws, soon, completed), scene.next_working(draws, slow))


def _paid(scene: Scene, draws: Draws, municipality: np.ndarray, decided: Days, release: Days) -> Days:
    """On the day of the release, some days before, or after it."""
    count = len(decided)
    in_time = scene.municipalities.performance.in_time(draws, "aid_paid", municipality, release)
    on_the_day = draws.happens(assumed.AID_PAID_ON_THE_DAY_SHARE, count)
    before = scene.previous_working(draws, release - draws.within(0, 6, count), decided)
    early = np.maximum(decided, np.where(on_the_day, release, before))
    late = np.maximum(decided, release) + draws.tail(7, count)
    return np.where(in_time, early, scene.next_working(draws, late))


def _amounts(draws: Draws, decided_known: Days, granted: Marks) -> SyntheticColumn:
    """Kroner and øre; in a few a digit too many stood there until it was corrected."""
    count = len(granted)
    kroner = draws.within(800, 9500, count).tolist()
    oere = np.where(draws.happens(0.2, count), draws.within(0, 99, count), 0).tolist()
    right = np.array([f"{crowns},{cents:02d}" for crowns, cents in zip(kroner, oere)], dtype=object)
    mistake = np.array([f"{crowns}0,{cents:02d}" for crowns, cents in zip(kroner, oere)], dtype=object)
    wrong = draws.happens(assumed.CORRECTED_SHARE, count)
    mended = decided_known + draws.within(*assumed.CORRECTED_AFTER_DAYS, count)
    shown = np.where(granted, right, "")
    first = np.where(granted & wrong, mistake, shown)
    return SyntheticColumn(repeat("", count), [(decided_known, first), (mended, shown)])

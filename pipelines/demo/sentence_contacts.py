"""Why and when the municipality is contacted about a sentence.

Belongs here: the contacts of a sentence case over its course, and the day of its risk assessment. Does not belong
here: how a contact is written down and answered (``contacts``).
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import add_months
from pipelines.demo.contacts import DAYS_TO_CONTACT, Contacts
from pipelines.demo.draws import Days, Draws, Marks
from pipelines.demo.scene import Scene
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticTable

MONTHS_BEFORE = 12
# From so long before the release the date is what the prison service plans by.
PLANNING_DAYS = 60
HOMELESS = ("herberg", "hjemloes")


def planned_release(cases: Sentences) -> Days:
    """The release as it was expected when it was time to prepare it: what everything before it is planned by."""
    first = cases.courses.rows[0].release
    expected = cases.courses.expected_on(np.maximum(first - PLANNING_DAYS, cases.start)).release
    return cases.courses.expected_on(np.maximum(expected - PLANNING_DAYS, cases.start)).release


def assessment_days(scene: Scene, draws: Draws, cases: Sentences) -> Days:
    """The day of the risk assessment; 0 without one."""
    day = scene.next_working(draws, cases.start + draws.within(3, 35, len(cases.start)))
    return np.where(cases.assessed & (day < cases.release), day, 0)


def sentence_contacts(scene: Scene, cases: Sentences, assessed_on: Days) -> SyntheticTable:
    """kommunekontakter.csv of the sentence cases, not numbered yet."""
    draws = scene.draws("sentence contacts")
    contacts = Contacts(scene, draws, cases.case_id, cases.known, cases.residences)
    _coordinate(draws, cases, contacts)
    served = np.maximum(cases.release - cases.start, 0)
    spans = {
        "underretning": cases.start + draws.within(0, np.minimum(14, served)),
        "oplysninger": cases.start + draws.within(0, np.minimum(60, served)),
        "loesladelse": cases.release - draws.within(0, np.minimum(40, served)),
        "andet": cases.start + draws.within(0, served),
    }
    for topic, day in spans.items():
        share = assumed.OTHER_CONTACT_SHARES[topic]
        case = np.flatnonzero(draws.happens(np.where(cases.remand, share * assumed.EXPELLED_NEED_FACTOR, share)))
        contacts.make(case, day[case], topic)
    _hand_over_assessments(scene, draws, cases, contacts, assessed_on)
    _tell_of_homelessness(scene, draws, cases, contacts)
    return contacts.table()


def _cooperated(cases: Sentences) -> Marks:
    """Whom the cooperation is about."""
    return ~cases.remand & ~cases.expelled


def _coordinate(draws: Draws, cases: Sentences, contacts: Contacts) -> None:
    wanted = np.where(cases.plan, 1.0, assumed.CONTACT_WITHOUT_DUTY_SHARE)
    wanted = np.where(_cooperated(cases), wanted, wanted * assumed.EXPELLED_NEED_FACTOR)
    case = np.flatnonzero(draws.happens(wanted))
    first = cases.courses.rows[0]
    one_year = first.release >= add_months(cases.start, MONTHS_BEFORE)
    expected = cases.courses.expected_on(add_months(cases.release, -MONTHS_BEFORE)).release
    deadline = np.maximum(add_months(expected, -MONTHS_BEFORE), first.registered + 2)
    deadline = np.where(one_year, deadline, cases.start + DAYS_TO_CONTACT)
    earliest = np.where(one_year, np.maximum(cases.start, deadline - 75), cases.start)
    unit = cases.institution[case]
    contacts.coordinate(case, earliest[case], deadline[case], unit, "contact", cases.release[case])


def _hand_over_assessments(scene: Scene, draws: Draws, cases: Sentences, contacts: Contacts, assessed_on: Days) -> None:
    case = np.flatnonzero(assessed_on > 0)
    performance = scene.institutions.performance
    done = performance.in_time(draws, "risk_handed_over", cases.institution[case], cases.release[case])
    # Most of the rest never send it; some send it when the person has left.
    after = ~done & draws.happens(0.25, len(case))
    before = np.maximum(assessed_on[case], cases.release[case] - draws.within(1, 60, len(case)))
    day = np.where(done, before, cases.release[case] + draws.tail(15, len(case)))
    contacts.make(case[done | after], day[done | after], "ls_rnr")


def _tell_of_homelessness(scene: Scene, draws: Draws, cases: Sentences, contacts: Contacts) -> None:
    homeless = np.isin(cases.home_at_release, HOMELESS) & _cooperated(cases)
    case = np.flatnonzero(homeless & draws.happens(assumed.HOMELESS_CONTACT_SHARE, len(cases.start)))
    planned = planned_release(cases)[case]
    performance = scene.institutions.performance
    in_time = performance.in_time(draws, "homelessness", cases.institution[case], planned)
    before = np.where(in_time, draws.within(28, 75, len(case)), draws.within(-6, 27, len(case)))
    contacts.make(case, np.maximum(cases.start[case], planned - before), "hjemloeshed")

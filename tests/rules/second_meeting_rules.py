"""The duties about the release itself: the meeting before it, the probation office, the day of the week.

Belongs here: one function per rule. Does not belong here: who carries a rule and the columns of an outcome.
"""

from __future__ import annotations

from tests.rules.second_calendar import add_months
from tests.rules.second_case import LATE_IN_THE_WEEK, Case, earliest
from tests.rules.second_verdict import Verdict, judged, judged_by_release, not_applicable, undeterminable


def needs_release_meeting(case: Case) -> bool:
    """Whether supervision, a need of a home or a need of aid calls for a release meeting."""
    return "J" in (case.row["tilsyn_vilkaar"], case.row["bolig_behov"], case.row["engangshjaelp_behov"])


def release_meeting_called(case: Case) -> Verdict:
    """The municipality is called to a release meeting three months before the expected release."""
    if not needs_release_meeting(case):
        return not_applicable("no_meeting_need")
    if not case.expected_dates:
        return undeterminable("no_expected_release")
    expected_at_start = case.expected_release_on(case.started)
    months = case.parameters.meeting_called_months
    if add_months(expected_at_start, -months) < case.started:
        return not_applicable("short_sentence")
    called = earliest(meeting["indkaldt"] for meeting in case.meetings if meeting["kommune_inviteret"] == "J")
    judged_on = called or case.actual_release or case.as_of
    knowable_from = case.known_from(judged_on)
    deadline = max(add_months(case.expected_release_on(judged_on), -months), knowable_from)
    return judged(case, deadline, called, knowable_from=knowable_from)


def release_meeting_held(case: Case) -> Verdict:
    """A release meeting with the municipality is held before the release."""
    if not needs_release_meeting(case):
        return not_applicable("no_meeting_need")
    held = earliest(meeting["afholdt"] for meeting in case.meetings if meeting["kommune_deltog"] == "J")
    return judged_by_release(case, held)


def supervision_invited(case: Case) -> Verdict:
    """The probation office is invited to a meeting before a release with supervision."""
    if case.row["tilsyn_vilkaar"] != "J":
        return not_applicable("no_supervision")
    return judged_by_release(
        case, earliest(meeting["indkaldt"] for meeting in case.meetings if meeting["kif_inviteret"] == "J")
    )


def release_advanced(case: Case) -> Verdict:
    """A release planned late in the week is moved to the Wednesday before, or earlier, and never to late in a week."""
    release = case.actual_release
    if release is None:
        return not_applicable("not_released")
    if case.is_short_sentence:
        return not_applicable("sentence_under_30_days")
    planned = case.row["oprindelig_loesladelse"] or release
    late_in_the_week = release.weekday() in LATE_IN_THE_WEEK
    if not late_in_the_week and planned.weekday() not in LATE_IN_THE_WEEK:
        return not_applicable("not_thursday_to_sunday")
    deadline = case.advanced(planned)
    return Verdict("met" if not late_in_the_week and release <= deadline else "late", deadline, release)

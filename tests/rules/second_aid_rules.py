"""The duties a number of days before the release: homelessness told, one-off aid applied for and decided; and its pay.

Belongs here: one function per rule, and what they share. Does not belong here: who carries a rule and the columns of
an outcome.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.rules.second_calendar import add_days
from tests.rules.second_case import Case, earliest
from tests.rules.second_known_facts import KnownRow
from tests.rules.second_verdict import Verdict, judged, not_applicable, release_unknown


def judged_before_release(case: Case, days: int, event: date | None) -> Verdict:
    """The verdict of a duty that must be done a number of days before R."""
    if case.release is None:
        return release_unknown(case)
    deadline = add_days(case.release, -days)
    if deadline < case.started:
        return not_applicable("not_possible")
    came = case.days_the_deadline_came(days)
    verdict = judged(case, deadline, event, knowable_from=case.started, could_act=bool(came))
    in_time_by_what_was_known = not came or (event is not None and event <= came[-1])
    if verdict.status in ("late", "missed") and in_time_by_what_was_known:
        return replace(verdict, reason="date_moved", responsible="dato_flyttet")
    return verdict


def homelessness_notified(case: Case) -> Verdict:
    """The municipality hears four weeks before that a client will be released to homelessness."""
    if case.actual_release is None:
        return not_applicable("not_released")
    if case.row["bolig_ved_loesladelse"] not in ("hjemloes", "herberg"):
        return not_applicable("not_homeless")
    return judged_before_release(case, case.parameters.homelessness_days, case.qualifying_contact("hjemloeshed"))


def needs_aid(case: Case) -> bool:
    """Whether aid is needed: it is noted, or applied for."""
    return case.row["engangshjaelp_behov"] == "J" or bool(case.aid_applications)


def complete_on(application: KnownRow) -> date | None:
    """The day on which an application was both sent and complete, None when it is not complete."""
    return None if application["fuldstaendig"] is None else max(application["sendt"], application["fuldstaendig"])


def earliest_complete_application(case: Case) -> date | None:
    """The earliest day on which an application for aid was both sent and complete."""
    return earliest(complete_on(application) for application in case.aid_applications)


def complete_by(case: Case, day: date) -> bool:
    """Whether an application was complete on or before the day."""
    complete = earliest_complete_application(case)
    return complete is not None and complete <= day


def municipality_asked_for_aid(case: Case) -> str | None:
    """Where the earliest complete application was sent; the earliest sent when none is complete; None without one."""
    if not case.aid_applications:
        return None
    ordered = sorted(
        case.aid_applications,
        key=lambda each: (complete_on(each) or date.max, each["sendt"], each["ansoegning_id"]),
    )
    return ordered[0]["kommunekode"]


def aid_applied(case: Case) -> Verdict:
    """One-off aid is applied for, completely, four weeks before release."""
    if not needs_aid(case):
        return not_applicable("no_aid_need")
    return judged_before_release(case, case.parameters.aid_applied_days, earliest_complete_application(case))


def aid_decided(case: Case) -> Verdict:
    """One-off aid is decided fourteen days before release."""
    if not needs_aid(case):
        return not_applicable("no_aid_need")
    decided = earliest(application["afgjort"] for application in case.aid_applications)
    verdict = judged_before_release(case, case.parameters.aid_decided_days, decided)
    if verdict.deadline is None:
        return verdict
    good_time = add_days(verdict.deadline, -case.parameters.aid_handling_days)
    verdict = replace(
        verdict,
        asked=municipality_asked_for_aid(case),
        could_act=verdict.could_act and complete_by(case, good_time),
    )
    if verdict.status not in ("late", "missed") or verdict.reason == "date_moved":
        return verdict
    reason, responsible = why_aid_was_not_decided_in_time(case, good_time)
    return replace(verdict, reason=reason, responsible=responsible)


def why_aid_was_not_decided_in_time(case: Case, good_time: date) -> tuple[str, str]:
    """The reason and the responsible party when the date did not move: the first that fits.

    `good_time` is the last day on which a complete application leaves the municipality its time.
    """
    assert case.release is not None
    if all(application["sendt"] > case.release for application in case.aid_applications):
        return "no_application", "kriminalforsorgen"
    if not complete_by(case, good_time):
        if good_time < case.started:
            return "no_time", "kort_tid"
        return "application_late", "kriminalforsorgen"
    return "decision_late", "kommune"


def aid_paid(case: Case) -> Verdict:
    """Aid that was granted is paid by the release."""
    if not needs_aid(case):
        return not_applicable("no_aid_need")
    release = case.actual_release
    if release is None:
        return not_applicable("not_released")
    decided = [application for application in case.aid_applications if application["afgjort"] is not None]
    granted = [application for application in decided if application["afgoerelse"] == "bevilget"]
    if not granted:
        return not_applicable("not_granted" if decided else "not_decided")
    could_act = complete_by(case, add_days(release, -case.parameters.aid_paid_handling_days))
    granted_in_time = min(application["afgjort"] for application in granted) <= release
    return judged(
        case,
        release,
        earliest(application["udbetalt"] for application in granted),
        responsible="kommune" if could_act or granted_in_time else who_delayed_the_decision(case),
        could_act=could_act,
        asked=municipality_asked_for_aid(case),
    )


def who_delayed_the_decision(case: Case) -> str:
    """The responsible party of the case's decision on aid, as far as its payment is concerned."""
    decision = aid_decided(case)
    if decision.reason == "not_possible":
        return "kort_tid"
    return decision.responsible or "kommune"

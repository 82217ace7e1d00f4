"""The duties a number of days before the release by hand, at every edge of who could act and who is responsible.

Belongs here: the days a deadline came, dates that move, applications for aid, and the pay of aid.
Does not belong here: other rules; see `test_second_case_rules`.

The usual case is released on Wednesday 22 July 2026: 28 days before is 24 June, 14 days before 8 July, and an
application is in good time on 24 June.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.rules.one_case import (
    Row,
    Tables,
    aid,
    contact,
    expected_release,
    facts,
    municipality,
    one_sentence,
    outcome,
    with_rows,
)

AS_OF = "2026-09-30"


def released(*dates: tuple[str, str], on: str = "2026-07-22", **values: str) -> Tables:
    """A homeless person in need of aid, released; the release was expected, from each day on, on a date."""
    home = {"bolig_ved_loesladelse": "hjemloes", "engangshjaelp_behov": "J"}
    tables = one_sentence(faktisk_loesladelse=on, **(home | values))
    return with_rows(
        tables, "loesladelsesdatoer", *(expected_release(day, recorded=recorded) for recorded, day in dates)
    )


def told(tables: Tables, *days: str) -> Tables:
    """The case with the municipality told of the homelessness."""
    return with_rows(tables, "kommunekontakter", *(contact(day, "hjemloeshed") for day in days))


def applied(tables: Tables, *applications: Row) -> Tables:
    """The case with applications for aid."""
    return with_rows(tables, "engangshjaelp", *applications)


EXPECTED_ALL_ALONG = ("2026-01-05", "2026-07-22")
EXPECTED_IN_OCTOBER = ("2026-01-05", "2026-10-21")
REASONS_AND_WHO_COULD_ACT = ("status", "reason", "responsible", "could_act")

# --- The days the deadline came ---------------------------------------------------------------------------------------


def test_a_duty_with_a_deadline_that_came_could_be_kept_whether_or_not_it_was() -> None:
    tables = released(EXPECTED_ALL_ALONG)
    columns = REASONS_AND_WHO_COULD_ACT
    assert facts(tables, "homelessness_notified", AS_OF, *columns) == ("missed", None, "kriminalforsorgen", True)
    late = told(released(EXPECTED_ALL_ALONG), "2026-06-25")
    assert facts(late, "homelessness_notified", AS_OF, *columns) == ("late", None, "kriminalforsorgen", True)
    met = told(released(EXPECTED_ALL_ALONG), "2026-06-24")
    assert facts(met, "homelessness_notified", AS_OF, *columns) == ("met", None, None, True)


def test_nobody_could_keep_a_deadline_that_never_came_because_the_date_was_brought_forward_past_it() -> None:
    for recorded, could_act in (("2026-06-25", False), ("2026-06-24", True)):
        tables = released(EXPECTED_IN_OCTOBER, (recorded, "2026-07-22"))
        judged = facts(tables, "homelessness_notified", AS_OF, *REASONS_AND_WHO_COULD_ACT)
        if could_act:
            assert judged == ("missed", None, "kriminalforsorgen", True)
        else:
            assert judged == ("missed", "date_moved", "dato_flyttet", False)


def test_a_deadline_that_never_came_is_nobodys_also_when_the_duty_was_done_late_and_met_when_done_in_time() -> None:
    brought_forward = (EXPECTED_IN_OCTOBER, ("2026-07-01", "2026-07-22"))
    late = told(released(*brought_forward), "2026-07-02")
    columns = REASONS_AND_WHO_COULD_ACT
    assert facts(late, "homelessness_notified", AS_OF, *columns) == ("late", "date_moved", "dato_flyttet", False)
    met = told(released(*brought_forward), "2026-06-24")
    assert facts(met, "homelessness_notified", AS_OF, *columns) == ("met", None, None, False)


def test_the_shorter_notice_may_have_come_where_the_longer_did_not() -> None:
    tables = released(EXPECTED_IN_OCTOBER, ("2026-07-01", "2026-07-22"))
    applied(tables, aid("2026-06-20", complete="2026-06-24"))
    assert outcome(tables, "aid_decided", AS_OF)["reason"] == "decision_late"
    tables = released(EXPECTED_IN_OCTOBER, ("2026-07-09", "2026-07-22"))
    applied(tables, aid("2026-06-20", complete="2026-06-24"))
    assert facts(tables, "aid_decided", AS_OF) == ("missed", "date_moved", "dato_flyttet")


def test_done_by_the_last_day_that_was_the_deadline_is_in_time_by_all_that_was_known() -> None:
    # Expected on 19 August, so due on 22 July; released two weeks before without a new date, so due on 8 July.
    for day, reason, responsible in (
        ("2026-07-22", "date_moved", "dato_flyttet"),
        ("2026-07-23", None, "kriminalforsorgen"),
    ):
        tables = told(released(("2026-01-05", "2026-08-19"), on="2026-08-05"), day)
        judged = facts(tables, "homelessness_notified", AS_OF, "deadline", *REASONS_AND_WHO_COULD_ACT)
        assert judged == (date(2026, 7, 8), "late", reason, responsible, True)


def test_not_done_at_all_is_not_excused_by_a_deadline_that_came() -> None:
    tables = released(("2026-01-05", "2026-08-19"), on="2026-08-05")
    judged = facts(tables, "homelessness_notified", AS_OF, *REASONS_AND_WHO_COULD_ACT)
    assert judged == ("missed", None, "kriminalforsorgen", True)


def test_a_deadline_that_would_come_on_the_day_of_release_or_after_it_has_not_come() -> None:
    # Expected on 19 August: 28 days before that is 22 July.
    for release, could_act in (("2026-07-22", False), ("2026-07-23", True)):
        tables = released(("2026-01-05", "2026-08-19"), on=release)
        assert facts(tables, "homelessness_notified", AS_OF, "could_act") == (could_act,)


def test_a_postponed_release_gives_the_deadline_a_second_day_to_come() -> None:
    postponed = (("2026-01-05", "2026-07-22"), ("2026-07-10", "2026-08-19"))
    for day, status, reason in (("2026-07-22", "met", None), ("2026-07-23", "late", None)):
        tables = told(released(*postponed, on="2026-08-19"), day)
        assert facts(tables, "homelessness_notified", AS_OF, "status", "reason") == (status, reason)


def test_a_deadline_before_the_sentence_began_does_not_count_as_having_come() -> None:
    # First expected on 28 January: 28 days before that is 31 December, before the sentence.
    tables = released(("2026-01-05", "2026-01-28"), ("2026-07-01", "2026-07-22"))
    assert facts(tables, "homelessness_notified", AS_OF) == ("missed", "date_moved", "dato_flyttet")
    tables = released(("2026-01-05", "2026-02-02"), ("2026-07-01", "2026-07-22"))
    assert facts(tables, "homelessness_notified", AS_OF) == ("missed", None, "kriminalforsorgen")


def test_the_deadline_by_an_expected_friday_is_counted_from_the_wednesday_it_will_be_advanced_to() -> None:
    # Recorded on the day that is 28 days before the Wednesday, but 30 before the Friday.
    tables = released(EXPECTED_IN_OCTOBER, ("2026-06-24", "2026-07-24"))
    assert facts(tables, "homelessness_notified", AS_OF, "deadline", "could_act") == (date(2026, 6, 24), True)
    tables = released(EXPECTED_IN_OCTOBER, ("2026-06-25", "2026-07-24"))
    assert facts(tables, "homelessness_notified", AS_OF, "deadline", "could_act") == (date(2026, 6, 24), False)


def test_without_an_expected_date_the_deadline_came_by_the_actual_release_which_is_not_advanced_again() -> None:
    tables = released(on="2026-07-24")
    judged = facts(tables, "homelessness_notified", AS_OF, "deadline", *REASONS_AND_WHO_COULD_ACT)
    assert judged == (date(2026, 6, 26), "missed", None, "kriminalforsorgen", True)


# --- A sentence shorter than the notice -------------------------------------------------------------------------------


def test_a_notice_longer_than_the_sentence_is_not_possible_and_one_as_long_as_the_sentence_is() -> None:
    for on, judged in (
        ("2026-02-01", ("not_applicable", "not_possible", None, None)),
        ("2026-02-02", ("missed", None, date(2026, 1, 5), 0)),
    ):
        tables = released(("2026-01-05", on), on=on)
        for rule_id in ("homelessness_notified", "aid_applied"):
            columns = ("status", "reason", "knowable_from", "days_available")
            assert facts(tables, rule_id, AS_OF, *columns) == judged
    assert outcome(released(on="2026-01-18"), "aid_decided", AS_OF)["reason"] == "not_possible"
    assert outcome(released(on="2026-01-19"), "aid_decided", AS_OF)["reason"] == "no_application"


def test_less_than_28_days_from_the_start_to_the_deadline_is_short_notice() -> None:
    for on, expected in (("2026-03-01", (27, True)), ("2026-03-02", (28, False))):
        assert facts(released(on=on), "homelessness_notified", AS_OF, "days_available", "short_notice") == expected


def test_whether_it_was_possible_is_asked_last_after_the_release_is_known() -> None:
    tables = one_sentence(engangshjaelp_behov="J", straf_dage="10")
    assert outcome(tables, "aid_applied", "2026-01-10")["reason"] == "no_expected_release"
    with_rows(tables, "loesladelsesdatoer", expected_release("2026-01-15"))
    assert outcome(tables, "aid_applied", "2026-01-10")["reason"] == "not_possible"
    assert outcome(tables, "aid_applied", "2026-01-16")["reason"] == "expected_release_passed"
    assert outcome(tables, "homelessness_notified", "2026-01-10")["reason"] == "not_released"
    assert outcome(released(on="2026-01-15", bolig_ved_loesladelse="egen"), "homelessness_notified", AS_OF)[
        "reason"
    ] == ("not_homeless")


# --- Need of aid, and who was asked -----------------------------------------------------------------------------------


@pytest.mark.parametrize("need", ["N", ""])
def test_who_applies_for_aid_needs_it_whatever_is_noted(need: str) -> None:
    tables = released(EXPECTED_ALL_ALONG, engangshjaelp_behov=need)
    for rule_id in ("aid_applied", "aid_decided", "aid_paid"):
        assert outcome(tables, rule_id, AS_OF)["reason"] == "no_aid_need"
    applied(tables, aid("2026-07-01", decided="2026-07-02", result="bevilget"))
    assert outcome(tables, "aid_applied", "2026-06-30")["reason"] == "no_aid_need", "not sent yet"
    assert [outcome(tables, rule_id, AS_OF)["status"] for rule_id in ("aid_applied", "aid_decided", "aid_paid")] == [
        "missed",
        "met",
        "missed",
    ]


def test_the_municipality_that_got_the_earliest_complete_application_answers_for_decision_and_pay() -> None:
    tables = applied(
        released(EXPECTED_ALL_ALONG),
        aid("2026-05-01", code="461"),
        aid("2026-06-10", "2026-06-12", code="851"),
        aid("2026-06-01", "2026-06-13", "2026-07-01", "bevilget", code="147"),
    )
    for rule_id in ("aid_decided", "aid_paid"):
        assert facts(tables, rule_id, AS_OF, "municipality_code") == ("851",)
    assert facts(tables, "aid_applied", AS_OF, "municipality_code") == ("101",), "the prison service's own duty"


def test_without_a_complete_application_it_is_where_the_first_was_sent_and_without_any_as_usual() -> None:
    tables = released(EXPECTED_ALL_ALONG)
    assert facts(tables, "aid_decided", AS_OF, "municipality_code") == ("101",)
    applied(tables, aid("2026-06-02", code="461"), aid("2026-06-01", code="851"))
    assert facts(tables, "aid_decided", AS_OF, "municipality_code") == ("851",)
    assert facts(tables, "aid_paid", AS_OF, "reason", "municipality_code") == ("not_decided", "101"), "no deadline"
    tables["handlekommuner"].clear()
    assert facts(tables, "aid_decided", AS_OF, "municipality_code") == ("851",)


def test_of_applications_complete_on_one_day_the_first_sent_counts_and_then_the_lowest_number() -> None:
    one_day = (
        aid("2026-06-02", "2026-06-10", code="461", ansoegning_id="1"),
        aid("2026-06-01", "2026-06-10", code="851", ansoegning_id="3"),
        aid("2026-06-01", "2026-06-10", code="147", ansoegning_id="20"),
    )
    assert facts(applied(released(EXPECTED_ALL_ALONG), *one_day), "aid_decided", AS_OF, "municipality_code") == (
        "147",
    ), "as text 20 comes before 3"


def test_an_application_complete_before_it_was_sent_is_complete_when_sent() -> None:
    tables = applied(released(EXPECTED_ALL_ALONG), aid("2026-06-25", complete="2026-06-01"))
    assert facts(tables, "aid_applied", AS_OF, "status", "event_date") == ("late", date(2026, 6, 25))


# --- Who carries a decision that is late or missing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("application", "reason", "responsible", "could_act"),
    [
        (None, "no_application", "kriminalforsorgen", False),
        (aid("2026-07-23", complete="2026-07-23"), "no_application", "kriminalforsorgen", False),
        (aid("2026-07-22", complete="2026-07-22"), "application_late", "kriminalforsorgen", False),
        (aid("2026-06-20"), "application_late", "kriminalforsorgen", False),
        (aid("2026-06-20", complete="2026-06-25"), "application_late", "kriminalforsorgen", False),
        (aid("2026-06-20", complete="2026-06-24"), "decision_late", "kommune", True),
    ],
)
def test_who_carries_a_missing_decision_on_aid(
    application: Row | None, reason: str, responsible: str, could_act: bool
) -> None:
    tables = applied(released(EXPECTED_ALL_ALONG), *([application] if application else []))
    judged = facts(tables, "aid_decided", AS_OF, "deadline", *REASONS_AND_WHO_COULD_ACT)
    assert judged == (date(2026, 7, 8), "missed", reason, responsible, could_act)


def test_a_decision_in_time_on_an_application_that_was_late_is_met_but_no_own_duty() -> None:
    for complete, could_act in (("2026-06-24", True), ("2026-06-25", False)):
        tables = applied(released(EXPECTED_ALL_ALONG), aid("2026-06-20", complete, "2026-07-08", "bevilget"))
        assert facts(tables, "aid_decided", AS_OF, *REASONS_AND_WHO_COULD_ACT) == ("met", None, None, could_act)


def test_too_short_a_sentence_for_an_application_in_good_time_is_nobodys_fault() -> None:
    # 28 days from start to release are just enough: good time is then the day the sentence began.
    for on, reason, responsible in (
        ("2026-02-01", "no_time", "kort_tid"),
        ("2026-02-02", "application_late", "kriminalforsorgen"),
    ):
        tables = applied(released(("2026-01-05", on), on=on), aid("2026-01-06", complete="2026-01-06"))
        assert facts(tables, "aid_decided", AS_OF) == ("missed", reason, responsible)


def test_in_a_short_sentence_a_missing_application_is_still_missing_and_one_in_good_time_still_counts() -> None:
    short = (("2026-01-05", "2026-01-28"),)
    assert facts(released(*short, on="2026-01-28"), "aid_decided", AS_OF) == (
        "missed",
        "no_application",
        "kriminalforsorgen",
    )
    before_the_sentence = aid("2025-12-20", complete="2025-12-31")
    tables = applied(released(*short, on="2026-01-28"), before_the_sentence)
    judged = facts(tables, "aid_decided", AS_OF, *REASONS_AND_WHO_COULD_ACT)
    assert judged == ("missed", "decision_late", "kommune", True)


def test_a_decision_in_time_for_the_date_expected_then_is_nobodys_fault() -> None:
    # Expected on 5 August until the very release: 14 days before that is 22 July, but the release came on the 23rd.
    for decided, judged in (
        ("2026-07-22", ("late", "date_moved", "dato_flyttet", True)),
        ("2026-07-23", ("late", "decision_late", "kommune", True)),
    ):
        tables = released(("2026-01-05", "2026-08-05"), on="2026-07-23")
        applied(tables, aid("2026-06-01", "2026-06-01", decided, "bevilget", "2026-07-23"))
        assert facts(tables, "aid_decided", AS_OF, *REASONS_AND_WHO_COULD_ACT) == judged
        assert outcome(tables, "aid_paid", AS_OF)["status"] == "met"


def test_a_decision_on_an_application_without_good_time_is_excused_by_a_moved_date_but_is_no_own_duty() -> None:
    tables = released(("2026-01-05", "2026-08-05"), on="2026-07-23")
    applied(tables, aid("2026-07-01", "2026-07-01", "2026-07-20", "afslag"))
    judged = facts(tables, "aid_decided", AS_OF, *REASONS_AND_WHO_COULD_ACT)
    assert judged == ("late", "date_moved", "dato_flyttet", False)


# --- The pay of aid ---------------------------------------------------------------------------------------------------


def test_what_is_not_granted_is_not_paid_and_what_is_not_decided_is_not_yet_refused() -> None:
    tables = released(EXPECTED_ALL_ALONG)
    assert outcome(tables, "aid_paid", AS_OF)["reason"] == "not_decided"
    applied(tables, aid("2026-06-01", "2026-06-01", "2026-10-01", "bevilget"))
    assert outcome(tables, "aid_paid", AS_OF)["reason"] == "not_decided", "decided after the day of assessment"
    applied(tables, aid("2026-06-01", "2026-06-01", "", "bevilget"))
    assert outcome(tables, "aid_paid", AS_OF)["reason"] == "not_decided", "granted on no day"
    for result in ("afslag", ""):
        refused = applied(released(EXPECTED_ALL_ALONG), aid("2026-06-01", "2026-06-01", "2026-07-01", result))
        assert outcome(refused, "aid_paid", AS_OF)["reason"] == "not_granted"
    not_released = one_sentence(engangshjaelp_behov="J")
    assert outcome(not_released, "aid_paid", AS_OF)["reason"] == "not_released"


def pay(tables: Tables, *applications: Row) -> tuple[Any, ...]:
    return facts(applied(tables, *applications), "aid_paid", AS_OF, *REASONS_AND_WHO_COULD_ACT)


def test_pay_on_the_day_of_release_is_in_time_and_a_refused_application_is_not_looked_at() -> None:
    granted = aid("2026-06-01", "2026-06-01", "2026-07-01", "bevilget", "2026-07-22")
    refused = aid("2026-05-01", "2026-05-01", "2026-05-10", "afslag", "2026-05-11")
    tables = applied(released(EXPECTED_ALL_ALONG), granted, refused)
    assert facts(tables, "aid_paid", AS_OF, "status", "deadline", "event_date") == (
        "met",
        date(2026, 7, 22),
        date(2026, 7, 22),
    )


def test_the_municipality_could_pay_when_an_application_was_complete_14_days_before_the_release() -> None:
    for complete, judged in (
        ("2026-07-08", ("missed", None, "kommune", True)),
        ("2026-07-09", ("missed", None, "kriminalforsorgen", False)),
    ):
        assert pay(released(EXPECTED_ALL_ALONG), aid("2026-07-01", complete, "2026-07-23", "bevilget")) == judged


def test_what_was_granted_by_the_release_the_municipality_should_have_paid_by_then() -> None:
    for decided, responsible in (("2026-07-22", "kommune"), ("2026-07-23", "kriminalforsorgen")):
        late = aid("2026-07-15", "2026-07-15", decided, "bevilget", "2026-08-01")
        assert pay(released(EXPECTED_ALL_ALONG), late) == ("late", None, responsible, False)


def test_a_grant_after_the_release_is_paid_too_late_by_whoever_was_late_with_the_decision() -> None:
    late = aid("2026-07-15", "2026-07-15", "2026-07-30", "bevilget", "2026-08-01")
    assert pay(released(EXPECTED_ALL_ALONG), late)[2] == "kriminalforsorgen"
    brought_forward = released(EXPECTED_IN_OCTOBER, ("2026-07-09", "2026-07-22"))
    assert pay(brought_forward, late)[2] == "dato_flyttet"


def test_in_a_sentence_too_short_for_a_decision_late_pay_is_nobodys_fault() -> None:
    def late_in(on: str, complete: str, decided: str) -> tuple[Any, ...]:
        tables = released(("2026-01-05", on), on=on)
        return pay(tables, aid("2026-01-06", complete, decided, "bevilget", decided))

    assert late_in("2026-01-28", "2026-01-20", "2026-01-29") == ("late", None, "kort_tid", False), "no_time"
    assert late_in("2026-01-15", "2026-01-10", "2026-01-16") == ("late", None, "kort_tid", False), "not_possible"


def test_where_another_application_was_decided_in_time_the_municipality_answers_for_late_pay() -> None:
    tables = released(EXPECTED_ALL_ALONG)
    refused = aid("2026-07-01", "", "2026-07-05", "afslag")
    granted_late = aid("2026-07-10", "2026-07-10", "2026-07-25", "bevilget", "2026-07-26")
    assert pay(tables, refused, granted_late) == ("late", None, "kommune", False)
    assert outcome(tables, "aid_decided", AS_OF)["status"] == "met"


def test_the_need_of_a_release_meeting_is_the_noted_one_and_not_the_application() -> None:
    tables = applied(released(EXPECTED_ALL_ALONG, engangshjaelp_behov="N"), aid("2026-06-01"))
    assert outcome(tables, "release_meeting_held", AS_OF)["reason"] == "no_meeting_need"


def test_a_moved_municipality_does_not_move_the_notice_of_homelessness_that_was_given_before() -> None:
    tables = told(released(EXPECTED_ALL_ALONG), "2026-06-01")
    with_rows(tables, "handlekommuner", municipality("2026-06-10", "461"))
    assert facts(tables, "homelessness_notified", AS_OF, "status", "municipality_code") == ("met", "461")

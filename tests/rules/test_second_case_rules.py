"""Single rules by hand at their edges: contacts, the home, the meeting and the release itself.

Belongs here: examples a lawyer can read, each with only the rows that matter.
Does not belong here: the duties a number of days before the release; see `test_second_aid_rules`.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.rules.one_case import (
    Tables,
    contact,
    expected_release,
    facts,
    housing_event,
    meeting,
    municipality,
    one_sentence,
    one_supervision_case,
    outcome,
    with_rows,
)

# --- contact_sentence: within 28 days ---------------------------------------------------------------------------------


def test_a_contact_on_the_28th_day_is_in_time_and_on_the_29th_late() -> None:
    for day, status in (("2026-02-02", "met"), ("2026-02-03", "late")):
        tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
        judged = outcome(with_rows(tables, "kommunekontakter", contact(day)), "contact_sentence", "2026-03-01")
        assert (judged["status"], judged["deadline"]) == (status, date(2026, 2, 2))


def test_without_a_contact_the_deadline_itself_is_still_pending() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
    on_the_day = outcome(tables, "contact_sentence", "2026-02-02")
    assert (on_the_day["status"], on_the_day["days_margin"], on_the_day["responsible"]) == ("pending", 0, None)
    day_after = outcome(tables, "contact_sentence", "2026-02-03")
    assert (day_after["status"], day_after["days_margin"]) == ("missed", -1)
    assert day_after["responsible"] == "kriminalforsorgen"


def test_one_day_less_than_a_year_gives_28_days() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2027-01-04"))
    judged = outcome(tables, "contact_sentence", "2026-01-05")
    assert (judged["reason"], judged["deadline"]) == ("within_28_days", date(2026, 2, 2))
    assert (judged["days_available"], judged["short_notice"]) == (28, False)
    assert judged["deadline_working_day"] == date(2026, 2, 2)


def test_parole_decides_the_expected_release_where_there_is_a_date_for_it() -> None:
    parole = expected_release("2027-06-01") | {"forventet_proeveloesladelse": "2027-01-04"}
    tables = with_rows(one_sentence(), "loesladelsesdatoer", parole)
    assert outcome(tables, "contact_sentence", "2026-01-05")["reason"] == "within_28_days"


def test_a_contact_to_a_municipality_that_is_no_longer_responsible_does_not_count() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-07-24"))
    with_rows(tables, "handlekommuner", municipality("2026-01-20", "461"))
    with_rows(tables, "kommunekontakter", contact("2026-01-20", code="101"))
    assert outcome(tables, "contact_sentence", "2026-01-31")["event_date"] is None
    with_rows(tables, "kommunekontakter", contact("2026-01-19", code="101"))
    assert outcome(tables, "contact_sentence", "2026-01-31")["event_date"] == date(2026, 1, 19)


# --- contact_sentence: one year before, and since when a release was known --------------------------------------------


def test_exactly_one_year_counts_back_from_the_release_and_is_short_notice() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2027-01-05"))
    judged = outcome(tables, "contact_sentence", "2026-01-05")
    assert judged["reason"] == "one_year_before"
    assert judged["deadline"] == judged["knowable_from"] == date(2026, 1, 5)
    assert (judged["days_available"], judged["short_notice"]) == (0, True)
    assert judged["deadline_working_day"] is None


def expected_over_time(*rows: tuple[str, str]) -> Tables:
    """A sentence whose release was expected, from each day on, on a date."""
    rows_of_dates = [expected_release(day, recorded=recorded) for recorded, day in rows]
    return with_rows(one_sentence(), "loesladelsesdatoer", *rows_of_dates)


def knowable_and_deadline(tables: Tables, as_of: str) -> tuple[date, date]:
    judged = outcome(tables, "contact_sentence", as_of)
    return judged["knowable_from"], judged["deadline"]


def test_a_date_brought_forward_gives_no_deadline_before_it_was_known() -> None:
    tables = expected_over_time(("2026-01-05", "2028-01-05"), ("2026-03-10", "2026-12-01"))
    assert knowable_and_deadline(tables, "2026-03-31") == (date(2026, 3, 10), date(2026, 3, 10))
    assert outcome(tables, "contact_sentence", "2026-03-31")["status"] == "missed"


@pytest.mark.parametrize("recorded_again", ["2026-12-01", "2026-12-15"])
def test_recording_the_same_or_a_later_date_anew_makes_nothing_new(recorded_again: str) -> None:
    tables = expected_over_time(
        ("2026-01-05", "2028-01-05"), ("2026-03-10", "2026-12-01"), ("2026-04-20", recorded_again)
    )
    assert knowable_and_deadline(tables, "2026-05-31")[0] == date(2026, 3, 10)


def test_an_earlier_date_is_new_from_the_day_it_was_recorded() -> None:
    tables = expected_over_time(
        ("2026-01-05", "2028-01-05"), ("2026-03-10", "2026-12-01"), ("2026-04-20", "2026-11-30")
    )
    assert knowable_and_deadline(tables, "2026-05-31")[0] == date(2026, 4, 20)


def test_a_postponed_release_has_been_expected_all_along() -> None:
    tables = expected_over_time(("2026-01-05", "2027-02-05"), ("2026-06-01", "2027-05-05"))
    assert knowable_and_deadline(tables, "2026-06-30") == (date(2026, 1, 5), date(2026, 5, 5))


def test_going_back_in_time_stops_at_the_first_date_that_was_later_also_when_one_before_it_was_not() -> None:
    tables = expected_over_time(
        ("2026-01-05", "2027-03-01"), ("2026-02-01", "2028-01-05"), ("2026-03-10", "2027-03-01")
    )
    assert knowable_and_deadline(tables, "2026-06-30")[0] == date(2026, 3, 10)


def test_a_first_date_recorded_late_is_no_excuse() -> None:
    tables = expected_over_time(("2026-06-01", "2027-02-05"))
    assert knowable_and_deadline(tables, "2026-06-30") == (date(2026, 1, 5), date(2026, 2, 5))


def test_a_date_recorded_before_the_sentence_began_was_known_when_it_began() -> None:
    tables = expected_over_time(("2025-10-01", "2028-01-05"), ("2025-12-01", "2027-03-01"))
    assert knowable_and_deadline(tables, "2026-01-31") == (date(2026, 1, 5), date(2026, 3, 1))


def test_a_contact_is_judged_by_the_release_expected_when_it_was_made() -> None:
    tables = expected_over_time(("2026-01-05", "2027-03-01"), ("2026-03-15", "2028-01-05"))
    with_rows(tables, "kommunekontakter", contact("2026-03-02"))
    assert facts(tables, "contact_sentence", "2026-12-31", "status", "deadline") == ("late", date(2026, 3, 1))


def test_without_a_contact_a_released_person_is_judged_by_what_was_expected_at_the_release() -> None:
    tables = expected_over_time(("2026-01-05", "2027-03-01"), ("2026-09-01", "2026-08-05"))
    tables["afsoningssager"][0]["faktisk_loesladelse"] = "2026-08-05"
    judged = outcome(tables, "contact_sentence", "2026-12-31")
    assert (judged["status"], judged["deadline"]) == ("missed", date(2026, 3, 1))
    assert judged["reason"] == "one_year_before"


# --- municipal_response and client_informed ---------------------------------------------------------------------------


def test_only_the_municipality_that_was_asked_can_answer_and_it_carries_the_outcome() -> None:
    tables = with_rows(one_sentence(), "kommunekontakter", contact("2026-01-20"))
    with_rows(tables, "handlekommuner", municipality("2026-01-21", "461"))
    with_rows(tables, "kommunekontakter", contact("2026-01-25", "andet", "ind", code="461"))
    columns = ("status", "event_date", "municipality_code")
    assert facts(tables, "municipal_response", "2026-03-31", *columns) == ("missed", None, "101")
    with_rows(tables, "kommunekontakter", contact("2026-02-17", "andet", "ind", code="101"))
    assert facts(tables, "municipal_response", "2026-03-31", *columns) == ("met", date(2026, 2, 17), "101")
    assert facts(tables, "contact_sentence", "2026-03-31", "municipality_code") == ("461",), "no deadline: as usual"


def test_an_answer_on_the_day_of_the_contact_counts_and_one_from_before_does_not() -> None:
    for day, event in (("2026-01-20", date(2026, 1, 20)), ("2026-01-19", None)):
        tables = with_rows(one_supervision_case(), "kommunekontakter", contact("2026-01-20"))
        with_rows(tables, "kommunekontakter", contact(day, direction="ind"))
        assert outcome(tables, "municipal_response", "2026-01-31")["event_date"] == event


def test_the_client_must_be_told_of_every_contact_that_hands_information_over() -> None:
    tables = with_rows(one_sentence(), "kommunekontakter", contact("2026-01-20"), contact("2026-02-10", "oplysninger"))
    columns = ("status", "deadline", "event_date")
    day = date(2026, 2, 10)
    assert facts(tables, "client_informed", "2026-03-01", *columns) == ("met", day, day)
    with_rows(tables, "kommunekontakter", contact("2026-01-30", "oplysninger", told=""))
    assert facts(tables, "client_informed", "2026-03-01", *columns) == ("missed", day, None)


# --- The release ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence_days", "expected", "release"),
    [
        ("30", "2026-09-29", date(2026, 9, 29)),  # Tuesday
        ("30", "2026-09-30", date(2026, 9, 30)),  # Wednesday
        ("30", "2026-10-01", date(2026, 9, 30)),  # Thursday
        ("30", "2026-10-02", date(2026, 9, 30)),  # Friday
        ("30", "2026-10-03", date(2026, 9, 30)),  # Saturday
        ("30", "2026-10-04", date(2026, 9, 30)),  # Sunday
        ("30", "2026-10-05", date(2026, 10, 5)),  # Monday
        ("29", "2026-10-02", date(2026, 10, 2)),
        ("30", "2026-12-25", date(2026, 12, 23)),  # a holiday on a Friday: the weekday decides
        ("30", "2027-03-29", date(2027, 3, 29)),  # Easter Monday: holidays change nothing
    ],
)
def test_a_release_late_in_the_week_moves_to_wednesday(sentence_days: str, expected: str, release: date) -> None:
    tables = with_rows(one_sentence(straf_dage=sentence_days), "loesladelsesdatoer", expected_release(expected))
    assert outcome(tables, "handle_municipality_clarified", "2026-09-01")["deadline"] == release


def test_an_expected_release_that_has_passed_leaves_the_release_unknown() -> None:
    tables = with_rows(one_sentence(), "loesladelsesdatoer", expected_release("2026-10-02"))
    assert outcome(tables, "handle_municipality_clarified", "2026-09-30")["status"] == "met"
    judged = outcome(tables, "handle_municipality_clarified", "2026-10-01")
    assert (judged["status"], judged["reason"]) == ("undeterminable", "expected_release_passed")
    assert (judged["deadline"], judged["municipality_code"]) == (None, "101")


@pytest.mark.parametrize(
    ("planned", "actual", "expected"),
    [
        ("2026-07-24", "2026-07-22", ("met", date(2026, 7, 22))),  # Friday advanced to Wednesday
        ("2026-07-24", "2026-07-20", ("met", date(2026, 7, 22))),  # and to the Monday before that
        ("2026-07-24", "2026-07-23", ("late", date(2026, 7, 22))),  # Thursday is not far enough
        ("2026-07-24", "2026-07-27", ("late", date(2026, 7, 22))),  # a Monday, but after: postponed
        ("2026-07-22", "2026-07-24", ("late", date(2026, 7, 22))),  # planned on a Wednesday, kept until Friday
        ("2026-08-03", "2026-07-25", ("late", date(2026, 8, 3))),  # early, but on a Saturday
        ("", "2026-07-26", ("late", date(2026, 7, 22))),  # a Sunday and no planned day
        ("", "2026-07-22", ("not_applicable", None)),
        ("2026-07-20", "2026-07-21", ("not_applicable", None)),  # postponed, but never late in a week
    ],
)
def test_a_release_late_in_the_week_must_be_advanced_and_not_postponed(
    planned: str, actual: str, expected: tuple[str, date | None]
) -> None:
    tables = one_sentence(faktisk_loesladelse=actual, oprindelig_loesladelse=planned)
    judged = outcome(tables, "release_advanced", "2026-09-30")
    assert (judged["status"], judged["deadline"]) == expected
    assert judged["days_margin"] is None
    assert judged["reason"] == ("not_thursday_to_sunday" if expected[0] == "not_applicable" else None)


def test_a_short_sentence_is_not_advanced_and_a_late_one_ahead_of_its_deadline_is_not_due() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-24", straf_dage="29")
    assert outcome(tables, "release_advanced", "2026-09-30")["reason"] == "sentence_under_30_days"
    tables = one_sentence(faktisk_loesladelse="2026-07-23", oprindelig_loesladelse="2026-07-31")
    columns = ("status", "deadline", "could_act")
    assert facts(tables, "release_advanced", "2026-07-23", *columns) == ("late", date(2026, 7, 29), None)
    assert facts(tables, "release_advanced", "2026-07-30", *columns) == ("late", date(2026, 7, 29), True)


# --- The release meeting ----------------------------------------------------------------------------------------------


def test_a_meeting_is_called_three_months_before_unless_the_sentence_is_shorter_than_that() -> None:
    tables = with_rows(one_sentence(tilsyn_vilkaar="J"), "loesladelsesdatoer", expected_release("2026-04-05"))
    judged = outcome(tables, "release_meeting_called", "2026-02-28")
    assert (judged["status"], judged["deadline"], judged["days_available"]) == ("missed", date(2026, 1, 5), 0)
    tables = with_rows(one_sentence(tilsyn_vilkaar="J"), "loesladelsesdatoer", expected_release("2026-04-04"))
    assert outcome(tables, "release_meeting_called", "2026-02-28")["reason"] == "short_sentence"
    assert outcome(tables, "release_meeting_held", "2026-02-28")["status"] == "pending"


def test_a_meeting_after_a_date_brought_forward_is_due_when_that_was_known_and_only_with_the_municipality() -> None:
    tables = with_rows(
        one_sentence(tilsyn_vilkaar="J"),
        "loesladelsesdatoer",
        expected_release("2026-12-01"),
        expected_release("2026-07-01", recorded="2026-05-01"),
        expected_release("2026-07-01", recorded="2026-05-20"),
    )
    with_rows(tables, "loesladelsesmoeder", meeting("2026-03-01", invited="N"))
    columns = ("status", "deadline", "knowable_from", "days_available", "short_notice")
    known = date(2026, 5, 1)
    assert facts(tables, "release_meeting_called", "2026-06-01", *columns) == ("missed", known, known, 0, True)
    with_rows(tables, "loesladelsesmoeder", meeting("2026-05-20"))
    assert facts(tables, "release_meeting_called", "2026-06-01", "status", "deadline") == ("late", known)


def test_a_meeting_counts_as_held_only_when_the_municipality_came_and_it_had_been_called() -> None:
    tables = one_sentence(tilsyn_vilkaar="J", faktisk_loesladelse="2026-07-22")
    with_rows(tables, "loesladelsesmoeder", meeting("2026-06-01", held="2026-06-10", came="N"))
    with_rows(tables, "loesladelsesmoeder", meeting("2026-08-02", held="2026-07-01"))
    assert outcome(tables, "release_meeting_held", "2026-08-01")["status"] == "missed"
    assert outcome(tables, "release_meeting_held", "2026-08-02")["status"] == "met", "called, as of that day"


# --- The home ---------------------------------------------------------------------------------------------------------

RELEASED_WITH_A_NEED = {"faktisk_loesladelse": "2026-07-22", "bolig_behov": "J"}


def test_an_explanation_stands_in_for_a_registration_but_only_in_its_own_rule() -> None:
    tables = one_sentence(**RELEASED_WITH_A_NEED, bolig_begrundelse="ønsker ikke")
    assert facts(tables, "housing_registered", "2026-09-30", "status", "reason") == ("missed", "documented")
    lenient = outcome(tables, "housing_registered_or_explained", "2026-09-30")
    assert (lenient["status"], lenient["reason"]) == ("met", "documented")
    assert (lenient["event_date"], lenient["days_margin"]) == (None, None)


@pytest.mark.parametrize("rule_id", ["housing_registered", "housing_registered_or_explained"])
def test_who_leaves_for_a_home_of_their_own_is_housed_whatever_the_list_says(rule_id: str) -> None:
    tables = one_sentence(**RELEASED_WITH_A_NEED, bolig_ved_loesladelse="egen", bolig_begrundelse="ønsker ikke")
    columns = ("status", "reason", "event_date", "days_margin", "event_after_release")
    assert facts(tables, rule_id, "2026-09-30", *columns) == ("met", "housed", None, None, None)
    with_rows(tables, "bolighaendelser", housing_event("2026-07-23", "opskrevet"))
    assert facts(tables, rule_id, "2026-09-30", *columns) == ("met", "housed", None, None, None)
    with_rows(tables, "bolighaendelser", housing_event("2026-02-01", "opskrevet", "in time"))
    registered = ("met", None, date(2026, 2, 1), 171, False)
    assert facts(tables, rule_id, "2026-09-30", *columns) == registered


@pytest.mark.parametrize("home", ["midlertidig", "udslusning", "herberg", "hjemloes", ""])
def test_no_other_place_than_a_home_of_their_own_counts_as_housed(home: str) -> None:
    tables = one_sentence(**RELEASED_WITH_A_NEED, bolig_ved_loesladelse=home)
    assert facts(tables, "housing_registered", "2026-09-30", "status", "reason") == ("missed", "not_registered")


def test_a_registration_after_the_release_is_late_and_one_that_ran_out_has_lapsed() -> None:
    tables = one_sentence(**RELEASED_WITH_A_NEED)
    with_rows(tables, "bolighaendelser", housing_event("2025-07-21", "opskrevet"))
    assert facts(tables, "housing_registered", "2026-07-22", "status", "reason") == ("pending", "lapsed")
    assert facts(tables, "housing_registered", "2026-07-23", "status", "reason") == ("missed", "lapsed")
    with_rows(tables, "bolighaendelser", housing_event("2026-07-23", "opskrevet", "too late"))
    columns = ("status", "reason", "event_after_release")
    assert facts(tables, "housing_registered", "2026-09-30", *columns) == ("late", None, True)


def test_a_registration_is_active_until_a_year_after_its_newest_renewal() -> None:
    for release, status in (("2026-07-21", "met"), ("2026-07-22", "missed")):
        tables = one_sentence(faktisk_loesladelse=release, bolig_behov="J")
        with_rows(tables, "bolighaendelser", housing_event("2024-08-01", "opskrevet"))
        with_rows(tables, "bolighaendelser", housing_event("2025-07-21", "fornyet"))
        assert outcome(tables, "housing_registered", "2026-09-30")["status"] == status


def test_the_worst_of_two_registrations_decides_and_renewals_due_before_the_sentence_are_left_out() -> None:
    tables = one_sentence(bolig_behov="J")
    with_rows(tables, "bolighaendelser", housing_event("2024-01-04", "opskrevet", "before"))
    with_rows(tables, "bolighaendelser", housing_event("2026-01-04", "fornyet", "before"))
    assert outcome(tables, "housing_renewed", "2026-09-30")["status"] == "pending"
    with_rows(tables, "bolighaendelser", housing_event("2025-01-05", "opskrevet", "late"))
    with_rows(tables, "bolighaendelser", housing_event("2026-01-06", "fornyet", "late"))
    judged = outcome(tables, "housing_renewed", "2026-09-30")
    assert (judged["status"], judged["deadline"]) == ("late", date(2026, 1, 5))


# --- The info house ---------------------------------------------------------------------------------------------------


def test_the_info_house_hears_three_months_before_unless_case_or_date_came_to_be_known_after_that() -> None:
    def deadline(marked: str, *dates: tuple[str, str]) -> date:
        tables = expected_over_time(*dates)
        tables["afsoningssager"][0]["faktisk_loesladelse"] = "2026-07-22"
        with_rows(tables, "infohus", {"markeret": marked})
        return outcome(tables, "infohus_notified", "2026-09-30")["deadline"]

    all_along = ("2026-01-05", "2026-07-22")
    three_months_before, release = date(2026, 4, 22), date(2026, 7, 22)
    assert deadline("2026-04-22", all_along) == three_months_before
    assert deadline("2026-04-23", all_along) == release
    assert deadline("2026-01-05", ("2026-01-05", "2026-12-01"), ("2026-04-22", "2026-07-22")) == three_months_before
    assert deadline("2026-01-05", ("2026-01-05", "2026-12-01"), ("2026-04-23", "2026-07-22")) == release
    assert deadline("2026-01-05", all_along, ("2026-05-20", "2026-07-22")) == three_months_before, "nothing new"

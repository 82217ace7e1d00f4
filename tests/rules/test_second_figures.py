"""The figures and the releases of the second implementation by hand.

Belongs here: where and when an outcome counts, rates and own rates, and what a release is described by.
Does not belong here: the outcomes themselves, and figures of a warehouse.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.rules.delivery_reader import Tables
from tests.rules.one_case import (
    aid,
    contact,
    expected_release,
    meeting,
    municipality,
    one_sentence,
    with_rows,
)
from tests.rules.second_figures import NATION, Place, figures, periods_until, placed
from tests.rules.second_implementation import RESTRICTED_RULES, judge_cases
from tests.rules.second_releases import releases, summary

AS_OF = date(2026, 9, 30)
LONG_AGO = date(2007, 1, 1)
PLACES = {
    "101": [Place("1084", "Øst", LONG_AGO)],
    "461": [Place("1083", "Øst", LONG_AGO, date(2026, 7, 7)), Place("1083", "Vest", date(2026, 7, 8))],
}
UNITS = [
    NATION,
    ("area", "Øst"),
    ("area", "Vest"),
    ("region", "1083"),
    ("municipality", "101"),
    ("municipality", "461"),
    ("institution", "I000"),
]

Figure = dict[str, Any]


def an_outcome(status: str, deadline: date, **values: Any) -> Figure:
    """One outcome of a case in municipality 101."""
    usual = {"case_id": "A", "rule_id": "aid_decided", "as_of": AS_OF, "municipality_code": "101"}
    usual |= {"institution_code": "I000", "days_margin": None, "short_notice": None, "reason": None}
    return usual | {"responsible": None, "could_act": False, "status": status, "deadline": deadline} | values


def figure(outcomes: list[Figure], unit: tuple[str, str], kind: str, period: str, rule: str = "aid_decided") -> Figure:
    found = figures(
        placed(outcomes, PLACES),
        AS_OF,
        units=UNITS,
        rules=[rule, "infohus_notified"],
        restricted_rules=RESTRICTED_RULES,
    )
    return found[(*unit, kind, period, rule)]


def test_periods_begin_five_years_before_and_a_quarter_is_not_complete_on_its_last_day() -> None:
    periods = periods_until(AS_OF)
    quarters = [period.name for period in periods if period.kind == "quarter"]
    assert (quarters[0], quarters[-1], len(quarters)) == ("2021-Q1", "2026-Q3", 23)
    assert next(period.name for period in periods if period.kind == "year") == "2021"
    first_rolling = next(period for period in periods if period.kind == "rolling4")
    assert (first_rolling.name, first_rolling.first_day) == ("2021-Q1", date(2020, 4, 1)), "the whole window"
    assert figure([], NATION, "quarter", "2026-Q2")["is_complete"] is True
    assert figure([], NATION, "quarter", "2026-Q3")["is_complete"] is False


def test_only_deadlines_before_the_day_of_assessment_count_and_what_is_not_due_leaves_no_rate() -> None:
    outcomes = [
        an_outcome("met", date(2026, 9, 30), could_act=None),
        an_outcome("pending", date(2026, 9, 30), could_act=None),
    ]
    counted = figure(outcomes, NATION, "quarter", "2026-Q3")
    assert (counted["due"], counted["rate"], counted["rate_low"], counted["own_rate"]) == (0, None, None, None)
    assert figure([an_outcome("met", date(2026, 9, 29))], NATION, "quarter", "2026-Q3")["rate"] == 1


def test_the_own_rate_is_over_those_who_could_act_and_a_moved_date_is_no_fault_of_theirs() -> None:
    day = date(2026, 7, 8)
    outcomes = [
        an_outcome("met", day, could_act=True, days_margin=3),
        an_outcome("met", day, could_act=False, days_margin=0),
        an_outcome("late", day, could_act=True, reason="date_moved", responsible="dato_flyttet", days_margin=-9),
        an_outcome("missed", day, could_act=True, reason="decision_late", responsible="kommune", days_margin=-84),
        an_outcome("missed", day, could_act=False, reason="date_moved", responsible="dato_flyttet", days_margin=-84),
        an_outcome("missed", day, could_act=False, reason="no_time", responsible="kort_tid", days_margin=-84),
    ]
    counted = figure(outcomes, ("municipality", "101"), "quarter", "2026-Q3")
    assert (counted["due"], counted["met"], counted["late"], counted["missed"]) == (6, 2, 1, 3)
    assert (counted["own_due"], counted["own_met"]) == (3, 2)
    assert counted["rate"] == pytest.approx(1 / 3) and counted["own_rate"] == pytest.approx(2 / 3)
    assert [counted[f"responsible_{party}"] for party in ("kriminalforsorgen", "kommune", "dato_flyttet")] == [0, 1, 2]
    assert counted["responsible_kort_tid"] == 1
    assert counted["median_days_margin"] == (-9 - 84) / 2


def test_the_interval_is_wilsons() -> None:
    outcomes = [an_outcome("met", date(2026, 7, 8), could_act=True) for _ in range(9)]
    outcomes.append(an_outcome("late", date(2026, 7, 8), could_act=True))
    counted = figure(outcomes, NATION, "quarter", "2026-Q3")
    # Nine of ten: 59.6 to 98.2 per cent, as tables of the Wilson interval have it.
    assert counted["rate_low"] == counted["own_rate_low"] == pytest.approx(0.5958, abs=5e-5)
    assert counted["rate_high"] == counted["own_rate_high"] == pytest.approx(0.9821, abs=5e-5)


def test_an_outcome_counts_in_its_quarter_its_year_and_the_four_rolling_periods_that_hold_it() -> None:
    outcomes = [an_outcome("met", date(2025, 11, 1))]
    found = figures(placed(outcomes, PLACES), AS_OF, units=[NATION], rules=["aid_decided"], restricted_rules=())
    counted_in = {key[2:4] for key, row in found.items() if row["due"]}
    rolling = {("rolling4", quarter) for quarter in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")}
    assert counted_in == {("quarter", "2025-Q4"), ("year", "2025")} | rolling


def test_the_area_is_the_one_the_municipality_belonged_to_on_the_deadline() -> None:
    for deadline, area in ((date(2026, 7, 7), "Øst"), (date(2026, 7, 8), "Vest")):
        outcomes = [an_outcome("met", deadline, municipality_code="461")]
        for name in ("Øst", "Vest"):
            assert figure(outcomes, ("area", name), "year", "2026")["due"] == (name == area)


def test_without_a_municipality_an_outcome_counts_in_the_nation_alone() -> None:
    outcomes = [an_outcome("met", date(2026, 7, 8), municipality_code=None)]
    assert [figure(outcomes, unit, "year", "2026")["due"] for unit in UNITS] == [1, 0, 0, 0, 0, 0, 0]


def test_a_restricted_rule_is_counted_for_the_nation_and_has_no_row_below() -> None:
    outcomes = [an_outcome("met", date(2026, 7, 8), rule_id="infohus_notified")]
    assert figure(outcomes, NATION, "year", "2026", "infohus_notified")["due"] == 1
    with pytest.raises(KeyError):
        figure(outcomes, ("municipality", "101"), "year", "2026", "infohus_notified")


# --- Releases ---------------------------------------------------------------------------------------------------------


def release_rows(tables: Tables, as_of: date = AS_OF) -> list[Figure]:
    return releases(tables, as_of, judge_cases(tables, as_of), PLACES)


def the_release(tables: Tables, as_of: date = AS_OF) -> Figure:
    (found,) = release_rows(tables, as_of)
    return found


def test_a_release_is_one_of_a_sentence_inside_the_cooperation_before_the_day_of_assessment() -> None:
    released = one_sentence(faktisk_loesladelse="2026-09-29")
    assert the_release(released)["release_date"] == date(2026, 9, 29)
    assert release_rows(released, date(2026, 9, 29)) == [], "not before the day itself is over"
    for outside in ({"varetaegt": "J"}, {"udvist": "J"}, {"straf_ivaerksat": "2026-10-01"}):
        assert release_rows(one_sentence(faktisk_loesladelse="2026-09-29", **outside)) == []
    assert release_rows(one_sentence()) == []


@pytest.mark.parametrize(
    ("days", "length"),
    [
        ("29", "under_30_days"),
        ("30", "30_to_121_days"),
        ("121", "30_to_121_days"),
        ("122", "122_to_364_days"),
        ("364", "122_to_364_days"),
        ("365", "365_days_or_more"),
    ],
)
def test_the_length_of_a_sentence_is_told_in_four_bands(days: str, length: str) -> None:
    assert the_release(one_sentence(faktisk_loesladelse="2026-07-22", straf_dage=days))["sentence_length"] == length


def test_the_units_of_a_release_are_those_of_the_municipality_in_force_on_the_day() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-08", loesladelse_art="proeve", maalgruppe="1")
    with_rows(tables, "handlekommuner", municipality("2026-07-08", "461"), municipality("2026-07-09", "101"))
    found = the_release(tables)
    assert (found["municipality_code"], found["region_code"], found["area"]) == ("461", "1083", "Vest")
    assert (found["institution_code"], found["target_group"], found["release_kind"]) == ("I000", "1", "proeve")
    assert (found["release_month"], found["release_weekday"]) == (7, 3), "a Wednesday"


@pytest.mark.parametrize(
    ("home", "need", "clarified", "known_need", "unprepared"),
    [
        ("hjemloes", "J", "2026-07-22", "J", False),
        ("hjemloes", "J", "2026-07-23", None, True),  # found out after the release
        ("herberg", "J", "", "J", False),  # undated counts as known
        ("herberg", "N", "2026-02-01", "N", True),
        ("hjemloes", "", "", None, True),
        ("egen", "N", "", "N", False),
        ("", "N", "", "N", None),
    ],
)
def test_homeless_without_a_need_known_by_the_release_is_unprepared(
    home: str, need: str, clarified: str, known_need: str | None, unprepared: bool | None
) -> None:
    values = {"bolig_ved_loesladelse": home, "bolig_behov": need, "bolig_behov_afklaret": clarified}
    found = the_release(one_sentence(faktisk_loesladelse="2026-07-22", **values))
    assert found["housing_at_release"] == (home or None)
    assert (found["housing_need"], found["unprepared"]) == (known_need, unprepared)


def test_what_was_told_and_assessed_counts_when_it_was_by_the_release() -> None:
    for day, in_time in (("2026-07-22", True), ("2026-07-23", False)):
        tables = one_sentence(faktisk_loesladelse="2026-07-22", ls_rnr_niveau="lav", ls_rnr_dato=day)
        with_rows(tables, "kommunekontakter", contact(day, "underretning"), contact(day, "loesladelse"))
        found = the_release(tables)
        assert [found[column] for column in ("notified_of_admission", "told_of_release", "assessed")] == [in_time] * 3
    elsewhere = with_rows(
        one_sentence(faktisk_loesladelse="2026-07-22"),
        "kommunekontakter",
        contact("2026-02-01", "loesladelse", code="461"),
    )
    assert the_release(elsewhere)["told_of_release"] is False, "another municipality than the one in force"


@pytest.mark.parametrize(
    ("attached", "ended", "has_mentor"),
    [
        ("2026-07-22", "", True),
        ("2026-07-23", "", False),
        ("2026-02-01", "2026-07-22", False),
        ("2026-02-01", "2026-07-23", True),
    ],
)
def test_a_mentor_counts_who_was_there_by_the_release_and_stayed(attached: str, ended: str, has_mentor: bool) -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22")
    assert the_release(tables)["has_mentor"] is False
    with_rows(tables, "mentorforloeb", {"tilknyttet": attached, "ophoert": ended})
    assert the_release(tables)["has_mentor"] is has_mentor


def test_what_comes_from_a_file_that_was_not_delivered_is_not_known() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22")
    del tables["mentorforloeb"]
    assert the_release(tables)["has_mentor"] is None


def test_the_form_of_the_first_meeting_counts_whoever_took_part() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22")
    assert the_release(tables)["release_meeting_form"] == "none"
    with_rows(tables, "loesladelsesmoeder", meeting("2026-06-01", held="2026-07-23", form="mail"))
    assert the_release(tables)["release_meeting_form"] == "none", "held after the release"
    with_rows(tables, "loesladelsesmoeder", meeting("2026-06-01", "2026-07-10", "N", "N", "fysisk", moede_id="9"))
    with_rows(tables, "loesladelsesmoeder", meeting("2026-06-01", "2026-07-10", form="video", moede_id="10"))
    assert the_release(tables)["release_meeting_form"] == "video", "as text 10 comes before 9"
    with_rows(tables, "loesladelsesmoeder", meeting("2026-06-01", "2026-07-09", form=""))
    assert the_release(tables)["release_meeting_form"] is None


def test_a_whole_release_kept_every_core_duty_that_has_come_due() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-01-21", tilsyn_vilkaar="J", straf_dage="20")
    with_rows(tables, "loesladelsesdatoer", expected_release("2026-01-21"))
    with_rows(tables, "loesladelsesmoeder", meeting("2026-01-10", held="2026-01-20") | {"kif_inviteret": "J"})

    def core(as_of: date) -> tuple[Any, ...]:
        found = the_release(tables, as_of)
        return found["core_due"], found["core_met"], found["whole_release"]

    assert core(date(2026, 2, 2)) == (2, 2, True), "the contact within 28 days is not due yet"
    assert core(date(2026, 2, 3)) == (3, 2, False)
    nothing_due = one_sentence(faktisk_loesladelse="2026-01-21", handleplanspligt="N")
    found = the_release(nothing_due)
    assert (found["core_due"], found["core_met"], found["whole_release"]) == (0, 0, None)


def test_the_summary_counts_a_release_under_each_of_its_values_in_every_unit_and_period() -> None:
    tables = one_sentence(faktisk_loesladelse="2026-07-22", engangshjaelp_behov="J", handleplanspligt="N")
    with_rows(tables, "engangshjaelp", aid("2026-06-01", "2026-06-01", "2026-07-01", "bevilget", "2026-08-01"))
    found = summary(release_rows(tables), AS_OF)
    # Decided in time, paid too late, and no release meeting.
    counts = {"releases": 1, "with_core_due": 1, "whole_releases": 0, "core_due": 3, "core_met": 1}
    for dimension, value in (("all", "all"), ("release_weekday", "3"), ("housing_need", "not_stated")):
        assert found[("municipality", "101", "quarter", "2026-Q3", dimension, value)] == counts
        assert found[("institution", "I000", "rolling4", "2026-Q3", dimension, value)] == counts
        assert found[("national", "DK", "year", "2026", dimension, value)] == counts
    assert ("municipality", "101", "quarter", "2026-Q2", "all", "all") not in found

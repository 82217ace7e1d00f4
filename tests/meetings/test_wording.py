"""Golden sentences of the packs: what is said, and that it is never more certain than its figures."""

from __future__ import annotations

import datetime

from pipelines.units import Key
from reports.figures.standing_out import Compared, Count, Finding
from reports.meetings import meeting_words
from reports.meetings.control_chart import control_chart
from reports.meetings.proposals import OpenTopic, change_topic, gap_topic, good_practice
from tests.meetings.test_control_chart import MEETING, STEADY, series
from tests.reports.small_world import world

RULES = {rule.rule_id: rule for rule in world().rules}
NAMES = meeting_words.names(world())
AREA: Key = ("area", "Øst")
TOWN: Key = ("municipality", "101")


def plain(text: str) -> str:
    """Return the text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def gap(unit: Key, now: Count, other: Count) -> Finding:
    """Return a gap that is found for certain."""
    found = gap_topic([Compared("contact_sentence", unit, now, other)], [])
    assert found is not None
    return found


def test_a_gap_of_the_area_is_told_with_counts_and_uncertainty() -> None:
    sentence = meeting_words.gap_sentence(gap(AREA, Count(1204, 812), Count(1310, 1021)), RULES, NAMES)
    assert plain(sentence) == (
        "Kommunen kontaktet om handleplan: Kriminalforsorgen Øst havde 812 af 1.204 sager (67 pct.) til tiden, "
        "og resten af "
        "landet 1.021 af 1.310 sager (78 pct.). Forskellen er 10 procentpoint (usikkerhed: 7 til 14)."
    )


def test_a_gap_of_a_municipality_is_seen_against_the_rest_of_its_area() -> None:
    sentence = plain(meeting_words.gap_sentence(gap(TOWN, Count(100, 30), Count(900, 700)), RULES, NAMES))
    assert sentence.startswith("Kommunen kontaktet om handleplan: Københavns Kommune havde 30 af 100 sager (30 pct.)")
    assert "resten af området 700 af 900 sager (78 pct.)" in sentence


def test_a_change_says_which_way() -> None:
    up = change_topic([Compared("aid_decided", AREA, Count(400, 320), Count(400, 200))], [])
    down = change_topic([Compared("aid_decided", AREA, Count(400, 200), Count(400, 320))], [])
    assert up is not None and down is not None
    assert plain(meeting_words.change_sentence(up, RULES, NAMES)) == (
        "Afgørelse om engangshjælp før løsladelsen: Kriminalforsorgen Øst er gået frem fra 200 af 400 sager (50 "
        "pct.) til 320 "
        "af 400 sager (80 pct.) til tiden, hvor kommunerne kunne nå det. Forskellen er 30 "
        "procentpoint (usikkerhed: 24 til 36)."
    )
    assert "er gået tilbage fra 320" in plain(meeting_words.change_sentence(down, RULES, NAMES))


def test_the_note_says_how_many_comparisons_there_were() -> None:
    assert plain(meeting_words.certainty_note(gap(AREA, Count(1204, 812), Count(1310, 1021)))) == (
        "Fundet blandt 1 sammenligning med eksakte test. Risikoen for, at rene tilfældigheder giver blot ét emne "
        "om forskel "
        "eller ændring, er holdt på højst 2 pct. i alt (Holms metode)."
    )


def test_the_urgent_duty_is_told_with_its_oldest_deadline_and_institutions() -> None:
    topic = OpenTopic("aid_decided", 2, 1, 7, 10, datetime.date(2026, 7, 2), (("F01", 2), ("", 1)))
    names = {"F01": "Nyborg Fængsel"}
    assert meeting_words.urgent_sentence(topic, RULES, names) == (
        "Afgørelse om engangshjælp før løsladelsen: 2 er overskredne med højst 60 dage og kan stadig opfyldes; 1 har "
        "frist inden for 14 dage. Flest hos Nyborg Fængsel (2), ukendt enhed (1). Desuden mangler 7, hvis frist "
        "er længere overskredet; den ældste frist var 2. juli 2026."
    )
    single = OpenTopic("aid_decided", 1, 0, 0, 1, datetime.date(2026, 7, 2), (("F01", 1),))
    assert ": 1 er overskredet med højst 60 dage og kan stadig opfyldes. Flest hos" in meeting_words.urgent_sentence(
        single, RULES, names
    )


def test_a_curve_of_quarters_is_summed_up_with_its_counts() -> None:
    rule = next(rule for rule in RULES.values() if rule.rule_id == "housing_registered")
    assert plain(meeting_words.course_sentence(rule, Count(0, 0), Count(534, 265))) == (
        f"{rule.title}: før ingen sager, nu 265 af 534 sager (50 pct.) til tiden."
    )


def test_good_practice_names_the_progress_and_no_rank() -> None:
    found = good_practice([Compared("aid_decided", TOWN, Count(90, 80), Count(90, 30))])
    assert plain(meeting_words.practice_sentence(found[0], RULES, NAMES)) == (
        "Københavns Kommune, afgørelse om engangshjælp før løsladelsen: fra 30 af 90 sager (33 pct.) til 80 af "
        "90 sager "
        "(89 pct.)."
    )
    assert "ingen rangorden" in meeting_words.practice_note()


def test_a_movement_is_claimed_only_where_points_allow_it() -> None:
    few = control_chart(series(STEADY[:3], [(40, 30)] * 4), MEETING)
    same = control_chart(series(STEADY, [(40, 20)] * 4), MEETING)
    moved = control_chart(series(STEADY, [(40, 34)] * 7), MEETING)
    assert plain(meeting_words.movement_sentence(few)) == (
        "Før mødet: 60 af 120 sager (50 pct.). Efter: 120 af 160 sager (75 pct.). For få punkter til at sige, om "
        "tallet har "
        "flyttet sig."
    )
    assert meeting_words.movement_sentence(same).endswith("ikke flyttet sig mere, end det svinger af sig selv.")
    assert "flyttet sig op siden mødet" in meeting_words.movement_sentence(moved)
    assert meeting_words.movement_sentence(control_chart([], MEETING)).startswith(
        "Før mødet: ingen sager. Efter: ingen sager"
    )

"""Sentences are never more certain than the figures, and "brud" is said of statutory duties alone."""

from __future__ import annotations

import dataclasses
import datetime
import re

import pytest

from reports.figures.data import Figure, Rule, Unit
from reports.figures.judged import has_own_rate
from reports.figures.provisional import complete_from, is_provisional
from reports.figures.published_rows import RevisionRow
from reports.figures.statistics import wilson
from reports.words import wording
from reports.words.readings import READINGS, readings
from tests.reports.made_rows import revision
from tests.reports.small_world import world
from tests.shared_material import SHARED, needs_shared


def figure(
    met: int, due: int, *, late: int | None = None, prison: int = 0, municipality: int = 0, whole: bool = True
) -> Figure:
    behind = due - met if late is None else late
    interval = (met / due, *wilson(met, due)) if due else (None, None, None)
    return Figure(due, met, behind, due - met - behind, *interval, whole, None, 0, prison, municipality, 0)


def rule(rule_id: str) -> Rule:
    return next(one for one in world().rules if one.rule_id == rule_id)


def own(due: int, met: int, mine: tuple[int, int], *, prison: int, municipality: int, moved: int = 0) -> Figure:
    """Return a figure whose own part is known: (own due, own met)."""
    plain = figure(met, due, prison=prison, municipality=municipality)
    return plain._replace(by_moved_date=moved, own_due=mine[0], own_met=mine[1])


def test_what_the_citizens_met_is_told_with_what_the_lateness_came_of() -> None:
    late = own(247, 53, (56, 53), prison=171, municipality=3, moved=20)
    assert wording.citizens_sentence(rule("aid_decided"), late, "municipality") == (
        "Det, borgerne mødte: 53 af 247 til tiden. Af de 194 andre skyldtes 171, at ansøgningen ikke var klar i tide, "
        "og 20, at løsladelsesdatoen blev flyttet. Kun de 3, som kommunen var ansvarlig for, regnes som brud på "
        "aktivlovens § 25 a."
    )
    assert wording.citizens_sentence(rule("aid_decided"), own(9, 9, (8, 8), prison=0, municipality=0), "region") == (
        "Det, borgerne mødte: 9 af 9 til tiden."
    )
    none_own = own(10, 9, (9, 9), prison=1, municipality=0)
    assert wording.citizens_sentence(rule("aid_paid"), none_own, "municipality") == (
        "Det, borgerne mødte: 9 af 10 til tiden. Den ene, der ikke var til tiden, skyldtes, at ansøgningen ikke var "
        "klar i tide. Kommunen var ikke årsag til den."
    )
    moved = own(20, 10, (14, 10), prison=4, municipality=0, moved=6)
    assert wording.citizens_sentence(rule("homelessness_notified"), moved, "institution") == (
        "Det, borgerne mødte: 10 af 20 til tiden. Af de 10 andre skyldtes 6, at løsladelsesdatoen blev flyttet. "
        "4 var Kriminalforsorgens egne."
    )


def a_revision(period: str, first: tuple[int, int], now: tuple[int, int], **own: int | None) -> RevisionRow:
    """Return a changed figure as (due, met) first and now; own figures are the same unless they are given."""
    told = {"first_due": first[0], "first_met": first[1], "due": now[0], "met": now[1]}
    same = {"first_own_due": first[0], "first_own_met": first[1], "own_due": now[0], "own_met": now[1]}
    return revision(period=period, **(told | same | own))


def test_how_much_a_dutys_earlier_quarters_moved_is_told_by_the_figure_the_duty_is_told_by() -> None:
    contact, aid = rule("contact_sentence"), rule("aid_decided")
    moved = [a_revision("2026-Q1", (40, 31), (44, 35)), a_revision("2026-Q2", (50, 20), (50, 22))]
    assert wording.movement_sentence(contact, moved, "2026-Q3", 2) == (
        " Siden første udgivelse er ændret: 2. kvt. 2026 fra 20 af 50 til 22 af 50, 1. kvt. 2026 fra 31 af 40 til "
        "35 af 44."
    )
    assert wording.movement_sentence(contact, [], "2026-Q3", 2).endswith("der er udgivet før, har ændret sig siden.")
    assert wording.movement_sentence(contact, [], "2026-Q3", 0) == "", "nothing to measure against says nothing"
    own = a_revision("2026-Q2", (50, 20), (50, 22), first_own_due=21, first_own_met=20, own_due=24, own_met=20)
    assert "2. kvt. 2026 fra 20 af 21 til 20 af 24" in wording.movement_sentence(aid, [own], "2026-Q3", 1)
    unknown = a_revision("2026-Q2", (50, 20), (50, 22), first_own_due=None, first_own_met=None)
    assert wording.movement_sentence(aid, [unknown], "2026-Q3", 1).startswith(" Ingen kvartaler")
    many = [a_revision(f"2025-Q{number}", (40, 31), (44, 35)) for number in (1, 2, 3, 4)]
    assert wording.movement_sentence(contact, many, "2026-Q3", 3).endswith(" og 1 ældre.")
    newest = a_revision("2026-Q3", (10, 5), (20, 9))
    assert "3. kvt. 2026 fra 5 af 10 til 9 af 20" in wording.movement_sentence(contact, [newest], "2026-Q3", 1)


def test_a_duty_due_before_the_release_is_provisional_until_the_releases_behind_it_have_been() -> None:
    notified, aid, contact = (rule(one) for one in ("homelessness_notified", "aid_decided", "contact_sentence"))
    last = datetime.date(2026, 9, 30)
    assert all(is_provisional(one, "2026-Q3", last) for one in (notified, aid, contact))
    after = datetime.date(2026, 10, 1)
    assert [is_provisional(one, "2026-Q3", after) for one in (notified, aid, contact)] == [True, True, False]
    assert is_provisional(aid, "2026-Q3", datetime.date(2026, 10, 14))
    assert not is_provisional(aid, "2026-Q3", datetime.date(2026, 10, 15))
    assert complete_from(notified, "2026-Q3") == datetime.date(2026, 10, 29)
    assert not is_provisional(notified, "2026-Q3", datetime.date(2026, 10, 29))
    open_quarter = wording.provisional_sentence("2026-Q3", last, complete_from(contact, "2026-Q3"))
    assert open_quarter == "3. kvartal 2026 er foreløbigt: kun frister før 30. september 2026 er talt med."
    waiting = wording.provisional_sentence("2026-Q3", after, complete_from(notified, "2026-Q3"))
    assert waiting.endswith("kan komme efter kvartalet. Tallet kan først være helt 29. oktober 2026.")
    assert wording.provisional_words("2026-Q3", ["x", "", ""]) == "3. kvartal 2026 er foreløbigt for 1 af 3 pligter"
    assert wording.provisional_words("2026-Q3", ["x", "x"]) == "3. kvartal 2026 er foreløbigt"
    assert wording.provisional_words("2026-Q3", ["", ""]) == ""


def test_what_a_page_shows_and_leaves_open_is_said_in_the_right_number() -> None:
    assert wording.shown_sentence(20, 20) == "Siden viser andelen for alle 20 pligter."
    assert wording.shown_sentence(19, 20).endswith("for den sidste er tallene skjult, eller der er ingen frister.")
    assert wording.shown_sentence(12, 20).startswith("Siden viser andelen for 12 af 20 pligter; for de 8 andre")
    assert wording.shown_sentence(0, 20).startswith("Siden viser ingen andele")
    one = wording.bounds_sentence(1, "ingen dato: 1", 0.5, 0.52)
    assert one.startswith("1 sag fra det seneste år kan ikke afgøres") and "hvis den ikke blev gjort" in one
    many = wording.bounds_sentence(2, "ingen dato: 2", 0.5, 0.52)
    assert "hvis ingen af dem blev gjort" in many and "hvis alle blev gjort til tiden" in many


def test_no_sentence_ends_with_two_full_stops() -> None:
    nation = figure(800, 1000)
    for met in range(21):
        assert not wording.comparison_sentence(figure(met, 20), nation).endswith("..")


@pytest.mark.parametrize("before", [figure(10, 19), Figure(None, None, None, None, None, None, None), None])
def test_a_change_is_not_judged_on_few_or_hidden_cases(before: Figure | None) -> None:
    said = wording.change_sentence(figure(80, 100), before)
    assert not re.search("fremgang|tilbagegang", said)


def test_a_change_is_named_only_when_chance_does_not_explain_it() -> None:
    assert "kan være tilfældig" in wording.change_sentence(figure(75, 100), figure(70, 100))
    assert wording.change_sentence(figure(90, 100), figure(60, 100)).startswith("Det er en fremgang fra 60 af 100")
    assert "tilbagegang" in wording.change_sentence(figure(60, 100), figure(90, 100))


def test_a_unit_is_compared_with_the_nation_only_from_twenty_cases() -> None:
    nation = figure(800, 1000)
    assert "sammenlignes der ikke" in wording.comparison_sentence(figure(0, 19), nation)
    assert "adskiller sig ikke sikkert" in wording.comparison_sentence(figure(16, 20), nation)
    assert "kan stadig være tilfældig" in wording.comparison_sentence(figure(11, 20), nation)
    assert "næppe tilfældig" in wording.comparison_sentence(figure(5, 20), nation)


def test_only_statutory_duties_can_be_breached() -> None:
    for one in world().rules:
        late = figure(5, 10, prison=5, municipality=5)
        tell = wording.citizens_sentence if has_own_rate(one) else None
        said = tell(one, late, "national") if tell else wording.not_in_time_sentence(one, late)
        if one.norm == "statutory":
            assert "ikke overholdt" in said or "brud på" in said
        else:
            assert "ikke et brud på loven" in said or "regnes som brud" not in said


def test_the_quality_label_follows_what_is_missing() -> None:
    assert [wording.quality_label(missing, 100 - missing)[0] for missing in (0, 1, 2, 9, 10, 50)] == [
        "God",
        "God",
        "Brugbar med forbehold",
        "Brugbar med forbehold",
        "Usikker",
        "Usikker",
    ]
    assert wording.quality_label(0, 0)[0] == "Intet at vurdere"


def test_two_municipalities_are_not_called_by_their_name_alone() -> None:
    assert wording.unit_name(Unit("municipality", "101", "København")) == "Københavns Kommune"
    assert wording.unit_name(Unit("municipality", "400", "Bornholm")) == "Bornholms Regionskommune"
    assert wording.unit_name(Unit("municipality", "851", "Aalborg")) == "Aalborg Kommune"


@needs_shared
def test_every_reading_that_the_rules_call_ours_is_told() -> None:
    text = (SHARED / "rules.md").read_text(encoding="utf-8")
    # The first says what the mark means.
    marked = len(re.findall(r"\*our (?:reading|number)\*", text)) - 1
    told = [one for one in READINGS if one.is_ours]
    assert len(told) == len({one.title for one in told}) == marked


def test_a_reading_follows_the_numbers_of_the_rules_and_is_left_out_without_them() -> None:
    rules = [
        dataclasses.replace(rule("contact_sentence"), parameters='{"years": 2}'),
        dataclasses.replace(rule("release_meeting_called"), parameters='{"months": 4}'),
        dataclasses.replace(rule("release_advanced"), parameters='{"last_weekday": 4}'),
    ]
    told = {one.title: one.text for one in readings(rules)}
    assert told["Frister, der regnes tilbage fra løsladelsen"].startswith("2 år og 4 måneder regnes tilbage")
    assert "end torsdag rykkes frem til torsdag" in told["Fremrykning og helligdage"]
    assert "Samarbejdsaftalen" not in told and "Weekender og helligdage" in told
    assert not any("{" in text for text in told.values())

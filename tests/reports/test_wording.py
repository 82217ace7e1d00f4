"""Sentences are never more certain than the figures, and "brud" is said of statutory duties alone."""

from __future__ import annotations

import dataclasses
import re

import pytest

from pipelines.rules.documentation import documentation
from reports.figures.data import Figure, Rule, Unit
from reports.figures.statistics import wilson
from reports.words import wording
from tests.reports.small_world import world


def figure(
    met: int, due: int, *, late: int | None = None, prison: int = 0, municipality: int = 0, whole: bool = True
) -> Figure:
    behind = due - met if late is None else late
    interval = (met / due, *wilson(met, due)) if due else (None, None, None)
    return Figure(due, met, behind, due - met - behind, *interval, whole, None, 0, prison, municipality, 0)


def rule(rule_id: str) -> Rule:
    return next(one for one in world().rules if one.rule_id == rule_id)


def test_the_first_sentence_reads_as_a_person_would_say_it() -> None:
    said = wording.level_sentence(rule("aid_decided"), "2026-Q2", figure(12, 15), figure(45, 60), "municipality")
    assert said == (
        "I 2. kvartal 2026 traf kommunen afgørelse om engangshjælp rettidigt i 12 af 15 sager; i det seneste år var "
        "det 45 af 60, svarende til 75\u00a0pct. (usikkerhed: mellem 63 og 84\u00a0pct.)."
    )


def test_one_case_is_said_in_the_singular_and_many_municipalities_in_the_plural() -> None:
    assert wording.deed(rule("aid_decided"), 1, 1, "municipality").endswith("rettidigt i 1 af 1 sag")
    assert wording.deed(rule("aid_decided"), 1, 2, "region").startswith("traf kommunerne afgørelse")


def test_no_sentence_ends_with_two_full_stops() -> None:
    nation = figure(800, 1000)
    for met in range(21):
        assert not wording.comparison_sentence(figure(met, 20), nation).endswith("..")


def test_few_cases_give_no_share_of_their_own() -> None:
    said = wording.level_sentence(rule("aid_decided"), "2026-Q2", figure(3, 4), figure(12, 15), "municipality")
    assert "svarende til" not in said and "med så få sager" in said


def test_a_year_without_deadlines_says_so() -> None:
    said = wording.level_sentence(rule("aid_decided"), "2026-Q2", figure(0, 0), figure(0, 0), "municipality")
    assert said == "I året 3. kvt. 2025 til 2. kvt. 2026 var der ingen frister, så der er intet at opgøre."


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
        said = wording.not_in_time_sentence(one, figure(5, 10, prison=5, municipality=5))
        if one.norm == "statutory":
            assert "ikke overholdt" in said or "brud på" in said
        else:
            assert "ikke et brud på loven" in said


def test_section_25_a_is_breached_only_where_the_municipality_is_responsible() -> None:
    said = wording.not_in_time_sentence(rule("aid_decided"), figure(5, 10, prison=3, municipality=2))
    assert "Kun de 2, som kommunen var ansvarlig for, regnes som brud på aktivlovens § 25 a." in said
    said = wording.not_in_time_sentence(rule("aid_decided"), figure(5, 10, prison=5))
    assert said.endswith("ingen af dem regnes som brud på aktivlovens § 25 a.")


def test_open_duties_are_counted_in_words() -> None:
    assert (
        wording.open_sentence(1, 2)
        == "1 frist udløber inden for 60 dage, og 2 overskredne pligter kan stadig opfyldes."
    )
    assert wording.open_sentence(0, 0).startswith("Ingen frister udløber inden for 60 dage, og ingen")


def test_every_rule_of_the_catalogue_has_its_sentence_and_a_new_one_gets_a_plain_one() -> None:
    judged = [one for one in world().rules if set(one.case_types) & {"sentence", "supervision"}]
    assert all(documentation(one.rule_id).deed for one in judged)
    new = dataclasses.replace(judged[0], rule_id="new_rule", title="Ny pligt")
    assert wording.deed(new, 2, 3, "national") == "blev pligten »Ny pligt« opfyldt i tide i 2 af 3 sager"


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

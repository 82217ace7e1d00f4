"""What stands out on a page: on worlds where the right line is known, and on worlds of pure chance."""

from __future__ import annotations

import pytest

from pipelines.units import NATION
from reports.figures.data import Figure, ReportData
from reports.figures.standing_out import Compared, Count, Finding, Level, findings, leading, lowest
from reports.pages.first_screen import lines
from tests.reports.chance_page import OWN, UNIT, figure, made, page_of_chance
from tests.reports.small_world import world

WORLDS = 100


def even(due: int, share: float) -> dict[str, Figure]:
    return {rule: figure(due, round(due * share)) for rule in OWN}


def test_where_nothing_stands_out_the_page_says_so_and_shows_the_mission() -> None:
    said = made(even(40, 0.8), even(40, 0.8), even(4000, 0.8))
    assert [line.label for line in said] == [
        "Lavest niveau",
        "Siden året før",
        "I forhold til hele landet",
        "Intet skiller sig ud",
    ]
    assert "Ingen af de 4 pligter, der kan sammenlignes, har ændret sig mere" in said[1].text
    assert "Ingen af de 4 pligter, der kan sammenlignes, afviger mere fra hele landet" in said[2].text
    assert "engangshjælp afgjort 14 dage før løsladelsen i 32 af 40" in said[3].text


def test_the_law_comes_first_among_duties_that_the_figures_cannot_tell_apart() -> None:
    said = made(even(40, 0.8) | {"municipal_response": figure(40, 31)}, {}, {})
    assert said[0].text.startswith("Lavest, men ikke til at skelne sikkert fra 3 andre pligter, er lovkravet")
    assert said[0].link == "aid_decided"


def test_a_certainly_lower_duty_is_named_also_when_it_is_no_law() -> None:
    said = made(even(200, 0.9) | {"municipal_response": figure(200, 60)}, {}, {})
    assert said[0].text.startswith("Lavest er indikatoren »Kommunen har svaret på henvendelsen«: 60 af 200")
    assert said[0].link == "municipal_response"


def test_a_duty_that_others_made_late_is_led_with_by_the_municipalitys_own_rate() -> None:
    now = even(100, 0.9) | {"aid_decided": figure(247, 53, (56, 53))}
    said = made(now, now, even(4000, 0.9))
    assert not any("21" in line.text and line.link == "aid_decided" for line in said)
    assert said[0].link != "aid_decided" or "53 af 56" in said[0].text
    assert not any("af 247" in line.text for line in said)


@pytest.mark.parametrize(("before", "word"), [(0.5, "Fremgang"), (1.0, "Tilbagegang")])
def test_a_change_that_is_more_than_chance_is_named_with_its_direction(before: float, word: str) -> None:
    earlier = even(100, 0.8) | {"aid_paid": figure(100, round(100 * before))}
    said = made(even(100, 0.8), earlier, even(4000, 0.8))
    assert said[1].text.startswith(f"{word} for lovkravet »Engangshjælp udbetalt på løsladelsesdagen«")
    assert said[1].link == "aid_paid" and len(said) == 3


def test_a_difference_from_the_nation_is_named_and_a_duty_of_another_party_never_is() -> None:
    nation = even(4000, 0.8) | {"municipal_response": figure(4000, 3900)}
    said = made(even(100, 0.8), even(100, 0.8), nation)
    assert said[2].link == "municipal_response" and "under hele landets 98" in said[2].text.replace("\xa0", " ")
    contact = [rule for rule in world().rules if rule.rule_id == "contact_sentence"]
    data = ReportData(
        world().run,
        tuple(contact),
        {UNIT.key: UNIT},
        {
            UNIT.key: {("contact_sentence", "rolling4", world().quarter): figure(500, 5)},
            NATION: {("contact_sentence", "rolling4", world().quarter): figure(50_000, 49_000)},
        },
    )
    told = lines(data, data, UNIT, contact)
    assert not any(line.link == "contact_sentence" for line in told)


def test_the_more_binding_of_two_findings_is_told_when_their_intervals_overlap() -> None:
    law = Compared("law", UNIT.key, Count(100, 40), Count(1000, 800), 0)
    number = Compared("number", UNIT.key, Count(100, 35), Count(1000, 800), 2)
    far = Compared("far", UNIT.key, Count(5000, 50), Count(50_000, 49_000), 2)
    first = leading(findings("gap", [number, law], 0.02))
    assert isinstance(first, Finding) and first.found.rule_id == "law"
    first = leading(findings("gap", [number, law, far], 0.02))
    assert first is not None and first.found.rule_id == "far"


def test_nothing_is_lowest_among_duties_with_few_cases() -> None:
    assert lowest([Level("rule", Count(19, 0))]) is None
    found = lowest([Level("rule", Count(20, 0)), Level("other", Count(19, 0))])
    assert found is not None and found.compared == 1


def test_pure_chance_gives_a_change_or_a_difference_in_at_most_5_of_100_worlds() -> None:
    assert sum(len(page_of_chance(seed)) == 3 for seed in range(WORLDS)) <= 5

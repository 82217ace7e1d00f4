"""What stands out on a page: on worlds where the right line is known, and on worlds of pure chance."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.units import NATION, Key
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.standing_out import Compared, Count, Finding, Level, findings, leading, lowest
from reports.figures.statistics import wilson
from reports.pages.first_screen import Line, lines
from tests.reports.small_world import world

UNIT = Unit("municipality", "851", "Aalborg", "1081", "Vest")
WORLDS = 100
OWN = ("aid_decided", "aid_paid", "municipal_response", "rent_alternative_examined")


def rules() -> list[Rule]:
    return [rule for rule in world().rules if rule.rule_id in OWN]


def figure(due: int, met: int, own: tuple[int, int] | None = None) -> Figure:
    own_due, own_met = own or (due, met)
    whole = (met / due, *wilson(met, due)) if due else (None, None, None)
    mine = (own_met / own_due, *wilson(own_met, own_due)) if own_due else (None, None, None)
    rest = due - met
    plain = Figure(due, met, rest, 0, *whole, by_prison_service=rest - (own_due - own_met))
    return plain._replace(own_due=own_due, own_met=own_met, own_rate=mine[0], own_low=mine[1], own_high=mine[2])


def made(now: dict[str, Figure], before: dict[str, Figure], nation: dict[str, Figure]) -> list[Line]:
    """Return the lines of a municipality with these figures."""
    data = world()
    quarter = data.quarter
    year_before = f"{int(quarter[:4]) - 1}{quarter[4:]}"
    told = {(rule, "rolling4", quarter): one for rule, one in now.items()}
    told |= {(rule, "rolling4", year_before): one for rule, one in before.items()}
    whole = {(rule, "rolling4", quarter): one for rule, one in nation.items()}
    figures: dict[Key, dict[tuple[str, str, str], Figure]] = {UNIT.key: told, NATION: whole}
    small = ReportData(data.run, tuple(rules()), {UNIT.key: UNIT}, figures)
    return lines(small, small, UNIT, rules())


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
    spoken = 0
    for seed in range(WORLDS):
        chance = np.random.default_rng(seed)
        shares = chance.uniform(0.3, 0.97, len(OWN))
        drawn = {}
        for name, due in (("now", 120), ("before", 90), ("rest", 9000)):
            drawn[name] = dict(zip(OWN, (figure(due, int(met)) for met in chance.binomial(due, shares))))
        nation = {
            rule: figure((rest.due or 0) + 120, (rest.met or 0) + (drawn["now"][rule].met or 0))
            for rule, rest in drawn["rest"].items()
        }
        spoken += len(made(drawn["now"], drawn["before"], nation)) == 3
    assert spoken <= 5

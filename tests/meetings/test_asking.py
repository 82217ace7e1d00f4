"""What can be asked about at real sizes: the levels, the duties pooled, the list, steady practice, and its power."""

from __future__ import annotations

from reports.figures.judged import is_judged
from reports.figures.standing_out import NORM_RANK, Compared, Count, Level
from reports.meetings import area_pack, asking, facts, sections
from reports.meetings.content import Ratio
from reports.meetings.proposals import gap_topic, urgent_topic
from tests.meetings.chance_world import world
from tests.reports.made_rows import open_case

SEEDS = 100


def test_a_duty_by_law_met_in_half_of_the_cases_is_always_a_topic_whatever_lies_lower() -> None:
    levels = [
        Level("law", Count(40, 20), NORM_RANK["statutory"]),
        Level("small", Count(19, 0), NORM_RANK["statutory"]),
        Level("ours", Count(400, 8), NORM_RANK["indicator"]),
        Level("other_law", Count(400, 300), NORM_RANK["statutory"]),
    ]
    assert [one.rule_id for one in asking.farthest(levels)] == ["law"]
    assert [one.rule_id for one in asking.farthest(levels[1:])] == ["other_law"]
    assert asking.farthest(levels[1:2]) == []


def test_pure_chance_pools_lists_and_praises_nobody_in_at_least_95_of_100_worlds() -> None:
    silent = {"pooled": 0, "list": 0, "steady": 0}
    for seed in range(SEEDS):
        made, past = world(seed), world(seed + SEEDS)
        silent["pooled"] += asking.pooled_topic(made.unit_gaps) is None
        silent["list"] += not asking.worth_asking(made.unit_gaps)
        silent["steady"] += not asking.steadily_high(made.unit_gaps, past.unit_gaps)
    assert min(silent.values()) >= 95, silent


def test_a_municipality_a_little_behind_in_every_duty_is_found_when_they_are_pooled_and_in_none_alone() -> None:
    unit = ("municipality", "4")
    gaps = [
        Compared(f"rule_{rule}", ("municipality", str(code)), Count(40, 26 if code == 4 else 30), Count(1500, 1125))
        for rule in range(10)
        for code in range(15)
    ]
    assert gap_topic([], gaps) is None and asking.worth_asking(gaps) == []
    topic = asking.pooled_topic(gaps)
    assert topic is not None and topic.unit == unit
    assert (topic.due, topic.met, topic.expected) == (400, 260, 300.0)


def test_the_list_finds_more_than_the_one_topic_and_only_what_lies_behind() -> None:
    planted = {
        ("rule_03", ("municipality", code), "now"): share for code, share in (("0", 0.05), ("1", 0.05), ("2", 0.999))
    }
    found = asking.worth_asking(world(3, planted=planted).unit_gaps)
    assert {("rule_03", ("municipality", code)) for code in ("0", "1")} <= {
        (one.found.rule_id, one.found.unit) for one in found
    }
    assert all(one.difference < 0 for one in found)


def test_a_level_must_be_high_before_and_now_to_be_good_practice() -> None:
    high = Compared("rule", ("municipality", "1"), Count(60, 59), Count(600, 300))
    usual = Compared("rule", ("municipality", "1"), Count(60, 30), Count(600, 300))
    assert [one.found for one in asking.steadily_high([high], [high])] == [high]
    assert asking.steadily_high([high], [usual]) == asking.steadily_high([usual], [high]) == []


def test_power_grows_with_the_cases_and_is_the_same_every_time() -> None:
    shares = [asking.power(due, Count(1000, 700), 200, 0.05) for due in (20, 95, 400)]
    assert shares[0] < 0.2 < shares[1] < shares[2] and shares[2] > 0.9
    assert shares == [asking.power(due, Count(1000, 700), 200, 0.05) for due in (20, 95, 400)]


def test_what_is_urgent_in_a_municipal_duty_is_counted_by_municipality() -> None:
    row = open_case(rule_id="rule", days_left=3, institution_code="F1", municipality_code="101")
    by_institution, by_municipality = urgent_topic([row]), urgent_topic([row], {"rule"})
    assert by_institution is not None and by_institution.by_unit == (("F1", 1),)
    assert by_municipality is not None and by_municipality.by_unit == (("101", 1),)


def test_the_two_judgements_of_a_housing_registration_are_one_duty_in_a_sum(read: facts.Facts) -> None:
    once = {rule.rule_id for rule in area_pack.counted_once(read.rules)}
    assert {rule.rule_id for rule in read.rules} - once == {"housing_registered_or_explained"}


def test_no_municipal_duty_is_broken_down_by_the_prison_services_institutions(read: facts.Facts) -> None:
    made = {section.key: section for section in area_pack.build(area_pack.AreaInputs(read, (), ())).sections}
    table = made["moenster-institution"].table
    assert table is not None
    municipal = {rule.title for rule in read.rules if is_judged("municipality", rule)}
    assert municipal and not municipal & {column.heading for column in table.columns}
    assert "forfaldne pligter" in made["ansvar"].sentences[0]


def test_no_bar_is_drawn_on_fewer_than_20(read: facts.Facts) -> None:
    rule = read.rules[0]
    few = sections.rates_section("a", "A", [rule], [("nu", lambda _: Ratio(19, 10))], (), "Kilde.")
    enough = sections.rates_section("a", "A", [rule], [("nu", lambda _: Ratio(20, 10))], (), "Kilde.")
    assert few.chart is not None and few.chart.series[0].values == (None,)
    assert enough.chart is not None and enough.chart.series[0].values == (0.5,)

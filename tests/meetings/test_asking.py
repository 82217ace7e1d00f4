"""What can be asked about at real sizes: the levels, the duties pooled, the list, steady practice, and its power."""

from __future__ import annotations

from reports.figures.standing_out import NORM_RANK, Compared, Count, Level
from reports.meetings import asking
from reports.meetings.proposals import gap_topic
from tests.meetings.chance_world import world

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

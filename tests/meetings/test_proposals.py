"""The rules that propose topics: on worlds where the right topic is known, and on worlds where there is none."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from reports.figures.probabilities import exact_p_values, held_by_holm
from reports.figures.published_rows import WorklistRow
from reports.figures.standing_out import Compared, Count
from reports.meetings.proposals import change_topic, gap_topic, good_practice, urgent_topic
from tests.meetings.chance_world import AREA, world
from tests.reports.made_rows import open_case

SEEDS = 100


def test_pure_chance_gives_no_gap_and_no_change_in_at_least_95_of_100_worlds() -> None:
    silent = 0
    for seed in range(SEEDS):
        made = world(seed)
        gap = gap_topic(made.area_gaps, made.unit_gaps)
        change = change_topic(made.area_changes, made.unit_changes)
        silent += gap is None and change is None
    assert silent >= 95


def test_pure_chance_names_nobody_as_good_practice_in_at_least_95_of_100_worlds() -> None:
    assert sum(not good_practice(world(seed).municipality_changes) for seed in range(SEEDS)) >= 95


@pytest.mark.parametrize("unit", [AREA, ("municipality", "0"), ("institution", "3")])
def test_a_planted_gap_is_the_topic(unit: tuple[str, str]) -> None:
    found = {("rule_03", unit, time): 0.15 for time in ("before", "now")}
    for seed in range(5):
        made = world(seed, planted=found)
        topic = gap_topic(made.area_gaps, made.unit_gaps)
        assert topic is not None
        assert (topic.found.rule_id, topic.found.unit) == ("rule_03", unit)
        assert change_topic(made.area_changes, made.unit_changes) is None


@pytest.mark.parametrize("unit", [AREA, ("municipality", "0"), ("institution", "3")])
@pytest.mark.parametrize(("before", "now"), [(0.2, 0.75), (0.75, 0.2)])
def test_a_planted_change_is_the_topic_in_either_direction(unit: tuple[str, str], before: float, now: float) -> None:
    made = world(7, planted={("rule_04", unit, "before"): before, ("rule_04", unit, "now"): now})
    topic = change_topic(made.area_changes, made.unit_changes)
    assert topic is not None
    assert (topic.found.rule_id, topic.found.unit) == ("rule_04", unit)
    assert (topic.difference > 0) == (now > before)


def test_the_larger_of_two_certain_changes_is_the_topic() -> None:
    planted = {
        ("rule_02", AREA, "before"): 0.5,
        ("rule_02", AREA, "now"): 0.62,
        ("rule_08", AREA, "before"): 0.4,
        ("rule_08", AREA, "now"): 0.7,
    }
    made = world(3, planted=planted)
    topic = change_topic(made.area_changes, made.unit_changes)
    assert topic is not None and topic.found.rule_id == "rule_08"


def test_a_gap_to_the_units_advantage_is_no_topic() -> None:
    better = Compared("rule", AREA, Count(1000, 900), Count(1000, 500))
    assert gap_topic([better], []) is None
    worse = Compared("rule", AREA, Count(1000, 500), Count(1000, 900))
    assert gap_topic([worse], []) is not None


def test_below_twenty_due_nothing_is_compared() -> None:
    assert gap_topic([], [Compared("rule", ("municipality", "101"), Count(19, 0), Count(5000, 5000))]) is None
    assert gap_topic([], [Compared("rule", ("municipality", "101"), Count(20, 0), Count(5000, 5000))]) is not None


def test_a_certain_but_tiny_difference_is_no_topic() -> None:
    tiny = Compared("rule", AREA, Count(100_000, 80_000), Count(100_000, 82_000))
    assert exact_p_values([80_000], [100_000], [82_000], [100_000])[0] < 1e-20
    assert gap_topic([tiny], []) is None


def test_a_municipality_that_improved_beyond_chance_is_good_practice() -> None:
    unit = ("municipality", "1")
    made = world(11, planted={("rule_00", unit, "before"): 0.2, ("rule_00", unit, "now"): 0.8})
    found = good_practice(made.municipality_changes)
    assert [(topic.found.rule_id, topic.found.unit) for topic in found[:1]] == [("rule_00", unit)]
    worse = world(11, planted={("rule_00", unit, "before"): 0.8, ("rule_00", unit, "now"): 0.2})
    assert ("rule_00", unit) not in [
        (topic.found.rule_id, topic.found.unit) for topic in good_practice(worse.municipality_changes)
    ]


def _open(rule: str, days_left: int, institution: str = "F01") -> WorklistRow:
    deadline = datetime.date(2026, 9, 30) + datetime.timedelta(days_left)
    return open_case(rule_id=rule, days_left=days_left, deadline=deadline, institution_code=institution)


def test_the_most_urgent_duty_has_most_that_is_lately_overdue_or_due_within_two_weeks() -> None:
    rows = (
        [_open("many_later", 40)] * 50
        + [_open("backlog", -61)] * 90
        + [_open("soon", 10)] * 3
        + [_open("over", -5), _open("over", -60, "F02"), _open("over", 14)]
    )
    rows += [_open("over", 15), _open("over", -61, "F03")]
    topic = urgent_topic(rows)
    assert topic is not None
    assert (topic.rule_id, topic.overdue, topic.due_soon, topic.older, topic.open_duties) == ("over", 2, 1, 1, 5)
    assert topic.first_deadline == datetime.date(2026, 7, 31)
    assert topic.by_unit == (("F01", 2), ("F02", 1))


def test_nothing_urgent_is_no_topic() -> None:
    assert urgent_topic([]) is None
    assert urgent_topic([_open("rule", 15), _open("rule", -61)]) is None


@pytest.mark.parametrize(("a", "n", "b", "m"), [(3, 10, 9, 12), (0, 8, 8, 8), (7, 20, 7, 20), (25, 40, 60, 70)])
def test_the_exact_test_equals_a_sum_of_binomial_coefficients(a: int, n: int, b: int, m: int) -> None:
    total = math.comb(n + m, a + b)
    chances = {
        x: math.comb(n, x) * math.comb(m, a + b - x) / total for x in range(max(0, a + b - m), min(n, a + b) + 1)
    }
    low, high = sum(p for x, p in chances.items() if x <= a), sum(p for x, p in chances.items() if x >= a)
    assert exact_p_values([a], [n], [b], [m])[0] == pytest.approx(min(1.0, 2 * min(low, high)))


def test_the_exact_tests_of_many_pairs_at_once_are_scipys() -> None:
    from scipy.stats import hypergeom

    draw = np.random.default_rng(1)
    due_a, due_b = draw.integers(1, 400, 500), draw.integers(1, 30_000, 500)
    met_a, met_b = draw.binomial(due_a, draw.random(500)), draw.binomial(due_b, draw.random(500))
    low = hypergeom.cdf(met_a, due_a + due_b, met_a + met_b, due_a)
    high = hypergeom.sf(met_a - 1, due_a + due_b, met_a + met_b, due_a)
    found = exact_p_values(list(met_a), list(due_a), list(met_b), list(due_b))
    assert found == pytest.approx(np.minimum(1.0, 2 * np.minimum(low, high)).tolist(), rel=1e-8, abs=1e-300)


def test_holms_method_stops_at_the_first_that_does_not_stand() -> None:
    assert held_by_holm([0.001, 0.2, 0.02, 0.9], 0.05) == [True, False, False, False]
    assert held_by_holm([0.001, 0.016, 0.02, 0.9], 0.05) == [True, True, True, False]
    assert held_by_holm([], 0.05) == []

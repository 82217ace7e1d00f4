"""The audit says what counting all tables says, and hiding obeys it.

Belongs here: random small tables against enumeration, and what must not change when the question does not.
"""

from __future__ import annotations

import random
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.disclosure.audit import audit, interval_of
from pipelines.disclosure.model import HIDDEN, UNKNOWN, Key, Problem
from pipelines.disclosure.protect import protect

from .worlds import SmallWorld, one_window

LAST = "2026-Q4"
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

UNITS = {
    "a": [("region", "R"), ("area", "East")],
    "b": [("region", "R"), ("area", "West")],
    "c": [("region", "S"), ("area", "East")],
    "d": [("region", "S"), ("area", "West")],
}
ROWS = [("municipality", m) for m in "abcd"] + [("region", "R"), ("region", "S"), ("area", "East"), ("area", "West")]


def members(level: str, unit: str) -> list[str]:
    if level == "national":
        return [*"abcd", UNKNOWN]
    return [m for m in "abcd" if (level, unit) in UNITS[m] or (level, unit) == ("municipality", m)]


def problem_of(dues: dict[str, int]) -> Problem:
    return one_window(UNITS, {("rule", m): (dues[m], 0) for m in "abcd"}, unknown=0)


def publication(dues: dict[str, int], hidden: set[tuple[str, str]]) -> dict:
    """The nation is always printed, so that every table can be counted; nobody ever met anything."""
    published = {}
    for level, unit in [*ROWS, ("national", "DK")]:
        due = sum(dues.get(m, 0) for m in members(level, unit))
        for measure, value in (("due", due), ("met", 0)):
            published[Key("rule", level, unit, LAST, measure)] = HIDDEN if (level, unit) in hidden else value
    return published


def count_tables(dues: dict[str, int], hidden: set[tuple[str, str]], insider: str | None) -> dict[str, set[int]]:
    """Every value that each municipality can have, by trying all tables."""
    total = sum(dues.values())
    known = {
        (level, unit): sum(dues[m] for m in members(level, unit)) for level, unit in ROWS if (level, unit) not in hidden
    }
    possible: dict[str, set[int]] = {m: set() for m in "abcd"}
    for table in product(*(range(total + 1) for _ in "abc")):
        values = dict(zip("abc", table))
        # The unknown municipality has part in the nation only; here it takes what is left.
        for last in range(total - sum(table) + 1):
            values["d"] = last
            if insider and values[insider] != dues[insider]:
                continue
            if all(sum(values[m] for m in members(*row)) == value for row, value in known.items()):
                for m in "abcd":
                    possible[m].add(values[m])
    return possible


tables = st.fixed_dictionaries({m: st.integers(0, 4) for m in "abcd"})
hidings = st.sets(st.sampled_from(ROWS))


@QUICK
@given(tables, hidings, st.sampled_from([None, "a", "d"]))
def test_every_interval_is_the_one_that_counting_all_tables_gives(dues, hidden, insider) -> None:
    published, problem = publication(dues, hidden), problem_of(dues)
    possible = count_tables(dues, hidden, insider)
    for m in "abcd":
        found = interval_of(
            Key("rule", "municipality", m, LAST, "due"), published, problem, reader=insider or "outsider"
        )
        assert found == (min(possible[m]), max(possible[m]))


@QUICK
@given(tables, hidings)
def test_the_verdict_is_the_one_that_counting_all_tables_gives(dues, hidden) -> None:
    k = 3
    verdict = audit(publication(dues, hidden), problem_of(dues), threshold=k)
    exposed = set()
    for reader in (None, *"abcd"):
        possible = count_tables(dues, hidden, reader)
        for m in "abcd":
            if 0 < dues[m] < k and m != reader and not (min(possible[m]) <= 1 and max(possible[m]) >= k):
                exposed.add((m, reader or "outsider"))
    found = {
        (f.target.unit, f.reader)
        for f in verdict.red
        if f.target.level == "municipality" and f.target.kind == "rolling4"
    }
    assert found == exposed


@QUICK
@given(tables)
def test_after_hiding_no_table_of_figures_gives_a_small_one_away(dues) -> None:
    k, problem = 3, problem_of(dues)
    published = protect(problem, threshold=k, seed=b"x").published
    assert audit(published, problem, threshold=k).green
    hidden = {(key.level, key.unit) for key, value in published.items() if value is HIDDEN}
    if ("national", "DK") in hidden:
        return
    for reader in (None, *"abcd"):
        possible = count_tables(dues, hidden, reader)
        for m in "abcd":
            if 0 < dues[m] < k and m != reader:
                assert min(possible[m]) <= 1
                assert max(possible[m]) >= k


@QUICK
@given(tables, hidings, st.sampled_from(ROWS))
def test_hiding_one_more_figure_never_narrows_an_interval(dues, hidden, more) -> None:
    problem = problem_of(dues)
    for m in "abcd":
        key = Key("rule", "municipality", m, LAST, "due")
        low, high = interval_of(key, publication(dues, hidden), problem)
        wider_low, wider_high = interval_of(key, publication(dues, hidden | {more}), problem)
        assert wider_low <= low
        assert wider_high >= high


@QUICK
@given(tables, hidings, hidings)
def test_one_more_identity_never_widens_an_interval(dues, hidden, hidden_in_the_other_rule) -> None:
    """The other rule counts the same cases, so its table is one more set of identities on them."""
    figures = {(rule, m): (dues[m], 0) for rule in ("other", "rule") for m in "abcd"}
    apart, tied = one_window(UNITS, figures), one_window(UNITS, figures, shared=(("other", "rule"),))
    published = publication(dues, hidden)
    published |= {key._replace(rule="other"): v for key, v in publication(dues, hidden_in_the_other_rule).items()}
    for m in "abcd":
        key = Key("rule", "municipality", m, LAST, "due")
        low, high = interval_of(key, published, apart)
        tied_low, tied_high = interval_of(key, published, tied)
        assert tied_low >= low
        assert tied_high <= high


def test_showing_a_random_hidden_figure_turns_the_audit_red() -> None:
    chance, red, trials = random.Random(7), 0, 0
    for seed in range(6):
        world = SmallWorld(seed, municipalities=12, span=4, disclosure={"r": "denominator", "p": "outcome"})
        problem = world.problem(world.quarters[3])
        protection = protect(problem, seed=b"x")
        hidden = sorted(key for key, value in protection.published.items() if value is HIDDEN and key.measure == "met")
        for key in chance.sample(hidden, 5):
            shown = dict(protection.published)
            for one in (key, key._replace(measure="due")):
                shown[one] = true_value(problem, one)
            trials += 1
            red += not audit(shown, problem, hints=protection.tables).green
    assert red >= 0.95 * trials


def true_value(problem: Problem, key: Key) -> int:
    total = 0
    for (rule, m, quarter), count in problem.counts.items():
        inside = (key.level, key.unit) in {("municipality", m), *problem.parents[m, quarter]}
        if rule == key.rule and inside:
            total += count.met + (count.not_met if key.measure == "due" else 0)
    return total


def test_the_names_and_the_order_of_the_municipalities_change_no_verdict() -> None:
    world = SmallWorld(3, municipalities=9, span=4)
    problem = world.problem(world.quarters[3])
    published = protect(problem, seed=b"x").published
    names = dict(zip(world.municipalities, reversed(world.municipalities))) | {UNKNOWN: UNKNOWN}
    turned = Problem(
        name=problem.name,
        disclosure=problem.disclosure,
        window=problem.window,
        parents={(names[m], q): tuple(reversed(units)) for (m, q), units in reversed(problem.parents.items())},
        counts={(rule, names[m], q): count for (rule, m, q), count in reversed(problem.counts.items())},
    )
    renamed = {
        key._replace(unit=names[key.unit]) if key.level == "municipality" else key: value
        for key, value in published.items()
    }
    broken = next(key for key, value in sorted(published.items()) if value is HIDDEN and key.measure == "due")
    for showing in ((), (broken,)):
        one, other = dict(published), dict(renamed)
        for key in showing:
            one[key] = true_value(problem, key)
            same = key._replace(unit=names[key.unit]) if key.level == "municipality" else key
            other[same] = true_value(problem, key)
        first, second = audit(one, problem), audit(other, turned)
        assert first.green == second.green == (not showing)
        assert len(first.red) == len(second.red)


def test_an_empty_municipality_changes_no_verdict() -> None:
    world = SmallWorld(4, municipalities=9, span=4)
    problem = world.problem(world.quarters[3])
    published = dict(protect(problem, seed=b"x").published)
    parents = dict(problem.parents)
    for quarter in world.quarters:
        parents["999", quarter] = (("region", "R0"), ("area", "East"), ("national", "DK"))
    grown = Problem(
        name=problem.name, disclosure=problem.disclosure, parents=parents, window=problem.window, counts=problem.counts
    )
    with_empty = published | {
        Key(rule, "municipality", "999", problem.window, m): 0 for rule in problem.disclosure for m in ("due", "met")
    }
    assert audit(with_empty, grown).green
    key = next(key for key, value in sorted(published.items()) if value is HIDDEN and key.measure == "due")
    published[key] = with_empty[key] = true_value(problem, key)
    before, after = audit(published, problem), audit(with_empty, grown)
    assert before.green == after.green
    assert {f.target for f in before.red} == {f.target for f in after.red}

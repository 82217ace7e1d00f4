"""What hidden rows must be able to give, so that a small hidden quarter stays open: by hand and by chance."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.disclosure.attack.audit import audit
from pipelines.disclosure.families import families_of
from pipelines.disclosure.hiding import years
from pipelines.disclosure.hiding.needs import Need, needs_of
from pipelines.disclosure.hiding.protect import protect
from pipelines.disclosure.model import HIDDEN, NATION, Atom, Counts, Decision, Key

from .attacker import Attacker, insiders
from .worlds import RULE, K, one_year, publish, renamed

FAMILY = families_of({RULE: "denominator"})[RULE]
SMALL: Atom = (("area", "West"), ("region", "R2"))
LARGE: Atom = (("area", "West"), ("region", "R3"))
QUARTER = "2026-Q2"
POOL = {QUARTER: Decision(frozenset({("region", "R2"), ("region", "R3")}), (frozenset({SMALL, LARGE}),))}


def the_need(
    small: dict[str, tuple[int, int]],
    large: dict[str, tuple[int, int]],
    years_of: dict[str, tuple[int, int]],
    *,
    decisions: dict[str, Decision] = POOL,
) -> Need:
    """Return the need of the small atom's quarter: (met, not met) of each municipality there and in the year."""
    quarters = {(SMALL, QUARTER): small, (LARGE, QUARTER): large}
    whole = {SMALL: {m: years_of[m] for m in small}, LARGE: {m: years_of[m] for m in large}}
    found = needs_of(FAMILY, decisions, quarters, whole, K, {})
    assert len(found) == 1, "only one of the two is small"
    return found[0]


def test_the_hidden_rows_must_hold_each_kind_that_the_small_quarter_has_without_the_readers_own() -> None:
    small = {"a": (2, 0), "b": (0, 0), "c": (0, 0), "d": (0, 1)}
    large = dict.fromkeys("uvwx", (5, 5))
    years_of = {"a": (9, 0), "b": (1, 0), "c": (1, 1), "d": (9, 9)} | dict.fromkeys("uvwx", (20, 20))
    need = the_need(small, large, years_of)
    every = {"u", "v", "w", "x"}
    assert need.lacking({"b", "c", "d", *every}, K) == (), "d, without whom b and c hold the two that were met"
    assert need.lacking({"b", "c", *every}, K) == (SMALL,), "b knows that c holds one that was met, and no more"
    assert need.lacking({"a", "b", "c", *every}, K) == (SMALL,), "c knows that a and b hold none that was not met"
    assert need.lacking({"a", "b", "c", "d", *every}, K) == ()
    assert need.lacking({"a", "c", "d", *every}, K) == ()


def test_the_others_of_the_pool_must_be_able_to_give_what_it_takes_to_reach_four() -> None:
    small = {"a": (1, 0), "b": (0, 0), "c": (0, 0)}
    large = {"u": (9, 0), "v": (1, 1), "w": (0, 0), "x": (1, 0)}
    years_of = dict.fromkeys("abc", (9, 9)) | {"u": (30, 9), "v": (3, 1), "w": (1, 9), "x": (4, 0)}
    need = the_need(small, large, years_of)
    here = set(small)
    assert need.lacking({*here, "v"}, K) == (LARGE,), "v knows that nobody else is hidden"
    assert need.lacking({*here, "w", "x"}, K) == (LARGE,), "x knows that w has one of each to give"
    assert need.lacking({*here, "v", "w", "x"}, K) == ()
    assert need.lacking({*here, "u", "v", "w", "x"}, K) == (), "every row of it is hidden"


def test_a_quarter_of_which_not_even_the_sum_is_known_needs_nobody_to_give() -> None:
    small, large = {"a": (1, 0), "b": (0, 0)}, {"u": (9, 9), "v": (9, 9)}
    whole = {"a": (9, 9), "b": (9, 9), "u": (30, 30), "v": (30, 30)}
    everything = {QUARTER: Decision(frozenset({NATION, *SMALL, *LARGE}), (frozenset({SMALL, LARGE}),))}
    assert the_need(small, large, whole).lacking({"a", "b"}, K) == (LARGE,)
    assert the_need(small, large, whole, decisions=everything).lacking({"a", "b"}, K) == ()


def test_a_large_quarter_of_a_pool_needs_no_row_of_each_kind() -> None:
    """It was so once: every atom of a pool had to hold four of each kind, and rows were hidden that nothing needed."""
    decisions = {f"2026-Q{number}": POOL[QUARTER] if number == 2 else Decision() for number in (1, 2, 3, 4)}
    small: dict[str, Counts] = {"a": (1, 0), "b": (0, 0), "c": (1, 0), "d": (1, 0)}
    large: dict[str, Counts] = dict.fromkeys("stuvwxyz", (12, 0)) | dict.fromkeys("opqr", (2, 0))
    quarters: dict[tuple[Atom, str], dict[str, Counts]] = {(SMALL, QUARTER): small, (LARGE, QUARTER): large}
    for quarter in sorted(decisions.keys() - {QUARTER}):
        quarters |= {(SMALL, quarter): dict.fromkeys(small, (2, 0)), (LARGE, quarter): dict.fromkeys(large, (12, 3))}
        quarters[LARGE, quarter] |= dict.fromkeys("opqr", (0, 0))
    year = years.Year(FAMILY, quarters)
    for seed in range(20):
        hidden = years.hide(year, decisions, K, years.np.random.default_rng(seed))
        assert set("opqr") <= hidden
        assert len(hidden & set(large)) <= 5, "the four small ones have nothing that was not met, and none is needed"


@settings(max_examples=150, deadline=None)
@given(
    quarter=some.lists(some.integers(0, 2), min_size=3, max_size=5),
    rest=some.lists(some.integers(0, 6), min_size=5, max_size=5),
    chosen=some.sets(some.integers(0, 4), min_size=1),
)
def test_the_rows_are_said_to_hold_a_quarter_just_where_some_table_has_nothing_in_it(
    quarter: list[int], rest: list[int], chosen: set[int]
) -> None:
    """Of one kind: rows of two quarters, the other of which is known, and so is the year of whoever is shown."""
    names = "abcde"[: len(quarter)]
    small = {m: (count, 0) for m, count in zip(names, quarter, strict=True)}
    if not 0 < sum(quarter) < K:
        return
    years_of = {m: (small[m][0] + more, 0) for m, more in zip(names, rest, strict=False)}
    need = the_need(small, {"u": (9, 0), "v": (9, 0)}, years_of | {"u": (30, 0), "v": (30, 0)})
    hidden = {names[i] for i in chosen if i < len(names)}
    said = SMALL not in need.lacking({*hidden, "u", "v"}, K)
    assert said == all(_can_be_none(small, years_of, hidden, reader) for reader in ["", *hidden])


def _can_be_none(
    small: dict[str, tuple[int, int]], years_of: dict[str, tuple[int, int]], hidden: set[str], reader: str
) -> bool:
    """Say whether the reader's rest of the quarter can be none: the other quarter's sum stays, and each shown year.

    Whoever is shown has its whole year in the other quarter then, and the hidden ones make up the difference.
    """
    others = [m for m in small if m != reader]
    other_quarter = sum(years_of[m][0] - small[m][0] for m in others)
    return sum(years_of[m][0] for m in others if m not in hidden) <= other_quarter


@pytest.mark.parametrize("seed", range(4))
def test_a_municipality_alone_in_its_new_area_is_shown_and_its_old_neighbours_keep_its_quarters_open(seed: int) -> None:
    east, west = (("area", "East"), ("region", "R1")), (("area", "West"), ("region", "R2"))
    alone = (("area", "West"), ("region", "R1"))
    due = {m: [9, 8, 9, 8] for m in "abcdefgh"} | {m: [2, 0, 0, 2] for m in "ij"}
    due |= {m: [0, 2, 2, 0] for m in "kl"}
    due |= {m: [9, 9, 9, 9] for m in "pqrstuv"} | {m: [1, 1, 0, 1] for m in "wxyz"}
    due["m"] = [9, 9, 2, 2]
    homes = {m: west if m >= "p" else east for m in due}
    met = {m: [count // 2 for count in counts] for m, counts in due.items()}
    problem = one_year(homes, due, met=met)
    moved = {("m", quarter): (NATION, *alone) for quarter in ("2026-Q3", "2026-Q4")}
    problem = renamed(problem, "moved", parents={**problem.parents, **moved})
    ((printed, guarded),) = publish([problem], seed=bytes([seed]))
    assert guarded.verdict.green and not guarded.withheld
    assert printed.published[Key(RULE, "municipality", "m", "2026", "due")] == 22
    assert printed.published[Key(RULE, "region", "R2", "2026-Q4", "due")] is HIDDEN
    assert Attacker([(printed.problem, printed.published)], RULE).exposed(["", *insiders(problem)]) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_small_region_is_not_pooled_with_the_place_of_one_municipality_alone(seed: int) -> None:
    """It would subtract itself from the sum of the two, and know the region's quarter."""
    east, west, west_too = (("area", "East"), ("region", "R1")), SMALL, LARGE
    homes = dict.fromkeys("mabcdefg", east) | dict.fromkeys("pqrstuv", west) | dict.fromkeys("ABCDEFGH", west_too)
    due = {one: [9] * 4 for one in homes} | {"m": [9, 9, 2, 9]}
    due |= {one: [9, 9, 1, 9] for one in "pqrs"} | {one: [9, 9, 0, 9] for one in "tuv"}
    problem = one_year(homes, due)
    moved = {("m", quarter): (NATION, ("area", "West"), ("region", "R1")) for quarter in ("2026-Q3", "2026-Q4")}
    problem = renamed(problem, "moved", parents={**problem.parents, **moved})
    done = protect(problem, threshold=K, seed=bytes([seed]))
    assert audit(done.published, problem, threshold=K, decisions=done.decisions).green
    assert done.published[Key(RULE, "region", "R2", "2026-Q4", "due")] is HIDDEN


@pytest.mark.parametrize("seed", range(6))
def test_a_row_that_lay_elsewhere_too_cannot_take_over_what_a_small_one_has(seed: int) -> None:
    """Of three hidden, one of which left in the middle of the year, the third knew what the first had after that."""
    homes = dict.fromkeys("abcdefg", SMALL) | dict.fromkeys("pqrstuv", LARGE)
    due = {one: [9, 9, 9, 9] for one in homes} | {"a": [0, 0, 2, 2], "m": [2, 2, 9, 9]}
    problem = one_year(homes | {"m": SMALL}, due)
    moved = {("m", quarter): (NATION, *LARGE) for quarter in ("2026-Q3", "2026-Q4")}
    problem = renamed(problem, "moved", parents={**problem.parents, **moved})
    done = protect(problem, threshold=K, seed=bytes([seed]))
    assert audit(done.published, problem, threshold=K, decisions=done.decisions).green
    stayed = [one for one in "abcdefg" if done.published[Key(RULE, "municipality", one, "2026", "due")] is HIDDEN]
    assert len(stayed) >= 3

"""Tables that a rule of thumb gets wrong, and the small tables that a person can check.

Belongs here: hand-made cases. Does not belong here: chance (``test_against_brute_force.py``, ``test_years.py``).
"""

from __future__ import annotations

import pytest

from pipelines.disclosure import certificate
from pipelines.disclosure.audit import OUTSIDER, audit, interval_of
from pipelines.disclosure.model import HIDDEN, UNKNOWN, Count, Key, Printed, Problem
from pipelines.disclosure.protect import protect

from .worlds import one_window, window_of

LAST = "2026-Q4"


def shown(problem: Problem, hidden: set[tuple[str, str]]) -> dict:
    """Everything printed but the rows of these (level, unit) pairs."""
    sums: dict[Key, int] = {}
    for (rule, municipality, quarter), count in problem.counts.items():
        own = [("municipality", municipality)] if municipality != UNKNOWN else []
        for level, unit in [*own, *problem.parents[municipality, quarter]]:
            for measure, value in (("due", sum(count)), ("met", count.met)):
                key = Key(rule, level, unit, LAST, measure)
                sums[key] = sums.get(key, 0) + value
    return {key: HIDDEN if (key.level, key.unit) in hidden else value for key, value in sums.items()}


def grid(values: list[list[int]]) -> Problem:
    """A table of rows (regions) and columns (areas): one municipality in each crossing."""
    homes, figures = {}, {}
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            homes[f"{r}{c}"] = [("region", f"row {r}"), ("area", f"column {c}")]
            figures["rule", f"{r}{c}"] = (value, 0)
    return one_window(homes, figures)


# Written anew after sdcTable's tests/testthat/test-simpleheuristic.R (Statistics Austria): at least two hidden cells in
# each row and column, and yet one of them is exact, because it alone joins two blocks.
BRIDGE = grid([[10, 21, 47, 90], [40, 30, 95, 80], [60, 75, 70, 45], [85, 99, 33, 20]])
BLOCKS = {("municipality", cell) for cell in ("00", "01", "10", "11", "22", "23", "32", "33")}
JOINT = Key("rule", "municipality", "02", LAST, "due")


def test_a_cell_that_joins_two_hidden_blocks_is_exact_and_the_audit_says_so() -> None:
    published = shown(BRIDGE, BLOCKS | {("municipality", "02")})
    assert interval_of(JOINT, published, BRIDGE) == (47, 47)
    verdict = audit(published, BRIDGE, threshold=50, insiders=False)
    assert not verdict.green
    assert any(f.target.unit == "02" and (f.lowest, f.highest) == (47, 47) for f in verdict.red)


def test_one_more_hidden_cell_opens_it_from_0_to_78() -> None:
    published = shown(BRIDGE, BLOCKS | {("municipality", "02"), ("municipality", "20")})
    assert interval_of(JOINT, published, BRIDGE) == (0, 78)


def test_the_repair_finds_an_opening_by_itself() -> None:
    protection = protect(BRIDGE, threshold=50, seed=b"seed")
    assert audit(protection.published, BRIDGE, threshold=50).green


# Written anew after sdcTable's tests/testthat/test-linked-tables.r: each table is safe, the two together are not.
TWO_RULES = one_window(
    {m: [("region", "R")] for m in "abcd"},
    {(rule, m): (due, 0) for rule in ("first", "second") for m, due in zip("abcd", (20, 1, 2, 30))},
    shared=(("first", "second"),),
)


def linked_publication() -> dict:
    published = shown(TWO_RULES, set())
    for rule, units in (("first", "abc"), ("second", "bcd")):
        for unit in units:
            for measure in ("due", "met"):
                published[Key(rule, "municipality", unit, LAST, measure)] = HIDDEN
    return published


def test_two_tables_are_safe_alone() -> None:
    published = linked_publication()
    for rule in ("first", "second"):
        alone = Problem(
            name="alone",
            disclosure={rule: "denominator"},
            parents=TWO_RULES.parents,
            window=LAST,
            counts={place: count for place, count in TWO_RULES.counts.items() if place[0] == rule},
        )
        only = {key: value for key, value in published.items() if key.rule == rule}
        assert audit(only, alone, insiders=False).green


def test_the_two_tables_are_unsafe_together_when_they_count_the_same_cases() -> None:
    published = linked_publication()
    assert interval_of(Key("first", "municipality", "b", LAST, "due"), published, TWO_RULES) == (0, 3)
    assert not audit(published, TWO_RULES, insiders=False).green
    assert audit(protect(TWO_RULES, seed=b"x").published, TWO_RULES).green


def test_a_hidden_pair_protects_from_outsiders_but_not_from_each_other() -> None:
    problem = one_window(
        {m: [("region", "R")] for m in "abc"}, {("rule", "a"): (3, 3), ("rule", "b"): (40, 30), ("rule", "c"): (50, 30)}
    )
    published = shown(problem, {("municipality", "a"), ("municipality", "b")})
    verdict = audit(published, problem)
    assert {finding.reader for finding in verdict.red} == {"b"}
    assert audit(published, problem, insiders=False).green
    protection = protect(problem, seed=b"x")
    assert sum(value is HIDDEN for key, value in protection.published.items() if key.measure == "due") >= 3


def test_in_a_region_of_two_the_region_goes_as_well() -> None:
    problem = one_window(
        {"a": [("region", "R")], "b": [("region", "R")], **{m: [("region", "S")] for m in "cdef"}},
        {("rule", m): (due, due // 2) for m, due in zip("abcdef", (3, 40, 50, 30, 20, 10))},
    )
    protection = protect(problem, seed=b"x")
    assert audit(protection.published, problem).green
    assert protection.published[Key("rule", "region", "R", LAST, "due")] is HIDDEN


def test_the_zeros_of_a_hidden_row_are_hidden_too() -> None:
    problem = one_window(
        {m: [("region", "R")] for m in "abcd"}, {("rule", "a"): (3, 0), **{("rule", m): (20, 10) for m in "bcd"}}
    )
    published = protect(problem, seed=b"x").published
    assert published[Key("rule", "municipality", "a", LAST, "met")] is HIDDEN


def test_an_empty_municipality_prints_its_zero() -> None:
    problem = one_window(
        {m: [("region", "R")] for m in "abcd"}, {("rule", "a"): (0, 0), **{("rule", m): (20, 10) for m in "bcd"}}
    )
    published = protect(problem, seed=b"x").published
    assert published[Key("rule", "municipality", "a", LAST, "due")] == 0


def test_a_small_number_of_unknown_municipality_is_not_left_over_as_a_difference() -> None:
    problem = one_window(
        {m: [("region", "R" if m < "e" else "S")] for m in "abcdefgh"},
        {("rule", m): (20, 10) for m in "abcdefgh"},
        unknown=2,
    )
    everything = shown(problem, set())
    assert any(finding.target.unit == UNKNOWN for finding in audit(everything, problem).red)
    protection = protect(problem, seed=b"x")
    assert protection.hidden_first == 0
    assert protection.hidden_second > 0
    assert audit(protection.published, problem).green


def test_few_not_met_are_hidden_for_a_rule_about_persons_and_shown_for_one_about_authorities() -> None:
    figures = {("rule", m): (40, 38) for m in "abcdefgh"}
    homes = {m: [("region", "R")] for m in "abcdefgh"}
    key = Key("rule", "municipality", "a", LAST, "met")
    person = one_window(homes, figures, disclosure={"rule": "outcome"})
    published = protect(person, seed=b"x").published
    assert published[key] is HIDDEN
    assert published[key._replace(measure="due")] == 40
    assert audit(published, person).green
    authority = one_window(homes, figures)
    assert protect(authority, seed=b"x").published[key] == 38


def test_a_sensitive_figure_that_is_printed_turns_the_audit_red() -> None:
    problem = one_window(
        {m: [("region", "R")] for m in "abcd"}, {("rule", m): (due, 0) for m, due in zip("abcd", (3, 40, 50, 60))}
    )
    verdict = audit(shown(problem, set()), problem)
    assert any((f.reader, f.lowest, f.highest) == (OUTSIDER, 3, 3) for f in verdict.red)


def test_a_figure_that_is_not_the_truth_is_wrong_rather_than_green() -> None:
    problem = one_window({m: [("region", "R")] for m in "abcd"}, {("rule", m): (20, 10) for m in "abcd"})
    published = shown(problem, set())
    published[Key("rule", "municipality", "a", LAST, "due")] = 21
    verdict = audit(published, problem)
    assert not verdict.green
    assert verdict.wrong


def successive(first: list[int], newest: int, others: tuple[int, ...] = (60, 80, 100, 70)) -> tuple[Problem, Problem]:
    """Municipality a with these quarters and then one more, among large neighbours."""
    quarters = [*window_of("2026-Q4"), "2027-Q1"]
    names = ["a", *(f"b{n}" for n in range(len(others)))]
    parents = {(m, q): (("region", "R"), ("national", "DK")) for m in names for q in quarters}
    counts = {("rule", "a", q): Count(n, 0) for q, n in zip(quarters, [*first, newest])}
    for name, size in zip(names[1:], others):
        counts |= {("rule", name, q): Count(size // 4, 0) for q in quarters}
    return tuple(
        Problem(
            name=last,
            disclosure={"rule": "denominator"},
            parents=parents,
            window=last,
            counts={p: c for p, c in counts.items() if p[2] in window_of(last)} if last == LAST else counts,
        )
        for last in (LAST, "2027-Q1")
    )


def test_the_difference_of_two_windows_does_not_give_a_quarter_away() -> None:
    """First window 0, second 6: both may be printed alone, and the new quarter 6 may be known. With 0, 3 it may not."""
    before, after = successive([0, 4, 0, 4], 3)
    first = protect(before, seed=b"x")
    assert first.published[Key("rule", "municipality", "a", LAST, "due")] == 8
    everything = {
        Key("rule", level, unit, "2027-Q1", m): sum(
            after.counts["rule", name, q].met
            for name, q in after.parents
            if q in window_of("2027-Q1") and (unit in ("R", "DK") or name == unit)
        )
        for level, unit in [
            ("municipality", "a"),
            *(("municipality", f"b{n}") for n in range(4)),
            ("region", "R"),
            ("national", "DK"),
        ]
        for m in ("due", "met")
    }
    earlier = [Printed(before, first.published)]
    # Both windows printed: the new quarter is 3 more than the old, so at least 3, and the rest follows.
    verdict = audit(everything, after, earlier=earlier)
    assert verdict.green == (not verdict.red)
    protection = protect(after, seed=b"x", earlier=earlier)
    assert audit(protection.published, after, earlier=earlier).green


def test_a_quarter_that_two_windows_would_show_exactly_is_kept_uncertain() -> None:
    """Quarters 0 0 0 8 then 3: nothing can move between the seasons, so the second window would show the 3."""
    before, after = successive([0, 0, 0, 8], 3)
    first = protect(before, seed=b"x")
    earlier = [Printed(before, first.published)]
    protection = protect(after, seed=b"x", earlier=earlier)
    key = Key("rule", "municipality", "a", "2027-Q1", "due")
    verdict = audit(protection.published, after, earlier=earlier)
    assert verdict.green
    assert not verdict.given_away
    assert protection.published[key] is HIDDEN or protection.published[key] == 11


def test_a_frozen_figure_that_changes_a_little_keeps_its_printed_value() -> None:
    before, after = successive([5, 5, 5, 5], 5)
    first = protect(before, seed=b"x")
    counts = dict(after.counts)
    counts["rule", "a", "2026-Q4"] = Count(8, 0)
    changed = Problem(
        name="2027-Q1", disclosure=after.disclosure, parents=after.parents, window="2027-Q1", counts=counts
    )
    earlier = [Printed(before, first.published)]
    little = protect(changed, seed=b"x", earlier=earlier)
    assert not [key for key in little.published if key.period == LAST]
    assert audit(little.published, changed, earlier=earlier).green


@pytest.mark.parametrize("marked", [False, True])
def test_a_frozen_figure_is_printed_anew_when_the_difference_reaches_the_threshold_or_is_marked(marked: bool) -> None:
    before, after = successive([5, 5, 5, 5], 5)
    first = protect(before, seed=b"x")
    counts = dict(after.counts)
    counts["rule", "a", "2026-Q4"] = Count(7 if marked else 15, 0)
    changed = Problem(
        name="2027-Q1",
        disclosure=after.disclosure,
        parents=after.parents,
        window="2027-Q1",
        counts=counts,
        restatement=marked,
    )
    earlier = [Printed(before, first.published)]
    protection = protect(changed, seed=b"x", earlier=earlier)
    assert protection.published[Key("rule", "municipality", "a", LAST, "due")] == (22 if marked else 30)
    verdict = audit(protection.published, changed, earlier=earlier)
    assert verdict.green
    assert certificate.verify(verdict.certificate, protection.published, changed, earlier) == []


def test_what_was_hidden_once_stays_hidden_in_a_correction() -> None:
    problem = one_window(
        {m: [("region", "R")] for m in "abcd"}, {("rule", m): (due, 0) for m, due in zip("abcd", (3, 40, 50, 60))}
    )
    first = protect(problem, seed=b"x")
    later = Problem(
        name="correction",
        disclosure=problem.disclosure,
        parents=problem.parents,
        window=LAST,
        counts={**problem.counts, ("rule", "a", LAST): Count(30, 0)},
    )
    earlier = [Printed(problem, first.published)]
    again = protect(later, seed=b"x", earlier=earlier)
    assert again.published[Key("rule", "municipality", "a", LAST, "due")] is HIDDEN
    assert audit(again.published, later, earlier=earlier).green

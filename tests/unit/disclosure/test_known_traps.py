"""Tables that a rule of thumb gets wrong, and the small tables that a person can check.

Belongs here: hand-made cases. Does not belong here: chance (``test_against_brute_force.py``, ``test_years.py``).
"""

from __future__ import annotations

import pytest

from pipelines.disclosure import certificate
from pipelines.disclosure.audit import OUTSIDER, audit, interval_of
from pipelines.disclosure.model import HIDDEN, UNKNOWN, Bound, Count, Key, Printed, Problem
from pipelines.disclosure.protect import protect

from .worlds import one_window, window_of
from .worlds import quarters as quarters_from

LAST = "2026-Q4"


def shown(problem: Problem, hidden: set[tuple[str, str]]) -> dict:
    """Everything printed but the rows of these (level, unit) pairs."""
    sums: dict[Key, int] = {}
    for (rule, municipality, quarter), count in problem.counts.items():
        if quarter not in window_of(problem.window):
            continue
        own = [("municipality", municipality)] if municipality != UNKNOWN else []
        for level, unit in [*own, *problem.parents[municipality, quarter]]:
            for measure, value in (("due", sum(count)), ("met", count.met)):
                key = Key(rule, level, unit, problem.window, measure)
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


def history(counts_of_a: list[int], others: tuple[int, ...] = (60, 80, 100, 70)) -> list[Problem]:
    """One problem for each window of a municipality with these quarters among large neighbours."""
    quarters = quarters_from("2026-Q1", len(counts_of_a))
    names = ["a", *(f"b{n}" for n in range(len(others)))]
    parents = {(m, q): (("region", "R"), ("national", "DK")) for m in names for q in quarters}
    counts = {("rule", "a", q): Count(n, 0) for q, n in zip(quarters, counts_of_a)}
    for name, size in zip(names[1:], others):
        counts |= {("rule", name, q): Count(size // 4, 0) for q in quarters}
    return [
        Problem(
            name=last,
            disclosure={"rule": "denominator"},
            parents=parents,
            window=last,
            counts={place: count for place, count in counts.items() if place[2] <= last},
        )
        for last in quarters[3:]
    ]


def test_windows_that_are_large_alone_can_show_a_small_quarter_together_and_the_audit_says_so() -> None:
    """Windows of 8, 11, 11, 11 and 5 leave only 3, 4 or 5 for the fifth quarter, which is 3."""
    problems = history([0, 0, 0, 8, 3, 0, 0, 2])
    everything = [shown(problem, set()) for problem in problems]
    earlier = [Printed(problem, published) for problem, published in zip(problems[:-1], everything)]
    verdict = audit(everything[-1], problems[-1], earlier=earlier)
    assert any(
        (f.target.kind, f.target.period, f.target.unit, f.lowest, f.highest) == ("quarter", "2027-Q1", "a", 3, 5)
        for f in verdict.red
    )


def test_hiding_in_time_keeps_that_quarter_uncertain() -> None:
    earlier: list[Printed] = []
    for problem in history([0, 0, 0, 8, 3, 0, 0, 2]):
        protection = protect(problem, seed=b"x", earlier=earlier)
        verdict = audit(protection.published, problem, earlier=earlier)
        assert verdict.green, [str(finding) for finding in verdict.red]
        assert not verdict.given_away
        earlier.append(Printed(problem, protection.published, protection.tables))


def test_a_window_that_will_be_small_is_not_given_away_by_windows_before_it() -> None:
    """0 0 4 4, then 3 and nothing more: showing 8 and 11 would say that the later window of 3 is at least 3."""
    earlier: list[Printed] = []
    for problem in history([0, 0, 4, 4, 3, 0, 0, 0]):
        protection = protect(problem, seed=b"x", earlier=earlier)
        verdict = audit(protection.published, problem, earlier=earlier)
        assert verdict.green, [str(finding) for finding in verdict.red]
        assert not verdict.given_away
        earlier.append(Printed(problem, protection.published, protection.tables))


def test_what_earlier_releases_gave_away_is_named_and_does_not_stop_a_release_that_adds_nothing() -> None:
    problems = history([0, 0, 4, 4, 3, 0, 0, 0])
    earlier = [Printed(problem, shown(problem, set())) for problem in problems[:2]]
    for problem in problems[2:]:
        protection = protect(problem, seed=b"x", earlier=earlier)
        earlier.append(Printed(problem, protection.published, protection.tables))
    *before, last = earlier
    verdict = audit(last.published, last.problem, earlier=before)
    assert verdict.green
    assert {(f.target.unit, f.lowest) for f in verdict.given_away} == {("a", 3)}
    assert certificate.verify(verdict.certificate, last.published, last.problem, before) == []


def test_a_frozen_figure_that_changes_a_little_keeps_its_printed_value() -> None:
    before, after = history([5, 5, 5, 5, 5])
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
    before, after = history([5, 5, 5, 5, 5])
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


def test_a_rule_that_accepts_more_as_met_narrows_the_stricter_one_and_the_repair_knows() -> None:
    figures = {("strict", m): (20, met) for m, met in zip("abcdefgh", (3, 12, 14, 9, 11, 10, 13, 12))}
    figures |= {("wide", m): (20, met) for m, met in zip("abcdefgh", (4, 14, 14, 12, 13, 15, 14, 12))}
    problem = one_window(
        {m: [("region", "R")] for m in "abcdefgh"},
        figures,
        disclosure={"strict": "outcome", "wide": "outcome"},
        shared=(("strict", "wide"),),
        bounds=(Bound("strict", "wide", "met"),),
    )
    protection = protect(problem, seed=b"x")
    verdict = audit(protection.published, problem)
    assert verdict.green, [str(finding) for finding in verdict.red]
    assert certificate.verify(verdict.certificate, protection.published, problem) == []
    # Four met under the wide rule, printed, would say that the strict rule has at most four.
    careless = dict(protection.published)
    careless[Key("wide", "municipality", "a", LAST, "met")] = 4
    assert not audit(careless, problem).green


def test_a_rule_for_the_nation_only_has_no_rows_below_it() -> None:
    quarters = window_of(LAST)
    for due, hidden in ((3, True), (30, False)):
        problem = Problem(
            name="r",
            disclosure={"rule": "denominator"},
            window=LAST,
            parents={("", q): (("national", "DK"),) for q in quarters}
            | {("a", q): (("region", "R"), ("national", "DK")) for q in quarters},
            counts={("rule", UNKNOWN, LAST): Count(due, 0)},
            national_only=frozenset({"rule"}),
        )
        published = protect(problem, seed=b"x").published
        assert {key.level for key in published} == {"national"}
        assert (published[Key("rule", "national", "DK", LAST, "due")] is HIDDEN) == hidden
        assert audit(published, problem).green

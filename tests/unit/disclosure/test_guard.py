"""Whatever is delivered, what is let through is safe: hiding, audit, proof and what is done when the audit is red.

Belongs here: the guard of ``pipelines.disclosure.guard`` over histories by chance. A campaign of thousands is
``benchmarks/disclosure.py --histories``. Does not belong here: hiding and auditing alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.disclosure import certificate, guard
from pipelines.disclosure import protect as hiding
from pipelines.disclosure.audit import audit
from pipelines.disclosure.model import HIDDEN, Count, Key, Mark, Printed, Problem

from .attacker import Attacker
from .test_known_traps import history
from .worlds import SmallWorld, chance_history, one_window

K = 5


def let_through(problems: list[Problem], fewest: int = 0) -> list[Printed]:
    earlier: list[Printed] = []
    for problem in problems:
        done = guard.guard(problem, threshold=K, fewest=fewest, seed=b"secret", earlier=earlier)
        assert done.verdict.green, [str(finding) for finding in done.verdict.red]
        assert certificate.verify(done.verdict.certificate, done.published, problem, earlier) == []
        earlier.append(Printed(problem, done.published, done.verdict.certificate.tables))
    return earlier


# 5, 22: one of two rules on the same cases printed anew; 34: a municipality always shown changes region; 39, 43: an
# earlier window restated with few cases of unknown municipality; 0: a restatement that nothing can make safe.
@pytest.mark.parametrize("seed", [*range(16), 22, 34, 43])
def test_whatever_happens_a_release_is_green_and_its_proof_adds_up(seed: int) -> None:
    let_through(chance_history(seed)[:4])


def test_an_attacker_of_his_own_finds_nothing_in_what_was_let_through() -> None:
    world = SmallWorld(101, municipalities=4, span=5, pace=1.0)
    releases = let_through([world.problem(window) for window in world.quarters[3:]])
    for rule in world.disclosure:
        attacker = Attacker([(release.problem, dict(release.published)) for release in releases], [rule])
        for release in releases:
            assert attacker.exposed(dict(release.published), K, spread_of_quarters=True) == []


def test_a_rule_without_new_figures_is_always_green() -> None:
    for seed in range(8):
        *before, last = let_through(chance_history(200 + seed)[:3])
        blank = guard.all_hidden(last.problem, last.problem.disclosure)
        assert audit(blank, last.problem, threshold=K, earlier=before).green


def careless(monkeypatch: pytest.MonkeyPatch, shown: dict[Key, int]) -> None:
    """Let hiding show these figures besides what it would show."""
    real = hiding.protect

    def protect(problem: Problem, **options: Any) -> hiding.Protection:
        done = real(problem, **options)
        return replace(done, published={**done.published, **shown})

    monkeypatch.setattr(hiding, "protect", protect)


@pytest.mark.parametrize("earlier_window", [False, True])
def test_a_rule_that_falls_gives_up_restating_first_and_its_new_figures_after_that(
    monkeypatch: pytest.MonkeyPatch, earlier_window: bool
) -> None:
    before, after = history([5, 5, 5, 5, 1])
    first = guard.guard(before, threshold=K, fewest=0, seed=b"x", earlier=[])
    small = {("rule", "a", f"2026-Q{n}"): Count(n != 4, 0) for n in (1, 2, 3, 4)}
    after = replace(after, counts={**after.counts, **small})
    shown = {Key("rule", "municipality", "a", "2026-Q4" if earlier_window else "2027-Q1", m): 3 for m in ("due", "met")}
    careless(monkeypatch, shown)
    done = guard.guard(
        after, threshold=K, fewest=0, seed=b"x", earlier=[Printed(before, first.published, first.protection.tables)]
    )
    assert done.verdict.green
    assert (done.withheld, done.unrestated) == (set(), {"rule"}) or not earlier_window
    assert "rule" in done.withheld or earlier_window
    assert done.published[Key("rule", "municipality", "a", "2026-Q4", "due")] == 20


def test_figures_printed_before_stand_when_a_rule_is_withheld() -> None:
    problem = one_window({m: [("region", "R")] for m in "abcd"}, {("rule", m): (30, 10) for m in "abcd"})
    earlier = let_through([problem])
    again = replace(problem, name="correction", disclosure={**problem.disclosure, "new": "denominator"})
    done = guard.guard(again, threshold=K, fewest=100, seed=b"x", earlier=earlier)
    assert done.sparse == {"new"}
    assert all(isinstance(value, Mark) == (key.rule == "new") for key, value in done.published.items())


def test_a_figure_hidden_before_stays_uncertain_as_it_is_counted_after_a_revision() -> None:
    """3 hidden, revised to 4 while the region is printed anew: the new count of the window is nobody's to know."""
    names = "abcdef"
    homes = {m: [("region", "R")] for m in names}
    before = one_window(homes, {("rule", m): (due, 0) for m, due in zip(names, (3, 40, 50, 60, 30, 20))})
    first = guard.guard(before, threshold=K, fewest=0, seed=b"x", earlier=[])
    counts = dict(before.counts)
    counts["rule", "a", "2026-Q1"] = Count(2, 0)
    counts["rule", "b", "2026-Q1"] = Count(30, 0)
    after = replace(before, name="second", counts=counts, restatement=True)
    earlier = [Printed(before, first.published)]
    published = {
        key: value
        for key, value in _everything(after).items()
        if value != HIDDEN and not (key.level == "municipality" and key.unit == "a")
    }
    assert any(
        f.target.unit == "a" and f.target.kind == "rolling4" for f in audit(published, after, earlier=earlier).red
    )
    assert guard.guard(after, threshold=K, fewest=0, seed=b"x", earlier=earlier).verdict.green


def _everything(problem: Problem) -> dict:
    sums: dict[Key, int] = {}
    for (rule, municipality, quarter), count in problem.counts.items():
        for level, unit in (("municipality", municipality), *problem.parents[municipality, quarter]):
            for measure, value in (("due", sum(count)), ("met", count.met)):
                key = Key(rule, level, unit, problem.window, measure)
                sums[key] = sums.get(key, 0) + value
    return sums

"""What is done about a family whose figures the attack opens: another lot, and at last nothing new of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.disclosure import certificate, guard
from pipelines.disclosure.attack import audit as attack
from pipelines.disclosure.attack.audit import Disclosed
from pipelines.disclosure.families import families_of
from pipelines.disclosure.model import HIDDEN, Printed, Problem, Target

from .worlds import RULE, History, K, publish

Years = tuple[Problem, list[Printed]]


@pytest.fixture(scope="module")
def years() -> Years:
    """A publication that closes a year and restates the one before, and everything printed before it."""
    *before, last = History(1, municipalities=10, span=8).problems()
    assert last.years and last.restated
    return last, [printed for printed, _guarded in publish(before)]


def falling(monkeypatch: pytest.MonkeyPatch, times: int) -> list[bool]:
    """Let the attack open the rule's figures so many times while any is shown; returns whether each was asked alone."""
    real, asked = attack.audit, list[bool]()

    def audit(figures: Any, problem: Problem, **more: Any) -> Any:
        verdict = real(figures, problem, **more)
        if len(asked) < times and any(key.rule == RULE and value is not HIDDEN for key, value in figures.items()):
            asked.append(set(problem.families) == {RULE})
            target = next(one.target for one in verdict.certificate.claims if one.target.family == RULE)
            return replace(verdict, red=(Disclosed(target, "outsider", 4, 4),))
        return verdict

    monkeypatch.setattr(attack, "audit", audit)
    return asked


def test_a_family_that_falls_is_drawn_again(years: Years, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, earlier = years
    asked = falling(monkeypatch, 3)
    done = guard.guard(problem, threshold=K, seed=b"x", earlier=earlier)
    assert asked == [False, True, True], "the others' figures stand while this one's are drawn again"
    assert done.verdict.green and not done.withheld
    assert any(key.rule == RULE and value is not HIDDEN for key, value in done.published.items())
    assert certificate.verify(done.verdict.certificate, done.published, problem, earlier) == []


def test_one_that_falls_with_every_lot_shows_nothing_new_and_leaves_earlier_years_as_printed(
    years: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, earlier = years
    asked = falling(monkeypatch, 1000)
    done = guard.guard(problem, threshold=K, seed=b"x", earlier=earlier)
    assert len(asked) == guard.LOTS and done.withheld == {RULE} and done.verdict.green
    own = {key: value for key, value in done.published.items() if key.rule == RULE}
    assert own and all(value is HIDDEN for value in own.values())
    assert not [key for key in own if key.level == "municipality" and key.period in problem.restated]
    assert certificate.verify(done.verdict.certificate, done.published, problem, earlier) == []


def test_a_year_that_is_told_anyway_stays_when_its_family_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """To hide it would be red for ever, and withholding would be no way out."""
    history = History(10, municipalities=12, span=8, pace=9.0, families=families_of({"rule": "denominator"}))
    *before, problem = history.problems()
    done = publish(before)
    earlier = [printed for printed, _ in done]
    fallen = Disclosed(Target("rule", "municipality", "102", "2026", (0,), problem.name), "outsider", 5, 4)
    found = attack.audit

    def falls_once(*arguments: Any, **named: Any) -> Any:
        verdict = found(*arguments, **named)
        shown = [value for key, value in arguments[0].items() if key.level == "region"]
        return replace(verdict, red=(fallen,)) if any(value is not HIDDEN for value in shown) else verdict

    monkeypatch.setattr(attack, "audit", falls_once)
    withheld = guard.guard(problem, threshold=K, seed=b"x", earlier=earlier)
    assert withheld.withheld == {"rule"} and withheld.verdict.green
    shown = {key.unit for key, value in withheld.published.items() if value is not HIDDEN}
    assert shown == {"101"}

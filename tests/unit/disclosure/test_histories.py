"""Years of publications by chance, attacked together by somebody who knows nothing of our programs.

Belongs here: small samples. The large ones are ``benchmarks/disclosure.py``.
"""

from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import disclosure
from pipelines.disclosure import certificate, guard
from pipelines.disclosure.attack.audit import audit
from pipelines.disclosure.attack.ledger import of_the_same_years, read_ledger
from pipelines.disclosure.families import RELEASES, families_of, releases_family
from pipelines.disclosure.model import HIDDEN, Key, Printed

from .attacker import Attacker, insiders
from .worlds import History, K, one_year, publish, true_value

PACKAGE = Path(disclosure.__file__).parent
FAMILIES = families_of({"rule": "denominator"})


@pytest.fixture(scope="module")
def published() -> list[tuple[Printed, guard.Guarded]]:
    return publish(History(1, municipalities=10, span=12).problems())


def test_every_publication_is_let_through_with_a_proof(published: list) -> None:
    for number, (printed, guarded) in enumerate(published):
        earlier = [one for one, _ in published[:number]]
        assert guarded.verdict.green, guarded.verdict.red[:3]
        assert not guarded.withheld
        assert certificate.verify(guarded.verdict.certificate, printed.published, printed.problem, earlier) == []


def test_nothing_can_be_worked_out_from_all_of_them_together(published: list) -> None:
    editions = [(printed.problem, printed.published) for printed, _ in published]
    readers = ["", *random.Random(1).sample(insiders(editions[-1][0]), 1)]
    assert Attacker(editions, "rule").exposed(readers) == []


def test_a_first_publication_that_tells_the_years_before_its_own_gives_nothing_away_now_or_later() -> None:
    done = publish(History(13, municipalities=12, span=8, pace=9.0).problems(first=6))
    assert [(len(printed.problem.windows), printed.problem.years) for printed, _ in done] == [
        (4, ("2025",)),
        (1, ("2026",)),
    ]
    shown = [key for key, value in done[0][0].published.items() if value is not HIDDEN]
    for level in ("national", "area", "region"):
        assert {key.period for key in shown if key.level == level} == {*done[0][0].problem.windows}
    assert len(shown) < len(done[0][0].published)
    for number, (printed, guarded) in enumerate(done):
        assert guarded.verdict.green and not guarded.withheld
        earlier = [one for one, _ in done[:number]]
        assert certificate.verify(guarded.verdict.certificate, printed.published, printed.problem, earlier) == []
    editions = [(printed.problem, printed.published) for printed, _ in done]
    assert Attacker(editions, "person").exposed(["", insiders(editions[0][0])[0]]) == []


@pytest.mark.parametrize("seed", [10, 23])
def test_a_municipality_alone_in_its_new_area_is_shown_as_its_quarters_tell_of_it_already(seed: int) -> None:
    """Hidden, it would be known not to be small; and its family would be withheld without being any safer for it."""
    families = {"rule": FAMILIES["rule"]}
    done = publish(History(seed, municipalities=12, span=8, pace=9.0, families=families).problems())
    printed, guarded = done[-1]
    earlier = [one for one, _ in done[:-1]]
    assert guarded.verdict.green and not guarded.withheld
    mover = Key("rule", "municipality", "101", "2026", "due")
    assert printed.published[mover] == true_value(printed.problem, mover) >= K
    hidden = {**printed.published, mover: HIDDEN, mover._replace(measure="met"): HIDDEN}
    red = audit(hidden, printed.problem, threshold=K, earlier=earlier).red
    assert {(one.target.level, one.target.unit) for one in red} == {("municipality", "101")}
    editions = [(one.problem, one.published) for one, _ in done]
    assert Attacker(editions, "rule").exposed(["", *insiders(printed.problem)[:2]]) == []


def test_nothing_printed_ties_one_calendar_year_to_another(published: list) -> None:
    """Why an attack may leave out what was printed about other years."""
    newest = published[-1][0]
    earlier = [printed for printed, _ in published[:-1]]
    for family in newest.problem.families.values():
        ledger = read_ledger(family, K, newest.published, newest.problem, earlier)
        assert ledger.facts
        for cells in (*ledger.facts, *ledger.subjects):
            assert len({ledger.cells[i].quarter[:4] for i in cells}) == 1


def test_leaving_out_other_years_changes_no_verdict(published: list, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a hidden figure is shown after all: the audit that reads less is red where the whole one is."""
    chance = random.Random(6)
    for number in (len(published) - 2, len(published) - 1):
        printed = published[number][0]
        earlier = [one for one, _ in published[:number]]
        assert len(of_the_same_years(printed.problem, earlier)) < len(earlier)
        hidden = sorted(key for key, value in printed.published.items() if value is HIDDEN and key.measure == "due")
        key = chance.choice(hidden)
        name = next(n for n, family in printed.problem.families.items() if (key.rule, key.measure) in family.figures)
        problem = replace(printed.problem, families={name: printed.problem.families[name]})
        rules = {rule for rule, _measure in problem.families[name].figures}
        untouched = {one: value for one, value in printed.published.items() if one.rule in rules}
        for figures in (untouched, {**untouched, key: true_value(problem, key)}):
            found = audit(figures, problem, threshold=K, earlier=earlier)
            with monkeypatch.context() as patch:
                patch.setattr("pipelines.disclosure.attack.audit.of_the_same_years", lambda _problem, whole: whole)
                whole = audit(figures, problem, threshold=K, earlier=earlier)
            assert (found.red, found.wrong, found.targets) == (whole.red, whole.wrong, whole.targets)
            assert [one.target for one in found.certificate.claims] == [one.target for one in whole.certificate.claims]
            assert found.green is (figures is untouched)


def test_releases_are_printed_for_the_nation_and_the_areas_alone_and_nothing_can_be_worked_out() -> None:
    family = releases_family(["releases_all", "releases_home", "releases_hostel", "releases_not_stated"])
    done = publish(History(3, municipalities=12, span=7, pace=4.0, families={RELEASES: family}).problems())
    values = [value for printed, _ in done for value in printed.published.values()]
    assert any(value is HIDDEN for value in values) and any(value is not HIDDEN for value in values)
    for number, (printed, guarded) in enumerate(done):
        earlier = [one for one, _ in done[:number]]
        assert {key.level for key in printed.published} == {"national", "area"}
        assert {key.period for key in printed.published} == {printed.problem.windows[-1]}, "the leading year alone"
        assert guarded.verdict.green and not guarded.withheld
        assert certificate.verify(guarded.verdict.certificate, printed.published, printed.problem, earlier) == []
        hidden = {key: value for key, value in printed.published.items() if value is HIDDEN}
        for key in hidden if number == len(done) - 1 else ():
            shown = {one: true_value(printed.problem, one) for one in hidden if one[1:4] == key[1:4]}
            assert not audit({**printed.published, **shown}, printed.problem, threshold=K, earlier=earlier).green
    editions = [(printed.problem, printed.published) for printed, _ in done]
    assert Attacker(editions, RELEASES).exposed(["", insiders(editions[-1][0])[0]]) == []


def test_showing_a_hidden_figure_at_random_turns_the_audit_red() -> None:
    """In at least 95 of 100; what is left are figures that the lot hides besides."""
    chance = random.Random(4)
    homes = {f"{number}": (("region", f"R{number % 3}"), ("area", "East")) for number in range(101, 131)}
    size = {m: chance.choice((0.4, 4, 4, 8, 8, 8)) for m in homes}
    due = {m: [round(chance.uniform(0.5, 1.5) * size[m]) for _ in range(4)] for m in homes}
    problem = one_year(homes, due)
    published = guard.guard(problem, threshold=K, seed=b"x", earlier=[]).published
    hidden = sorted(key.unit for key, value in published.items() if value is HIDDEN and key.measure == "due")
    assert len(hidden) > 6
    assert any(sum(due[m]) >= K for m in hidden), "some are hidden for another's sake"
    red = 0
    for municipality in hidden:
        key = Key("rule", "municipality", municipality, "2026", "due")
        shown = {key: sum(due[municipality]), key._replace(measure="met"): sum(due[municipality])}
        red += not audit({**published, **shown}, problem, threshold=K).green
    assert red >= 0.95 * len(hidden)


def test_hiding_attacking_and_certifying_share_no_code() -> None:
    for name in ("hiding", "attack", "certificate"):
        files = [PACKAGE / f"{name}.py"] if name == "certificate" else sorted((PACKAGE / name).glob("*.py"))
        for file in files:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            imported = {
                node.module
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipelines")
            }
            own = f"pipelines.disclosure.{name}"
            assert {one for one in imported if not one.startswith(own)} <= {"pipelines.disclosure.model"}, file
    assert "scipy" not in (PACKAGE / "certificate.py").read_text(encoding="utf-8")

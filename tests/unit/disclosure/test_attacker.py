"""The attacker himself: every municipality tries, finds what there is to find, and a fault of ours is not his."""

from __future__ import annotations

import ast
import csv
from dataclasses import fields, replace
from pathlib import Path

import pytest

from pipelines.disclosure import families as program
from pipelines.disclosure.model import HIDDEN, Family, Problem, Unit
from pipelines.vocabulary import RELEASE_PLACES

from . import method_page
from .attacker import Attacker, insiders
from .worlds import RULE, one_year, publish, true_value

CATALOGUE = Path(__file__).parents[3] / "dbt_project" / "seeds" / "rule_catalogue.csv"
HOMES: dict[str, tuple[Unit, Unit]] = {
    **dict.fromkeys("abcdefg", (("region", "R1"), ("area", "East"))),
    **dict.fromkeys("ijkl", (("region", "R2"), ("area", "West"))),
    **dict.fromkeys("uvw", (("region", "R3"), ("area", "West"))),
}
DUE = {m: [9] * 4 for m in HOMES} | {"a": [1, 0, 1, 2], "b": [0] * 4, "i": [1] * 4, "j": [0, 0, 1, 1], "u": [30] * 4}
MET = {m: [count * 2 // 3 for count in due] for m, due in DUE.items()}


def a_year(disclosure: str = "denominator") -> Problem:
    return one_year(HOMES, DUE, met=MET, disclosure=disclosure)


@pytest.mark.parametrize("disclosure", ["denominator", "outcome"])
def test_no_municipality_of_a_year_works_out_another_nor_does_an_outsider(disclosure: str) -> None:
    problem = a_year(disclosure)
    printed, guarded = publish([problem])[0]
    assert guarded.verdict.green and not guarded.withheld
    attacker = Attacker([(problem, printed.published)], RULE, about_persons=disclosure == "outcome")
    readers = ["", *insiders(problem)]
    assert len(readers) == 1 + len(HOMES)
    assert {key.unit for key, _row in attacker.protected()} > {"a", "b", "i", "j"}
    assert attacker.exposed(readers) == []


def test_of_two_hidden_each_knows_the_other_and_nobody_else_does() -> None:
    """That an insider's attack finds what there is to find: the sum of the two is their region's less the rest."""
    problem = a_year()
    published = dict.fromkeys(publish([problem])[0][1].published)
    shown = {key: true_value(problem, key) for key in published}
    hidden = {key: HIDDEN for key in shown if key.level == "municipality" and key.unit in ("a", "c")}
    for unit in ("b", "i", "j"):  # small ones beside the two would be found by everybody
        problem = replace(problem, counts={place: n for place, n in problem.counts.items() if place[1] != unit})
    left = {key: value for key, value in shown.items() if key.unit not in ("b", "i", "j")}
    left = {key: true_value(problem, key) for key in left}
    parents = {place: units for place, units in problem.parents.items() if place[0] not in ("b", "i", "j")}
    attacker = Attacker([(replace(problem, parents=parents), {**left, **hidden})], RULE)
    found = {(one.key.unit, one.reader): (one.low, one.high) for one in attacker.exposed(["", *insiders(problem)])}
    assert found == {("a", "c"): (4, 4), ("c", "a"): (36, 36)}


def test_a_small_year_that_is_shown_is_found_by_everybody() -> None:
    problem = a_year()
    published = publish([problem])[0][1].published
    shown = {key: true_value(problem, key) for key in published if key.unit == "a"}
    found = Attacker([(problem, {**published, **shown})], RULE).exposed(["", "w"])
    assert {(one.key.unit, one.reader, one.low, one.high) for one in found} >= {("a", "", 4, 4), ("a", "w", 4, 4)}


def test_what_the_program_wrongly_takes_to_be_harmless_is_found() -> None:
    """The fault that hiding, audit and proof would share: that met and not met of a person are not sensitive."""
    problem = one_year(HOMES, {m: [9] * 4 for m in HOMES}, met={m: [9 if m == "a" else 5] * 4 for m in HOMES})
    printed, guarded = publish([problem])[0]
    assert guarded.verdict.green
    found = Attacker([(problem, printed.published)], RULE, about_persons=True).exposed()
    assert {one.key.unit for one in found} == {"a"}


def test_a_small_quarter_in_a_year_that_is_shown_of_a_larger_unit_is_found() -> None:
    problem = a_year()
    published = publish([problem])[0][1].published
    small = replace(problem, counts={place: n for place, n in problem.counts.items() if place[2] != "2026-Q1"})
    shown = {key: true_value(small, key) for key in published if key.level == "national"}
    with pytest.raises(AssertionError, match="small quarter"):
        Attacker([(small, shown)], RULE)


def test_what_the_program_wrongly_adds_up_is_found() -> None:
    family = program.families_of({RULE: "denominator"})[RULE]
    wrong = replace(family, figures={**family.figures, (RULE, "met"): (0, 1)})
    problem = replace(a_year(), families={RULE: wrong})
    printed, guarded = publish([problem])[0]
    assert guarded.verdict.green
    with pytest.raises(AssertionError, match="printed otherwise than counted"):
        Attacker([(problem, printed.published)], RULE)


def test_program_and_method_page_mean_the_same_by_each_figure_of_the_catalogue() -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        disclosure = {row["rule_id"]: row["disclosure"] for row in csv.DictReader(file) if row["restricted"] == "false"}
    families = program.families_of(disclosure)
    places = [program.ALL_RELEASES, *map(program.of_releases, RELEASE_PLACES)]
    families |= {program.RELEASES: program.releases_family(places)}
    assert len(families) > 20
    for name, family in families.items():
        page = method_page.read(name, family.parts)
        printed = {*family.upper, *family.municipal}
        assert {figure: _names(family, family.figures[figure]) for figure in printed} == page.counted, name
        assert {_names(family, one) for one in family.sensitive_upper} == {*page.larger}, name
        assert {_names(family, one) for one in family.sensitive_municipal} == {*page.municipal}, name


def _names(family: Family, parts: tuple[int, ...]) -> frozenset[str]:
    return frozenset(family.parts[part] for part in parts)


def test_the_attacker_has_nothing_of_the_program_but_its_words_and_the_headings_of_counts() -> None:
    of_the_program = {one.name for one in fields(Family)} - {"name", "parts"}
    for module in ("attacker", "method_page"):
        tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        imported |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
        assert {one for one in imported if one.startswith(("pipelines", "reports"))} <= {"pipelines.disclosure.model"}
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not (read & of_the_program - {"municipal"}), module

"""The certificate convinces by addition only; figures come from rows and go back to rows; memory survives storage."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines import disclosure
from pipelines.disclosure import certificate, figures, storage
from pipelines.disclosure.audit import audit
from pipelines.disclosure.model import HIDDEN, UNKNOWN, Claim, Key, Printed, Table
from pipelines.disclosure.protect import protect

from .worlds import SmallWorld, one_window, window_of

PACKAGE = Path(disclosure.__file__).parent


@pytest.fixture(scope="module")
def release() -> tuple:
    world = SmallWorld(2, municipalities=8, span=4)
    problem = world.problem(world.quarters[3])
    protection = protect(problem, seed=b"x")
    return problem, protection, audit(protection.published, problem)


def test_the_three_programs_share_no_code() -> None:
    for name in ("protect", "audit", "certificate"):
        tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
        imported = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipelines")
        }
        assert imported == {"pipelines.disclosure.model"}
    assert "highspy" not in (PACKAGE / "certificate.py").read_text(encoding="utf-8")


def test_an_honest_certificate_is_believed(release) -> None:
    problem, protection, verdict = release
    assert verdict.green
    assert certificate.verify(verdict.certificate, protection.published, problem) == []


def test_a_certificate_with_a_changed_number_is_not(release) -> None:
    problem, protection, verdict = release
    first = verdict.certificate.tables[0]
    variable, value = first.changes[0]
    forged = replace(
        verdict.certificate,
        tables=(Table(((variable, value + 1), *first.changes[1:])), *verdict.certificate.tables[1:]),
    )
    assert certificate.verify(forged, protection.published, problem)


def test_a_certificate_that_leaves_a_figure_out_is_not(release) -> None:
    problem, protection, verdict = release
    forged = replace(verdict.certificate, claims=verdict.certificate.claims[1:])
    assert certificate.verify(forged, protection.published, problem)


def test_a_certificate_that_convinces_outsiders_only_is_not(release) -> None:
    problem, protection, verdict = release
    claims = tuple(Claim(c.target, c.low[:1], c.high[:1]) for c in verdict.certificate.claims)
    assert certificate.verify(replace(verdict.certificate, claims=claims), protection.published, problem)


def test_a_certificate_for_other_figures_is_not(release) -> None:
    problem, protection, verdict = release
    key = next(key for key, value in protection.published.items() if value is HIDDEN and key.measure == "due")
    due = sum(
        sum(count)
        for (rule, m, q), count in problem.counts.items()
        if rule == key.rule and (key.level, key.unit) in {("municipality", m), *problem.parents[m, q]}
    )
    assert certificate.verify(verdict.certificate, {**protection.published, key: due}, problem)


def test_hiding_and_audit_count_the_same_hidden_figures(release) -> None:
    _, protection, verdict = release
    assert (verdict.cells, verdict.hidden_first, verdict.hidden_second) == (
        protection.cells,
        protection.hidden_first,
        protection.hidden_second,
    )
    assert verdict.narrowest is not None


def test_the_same_seed_hides_the_same_figures_and_the_seed_decides_ties() -> None:
    """One small municipality among equals: which of the equals it is hidden with, only the seed knows."""
    names = "abcdefghijkl"
    problem = one_window(
        {m: [("region", "R")] for m in names}, {("rule", m): (3 if m == "a" else 20, 0) for m in names}
    )
    chosen = [protect(problem, seed=bytes([n])).published for n in (1, 1, 2, 3, 4)]
    assert chosen[0] == chosen[1]
    assert any(other != chosen[0] for other in chosen[2:])


def test_a_release_survives_storage(release) -> None:
    problem, protection, verdict = release
    printed = Printed(problem, protection.published, protection.tables)
    assert storage.printed_from_json(storage.printed_to_json(printed)) == printed
    again = storage.certificate_from_json(storage.certificate_to_json(verdict.certificate))
    assert again == verdict.certificate


def compliance_rows(world: SmallWorld, window: str) -> list[dict]:
    rows = []
    for kind, periods in (("quarter", {q: [q] for q in world.quarters}), ("rolling4", {window: window_of(window)})):
        for period, quarters in periods.items():
            units = {("municipality", m) for m in world.municipalities}
            units |= {unit for place in world.parents.values() for unit in place}
            for rule in world.disclosure:
                for level, unit in units:
                    counts = [
                        count
                        for (r, m, q), count in world.counts.items()
                        if r == rule and q in quarters and (level, unit) in {("municipality", m), *world.parents[m, q]}
                    ]
                    due, met = sum(sum(c) for c in counts), sum(c.met for c in counts)
                    rows.append(
                        {
                            "level": level,
                            "unit_code": unit,
                            "period_type": kind,
                            "period": period,
                            "rule_id": rule,
                            "due": due,
                            "met": met,
                            "late": due - met,
                            "missed": 0,
                        }
                    )
    return rows


def membership_rows(world: SmallWorld) -> list[dict]:
    rows = []
    for m in world.municipalities:
        units = dict(world.parents[m, world.quarters[0]])
        rows.append(
            {
                "municipality_code": m,
                "region_code": units["region"],
                "area": units["area"],
                "valid_from": date(2007, 1, 1),
                "valid_to": None,
            }
        )
    return rows


def test_a_problem_is_built_from_rows_of_the_warehouse() -> None:
    world = SmallWorld(6, municipalities=6, span=4)
    window = world.quarters[3]
    problem = figures.build_problem(
        compliance_rows(world, window), membership_rows(world), world.disclosure, name="r1", window=window
    )
    assert {place: count for place, count in problem.counts.items() if sum(count)} == world.counts
    assert problem.parents[UNKNOWN, window] == (("national", "DK"),)
    published = protect(problem, seed=b"x").published
    lines = figures.protected_rows(published)
    assert len(lines) * 2 == len(published)
    for line in lines:
        assert (line.rate is not None) == (isinstance(line.due, int) and isinstance(line.met, int) and line.due > 0)


def test_rows_that_do_not_add_up_are_refused() -> None:
    world = SmallWorld(6, municipalities=6, span=4)
    window = world.quarters[3]
    rows = compliance_rows(world, window)
    region = next(row for row in rows if row["level"] == "region" and row["due"])
    region["due"] += 1
    with pytest.raises(figures.FiguresDisagree):
        figures.build_problem(rows, membership_rows(world), world.disclosure, name="r1", window=window)


def test_a_window_over_the_new_region_of_2027_counts_each_quarter_where_it_belonged() -> None:
    rows, members = [], []
    quarters = window_of("2027-Q2")
    for number in range(8):
        code = str(101 + number)
        old = "1084" if number < 4 else "1085"
        members.append(
            {
                "municipality_code": code,
                "region_code": old,
                "area": "Øst",
                "valid_from": date(2007, 1, 1),
                "valid_to": date(2026, 12, 31),
            }
        )
        members.append(
            {
                "municipality_code": code,
                "region_code": "1086",
                "area": "Øst",
                "valid_from": date(2027, 1, 1),
                "valid_to": None,
            }
        )
        for q in quarters:
            rows.append(
                {
                    "level": "municipality",
                    "unit_code": code,
                    "period_type": "quarter",
                    "period": q,
                    "rule_id": "r",
                    "due": 1 + number,
                    "met": 1,
                }
            )
    for q in quarters:
        rows.append(
            {
                "level": "national",
                "unit_code": "DK",
                "period_type": "quarter",
                "period": q,
                "rule_id": "r",
                "due": 37,
                "met": 8,
            }
        )
    problem = figures.build_problem(rows, members, {"r": "denominator"}, name="r", window="2027-Q2")
    published = protect(problem, seed=b"x").published
    regions = {key.unit for key in published if key.level == "region"}
    assert regions == {"1084", "1085", "1086"}
    verdict = audit(published, problem)
    assert verdict.green
    assert certificate.verify(verdict.certificate, published, problem) == []


def test_a_municipality_that_moves_inside_a_quarter_is_refused() -> None:
    world = SmallWorld(6, municipalities=6, span=4)
    window = world.quarters[3]
    members = membership_rows(world)
    members[0] = {**members[0], "valid_to": date(2022, 2, 1)}
    with pytest.raises(figures.FiguresDisagree):
        figures.build_problem(compliance_rows(world, window), members, world.disclosure, name="r", window=window)


def test_rates_are_whole_percents_and_only_all_is_a_hundred() -> None:
    assert figures.whole_percent(299 / 300) == 99
    assert figures.whole_percent(1.0) == 100
    assert figures.whole_percent(1 / 300) == 1
    assert figures.whole_percent(0.0) == 0
    assert figures.wilson(8, 10) == (49, 95)


def test_the_hidden_mark_cannot_be_added() -> None:
    with pytest.raises(TypeError):
        sum([HIDDEN, 3])  # type: ignore[list-item]
    assert Key("r", "municipality", "a", "2026-Q4", "due")

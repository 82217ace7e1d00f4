"""Release after release, attacked together and in pairs by somebody who knows nothing of our programs.

Belongs here: histories. The large one is ``benchmarks/disclosure.py``.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.disclosure import certificate
from pipelines.disclosure.audit import audit
from pipelines.disclosure.model import Printed
from pipelines.disclosure.protect import protect

from .attacker import Attacker
from .worlds import SmallWorld

K = 5


def publish(world: SmallWorld, windows: list[str], revised: float = 0.0) -> list[Printed]:
    earlier: list[Printed] = []
    for window in windows:
        problem = world.problem(window)
        protection = protect(problem, threshold=K, seed=b"secret", earlier=earlier)
        assert not protection.unsolved
        earlier.append(Printed(problem, protection.published, protection.tables))
        world.revise(revised)
    return earlier


@pytest.fixture(scope="module")
def five_years() -> list[Printed]:
    world = SmallWorld(12, municipalities=6, span=23, disclosure={"rule": "denominator"}, pace=1.2)
    return publish(world, world.quarters[3:])


def test_five_years_of_releases_are_green_together_and_the_certificate_adds_up(five_years) -> None:
    *earlier, last = five_years
    verdict = audit(last.published, last.problem, threshold=K, earlier=earlier)
    assert verdict.green, [str(finding) for finding in verdict.red]
    assert not verdict.given_away
    assert certificate.verify(verdict.certificate, last.published, last.problem, earlier) == []


def test_nobody_learns_a_small_figure_from_five_years_together(five_years) -> None:
    attacker = Attacker([(release.problem, dict(release.published)) for release in five_years])
    for release in five_years:
        assert attacker.exposed(dict(release.published), K, insiders=False) == []
    for release in five_years[-2:]:
        assert attacker.exposed(dict(release.published), K) == []


def test_nobody_learns_a_small_figure_from_any_two_releases_in_a_row(five_years) -> None:
    for one, other in zip(five_years[::4], five_years[1::4]):
        attacker = Attacker([(release.problem, dict(release.published)) for release in (one, other)])
        for release in (one, other):
            assert attacker.exposed(dict(release.published), K, insiders=False) == []


def test_no_quarter_comes_out_and_no_insider_learns_anything_over_four_releases_of_two_kinds_of_rule() -> None:
    world = SmallWorld(5, municipalities=5, span=5)
    releases = publish(world, world.quarters[3:])
    for rule in world.disclosure:
        attacker = Attacker([(release.problem, dict(release.published)) for release in releases], [rule])
        for release in releases:
            assert attacker.exposed(dict(release.published), K, spread_of_quarters=True) == []


def test_each_window_protected_alone_is_not_safe_together() -> None:
    """Why history is part of the problem: the same windows, each hidden as if it were the first."""
    world = SmallWorld(12, municipalities=7, span=12, disclosure={"rule": "denominator"}, pace=1.2)
    alone = []
    for window in world.quarters[3:]:
        problem = world.problem(window)
        alone.append(Printed(problem, protect(problem, threshold=K, seed=b"secret").published))
    *earlier, last = alone
    assert not audit(last.published, last.problem, threshold=K, earlier=earlier).green


def test_revised_counts_stay_protected_and_the_certificate_adds_up() -> None:
    world = SmallWorld(21, municipalities=8, span=8)
    releases = publish(world, world.quarters[3:], revised=0.05)
    *earlier, last = releases
    verdict = audit(last.published, last.problem, threshold=K, earlier=earlier)
    assert verdict.green, [str(finding) for finding in verdict.red]
    assert certificate.verify(verdict.certificate, last.published, last.problem, earlier) == []


def test_figures_repeated_from_earlier_releases_say_nothing_new() -> None:
    world = SmallWorld(8, municipalities=6, span=6)
    *earlier, last = publish(world, world.quarters[3:])
    repeated = {key: value for release in [*earlier, last] for key, value in release.published.items()}
    once = audit(last.published, last.problem, earlier=earlier)
    twice = audit(repeated, last.problem, earlier=earlier)
    assert once.green
    assert twice.green
    assert once.targets == twice.targets


def merge_regions(world: SmallWorld, since: str) -> None:
    for (municipality, quarter), units in list(world.parents.items()):
        if municipality and quarter >= since:
            world.parents[municipality, quarter] = tuple(
                (level, "NEW" if unit in ("R0", "R1") else unit) for level, unit in units
            )


def test_windows_over_the_merger_of_two_regions_give_nothing_away() -> None:
    """The old region counts two quarters of the window and the new one the others, so nobody can change season."""
    world = SmallWorld(12, municipalities=6, span=7, disclosure={"rule": "denominator"}, pace=1.5)
    merge_regions(world, world.quarters[4])
    releases = publish(world, world.quarters[3:])
    *earlier, last = releases
    verdict = audit(last.published, last.problem, threshold=K, earlier=earlier)
    assert verdict.green, [str(finding) for finding in verdict.red]
    attacker = Attacker([(release.problem, dict(release.published)) for release in releases])
    for release in releases:
        assert attacker.exposed(dict(release.published), K, spread_of_quarters=True) == []


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10_000),
    st.sampled_from((3, 5, 8)),
    st.sampled_from((0.5, 1.0, 2.0)),
    st.sampled_from((0.0, 0.0, 0.1)),
    st.booleans(),
    st.booleans(),
)
def test_any_history_stays_green(seed, municipalities, pace, revised, merger, remember) -> None:
    world = SmallWorld(seed, municipalities=municipalities, span=7, pace=pace)
    if merger:
        merge_regions(world, world.quarters[4])
    earlier: list[Printed] = []
    for window in world.quarters[3:]:
        problem = world.problem(window)
        protection = protect(problem, threshold=K, seed=b"secret", earlier=earlier)
        verdict = audit(protection.published, problem, threshold=K, earlier=earlier, hints=protection.tables)
        assert verdict.green, [str(finding) for finding in verdict.red]
        assert not verdict.given_away
        assert certificate.verify(verdict.certificate, protection.published, problem, earlier) == []
        earlier.append(Printed(problem, protection.published, protection.tables if remember else ()))
        world.revise(revised)

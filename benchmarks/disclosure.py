"""How much disclosure control hides, and how long it takes, in a made world of realistic size and skew.

Belongs here: the made world and the measuring. Does not belong here: verdicts on the real delivery.

Run: ``python -m benchmarks.disclosure [--releases 20] [--rules 22]``. Prints cells, figures hidden first and second,
the share of municipality rates shown, and seconds, for each release and for the joint audit of them all.
``--histories 1000`` instead lets the guard loose on so many small histories by chance (``--seed`` is the first).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable

import numpy as np

from pipelines.disclosure import certificate, guard
from pipelines.disclosure.audit import audit
from pipelines.disclosure.model import UNKNOWN, Count, Key, Place, Printed, Problem, Value
from pipelines.disclosure.protect import Protection, protect

REGION_SIZES = (29, 17, 22, 19, 11)
AREA_OF_REGION = ("East", "East", "West", "West", "West")
# Share of all cases that each rule judges, share met, and what is sensitive: as skewed as the rule catalogue.
RULES = (
    (1.00, 0.85, "denominator"),
    (1.00, 0.70, "denominator"),
    (0.95, 0.90, "denominator"),
    (0.95, 0.60, "denominator"),
    (0.80, 0.75, "denominator"),
    (0.70, 0.80, "denominator"),
    (0.60, 0.65, "denominator"),
    (0.55, 0.70, "denominator"),
    (0.50, 0.90, "denominator"),
    (0.45, 0.55, "denominator"),
    (0.40, 0.80, "denominator"),
    (0.35, 0.70, "denominator"),
    (0.30, 0.60, "denominator"),
    (0.25, 0.85, "denominator"),
    (0.15, 0.75, "denominator"),
    (0.10, 0.70, "denominator"),
    (0.40, 0.60, "outcome"),
    (0.40, 0.75, "outcome"),
    (0.20, 0.80, "outcome"),
    (0.12, 0.50, "outcome"),
    (0.60, 0.85, "outcome"),
    (0.04, 0.70, "denominator"),
)


def quarters_from(first: str, count: int) -> list[str]:
    start = int(first[:4]) * 4 + int(first[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + count)]


class World:
    """Made counts of every rule, municipality and quarter; ``revise`` changes a few, as late recording does."""

    def __init__(self, seed: int, cases_a_year: int = 2500, quarters: int = 23, rules: int = len(RULES)) -> None:
        self.chance = np.random.default_rng(seed)
        self.quarters = quarters_from("2022-Q1", quarters)
        self.municipalities = [f"{101 + 2 * n}" for n in range(sum(REGION_SIZES))]
        sizes = self.chance.lognormal(0.0, 0.85, len(self.municipalities))
        shares = sizes / sizes.sum() * 0.995
        self.disclosure = {f"rule_{n:02d}": RULES[n][2] for n in range(rules)}
        homes = [number for number, size in enumerate(REGION_SIZES) for _ in range(size)]
        self.parents: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        for quarter in self.quarters:
            self.parents[UNKNOWN, quarter] = (("national", "DK"),)
            for code, home in zip(self.municipalities, homes):
                # One region is split between the areas, so the levels do not nest.
                area = "East" if home == 3 and int(code) % 5 == 0 else AREA_OF_REGION[home]
                self.parents[code, quarter] = (("region", f"108{home + 1}"), ("area", area), ("national", "DK"))
        self.counts: dict[Place, Count] = {}
        everyone = [*zip(self.municipalities, shares), (UNKNOWN, 0.005)]
        for quarter in self.quarters:
            for number, rule in enumerate(self.disclosure):
                share, met, _ = RULES[number]
                for code, part in everyone:
                    due = int(self.chance.poisson(cases_a_year / 4 * part * share))
                    done = int(self.chance.binomial(due, met))
                    if due:
                        self.counts[rule, code, quarter] = Count(done, due - done)
        # The last two outcome rules of the same population judge the same cases.
        self.shared: tuple[tuple[str, ...], ...] = ()
        if rules > 17:
            for quarter in self.quarters:
                for code, _ in everyone:
                    count = self.counts.get(("rule_16", code, quarter))
                    if count is None:
                        self.counts.pop(("rule_17", code, quarter), None)
                        continue
                    more = int(self.chance.binomial(count.not_met, 0.4))
                    self.counts["rule_17", code, quarter] = Count(count.met + more, count.not_met - more)
            self.shared = (("rule_16", "rule_17"),)

    def revise(self, share: float) -> None:
        for place in list(self.counts):
            if self.chance.random() < share:
                met, not_met = self.counts[place]
                if place[0] not in {rule for group in self.shared for rule in group}:
                    self.counts[place] = Count(met + int(self.chance.integers(0, 2)), max(0, not_met - 1))

    def problem(self, window: str) -> Problem:
        return Problem(
            name=window,
            disclosure=self.disclosure,
            parents=self.parents,
            window=window,
            counts=dict(self.counts),
            shared=self.shared,
        )


def share_shown(world: World, window: str, protection: Protection) -> tuple[int, int]:
    """Municipality rates of authority rules with 5 or more due: shown, of all."""
    shown = total = 0
    for key, value in guard.published.items():
        if key.level != "municipality" or key.measure != "due" or key.period != window:
            continue
        if world.disclosure[key.rule] != "denominator":
            continue
        due = sum(sum(world.counts.get((key.rule, key.unit, q), (0, 0))) for q in window_quarters(window))
        if due >= 5:
            total += 1
            shown += isinstance(value, int)
    return shown, total


def window_quarters(last: str) -> Iterable[str]:
    number = int(last[:4]) * 4 + int(last[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(number - 3, number + 1)]


def attack_histories(seeds: Iterable[int]) -> None:
    """Let each history through release by release, and print every release that is not as it has to be."""
    from tests.unit.disclosure.worlds import chance_history

    releases = withheld = unrestated = given_away = faulty = 0
    for seed in seeds:
        earlier: list[Printed] = []
        for problem in chance_history(seed):
            done = guard.guard(problem, threshold=5, fewest=0, seed=b"benchmark", earlier=earlier)
            faults = certificate.verify(done.verdict.certificate, done.published, problem, earlier)
            releases += 1
            withheld += bool(done.withheld)
            unrestated += bool(done.unrestated)
            given_away += bool(done.verdict.given_away)
            if faults or not done.verdict.green:
                faulty += 1
                print(f"{seed} {problem.name}: {done.verdict.summary()} {faults[:2]}", flush=True)
            earlier.append(Printed(problem, done.published, done.verdict.certificate.tables))
    print(
        f"{releases} releases, {faulty} not green, {withheld} with a rule withheld, {unrestated} with one not "
        f"restated, {given_away} with figures that earlier releases opened"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=20)
    parser.add_argument("--rules", type=int, default=len(RULES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--revisions", type=float, default=0.0, help="share of counts revised between releases")
    parser.add_argument("--histories", type=int, default=0)
    options = parser.parse_args()
    if options.histories:
        attack_histories(range(options.seed, options.seed + options.histories))
        return
    world = World(options.seed, rules=options.rules)
    earlier: list[Printed] = []
    for number in range(options.releases):
        window = world.quarters[number + 3]
        problem = world.problem(window)
        done = protect(problem, threshold=5, seed=b"benchmark", earlier=earlier)
        shown, total = share_shown(world, window, done)
        print(
            f"{window}: cells {done.cells}, hidden first {done.hidden_first}, second {done.hidden_second}, "
            f"rates shown {shown} of {total} ({shown / max(total, 1):.1%}), {done.programmes} programmes, "
            f"{done.seconds:.1f} s, unsolved {len(done.unsolved)}",
            flush=True,
        )
        published: dict[Key, Value] = dict(done.published)
        last = number == options.releases - 1
        if number == 0 or last:
            verdict = audit(published, problem, threshold=5, earlier=earlier, hints=done.tables)
            print(f"  audit of {number + 1} releases: {verdict.summary()}", flush=True)
            for finding in (*verdict.red[:5], *verdict.given_away[:5]):
                print(f"    {finding}", flush=True)
            begun = time.perf_counter()
            faults = certificate.verify(verdict.certificate, published, problem, earlier)
            print(f"  certificate: {len(faults)} faults, {time.perf_counter() - begun:.1f} s", flush=True)
        earlier.append(Printed(problem, done.published, done.tables))
        world.revise(options.revisions)


if __name__ == "__main__":
    main()

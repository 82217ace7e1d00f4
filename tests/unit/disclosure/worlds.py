"""Small made worlds for the tests of disclosure control.

Belongs here: building problems from window counts or by chance. Does not belong here: verdicts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from pipelines.disclosure.model import UNKNOWN, Bound, Count, Problem


def quarters(first: str, count: int) -> list[str]:
    start = int(first[:4]) * 4 + int(first[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + count)]


def window_of(last: str) -> list[str]:
    start = int(last[:4]) * 4 + int(last[-1]) - 4
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + 4)]


def one_window(
    homes: Mapping[str, Sequence[tuple[str, str]]],
    figures: Mapping[tuple[str, str], tuple[int, int]],
    *,
    disclosure: Mapping[str, str] | None = None,
    unknown: int = 0,
    shared: tuple[tuple[str, ...], ...] = (),
    bounds: tuple[Bound, ...] = (),
    name: str = "first",
) -> Problem:
    """A problem of one window. ``homes``: municipality -> its units; ``figures``: (rule, municipality) -> due, met."""
    last = "2026-Q4"
    rules = sorted({rule for rule, _ in figures})
    parents = {(UNKNOWN, q): (("national", "DK"),) for q in window_of(last)}
    for municipality, units in homes.items():
        for q in window_of(last):
            parents[municipality, q] = (*units, ("national", "DK"))
    counts = {}
    for (rule, municipality), (due, met) in figures.items():
        for number, q in enumerate(window_of(last)):
            share = lambda total, n=number: total // 4 + (n < total % 4)  # noqa: E731
            counts[rule, municipality, q] = Count(share(met), share(due) - share(met))
    if unknown:
        for rule in rules:
            counts[rule, UNKNOWN, last] = Count(unknown, 0)
    return Problem(
        name=name,
        disclosure=disclosure or dict.fromkeys(rules, "denominator"),
        parents=parents,
        window=last,
        counts=counts,
        shared=shared,
        bounds=bounds,
    )


class SmallWorld:
    """A few municipalities over years, by chance; areas that the regions do not fit into."""

    def __init__(
        self,
        seed: int,
        municipalities: int = 8,
        span: int = 8,
        disclosure: Mapping[str, str] | None = None,
        pace: float = 2.0,
        unknown: float = 0.2,
    ) -> None:
        self.chance = random.Random(seed)
        self.quarters = quarters("2022-Q1", span)
        self.municipalities = [str(101 + n) for n in range(municipalities)]
        self.disclosure = dict(disclosure or {"due_rule": "denominator", "person_rule": "outcome"})
        sizes = {m: self.chance.choice((0.2, 0.5, 1.0, 2.0, 4.0)) * pace for m in self.municipalities}
        self.parents = {}
        self.counts = {}
        for q in self.quarters:
            self.parents[UNKNOWN, q] = (("national", "DK"),)
            for n, m in enumerate(self.municipalities):
                self.parents[m, q] = (
                    ("region", f"R{n % 3}"),
                    ("area", "East" if n < municipalities // 2 else "West"),
                    ("national", "DK"),
                )
            for rule in self.disclosure:
                for m in [*self.municipalities, UNKNOWN]:
                    due = _poisson(self.chance, sizes.get(m, unknown))
                    met = sum(self.chance.random() < 0.75 for _ in range(due))
                    if due:
                        self.counts[rule, m, q] = Count(met, due - met)

    def revise(self, share: float) -> None:
        for place, (met, not_met) in list(self.counts.items()):
            if self.chance.random() < share:
                self.counts[place] = Count(met + self.chance.choice((0, 1, 2)), max(0, not_met - 1))

    def problem(self, window: str) -> Problem:
        return Problem(
            name=f"release {window}",
            disclosure=self.disclosure,
            parents=self.parents,
            window=window,
            counts=dict(self.counts),
        )


def chance_history(seed: int) -> list[Problem]:
    """The problems of some releases in a row, with everything that can happen to them, by chance.

    Few or many municipalities that change region and area, two regions merged, hardly any cases or many, rules on the
    same cases, revised counts, marked restatements, a window released twice or not at all.
    """
    chance = random.Random(seed)
    names = [str(101 + n) for n in range(chance.choice((1, 2, 3, 4, 5, 6, 8, 10)))]
    periods = quarters(f"2024-Q{chance.randint(1, 4)}", chance.randint(4, 9))
    rules = {f"r{n}": chance.choice(("denominator", "outcome")) for n in range(chance.choice((1, 1, 2, 3)))}
    same_cases = len(rules) > 1 and chance.random() < 0.5
    at_most = len(rules) > 1 and chance.random() < 0.6
    if same_cases:
        rules["r1"] = rules["r0"]
    regions, areas = chance.choice((1, 2, 3, 5)), chance.choice((1, 2))
    region = {m: f"R{chance.randrange(regions)}" for m in names}
    area = {m: f"A{chance.randrange(areas)}" for m in names}
    pace = chance.choice((0.05, 0.2, 0.5, 1, 2, 4, 10))
    size = {m: pace * chance.choice((0.1, 0.3, 1, 1, 2, 4)) for m in names}
    size[UNKNOWN] = chance.choice((0, 0, 0.1, 0.3, 1, 3))
    moves = chance.choice((0, 0, 0.02, 0.1))
    merged = chance.choice(periods) if chance.random() < 0.2 else "9"
    parents: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    counts: dict[tuple[str, str, str], Count] = {}

    def tied(municipality: str, quarter: str) -> None:
        first, second = (counts.get((rule, municipality, quarter), Count(0, 0)) for rule in ("r0", "r1"))
        if same_cases:
            met = chance.randint(first.met if at_most else 0, sum(first))
            second = Count(met, sum(first) - met)
        elif at_most:
            second = Count(max(first.met, second.met), second.not_met)
        counts["r1", municipality, quarter] = second

    for quarter in periods:
        parents[UNKNOWN, quarter] = (("national", "DK"),)
        for m in names:
            if chance.random() < moves:
                region[m] = f"R{chance.randrange(regions + 1)}"
            if chance.random() < moves:
                area[m] = f"A{chance.randrange(areas)}"
            home = "new" if quarter >= merged and region[m] in ("R0", "R1") else region[m]
            parents[m, quarter] = (("region", home), ("area", area[m]), ("national", "DK"))
        for m in [*names, UNKNOWN]:
            for rule in rules:
                due = _poisson(chance, size[m])
                met = sum(chance.random() < 0.75 for _ in range(due))
                counts[rule, m, quarter] = Count(met, due - met)
            if same_cases or at_most:
                tied(m, quarter)
    revised = chance.choice((0, 0, 0, 0.02, 0.1, 0.4))
    restated, repeated, left_out = (chance.choice((0, 0, share)) for share in (0.15, 0.2, 0.15))
    problems: list[Problem] = []
    at = 3
    while at < len(periods):
        known = periods[: at + 1]
        problems.append(
            Problem(
                name=f"release {len(problems)}",
                disclosure=dict(rules),
                parents={place: units for place, units in parents.items() if place[1] in known},
                window=periods[at],
                counts={place: count for place, count in counts.items() if place[2] in known and sum(count)},
                shared=(("r0", "r1"),) if same_cases else (),
                bounds=(Bound("r0", "r1", "met"),) if at_most else (),
                restatement=chance.random() < restated,
            )
        )
        for m in [*names, UNKNOWN]:
            for quarter in periods:
                if chance.random() < revised:
                    for rule in rules:
                        met, not_met = counts[rule, m, quarter]
                        more = chance.choice((-1, 0, 0, 1, 1, 2, 6))
                        counts[rule, m, quarter] = Count(
                            max(0, met + more), max(0, not_met + chance.choice((-1, 0, 1)))
                        )
                    if same_cases or at_most:
                        tied(m, quarter)
        if chance.random() >= repeated:
            at += 1 + (chance.random() < left_out)
    return problems


def _poisson(chance: random.Random, mean: float) -> int:
    total, at = 0, chance.expovariate(1.0)
    while at < mean:
        total, at = total + 1, at + chance.expovariate(1.0)
    return total

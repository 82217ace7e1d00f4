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
                    due = self._poisson(sizes.get(m, unknown))
                    met = sum(self.chance.random() < 0.75 for _ in range(due))
                    if due:
                        self.counts[rule, m, q] = Count(met, due - met)

    def _poisson(self, mean: float) -> int:
        total, at = 0, self.chance.expovariate(1.0)
        while at < mean:
            total, at = total + 1, at + self.chance.expovariate(1.0)
        return total

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

"""Small made worlds for the tests of disclosure control: counts by hand or by chance, and publications in a row.

Belongs here: building problems. Does not belong here: verdicts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.disclosure import guard
from pipelines.disclosure.families import families_of
from pipelines.disclosure.model import NATION, UNKNOWN, Family, FormerPrinted, Key, Printed, Problem, Unit

K = 5
RULE = "rule"


def quarters(first: str, count: int) -> list[str]:
    start = int(first[:4]) * 4 + int(first[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + count)]


def window_of(last: str) -> list[str]:
    start = int(last[:4]) * 4 + int(last[-1]) - 4
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + 4)]


def parents_of(homes: Mapping[str, Sequence[Unit]], periods: Iterable[str]) -> dict[tuple[str, str], tuple[Unit, ...]]:
    """(municipality, quarter) -> its units; the unknown municipality counts in the nation alone."""
    parents: dict[tuple[str, str], tuple[Unit, ...]] = {}
    for quarter in periods:
        parents[UNKNOWN, quarter] = (NATION,)
        parents |= {(m, quarter): (NATION, *units) for m, units in homes.items()}
    return parents


def one_year(
    homes: Mapping[str, Sequence[Unit]],
    due: Mapping[str, Sequence[int]],
    *,
    met: Mapping[str, Sequence[int]] | None = None,
    disclosure: str = "denominator",
    name: str = "first",
) -> Problem:
    """A problem that closes 2026: ``due`` (and ``met``, else all) of each municipality in its four quarters."""
    periods = window_of("2026-Q4")
    counts = {}
    for municipality, values in due.items():
        for number, (quarter, count) in enumerate(zip(periods, values, strict=True)):
            good = count if met is None else met[municipality][number]
            counts[RULE, municipality, quarter] = (good, count - good)
    families = families_of({RULE: disclosure})
    return Problem(name, families, parents_of(homes, periods), counts, ("2026-Q4",), ("2026",))


class History:
    """A country of a few municipalities over years, by chance, published quarter by quarter.

    Late recording, corrected counts, a withdrawn delivery (a quarter's late additions taken back), regions merged in
    2027, a municipality that changes area.
    """

    def __init__(
        self,
        seed: int,
        *,
        municipalities: int = 14,
        span: int = 12,
        pace: float = 3.0,
        families: Mapping[str, Family] | None = None,
    ) -> None:
        self.chance = random.Random(seed)
        self.periods = quarters("2025-Q1", span)
        self.codes = [str(101 + n) for n in range(municipalities)]
        rules = {"aid_decided": "denominator", RULE: "denominator", "person": "outcome"}
        pair = ("housing_registered", "housing_registered_or_explained")
        self.families = families or families_of(rules | dict.fromkeys(pair, "outcome"))
        self.size = {m: pace * self.chance.choice((0.05, 0.2, 0.5, 1, 2, 5)) for m in self.codes}
        self.size[UNKNOWN] = self.chance.choice((0, 0.2, 1))
        self.mover = self.chance.choice((None, self.codes[0]))
        self.parents: dict[tuple[str, str], tuple[Unit, ...]] = {}
        self.counts: dict[tuple[str, str, str], tuple[int, ...]] = {}
        for quarter in self.periods:
            self.parents[UNKNOWN, quarter] = (NATION,)
            for number, m in enumerate(self.codes):
                self.parents[m, quarter] = (NATION, *self._homes(number, m, quarter))
            for name in self.families:
                for m in (*self.codes, UNKNOWN):
                    self._add(name, m, quarter, self.size[m] * self.chance.uniform(0.6, 1.4))

    def _homes(self, number: int, m: str, quarter: str) -> tuple[Unit, Unit]:
        region = number % 4
        area = "East" if region < 2 else "West"
        if m == self.mover and quarter >= "2026-Q3":
            area = "West" if area == "East" else "East"
        merged = region < 2 and quarter >= "2027"
        return ("region", "R01" if merged else f"R{region}"), ("area", area)

    def _add(self, name: str, m: str, quarter: str, mean: float) -> None:
        parts = list(self.counts.get((name, m, quarter), (0,) * len(self.families[name].parts)))
        for _one in range(_poisson(self.chance, mean)):
            parts[self.chance.choices(range(len(parts)), weights=range(len(parts) + 3, 3, -1))[0]] += 1
        if any(parts):
            self.counts[name, m, quarter] = tuple(parts)

    def problems(self, first: int = 3) -> Iterator[Problem]:
        """Yield what each publication has to do with, as it is counted then; the ``first`` tells what was before it."""
        years: dict[str, int] = {}
        for number in range(first, len(self.periods)):
            windows = tuple(self.periods[3 if number == first else number : number + 1])
            closed = sorted(last[:4] for last in windows if last.endswith("Q4"))
            closing = tuple(closed[-1:])
            again = tuple(year for year, times in years.items() if times == 1 and closing)
            wanted = {q for last in (*windows, *(f"{year}-Q4" for year in again)) for q in window_of(last)}
            yield Problem(
                name=f"publication {number}",
                families=self.families,
                parents={place: units for place, units in self.parents.items() if place[1] in wanted},
                counts={place: parts for place, parts in self.counts.items() if place[2] in wanted},
                windows=windows,
                years=closing,
                restated=again,
            )
            years |= dict.fromkeys(again, 2) | dict.fromkeys(closing, 1)
            before = dict(self.counts)
            if self.chance.random() < 0.6:
                self._record_late()
            if self.chance.random() < 0.2:
                self.counts = before

    def _record_late(self) -> None:
        for name in self.families:
            for m in self.codes:
                if self.chance.random() < 0.15:
                    self._add(name, m, self.chance.choice(self.periods), 0.7)


def publish(problems: Iterable[Problem], *, seed: bytes = b"x") -> list[tuple[Printed, guard.Guarded]]:
    """Let publications through one after another."""
    done: list[tuple[Printed, guard.Guarded]] = []
    for problem in problems:
        earlier: list[Printed | FormerPrinted] = [printed for printed, _guarded in done]
        guarded = guard.guard(problem, threshold=K, seed=seed, earlier=earlier)
        done.append((Printed(problem, guarded.published, guarded.decisions), guarded))
    return done


def true_value(problem: Problem, key: Key) -> int:
    """Return what a figure really is."""
    family = next(one for one in problem.families.values() if (key.rule, key.measure) in one.figures)
    wanted = quarters(f"{key.period}-Q1", 4) if len(key.period) == 4 else window_of(key.period)
    return sum(
        problem.counts.get((family.name, municipality, quarter), (0,) * len(family.parts))[part]
        for (municipality, quarter), units in problem.parents.items()
        if quarter in wanted
        and ((key.level, key.unit) in units or (key.level, key.unit) == ("municipality", municipality))
        for part in family.figures[key.rule, key.measure]
    )


def renamed(problem: Problem, name: str, **changes: object) -> Problem:
    return replace(problem, name=name, **changes)  # type: ignore[arg-type]


def _poisson(chance: random.Random, mean: float) -> int:
    total, at = 0, chance.expovariate(1.0)
    while at < mean:
        total, at = total + 1, at + chance.expovariate(1.0)
    return total

"""An attacker who has read the method page and knows scipy, and nothing of our programs.

Belongs here: his own reading of what adds up to what, and his own arithmetic. Does not belong here: any function of
the package; only its figures (keys, the hidden mark, who belongs where, and the true counts of the reader himself).

What the method page tells him: a figure that is not shown is under the threshold, or none, or hides another; every
quarter of a rolling year that is shown has at least the threshold (for duties about the person also of met and of not
met); municipalities have calendar years. He takes counts for unchanged until printed figures say otherwise, and puts
all publications together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from pipelines.disclosure.model import HIDDEN, Key, Problem

Edition = tuple[Problem, Mapping[Key, object]]
SMALL = ("due", "met", "own_due", "own_met")


class Exposed(NamedTuple):
    key: Key
    reader: str
    low: float
    high: float


class Attacker:
    """Everything that follows from the printed figures of publications, for one family of rules."""

    def __init__(self, editions: Sequence[Edition], family: str, threshold: int = 5) -> None:
        self.threshold = threshold
        self.editions = editions
        self.family = editions[-1][0].families[family]
        self.truth: list[int] = []
        self.owner: list[str] = []
        self.at: dict[tuple[str, str, str, int], int] = {}
        self.version: dict[tuple[str, str], str] = {}
        equal: list[tuple[list[int], float]] = []
        least: list[tuple[list[int], float]] = []
        state: dict[str, tuple[str, object]] = {}
        for problem, printed in editions:
            for quarter in sorted({quarter for _m, quarter in problem.parents}):
                now = self._numbers(problem, quarter)
                if quarter not in state or state[quarter][1] != now:
                    state[quarter] = (problem.name, now)
                    for (m, part), value in now.items():
                        self.at[m, quarter, problem.name, part] = len(self.truth)
                        self.truth.append(value)
                        self.owner.append(m)
                self.version[problem.name, quarter] = state[quarter][0]
            for key, value in printed.items():
                if (key.rule, key.measure) not in self.family.figures or value is HIDDEN:
                    continue
                parts = self.family.figures[key.rule, key.measure]
                equal.append((self.cells(problem, key, parts), float(value)))  # type: ignore[arg-type]
                if key.level != "municipality":
                    for quarter in _quarters(key.period):
                        least += [
                            (self._of_quarter(problem, (key.level, key.unit), quarter, chosen), float(threshold))
                            for chosen in self.family.sensitive_upper
                        ]
        self.equal, self.equal_to = self._matrix([row for row, _ in equal]), np.array([value for _, value in equal])
        self.least, self.at_least = self._matrix([row for row, _ in least]), np.array([value for _, value in least])
        if equal:
            assert np.array_equal(self.equal @ np.array(self.truth), self.equal_to), "printed otherwise than counted"

    def _numbers(self, problem: Problem, quarter: str) -> dict[tuple[str, int], int]:
        none = (0,) * len(self.family.parts)
        return {
            (m, part): problem.counts.get((self.family.name, m, quarter), none)[part]
            for m, when in problem.parents
            if when == quarter
            for part in range(len(self.family.parts))
        }

    def _matrix(self, rows: Sequence[Sequence[int]]) -> csr_matrix:
        places = [(number, i) for number, row in enumerate(rows) for i in row]
        where = np.array(places).T if places else np.zeros((2, 0), dtype=int)
        return csr_matrix((np.ones(where.shape[1]), (where[0], where[1])), shape=(len(rows), len(self.truth)))

    def _of_quarter(self, problem: Problem, unit: tuple[str, str], quarter: str, parts: Sequence[int]) -> list[int]:
        return [
            self.at[m, quarter, self.version[problem.name, quarter], part]
            for (m, when), units in problem.parents.items()
            if when == quarter and (unit in units or unit == ("municipality", m))
            for part in parts
        ]

    def cells(self, problem: Problem, key: Key, parts: Sequence[int]) -> list[int]:
        return [i for q in _quarters(key.period) for i in self._of_quarter(problem, (key.level, key.unit), q, parts)]

    def interval(self, row: Sequence[int], *readers: str) -> tuple[float, float]:
        """The lowest and highest of what is left of a sum to readers in league who take their own numbers from it."""
        mine = {i for i, owner in enumerate(self.owner) if owner and owner in readers}
        bounds = [(value, value) if i in mine else (0, None) for i, value in enumerate(self.truth)]
        goal = np.zeros(len(self.truth))
        goal[[i for i in row if i not in mine]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * goal,
                A_eq=self.equal if self.equal.shape[0] else None,
                b_eq=self.equal_to if self.equal.shape[0] else None,
                A_ub=-self.least if self.least.shape[0] else None,
                b_ub=-self.at_least if self.least.shape[0] else None,
                bounds=bounds,
                method="highs",
            )
            assert found.status in (0, 3), found.message
            ends.append(np.inf if found.status == 3 else sign * found.fun)
        return float(ends[0]), float(ends[1])

    def hidden(self) -> Iterator[tuple[Key, list[int]]]:
        """Every hidden figure that must stay open: municipalities' years, and the small quarters of hidden windows."""
        for problem, printed in self.editions:
            for key, value in printed.items():
                if value is not HIDDEN or (key.rule, key.measure) not in self.family.figures:
                    continue
                if key.level == "municipality":
                    yield from ((key, self.cells(problem, key, chosen)) for chosen in self.family.sensitive_municipal)
                    continue
                for quarter in _quarters(key.period):
                    for chosen in self.family.sensitive_upper:
                        row = self._of_quarter(problem, (key.level, key.unit), quarter, chosen)
                        if row and sum(self.truth[i] for i in row) < self.threshold:
                            yield key, row

    def exposed(self, readers: Sequence[str] = ("",)) -> list[Exposed]:
        found: dict[tuple[object, ...], Exposed] = {}
        seen: set[tuple[int, ...]] = set()
        for key, row in self.hidden():
            if tuple(row) in seen:
                continue
            seen.add(tuple(row))
            owners = {self.owner[i] for i in row}
            for reader in readers:
                if owners == {reader}:
                    continue
                low, high = self.interval(row, reader)
                if low > 1e-6 or high < self.threshold - 1 - 1e-6:
                    found[(*row, reader)] = Exposed(key, reader, low, high)
        return list(found.values())


def insiders(problem: Problem) -> list[str]:
    return sorted({m for m, _quarter in problem.parents if m})


def _quarters(period: str) -> list[str]:
    if len(period) == 4:
        return [f"{period}-Q{number}" for number in (1, 2, 3, 4)]
    year, number = int(period[:4]), int(period[-1])
    found = defaultdict(list)
    for back in range(4):
        found[year if number - back > 0 else year - 1].append((number - back - 1) % 4 + 1)
    return [f"{one}-Q{n}" for one, numbers in found.items() for n in numbers]

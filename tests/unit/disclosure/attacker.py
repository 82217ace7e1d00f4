"""An attacker who has read the method page and knows scipy, and nothing of our programs.

Belongs here: his own reading of what adds up to what, and his own arithmetic. Does not belong here: any function of
the package, and what it takes a figure to count or to be sensitive (``method_page`` says that to him); only its figures
(keys, the hidden mark, who belongs where, and the true counts of the reader himself with their headings).

What the method page tells him: a figure that is not shown is under the threshold, or none, or hides another; every
quarter of a rolling year that is shown has at least the threshold (for duties about the person also of met and of not
met); municipalities have calendar years. He takes counts for unchanged until printed figures say otherwise, and puts
all publications together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, vstack

from pipelines.disclosure.model import HIDDEN, Key, Problem

from . import method_page

Edition = tuple[Problem, Mapping[Key, object]]
_KEPT = 1000
"""So many sets of possible numbers are kept to be tried again for other readers."""


class Exposed(NamedTuple):
    key: Key
    reader: str
    low: float
    high: float


class Attacker:
    """Everything that follows from the printed figures of publications, for one family of rules.

    ``about_persons``: what the method page says of a made-up rule; of the others it is known. ``beside``: for each
    edition what a file shows though another hides it, or though it was not to be printed at all; it stays to be
    protected, and he adds it to what he knows.
    """

    def __init__(
        self,
        editions: Sequence[Edition],
        family: str,
        threshold: int = 5,
        *,
        about_persons: bool | None = None,
        beside: Sequence[Iterable[tuple[Key, float]]] = (),
    ) -> None:
        self.threshold = threshold
        self.editions = editions
        self.name = family
        self.headings = editions[-1][0].families[family].parts
        page = method_page.read(family, self.headings, about_persons=about_persons)
        self.counted = {figure: self._places(kinds) for figure, kinds in page.counted.items()}
        self.larger, self.municipal = (tuple(map(self._places, sums)) for sums in (page.larger, page.municipal))
        self.truth: list[int] = []
        self.owner: list[str] = []
        self.quarter: list[str] = []
        self.at: dict[tuple[str, str, str, int], int] = {}
        self.version: dict[tuple[str, str], str] = {}
        equal: list[tuple[list[int], float]] = []
        least: list[tuple[list[int], float]] = []
        state: dict[str, tuple[str, object]] = {}
        for place, (problem, printed) in enumerate(editions):
            for quarter in sorted({quarter for _m, quarter in problem.parents}):
                now = self._numbers(problem, quarter)
                if quarter not in state or state[quarter][1] != now:
                    state[quarter] = (problem.name, now)
                    for (m, part), count in now.items():
                        self.at[m, quarter, problem.name, part] = len(self.truth)
                        self.truth.append(count)
                        self.owner.append(m)
                        self.quarter.append(quarter)
                self.version[problem.name, quarter] = state[quarter][0]
            for key, value in printed.items():
                if (key.rule, key.measure) not in self.counted or value is HIDDEN:
                    continue
                equal.append((self.cells(problem, key, self.counted[key.rule, key.measure]), float(value)))  # type: ignore[arg-type]
                if key.level != "municipality":
                    for quarter in _quarters(key.period):
                        least += [
                            (self._of_quarter(problem, (key.level, key.unit), quarter, chosen), float(threshold))
                            for chosen in self.larger
                        ]
            for key, value in beside[place] if beside else ():
                if (key.rule, key.measure) in self.counted:
                    equal.append((self.cells(problem, key, self.counted[key.rule, key.measure]), float(value)))
        self.equal, self.equal_to = self._matrix([row for row, _ in equal]), np.array([value for _, value in equal])
        self.least, self.at_least = self._matrix([row for row, _ in least]), np.array([value for _, value in least])
        if equal:
            assert np.array_equal(self.equal @ np.array(self.truth), self.equal_to), "printed otherwise than counted"
        if least:
            assert np.all(self.least @ np.array(self.truth) >= self.at_least), (
                "a year is shown that has a small quarter"
            )

        self.true = np.array(self.truth, dtype=float)
        self.readers = {name: place for place, name in enumerate(sorted(set(self.owner) - {""}))}
        self.possible = np.zeros((_KEPT, len(self.truth)), dtype=np.float32)
        """Numbers that would print the same, one set a row, and in ``moved`` whose own numbers each set changes."""
        self.moved = np.zeros((_KEPT, len(self.readers)), dtype=bool)
        self.found = 0
        self._remember(self.true)

    def _places(self, kinds: Collection[str]) -> tuple[int, ...]:
        return tuple(place for place, heading in enumerate(self.headings) if heading in kinds)

    def _numbers(self, problem: Problem, quarter: str) -> dict[tuple[str, int], int]:
        none = (0,) * len(self.headings)
        return {
            (m, part): problem.counts.get((self.name, m, quarter), none)[part]
            for m, when in problem.parents
            if when == quarter
            for part in range(len(self.headings))
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
            if found.status == 0:
                self._remember(found.x)
        return float(ends[0]), float(ends[1])

    def _remember(self, numbers: np.ndarray) -> None:
        place = self.found % _KEPT
        self.found += 1
        self.possible[place] = numbers
        self.moved[place] = False
        for i in np.flatnonzero(np.abs(numbers - self.true) > 1e-6):
            if self.owner[i]:
                self.moved[place, self.readers[self.owner[i]]] = True

    def placed(self, row: Sequence[int], *readers: str) -> tuple[float, float] | None:
        """Return between what readers in league place what is left of a sum; None when it is open to them."""
        if self._is_known_to_be_open(row, *readers):
            return None
        self._look_near(row, *readers)
        if self._is_known_to_be_open(row, *readers):
            return None
        low, high = self.interval(row, *readers)
        return (low, high) if low > 1e-6 or high < self.threshold - 1 - 1e-6 else None

    def _is_known_to_be_open(self, row: Sequence[int], *readers: str) -> bool:
        """Whether numbers found for others, in which the readers' own are as they are, leave the sum open to them."""
        known = min(self.found, _KEPT)
        mine = {one for one in readers if one}
        left = self.possible[:known, [i for i in row if self.owner[i] not in mine]].sum(axis=1)
        moved = self.moved[:known, [self.readers[one] for one in mine if one in self.readers]].any(axis=1)
        left = left[~moved]
        return bool(left.size) and left.min() < 1e-4 and left.max() > self.threshold - 1 - 1e-4

    def _look_near(self, row: Sequence[int], *readers: str) -> None:
        """Find numbers in which the sum is none, and the most that is hidden, and as little as can be else is changed.

        Few municipalities' numbers are moved, of the sum's own quarters alone, so that what is found for one reader
        holds for most of the others.
        """
        quarters = {self.quarter[i] for i in row}
        mine = {one for one in readers if one}
        free = [i for i, when in enumerate(self.quarter) if when in quarters and self.owner[i] not in mine]
        rest = {i for i in row if self.owner[i] not in mine}
        sums = csr_matrix(np.array([i in rest for i in free], dtype=float))
        whole = self.true[[*rest]].sum()
        facts = vstack([_with_any(self.equal[:, free]), sums], format="csr")
        least = self.least[:, free]
        slack = _with_any(hstack([-least, least], format="csr")) if self.least.shape[0] else None
        left = (self.least @ self.true - self.at_least)[least.getnnz(axis=1) > 0] if slack is not None else None
        bounds = np.column_stack(
            [np.zeros(2 * len(free)), np.concatenate([np.full(len(free), np.inf), self.true[free]])]
        )
        for wanted in {0, self.threshold - 1} - {whole}:
            if wanted and whole > wanted:
                continue  # as it is, it is more than that
            found = linprog(
                np.ones(2 * len(free)),
                A_eq=hstack([facts, -facts], format="csr"),
                b_eq=np.append(np.zeros(facts.shape[0] - 1), wanted - whole),
                A_ub=slack,
                b_ub=left,
                bounds=bounds,
                method="highs",
            )
            if found.status == 0:
                numbers = self.true.copy()
                numbers[free] += found.x[: len(free)] - found.x[len(free) :]
                self._remember(numbers)

    def protected(self) -> Iterator[tuple[Key, list[int]]]:
        """Every sum that must stay open: of a municipality's year that is hidden, or small though it is shown, and of a
        small quarter in a hidden year of a larger unit.
        """
        for problem, printed in self.editions:
            for key, value in printed.items():
                if (key.rule, key.measure) not in self.counted:
                    continue
                if key.level == "municipality":
                    for chosen in self.municipal:
                        row = self.cells(problem, key, chosen)
                        if value is HIDDEN or self._is_small(row):
                            yield key, row
                elif value is HIDDEN:
                    for quarter in _quarters(key.period):
                        for chosen in self.larger:
                            row = self._of_quarter(problem, (key.level, key.unit), quarter, chosen)
                            if row and self._is_small(row):
                                yield key, row

    def _is_small(self, row: Sequence[int]) -> bool:
        return sum(self.truth[i] for i in row) < self.threshold

    def exposed(
        self, readers: Sequence[str] = ("",), protected: Iterable[tuple[Key, list[int]]] | None = None
    ) -> list[Exposed]:
        """Return what readers can place more narrowly than they may; of all that is to be protected, or of some."""
        found: dict[tuple[object, ...], Exposed] = {}
        seen: set[tuple[int, ...]] = set()
        for key, row in self.protected() if protected is None else protected:
            if tuple(row) in seen:
                continue
            seen.add(tuple(row))
            owners = {self.owner[i] for i in row}
            for reader in readers:
                if owners == {reader}:
                    continue
                placed = self.placed(row, reader)
                if placed is not None:
                    found[(*row, reader)] = Exposed(key, reader, *placed)
        return list(found.values())


def _with_any(rows: csr_matrix) -> csr_matrix:
    return rows[rows.getnnz(axis=1) > 0]


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

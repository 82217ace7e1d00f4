"""An attacker who knows the issue's text and scipy, and nothing of our programs.

Belongs here: his own reading of what adds up to what, and his own arithmetic. Does not belong here: any function of
the package; only its figures (keys, the hidden mark and the true counts) are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from pipelines.disclosure.model import UNKNOWN, Problem

from .worlds import window_of


class Attacker:
    """Everything that follows from the printed figures of any number of releases of unrevised counts."""

    def __init__(self, releases: Sequence[tuple[Problem, dict]], rules: Iterable[str] | None = None) -> None:
        problem = releases[-1][0]
        self.problem = problem
        self.rules = sorted(rules or problem.disclosure)
        self.quarters = sorted(
            {q for release, printed in releases for w in {k.period for k in printed} for q in window_of(w)}
        )
        self.municipalities = sorted({m for m, q in problem.parents})
        self.cells = {
            cell: n for n, cell in enumerate(product(self.rules, self.municipalities, self.quarters, ("met", "not")))
        }
        self.truth = np.array([self._count(rule, m, q, part) for rule, m, q, part in self.cells])
        rows, right = [], []
        for _, printed in releases:
            for key, value in printed.items():
                if isinstance(value, int) and key.rule in self.rules:
                    rows.append(self.sum_of(key.rule, key.level, key.unit, window_of(key.period), key.measure))
                    right.append(value)
        for group in problem.shared:
            for one, other in pairwise(group):
                if one not in self.rules:
                    continue
                for m, q in product(self.municipalities, self.quarters):
                    row = np.zeros(len(self.cells))
                    for part in ("met", "not"):
                        row[self.cells[one, m, q, part]] = 1
                        row[self.cells[other, m, q, part]] = -1
                    rows.append(row)
                    right.append(0)
        self.matrix = csr_matrix(np.array(rows))
        self.right = np.array(right, dtype=float)
        assert np.array_equal(self.matrix @ self.truth, self.right)

    def _count(self, rule: str, m: str, q: str, part: str) -> int:
        count = self.problem.counts.get((rule, m, q), (0, 0))
        return count[0] if part == "met" else count[1]

    def sum_of(self, rule: str, level: str, unit: str, quarters: Iterable[str], measure: str) -> np.ndarray:
        row = np.zeros(len(self.cells))
        for m, q in product(self.municipalities, quarters):
            inside = (level, unit) == ("municipality", m) or (level, unit) in self.problem.parents.get((m, q), ())
            if not inside:
                continue
            for part in ("met", "not"):
                if measure in ("due", part) or (measure, part) == ("not_met", "not"):
                    row[self.cells[rule, m, q, part]] = 1
        return row

    def interval(self, row: np.ndarray, insider: str | None = None, whole: bool = False) -> tuple[float, float]:
        low, high = np.zeros(len(self.cells)), np.full(len(self.cells), np.inf)
        if insider is not None:
            own = [n for cell, n in self.cells.items() if cell[1] == insider]
            low[own] = high[own] = self.truth[own]
        ends = []
        for sign in (1, -1):
            if whole:
                found = milp(
                    sign * row,
                    bounds=Bounds(low, high),
                    integrality=np.ones(len(row)),
                    constraints=LinearConstraint(self.matrix, self.right, self.right),
                )
            else:
                found = linprog(
                    sign * row,
                    A_eq=self.matrix,
                    b_eq=self.right,
                    bounds=list(zip(low, [None if h == np.inf else h for h in high])),
                    method="highs",
                )
            if found.status in (3, 4) or (found.status == 2 and sign < 0):
                ends.append(np.inf)
            else:
                assert found.status == 0, found.message
                ends.append(sign * found.fun)
        return ends[0], ends[1]

    def exposed(
        self, printed: dict, threshold: int, insiders: bool = True, spread_of_quarters: bool = False
    ) -> list[tuple]:
        """Small figures of the given publication that anyone can place outside 1 to threshold."""
        found = []
        rows = {(k.rule, k.level, k.unit, k.period) for k in printed if k.rule in self.rules}
        rows |= {(rule, "municipality", UNKNOWN, period) for rule, _, _, period in rows}
        wanted = [(*row, "window") for row in rows]
        if spread_of_quarters:
            wanted += [(*row[:3], q, "quarter") for row in rows for q in window_of(row[3])]
        for rule, level, unit, period, kind in sorted(set(wanted)):
            measures = ("due", "met", "not_met") if self.problem.disclosure[rule] == "outcome" else ("due",)
            for measure in measures:
                row = self.sum_of(rule, level, unit, window_of(period) if kind == "window" else [period], measure)
                value = row @ self.truth
                if not 0 < value < threshold:
                    continue
                for reader in [None, *(m for m in self.municipalities if m != UNKNOWN and insiders)]:
                    own = 0
                    if reader is not None:
                        own = sum(row[n] * self.truth[n] for cell, n in self.cells.items() if cell[1] == reader)
                    if own == value:
                        continue
                    low, high = self.interval(row, reader)
                    if kind == "window":
                        fine = np.ceil(low - own - 1e-6) <= 1 and high - own >= threshold - 1e-6
                    else:
                        fine = high - low >= threshold - 1 - 1e-6
                    if not fine:
                        found.append((rule, level, unit, period, kind, measure, reader, low, high))
        return found

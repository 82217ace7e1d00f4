"""Other tables than the true one that agree with every fact: what a reader must hold possible.

Belongs here: finding and checking tables. Does not belong here: which tables are wanted (``audit``).

Two cells that stand in the same facts may give to each other and no fact notices. Most tables are made so; where that
does not reach, an integer programme (HiGHS) looks through the block of cells that any fact ties to the figure. A table
is only ever believed after all facts it touches have been added up again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack

from pipelines.disclosure.attack.ledger import FactLedger, Subject
from pipelines.disclosure.model import UNKNOWN

SECONDS_OF_ONE_PROGRAMME = 20.0
"""An integer programme of this size takes milliseconds; one that has not ended by then is taken to have no table."""

Change = dict[int, int]
"""cell -> how much it differs from the truth"""


@dataclass
class Tables:
    """The search for tables of one ledger."""

    ledger: FactLedger
    programmes: int = 0

    def __post_init__(self) -> None:
        self.facts_at: dict[int, list[int]] = defaultdict(list)
        self.facts = list(self.ledger.facts)
        for number, ids in enumerate(self.facts):
            for i in ids:
                self.facts_at[i].append(number)
        self.alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for i in range(len(self.ledger.cells)):
            self.alike[self._sign(i)].append(i)
        self._blocks: dict[int, list[int]] = {}

    def _sign(self, i: int) -> tuple[int, ...]:
        # A cell in no fact at all may be anything; it must not lend to cells of other quarters or rules.
        return tuple(self.facts_at.get(i, ())) or (-1 - i,)

    def _may_differ(self, i: int, without: Collection[str]) -> bool:
        """Say whether a reader who knows these municipalities' own numbers may imagine another number here.

        Where the nation is shown he is taken to know the unknown municipality's number too.
        """
        municipality = self.ledger.cells[i].municipality
        return municipality not in without and (municipality != UNKNOWN or not self.facts_at.get(i))

    def agrees(self, change: Mapping[int, int]) -> bool:
        """Add up every fact that the table touches; no number may be below zero."""
        moved: dict[int, int] = defaultdict(int)
        for i, by in change.items():
            if self.ledger.truth[i] + by < 0:
                return False
            for fact in self.facts_at.get(i, ()):
                moved[fact] += by
        return not any(moved.values())

    def touches(self, change: Mapping[int, int]) -> frozenset[str]:
        """Return the municipalities who would know that the table is not the true one."""
        return frozenset(self.ledger.cells[i].municipality for i in change)

    def find(self, subject: Subject, need: int, direction: int, without: Collection[str]) -> Change | None:
        """Return a table that moves the subject by ``need`` and leaves the cells of these municipalities alone."""
        change = self._by_giving(subject, need, direction, without)
        if change is None:
            change = self._by_programme(subject, need, direction, without)
        return change if change is not None and self.agrees(change) else None

    def _by_giving(self, subject: Subject, need: int, direction: int, without: Collection[str]) -> Change | None:
        cells, truth = self.ledger.cells, self.ledger.truth
        change: Change = defaultdict(int)
        partners: set[str] = set()
        for i in sorted(subject.cells, key=lambda i: -truth[i]):
            if need <= 0:
                break
            if not self._may_differ(i, without) or (direction < 0 and truth[i] == 0):
                continue
            others = [j for j in self.alike[self._sign(i)] if j not in subject.cells and self._may_differ(j, without)]
            if not self.facts_at.get(i):
                amount = need if direction > 0 else min(need, truth[i])
                change[i] += direction * amount
                need -= amount
                continue
            if direction < 0:
                if others:
                    j = min(others, key=lambda j: (cells[j].municipality not in partners, cells[j]))
                    amount = min(need, truth[i])
                    change[i] -= amount
                    change[j] += amount
                    partners.add(cells[j].municipality)
                    need -= amount
                continue
            for j in sorted(others, key=lambda j: (cells[j].municipality not in partners, -truth[j], cells[j])):
                amount = min(need, truth[j] + change.get(j, 0))
                if amount > 0:
                    change[i] += amount
                    change[j] -= amount
                    partners.add(cells[j].municipality)
                    need -= amount
                if need <= 0:
                    break
        return dict(change) if need <= 0 else None

    def _block(self, subject: Subject) -> list[int]:
        start = min(subject.cells)
        if start not in self._blocks:
            seen, waiting = set(subject.cells), list(subject.cells)
            known: set[int] = set()
            while waiting:
                for fact in self.facts_at.get(waiting.pop(), ()):
                    if fact not in known:
                        known.add(fact)
                        waiting += [i for i in self.facts[fact] if i not in seen]
                        seen |= self.facts[fact]
            self._blocks[start] = sorted(seen)
        return self._blocks[start]

    def _by_programme(self, subject: Subject, need: int, direction: int, without: Collection[str]) -> Change | None:
        """Return the least change of the block that does it, by integer programming."""
        self.programmes += 1
        truth = self.ledger.truth
        free = [i for i in self._block(subject) if self._may_differ(i, without)]
        at = {i: column for column, i in enumerate(free)}
        used = sorted({fact for i in free for fact in self.facts_at.get(i, ())})
        rows = [(row, at[i]) for row, fact in enumerate(used) for i in self.facts[fact] if i in at]
        goal = [(len(used), at[i]) for i in subject.cells if i in at]
        if not goal:
            return None
        where = np.array(rows + goal).T
        matrix = csr_matrix((np.ones(where.shape[1]), (where[0], where[1])), shape=(len(used) + 1, len(free)))
        least = np.array([0.0] * len(used) + [need if direction > 0 else -np.inf])
        most = np.array([0.0] * len(used) + [np.inf if direction > 0 else -need])
        fall = np.array([float(truth[i]) for i in free])
        found = milp(
            np.ones(2 * len(free)),
            bounds=Bounds(np.zeros(2 * len(free)), np.concatenate([np.full(len(free), np.inf), fall])),
            integrality=np.ones(2 * len(free)),
            constraints=LinearConstraint(hstack([matrix, -matrix]), least, most),
            options={"time_limit": SECONDS_OF_ONE_PROGRAMME},
        )
        if found.x is None:
            return None
        by = np.rint(found.x[: len(free)] - found.x[len(free) :]).astype(int)
        return {i: int(change) for i, change in zip(free, by, strict=True) if change}

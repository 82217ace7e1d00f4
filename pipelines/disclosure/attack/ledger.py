"""What a reader knows of one family of rules: unpublished numbers, sums of them that are known, figures to protect.

Belongs here: turning publications into facts. Does not belong here: what follows from them (``tables``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Cell,
    Counts,
    Family,
    FormerPrinted,
    Key,
    Printed,
    Problem,
    Target,
    Unit,
    Value,
)

Snapshot = tuple[tuple[tuple[str, tuple[Unit, ...]], Counts], ...]


@dataclass(frozen=True)
class Subject:
    """A figure that must stay uncertain: its cells, and their sum."""

    target: Target
    cells: frozenset[int]
    value: int


@dataclass
class FactLedger:
    """Cells with their truth, facts about them, and subjects; ``block_of`` tells which cells any fact ties together."""

    family: Family
    threshold: int
    cells: list[Cell] = field(default_factory=list)
    truth: list[int] = field(default_factory=list)
    facts: dict[frozenset[int], int] = field(default_factory=dict)
    subjects: dict[frozenset[int], Subject] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    opened: list[Target] = field(default_factory=list)
    left_out: int = 0
    newest_touches: set[int] = field(default_factory=set)
    _number: dict[Cell, int] = field(default_factory=dict)
    _versions: dict[str, tuple[str, Snapshot]] = field(default_factory=dict)
    _read: dict[tuple[str, str], str] = field(default_factory=dict)
    _small_quarters: dict[tuple[Unit, str], tuple[Target, str]] = field(default_factory=dict)
    _hidden_rows: dict[tuple[str, str], Target] = field(default_factory=dict)
    _looked_at: set[tuple[str, Unit, str]] = field(default_factory=set)

    # -- cells -----------------------------------------------------------------------------------------------------

    def _version(self, problem: Problem, quarter: str) -> str:
        """Return the version of a quarter's cells; new ones when anything of it is counted otherwise than before."""
        if (problem.name, quarter) not in self._read:
            self._read[problem.name, quarter] = self._read_version(problem, quarter)
        return self._read[problem.name, quarter]

    def _read_version(self, problem: Problem, quarter: str) -> str:
        none = (0,) * len(self.family.parts)
        snapshot = tuple(
            (place_units, problem.counts.get((self.family.name, place_units[0], quarter), none))
            for place_units in sorted(
                (municipality, units) for (municipality, when), units in problem.parents.items() if when == quarter
            )
        )
        known = self._versions.get(quarter)
        if known is not None and known[1] == snapshot:
            return known[0]
        self._versions[quarter] = (problem.name, snapshot)
        for (municipality, _units), parts in snapshot:
            for part, count in enumerate(parts):
                cell = Cell(self.family.name, municipality, quarter, problem.name, part)
                self._number[cell] = len(self.cells)
                self.cells.append(cell)
                self.truth.append(count)
        return problem.name

    def _ids(self, problem: Problem, quarter: str, inside: Sequence[str], parts: Sequence[int]) -> frozenset[int]:
        version = self._version(problem, quarter)
        return frozenset(
            self._number[Cell(self.family.name, municipality, quarter, version, part)]
            for municipality in inside
            for part in parts
        )

    def sum(self, ids: frozenset[int]) -> int:
        """Return what the cells really add up to."""
        return sum(self.truth[i] for i in ids)

    # -- publications ------------------------------------------------------------------------------------------------

    def enter(self, problem: Problem, published: Mapping[Key, Value], *, is_newest: bool) -> None:
        """Take in what a publication printed anew."""
        rules = {rule for rule, _measure in self.family.figures}
        own = {key: value for key, value in published.items() if key.rule in rules}
        before = (set(self.facts), set(self.subjects))
        for window in sorted({key.period for key in own if key.level != "municipality"}):
            self._enter_window(problem, own, window)
        for year in sorted({key.period for key in own if key.level == "municipality"}):
            self._enter_year(problem, own, year)
        if is_newest:
            for ids in (self.facts.keys() - before[0]) | (self.subjects.keys() - before[1]):
                self.newest_touches |= ids

    def _enter_window(self, problem: Problem, own: Mapping[Key, Value], window: str) -> None:
        wanted = window_quarters(window)
        members: dict[Unit, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (municipality, quarter), units in problem.parents.items():
            if quarter in wanted:
                for unit in units:
                    members[unit][quarter].append(municipality)
        # In a fixed order: an area and a region of the same municipalities are one subject, named after the first.
        for unit, by_quarter in sorted(members.items()):
            for rule, measure in self.family.upper:
                key = Key(rule, *unit, window, measure)
                if key not in own:
                    continue
                value = own[key]
                if isinstance(value, int):
                    self._shown_window(problem, key, value, by_quarter)
                self._small_quarters_of(problem, unit, by_quarter)

    def _shown_window(self, problem: Problem, key: Key, value: int, by_quarter: Mapping[str, Sequence[str]]) -> None:
        """Give the reader each quarter of a window that is shown, more than is printed."""
        unit = (key.level, key.unit)
        total = 0
        for quarter, inside in by_quarter.items():
            ids = self._ids(problem, quarter, inside, self.family.figures[key.rule, key.measure])
            self.facts[ids] = self.sum(ids)
            total += self.facts[ids]
            hidden = self._small_quarters.get((unit, quarter))
            if hidden is not None and hidden[1] != self._version(problem, quarter):
                self.opened.append(hidden[0])
        if total != value:
            self.wrong.append(f"{' '.join(key)} er {value} i udgivelsen, men er talt anderledes")

    def _small_quarters_of(self, problem: Problem, unit: Unit, by_quarter: Mapping[str, Sequence[str]]) -> None:
        for quarter, inside in by_quarter.items():
            if (problem.name, unit, quarter) in self._looked_at:
                continue  # in another window of the publication, or for another measure
            self._looked_at.add((problem.name, unit, quarter))
            for parts in self.family.sensitive_upper:
                ids = self._ids(problem, quarter, inside, parts)
                if self.sum(ids) < self.threshold:
                    version = self._version(problem, quarter)
                    target = Target(self.family.name, *unit, quarter, parts, problem.name)
                    self.subjects.setdefault(ids, Subject(target, ids, self.sum(ids)))
                    self._small_quarters.setdefault((unit, quarter), (target, version))

    def _enter_year(self, problem: Problem, own: Mapping[Key, Value], year: str) -> None:
        wanted = window_quarters(f"{year}-Q4")
        there: dict[str, list[str]] = defaultdict(list)
        for municipality, quarter in problem.parents:
            if quarter in wanted and municipality != UNKNOWN:
                there[municipality].append(quarter)
        for municipality, inside in there.items():
            for rule, measure in self.family.municipal:
                key = Key(rule, "municipality", municipality, year, measure)
                if key not in own:
                    continue
                value = own[key]
                self._row_to_keep(problem, municipality, year, inside, is_hidden=value is HIDDEN)
                if value is HIDDEN:
                    continue
                parts = self.family.figures[rule, measure]
                ids = frozenset().union(*(self._ids(problem, quarter, [municipality], parts) for quarter in inside))
                self.facts[ids] = self.sum(ids)
                if self.sum(ids) != value:
                    self.wrong.append(f"{' '.join(key)} er {value} i udgivelsen, men er talt anderledes")
                if (municipality, year) in self._hidden_rows:
                    self.opened.append(self._hidden_rows[municipality, year])

    def _row_to_keep(
        self, problem: Problem, municipality: str, year: str, inside: Sequence[str], *, is_hidden: bool
    ) -> None:
        """List what must stay uncertain of a row: everything of a hidden one; what is small, also when it is shown."""
        for parts in self.family.sensitive_municipal:
            ids = frozenset().union(*(self._ids(problem, quarter, [municipality], parts) for quarter in inside))
            target = Target(self.family.name, "municipality", municipality, year, parts, problem.name)
            if is_hidden or self.sum(ids) < self.threshold:
                self.subjects.setdefault(ids, Subject(target, ids, self.sum(ids)))
            if is_hidden:
                self._hidden_rows.setdefault((municipality, year), target)

    def enter_former(self, problem: Problem, former: FormerPrinted) -> None:
        """Take in a publication of the former design, as far as what it printed is still counted so.

        A figure that is counted otherwise today, or of quarters that this publication says nothing about, tells about
        other numbers than these; ``left_out`` counts such figures.
        """
        there = {quarter for _municipality, quarter in problem.parents}
        for key, value in former.published.items():
            if not isinstance(value, int) or (key.rule, key.measure) not in self.family.figures:
                continue
            wanted = window_quarters(key.period)
            inside = [
                place
                for place, units in problem.parents.items()
                if place[1] in wanted
                and ((key.level, key.unit) in units or (key.level, key.unit) == ("municipality", place[0]))
            ]
            parts = self.family.figures[key.rule, key.measure]
            ids = frozenset().union(*(self._ids(problem, quarter, [m], parts) for m, quarter in inside))
            if not set(wanted) <= there or not ids or self.sum(ids) != value:
                self.left_out += bool(there.intersection(wanted))
                continue
            self.facts[ids] = value

    # -- blocks ------------------------------------------------------------------------------------------------------

    def touched(self) -> frozenset[int]:
        """Return the cells that what the newest publication printed is tied to, directly or through other facts."""
        if not self.newest_touches:
            return frozenset()
        rows: list[int] = []
        columns: list[int] = []
        for row, ids in enumerate(self.facts):
            rows += [row] * len(ids)
            columns += ids
        count = len(self.facts)
        links = coo_matrix(
            (np.ones(len(rows)), (rows, np.array(columns) + count)), shape=(count + len(self.cells),) * 2
        )
        _number, block = connected_components(links, directed=False)
        wanted = {block[count + i] for i in self.newest_touches}
        return frozenset(i for i in range(len(self.cells)) if block[count + i] in wanted)


def window_quarters(last: str) -> list[str]:
    """Return the four quarters that end with this one, newest first."""
    year, number = int(last[:4]), int(last[-1])
    return [f"{year - (number <= back)}-Q{(number - back - 1) % 4 + 1}" for back in range(4)]


def of_the_same_years(problem: Problem, earlier: Sequence[Printed | FormerPrinted]) -> list[Printed | FormerPrinted]:
    """Return the earlier publications that say something about the calendar years that this one is about.

    No fact reaches from one calendar year into another: a window gives each of its quarters, a row one year. So what
    other years' publications printed can neither help nor hinder, and the work does not grow with them.
    """
    years = {quarter[:4] for _municipality, quarter in problem.parents}
    return [
        printed
        for printed in earlier
        if isinstance(printed, FormerPrinted)
        or any(quarter[:4] in years for _municipality, quarter in printed.problem.parents)
    ]


def read_ledger(
    family: Family,
    threshold: int,
    publication: Mapping[Key, Value],
    problem: Problem,
    earlier: Sequence[Printed | FormerPrinted],
) -> FactLedger:
    """Return what a reader knows of one family after this publication and all before it, oldest first."""
    ledger = FactLedger(family, threshold)
    for printed in earlier:
        if isinstance(printed, Printed):
            known = printed.problem.families.get(family.name)
            if known is not None:
                ledger.family = known
                ledger.enter(printed.problem, printed.published, is_newest=False)
    ledger.family = family
    ledger.enter(problem, publication, is_newest=True)
    for printed in earlier:
        if isinstance(printed, FormerPrinted):
            ledger.enter_former(problem, printed)
    return ledger

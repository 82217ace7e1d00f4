"""What the hidden rows of a year must be able to give, so that its small hidden quarters stay open.

Belongs here: reading the needs of a year, and whether hidden rows meet one. Does not belong here: choosing rows.

A reader knows of each kind of outcome what the shown rows have in the year, and what the atoms have in every quarter
but the hidden ones; of a pool of hidden quarters he knows the sum. A small quarter can be none when what it has of each
kind can be moved to other atoms of the pool, and K - 1 when others of the pool can give it as much. Rows that are shown
can move their cases between quarters and no more, so either way it is the hidden rows of an atom whose year grows or
falls. Each need is stated for the reader in the worst place: who is counted there himself and knows his own part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipelines.disclosure.model import NATION, Atom, Counts, Decision, Family, Unit

Rows = Mapping[str, Counts]
"""municipality -> how many of each part"""


@dataclass(frozen=True)
class Holding:
    """One atom in one quarter: each municipality's numbers there, and of the year in the atom that can hold them.

    ``quarter`` and ``year`` are in the parts that rows tell apart, ``untold`` is the quarter's sum of all others.
    ``atom`` is that of the year: where a municipality lay for the rest of it, when it has the quarter's to itself.
    """

    atom: Atom
    quarter: Rows
    year: Rows
    untold: Mapping[str, int]

    def gives_all(self, hidden: Collection[str]) -> bool:
        """Say whether the quarter can be none here: the hidden rows hold what it has, without the reader's own."""
        inside = [municipality for municipality in self.year if municipality in hidden]
        if len(inside) == len(self.year):
            return True
        for part, values in enumerate(zip(*self.quarter.values(), strict=True)):
            has = sum(values)
            held = sum(self.year[m][part] for m in inside)
            if held < has or any(held - self.year[m][part] < has - self.quarter[m][part] for m in inside):
                return False
        return True

    def can_give(self, hidden: Collection[str], reader: str | None = None) -> int:
        """Return how many the quarter can give to others of its pool, as the reader sees it."""
        others = [municipality for municipality in self.quarter if municipality != reader]
        given = sum(self.untold[m] for m in others)
        for part in range(len(next(iter(self.quarter.values())))):
            held = sum(self.year[m][part] for m in others if m in hidden and m in self.year)
            given += min(sum(self.quarter[m][part] for m in others), held)
        return given


@dataclass(frozen=True)
class Need:
    """A small hidden quarter of a unit or atom: where it lies, and the rest of its pool.

    ``value``: what it has; ``own``: the most that one municipality of it has. ``sum_is_known``: not where even the
    nation is hidden.
    """

    small: tuple[Holding, ...]
    rest: tuple[Holding, ...]
    value: int
    own: int
    sum_is_known: bool

    def lacking(self, hidden: Collection[str], threshold: int) -> tuple[Atom, ...]:
        """Return the atoms of which further rows must be hidden for this quarter to stay open; none when it does."""
        lacking = tuple(holding.atom for holding in self.small if not holding.gives_all(hidden))
        if lacking or not self.sum_is_known or self._is_raised(hidden, threshold):
            return lacking
        return tuple(holding.atom for holding in self.rest if not holding.year.keys() <= set(hidden))

    def _is_raised(self, hidden: Collection[str], threshold: int) -> bool:
        given = [holding.can_give(hidden) for holding in self.rest]
        total = sum(given)
        if total < threshold - 1 - (self.value - self.own):
            return False
        missing = threshold - 1 - self.value
        return all(
            total - usually + holding.can_give(hidden, reader) >= missing
            for holding, usually in zip(self.rest, given, strict=True)
            for reader in holding.quarter
        )


def needs_of(
    family: Family,
    decisions: Mapping[str, Decision],
    quarters: Mapping[tuple[Atom, str], Rows],
    years: Mapping[Atom, Rows],
    threshold: int,
    elsewhere: Mapping[Atom, Atom],
) -> list[Need]:
    """Return the needs of a year: ``decisions`` by quarter; ``quarters`` and ``years`` in all parts of the family.

    ``years`` lacks rows that are shown whatever is decided. ``elsewhere`` gives the atom whose hidden rows hold what
    another's quarter has, where it is not the same.
    """
    told = {part for figure in family.municipal for part in family.figures[figure]}
    found: list[Need] = []
    for quarter, decision in sorted(decisions.items()):
        for pool in decision.pools:
            inside = {atom: quarters[atom, quarter] for atom in sorted(pool) if (atom, quarter) in quarters}
            for parts in family.sensitive_upper:
                holdings = {
                    atom: _holding(elsewhere.get(atom, atom), rows, years, parts, told) for atom, rows in inside.items()
                }
                for atoms in _looked_at([*inside]):
                    values = [sum(row[part] for part in parts) for atom in atoms for row in inside[atom].values()]
                    if sum(values) < threshold:
                        # What is held elsewhere in the pool is held once, not twice.
                        rest = [atom for atom in inside if atom not in atoms and elsewhere.get(atom) not in inside]
                        found.append(
                            Need(
                                small=tuple(holdings[atom] for atom in atoms),
                                rest=tuple(holdings[atom] for atom in rest),
                                value=sum(values),
                                own=max(values),
                                sum_is_known=NATION not in decision.hidden,
                            )
                        )
    return found


def _looked_at(atoms: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """Return each atom of a pool, and what it has of each unit; the whole pool is no secret."""
    units: set[Unit] = {unit for atom in atoms for unit in atom}
    groups = {(atom,) for atom in atoms} | {tuple(atom for atom in atoms if unit in atom) for unit in units}
    return sorted(group for group in groups if len(group) < len(atoms))


def _holding(
    atom: Atom, quarter: Rows, years: Mapping[Atom, Rows], parts: Sequence[int], told: Collection[int]
) -> Holding:
    year = years.get(atom, {})
    none = (0,) * (max((*parts, *told)) + 1)
    quarter = {m: quarter.get(m, none) for m in sorted({*quarter, *year})}
    counted = [part for part in parts if part in told]
    untold = [part for part in parts if part not in told]
    return Holding(
        atom,
        {m: tuple(row[part] for part in counted) for m, row in quarter.items()},
        {m: tuple(row[part] for part in counted) for m, row in year.items()},
        {m: sum(row[part] for part in untold) for m, row in quarter.items()},
    )

"""Which municipalities' calendar years are not shown.

Belongs here: one family and year, when it is first printed. Does not belong here: quarters of larger units, which are
decided before (``quarters``) and taken as they are, and what they need (``needs``).

A row is hidden when it is small. What the hidden rows of an atom (the municipalities that the same units count) add up
to is known from the units' quarters less the shown rows, so they form a pool, which is filled up with further rows
until it has room. An atom with a hidden quarter needs a pool as well, or the shown years would add up to that quarter.
Where an atom is too small for a pool of its own, every row of it is hidden.

A municipality that had an atom to itself for a part of the year, after it changed area, need not be hidden for that:
its cases can be moved to where it lay for the rest of the year, so it is the hidden rows there that need room.

A municipality that had an atom to itself in a quarter that no pool holds has its own number there told by its units,
and that is no small one: its year is known not to be small, and to hide it would say what is not so. It is shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.disclosure.hiding.needs import Need, needs_of
from pipelines.disclosure.hiding.room import rows_have_room
from pipelines.disclosure.model import NATION, UNKNOWN, Atom, Counts, Decision, Family, Problem

ONE_MORE = 1 / 256
"""How often a pool with room gets another row all the same, so that no reader can say that each row was needed."""


@dataclass(frozen=True)
class Year:
    """One family's year: each municipality's numbers in the atom and quarter it lay in, in all parts of the family."""

    family: Family
    quarters: Mapping[tuple[Atom, str], Mapping[str, Counts]]

    @cached_property
    def parts(self) -> dict[Atom, dict[str, Counts]]:
        """The year's numbers of each municipality by the atom it had them in, in all parts of the family."""
        none = (0,) * len(self.family.parts)
        found: dict[Atom, dict[str, Counts]] = defaultdict(dict)
        for (atom, _quarter), members in self.quarters.items():
            for municipality, counts in members.items():
                found[atom][municipality] = _added(found[atom].get(municipality, none), counts)
        return dict(found)

    @cached_property
    def pieces(self) -> dict[Atom, dict[str, Counts]]:
        """The same in the sums that may not be small."""
        return {
            atom: {
                municipality: tuple(sum(counts[part] for part in chosen) for chosen in self.family.sensitive_municipal)
                for municipality, counts in members.items()
            }
            for atom, members in self.parts.items()
        }

    @cached_property
    def rows(self) -> dict[str, Counts]:
        """Each municipality's whole year, in the sums that may not be small."""
        found: dict[str, Counts] = {}
        for members in self.pieces.values():
            for municipality, values in members.items():
                found[municipality] = _added(found[municipality], values) if municipality in found else values
        return found

    def told(self, decisions: Mapping[str, Decision]) -> frozenset[str]:
        """Return the municipalities of which a whole quarter is told by their units."""
        return frozenset(
            next(iter(members))
            for (atom, quarter), members in self.quarters.items()
            if len(members) == 1 and not any(atom in pool for pool in decisions[quarter].pools)
        )

    def elsewhere(self, threshold: int) -> dict[Atom, Atom]:
        """Return, of atoms that one municipality had to itself, the one in which it lay for the rest of the year.

        Only where it has so much there that its quarter in the atom of its own may be small or not.
        """
        found: dict[Atom, Atom] = {}
        for atom, members in self.pieces.items():
            for municipality in members if len(members) == 1 else ():
                others = [other for other in self.pieces if other != atom and municipality in self.pieces[other]]
                for other in others:
                    if len(self.pieces[other]) > 1 and min(self.pieces[other][municipality]) >= threshold - 1:
                        found[atom] = other
        return found


def quarters_of(year: str) -> tuple[str, ...]:
    """Return the four quarters of a calendar year."""
    return tuple(f"{year}-Q{number}" for number in (1, 2, 3, 4))


def read_year(problem: Problem, family: Family, year: str) -> Year:
    """Add up one family's year."""
    none = (0,) * len(family.parts)
    wanted = set(quarters_of(year))
    quarters: dict[tuple[Atom, str], dict[str, Counts]] = defaultdict(dict)
    for (municipality, quarter), parents in problem.parents.items():
        if quarter in wanted and municipality != UNKNOWN:
            atom = tuple(sorted(unit for unit in parents if unit != NATION))
            quarters[atom, quarter][municipality] = problem.counts.get((family.name, municipality, quarter), none)
    return Year(family, quarters)


def _added(one: Counts, other: Counts) -> Counts:
    return tuple(first + second for first, second in zip(one, other, strict=True))


@dataclass(frozen=True)
class _Conditions:
    """What the hidden rows of a year have to fulfil: the pieces that can be hidden by atom, and the quarters' needs.

    ``movers`` are municipalities that lay in more than one atom.
    """

    pieces: Mapping[Atom, Mapping[str, Counts]]
    pooled: frozenset[Atom]
    needs: Sequence[Need]
    movers: frozenset[str]
    threshold: int

    def lacking(self, hidden: Collection[str]) -> Atom | None:
        """Return an atom of which further rows must be hidden, the first by name; None when all is fulfilled."""
        for atom, members in self.pieces.items():
            if not self._has_room(atom, members, hidden):
                return atom
        for need in self.needs:
            for atom in need.lacking(hidden, self.threshold):
                return atom
        return None

    def _has_room(self, atom: Atom, members: Mapping[str, Counts], hidden: Collection[str]) -> bool:
        inside = [municipality for municipality in members if municipality in hidden]
        if len(inside) == len(members) or (not inside and atom not in self.pooled):
            return True
        rows = [members[municipality] for municipality in inside]
        return rows_have_room(rows, self.threshold, movers=len(self.movers.intersection(inside)))


def hide(year: Year, decisions: Mapping[str, Decision], threshold: int, draw: np.random.Generator) -> frozenset[str]:
    """Return the municipalities whose year is hidden; ``decisions`` are those of its four quarters."""
    small = frozenset(municipality for municipality, values in year.rows.items() if min(values) < threshold)
    conditions = _conditions(year, decisions, small, threshold)
    # Each row's cost, by lot: a large one is hidden seldom, but no row never.
    lot = {m: float((max(year.rows[m]) + 1) ** 2 * draw.exponential()) for m in sorted(year.rows)}
    hidden = _drawn(conditions, small, lot)
    for members in conditions.pieces.values():
        left = members.keys() - hidden
        if left and hidden & members.keys() and draw.random() < ONE_MORE:
            more = hidden | {min(left, key=lot.__getitem__)}
            hidden = more if conditions.lacking(more) is None else hidden
    return frozenset(hidden)


def _conditions(year: Year, decisions: Mapping[str, Decision], small: frozenset[str], threshold: int) -> _Conditions:
    told = year.told(decisions) - small
    elsewhere = year.elsewhere(threshold)
    pieces = {
        atom: {m: row for m, row in members.items() if m not in told}
        for atom, members in sorted(year.pieces.items())
        if atom not in elsewhere
    }
    parts = {atom: {m: year.parts[atom][m] for m in members} for atom, members in pieces.items()}
    pooled = {atom for decision in decisions.values() for pool in decision.pools for atom in pool}
    return _Conditions(
        pieces,
        frozenset(elsewhere.get(atom, atom) for atom in pooled),
        needs_of(year.family, decisions, year.quarters, parts, threshold, elsewhere),
        frozenset(one for one, count in Counter(m for row in year.pieces.values() for m in row).items() if count > 1),
        threshold,
    )


def _drawn(conditions: _Conditions, small: Collection[str], lot: Mapping[str, float]) -> set[str]:
    """Return the small rows with as many others as it takes, by lot, and none that is not needed."""
    hidden = set(small)
    while (atom := conditions.lacking(hidden)) is not None:
        hidden.add(min(conditions.pieces[atom].keys() - hidden, key=lot.__getitem__))
    for municipality in sorted(hidden.difference(small), key=lot.__getitem__, reverse=True):
        if conditions.lacking(hidden - {municipality}) is None:
            hidden.remove(municipality)
    return hidden

"""Which municipalities' calendar years are not shown.

Belongs here: one family and year, when it is first printed. Does not belong here: quarters of larger units, which are
decided before (``quarters``) and taken as they are.

A row is hidden when it is small. What the hidden rows of an atom (the municipalities that the same units count) add up
to is known from the units' quarters less the shown rows, so they form a pool, which is filled up with further rows
until it has room. An atom with a hidden quarter needs a pool as well, or the shown years would add up to that quarter.
Where an atom is too small for a pool of its own, every row of the atoms that share its hidden quarters is hidden.

A municipality that had an atom to itself in a quarter that no pool holds has its own number there told by its units,
and that is no small one: its year is known not to be small, and to hide it would say what is not so. It is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.disclosure.hiding.room import rows_can_give, rows_have_room
from pipelines.disclosure.model import NATION, UNKNOWN, Atom, Counts, Decision, Family, Problem

ONE_MORE = 1 / 256
"""How often a pool with room gets another row all the same, so that no reader can say that each row was needed."""


@dataclass
class Year:
    """One family's year: rows of municipalities, and their pieces in the atoms they lay in.

    ``parts`` are the pieces by the kinds of outcomes that rows tell apart, ``quarters`` the atoms' quarters likewise;
    ``needed`` is what the small ones among an atom's hidden quarters have of each kind. ``alone`` are municipalities
    that had an atom to themselves, by atom and quarter.
    """

    rows: dict[str, Counts] = field(default_factory=dict)
    pieces: dict[Atom, dict[str, Counts]] = field(default_factory=dict)
    parts: dict[Atom, dict[str, Counts]] = field(default_factory=dict)
    quarters: dict[tuple[Atom, str], Counts] = field(default_factory=dict)
    needed: dict[Atom, Counts] = field(default_factory=dict)
    alone: dict[tuple[Atom, str], str] = field(default_factory=dict)

    def told(self, decisions: Mapping[str, Decision]) -> frozenset[str]:
        """Return the municipalities of which a whole quarter is told by their units."""
        return frozenset(
            municipality
            for (atom, quarter), municipality in self.alone.items()
            if not any(atom in pool for pool in decisions[quarter].pools)
        )


def quarters_of(year: str) -> tuple[str, ...]:
    """Return the four quarters of a calendar year."""
    return tuple(f"{year}-Q{number}" for number in (1, 2, 3, 4))


def read_year(problem: Problem, family: Family, year: str) -> Year:
    """Add up one family's year, in the sums that may not be small."""
    sums = family.sensitive_municipal
    none = (0,) * len(family.parts)
    rows: dict[str, list[int]] = defaultdict(lambda: [0] * len(sums))
    pieces: dict[Atom, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * len(sums)))
    wanted = set(quarters_of(year))
    for (municipality, quarter), parents in problem.parents.items():
        if quarter not in wanted or municipality == UNKNOWN:
            continue
        atom = tuple(sorted(unit for unit in parents if unit != NATION))
        parts = problem.counts.get((family.name, municipality, quarter), none)
        for number, chosen in enumerate(sums):
            value = sum(parts[part] for part in chosen)
            rows[municipality][number] += value
            pieces[atom][municipality][number] += value
    told = sorted({part for figure in family.municipal for part in family.figures[figure]})
    by_part: dict[Atom, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * len(told)))
    by_quarter: dict[tuple[Atom, str], list[int]] = defaultdict(lambda: [0] * len(told))
    inside: dict[tuple[Atom, str], list[str]] = defaultdict(list)
    for (municipality, quarter), parents in problem.parents.items():
        if quarter in wanted and municipality != UNKNOWN:
            atom = tuple(sorted(unit for unit in parents if unit != NATION))
            parts = problem.counts.get((family.name, municipality, quarter), none)
            inside[atom, quarter].append(municipality)
            for number, part in enumerate(told):
                by_part[atom][municipality][number] += parts[part]
                by_quarter[atom, quarter][number] += parts[part]
    return Year(
        {municipality: tuple(values) for municipality, values in rows.items()},
        {atom: {m: tuple(values) for m, values in members.items()} for atom, members in pieces.items()},
        {atom: {m: tuple(values) for m, values in members.items()} for atom, members in by_part.items()},
        {place: tuple(values) for place, values in by_quarter.items()},
        alone={place: members[0] for place, members in inside.items() if len(members) == 1},
    )


def hide(year: Year, decisions: Mapping[str, Decision], threshold: int, draw: np.random.Generator) -> frozenset[str]:
    """Return the municipalities whose year is hidden; ``decisions`` are those of its four quarters."""
    decided = list(decisions.values())
    year.needed = _needed(year, decisions, threshold)
    pooled = {atom for decision in decided for pool in decision.pools for atom in pool}
    small = {municipality for municipality, values in year.rows.items() if min(values) < threshold}
    shown = year.told(decisions) - small
    year.pieces = {atom: {m: v for m, v in members.items() if m not in shown} for atom, members in year.pieces.items()}
    hidden = _with_whole_groups(year, decided, set(small), pooled, threshold)
    lot = _lot(year, draw)
    needed = [atom for atom in sorted(year.pieces) if atom in pooled or hidden & year.pieces[atom].keys()]
    while needed:
        added = {m for atom in needed for m in _fill(year, atom, hidden, lot, threshold)} - hidden
        hidden |= added
        needed = [atom for atom in sorted(year.pieces) if added & year.pieces[atom].keys()]
    for municipality in sorted(hidden - small, key=lambda m: -lot[m]):
        if all(_is_fine(year, atom, hidden - {municipality}, pooled, threshold) for atom in year.pieces):
            hidden.discard(municipality)
    for _atom, members in sorted(year.pieces.items()):
        left = [municipality for municipality in lot if municipality in members.keys() - hidden]
        if left and hidden & members.keys() and draw.random() < ONE_MORE:
            hidden |= _one_more(year, min(left, key=lot.__getitem__), hidden, pooled, threshold)
    return frozenset(hidden)


def _needed(year: Year, decisions: Mapping[str, Decision], threshold: int) -> dict[Atom, Counts]:
    """Return, of each atom in a pool, the most that a hidden quarter has of each kind, as far as it may be small."""
    found: dict[Atom, Counts] = {}
    for quarter, decision in decisions.items():
        for atom in {atom for pool in decision.pools for atom in pool}:
            values = year.quarters.get((atom, quarter))
            if values is not None:
                few = tuple(min(value, threshold - 1) for value in values)
                found[atom] = tuple(map(max, zip(few, found.get(atom, few), strict=True)))
    return found


def _lot(year: Year, draw: np.random.Generator) -> dict[str, float]:
    """Return what hiding a row costs, by lot: a large one seldom, but no row never."""
    return {m: float((max(year.rows[m]) + 1) ** 2 * draw.exponential()) for m in sorted(year.rows)}


def _fill(year: Year, atom: Atom, hidden: set[str], lot: Mapping[str, float], threshold: int) -> set[str]:
    """Return the atom's hidden rows with as many others as it takes; all of them when that is not enough."""
    chosen = hidden & year.pieces[atom].keys()
    for municipality in sorted(year.pieces[atom].keys() - chosen, key=lot.__getitem__):
        if _has_room(year, atom, chosen, threshold):
            break
        chosen.add(municipality)
    return chosen


def _has_room(year: Year, atom: Atom, hidden: set[str], threshold: int) -> bool:
    inside = sorted(hidden & year.pieces[atom].keys())
    if not rows_have_room([year.pieces[atom][m] for m in inside], threshold):
        return False
    return atom not in year.needed or rows_can_give([year.parts[atom][m] for m in inside], year.needed[atom])


def _is_fine(year: Year, atom: Atom, hidden: set[str], pooled: set[Atom], threshold: int) -> bool:
    members = year.pieces[atom]
    if members.keys() <= hidden:
        return True
    return (atom not in pooled and not hidden & members.keys()) or _has_room(year, atom, hidden, threshold)


def _one_more(year: Year, municipality: str, hidden: set[str], pooled: set[Atom], threshold: int) -> set[str]:
    """Return the row to hide besides, unless that would leave a pool elsewhere without room."""
    more = hidden | {municipality}
    return {municipality} if all(_is_fine(year, atom, more, pooled, threshold) for atom in year.pieces) else set()


def _with_whole_groups(
    year: Year,
    decided: Sequence[Decision],
    hidden: set[str],
    pooled: set[Atom],
    threshold: int,
) -> set[str]:
    """Add every row of the atoms that share a hidden quarter with one too small for a pool of its own."""
    whole = {
        atom
        for atom, members in year.pieces.items()
        if (atom in pooled or hidden & members.keys()) and not _has_room(year, atom, set(members), threshold)
    }
    while True:
        linked = {
            atom
            for decision in decided
            for pool in decision.pools
            if pool & whole
            for atom in pool
            if atom in year.pieces
        }
        if linked <= whole:
            return hidden.union(*(year.pieces[atom].keys() for atom in whole))
        whole |= linked

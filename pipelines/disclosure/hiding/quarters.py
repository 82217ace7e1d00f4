"""Which quarters of the nation, areas and regions go into no window that is shown.

Belongs here: one family and quarter. Does not belong here: windows, and municipalities' years (``years``).

A unit's quarter is hidden when it is small, or when showing it would leave too little room for one that is small. What
a reader could work out by taking shown units from each other (municipalities that one area counts and one region) is
held to the same as a unit. The reader is taken to know every such difference, and the unknown municipality's number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import log2

import numpy as np

from pipelines.disclosure.hiding.room import units_have_room
from pipelines.disclosure.model import NATION, UNKNOWN, Atom, Counts, Decision, Family, Problem, Unit

LEVEL_WEIGHT = {"region": 1.0, "area": 3.0}
"""An area's figures are read beside each of its regions', so losing them costs about as much as three regions."""
LOT = 0.5
"""Spread of the lot (of a weight's logarithm): enough to leave no choice out, seldom enough to prefer a dear one."""


@dataclass(frozen=True)
class QuarterSums:
    """One family's quarter as units and atoms: everything in sums that may not be small."""

    units: Mapping[Unit, frozenset[Atom]]
    total: Mapping[Atom, Counts]
    largest: Mapping[Atom, Counts]
    alone: frozenset[Atom]
    nation: Counts

    def small(self, unit: Unit, threshold: int) -> bool:
        """Say whether one of the unit's sums is below the threshold."""
        values = self.nation if unit == NATION else self.sum(self.units[unit])
        return min(values) < threshold

    def sum(self, atoms: Iterable[Atom]) -> Counts:
        """Return the sums of several atoms together."""
        return tuple(sum(values) for values in zip(*(self.total[atom] for atom in atoms), strict=True))

    def has_room(self, pool: frozenset[Atom], threshold: int) -> bool:
        """Say whether the pool hides enough, in each sum, from whoever is largest in it."""
        largest = (max(values) for values in zip(*(self.largest[atom] for atom in pool), strict=True))
        return all(units_have_room(total, most, threshold) for total, most in zip(self.sum(pool), largest, strict=True))

    def tells_too_much(self, atom: Atom, threshold: int) -> bool:
        """Say whether an atom's number is small, or is to the largest of its municipalities, who subtracts itself."""
        if min(self.total[atom]) < threshold:
            return True
        if atom in self.alone:
            return False  # that municipality's own number, and no small one; there is nobody besides it
        return not self.has_room(frozenset((atom,)), threshold)


def read_quarter(problem: Problem, family: Family, quarter: str) -> QuarterSums:
    """Add up one family's quarter."""
    sums = family.sensitive_upper
    none = (0,) * len(family.parts)
    members: dict[Atom, list[Counts]] = defaultdict(list)
    nation = [0] * len(sums)
    for (municipality, when), parents in problem.parents.items():
        if when != quarter:
            continue
        parts = problem.counts.get((family.name, municipality, quarter), none)
        values = tuple(sum(parts[part] for part in chosen) for chosen in sums)
        nation = [one + other for one, other in zip(nation, values, strict=True)]
        if municipality != UNKNOWN:
            members[tuple(sorted(unit for unit in parents if unit != NATION))].append(values)
    units: dict[Unit, set[Atom]] = defaultdict(set)
    for atom in members:
        for unit in (NATION, *atom):
            units[unit].add(atom)
    return QuarterSums(
        units={unit: frozenset(atoms) for unit, atoms in units.items()},
        total={atom: tuple(map(sum, zip(*rows, strict=True))) for atom, rows in members.items()},
        largest={atom: tuple(map(max, zip(*rows, strict=True))) for atom, rows in members.items()},
        alone=frozenset(atom for atom, rows in members.items() if len(rows) == 1),
        nation=tuple(nation),
    )


def decide(quarter: QuarterSums, before: Decision, threshold: int, draw: np.random.Generator) -> Decision:
    """Return which units of this quarter are hidden; at least those that were before, however it is counted now."""
    everything = Decision(frozenset(quarter.units), (frozenset(quarter.total),))
    whole = frozenset(quarter.total)
    if NATION in before.hidden or quarter.small(NATION, threshold) or not quarter.has_room(whole, threshold):
        return everything
    pools = list(before.pools)
    weight = {unit: _weight(quarter, unit, draw) for unit in sorted(quarter.units) if unit != NATION}
    bad = [atom for atom in sorted(quarter.total) if quarter.tells_too_much(atom, threshold)]
    wanted = [*(pool for pool in pools if not quarter.has_room(pool, threshold)), *(frozenset((atom,)) for atom in bad)]
    for core in wanted:
        if any(core <= pool and quarter.has_room(pool, threshold) for pool in pools):
            continue
        pool = _cheapest(quarter, core, pools, weight, threshold)
        if pool is None:
            return everything
        pools = [other for other in pools if not other & pool] + [pool]
    hidden = before.hidden | {unit for pool in pools for unit in _cut(quarter, pool)}
    if any(quarter.small(unit, threshold) and unit not in hidden for unit in quarter.units):
        return everything
    return Decision(frozenset(hidden), tuple(sorted(pools, key=sorted)))


def _weight(quarter: QuarterSums, unit: Unit, draw: np.random.Generator) -> float:
    cases = max(quarter.sum(quarter.units[unit]))
    return float(LEVEL_WEIGHT.get(unit[0], 1.0) * log2(cases + 2) * draw.lognormal(sigma=LOT))


def _cut(quarter: QuarterSums, pool: frozenset[Atom]) -> list[Unit]:
    """Return the units that count a part of the pool: showing one would tell more than the pool's sum."""
    return [unit for unit, atoms in quarter.units.items() if atoms & pool and not pool <= atoms]


def _cheapest(
    quarter: QuarterSums,
    core: frozenset[Atom],
    pools: Sequence[frozenset[Atom]],
    weight: Mapping[Unit, float],
    threshold: int,
) -> frozenset[Atom] | None:
    """Return the pool around these atoms that hides least, or None when not even the whole country is enough."""
    joined = frozenset(chain(core, *(pool for pool in pools if pool & core)))
    blocks = [pool for pool in pools if not pool & core]
    blocks += [
        frozenset((atom,))
        for atom in sorted(quarter.total)
        if atom not in joined and not any(atom in pool for pool in blocks)
    ]
    best, least = None, float("inf")
    for count in range(len(blocks) + 1):
        for more in combinations(blocks, count):
            pool = joined.union(*more)
            cost = sum(weight[unit] for unit in _cut(quarter, pool))
            if cost < least and _serves(quarter, pool, pools, threshold):
                best, least = pool, cost
    return best


def _serves(quarter: QuarterSums, pool: frozenset[Atom], pools: Sequence[frozenset[Atom]], threshold: int) -> bool:
    if len(pool) < 2 or not quarter.has_room(pool, threshold):
        return False
    if any(_is_rest_of_one(quarter, atom, pool, threshold) for atom in pool & quarter.alone):
        return False
    cut = _cut(quarter, pool)
    if any(quarter.small(unit, threshold) and unit not in cut for unit, atoms in quarter.units.items() if atoms & pool):
        return False
    covered = pool.union(*pools)
    # Where units nest, a hidden unit lies whole in its pool and may be none. Where a municipality has left its region's
    # area, that would hide every area for good; there a large unit may be known to be large.
    return not _nested(quarter) or all(quarter.units[unit] <= covered for unit in cut)


def _is_rest_of_one(quarter: QuarterSums, alone: Atom, pool: frozenset[Atom], threshold: int) -> bool:
    """Say whether a municipality that has an atom to itself subtracts itself and is left with one small atom."""
    rest = pool - {alone}
    return len(rest) == 1 and min(quarter.sum(rest)) < threshold


def _nested(quarter: QuarterSums) -> bool:
    return all(
        one <= other or other <= one or not one & other for one, other in combinations(quarter.units.values(), 2)
    )

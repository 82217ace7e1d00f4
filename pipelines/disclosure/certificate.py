"""Verify a certificate by adding up: no solver, no search, nothing from the programs that hide and attack.

Belongs here: checking that each table agrees with everything published, that each figure that must stay uncertain has
tables enough for every reader, and that no such figure was left out. Does not belong here: finding tables.

A cell is the number of one kind of outcome (part) of one municipality and quarter, as counted by one publication
(version). Everything below is a sum of cells:
1. ``_read`` lists the cells, the sums that are known (``facts``) and the sums that must stay uncertain (``wanted``).
2. ``_check_facts``: each known sum is what the cells really add up to.
3. ``_check_tables``: each table of the certificate leaves every known sum as it is, and nothing below zero.
4. ``_check_wanted``: each uncertain sum has, for the outsider and for each municipality that a table could not deceive
   because it holds numbers of its own in it, a table where it is none and one where it is the threshold less one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Cell,
    Certificate,
    Key,
    Printed,
    Problem,
    Target,
    Value,
)

Cells = frozenset[Cell]


@dataclass
class _Known:
    """What everything published comes to: the truth of each cell, the known sums, and the sums to keep uncertain."""

    truth: dict[Cell, int] = field(default_factory=dict)
    facts: dict[Cells, tuple[int, str]] = field(default_factory=dict)
    wanted: dict[Cells, Target] = field(default_factory=dict)
    version: dict[tuple[str, str], tuple[str, object]] = field(default_factory=dict)


def verify(
    certificate: Certificate, publication: Mapping[Key, Value], problem: Problem, earlier: Sequence[Printed] = ()
) -> list[str]:
    """Return what is wrong with the certificate; empty when it proves what it says.

    It proves what the newest publication has to do with: figures that closed before were proved by earlier ones.
    """
    known = _Known()
    faults: list[str] = []
    years = {quarter[:4] for _municipality, quarter in problem.parents}
    for printed in earlier:
        if not any(quarter[:4] in years for _municipality, quarter in printed.problem.parents):
            continue  # no known sum reaches from one calendar year into another
        faults += _read(known, printed.problem, printed.published, certificate.threshold)
    before = set(known.wanted) | set(known.facts)
    faults += _read(known, problem, publication, certificate.threshold)
    new = [ids for ids in (*known.wanted, *known.facts) if ids not in before]
    faults += _check_facts(known)
    faults += _check_tables(certificate, known)
    faults += _check_wanted(certificate, known, set().union(*new))
    return faults


def _read(known: _Known, problem: Problem, published: Mapping[Key, Value], threshold: int) -> list[str]:
    """Add one publication's cells, facts and figures to protect; return figures that are not what was counted."""
    faults = []
    _count_anew(known, problem, {quarter for key in published for quarter in _quarters(key.period)})
    family_of = {figure: family for family in problem.families.values() for figure in family.figures}
    inside_of = _members(problem)

    @cache  # each quarter is asked for in four windows and for every measure
    def cells_of(family: str, level: str, unit: str, quarter: str, parts: tuple[int, ...]) -> Cells:
        version, _counted = known.version[family, quarter]
        inside = inside_of.get((level, unit, quarter), ())
        return frozenset(Cell(family, m, quarter, version, part) for m in inside for part in parts)

    for key, value in sorted(published.items(), key=lambda figure: figure[0]):
        family = family_of[key.rule, key.measure]
        quarters = _quarters(key.period)
        place = (family.name, key.level, key.unit)
        cells = [cells_of(*place, quarter, family.figures[key.rule, key.measure]) for quarter in quarters]
        if value is not HIDDEN:
            if sum(known.truth[cell] for inside in cells for cell in inside) != value:
                faults.append(f"{' '.join(key)} er {value} i udgivelsen, men er talt anderledes")
            # A window that is shown gives the reader each of its quarters; a municipality's year is one sum.
            sums = [frozenset().union(*cells)] if key.level == "municipality" else cells
            known.facts |= {one: (sum(known.truth[cell] for cell in one), " ".join(key)) for one in sums}
        if key.level == "municipality":
            for chosen in family.sensitive_municipal:
                one = frozenset().union(*(cells_of(*place, quarter, chosen) for quarter in quarters))
                if value is HIDDEN or sum(known.truth[cell] for cell in one) < threshold:
                    target = Target(family.name, key.level, key.unit, key.period, chosen, problem.name)
                    known.wanted.setdefault(one, target)
        else:
            for quarter in quarters:
                for chosen in family.sensitive_upper:
                    one = cells_of(*place, quarter, chosen)
                    if one and sum(known.truth[cell] for cell in one) < threshold:
                        target = Target(family.name, key.level, key.unit, quarter, chosen, problem.name)
                        known.wanted.setdefault(one, target)
    return faults


def _quarters(period: str) -> list[str]:
    """The quarters of a calendar year (``2025``), or the four that end with a quarter (``2026-Q3``)."""
    if "-" not in period:
        return [f"{period}-Q{number}" for number in (1, 2, 3, 4)]
    year, number = int(period[:4]), int(period[-1])
    return [f"{year - (number < n)}-Q{n}" for n in (1, 2, 3, 4)]


def _members(problem: Problem) -> dict[tuple[str, str, str], list[str]]:
    """The municipalities that a unit counts in a quarter, by level, unit and quarter."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for (municipality, quarter), units in problem.parents.items():
        for level, unit in (("municipality", municipality), *units):
            found.setdefault((level, unit, quarter), []).append(municipality)
    return found


def _count_anew(known: _Known, problem: Problem, quarters: Iterable[str]) -> None:
    """Give a family's quarter new cells when any number of it, or any unit's municipalities, are not as before."""
    members: dict[str, dict[str, object]] = {quarter: {} for quarter in sorted(quarters)}
    for (municipality, quarter), units in problem.parents.items():
        if quarter in members:
            members[quarter][municipality] = units
    for family in problem.families.values():
        none = (0,) * len(family.parts)
        for quarter, there in members.items():
            now = {m: problem.counts.get((family.name, m, quarter), none) for m in there}
            place = (family.name, quarter)
            if place in known.version and known.version[place][1] == (there, now):
                continue
            known.version[place] = problem.name, (there, now)
            for municipality, counts in now.items():
                for part, count in enumerate(counts):
                    known.truth[Cell(family.name, municipality, quarter, problem.name, part)] = count


def _check_facts(known: _Known) -> list[str]:
    return [
        f"tællingen passer ikke med {name}"
        for cells, (value, name) in known.facts.items()
        if sum(known.truth[cell] for cell in cells) != value
    ]


def _facts_of(known: _Known) -> dict[Cell, list[Cells]]:
    found: dict[Cell, list[Cells]] = {}
    for cells in known.facts:
        for cell in cells:
            found.setdefault(cell, []).append(cells)
    return found


def _change(certificate: Certificate, known: _Known, number: int) -> dict[Cell, int]:
    return {cell: count - known.truth[cell] for cell, count in certificate.tables[number].changes}


def _check_tables(certificate: Certificate, known: _Known) -> list[str]:
    """Each table must leave every known sum as it is, have no number below zero, and keep that of the unknown
    municipality where the nation is shown.
    """
    faults = []
    facts_of = _facts_of(known)
    for number, table in enumerate(certificate.tables):
        if any(
            cell not in known.truth
            or not isinstance(count, int)
            or count < 0
            or (cell.municipality == UNKNOWN and cell in facts_of)
            for cell, count in table.changes
        ):
            faults.append(f"tabel {number} har et tal, der ikke må være et andet, eller et, der ikke kan tælles")
            continue
        moved: dict[Cells, int] = {}
        for cell, by in _change(certificate, known, number).items():
            for cells in facts_of.get(cell, ()):
                moved[cells] = moved.get(cells, 0) + by
        faults += [f"tabel {number} passer ikke med {known.facts[cells][1]}" for cells, by in moved.items() if by]
    return faults


def _check_wanted(certificate: Certificate, known: _Known, new: set[Cell]) -> list[str]:
    """Each figure to protect that the newest publication has to do with must have tables that convince every reader."""
    if any(cell not in known.truth for table in certificate.tables for cell, _count in table.changes):
        return []
    changes = [_change(certificate, known, number) for number in range(len(certificate.tables))]
    claims = {claim.target: claim for claim in certificate.claims}
    faults = []
    for cells, target in known.wanted.items():
        if new.isdisjoint(cells):
            continue
        if target not in claims:
            faults.append(f"intet bevis for {_name(target)}")
            continue
        if not all(0 <= number < len(changes) for number in (*claims[target].low, *claims[target].high)):
            faults.append(f"beviset for {_name(target)} nævner en tabel, der ikke er der")
            continue
        low = [changes[number] for number in claims[target].low]
        high = [changes[number] for number in claims[target].high]
        for reader in _readers(cells, known, (*low, *high)):
            # The outsider has no number of their own; "" is also what the unknown municipality is called.
            rest = sum(known.truth[cell] for cell in cells if not reader or cell.municipality != reader)
            falls = max(-_moved(table, cells, reader) for table in ({}, *low))
            rises = max(_moved(table, cells, reader) for table in ({}, *high))
            if falls < rest or rest + rises < certificate.threshold - 1:
                told = f"kommune {reader}" if reader else "en læser udefra"
                faults.append(f"tabellerne for {_name(target)} overbeviser ikke {told}")
    return faults


def _name(target: Target) -> str:
    return f"{target.family} {target.level} {target.unit} {target.period}"


def _readers(cells: Cells, known: _Known, tables: Iterable[Mapping[Cell, int]]) -> Iterator[str]:
    """The outsider, and every municipality that has a part in the figure or in a table but is not alone in it."""
    yield ""
    concerned = {cell.municipality for cell in cells if known.truth[cell]}
    concerned |= {cell.municipality for table in tables for cell in table}
    owners = {cell.municipality for cell in cells}
    yield from sorted(one for one in concerned - {UNKNOWN} if owners != {one})


def _moved(table: Mapping[Cell, int], cells: Cells, reader: str) -> int:
    """How far the table moves a figure; not at all for a reader whose own numbers it would change."""
    if reader and any(cell.municipality == reader for cell in table):
        return 0
    return sum(by for cell, by in table.items() if cell in cells)

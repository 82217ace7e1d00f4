"""The words that hiding, attacking and certifying have in common: plain values, and no logic at all.

Belongs here: types. Does not belong here: what adds up to what, attacks or hiding - each of the three programs works
those out for itself, so that a mistake in one is not repeated in the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

UNKNOWN: Final = ""
"""The municipality of outcomes whose municipality is unknown: counted in the nation only, never published."""
LOWEST_THRESHOLD: Final = 3
"""No setting goes below this: with 2, each of two persons could subtract himself and know the other."""

Unit = tuple[str, str]
"""level, code"""
NATION: Final[Unit] = ("national", "DK")


LARGER_LEVELS: Final = ("national", "area", "region")
"""The levels of units that have rolling years."""


class Mark(Enum):
    """The one mark for a figure that is not shown: under the threshold, or none, or hiding another that is."""

    HIDDEN = "hidden"


HIDDEN: Final = Mark.HIDDEN
Value = int | Mark


class Key(NamedTuple):
    """A published figure.

    ``period``: of the nation, an area or a region the last quarter of a rolling year (``2026-Q3``); of a municipality
    a calendar year (``2025``). ``measure``: due, met, own_due or own_met.
    """

    rule: str
    level: str
    unit: str
    period: str
    measure: str


@dataclass(frozen=True)
class Family:
    """Rules that a reader can set against each other, which are therefore shown or hidden together.

    ``parts``      the disjoint kinds of outcomes that everything below adds up.
    ``figures``    (rule, measure) -> the parts it counts.
    ``upper``      which of them are printed for the nation, areas and regions; ``municipal`` for municipalities.
    ``sensitive_upper``, ``sensitive_municipal``  the sums of parts that may not be small where a row is shown.
    ``levels``     for which of the larger units anything is printed; all are reckoned with when something is hidden.
    """

    name: str
    parts: tuple[str, ...]
    figures: Mapping[tuple[str, str], tuple[int, ...]]
    upper: tuple[tuple[str, str], ...]
    municipal: tuple[tuple[str, str], ...]
    sensitive_upper: tuple[tuple[int, ...], ...]
    sensitive_municipal: tuple[tuple[int, ...], ...]
    levels: tuple[str, ...] = LARGER_LEVELS


Counts = tuple[int, ...]
"""How many of each part of a family."""


@dataclass(frozen=True)
class Problem:
    """What one publication may print, and everything that a reader may know about how it adds up.

    ``name``      of the publication; unique among those it is judged with.
    ``families``  by name.
    ``parents``   (municipality, quarter) -> the units that count it, the nation included. The unknown municipality has
                  its own entries. Nothing is assumed to nest.
    ``counts``    (family, municipality, quarter) -> the truth (absent: none), for all quarters printed about.
    ``windows``   last quarters of the rolling years printed, oldest first; the last one leads.
    ``years``     calendar years of municipalities printed for the first time.
    ``restated``  calendar years printed a second and last time, as they are counted now.
    """

    name: str
    families: Mapping[str, Family]
    parents: Mapping[tuple[str, str], tuple[Unit, ...]]
    counts: Mapping[tuple[str, str, str], Counts]
    windows: tuple[str, ...]
    years: tuple[str, ...] = ()
    restated: tuple[str, ...] = ()


Atom = tuple[Unit, ...]
"""Municipalities that the same units count in a quarter; named by those units, the nation left out."""


@dataclass(frozen=True)
class Decision:
    """What was decided about one family and quarter: it only ever grows, whatever is counted later.

    ``hidden``  units whose quarter is in no window that is shown.
    ``pools``   atoms whose sum a reader may know, and no more than that.
    """

    hidden: frozenset[Unit] = frozenset()
    pools: tuple[frozenset[Atom], ...] = ()


@dataclass(frozen=True)
class Printed:
    """An earlier publication, kept in the restricted part: what was true then, what it printed anew, what it hid."""

    problem: Problem
    published: Mapping[Key, Value]
    decisions: Mapping[tuple[str, str], Decision] = field(default_factory=dict)


@dataclass(frozen=True)
class FormerPrinted:
    """A publication of the former design: rolling years of municipalities too, and a zero was shown."""

    name: str
    published: Mapping[Key, Value]


class Cell(NamedTuple):
    """One unpublished number: a part of a family in a municipality and quarter.

    ``version`` names the publication that first counted the family's quarter so; a recount begins new cells.
    """

    family: str
    municipality: str
    quarter: str
    version: str
    part: int


class Target(NamedTuple):
    """A figure that must stay uncertain: the sum of ``parts`` of a unit in a period (a quarter or calendar year)."""

    family: str
    level: str
    unit: str
    period: str
    parts: tuple[int, ...]
    version: str


class Table(NamedTuple):
    """A whole-number table that agrees with everything published: the truth, but for these numbers."""

    changes: tuple[tuple[Cell, int], ...]


class Claim(NamedTuple):
    """Tables in which the target is none, and tables in which it reaches the threshold less one; by place."""

    target: Target
    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True)
class Certificate:
    """What a reader without a solver needs to convince himself that the audit is right."""

    threshold: int
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]

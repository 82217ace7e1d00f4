"""The words that hiding, auditing and certifying have in common: plain values, and no logic at all.

Belongs here: types. Does not belong here: identities, attacks or repair - each of the three programs works those out
for itself, so that a mistake in one is not repeated in the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

UNKNOWN: Final = ""
"""The municipality of outcomes whose municipality is unknown: counted in the nation only, never published."""


class Mark(Enum):
    """The one mark for a figure that is not shown, whatever the reason. It cannot be added to anything."""

    HIDDEN = "hidden"


HIDDEN: Final = Mark.HIDDEN
Value = int | Mark


class Key(NamedTuple):
    """A published figure: the four quarters that end with ``period`` (``2026-Q3``); measure is ``due`` or ``met``."""

    rule: str
    level: str
    unit: str
    period: str
    measure: str


class Count(NamedTuple):
    """What really happened in one municipality and quarter under one rule. due = met + not_met."""

    met: int
    not_met: int


Place = tuple[str, str, str]
"""rule, municipality, quarter"""


class Bound(NamedTuple):
    """In every municipality and quarter, ``measure`` of rule ``small`` is at most that of rule ``large``."""

    small: str
    large: str
    measure: str


@dataclass(frozen=True)
class Problem:
    """The figures of one release, and everything that a reader may know about how they add up.

    ``name``         of the release; unique among the releases it is judged with.
    ``disclosure``   rule -> "denominator" (due is sensitive) or "outcome" (met and not met too).
    ``parents``      (municipality, quarter) -> the (level, unit) pairs that count it, the nation included. The unknown
                     municipality has its own entries. Nothing is assumed to nest.
    ``window``       last quarter of the four that this release prints.
    ``counts``       the truth, for the quarters of this window and of every window printed before (absent = 0, 0).
    ``shared``       groups of rules that judge the same cases with the same deadlines: the same due everywhere.
    ``bounds``       further inequalities that are known to hold between rules.
    ``national_only`` rules that have no row below the nation.
    ``restatement``  a marked restatement: changed figures of earlier windows are printed anew whatever the difference.
    """

    name: str
    disclosure: Mapping[str, str]
    parents: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
    window: str
    counts: Mapping[Place, Count]
    shared: tuple[tuple[str, ...], ...] = ()
    bounds: tuple[Bound, ...] = ()
    national_only: frozenset[str] = frozenset()
    restatement: bool = False


class Variable(NamedTuple):
    """One unpublished number; ``release`` is the first release that counted it so (a revision begins a new one)."""

    rule: str
    municipality: str
    quarter: str
    release: str
    part: str


class Target(NamedTuple):
    """A hidden figure that must stay uncertain; ``release`` is the release whose figures it belongs to."""

    rule: str
    level: str
    unit: str
    kind: str
    period: str
    measure: str
    release: str


class Table(NamedTuple):
    """A whole-number table that agrees with everything published: the truth, but for these numbers."""

    changes: tuple[tuple[Variable, int], ...]


class Claim(NamedTuple):
    """Tables in which the target is low, and tables in which it is high; numbers are places in Certificate.tables."""

    target: Target
    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True)
class Certificate:
    """What a reader without a solver needs to convince himself that the audit is right."""

    threshold: int
    insiders: bool
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]
    given_away: tuple[tuple[Target, str], ...] = ()
    """Figures (and to whom) that earlier releases had opened already; no table can close them again."""


@dataclass(frozen=True)
class Printed:
    """An earlier release, kept in the restricted part: what was true then and what was printed.

    ``published`` holds every figure of that release; figures repeated from before may stand in it or not.
    ``tables`` (optional) are the tables of its certificate; they save the work of finding them again.
    """

    problem: Problem
    published: Mapping[Key, Value]
    tables: tuple[Table, ...] = field(default=(), repr=False)

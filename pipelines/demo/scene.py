"""What every case of one synthetic world shares: the parties, the days it spans, its chance and its numbering.

Belongs here: the shared parts and the few questions asked of all of them. Does not belong here: a case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.demo.calendar_days import add_months
from pipelines.demo.chance import Chance, Weighted
from pipelines.demo.institutions import Institutions
from pipelines.demo.municipalities import Municipality, homes, load_municipalities
from pipelines.demo.people import People
from pipelines.demo.rows import Cell, Numbering, Row

MONTHS = 48

CORRECTED_SHARE = 0.005
WITHDRAWN_SHARE = 0.005


@dataclass
class Scene:
    """One world up to its last day; the first day is 48 months before."""

    seed: int
    end: int
    odd: bool
    begin: int = field(init=False)
    chance: Chance = field(init=False)
    oddity: Chance = field(init=False)
    municipalities: dict[str, Municipality] = field(init=False)
    institutions: Institutions = field(init=False)
    homes: Weighted[str] = field(init=False)
    people: People = field(init=False)
    numbering: Numbering = field(init=False)

    def __post_init__(self) -> None:
        self.begin = add_months(self.end, -MONTHS)
        self.chance = Chance(f"{self.seed} cases")
        # A source of its own, so that the same world comes with or without its oddities.
        self.oddity = Chance(f"{self.seed} oddities")
        self.municipalities = load_municipalities(Chance(f"{self.seed} municipalities"))
        self.institutions = Institutions(Chance(f"{self.seed} institutions"))
        self.homes = homes(self.municipalities)
        self.people = People(Chance(f"{self.seed} people"))
        self.numbering = Numbering()

    def trend(self, day: int) -> float:
        """How much better things are done by a day than in the middle of the four years."""
        return 0.08 * ((day - self.begin) / (self.end - self.begin) - 0.5)

    def in_time(self, share: float, day: int) -> bool:
        """Whether somebody of this reliability does a thing in time on about that day."""
        return self.chance.happens(share + self.trend(day))

    def is_odd(self, share: float) -> bool:
        """Whether this row gets an oddity; never when none are wanted."""
        return self.odd and self.oddity.happens(share)

    def corrected(self, known: int, value: Cell, mistake: Cell) -> Cell:
        """The value; in a few rows a mistake stood there until it was corrected."""
        if not self.chance.happens(CORRECTED_SHARE):
            return value
        return (known + self.chance.within(20, 200), mistake, value)

    def row(self, file: str, case_known: int, day: int, cells: list[Cell]) -> Row:
        """A row that the system learnt of on or after the day it is dated, and never before its case."""
        return Row(file, max(self.chance.recorded(day), case_known), cells)

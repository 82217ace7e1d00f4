"""The municipalities as places people come from: how many, and how well each of them does its part.

Belongs here: the codes and areas of the project's own reference list, and invented traits on top of them. Does not
belong here: contacts or agreements of a municipality (``contacts``, ``cooperation``).

The weights of ``population_weights.csv`` are rounded estimates of our own, about thousands of inhabitants: good enough
to give a synthetic Denmark its shape, and no source for anything else.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Days, Draws
from pipelines.demo.performance import Performance
from pipelines.layout import SEEDS

WEIGHTS = Path(__file__).resolve().parent / "population_weights.csv"

WEIGHT_OF_A_NEW_MUNICIPALITY = 30.0

AREAS = ("Vest", "Øst")
DOMAIN_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "-"})


@dataclass(frozen=True)
class AreaChange:
    """A municipality that belongs to another area of the prison service from a day."""

    municipality_code: str
    area: str
    valid_from: date


class Municipalities:
    """All municipalities of the project's reference list; elsewhere a municipality is its position here."""

    def __init__(self, draws: Draws, begin: int, end: int, changes: Sequence[AreaChange] = ()) -> None:
        with WEIGHTS.open(encoding="utf-8", newline="") as file:
            weights = {row["municipality_code"]: float(row["weight"]) for row in csv.DictReader(file)}
        with (SEEDS / "municipality_areas.csv").open(encoding="utf-8", newline="") as file:
            # A municipality may have several rows over time; the last one in the file is the newest.
            areas = {row["municipality_code"]: row["area"] for row in csv.DictReader(file)}
        with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.codes = np.array([row["municipality_code"] for row in rows], dtype=object)
        self.names = [row["name"] for row in rows]
        self.weights = np.array([weights.get(code, WEIGHT_OF_A_NEW_MUNICIPALITY) for code in self.codes])
        self._areas = np.array([AREAS.index(areas[code]) for code in self.codes])
        self._changes = self._checked(sorted(changes, key=lambda change: change.valid_from))
        size = np.log(self.weights)
        size = (size - size.mean()) / size.std()
        effects = {duty: effect * size for duty, effect in assumed.MUNICIPALITY_SIZE_EFFECT.items()}
        self.performance = Performance(draws, begin, end, effects, len(rows))

    def _checked(self, changes: list[AreaChange]) -> list[AreaChange]:
        for change in changes:
            if change.area not in AREAS or change.municipality_code not in self.codes:
                raise ValueError(f"there is no municipality {change.municipality_code} or area {change.area}")
        return changes

    def homes(self, draws: Draws, count: int) -> np.ndarray:
        """Where people come from: the more, the more who live there."""
        return draws.place(self.weights, count)

    def area_on(self, municipality: np.ndarray, day: Days) -> np.ndarray:
        """The area of each municipality on a day, as a position in AREAS."""
        area = self._areas[municipality]
        for change in self._changes:
            moved = (self.codes[municipality] == change.municipality_code) & (day >= change.valid_from.toordinal())
            area = np.where(moved, AREAS.index(change.area), area)
        return area

    def domain(self, municipality: int) -> str:
        """A mail domain that can never exist, after the name."""
        return f"{self.names[municipality].lower().translate(DOMAIN_LETTERS)}.example"

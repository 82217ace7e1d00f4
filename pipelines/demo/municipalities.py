"""The municipalities as places people come from: how many, and how reliably each of them answers.

Belongs here: the codes and areas of the project's own reference list, and invented traits on top of them. Does not
belong here: contacts or agreements of a municipality (``contacts``, ``cooperation``).

The weights of ``population_weights.csv`` are rounded estimates of our own, about thousands of inhabitants: good enough
to give a synthetic Denmark its shape, and no source for anything else.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipelines.demo.chance import Chance, Weighted
from pipelines.layout import SEEDS

WEIGHTS = Path(__file__).resolve().parent / "population_weights.csv"

WEIGHT_OF_A_NEW_MUNICIPALITY = 30.0

DOMAIN_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "-"})


@dataclass(frozen=True)
class Municipality:
    """One municipality and the shares of its duties it does in time (invented)."""

    code: str
    name: str
    area: str
    weight: float
    answers: float
    decides: float
    pays: float
    attends: float

    @property
    def domain(self) -> str:
        """A mail domain that can never exist, after the name."""
        return f"{self.name.lower().translate(DOMAIN_LETTERS)}.example"


def load_municipalities(chance: Chance) -> dict[str, Municipality]:
    """All municipalities of the project's reference list, by code."""
    with WEIGHTS.open(encoding="utf-8", newline="") as file:
        weights = {row["municipality_code"]: float(row["weight"]) for row in csv.DictReader(file)}
    with (SEEDS / "municipality_areas.csv").open(encoding="utf-8", newline="") as file:
        # A municipality may have several rows over time; the last one in the file is the newest.
        areas = {row["municipality_code"]: row["area"] for row in csv.DictReader(file)}
    with (SEEDS / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["municipality_code"]: Municipality(
            code=row["municipality_code"],
            name=row["name"],
            area=areas[row["municipality_code"]],
            weight=weights.get(row["municipality_code"], WEIGHT_OF_A_NEW_MUNICIPALITY),
            answers=chance.reliability(0.74, 0.12),
            decides=chance.reliability(0.80, 0.11),
            pays=chance.reliability(0.88, 0.07),
            attends=chance.reliability(0.78, 0.12),
        )
        for row in rows
    }


def homes(municipalities: dict[str, Municipality]) -> Weighted[str]:
    """The codes, weighted by how many people live there."""
    return Weighted([(place.code, place.weight) for place in municipalities.values()])

"""Invented institutions and offices of the prison service, with contact details that reach nobody.

Belongs here: the forty institutions, their size and how reliably each works. Does not belong here: who is placed there.

Names are made up after Danish patterns; places, streets, postal codes below 0100, telephone numbers of zeros and mail
domains under .example do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.demo.chance import Chance, Weighted
from pipelines.demo.municipalities import DOMAIN_LETTERS
from pipelines.demo.rows import Cell, Row

# (name, kind, area, town, relative size)
INSTITUTIONS: list[tuple[str, str, str, str, int]] = [
    ("Ravnsø Fængsel", "faengsel", "Øst", "Ravnsø", 26),
    ("Bøgelund Fængsel", "faengsel", "Øst", "Bøgelund", 20),
    ("Strandmark Fængsel", "faengsel", "Øst", "Strandmark", 14),
    ("Egedam Fængsel", "faengsel", "Øst", "Egedam", 9),
    ("Hedeborg Fængsel", "faengsel", "Vest", "Hedeborg", 24),
    ("Kærholt Fængsel", "faengsel", "Vest", "Kærholt", 20),
    ("Lyngbakke Fængsel", "faengsel", "Vest", "Lyngbakke", 16),
    ("Møllehøj Fængsel", "faengsel", "Vest", "Møllehøj", 14),
    ("Klitborg Fængsel", "faengsel", "Vest", "Klitborg", 10),
    ("Skovrup Fængsel", "faengsel", "Vest", "Skovrup", 7),
    ("Havneby Arrest", "arrest", "Øst", "Havneby Strand", 22),
    ("Lindby Arrest", "arrest", "Øst", "Lindby", 10),
    ("Østerkilde Arrest", "arrest", "Øst", "Østerkilde", 8),
    ("Rosendam Arrest", "arrest", "Øst", "Rosendam", 6),
    ("Sundkøb Arrest", "arrest", "Øst", "Sundkøb", 4),
    ("Vesterhede Arrest", "arrest", "Vest", "Vesterhede", 12),
    ("Fjordby Arrest", "arrest", "Vest", "Fjordby", 11),
    ("Birkestad Arrest", "arrest", "Vest", "Birkestad", 9),
    ("Ådum Mark Arrest", "arrest", "Vest", "Ådum Mark", 7),
    ("Nørrekær Arrest", "arrest", "Vest", "Nørrekær", 6),
    ("Søndermose Arrest", "arrest", "Vest", "Søndermose", 4),
    ("Pilevang Arrest", "arrest", "Vest", "Pilevang", 3),
    ("Udslusningsfængslet Solhjem", "udslusning", "Øst", "Havneby Strand", 6),
    ("Udslusningsfængslet Lindegården", "udslusning", "Øst", "Lindby", 5),
    ("Udslusningsfængslet Bryggen", "udslusning", "Øst", "Strandmark", 3),
    ("Udslusningsfængslet Fjordhus", "udslusning", "Vest", "Fjordby", 6),
    ("Udslusningsfængslet Kastanjen", "udslusning", "Vest", "Birkestad", 5),
    ("Udslusningsfængslet Møllegården", "udslusning", "Vest", "Møllehøj", 4),
    ("Udslusningsfængslet Hedelyst", "udslusning", "Vest", "Hedeborg", 2),
    ("KiF Havneby", "kif", "Øst", "Havneby Strand", 14),
    ("KiF Lindby", "kif", "Øst", "Lindby", 9),
    ("KiF Bøgelund", "kif", "Øst", "Bøgelund", 7),
    ("KiF Sundkøb", "kif", "Øst", "Sundkøb", 4),
    ("KiF Fjordby", "kif", "Vest", "Fjordby", 11),
    ("KiF Birkestad", "kif", "Vest", "Birkestad", 9),
    ("KiF Vesterhede", "kif", "Vest", "Vesterhede", 8),
    ("KiF Nørrekær", "kif", "Vest", "Nørrekær", 6),
    ("KiF Pilevang", "kif", "Vest", "Pilevang", 4),
    ("Områdekontor Øst", "omraadekontor", "Øst", "Havneby Strand", 1),
    ("Områdekontor Vest", "omraadekontor", "Vest", "Fjordby", 1),
]

STREETS = ["Prøvevej", "Eksempelgade", "Tænkt Allé", "Skoleeksemplet", "Opdigtet Stræde"]

# Which kind of place serves a sentence of so many days at most.
KINDS_BY_DAYS = [
    (60, Weighted([("arrest", 0.5), ("faengsel", 0.45), ("udslusning", 0.05)])),
    (365, Weighted([("arrest", 0.28), ("faengsel", 0.62), ("udslusning", 0.10)])),
    (10**6, Weighted([("arrest", 0.08), ("faengsel", 0.77), ("udslusning", 0.15)])),
]
REMAND_KIND = "arrest"
OTHER_AREA = {"Øst": "Vest", "Vest": "Øst"}


@dataclass(frozen=True)
class Institution:
    """One institution and the share of its duties it does in time (invented)."""

    code: str
    name: str
    kind: str
    area: str
    town: str
    size: int
    reliability: float


class Institutions:
    """All institutions, to place a case in one of them."""

    def __init__(self, chance: Chance) -> None:
        self.all = [
            Institution(f"I{number:03d}", *traits, reliability=chance.reliability(0.79, 0.09))
            for number, traits in enumerate(INSTITUTIONS)
        ]
        kinds = {(place.kind, place.area) for place in self.all}
        self.of_kind = {
            kind: Weighted([(place, place.size) for place in self.all if (place.kind, place.area) == kind])
            for kind in sorted(kinds)
        }

    def serving(self, chance: Chance, home_area: str, days: int, remand: bool) -> Institution:
        """Where a sentence is served: mostly in the area the person comes from."""
        area = home_area if chance.happens(0.85) else OTHER_AREA[home_area]
        kind = REMAND_KIND if remand else chance.of(next(kinds for most, kinds in KINDS_BY_DAYS if days <= most))
        return chance.of(self.of_kind[kind, area])

    def supervising(self, chance: Chance, home_area: str, home_code: str) -> Institution:
        """The probation office: a municipality mostly has the same one."""
        offices = self.of_kind["kif", home_area]
        if chance.happens(0.9):
            return offices.options[int(home_code) % len(offices.options)]
        return chance.of(offices)

    def rows(self) -> list[Row]:
        """institutioner.xlsx."""
        return [Row("institutioner.xlsx", 0, self._cells(number, place)) for number, place in enumerate(self.all)]

    def _cells(self, number: int, place: Institution) -> list[Cell]:
        mailbox = place.name.lower().translate(DOMAIN_LETTERS)
        return [
            place.code,
            place.name,
            place.kind,
            place.area,
            f"{STREETS[number % len(STREETS)]} {3 + 2 * number}",
            f"{10 + number:04d}",
            place.town,
            f"00 00 00 {10 + number:02d}",
            f"{mailbox}@kriminalforsorg.example",
        ]

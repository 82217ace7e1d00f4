"""Invented institutions and offices of the prison service, with contact details that reach nobody.

Belongs here: the forty institutions, their size and how well each works. Does not belong here: who is placed there.

Names are made up after Danish patterns; places, streets, postal codes below 0100, telephone numbers of zeros and mail
domains under .example do not exist.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Draws, Marks
from pipelines.demo.municipalities import AREAS, DOMAIN_LETTERS
from pipelines.demo.performance import Performance
from pipelines.demo.tables import SyntheticTable, repeat

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

# Our assumption: which kind of place serves a sentence of so many days at most.
KINDS_BY_DAYS: list[tuple[int, assumed.Options]] = [
    (60, [("arrest", 0.5), ("faengsel", 0.45), ("udslusning", 0.05)]),
    (365, [("arrest", 0.28), ("faengsel", 0.62), ("udslusning", 0.10)]),
    (10**6, [("arrest", 0.08), ("faengsel", 0.77), ("udslusning", 0.15)]),
]
REMAND_KIND = "arrest"
# Our assumption: most are placed in the area they come from, and a municipality mostly has the same probation office.
HOME_AREA_SHARE = 0.85
USUAL_OFFICE_SHARE = 0.9


class Institutions:
    """All institutions, to place cases in them."""

    def __init__(self, draws: Draws, begin: int, end: int) -> None:
        self.codes = np.array([f"I{number:03d}" for number in range(len(INSTITUTIONS))], dtype=object)
        self.kinds = np.array([kind for _, kind, *_ in INSTITUTIONS], dtype=object)
        self.areas = np.array([AREAS.index(area) for _, _, area, *_ in INSTITUTIONS])
        self.sizes = np.array([size for *_, size in INSTITUTIONS], dtype=float)
        effect = [
            assumed.INSTITUTION_KIND_EFFECT[kind] + assumed.AREA_EFFECT[area] for _, kind, area, *_ in INSTITUTIONS
        ]
        self.performance = Performance(draws, begin, end, {"": np.array(effect)}, len(INSTITUTIONS))

    def _of(self, draws: Draws, kind: np.ndarray, area: np.ndarray) -> np.ndarray:
        chosen = np.zeros(len(kind), dtype=np.int64)
        for one_kind in assumed.INSTITUTION_KIND_EFFECT:
            for one_area in range(len(AREAS)):
                rows = (kind == one_kind) & (area == one_area)
                places = np.flatnonzero((self.kinds == one_kind) & (self.areas == one_area))
                chosen[rows] = places[draws.place(self.sizes[places], int(rows.sum()))]
        return chosen

    def serving(self, draws: Draws, home_area: np.ndarray, days: np.ndarray, remand: Marks) -> np.ndarray:
        """Where each sentence is served: mostly in the area the person comes from."""
        area = np.where(draws.happens(HOME_AREA_SHARE, len(days)), home_area, 1 - home_area)
        kind = repeat("", len(days))
        shortest = 0
        for longest, kinds in KINDS_BY_DAYS:
            rows = (days > shortest) & (days <= longest)
            kind[rows] = draws.pick(kinds, int(rows.sum()))
            shortest = longest
        kind[remand] = REMAND_KIND
        return self._of(draws, kind, area)

    def supervising(self, draws: Draws, home_area: np.ndarray, home: np.ndarray) -> np.ndarray:
        """The probation office of each: a municipality mostly has the same one."""
        chosen = self._of(draws, repeat("kif", len(home)), home_area)
        usual = draws.happens(USUAL_OFFICE_SHARE, len(home))
        for area in range(len(AREAS)):
            offices = np.flatnonzero((self.kinds == "kif") & (self.areas == area))
            rows = usual & (home_area == area)
            chosen[rows] = offices[home[rows] % len(offices)]
        return chosen

    def table(self) -> SyntheticTable:
        """institutioner.xlsx."""
        numbers = range(len(INSTITUTIONS))
        columns = {
            "institution_kode": list(self.codes),
            "navn": [name for name, *_ in INSTITUTIONS],
            "art": list(self.kinds),
            "omraade": [area for _, _, area, *_ in INSTITUTIONS],
            "adresse": [f"{STREETS[number % len(STREETS)]} {3 + 2 * number}" for number in numbers],
            "postnr": [f"{10 + number:04d}" for number in numbers],
            "by": [town for *_, town, _ in INSTITUTIONS],
            "telefon": [f"00 00 00 {10 + number:02d}" for number in numbers],
            "mail": [f"{name.lower().translate(DOMAIN_LETTERS)}@kriminalforsorg.example" for name, *_ in INSTITUTIONS],
        }
        arrays = {name: np.array(values, dtype=object) for name, values in columns.items()}
        return SyntheticTable("institutioner.xlsx", np.zeros(len(INSTITUTIONS), dtype=np.int64), arrays)

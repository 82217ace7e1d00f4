"""Which municipality is responsible for a case, over time.

Belongs here: handlekommuner.csv and the question which municipality is in force on a day. Does not belong here: what
that municipality does.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.demo.rows import Cell, Row
from pipelines.demo.scene import Scene

FILE = "handlekommuner.csv"

NO_ROW_SHARE = 0.03
LATE_ROW_SHARE = 0.05
MOVED_SHARE = 0.1


@dataclass(slots=True)
class Residence:
    """The home of a person, and the dated municipalities of the case (none where the system never got one)."""

    home: str
    dated: list[tuple[int, str]]

    def on(self, day: int) -> str:
        """The municipality in force on a day, as the guide counts it; the home where the case has none."""
        if not self.dated:
            return self.home
        code = self.dated[0][1]
        for valid_from, later_code in self.dated[1:]:
            if valid_from <= day:
                code = later_code
        return code


def draw_residence(scene: Scene, home: str, start: int, last: int) -> Residence:
    """The municipality at the beginning, and another one for those who move before the last day."""
    chance = scene.chance
    if chance.happens(NO_ROW_SHARE):
        return Residence(home, [])
    first = start + (chance.within(20, 120) if chance.happens(LATE_ROW_SHARE) else chance.within(-20, 10))
    dated = [(first, home)]
    if last > first + 10 and chance.happens(MOVED_SHARE):
        code = chance.of(scene.homes)
        if code != home:
            dated.append((chance.within(first + 5, last), code))
    return Residence(home, dated)


def residence_rows(scene: Scene, case_id: str, case_known: int, residence: Residence) -> list[Row]:
    """handlekommuner.csv."""
    rows = []
    for valid_from, code in residence.dated:
        known = max(scene.chance.recorded(valid_from), case_known)
        cell: Cell = scene.corrected(known, code, scene.chance.of(scene.homes))
        rows.append(Row(FILE, known, [case_id, valid_from, cell]))
    return rows

"""Which municipality is responsible for a case, over time.

Belongs here: handlekommuner.csv and the question which municipality is in force on a day. Does not belong here: what
that municipality does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Days, Draws, Texts
from pipelines.demo.scene import Scene
from pipelines.demo.tables import SyntheticTable, corrected

FILE = "handlekommuner.csv"


@dataclass
class Residences:
    """The home of each case's person, and from when the system has it; the place they moved to (0 = none)."""

    home: np.ndarray
    first: Days
    moved: Days
    moved_to: np.ndarray

    def on(self, case: np.ndarray, day: Days) -> np.ndarray:
        """The municipality in force for cases on a day, as the guide counts it; the home where the system has none."""
        moved = (self.moved[case] > 0) & (self.moved[case] <= day)
        return np.where(moved, self.moved_to[case], self.home[case])


def draw_residences(scene: Scene, draws: Draws, home: np.ndarray, start: Days, last: Days) -> Residences:
    """The municipality at the beginning, and another one for those who move before the last day."""
    count = len(home)
    late = draws.happens(assumed.LATE_MUNICIPALITY_SHARE, count)
    first = start + np.where(late, draws.within(20, 120, count), draws.within(-20, 10, count))
    none = draws.happens(assumed.NO_MUNICIPALITY_SHARE, count)
    moved_to = scene.municipalities.homes(draws, count)
    moves = draws.happens(assumed.MOVED_SHARE, count) & ~none & (last > first + 10) & (moved_to != home)
    moved = np.where(moves, draws.within(first + 5, last), 0)
    return Residences(home, np.where(none, 0, first), moved, moved_to)


def residence_table(
    scene: Scene, draws: Draws, case_ids: Texts, case_known: Days, residences: Residences
) -> SyntheticTable:
    """handlekommuner.csv of these cases."""
    first, moved = np.flatnonzero(residences.first > 0), np.flatnonzero(residences.moved > 0)
    case = np.concatenate([first, moved])
    valid_from = np.concatenate([residences.first[first], residences.moved[moved]])
    place = np.concatenate([residences.home[first], residences.moved_to[moved]])
    known = np.maximum(draws.recorded(valid_from), case_known[case])
    codes = scene.municipalities.codes
    mistaken = codes[scene.municipalities.homes(draws, len(case))]
    columns = {
        "sags_id": case_ids[case],
        "gyldig_fra": valid_from,
        "kommunekode": corrected(draws, known, codes[place], mistaken),
    }
    return SyntheticTable(FILE, known, columns).sorted_by(case, valid_from)

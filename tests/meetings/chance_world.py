"""Made-up counts in which everything is chance, and ways to plant one thing that is not.

Belongs here: counts by unit and rule, drawn case by case. Does not belong here: any expectation. Cases belong to a
municipality and to an institution at once, and two rules judge the same cases, so that tests depend on one another as
they do in life.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.units import Key
from reports.figures.standing_out import Compared, Count

AREA: Key = ("area", "Øst")
Planted = dict[tuple[str, Key, str], float]
"""(rule, unit, now or before) -> the share in time that this unit has instead of the common one."""


@dataclass(frozen=True)
class World:
    """Comparisons as ``facts`` gives them."""

    area_gaps: list[Compared] = field(default_factory=list)
    unit_gaps: list[Compared] = field(default_factory=list)
    area_changes: list[Compared] = field(default_factory=list)
    unit_changes: list[Compared] = field(default_factory=list)

    @property
    def municipality_changes(self) -> list[Compared]:
        """Return the changes that good practice is found among."""
        return [one for one in self.unit_changes if one.unit[0] == "municipality"]


def world(
    seed: int,
    rules: int = 10,
    municipalities: int = 15,
    institutions: int = 8,
    cases: int = 1500,
    planted: Planted | None = None,
) -> World:
    """Return one world; without ``planted`` every difference in it is chance."""
    chance = np.random.default_rng(seed)
    result = World()
    wanted = planted or {}
    drawn: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    share = 0.0
    for number in range(rules):
        rule = f"rule_{number:02}"
        follows = number % 5 == 1  # judges the same cases as the rule before it, and accepts some that it does not
        share = 1 - (1 - share) * 0.9 if follows else float(chance.uniform(0.3, 0.95))
        counts = {}
        for time in ("before", "now"):
            if follows:
                homes, houses, met = drawn[time]
                met = met | (chance.random(cases) < 0.1)
            else:
                homes = np.minimum(chance.geometric(0.15, cases) - 1, municipalities - 1)
                houses = chance.integers(0, institutions, cases)
                met = _met(chance, rule, time, share, homes, houses, wanted)
            drawn[time] = homes, houses, met
            counts[time] = _counts(homes, houses, met, municipalities, institutions)
        rest = Count(cases, int(chance.binomial(cases, share)))
        whole = counts["now"][AREA]
        result.area_gaps.append(Compared(rule, AREA, whole, rest))
        for key, own in counts["now"].items():
            before = counts["before"][key]
            if key == AREA:
                result.area_changes.append(Compared(rule, key, own, before))
            else:
                result.unit_gaps.append(Compared(rule, key, own, Count(whole.due - own.due, whole.met - own.met)))
                result.unit_changes.append(Compared(rule, key, own, before))
    return result


def _met(
    chance: np.random.Generator,
    rule: str,
    time: str,
    share: float,
    homes: np.ndarray,
    houses: np.ndarray,
    planted: Planted,
) -> np.ndarray:
    shares = np.full(len(homes), share)
    for (where, (level, code), when), own in planted.items():
        if (where, when) == (rule, time):
            places = homes if level == "municipality" else houses
            shares[:] = np.where((level == "area") | (places == (int(code) if code.isdigit() else -1)), own, shares)
    return chance.random(len(homes)) < shares


def _counts(
    homes: np.ndarray, houses: np.ndarray, met: np.ndarray, municipalities: int, institutions: int
) -> dict[Key, Count]:
    counts: dict[Key, Count] = {AREA: Count(len(met), int(met.sum()))}
    for level, places, number in (("municipality", homes, municipalities), ("institution", houses, institutions)):
        due, in_time = np.bincount(places, minlength=number), np.bincount(places[met], minlength=number)
        counts |= {(level, str(code)): Count(int(due[code]), int(in_time[code])) for code in range(number)}
    return counts

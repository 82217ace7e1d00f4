"""Made-up figures of one municipality, and what its page would open with: known worlds and worlds of pure chance.

Belongs here: the figures and the call. Does not belong here: any expectation.
"""

from __future__ import annotations

import numpy as np

from pipelines.units import NATION, Key
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.statistics import wilson
from reports.pages.first_screen import Line, lines
from tests.reports.small_world import world

UNIT = Unit("municipality", "851", "Aalborg", "1081", "Vest")
OWN = ("aid_decided", "aid_paid", "municipal_response", "rent_alternative_examined")


def rules() -> list[Rule]:
    return [rule for rule in world().rules if rule.rule_id in OWN]


def figure(due: int, met: int, own: tuple[int, int] | None = None) -> Figure:
    own_due, own_met = own or (due, met)
    whole = (met / due, *wilson(met, due)) if due else (None, None, None)
    mine = (own_met / own_due, *wilson(own_met, own_due)) if own_due else (None, None, None)
    rest = due - met
    plain = Figure(due, met, rest, 0, *whole, by_prison_service=rest - (own_due - own_met))
    return plain._replace(own_due=own_due, own_met=own_met, own_rate=mine[0], own_low=mine[1], own_high=mine[2])


def made(now: dict[str, Figure], before: dict[str, Figure], nation: dict[str, Figure]) -> list[Line]:
    """Return the lines of a municipality with these figures."""
    data = world()
    quarter = data.quarter
    year_before = f"{int(quarter[:4]) - 1}{quarter[4:]}"
    told = {(rule, "rolling4", quarter): one for rule, one in now.items()}
    told |= {(rule, "rolling4", year_before): one for rule, one in before.items()}
    whole = {(rule, "rolling4", quarter): one for rule, one in nation.items()}
    figures: dict[Key, dict[tuple[str, str, str], Figure]] = {UNIT.key: told, NATION: whole}
    small = ReportData(data.run, tuple(rules()), {UNIT.key: UNIT}, figures)
    return lines(small, small, UNIT, rules())


def page_of_chance(seed: int, *, now: int = 120, before: int = 90, rest: int = 9000) -> list[Line]:
    """Return the lines of a page in a world where nothing has changed and nothing differs.

    ``now``, ``before`` and ``rest`` are how many duties fell due in the year, the year before and elsewhere.
    """
    chance = np.random.default_rng(seed)
    shares = chance.uniform(0.3, 0.97, len(OWN))
    drawn = [
        {rule: figure(due, int(met)) for rule, met in zip(OWN, chance.binomial(due, shares))}
        for due in (now, before, rest)
    ]
    nation = {rule: figure(rest + now, (one.met or 0) + (drawn[0][rule].met or 0)) for rule, one in drawn[2].items()}
    return made(drawn[0], drawn[1], nation)

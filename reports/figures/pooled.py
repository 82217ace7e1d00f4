"""Two years as one, where one year alone is too short for most units to be compared.

Belongs here: when that is so, and adding two years. Does not belong here: the map and the funnel that show it. A year
that is hidden is never part of a sum.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.units import NATION, Key
from reports.figures.data import Figure, ReportData, Rule
from reports.figures.judged import judged
from reports.figures.statistics import SMALLEST_COMPARED, wilson

HIDDEN_FIGURE = Figure(None, None, None, None, None, None, None)


def year_figures(data: ReportData, rule: Rule, keys: list[Key]) -> tuple[Mapping[Key, Figure], bool]:
    """Return the figures by which units are judged under a duty, and whether each is of two years.

    They are when most units that had a deadline in the year, or a hidden figure, have too few to be compared, and the
    year before is there to be added: of each unit that is shown, and of the nation, which they are compared with.
    """
    year = {key: judged(rule, data.year(key, rule.rule_id)) for key in keys}
    known = [figure for figure in year.values() if figure.due != 0]
    large = sum(figure.due is not None and figure.due >= SMALLEST_COMPARED for figure in known)
    if 2 * large >= len(known):
        return year, False
    before = {key: _known(rule, data.year_before(key, rule.rule_id)) for key in keys}
    windows = {data.window(key[0]).before for key in keys}
    nation = [_known(rule, data.figure(NATION, rule.rule_id, *window)) for window in windows]
    if any(one.due is None for one in nation) or all(one.due is None for one in before.values()):
        return year, False
    return {key: added(figure, before[key]) for key, figure in year.items()}, True


def _known(rule: Rule, figure: Figure | None) -> Figure:
    """Return the figure that a unit is judged by; a period that was never shown is as good as hidden."""
    return HIDDEN_FIGURE if figure is None else judged(rule, figure)


def added(year: Figure, before: Figure) -> Figure:
    """Return two years' counts as one figure with its share and interval; hidden when either year is."""
    if year.due is None or year.met is None or before.due is None or before.met is None:
        return HIDDEN_FIGURE
    due, met = year.due + before.due, year.met + before.met
    rate, low, high = (met / due, *wilson(met, due)) if due else (None, None, None)
    return Figure(due, met, None, None, rate, low, high)

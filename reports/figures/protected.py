"""Protected figures in the shape that pages read: rolling or calendar years, each count a number or hidden.

Belongs here: turning the cells that disclosure control let through into figures. Does not belong here: deciding what
is hidden (``pipelines.disclosure``). Nothing here can see a full figure: a rate is computed from the two counts that
are printed, in whole per cent, and only where both are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any

from pipelines import vocabulary
from pipelines.disclosure.families import ALL_RELEASES, is_of_releases, of_releases
from pipelines.units import Key
from reports.figures.data import Figure, Figures, ReportData, Window
from reports.figures.notice import Notice
from reports.figures.published_rows import ReleaseRow
from reports.figures.statistics import wilson

Cells = Mapping[tuple[str, str, str, str, str], Any]
"""(rule, level, unit, period, due, met, own_due or own_met) -> a whole number, or anything else for hidden."""


RELEASE_FIGURES = {ALL_RELEASES: ("all", "all")} | {
    of_releases(place): ("place", place) for place in vocabulary.RELEASE_PLACES
}
"""What figures of releases are told apart by: dimension and value, by the name that they are protected under."""
RELEASE_COUNTS = {"due": "releases", "own_due": "with_core_due", "own_met": "whole_releases"}
"""What the measures of a cell count of releases."""


def protected_data(frame: ReportData, cells: Cells, notice: Notice | None = None) -> ReportData:
    """Return report data that holds protected figures and nothing else; ``frame`` comes from ``without_figures``.

    ``notice`` tells what a correction changed in what is printed, never in what is hidden.
    """
    if frame.figures or frame.worklist or frame.late_cases or frame.breakdown:
        raise ValueError("protected figures must not be put beside full ones")
    figures: dict[Key, Figures] = {}
    leading: dict[str, Window] = {}
    for rule, level, unit, period in sorted({key[:4] for key in cells if not is_of_releases(key[0])}):
        window = Window("year" if period.isdigit() else "rolling4", period)
        counts = {name: cells.get((rule, level, unit, period, name)) for name in ("due", "met", "own_due", "own_met")}
        figures.setdefault((level, unit), {})[rule, *window] = _figure(**counts)
        leading[level] = max(leading.get(level, window), window, key=lambda one: (one.kind == "rolling4", one.period))
    return replace(frame, figures=figures, leading=leading, notice=notice, releases=_releases(cells))


def _releases(cells: Cells) -> dict[Key, list[ReleaseRow]]:
    """Return the releases by unit, as rows of the published table; what is hidden or not printed is None."""
    rows: dict[Key, list[ReleaseRow]] = {}
    for rule, (dimension, value) in RELEASE_FIGURES.items():
        for level, unit, period in sorted({key[1:4] for key in cells if key[0] == rule}):
            counts = {
                count: int(value) if isinstance(value, Integral) else None
                for measure, count in RELEASE_COUNTS.items()
                for value in [cells.get((rule, level, unit, period, measure))]
            }
            row = ReleaseRow(level, unit, period, dimension, value, core_due=None, core_met=None, **counts)
            rows.setdefault((level, unit), []).append(row)
    return rows


def _figure(due: Any, met: Any, own_due: Any, own_met: Any) -> Figure:
    shown_due, shown_met, rate, low, high = _shown(due, met)
    figure = Figure(shown_due, shown_met, None, None, rate, low, high)
    own = _shown(own_due, own_met)
    return figure._replace(own_due=own[0], own_met=own[1], own_rate=own[2], own_low=own[3], own_high=own[4])


def _shown(due: Any, met: Any) -> tuple[int | None, int | None, float | None, float | None, float | None]:
    """Return what is printed of two counts: a count of met ones only beside the due, a share only beside both."""
    shown_due = int(due) if isinstance(due, Integral) else None
    shown_met = int(met) if isinstance(met, Integral) and shown_due is not None else None
    if shown_due is None or shown_met is None:
        return shown_due, None, None, None, None
    if shown_due == 0:
        return 0, 0, None, None, None
    low, high = wilson(shown_met, shown_due)
    return shown_due, shown_met, round(shown_met / shown_due, 2), round(low, 2), round(high, 2)

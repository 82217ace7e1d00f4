"""Protected figures in the shape that pages read: rolling years only, each count a number or hidden.

Belongs here: turning the cells that disclosure control let through into figures. Does not belong here: deciding what
is hidden (``pipelines.disclosure``). Nothing here can see a full figure: a rate is computed from the two counts that
are printed, in whole per cent, and only where both are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any

from pipelines.units import Key
from reports.figures.data import Figure, Figures, ReportData
from reports.figures.notice import Notice
from reports.figures.statistics import wilson

Cells = Mapping[tuple[str, str, str, str, str], Any]
"""(rule, level, unit, period, ``due`` or ``met``) -> a whole number, or anything else for hidden."""


def protected_data(frame: ReportData, cells: Cells, notice: Notice | None = None) -> ReportData:
    """Return report data that holds protected figures and nothing else; ``frame`` comes from ``without_figures``.

    ``notice`` tells what a correction changed in what is printed, never in what is hidden.
    """
    if frame.figures or frame.worklist or frame.late_cases or frame.breakdown:
        raise ValueError("protected figures must not be put beside full ones")
    figures: dict[Key, Figures] = {}
    for rule, level, unit, period in sorted({key[:4] for key in cells}):
        due = cells.get((rule, level, unit, period, "due"))
        met = cells.get((rule, level, unit, period, "met"))
        figures.setdefault((level, unit), {})[rule, "rolling4", period] = _figure(due, met)
    known = [period for rows in figures.values() for _rule, _kind, period in rows]
    return replace(frame, figures=figures, leading=max(known, default=None), notice=notice)


def _figure(due: Any, met: Any) -> Figure:
    shown_due = int(due) if isinstance(due, Integral) else None
    shown_met = int(met) if isinstance(met, Integral) and shown_due is not None else None
    if shown_due is None or shown_met is None:
        return Figure(shown_due, None, None, None, None, None, None)
    if shown_due == 0:
        return Figure(0, 0, None, None, None, None, None)
    low, high = wilson(shown_met, shown_due)
    return Figure(shown_due, shown_met, None, None, round(shown_met / shown_due, 2), round(low, 2), round(high, 2))

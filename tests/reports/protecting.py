"""A stand-in for disclosure control: hides small counts and nothing else. It protects nobody; it feeds the renderer."""

from __future__ import annotations

from pipelines.quarters import shift
from reports.figures.data import ReportData
from reports.figures.judged import OTHERS_CAN_CAUSE

HIDDEN = object()


def crude_cells(data: ReportData, windows: int = 3) -> dict[tuple[str, str, str, str, str], object]:
    """Return protected cells of the last windows, in the shape that disclosure control gives."""
    cells: dict[tuple[str, str, str, str, str], object] = {}
    restricted = {rule.rule_id for rule in data.rules if rule.restricted}
    for (level, unit), figures in data.figures.items():
        if level == "institution":
            continue
        for (rule, kind, period), figure in figures.items():
            if kind != "rolling4" or period < shift(data.quarter, 1 - windows) or rule in restricted:
                continue
            assert figure.due is not None
            small = 0 < figure.due < 5
            cells[rule, level, unit, period, "due"] = HIDDEN if small else figure.due
            cells[rule, level, unit, period, "met"] = HIDDEN if small or (figure.due < 8 and figure.due) else figure.met
            if rule in OTHERS_CAN_CAUSE:
                assert figure.own_due is not None
                small = 0 < figure.own_due < 5
                cells[rule, level, unit, period, "own_due"] = HIDDEN if small else figure.own_due
                cells[rule, level, unit, period, "own_met"] = HIDDEN if small else figure.own_met
    return cells

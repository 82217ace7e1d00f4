"""A stand-in for disclosure control: hides small counts and nothing else. It protects nobody; it feeds the renderer."""

from __future__ import annotations

from pipelines.disclosure.families import ALL_RELEASES, of_releases
from pipelines.disclosure.figures import HISTORY
from pipelines.quarters import shift
from pipelines.vocabulary import RELEASE_PLACE_OF, RELEASE_PLACES
from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.figures.data import ReportData
from reports.figures.protected import RELEASE_COUNTS
from reports.figures.published_rows import ReleaseRow

HIDDEN = object()


def crude_cells(data: ReportData, windows: int = 3) -> dict[tuple[str, str, str, str, str], object]:
    """Return protected cells in the shape that disclosure control gives: of municipalities the last ``windows``."""
    cells: dict[tuple[str, str, str, str, str], object] = {}
    restricted = {rule.rule_id for rule in data.rules if rule.restricted}
    for (level, unit), figures in data.figures.items():
        if level == "institution":
            continue
        first = shift(data.quarter, 1 - (windows if level == "municipality" else HISTORY))
        for (rule, kind, period), figure in figures.items():
            if kind != "rolling4" or period < first or rule in restricted:
                continue
            assert figure.due is not None
            small = 0 < figure.due < 5
            cells[rule, level, unit, period, "due"] = HIDDEN if small else figure.due
            cells[rule, level, unit, period, "met"] = HIDDEN if small or (figure.due < 8 and figure.due) else figure.met
            if rule in rules_with_own_rate():
                assert figure.own_due is not None
                small = 0 < figure.own_due < 5
                cells[rule, level, unit, period, "own_due"] = HIDDEN if small else figure.own_due
                cells[rule, level, unit, period, "own_met"] = HIDDEN if small else figure.own_met
    for (level, unit), rows in data.releases.items():
        if level in ("national", "area"):
            cells |= _of_releases(rows, level, unit, data.quarter)
    return cells


def _of_releases(
    rows: list[ReleaseRow], level: str, unit: str, period: str
) -> dict[tuple[str, str, str, str, str], object]:
    """Return how many were released in all, how many of them with every duty in time, and how many to each place."""
    whole = next(row for row in rows if row.dimension == "all")
    counts = {(ALL_RELEASES, measure): getattr(whole, count) for measure, count in RELEASE_COUNTS.items()}
    for place in RELEASE_PLACES:
        counts[of_releases(place), "due"] = sum(
            (row.releases or 0)
            for row in rows
            if row.dimension == "housing_at_release" and RELEASE_PLACE_OF[str(row.value)] == place
        )
    return {
        (rule, level, unit, period, measure): HIDDEN if value < 5 else value
        for (rule, measure), value in counts.items()
    }

"""A pack's charts as drawings for paper (SVG); the slides have the same charts as native ones.

Belongs here: bars and lines from a chart's data. Does not belong here: SVG's grammar (``reports.charts.svg``).
"""

from __future__ import annotations

import math
from itertools import groupby

from pipelines.danish import number
from reports.charts import svg
from reports.meetings.content import DAYS, LINES, SHARE, STACKED, PackChart

_WIDTH = 640.0
_LABELS = 275.0
_RIGHT = 46.0
# The slides' shades: from light (longest ago) to dark (now); lines have one strong colour and greys.
_RAMPS = {
    2: ("#b5c4d1", "#0b5a8a"),
    3: ("#b5c4d1", "#5b93b8", "#0b3c5d"),
    4: ("#c9d6e2", "#8fb0c9", "#4a86af", "#0b3c5d"),
}
_STACK = ("#1f6fa3", "#a85a12", "#6a7683", "#414b55")
_LINE_COLOURS = ("#0b5a8a", "#5a6672", "#a85a12", "#a85a12")
_LONGEST_LABEL = 54


def drawing(chart: PackChart) -> str:
    """Return a chart as an SVG file of its own."""
    parts, height = _lines(chart) if chart.kind == LINES else _bars(chart)
    return svg.standalone(svg.drawing(_WIDTH, height, parts, chart.words))


def _bars(chart: PackChart) -> tuple[list[str], float]:
    stacked = chart.kind == STACKED
    inner = _WIDTH - _LABELS - _RIGHT
    top = _top(chart)
    thick = 11.0 if len(chart.categories) <= 14 else 8.0
    rows = 1 if stacked else len(chart.series)
    step = rows * thick + 7
    parts: list[str] = []
    begin = _legend(chart, parts)
    for place, category in enumerate(chart.categories):
        y = begin + place * step
        parts.append(svg.text(_LABELS - 8, y + rows * thick / 2 + 4, _short(category), "c-s", "end"))
        x = _LABELS
        for number_, series in enumerate(chart.series):
            value = series.values[place]
            if value is None:
                continue
            length = inner * float(value) / top
            row = y if stacked else y + number_ * thick
            parts.append(_rectangle(x, row, length, thick - 1.5, _fill(chart, number_)))
            if stacked:
                x += length
            else:
                parts.append(svg.text(x + length + 4, row + thick - 2.5, _value(chart, value), "c-s"))
        if stacked:
            total = sum(float(series.values[place] or 0) for series in chart.series)
            parts.append(svg.text(x + 4, y + thick - 2.5, _value(chart, int(total)), "c-s"))
    return parts, begin + len(chart.categories) * step + 4


def _lines(chart: PackChart) -> tuple[list[str], float]:
    parts: list[str] = []
    begin = _legend(chart, parts) + 4
    left, inner, height = 34.0, _WIDTH - 34.0 - 12.0, 170.0
    top = _top(chart)
    for share in (0, 0.25, 0.5, 0.75, 1.0):
        y = begin + height * (1 - share)
        parts.append(svg.segments([(left, y, _WIDTH - 12, y)], "c-g"))
        parts.append(svg.text(left - 5, y + 4, _value(chart, share * top, axis=True), "c-s", "end"))
    step = inner / max(len(chart.categories), 1)
    every = math.ceil(len(chart.categories) / 8)
    first = next((place % every for place, category in enumerate(chart.categories) if not category[:1].isdigit()), 0)
    for place, category in enumerate(chart.categories):
        if place % every == first:
            parts.append(svg.text(left + step * (place + 0.5), begin + height + 16, category, "c-s", "middle"))
    for number_, series in enumerate(chart.series):
        colour = _fill(chart, number_)
        # A quarter without a value is a gap in the line.
        for whole, run in groupby(enumerate(series.values), key=lambda item: item[1] is not None):
            if not whole:
                continue
            points = [
                (left + step * (place + 0.5), begin + height * (1 - float(value or 0) / top)) for place, value in run
            ]
            if len(points) > 1:
                steps = "L".join(f"{svg.coordinate(x)} {svg.coordinate(y)}" for x, y in points)
                parts.append(f'<path d="M{steps}" fill="none" stroke="{colour}" stroke-width="2"/>')
            if number_ < 2:
                parts += [_rectangle(x - 2.5, y - 2.5, 5, 5, colour) for x, y in points]
    return parts, begin + height + 24


def _legend(chart: PackChart, parts: list[str]) -> float:
    """Add the names of the series, when there are several, and return where the chart begins."""
    if len(chart.series) < 2:
        return 6.0
    x, y = 4.0, 12.0
    for place, series in enumerate(chart.series):
        width = 24 + len(series.name) * 6
        if x + width > _WIDTH and x > 4:
            x, y = 4.0, y + 16
        parts.append(_rectangle(x, y - 8, 10, 10, _fill(chart, place)))
        parts.append(svg.text(x + 14, y + 1, series.name, "c-s"))
        x += width
    return y + 14


def _fill(chart: PackChart, place: int) -> str:
    if len(chart.series) == 1:
        return _LINE_COLOURS[0]
    ramp = _RAMPS.get(len(chart.series), _RAMPS[4])
    palette = _LINE_COLOURS if chart.kind == LINES else _STACK if chart.kind == STACKED else ramp
    return palette[place % len(palette)]


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    sides = [svg.coordinate(value) for value in (x, y, max(width, 0.6), height)]
    return f'<rect x="{sides[0]}" y="{sides[1]}" width="{sides[2]}" height="{sides[3]}" fill="{fill}"/>'


def _top(chart: PackChart) -> float:
    if chart.unit == SHARE:
        return 1.0
    if chart.kind == STACKED:
        return (
            max(
                [sum(float(one.values[place] or 0) for one in chart.series) for place in range(len(chart.categories))],
                default=1,
            )
            or 1
        )
    return (
        max([float(value) for series in chart.series for value in series.values if value is not None], default=1) or 1
    )


def _value(chart: PackChart, value: float | int, *, axis: bool = False) -> str:
    if chart.unit == SHARE:
        return f"{number(value * 100)}" if axis else f"{number(value * 100)} pct."
    decimals = 1 if chart.unit == DAYS and float(value) != int(value) else 0
    return number(value, decimals)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1].rstrip() + "…"

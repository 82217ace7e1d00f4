"""The charts: each as data for Plotly, as a drawing for paper and for readers without JavaScript, and in words.

Belongs here: what is drawn, from figures given. Does not belong here: choosing figures (``unit_pages``), SVG's grammar
(``svg``) and the common look of the live charts, which is written once in ``assets/side.js``.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from pipelines.danish import number
from reports.charts import svg
from reports.figures import statistics


@dataclass(frozen=True)
class Chart:
    """One chart in its three forms; ``data`` is compact JSON that can stand inside a script element."""

    drawing: Markup
    data: Markup
    words: str
    key: str


class Point(NamedTuple):
    """One period of a series: its code, its count and share, and whether it is whole."""

    period: str
    met: int | None
    due: int | None
    rate: float | None
    low: float | None
    high: float | None
    is_complete: bool


class FunnelPoint(NamedTuple):
    """One municipality of a funnel plot."""

    name: str
    met: int
    due: int
    position: int


def embedded(content: Any) -> Markup:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def plain(text: str) -> str:
    """Return text that Plotly shows as it stands: its labels and hover texts are read as HTML."""
    return str(escape(text))


def _hundredth(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)


FUNNEL_KEY = (
    "Runde punkter: {} inden for de yderste grænser. Firkanter med navn: uden for dem. Stiplet: hele landet. "
    "Prikket: 95 pct.-grænser. Fuldt optrukket: 99,8 pct.-grænser."
)

LEFT, RIGHT, TOP, BOTTOM = 54.0, 10.0, 12.0, 26.0


@lru_cache(maxsize=64)
def _frame(width: float, height: float) -> str:
    """Return the horizontal lines and their percentages, the same in every chart."""
    parts = []
    inner = height - TOP - BOTTOM
    lines = []
    for share in (0, 25, 50, 75, 100):
        y = TOP + inner * (1 - share / 100)
        lines.append((LEFT, y, width - RIGHT, y))
        parts.append(svg.text(LEFT - 6, y + 4, "100 pct." if share == 100 else f"{share}"))
    return svg.segments(lines, "c-g") + svg.group(parts, "c-s", "end")


def series(quarters: Sequence[Point], rolling: Sequence[Point], words: str) -> Chart:
    """Return quarters as marks with their intervals, and the rolling year as a line (either may be empty).

    Where there are both, they are of the same periods: each rolling year ends with its quarter.
    """
    width, height = 640.0, 220.0
    periods = [point.period for point in (quarters or rolling)]
    step = (width - LEFT - RIGHT) / max(len(periods), 1)
    inner = height - TOP - BOTTOM

    def at(index: int, share: float) -> tuple[float, float]:
        return LEFT + step * (index + 0.5), TOP + inner * (1 - share)

    parts = [_frame(width, height)]
    below = [svg.text(LEFT + step * (index + 0.5), height - 8, _label(one)) for index, one in enumerate(periods)]
    parts.append(svg.group(below, "c-s", "middle"))
    whiskers: list[tuple[float, float, float, float]] = []
    marks: list[tuple[str, str]] = []
    for index, point in enumerate(quarters):
        if point.rate is None:
            continue
        x, y = at(index, point.rate)
        if point.low is not None and point.high is not None:
            whiskers.append((x, at(index, point.low)[1], x, at(index, point.high)[1]))
        marks.append(("c-f" if point.is_complete else "c-p", svg.circle(x, y, 4)))
    if whiskers:
        parts.append(svg.segments(whiskers, "c-w"))
    shown = [(at(index, point.rate)) for index, point in enumerate(rolling) if point.rate is not None]
    if not quarters:
        bars = [
            (*at(index, point.low), *at(index, point.high))
            for index, point in enumerate(rolling)
            if point.low is not None and point.high is not None
        ]
        if bars:
            parts.append(svg.segments(bars, "c-w"))
    if shown:
        parts.extend(svg.path(stretch, "c-l") for stretch in _stretches(rolling, at))
        parts.append(svg.squares(shown, 3, "c-m"))
    parts.extend(_grouped(marks))
    traces = []
    if rolling:
        traces.append(_trace("r", rolling, with_interval=not quarters))
    if quarters:
        traces.append(_trace("k", quarters, with_interval=True))
    if quarters:
        key = "Punkter: kvartal med 95 pct.-interval (åbent punkt: foreløbigt). Linje: rullende fire kvartaler."
    else:
        key = "Linje: rullende fire kvartaler med 95 pct.-interval."
    content = {"t": "serie", "q": periods, "d": traces}
    return Chart(Markup(svg.drawing(width, height, parts, words)), embedded(content), words, key)


def _label(period: str) -> str:
    """Return what stands below the axis: ``3. kvt. 26``, or the number of a year."""
    return f"{period[-1]}. kvt. {period[2:4]}" if "-Q" in period else period


def _grouped(marks: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Return marks in their order, neighbours of one style in a group; those without one have their own."""
    for style, found in itertools.groupby(marks, lambda one: one[0]):
        drawn = [mark for _style, mark in found]
        yield svg.group(drawn, style) if style else "".join(drawn)


def _stretches(
    points: Sequence[Point], at: Callable[[int, float], tuple[float, float]]
) -> Iterator[list[tuple[float, float]]]:
    """Return the unbroken lines through neighbouring points: none crosses a period without a share."""
    known = [(index, point.rate) for index, point in enumerate(points) if point.rate is not None]
    for _gap, group in itertools.groupby(enumerate(known), lambda one: one[1][0] - one[0]):
        stretch = [at(index, rate) for _place, (index, rate) in group]
        if len(stretch) > 1:
            yield stretch


def _trace(kind: str, points: Sequence[Point], with_interval: bool) -> dict[str, Any]:
    """Return one series in the short form that ``assets/side.js`` unfolds into a Plotly trace.

    What its periods are called is told there too: the codes stand once in a chart, and a page has twenty.
    """
    trace: dict[str, Any] = {
        "k": kind,
        "y": [_hundredth(point.rate) for point in points],
        "n": [None if point.due is None or point.met is None else [point.met, point.due] for point in points],
    }
    if with_interval:
        trace["lo"] = [_hundredth(point.low) for point in points]
        trace["hi"] = [_hundredth(point.high) for point in points]
    if not all(point.is_complete for point in points):
        trace["o"] = [index for index, point in enumerate(points) if not point.is_complete]
    return trace


@lru_cache(maxsize=65536)
def interval_mark(rate: float | None, low: float | None, high: float | None) -> Markup:
    """Return a rate and its interval on a scale from 0 to 100 per cent, small enough for a table cell."""
    if rate is None or low is None or high is None:
        return Markup("")
    return Markup(
        '<svg class="mark" viewBox="0 0 120 14" aria-hidden="true">'
        '<path class="c-g" d="M2 7H118M60 3V11M2 3V11M118 3V11"/>'
        f'<path class="c-w" d="M{svg.coordinate(2 + 116 * low)} 7H{svg.coordinate(2 + 116 * high)}"/>'
        f'<circle class="c-m" cx="{svg.coordinate(2 + 116 * rate)}" cy="7" r="4"/></svg>'
    )


def funnel(points: Sequence[FunnelPoint], share: float, words: str, many: str = "kommuner") -> Chart:
    """Return units' shares over their number of cases, with exact binomial limits around the nation's.

    ``many`` is what the units are called.
    """
    width, height = 640.0, 340.0
    largest = max((point.due for point in points), default=100)
    top = max(largest * 1.15, 60)
    start = float(statistics.SMALLEST_COMPARED)
    sizes = sorted({round(start * (top / start) ** (index / 36)) for index in range(37)})
    limits = {
        tail: [tuple(count / size for count in statistics.binomial_limits(size, share, tail)) for size in sizes]
        for tail in (0.025, 0.001)
    }
    inner_x, inner_y = width - LEFT - RIGHT, height - TOP - BOTTOM - 14

    def at(size: float, value: float) -> tuple[float, float]:
        return LEFT + inner_x * math.log(size / start) / math.log(top / start), TOP + inner_y * (1 - value)

    parts = [_frame(width, height - 14)]
    ticks = [tick for tick in (20, 50, 100, 200, 500, 1000, 2000, 5000) if tick <= top]
    below = [svg.text(at(tick, 0)[0], height - 22, number(tick)) for tick in ticks]
    below.append(svg.text(LEFT + inner_x / 2, height - 6, "Frister i perioden (logaritmisk skala)"))
    parts.append(svg.group(below, "c-s", "middle"))
    for tail, style in ((0.025, "c-o"), (0.001, "c-i")):
        for side in (0, 1):
            parts.append(svg.path([at(size, pair[side]) for size, pair in zip(sizes, limits[tail])], style))
    parts.append(svg.path([at(start, share), at(top, share)], "c-n"))
    marks: list[tuple[str, str]] = []
    for point in points:
        x, y = at(point.due, point.met / point.due)
        is_far = abs(point.position) == 2
        marks.append(("", svg.squares([(x, y)], 3.5, "c-x")) if is_far else ("c-e", svg.circle(x, y, 3.5)))
    parts.extend(_grouped(marks))
    for point in points:
        if abs(point.position) == 2:
            x, y = at(point.due, point.met / point.due)
            near_edge = x > width * 0.8
            parts.append(
                svg.text(x + (-7 if near_edge else 7), y + 4, point.name, "c-s", "end" if near_edge else "start")
            )
    content = {
        "t": "tragt",
        "s": _hundredth(share),
        "x": sizes,
        "l": {
            str(tail): [[_hundredth(pair[0]) for pair in pairs], [_hundredth(pair[1]) for pair in pairs]]
            for tail, pairs in limits.items()
        },
        "d": [[plain(point.name), point.met, point.due, point.position] for point in points],
        "u": many,
        "top": math.ceil(top),
        "ticks": ticks,
    }
    return Chart(Markup(svg.drawing(width, height, parts, words)), embedded(content), words, FUNNEL_KEY.format(many))

"""Charts: the data that a page has them made from when asked for, and the drawing that stands there until then.

Belongs here: reading both, and holding one against the other. Does not belong here: tables and sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from ..method_page import OWN_RATE
from .places import Place
from .said import Figure, NotUnderstood
from .subjects import NATION, Subjects, before, code_of

SERIES = {"k", "y", "n", "lo", "hi"}
FUNNEL = {"t", "s", "x", "l", "d", "u", "top", "ticks"}
SQUARES = ("path c-m", "path c-x")
SQUARE = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v\3h-\3z")
FEWEST, BROADEST, FURTHER = 20, 60, 1.15
"""A funnel begins at 20 and ends at 60 cases, or so much above the most that a point has."""
_TOP, _FEET = 12, {"tragt": 300, "serie": 194}


def figures_of_chart(place: Place, subjects: Subjects, two_years: bool, strokes: Sequence[Place]) -> Iterator[Figure]:
    """Yield what a chart's data give. Raises NotUnderstood for data or ``strokes`` that are not of these figures."""
    data = json.loads(place.text)
    rule = subjects.rule_in(place.under, place.file)
    if rule is None or data["t"] not in _FEET:
        raise NotUnderstood(place.text)
    read = _of_funnel if data["t"] == "tragt" else _of_series
    figures = list(read(data, rule, place.file, subjects, two_years))
    shares = [one.value for one in figures if one.value is not None and one.measure.endswith(("rate", "low", "high"))]
    if data["t"] == "tragt":
        shares += [100 * met / due for _name, met, due, _place in data["d"]]
        shares += [limit for lines in data["l"].values() for line in lines for limit in line]
        points = len(data["d"])
    else:
        points = sum(share is not None for line in data["d"] for share in line["y"])
    if sum(map(_points, strokes)) != points:
        raise NotUnderstood(place.text)
    for stroke in strokes:
        for level in _levels(stroke, _FEET[data["t"]]):
            if not any(abs(level - share) <= 0.6 for share in shares):
                raise NotUnderstood(stroke.text)
    yield from figures


def _of_funnel(data: dict, rule: str, file: str, subjects: Subjects, two_years: bool) -> Iterator[Figure]:
    most = max((due for _name, _met, due, _place in data["d"]), default=0)
    if set(data) - FUNNEL or data["top"] > max(FURTHER * most + 1, BROADEST) or min(data["x"], default=FEWEST) < FEWEST:
        raise NotUnderstood(str(data))
    lead = "own_" if rule in OWN_RATE else ""
    for name, met, due, _place in data["d"]:
        level, code = subjects.units[name]
        period = subjects.period(level, [])
        period = f"{before(period)}+{period}" if two_years else period
        yield Figure(rule, level, code, period, f"{lead}met", met, file)
        yield Figure(rule, level, code, period, f"{lead}due", due, file)
    period = code_of("national", subjects.period("municipality", []))
    period = f"{before(period)}+{period}" if two_years else period
    yield Figure(rule, *NATION, period, f"{lead}rate", data["s"], file)


def _of_series(data: dict, rule: str, file: str, subjects: Subjects, _two_years: bool) -> Iterator[Figure]:
    unit = subjects.unit_of_file(file)
    if unit is None or set(data) - {"t", "q", "d"}:
        raise NotUnderstood(str(data))
    lead = "own_" if rule in OWN_RATE else ""
    for line in data["d"]:
        if line["k"] != "r" or set(line) - SERIES:
            raise NotUnderstood(str(data))
        for at, code in enumerate(data["q"]):
            if not re.fullmatch(r"20\d\d(-Q[1-4])?", code):
                raise NotUnderstood(str(data))
            period = code_of(unit[0], code)
            pair = line["n"][at] or (None, None)
            named = [("met", pair[0]), ("due", pair[1])]
            named += [
                (name, line[key][at]) for name, key in (("rate", "y"), ("low", "lo"), ("high", "hi")) if key in line
            ]
            for name, value in named:
                if value is not None:
                    yield Figure(rule, *unit, period, lead + name, value, file)


def _points(stroke: Place) -> int:
    """Return how many shares a stroke marks: a square or a circle each."""
    if stroke.column in SQUARES:
        return len(SQUARE.findall(strokes_of(stroke)["d"]))
    return int(stroke.column == "circle c-e")


def _levels(stroke: Place, foot: int) -> list[float]:
    """Return the shares that a stroke is drawn at."""
    values = strokes_of(stroke)
    if stroke.column in SQUARES:
        if SQUARE.sub("", values["d"]):
            raise NotUnderstood(stroke.text)
        heights = [float(top) + float(side) / 2 for _left, top, side in SQUARE.findall(values["d"])]
    elif stroke.column == "circle c-e":
        heights = [float(values["cy"])]
    elif re.fullmatch(r"path c-[lwnio]", stroke.column):
        heights = [float(y) for y in re.findall(r"(?:[ML][\d.]+ |V)([\d.]+)", values["d"])]
    else:
        raise NotUnderstood(stroke.text)
    return [100 * (foot - y) / (foot - _TOP) for y in heights]


def strokes_of(stroke: Place) -> dict[str, str]:
    """Return a stroke's numbers by name."""
    return dict(re.findall(r"([\w-]+)=(.*?)(?= [\w-]+=|$)", stroke.text))


def shares_of_mark(stroke: Place) -> Iterator[tuple[str, float]]:
    """Yield what a mark in a row of a table is drawn at: its share, or the ends of its interval, in per cent."""
    values = strokes_of(stroke)
    if stroke.column == "circle c-m":
        yield "rate", (float(values["cx"]) - 2) / 1.16
    elif stroke.column == "path c-w":
        for ends in re.finditer(r"M([\d.]+) [\d.]+H([\d.]+)", values["d"]):
            yield "low", (float(ends[1]) - 2) / 1.16
            yield "high", (float(ends[2]) - 2) / 1.16
    else:
        raise NotUnderstood(stroke.text)

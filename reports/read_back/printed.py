"""What a figure on paper or on a page says: one cell's text into the figure, or the two, that it prints.

Belongs here: the figure as it is read back, and reading one cell. Does not belong here: tables and files
(``read_figures``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.units import Key
from pipelines.vocabulary import FEW, HIDDEN, NOT_SHOWN, NOTHING
from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.figures.data import Window


class Published(NamedTuple):
    """One figure as a file prints it; ``value`` is None where the sign for hidden stands. Shares are in hundredths."""

    rule: str
    level: str
    unit: str
    kind: str
    period: str
    measure: str
    value: float | None
    file: str


class PrintedTable(NamedTuple):
    """A table as a reader meets it."""

    caption: str
    headings: list[str]
    rows: list[list[str]]


def value_of(text: str) -> float | None:
    """Return a printed number; raises ValueError for anything that is none."""
    if text == HIDDEN:
        return None
    return float(text.replace(".", "").replace(",", ".").replace("−", "-"))


def measured(rule: str, measure: str) -> str:
    """Return what a measure under a duty's name counts: its own party's duties where others can cause lateness."""
    if measure.startswith("all "):
        return measure.removeprefix("all ")
    is_own = rule in rules_with_own_rate() and measure in ("due", "met", "rate", "low", "high")
    return f"own_{measure}" if is_own else measure


def cells_of(rule: str, key: Key, kind: str, period: str, measure: str, text: str, file: str) -> Iterator[Published]:
    """Return the figures that the text of one cell prints: none where it says that there is nothing, or too few."""
    if text in (NOTHING, NOT_SHOWN, FEW, ""):
        return
    if measure == "interval":
        low, _dash, high = text.partition("–")
        for name, part in (("low", low), ("high", high or low)):
            yield Published(rule, *key, kind, period, measured(rule, name), value_of(part), file)
    else:
        yield Published(rule, *key, kind, period, measured(rule, measure), value_of(text), file)


def interval_of(rule: str, key: Key, year: Window, text: str, file: str) -> Iterator[Published]:
    """Return the interval of what the citizens met, which no measure of its own stands for in a single column."""
    low, _dash, high = text.partition("–")
    if text not in (NOTHING, NOT_SHOWN, ""):
        for name, part in (("low", low), ("high", high or low)):
            yield from cells_of(rule, key, *year, f"all {name}", part, file)

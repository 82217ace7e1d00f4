"""A figure written for a table cell: the one place where hidden, nothing and a number are told apart in text.

Belongs here: the written form of one figure. Does not belong here: sentences (``wording``) and tables (``unit_pages``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from pipelines.danish import number
from pipelines.vocabulary import FEW, HIDDEN, NOTHING
from reports.charts.charts import interval_mark
from reports.figures.data import Figure
from reports.words.hidden import HIDDEN_IN_WORDS

HIDDEN_CELL = Markup(f'<span class="hid" title="{HIDDEN_IN_WORDS}">{HIDDEN}<span class="sr"> skjult</span></span>')


class Shown(NamedTuple):
    """The written parts of one figure."""

    due: str
    met: str
    late: str
    missed: str
    rate: str
    interval: str
    mark: Markup
    few: bool
    is_complete: bool
    value: float | None
    due_value: int | None


def count(value: int | None) -> str:
    """Return a count, or the sign of what is hidden."""
    return HIDDEN_CELL if value is None else number(value)


@lru_cache(maxsize=65536)
def share(rate: float, decimals: int = 1) -> str:
    """Return a share in hundredths without its unit, which stands in the table's heading."""
    return number(rate * 100, decimals)


@lru_cache(maxsize=65536)
def interval(low: float | None, high: float | None) -> str:
    """Return an interval in whole hundredths; more digits would promise what a small number cannot hold."""
    if low is None or high is None:
        return NOTHING
    return f"{number(low * 100)}–{number(high * 100)}"


@lru_cache(maxsize=131072)
def shown(figure: Figure, smallest_compared: int, decimals: int = 1) -> Shown:
    """Return a figure's written parts; ``few`` says that it is too small to be coloured, sorted by or compared."""
    due = figure.due
    few = due is None or due < smallest_compared
    if figure.rate is not None:
        rate = share(figure.rate, decimals)
    else:
        rate = NOTHING if due == 0 else HIDDEN_CELL
    hidden = figure.rate is None and due != 0
    return Shown(
        due=count(due),
        met=count(figure.met),
        late=count(figure.late),
        missed=count(figure.missed),
        rate=rate,
        interval=HIDDEN_CELL if hidden else interval(figure.low, figure.high),
        mark=interval_mark(figure.rate, figure.low, figure.high),
        few=few,
        is_complete=figure.is_complete,
        value=figure.rate,
        due_value=due,
    )


@lru_cache(maxsize=131072)
def beside_others(figure: Figure, smallest_compared: int, decimals: int = 1) -> Shown:
    """Return a figure's written parts for a table in which units stand under one another.

    A share of few deadlines is not printed there, nor its interval: faint or not, it would be compared. The counts are.
    """
    written = shown(figure, smallest_compared, decimals)
    if not written.few or written.value is None:
        return written
    return written._replace(rate=FEW, interval=FEW, mark=Markup(""), value=None)

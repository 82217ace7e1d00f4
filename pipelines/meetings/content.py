"""What a pack says, before it is a slide, a page or a sheet: sections with sentences, one chart, one table, notes.

Belongs here: the plain values that the three forms share. Does not belong here: figures and their choice
(``area_pack``, ``participant_pack``, ``municipality_pack``), and any form (``deck``, ``document``, ``workbook``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from pipelines.danish import number, short_date
from reports.labels import HIDDEN, NOTHING


class Mark(Enum):
    """A figure that is not shown; it cannot be added to anything."""

    HIDDEN = "hidden"


Counted = int | Mark | None


@dataclass(frozen=True)
class Ratio:
    """A share with its counts, which never stands without them: a number, hidden, or nothing."""

    due: Counted
    met: Counted

    @property
    def rate(self) -> float | None:
        """The share, or None when there is none to show."""
        if not isinstance(self.due, int) or not isinstance(self.met, int) or self.due == 0:
            return None
        return self.met / self.due

    @property
    def is_hidden(self) -> bool:
        """Whether a count is withheld."""
        return isinstance(self.due, Mark) or isinstance(self.met, Mark)


Cell = str | int | float | datetime.date | None | Mark | Ratio
TEXT, COUNT, SHARE, DAYS, DATE, RATIO = "text", "count", "share", "days", "date", "ratio"
BARS, STACKED, LINES = "bars", "stacked", "lines"


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, and how its cells are written."""

    heading: str
    kind: str = TEXT
    wide: bool = False

    @property
    def weight(self) -> float:
        """How broad it is beside the others."""
        return 2.4 if self.wide else {TEXT: 1.15, RATIO: 1.6}.get(self.kind, 0.9)


@dataclass(frozen=True)
class Table:
    """A table; shares are fractions, and a cell of None means that there is nothing."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Series:
    """One series of a chart: a value for each category, None where there is none."""

    name: str
    values: tuple[float | int | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart's data; ``unit`` is share, count or days. ``words`` say for those who cannot see it what it shows."""

    kind: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    words: str


@dataclass(frozen=True)
class Section:
    """One subject: a slide, a part of the document and a sheet of the workbook."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    sources: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """A whole pack for one recipient. ``marking`` says whom it is for and stands on every slide and page."""

    title: str
    subtitle: str
    marking: str
    as_of: datetime.date
    is_synthetic: bool
    sections: tuple[Section, ...]
    definitions: tuple[tuple[str, str], ...]


def written(cell: Cell, kind: str) -> str:
    """Return a cell as a reader sees it."""
    if cell is None:
        return NOTHING
    if isinstance(cell, Mark):
        return HIDDEN
    if isinstance(cell, datetime.date):
        return short_date(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Ratio):
        return _written_ratio(cell)
    if kind == SHARE:
        return f"{number(cell * 100)} pct."
    return number(cell, 0 if isinstance(cell, int) or float(cell).is_integer() else 1)


def _written_ratio(ratio: Ratio) -> str:
    if ratio.is_hidden:
        return HIDDEN
    if ratio.rate is None or not isinstance(ratio.due, int) or not isinstance(ratio.met, int):
        return NOTHING
    return f"{number(ratio.met)} af {number(ratio.due)} ({number(ratio.rate * 100)} pct.)"


def harmless(text: str) -> str:
    """Return a foreign text on one line, and such that no program takes it for a formula."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain

"""What a pack says, before it is a slide, a page or a sheet: sections with sentences, one chart, one table, notes.

Belongs here: the plain values that the three forms share. Does not belong here: figures and their choice
(``area_pack``, ``participant_pack``, ``municipality_pack``), and any form (``deck``, ``document``, ``workbook``).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from pipelines.danish import number, short_date
from pipelines.table_files import harmless
from pipelines.vocabulary import HIDDEN, NOTHING


class PackMark(Enum):
    """A figure that is not shown; it cannot be added to anything."""

    HIDDEN = "hidden"


Counted = int | PackMark | None


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
        return isinstance(self.due, PackMark) or isinstance(self.met, PackMark)


Cell = str | int | float | datetime.date | None | PackMark | Ratio
TEXT, COUNT, SHARE, DAYS, DATE, RATIO = "text", "count", "share", "days", "date", "ratio"
# Letters of a long cell that stand on one line, and letters across a page.
_LONGEST_LINE, _PAGE = 46, 118
BARS, STACKED, LINES = "bars", "stacked", "lines"


@dataclass(frozen=True)
class PackColumn:
    """One column of a table: its heading, how its cells are written, and whether it holds whole sentences."""

    heading: str
    kind: str = TEXT
    wide: bool = False


@dataclass(frozen=True)
class PackTable:
    """A table; shares are fractions, and a cell of None means that there is nothing."""

    columns: tuple[PackColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def weights(self) -> list[float]:
        """How broad the columns are beside one another: no word or date is cut, and figures stand on one line."""
        needs = [self._needs(place, column) for place, column in enumerate(self.columns)]
        least, wished = (sum(need[place] for need in needs) for place in (0, 1))
        spare = min(1.0, max(0.0, _PAGE - least) / max(wished - least, 1))
        return [low + spare * (high - low) for low, high in needs]

    def _needs(self, place: int, column: PackColumn) -> tuple[float, float]:
        """Return the letters that a column must have room for, and those it would like to have room for."""
        texts = [written(row[place], column.kind) for row in self.rows]
        words = max((len(word) for text in (column.heading, *texts) for word in text.split()), default=0)
        longest = max(map(len, texts), default=0)
        if column.kind == TEXT:
            longest = min(longest, _LONGEST_LINE if column.wide else _LONGEST_LINE // 2)
        # Headings are bold, and a cell has margins.
        least = words * 1.1 + 3
        return least, max(least, longest + 3)


@dataclass(frozen=True)
class Series:
    """One series of a chart: a value for each category, None where there is none."""

    name: str
    values: tuple[float | int | None, ...]


@dataclass(frozen=True)
class PackChart:
    """A chart's data; ``unit`` is share, count or days. ``words`` say for those who cannot see it what it shows."""

    kind: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    words: str


@dataclass(frozen=True)
class Section:
    """One subject: a slide, a part of the document and a sheet of the workbook.

    ``beside`` are the places of those columns of the table that stand next to the chart on a slide, a row to each of
    the chart's categories, so that no share is shown without its counts.
    """

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    chart: PackChart | None = None
    table: PackTable | None = None
    sources: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    beside: tuple[int, ...] = ()


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
    if isinstance(cell, PackMark):
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


def on_one_line(text: str) -> str:
    """Return a foreign text on one line, and such that no program takes it for a formula."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return harmless(plain)

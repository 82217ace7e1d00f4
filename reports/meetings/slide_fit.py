"""How much room texts and tables take on a slide, in inches: measured letter by letter, never counted.

Belongs here: measuring, and the widths and rows that fit. Does not belong here: drawing (``deck``, ``deck_charts``).

The measure is taken with a font whose letters are a little broader than Arial's: what fits by it fits in any office
program.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from pipelines.typesetting import FONTS
from reports.meetings.content import Cell, PackTable, written

MEASURED_WITH = str(FONTS / "IBMPlexSans-Regular.ttf")
_BOLD = str(FONTS / "IBMPlexSans-SemiBold.ttf")
_POINTS = 72
# What an office program keeps free at each side of a text box or a cell, and above and below a cell's text.
_MARGIN, _CELL_MARGIN = 0.1, 0.02
# By how much Arial's bold letters are broader than those measured with, at the most.
_ARIAL_BOLD = 1.07
# A line with the room to the next, in sizes of its letters.
_LINE = 1.2
# A column that would like more than this for its longest text gets lines instead.
_BROADEST = 4.2


@cache
def _font(size: float, *, bold: bool) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(_BOLD if bold else MEASURED_WITH, size)


def breadth(text: str, size: float, *, bold: bool = False) -> float:
    """Return how broad a text is on one line."""
    return float(_font(size, bold=bold).getlength(text)) / _POINTS * (_ARIAL_BOLD if bold else 1)


def cell_text(cell: Cell, kind: str) -> str:
    """Return a cell as it stands on a slide, where a share is not parted from its unit by the end of a line."""
    return written(cell, kind).replace(" pct.", "\u00a0pct.")


def lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in a box of that width, its margins included."""
    inner, count, used = width - 2 * _MARGIN, 1, 0.0
    space = breadth(" ", size, bold=bold)
    for word in text.split(" "):
        own = breadth(word, size, bold=bold)
        if used and used + space + own > inner:
            count, used = count + 1, 0.0
        used += own + (space if used else 0.0)
        if used > inner:  # one word that is broader than the box goes on over several lines
            count += int(used / inner)
            used %= inner
    return count


def height(sentences: Sequence[str], width: float, size: float) -> float:
    """Return how high a box with these paragraphs is."""
    each = (lines(sentence, width, size) * size * _LINE / _POINTS + 0.08 for sentence in sentences)
    return sum(each) + 0.1


def first_that_fit(sentences: Sequence[str], width: float, size: float, room: float) -> tuple[str, ...]:
    """Return as many of the sentences, from the first, as fit; the first one always."""
    most = next((n for n in range(len(sentences), 1, -1) if height(sentences[:n], width, size) <= room), 1)
    return tuple(sentences[:most])


def column_widths(table: PackTable, width: float, size: float) -> list[float]:
    """Return the widths of as many columns, from the first, as have room for their longest words, together ``width``.

    What is over goes to the columns that would like it most.
    """
    least, wished = [], []
    for place, column in enumerate(table.columns):
        texts = [cell_text(row[place], column.kind) for row in table.rows]
        words = [breadth(word, size) for text in texts for word in text.split(" ")]
        words += [breadth(word, size, bold=True) for word in column.heading.split(" ")]
        least.append(max(words, default=0) + 2 * _MARGIN + 0.02)
        longest = max((breadth(text, size) for text in texts), default=0) + 2 * _MARGIN + 0.02
        wished.append(max(least[-1], min(longest, _BROADEST)))
    fitting = sum(total <= width for total in accumulate(least)) or 1
    least, wished = least[:fitting], wished[:fitting]
    spare = width - sum(least)
    wanted = sum(wished) - sum(least)
    if spare >= wanted:
        return [own * width / sum(wished) for own in wished]
    return [low + spare * (high - low) / wanted for low, high in zip(least, wished)]


def row_heights(table: PackTable, widths: Sequence[float], size: float) -> tuple[float, list[float]]:
    """Return how high the row of headings is, and each row below it, with columns of these widths."""

    def high(texts: Sequence[str], *, bold: bool) -> float:
        most = max((lines(text, width, size, bold=bold) for text, width in zip(texts, widths)), default=1)
        return most * size * _LINE / _POINTS + 2 * _CELL_MARGIN + 0.04

    rows = [[cell_text(cell, column.kind) for cell, column in zip(row, table.columns)] for row in table.rows]
    return high([column.heading for column in table.columns], bold=True), [high(row, bold=False) for row in rows]


def rows_by_slide(heights: Sequence[float], first_room: float, room: float) -> list[slice]:
    """Return which rows stand on each slide; a row higher than a slide has one to itself."""
    slices, start, used, free = [], 0, 0.0, first_room
    for place, own in enumerate(heights):
        if place > start and used + own > free:
            slices.append(slice(start, place))
            start, used, free = place, 0.0, room
        used += own
    return [*slices, slice(start, len(heights))]

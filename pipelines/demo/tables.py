"""The rows of one file of the synthetic world, and what of them the source system knew on a day.

Belongs here: columns that change as the system learns and corrects, rows that are known from a day and withdrawn on
another, the numbering of keys. Does not belong here: how rows are written to a file (``batch_files``) or what stands
in them.

A column is an array of texts (objects) or of days (ordinals, 0 where there is none).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import NEVER, Days, Draws, Marks

Values = np.ndarray
Shown = dict[str, Values]


@dataclass
class SyntheticColumn:
    """Values at first, and what replaces them from a day of each row's own, one step after the other."""

    values: Values
    steps: list[tuple[Days, Values]] = field(default_factory=list)

    def on(self, day: int) -> Values:
        """The column as the system knew it on a day."""
        shown = self.values
        for known, after in self.steps:
            shown = np.where(known <= day, after, shown)
        return shown

    def take(self, rows: Values) -> SyntheticColumn:
        """The column of some of the rows, in the order named."""
        return SyntheticColumn(self.values[rows], [(known[rows], after[rows]) for known, after in self.steps])


def empty_like(values: Values) -> Values:
    """As many empty values of the same type."""
    return np.full(len(values), "", dtype=object) if values.dtype == object else np.zeros(len(values), dtype=np.int64)


def later(known: Days, values: Values) -> SyntheticColumn:
    """A column that is empty until the system learns its values."""
    return SyntheticColumn(empty_like(values), [(known, values)])


def corrected(draws: Draws, known: Days, values: Values, mistake: Values) -> SyntheticColumn:
    """The values as known from a day; in a few rows a mistake stood there until it was corrected."""
    wrong = draws.happens(assumed.CORRECTED_SHARE, len(values))
    mended = known + draws.within(*assumed.CORRECTED_AFTER_DAYS, len(values))
    return SyntheticColumn(empty_like(values), [(known, np.where(wrong, mistake, values)), (mended, values)])


def texts(values: Sequence[object] | Values) -> Values:
    """An array of texts."""
    return np.array([str(value) for value in (values.tolist() if isinstance(values, np.ndarray) else values)], object)


def repeat(text: str, count: int) -> Values:
    """The same text on every row."""
    return np.full(count, text, dtype=object)


@dataclass
class SyntheticTable:
    """The rows of one file there will ever be."""

    file: str
    known: Days
    columns: Mapping[str, SyntheticColumn | Values]
    withdrawn: Days | None = None

    def column(self, name: str) -> SyntheticColumn:
        """A column by its name, also where it never changes."""
        column = self.columns[name]
        return column if isinstance(column, SyntheticColumn) else SyntheticColumn(column)

    def rows_on(self, day: int) -> Marks:
        """Which rows the system had on a day."""
        there = self.known <= day
        return there if self.withdrawn is None else there & (self.withdrawn > day)

    def on(self, day: int) -> Shown:
        """The table as an extract of that day shows it."""
        rows = np.flatnonzero(self.rows_on(day))
        return {name: self.column(name).take(rows).on(day) for name in self.columns}

    def sorted_by(self, *keys: Values) -> SyntheticTable:
        """The same rows in order: by the first key, then the next."""
        order = np.lexsort(keys[::-1])
        columns = {name: self.column(name).take(order) for name in self.columns}
        return SyntheticTable(
            self.file, self.known[order], columns, None if self.withdrawn is None else self.withdrawn[order]
        )

    def numbered(self, column: str, letter: str, digits: int = 7) -> SyntheticTable:
        """The same rows with a key of a letter and a running number, in the order in which the system got them."""
        ordered = self.sorted_by(self.known)
        numbers = np.array([f"{letter}{number:0{digits}d}" for number in range(1, len(self.known) + 1)], dtype=object)
        return SyntheticTable(self.file, ordered.known, {column: numbers, **ordered.columns}, ordered.withdrawn)


def joined(file: str, tables: Sequence[SyntheticTable]) -> SyntheticTable:
    """The rows of tables with the same columns, one after the other; each column takes its steps in turn."""
    columns: dict[str, SyntheticColumn | Values] = {}
    for name in tables[0].columns:
        parts = [table.column(name) for table in tables]
        steps = [
            tuple(np.concatenate(arrays) for arrays in zip(*(part.steps[number] for part in parts), strict=True))
            for number in range(len(parts[0].steps))
        ]
        columns[name] = SyntheticColumn(
            np.concatenate([part.values for part in parts]), [(day, after) for day, after in steps]
        )
    withdrawn = [np.full(len(t.known), NEVER) if t.withdrawn is None else t.withdrawn for t in tables]
    return SyntheticTable(file, np.concatenate([table.known for table in tables]), columns, np.concatenate(withdrawn))

"""The figures of the summary in English, read back like those of every other page.

Belongs here: the one table whose words and numbers are English. Does not belong here: any other (``read_figures``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.units import Key
from reports.figures.data import Window
from reports.pages.english import ABLE, CITIZENS
from reports.read_back.printed import PrintedTable, Published, cells_of, interval_of
from reports.words.english import TITLES


def english_table(table: PrintedTable, year: Window, own: Key, file: str) -> Iterator[Published]:
    """Return the figures of the summary in English, where a comma parts thousands."""
    rules = {title: rule for rule, title in TITLES.items()}
    for row in table.rows:
        rule = rules[row[0].removeprefix(CITIZENS).removesuffix(ABLE)]
        for measure, text in zip(("due", "met", "rate", "interval"), row[3:]):
            printed = text.replace(",", "")
            if not row[0].startswith(CITIZENS):
                yield from cells_of(rule, own, *year, measure, printed, file)
            elif measure == "interval":
                yield from interval_of(rule, own, year, printed, file)
            else:
                yield from cells_of(rule, own, *year, f"all {measure}", printed, file)

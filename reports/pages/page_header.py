"""What every page of every edition has: its titles and dates, the signs it uses, and the way back to its root.

Belongs here: values that all templates read. Does not belong here: what one page says.
"""

from __future__ import annotations

from typing import Any

from pipelines import quarters, vocabulary
from pipelines.danish import long_date
from reports.editions import Edition
from reports.figures.data import ReportData
from reports.figures.statistics import SMALLEST_COMPARED
from reports.words.hidden import CALENDAR_YEAR_IN_WORDS, EACH_QUARTER_IN_WORDS, HIDDEN_IN_WORDS


def header(edition: Edition, data: ReportData, folder: str, title: str, level: str = "national") -> dict[str, Any]:
    """Return what every page of an edition has: titles, dates, and the way back to the edition's root."""
    return {
        "edition": edition,
        "title": title,
        "root": "../" * folder.count("/"),
        "as_of": long_date(data.run.as_of),
        "batch": data.run.batch_id,
        "code_version": data.run.code_version,
        "is_synthetic": data.run.is_synthetic,
        "year_name": data.window(level).words,
        "quarter_name": quarters.long_name(data.quarter),
        "hidden_sign": vocabulary.HIDDEN,
        "hidden_words": HIDDEN_IN_WORDS,
        "calendar_year": CALENDAR_YEAR_IN_WORDS,
        "each_quarter": EACH_QUARTER_IN_WORDS,
        "few_sign": vocabulary.FEW,
        "nothing_sign": vocabulary.NOTHING,
        "nothing_words": vocabulary.NOTHING_IN_WORDS,
        "smallest": SMALLEST_COMPARED,
        "not_shown": vocabulary.NOT_SHOWN,
        "notice": None,
    }

"""A pack as an accessible PDF (PDF/UA-1 and PDF/A-2a, in Danish), to be sent before the meeting.

Belongs here: handing the content to typst. Does not belong here: the page itself (``pack.typ``) and what it says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines import typesetting
from pipelines.danish import long_date
from pipelines.failure_report import about
from reports.meetings.content import TEXT, Content, Section, written
from reports.meetings.drawing import drawing

_TEMPLATE = Path(__file__).with_name("pack.typ")
_EPOCH = 719163


def make(content: Content) -> bytes:
    """Return the PDF; the same content gives the same bytes."""
    # The day of assessment as seconds: a document's date never comes from the clock.
    seconds = (content.as_of.toordinal() - _EPOCH) * 86400
    with about(f"{content.title} (PDF)"):
        return typesetting.compile_pdf(_TEMPLATE, "pack", _values(content), seconds)


def _values(content: Content) -> dict[str, Any]:
    day = content.as_of
    return {
        "title": content.title,
        "subtitle": content.subtitle,
        "marking": content.marking,
        "as_of": f"Opgjort pr. {long_date(day)}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "synthetic": content.is_synthetic,
        "sections": [_section(section) for section in content.sections],
        "definitions": [list(pair) for pair in content.definitions],
    }


def _section(section: Section) -> dict[str, Any]:
    table = section.table if section.table is not None and section.table.rows else None
    columns = table.columns if table else ()
    return {
        "title": section.title,
        "sentences": list(section.sentences),
        "drawing": drawing(section.chart) if section.chart else None,
        "words": section.chart.words if section.chart else "",
        "columns": [
            {"heading": column.heading, "weight": weight, "number": column.kind != TEXT}
            for column, weight in zip(columns, table.weights if table else ())
        ],
        "rows": [
            [written(cell, column.kind) for column, cell in zip(columns, row)] for row in (table.rows if table else ())
        ],
        "sources": list(section.sources),
    }

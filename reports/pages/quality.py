"""``datakvalitet.html``: what was delivered, what was set aside and why, and how sure the figures are.

Belongs here: the page's values. Does not belong here: judging a delivery (``expectations``, ``pipelines``).
The shared edition tells shares in whole per cent and rounded numbers of rows, so that no row can be counted from it.
"""

from __future__ import annotations

from typing import Any

from pipelines import vocabulary
from pipelines.danish import number, percent
from pipelines.units import NATION, Key
from pipelines.vocabulary import word
from reports.editions import Edition
from reports.figures.data import ReportData
from reports.figures.notice import edition_words
from reports.figures.published_rows import DataQualityRow
from reports.pages.duties import rules_of
from reports.pages.page_header import header
from reports.words import wording

ROUNDED_TO = 100
# How many rows this file has says how many cases are marked.
RESTRICTED_FILES = ("infohus.csv",)


def quality_page(edition: Edition, data: ReportData, delivered: list[DataQualityRow]) -> dict[str, Any]:
    """Return everything the page says; ``delivered`` are the rows of ``pub_data_quality`` that the edition may show."""
    page = header(edition, data, "", "Datakvalitet")
    exact = edition.name == "direktorat"
    whose = NATION if exact else next(iter(data.figures), NATION)
    files: dict[str, DataQualityRow] = {}
    faults = []
    for row in delivered:
        if row.batch_id != data.run.batch_id or (not exact and row.file in RESTRICTED_FILES):
            continue
        if row.reason:
            faults.append(row)
        else:
            files[row.file] = row
    page |= {
        "exact": exact,
        "notice": edition_words(data.notice, data.titles()) if edition.name != "kommune" else None,
        "rounded_to": ROUNDED_TO,
        "files": [_file_row(row, exact) for _name, row in sorted(files.items())],
        "faults": [
            (
                row.file,
                "Sat til side" if row.kind == "quarantine" else "Advarsel",
                word(vocabulary.ROW_FAULTS, row.reason),
                number(row.affected_rows),
            )
            for row in faults
        ]
        if exact
        else [],
        "levels": [(label, meaning) for _limit, label, meaning in wording.QUALITY_LEVELS],
        "rules": _rule_rows(data, whose) if edition.full else [],
        "whose": "hele landet" if exact else "egne sager",
    }
    return page


def _file_row(row: DataQualityRow, exact: bool) -> tuple[str, ...]:
    rows, loaded, quarantined = row.rows or 0, row.loaded or 0, row.quarantined or 0
    share = percent(quarantined / rows, 1 if exact else 0) if rows else vocabulary.NOTHING
    if exact:
        return row.file, number(rows), number(loaded), number(quarantined), share
    rounded = round(rows / ROUNDED_TO) * ROUNDED_TO
    return row.file, number(rounded) if rounded or not rows else f"under {ROUNDED_TO // 2}", share


def _rule_rows(data: ReportData, key: Key) -> list[tuple[str, ...]]:
    """Return for each duty how many cases of a unit could not be judged, and what that leaves open."""
    rows: list[tuple[str, ...]] = []
    for _anchor, _title, rules in rules_of(data, key[0]):
        for rule in rules:
            missing = sum(row.cases for row in data.undeterminable.get(key, {}).get(rule.rule_id, []))
            figure = data.year(key, rule.rule_id)
            due = (figure.due if figure else 0) or 0
            label, _meaning = wording.quality_label(missing, due)
            rows.append((rule.title, number(missing), number(due), label))
    return rows

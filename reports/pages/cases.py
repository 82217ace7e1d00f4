"""Cells of a case in the lists of a page: what it is called, where it lies, and how its institution is reached.

Belongs here: cells that all lists share, and the rows of what was not done in time. Does not belong here: open duties
(``work``) and which rows a unit has (``figures.data``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines import vocabulary
from pipelines.danish import number, short_date
from pipelines.vocabulary import word
from reports.editions import PACK, Edition
from reports.figures.data import ReportData, Unit
from reports.figures.published_rows import CaseRow, LateCaseRow, WorklistRow
from reports.pages.case_page import case_file, case_folder
from reports.pages.linked_text import LinkedText
from reports.tasks import CASE_FOLDER

LATE_COLUMNS = ("Sag", "Pligt", "Status", "Kommune", "Institution", "Frist", "Gjort", "Ansvarlig", "Kontakt")


def without(columns: Sequence[str], unit: Unit) -> tuple[str, ...]:
    """Return the columns that say something on a unit's page: not its own name, and how to reach an institution only
    where a municipality reads, for whom the number alone identifies no citizen.
    """
    left_out = {"municipality": ("Kommune",), "institution": ("Institution", "Kontakt")}.get(unit.level, ("Kontakt",))
    return tuple(column for column in columns if column not in left_out)


class CasePlaces(NamedTuple):
    """Where the pages of cases lie, seen from a page: its edition, and the way from it to the edition's folder."""

    edition: Edition
    root: str

    def link(self, row: CaseRow) -> str:
        """Return where a row's case is told of, at the row's own duty."""
        folder = f"{CASE_FOLDER}/" if self.edition is PACK else case_folder(row.municipality_code)
        return f"{self.root}{folder}{case_file(row.case_id)}#{row.rule_id}"


def case_cells(data: ReportData, row: CaseRow, places: CasePlaces) -> dict[str, str]:
    """Return the cells that every list of cases has, by heading."""
    return {
        "Sag": LinkedText(row.case_id, places.link(row)) if data.has_case_pages else row.case_id,
        "Pligt": rule_title(data, row.rule_id),
        "Kommune": _name(data, "municipality", row.municipality_code),
        "Institution": _name(data, "institution", row.institution_code),
        "Frist": short_date(row.deadline),
        "Kontakt": contact(row),
    }


def late_row(data: ReportData, unit: Unit, row: LateCaseRow, places: CasePlaces) -> tuple[str, ...]:
    """Return a case that was not in time as a page shows it."""
    cells = case_cells(data, row, places) | {
        "Status": vocabulary.status_word(row.rule_id, row.status),
        "Gjort": short_date(row.event_date) if row.event_date else "ikke gjort",
        "Ansvarlig": word(vocabulary.PARTIES, row.responsible),
    }
    return tuple(cells[column] for column in without(LATE_COLUMNS, unit))


def by_institution(data: ReportData, rows: Sequence[WorklistRow]) -> list[tuple[str, str, str]]:
    """Return the open duties of each institution: soon due and overdue."""
    counts: dict[str, list[int]] = {}
    for row in rows:
        pair = counts.setdefault(_name(data, "institution", row.institution_code), [0, 0])
        pair[row.days_left < 0] += 1
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return [(name, number(soon), number(overdue)) for name, (soon, overdue) in ordered]


def rule_title(data: ReportData, rule_id: str) -> str:
    """Return a duty's title; an unknown one is shown as it is."""
    return data.titles().get(rule_id, rule_id)


def contact(row: CaseRow) -> str:
    """Return how to reach the institution of a case."""
    return row.institution_mail_address or row.institution_phone or "ikke oplyst"


def _name(data: ReportData, level: str, code: str | None) -> str:
    if not code:
        return "ukendt"
    known = data.units.get((level, code))
    return known.name if known else code

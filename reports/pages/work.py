"""What can still be done on one unit's page: whose move it is and by when, duty by duty, and the list of cases.

Belongs here: counting and ordering the rows of the worklist and putting them in table cells. Does not belong here:
deciding whose move it is, which the rules do from the evidence of each case. Every row of the list is counted once: by
the owner of its next step, as in place for now, or as a backlog more than a year old.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from pipelines import vocabulary
from pipelines.danish import long_date, number, short_date
from pipelines.vocabulary import word
from reports import html
from reports.editions import Edition, unit_folder
from reports.figures.data import ReportData, Unit
from reports.figures.published_rows import WorklistRow
from reports.pages.cases import CasePlaces, case_cells, without
from reports.pages.page_header import header
from reports.words import wording

# Longer lists are cut on the page and whole on a page of their own and in data.xlsx.
ROWS_ON_A_PAGE = 40
WEEK, MONTH = 7, 30
COLUMNS = (
    "Sag",
    "Pligt",
    "Kommune",
    "Institution",
    "Frist",
    "Dage til frist",
    "Næste skridt",
    "Hos",
    "Senest",
    "Årsag til overskridelsen",
    "Kontakt",
)
STEP_HEADINGS = ("Næste skridt er hos", "Pligt", "Straks", "Inden 7 dage", "Inden 30 dage", "Senere", "I alt")


def work_parts(data: ReportData, unit: Unit, places: CasePlaces) -> dict[str, Any]:
    """Return what a page says about open duties: counts apart, steps by owner and duty, and the first of the list."""
    rows = ordered(data.open_cases(unit.key))
    waiting, in_place, old = split(rows)
    return {
        "work_today": long_date(data.run.as_of),
        "work_lead": _lead(rows, waiting, in_place, old),
        "work_steps": steps(data, waiting),
        "work_steps_head": list(STEP_HEADINGS),
        "work_head": list(without(COLUMNS, unit)),
        "work": [cells(data, unit, row, places) for row in (*waiting, *in_place)[:ROWS_ON_A_PAGE]],
        "work_total": number(len(rows)),
        "work_is_cut": len(rows) > ROWS_ON_A_PAGE,
    }


def ordered(rows: Sequence[WorklistRow]) -> list[WorklistRow]:
    """Return the rows with the most pressing step first: by its day, then by the duty's own deadline."""
    return sorted(
        rows,
        key=lambda row: (row.next_step_deadline or row.deadline, row.deadline, row.case_id, row.rule_id),
    )


def split(rows: Sequence[WorklistRow]) -> tuple[list[WorklistRow], list[WorklistRow], list[WorklistRow]]:
    """Return what waits for a step, what is in place for now, and what is more than a year late."""
    old = [row for row in rows if row.is_over_a_year_late]
    rest = [row for row in rows if not row.is_over_a_year_late]
    return [row for row in rest if row.next_step_by], [row for row in rest if not row.next_step_by], old


def steps(data: ReportData, waiting: Sequence[WorklistRow]) -> list[tuple[str, ...]]:
    """Return how many steps each owner has under each duty, by when they must be taken; the last row sums them."""
    today = data.run.as_of
    titles = data.titles()
    counts: dict[tuple[str, str], list[int]] = {}
    for row in waiting:
        column = _column((row.next_step_deadline or row.deadline) - today)
        counts.setdefault((str(row.next_step_by), row.rule_id), [0] * 4)[column] += 1
    order = list(vocabulary.PARTIES)
    known = sorted(counts, key=lambda key: (order.index(key[0]), titles.get(key[1], key[1])))
    table = [
        (word(vocabulary.PARTIES, party), titles.get(rule, rule), *_numbers(counts[party, rule]))
        for party, rule in known
    ]
    if len(table) > 1:
        table.append(("I alt", "alle pligter", *_numbers([sum(column) for column in zip(*counts.values())])))
    return table


def _column(left: datetime.timedelta) -> int:
    return 0 if left.days < 0 else 1 if left.days < WEEK else 2 if left.days < MONTH else 3


def _numbers(counts: Sequence[int]) -> tuple[str, ...]:
    return *(number(count) for count in counts), number(sum(counts))


def _lead(
    rows: Sequence[WorklistRow],
    waiting: Sequence[WorklistRow],
    in_place: Sequence[WorklistRow],
    old: Sequence[WorklistRow],
) -> str:
    if not rows:
        return "Ingen frister udløber inden for 60 dage, og ingen overskredne pligter venter på at blive opfyldt."
    parts = [f"{number(len(waiting))} {'pligt venter' if len(waiting) == 1 else 'pligter venter'} på et skridt"]
    if in_place:
        parts.append(f"{number(len(in_place))} er på plads indtil videre")
    if old:
        parts.append(f"{number(len(old))} er mere end et år overskredet og tælles for sig")
    return f"{'; '.join(parts)}."


def cells(data: ReportData, unit: Unit, row: WorklistRow, places: CasePlaces) -> tuple[str, ...]:
    """Return one row of the list as a page shows it."""
    told = case_cells(data, row, places) | {
        "Dage til frist": days_left(row.days_left),
        "Næste skridt": step(row),
        "Hos": word(vocabulary.PARTIES, row.next_step_by) if row.next_step_by else vocabulary.NOTHING,
        "Senest": short_date(row.next_step_deadline) if row.next_step_deadline else vocabulary.NOTHING,
        "Årsag til overskridelsen": word(vocabulary.PARTIES, row.responsible)
        if row.responsible
        else vocabulary.NOTHING,
    }
    return tuple(told[column] for column in without(COLUMNS, unit))


def step(row: WorklistRow) -> str:
    """Return what is to be done next in words."""
    return word(vocabulary.NEXT_STEPS, row.next_step) if row.next_step else "på plads indtil videre"


def days_left(days: int) -> str:
    """Return how long there is to a deadline, or how long it is past."""
    if days == 0:
        return "i dag"
    count = f"{number(abs(days))} {'dag' if abs(days) == 1 else 'dage'}"
    return count if days > 0 else f"{count} overskredet"


def work_page(edition: Edition, data: ReportData, unit: Unit, *, owner: str | None = None) -> str:
    """Return the page of the whole list: what waits for a step first, what is in place next, the backlog last."""
    waiting, in_place, old = split(ordered(data.open_cases(unit.key)))
    rows = [*waiting, *in_place, *old]
    has_pages = edition.name != "kommune"
    page = header(edition, data, unit_folder(unit) if has_pages else "", "Arbejdsliste", unit.level)
    places = CasePlaces(edition, page["root"])
    page |= {
        "unit_name": wording.unit_name(unit),
        "has_pages": has_pages,
        "work_today": long_date(data.run.as_of),
        "lead": _lead(rows, waiting, in_place, old),
        "head": list(without(COLUMNS, unit)),
        "sorts": [_SORTS.get(column, "text") for column in without(COLUMNS, unit)],
        "rows": [list(zip(cells(data, unit, row, places), _values(unit, row))) for row in rows],
    }
    return html.render("work.html.j2", edition, page, owner=owner)


_SORTS = {"Frist": "number", "Dage til frist": "number", "Senest": "number"}


def _values(unit: Unit, row: WorklistRow) -> list[str | int]:
    """Return what dates and numbers are sorted by, and nothing for texts."""
    by = {
        "Frist": row.deadline.toordinal(),
        "Dage til frist": row.days_left,
        "Senest": row.next_step_deadline.toordinal() if row.next_step_deadline else "",
    }
    return [by.get(column, "") for column in without(COLUMNS, unit)]

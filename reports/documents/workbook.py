"""``data.xlsx``: figures with filters and a frozen heading, case lists where allowed, and a sheet of definitions.

Belongs here: sheets and cell formats. Numbers are numbers; no text becomes a formula or a link, whatever it begins
with. Does not belong here: choosing rows (``rows``).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from pipelines import vocabulary
from pipelines.danish import long_date
from pipelines.rules.documentation import reason_words
from pipelines.table_files import new_workbook
from pipelines.vocabulary import word
from reports.documents.lean_sheet import LeanSheet
from reports.documents.rows import (
    HIDDEN_MARK,
    NOTHING_MARK,
    DocumentTable,
    cooperation_rows,
    release_rows,
    split_rows,
    undeterminable_rows,
)
from reports.editions import Edition
from reports.figures.data import ReportData, Unit
from reports.figures.published_rows import CaseRow, LateCaseRow, WorklistRow
from reports.pages.cases import contact
from reports.pages.work import ordered, step
from reports.words import wording
from reports.words.hidden import HIDDEN_IN_WORDS

WIDTHS = {
    "fordelt_paa": 24,
    "vaerdi": 34,
    "grund": 40,
    "pligt": 38,
    "enhed": 26,
    "niveau": 13,
    "periodetype": 22,
    "pligt_id": 30,
    "norm": 12,
}
PEERS_TITLE = "Andre kommuner"
SHEETS = {kind: vocabulary.capital(text) for kind, text in vocabulary.PERIOD_TYPES.items()}
CASE_MEANINGS = {
    "Sag": "Sagens nummer i klientsystemet",
    "Pligt": "Pligtens navn",
    "Status": "Sagens udfald under pligten",
    "Kommune": "Den kommune, pligten gælder",
    "Institution": "Den institution, sagen hører til",
    "Frist": "Pligtens frist",
    "Gjort": "Dagen, hvor det skete",
    "Dage": "Dage til fristen; negativ, når den er overskredet",
    "Årsag": "Hvorfor udfaldet er, som det er",
    "Ansvarlig": "Hvem der var årsag til, at det kom for sent eller ikke er gjort",
    "Næste skridt": "Hvad der mangler i en åben pligt",
    "Hos": "Hvem der skal tage skridtet",
    "Senest": "Den dag, skridtet senest skal tages",
    "Kontakt": "Institutionens mailadresse, ellers dens telefon",
}
CASE_COLUMNS = tuple(CASE_MEANINGS)


def write_workbook(
    path: Path | BinaryIO,
    edition: Edition,
    own: ReportData,
    unit: Unit | None,
    figures: Mapping[str, DocumentTable],
    owner: str | None = None,
) -> None:
    """Write the workbook of one unit; without a unit that of all of them, which has no cases and names no owner."""
    name = wording.unit_name(unit) if unit else PEERS_TITLE
    with new_workbook(path) as book:
        add = partial(book.add_worksheet, worksheet_class=LeanSheet)
        book.set_properties(
            {
                "title": f"God Løsladelse: {name}" + (" (syntetiske data)" if own.run.is_synthetic else ""),
                "subject": edition.title,
                "author": owner or "God Løsladelse",
                "comments": edition.marking,
                # The day of assessment, never the clock: the same figures give the same file.
                "created": datetime.datetime.combine(own.run.as_of, datetime.time(), datetime.UTC).replace(tzinfo=None),
            }
        )
        heading = book.add_format({"bold": True, "bg_color": "#F3F6F9", "bottom": 1, "valign": "top"})
        date = book.add_format({"num_format": "dd-mm-yyyy", "align": "left"})
        tenth = book.add_format({"num_format": "0.0"})
        count = book.add_format({"num_format": "#,##0"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _about(add("Læs mig"), edition, own, name, owner, wrap)
        formats = {"share": tenth, "days": tenth, "count": count}
        tables = [(SHEETS[kind], table) for kind, table in figures.items()]
        for title, table in tables:
            _figures(add(title), table, heading, formats)
        with_cases = unit if edition.full else None
        if with_cases is not None:
            for title, found in (
                ("Fordelinger", split_rows(own, with_cases)),
                ("Kan ikke afgøres", undeterminable_rows(own, with_cases)),
                ("Løsladelser", release_rows(own, with_cases)),
                ("Samarbejde", cooperation_rows(own, with_cases)),
            ):
                if not found.rows and title in ("Løsladelser", "Samarbejde"):
                    continue
                _figures(add(title), found, heading, formats)
                tables.append((title, found))
            _cases(add("Arbejdsliste"), own, ordered(own.open_cases(with_cases.key)), heading, date)
            _cases(add("Ikke til tiden"), own, own.cases_not_in_time(with_cases.key), heading, date)
        _definitions(add("Definitioner"), own, tables, with_cases is not None, heading, wrap)


def _about(sheet: Any, edition: Edition, own: ReportData, name: str, owner: str | None, wrap: Any) -> None:
    lines = [
        f"God Løsladelse: {name}",
        f"Denne fil tilhører {owner}." if owner else edition.title,
        "SYNTETISKE DATA: sagerne er opdigtede." if own.run.is_synthetic else "",
        f"Opgjort pr. {long_date(own.run.as_of)} efter leverance {own.run.batch_id}, beregning {own.run.code_version}.",
        edition.marking,
        f"Et tal, der ikke vises, er en tom celle; grunden står i kolonnen ved siden af: {HIDDEN_MARK} = "
        f"{HIDDEN_IN_WORDS.removeprefix('skjult ')}; {NOTHING_MARK} = {vocabulary.NOTHING_IN_WORDS}. Et skjult tal kan "
        "være nul.",
        "Hvert ark med tal har én slags periode, den nyeste øverst.",
        "Kolonner og pligter er forklaret i arket Definitioner.",
    ]
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(line for line in lines if line):
        sheet.write_string(row, 0, line, wrap)


def _figures(sheet: Any, table: DocumentTable, heading: Any, formats: dict[str, Any]) -> None:
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.name, heading)
        sheet.set_column(index, index, WIDTHS.get(column.name, max(10, len(column.name) + 3)))
    cell_formats = [formats.get(column.kind) for column in table.columns]
    write_string, write_number = sheet.write_string, sheet.write_number
    for row, values in enumerate(table.rows, 1):
        for index, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    write_string(row, index, value)
            elif value is not None:
                write_number(row, index, value, cell_formats[index])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)


def _cases(sheet: Any, own: ReportData, rows: Sequence[CaseRow], heading: Any, date: Any) -> None:
    titles = own.titles()
    for index, name in enumerate(CASE_COLUMNS):
        sheet.write_string(0, index, name, heading)
        sheet.set_column(index, index, (18, 38, 14, 22, 26, 12, 12, 8, 34, 26, 30, 20, 12, 30)[index])
    for number, row in enumerate(rows, 1):
        municipality = own.units.get(("municipality", row.municipality_code or ""))
        institution = own.units.get(("institution", row.institution_code or ""))
        texts = (
            str(row.case_id),
            titles.get(row.rule_id, row.rule_id),
            vocabulary.status_word(row.rule_id, row.status),
            municipality.name if municipality else "ukendt",
            institution.name if institution else str(row.institution_code),
        )
        for index, text in enumerate(texts):
            sheet.write_string(number, index, text)
        sheet.write_datetime(number, 5, row.deadline, date)
        if isinstance(row, LateCaseRow) and row.event_date:
            sheet.write_datetime(number, 6, row.event_date, date)
        else:
            sheet.write_string(number, 6, vocabulary.STATUSES["missed"])
        days = row.days_left if isinstance(row, WorklistRow) else row.days_margin
        if days is None:
            sheet.write_string(number, 7, "ikke oplyst")
        else:
            sheet.write_number(number, 7, days)
        why = reason_words(row.rule_id, row.reason).word if row.reason else "ingen"
        sheet.write_string(number, 8, why)
        # The cause of what is late is the outcome's; whose the next step is stands beside it and is another thing.
        sheet.write_string(number, 9, word(vocabulary.PARTIES, row.responsible) if row.responsible else "ingen")
        if isinstance(row, WorklistRow) and row.next_step_by:
            sheet.write_string(number, 10, step(row))
            sheet.write_string(number, 11, word(vocabulary.PARTIES, row.next_step_by))
            sheet.write_datetime(number, 12, row.next_step_deadline, date)
        else:
            is_in_place = isinstance(row, WorklistRow) and row.is_in_place
            sheet.write_string(number, 10, "på plads indtil videre" if is_in_place else "ingen")
        sheet.write_string(number, 13, contact(row))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(CASE_COLUMNS) - 1)


def _definitions(
    sheet: Any, own: ReportData, tables: list[tuple[str, DocumentTable]], has_cases: bool, heading: Any, wrap: Any
) -> None:
    sheet.set_column(0, 1, 34)
    sheet.set_column(2, 3, 24)
    sheet.set_column(4, 4, 90)
    for index, name in enumerate(("Betegnelse", "Navn", "Norm", "Kilde", "Forklaring")):
        sheet.write_string(0, index, name, heading)
    used = {row[3] for _title, table in tables[:1] for row in table.rows}
    row = 1
    for rule in own.rules:
        if rule.rule_id not in used:
            continue
        cells = (rule.rule_id, rule.title, word(vocabulary.NORMS, rule.norm), rule.source, rule.text)
        for index, text in enumerate(cells):
            sheet.write_string(row, index, text, wrap)
        row += 1
    for title, table in tables:
        for column in table.columns:
            for index, text in enumerate((column.name, f"Kolonne i arket {title}", "", "", column.meaning)):
                if text:
                    sheet.write_string(row, index, text, wrap)
            row += 1
    for name, meaning in CASE_MEANINGS.items() if has_cases else ():
        for index, text in enumerate((name, "Kolonne i arkene Arbejdsliste og Ikke til tiden", "", "", meaning)):
            if text:
                sheet.write_string(row, index, text, wrap)
        row += 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row - 1, 4)

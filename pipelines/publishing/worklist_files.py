"""The worklist and the late cases as files per institution and per municipality, for those who can still act.

Belongs here: which columns and rows the files have. Does not belong here: what is urgent or late (``marts.worklist``,
``marts.late_cases``) and the form of the files (``table_files``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import layout
from pipelines.danish import long_date
from pipelines.rules.documentation import next_step_word, reason_words
from pipelines.table_files import Sheet, write_csv, write_workbook
from pipelines.vocabulary import CASE_TYPES, NORMS, PARTIES, capital, status_word, word

_Row = dict[str, Any]
_Column = tuple[str, Callable[[_Row], Any]]


def _reason(row: _Row) -> str | None:
    return capital(reason_words(row["rule_id"], row["reason"]).word) if row["reason"] else None


def _next_step(row: _Row) -> str | None:
    return capital(next_step_word(row["rule_id"], row["next_step"])) if row["next_step"] else None


def _party(code: str | None) -> str | None:
    return word(PARTIES, code) if code else None


def _common(row_of: str) -> list[_Column]:
    return [
        ("Sag", lambda row: row["case_id"]),
        ("Sagsart", lambda row: word(CASE_TYPES, row["case_type"])),
        ("Pligt", lambda row: row["title_da"]),
        ("Norm", lambda row: word(NORMS, row["norm"])),
        (row_of, lambda row: status_word(row["rule_id"], row["status"])),
        ("Frist", lambda row: row["deadline"]),
    ]


_PLACE: list[_Column] = [
    ("Kommunekode", lambda row: row["municipality_code"]),
    ("Kommune", lambda row: row["municipality_name"]),
    ("Institution", lambda row: row["institution_name"]),
    ("Institutionens telefon", lambda row: row["institution_phone"]),
    ("Institutionens mail", lambda row: row["institution_mail_address"]),
]

_WORKLIST: list[_Column] = [
    *_common("Stand"),
    ("Dage til fristen", lambda row: row["days_left"]),
    ("På plads indtil videre", lambda row: row["is_in_place"]),
    ("Over 1 år forsinket", lambda row: row["is_over_a_year_late"]),
    ("Næste skridt", lambda row: _next_step(row)),
    ("Næste skridt hos", lambda row: _party(row["next_step_by"])),
    ("Næste skridt senest", lambda row: row["next_step_deadline"]),
    ("Ansvarlig for forsinkelsen", lambda row: _party(row["responsible"])),
    *_PLACE,
]
_LATE: list[_Column] = [
    *_common("Udfald"),
    ("Opfyldt", lambda row: row["event_date"]),
    ("Dage efter fristen", lambda row: None if row["days_margin"] is None else -row["days_margin"]),
    ("Årsag", lambda row: _reason(row)),
    ("Ansvarlig", lambda row: _party(row["responsible"])),
    *_PLACE,
]

#: What the files are split by: folder, column of the tables, and the table with the unit's name.
_SPLITS = (
    ("institution", "institution_code", "select institution_code, name from publish.pub_institution"),
    ("kommune", "municipality_code", "select distinct municipality_code, name from publish.pub_municipality"),
)


@dataclass(frozen=True)
class ExportedWorklist:
    """How much was written where."""

    folder: Path
    institutions: int
    municipalities: int
    open_duties: int
    late_cases: int


def export(connection: Any, folder: Path) -> ExportedWorklist:
    """Write ``arbejdsliste.csv``, ``forsinkede.csv`` and ``lister.xlsx`` per institution and municipality.

    A unit with nothing open and nothing late has no folder. The rows keep the order of the tables: most urgent first.
    """
    worklist = _rows(connection, "select * from publish.pub_worklist order by urgency")
    late = _rows(connection, "select * from publish.pub_late_case order by deadline desc, rule_id, case_id")
    as_of, batch = connection.execute("select as_of, batch_id from publish.pub_run").fetchall()[0]
    counts = {}
    for place, column, names in _SPLITS:
        units = dict(connection.execute(names).fetchall())
        written = 0
        for code in sorted(units):
            own = [row for row in worklist if row[column] == code], [row for row in late if row[column] == code]
            if any(own):
                about = {
                    "Lister for": f"{units[code]} ({code})",
                    "Opgjort pr.": long_date(as_of),
                    "Leverance": batch,
                    "Arbejdsliste": "Pligter med frist inden for 60 dage og ikke gjorte, der endnu kan opfyldes.",
                    "Forsinkede": "Pligter, der er gjort for sent eller ikke gjort, i de seneste fire kvartaler.",
                }
                _write(folder / place / layout.plain_name(code), *own, about)
                written += 1
        counts[place] = written
    return ExportedWorklist(folder, counts["institution"], counts["kommune"], len(worklist), len(late))


def _write(folder: Path, worklist: list[_Row], late: list[_Row], about: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sheets = (_sheet("Arbejdsliste", _WORKLIST, worklist), _sheet("Forsinkede", _LATE, late))
    for sheet, name in zip(sheets, ("arbejdsliste.csv", "forsinkede.csv"), strict=True):
        write_csv(folder / name, sheet)
    write_workbook(folder / "lister.xlsx", sheets, about=about)


def _sheet(name: str, columns: list[_Column], rows: list[_Row]) -> Sheet:
    return Sheet(name, [heading for heading, _ in columns], list(_values(columns, rows)))


def _values(columns: list[_Column], rows: list[_Row]) -> Iterator[list[Any]]:
    for row in rows:
        yield [value(row) for _, value in columns]


def _rows(connection: Any, query: str) -> list[_Row]:
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]

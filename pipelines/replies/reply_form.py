"""The reply form: a municipality's late cases as a workbook to fill in.

Belongs here: the form's sheets. Does not belong here: what stands on its lines (``form_lines``), what comes back
(``returned_form``) and our answer to it (``answer_file``).
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.replies import form_lines, form_wordings
from pipelines.replies.form_contract import agreed
from pipelines.table_files import new_workbook
from pipelines.vocabulary import STATUSES, word

SHEET, GUIDE = "Svar", "Vejledning"
#: What stands beside the form's version in the guide.
VERSION = "Skemaets version"
#: What the municipality writes in ``raekke`` for what we do not have.
NEW = "ny"
_WIDTHS = {"regel": 28, "pligt": 46, "aarsag": 22, "bestridt_dato": 26, "institution": 28, "rettet_af": 22}


def template(connection: Any, municipality_code: str, as_of: datetime.date) -> bytes:
    """Return the form of one municipality; the same warehouse gives the same bytes."""
    return _workbook(form_lines.lines(connection, municipality_code), municipality_code, as_of)


def templates(connection: Any, as_of: datetime.date) -> dict[str, bytes]:
    """Return the forms of all municipalities that have a late case, by code; each is what ``template`` gives."""
    return {code: _workbook(lines, code, as_of) for code, lines in form_lines.lines_of_all(connection).items()}


def _workbook(lines: Sequence[Mapping[str, Any]], municipality_code: str, as_of: datetime.date) -> bytes:
    memory = io.BytesIO()
    workbook = titled_workbook(memory, f"Svar på sager, kommune {municipality_code}", as_of)
    columns = agreed().reply.columns
    sheet = write_table(workbook, SHEET, [(one.name, one.type) for one in columns], lines, frozen=2)
    last = max(len(lines), 1)
    not_asked = workbook.add_format({"bg_color": "#e6e6e6"})
    for place, column in enumerate(columns):
        if column.name in ("aarsag", "bestridt_dato"):
            rules = {
                "validate": "list",
                "source": list(column.values),
                "error_title": "Vælg på listen",
                "error_message": "Fri tekst modtages ikke. Koderne er forklaret på arket Vejledning.",
            }
            sheet.data_validation(1, place, last, place, rules)
        if column.name == "aarsag":
            for number, line in enumerate(lines, start=1):
                if line["svar_oenskes"] == "nej":
                    sheet.write_blank(number, place, None, not_asked)
    guide = workbook.add_worksheet(GUIDE)
    guide.set_column(0, 0, 28)
    guide.set_column(1, 1, 90)
    bold = workbook.add_format({"bold": True})
    for number, (left, right) in enumerate(guide_lines()):
        guide.write_string(number, 0, left, bold if not right else None)
        guide.write_string(number, 1, right)
    workbook.close()
    return memory.getvalue()


def titled_workbook(memory: io.BytesIO, title: str, as_of: datetime.date) -> Any:
    """Return an empty workbook with a title, which is the same every time."""
    workbook = new_workbook(memory)
    created = datetime.datetime.combine(as_of, datetime.time(), tzinfo=datetime.UTC)
    workbook.set_properties({"title": title, "author": "Kriminalforsorgen", "created": created})
    return workbook


def write_table(
    workbook: Any, name: str, columns: Sequence[tuple[str, str]], lines: Sequence[Mapping[str, Any]], frozen: int
) -> Any:
    """Add a sheet with a heading line and one line for each mapping of column name to value; return the sheet.

    ``columns`` are names with their types, as the contract calls those.
    """
    bold = workbook.add_format({"bold": True, "bg_color": "#e3eef6"})
    day = workbook.add_format({"num_format": "dd-mm-yyyy"})
    sheet = workbook.add_worksheet(name)
    for place, (heading, kind) in enumerate(columns):
        sheet.write_string(0, place, heading, bold)
        sheet.set_column(place, place, _WIDTHS.get(heading, 15), day if kind == "date" else None)
        for number, line in enumerate(lines, start=1):
            value = line.get(heading)
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
            elif value is not None:
                sheet.write_string(number, place, value)
    sheet.autofilter(0, 0, max(len(lines), 1), len(columns) - 1)
    sheet.freeze_panes(1, frozen)
    return sheet


def guide_lines() -> list[tuple[str, str]]:
    """Return the lines of the guide, which a returned form may hold and nothing else."""
    words = agreed()
    lines = [
        ("Sådan svarer kommunen", ""),
        (VERSION, str(form_wordings.newest())),
        (
            "1",
            "Vælg en årsag på listen i kolonnen aarsag, hvor svar_oenskes er ja: der var trinnet kommunens eget. Lad "
            "den stå tom, hvor kommunen ikke svarer.",
        ),
        (
            "2",
            "Har kommunen en anden dato end vores: vælg i bestridt_dato, hvilken dato det er, og skriv kommunens dato "
            "i kommunens_dato, for eksempel 05-01-2026. Det kan kommunen på alle linjer.",
        ),
        (
            "3",
            f"Har vi slet ikke registreret det (en henvendelse, et møde, en ansøgning): skriv {NEW} i raekke, hvis der "
            "står noget i forvejen. Var en anden kommune handlekommune: vælg anden_kommune_fra, skriv dagen i "
            "kommunens_dato og den anden kommunes kode i anden_kommune.",
        ),
        ("4", "Skriv intet andet. Bemærkninger, navne og personnumre modtages ikke; filen afvises."),
        (
            "5",
            "En årsag ændrer ikke udfaldet; den tælles ved siden af. En bestridt dato afgøres af en anden end den, "
            "der registrerer svaret, og kommunen får svar på hver sag.",
        ),
        ("Årsager", ""),
        *words.words("aarsag").items(),
        ("Datoer, der kan bestrides", ""),
        *(
            (code, f"{text}. Gælder: {', '.join(words.disputes[code].rules) or 'alle pligter'}")
            for code, text in words.words("bestridt_dato").items()
        ),
        ("Udfald", ""),
        *((code, word(STATUSES, status)) for status, code in form_lines.STATUS_CODES.items()),
        ("Hvis trin det var", ""),
        *words.words("ansvarlig").items(),
        ("Rettelser", ""),
        *words.words("rettelse").items(),
        ("Kolonner", ""),
        *((column.name, column.description) for column in words.reply.columns),
    ]
    return lines

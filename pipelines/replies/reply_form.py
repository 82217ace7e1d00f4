"""The reply form: a municipality's late cases as a workbook to fill in, and the filled-in workbook read back.

Belongs here: the form's sheets, and everything that a filled-in one must fulfil before it is recorded. Does not belong
here: recording (``replies``) and the safety of a workbook's bytes (``pipelines.receiving.workbook_reading``).

Nothing but codes, dates and numbers of ours gets in: there is no cell in which free text would be accepted.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from pipelines.receiving import workbook_reading
from pipelines.receiving.refusal import DeliveryRefused, shown_name
from pipelines.replies.claimed_dates import objection
from pipelines.replies.form_contract import REPLY_FILE, Dispute, FileRefused, agreed, named, refuse_numbers, rows
from pipelines.replies.replies import Reply
from pipelines.vocabulary import STATUSES, word

SHEET, GUIDE = "Svar", "Vejledning"
_STATUS_CODES = {"late": "for_sent", "missed": "ikke_gjort"}
_LARGEST_FILE = 5_000_000
_WIDTHS = {"regel": 28, "pligt": 46, "aarsag": 22, "bestridt_dato": 26}
# Parts of a workbook in which a remark can stand outside the cells. The file itself is never kept, only its answers.
_REMARKS = re.compile(r"comment|person|drawing|media/|charts?/|diagram|slicer", re.I)

Held = dict[str, dict[str, datetime.date | None]]

_LATE = """
    select case_id, rule_id, status, deadline, event_date
    from publish.pub_late_case where municipality_code = ? order by deadline, case_id, rule_id
"""


def late_cases(connection: Any, municipality_code: str) -> list[dict[str, Any]]:
    """Return the municipality's late and missed cases of the last four quarters, oldest deadline first."""
    names = ("case_id", "rule_id", "status", "deadline", "event_date")
    return [dict(zip(names, row)) for row in connection.execute(_LATE, [municipality_code]).fetchall()]


def rule_titles(connection: Any) -> dict[str, str]:
    """Return the rules' names by code."""
    return dict(connection.execute("select rule_id, title_da from publish.pub_rule").fetchall())


def held_rows(connection: Any, dispute: Dispute, municipality_code: str) -> Held:
    """Return our rows that a disputed date can stand on, of the municipality's late cases: case -> row key -> date."""
    columns = {row[0] for row in connection.execute(f"describe raw.{dispute.table}").fetchall()}
    conditions = ["sags_id in (select case_id from publish.pub_late_case where municipality_code = ?)"]
    values = [municipality_code]
    if "kommunekode" in columns:
        conditions.append("kommunekode = ?")
        values.append(municipality_code)
    for column, value in dispute.only.items():
        conditions.append(f'"{column}" = ?')
        values.append(value)
    found = connection.execute(
        f'select sags_id, "{dispute.key}", try_cast("{dispute.column}" as date) from raw.{dispute.table} '
        f"where {' and '.join(conditions)} order by 1, 3, 2",
        values,
    ).fetchall()
    held: Held = {}
    for case_id, key, day in found:
        held.setdefault(case_id, {})[key] = day
    return held


def template(connection: Any, municipality_code: str, as_of: datetime.date) -> bytes:
    """Return the form of one municipality; the same warehouse gives the same bytes."""
    import xlsxwriter

    held = {code: held_rows(connection, one, municipality_code) for code, one in agreed().disputes.items()}
    titles = rule_titles(connection)
    lines = [
        line | {"pligt": titles.get(line["regel"])}
        for case in late_cases(connection, municipality_code)
        for line in _lines(held, case, municipality_code)
    ]
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(memory, options)
    workbook.set_properties(
        {
            "title": f"Svar på sager, kommune {municipality_code}",
            "author": "Kriminalforsorgen",
            "created": datetime.datetime.combine(as_of, datetime.time(), tzinfo=datetime.UTC),
        }
    )
    bold = workbook.add_format({"bold": True, "bg_color": "#e3eef6"})
    day = workbook.add_format({"num_format": "dd-mm-yyyy"})
    sheet = workbook.add_worksheet(SHEET)
    columns = agreed().reply.columns
    last = max(len(lines), 1)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, bold)
        sheet.set_column(place, place, _WIDTHS.get(column.name, 15), day if column.type == "date" else None)
        for number, line in enumerate(lines, start=1):
            value = line.get(column.name)
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
            elif value is not None:
                sheet.write_string(number, place, value)
        if column.name in ("aarsag", "bestridt_dato"):
            sheet.data_validation(
                1,
                place,
                last,
                place,
                {
                    "validate": "list",
                    "source": list(column.values),
                    "error_title": "Vælg på listen",
                    "error_message": "Fri tekst modtages ikke. Koderne er forklaret på arket Vejledning.",
                },
            )
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.freeze_panes(1, 2)
    guide = workbook.add_worksheet(GUIDE)
    guide.set_column(0, 0, 28)
    guide.set_column(1, 1, 90)
    for number, (left, right) in enumerate(_guide()):
        guide.write_string(number, 0, left, bold if not right else None)
        guide.write_string(number, 1, right)
    workbook.close()
    return memory.getvalue()


def _lines(held: dict[str, Held], case: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Return one line per row of ours that the outcome can rest on; one without a row when there is none."""
    base = {
        "kommunekode": code,
        "sags_id": case["case_id"],
        "regel": case["rule_id"],
        "udfald": _STATUS_CODES[case["status"]],
        "frist": case["deadline"],
    }
    disputes = agreed().disputes_of(case["rule_id"])
    # The date that decides the outcome is the one that most other rules do not share: the last named for the rule.
    own = next((one for one in reversed(disputes) if one.column != "fuldstaendig"), disputes[-1] if disputes else None)
    ours = held[own.code].get(case["case_id"], {}) if own else {}
    if not ours:
        return [{**base, "vores_dato": case["event_date"]}]
    return [{**base, "raekke": key, "vores_dato": date} for key, date in ours.items()]


def _guide() -> list[tuple[str, str]]:
    """Return the lines of the guide, which a returned form may hold and nothing else."""
    words = agreed()
    lines = [
        ("Sådan svarer kommunen", ""),
        ("1", "Vælg en årsag på listen i kolonnen aarsag. Lad den stå tom, hvor kommunen ikke svarer."),
        (
            "2",
            "Har kommunen en anden dato end vores: vælg årsagen anden_dato, vælg i bestridt_dato, hvilken dato det er, "
            "og skriv kommunens dato i kommunens_dato.",
        ),
        ("3", "Skriv intet andet. Bemærkninger, navne og personnumre modtages ikke; filen afvises."),
        (
            "4",
            "En årsag ændrer ikke udfaldet; den tælles ved siden af. En bestridt dato afgøres af en anden end den, "
            "der registrerer svaret.",
        ),
        ("Årsager", ""),
        *words.words("aarsag").items(),
        ("Datoer, der kan bestrides", ""),
        *(
            (code, f"{text}. Gælder: {', '.join(words.disputes[code].rules)}")
            for code, text in words.words("bestridt_dato").items()
        ),
        ("Udfald", ""),
        *((code, word(STATUSES, status)) for status, code in _STATUS_CODES.items()),
        ("Kolonner", ""),
        *((column.name, column.description) for column in words.reply.columns),
    ]
    return lines


def read(
    connection: Any, file: Path, today: datetime.date, expected_municipality: str | None = None
) -> tuple[bytes, list[Reply]]:
    """Return the bytes and the replies of a filled-in form; raises FileRefused with one Danish message otherwise."""
    try:
        return _read(connection, file, today, expected_municipality)
    except FileRefused as problem:
        raise named(problem, REPLY_FILE, file) from None


def _read(
    connection: Any, file: Path, today: datetime.date, expected_municipality: str | None
) -> tuple[bytes, list[Reply]]:
    data = _bytes(file)
    lines = _checked_rows(data)
    answered = [(line, row) for line, row in lines if row["aarsag"] or row["bestridt_dato"] or row["kommunens_dato"]]
    if not answered:
        raise FileRefused("Svaret har ingen udfyldte rækker. Vælg mindst én årsag, og send det igen.")
    code = str(lines[0][1]["kommunekode"])
    other = next((line for line, row in lines if row["kommunekode"] != code), None)
    if other is not None:
        raise FileRefused(
            f"{REPLY_FILE} række {other}: svaret nævner flere kommuner. En kommune svarer kun på sine egne sager; lad "
            "kolonnen kommunekode stå, som den blev sendt."
        )
    if expected_municipality not in (None, code):
        raise FileRefused(f"Svaret er fra kommune {code}, men skulle være fra kommune {expected_municipality}.")
    known = {(case["case_id"], case["rule_id"]) for case in late_cases(connection, code)}
    replies: list[Reply] = []
    seen = set()
    for line, row in answered:
        where = f"{REPLY_FILE} række {line}"
        case_id, rule_id = str(row["sags_id"]), str(row["regel"])
        if (case_id, rule_id) not in known:
            # The same words whether the case exists or is another municipality's, so that nothing can be learnt of it.
            raise FileRefused(
                f"{where}: sagen og reglen står ikke på kommune {code}'s liste over sager, der er for sent eller ikke "
                "gjort i de seneste fire kvartaler. Hele filen er afvist. Brug en ny liste: god-loesladelse "
                "reply template"
            )
        reply = _reply(connection, where, code, row, today)
        same = (case_id, rule_id, reply.row_key, reply.disputed)
        if same in seen:
            raise FileRefused(f"{where} svarer på det samme som en tidligere række. Lad én af dem stå.")
        seen.add(same)
        replies.append(reply)
    titles = rule_titles(connection)
    for line, row in lines:
        if row["pligt"] not in (None, titles.get(str(row["regel"]))):
            raise FileRefused(
                f"{REPLY_FILE} række {line}: kolonnen pligt er ændret. Fri tekst modtages ikke; lad kolonnen stå, som "
                "den blev sendt."
            )
    return data, replies


def _reply(connection: Any, where: str, code: str, row: dict[str, str | None], today: datetime.date) -> Reply:
    case_id, rule_id, reason = str(row["sags_id"]), str(row["regel"]), row["aarsag"]
    if reason is None:
        raise FileRefused(f"{where} har ingen årsag. Vælg en på listen.")
    disputed, claimed = row["bestridt_dato"], row["kommunens_dato"]
    if disputed is None and claimed is None and reason != "anden_dato":
        return Reply(code, case_id, rule_id, reason)
    if disputed is None or claimed is None:
        raise FileRefused(
            f"{where}: bestridt_dato og kommunens_dato skal udfyldes sammen. Udfyld begge, eller vælg en anden årsag, "
            "og lad begge stå tomme."
        )
    day = datetime.date.fromisoformat(claimed)
    if day > today:
        raise FileRefused(f"{where}: kommunens_dato ligger i fremtiden. Skriv den dag, det skete.")
    dispute = agreed().disputes[disputed]
    if rule_id not in dispute.rules:
        raise FileRefused(f"{where}: den dato har ingen betydning for reglen. Se arket {GUIDE} for de datoer, der har.")
    held = held_rows(connection, dispute, code).get(case_id, {})
    row_key = row["raekke"]
    if row_key is None and len(held) == 1:
        row_key = next(iter(held))
    if row_key is None and held:
        raise FileRefused(
            f"{where}: sagen har {len(held)} rækker hos os med den dato. Angiv hvilken i kolonnen raekke."
        )
    if row_key is None and not dispute.may_be_new:
        raise FileRefused(
            f"{where}: vi har ingen ansøgning, kontakt eller møde, som datoen kan stå på. Vælg en anden årsag."
        )
    if row_key is not None and row_key not in held:
        raise FileRefused(
            f"{where}: kolonnen raekke nævner ikke en række, som den bestridte dato står på. Lad den stå, som den blev "
            "sendt."
        )
    ours = held[row_key] if row_key is not None else None
    if ours == day:
        raise FileRefused(f"{where}: kommunens dato er den samme som vores. Skriv en anden, eller vælg en anden årsag.")
    against = objection(connection, dispute, case_id, row_key, day)
    if against is not None:
        raise FileRefused(f"{where}: {against}. Ret kommunens_dato.")
    before = _deadlines(connection, case_id, dispute)
    return Reply(code, case_id, rule_id, reason, disputed, dispute.table, row_key, dispute.column, ours, day, before)


def _deadlines(connection: Any, case_id: str, dispute: Dispute) -> tuple[tuple[str, datetime.date | None], ...]:
    """Return the deadlines that the case has now under the rules whose outcome a disputed date can change."""
    found = connection.execute(
        "select rule_id, max(deadline) from marts.fct_rule_outcome where case_id = ? and rule_id in (select unnest(?)) "
        "group by rule_id order by rule_id",
        [case_id, [*dispute.rules, *dispute.also]],
    ).fetchall()
    return tuple((rule_id, deadline) for rule_id, deadline in found)


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_FILE:
            raise FileRefused(f"{REPLY_FILE}: filen findes ikke eller er over {_LARGEST_FILE // 1_000_000} MB.")
        return file.read_bytes()
    except OSError:
        raise FileRefused(f"{REPLY_FILE}: filen kan ikke læses. Giv programmet adgang til den.") from None


def _checked_rows(data: bytes) -> list[tuple[int, dict[str, str | None]]]:
    """Return the rows of the sheet; refuses an unsafe workbook, and text in any place."""
    try:
        table = workbook_reading.read(agreed().reply, data, "iso", agreed().most_rows)
    except DeliveryRefused as problem:
        raise FileRefused(f"Svaret er afvist, og intet er gemt: {problem.message}") from None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(_REMARKS.search(name) for name in archive.namelist()):
            raise FileRefused(
                "Svaret har kommentarer, figurer eller andet end celler. Fjern dem; bemærkninger modtages ikke."
            )
    sheets = _sheets(data)
    refuse_numbers(
        (f"{REPLY_FILE}, arket {shown_name(name)}, række {number},", str(cell))
        for name, lines in sheets.items()
        for number, line in enumerate(lines, start=1)
        for cell in line
    )
    if list(sheets)[:1] != [SHEET] or not set(sheets) <= {SHEET, GUIDE}:
        raise FileRefused(f"Svaret skal have arkene {SHEET} og {GUIDE} og ingen andre. Brug skemaet, som det er sendt.")
    allowed = {text for pair in _guide() for text in pair} | {""}
    if any(_plain(cell) not in allowed for line in sheets.get(GUIDE, []) for cell in line):
        raise FileRefused(f"Arket {GUIDE} er ændret. Bemærkninger modtages ikke; brug skemaet, som det er sendt.")
    result = rows(table, "iso")
    if not result:
        raise FileRefused("Svaret har ingen rækker. Brug skemaet, som det er sendt.")
    return result


def _sheets(data: bytes) -> dict[str, list[list[Any]]]:
    import python_calamine

    sheets: dict[str, list[list[Any]]] | None = None
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        sheets = None
    if sheets is None:
        raise FileRefused("Svaret kan ikke læses. Gem regnearket som xlsx, og send det igen.")
    return sheets


def _plain(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

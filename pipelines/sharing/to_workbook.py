"""A workbook that fetches the shared counts from the exported database, and works each measure out of their sums.

Belongs here: the workbook, its connections and its formulas. Does not belong here: what a measure is (the warehouse's
``semantic.measures``, whose formulas are written over into the workbook's) and the export to the database.

The counts are in the workbook as they were when it was written, so that it can be used at once; "Refresh all" fetches
them again through the machine's own data source (ODBC). No address and no password is in it.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from pipelines.durable_files import protect
from pipelines.errors import UserError
from pipelines.table_files import harmless, new_workbook

if TYPE_CHECKING:
    import duckdb

#: The name of the data source on the machine of whoever opens the workbook.
DATA_SOURCE = "god_loesladelse"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
#: The tables that are fetched: the name of sheet and table, and whether a rule is asked for beside quarter and
#: municipality.
_FETCHED = {"duty_counts": ("Pligter", True), "release_counts": ("Løsladelser", False)}
_SUM = re.compile(r"sum\((\w+)\)")
_QUOTIENT = re.compile(r"cast\((sum\(\w+\)) as double precision\) / nullif\((sum\(\w+\)), 0\)")
_ALL = "alle"


def write(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, int]:
    """Write the workbook; returns the rows of each table in it. Raises UserError when the file cannot be written."""
    import duckdb

    unfinished = file.with_name(f".{file.name}.ufaerdig")
    try:
        columns, rows = _write_sheets(connection, unfinished)
        _connect(unfinished, columns)
        protect(unfinished)
        os.replace(unfinished, file)
    except duckdb.CatalogException:
        raise UserError(
            "Datavarehuset er bygget af en tidligere version af programmet og har ikke de tal, regnearket henter. Kør "
            "god-loesladelse run, og prøv igen."
        ) from None
    except (OSError, FileCreateError):
        raise UserError(f"{file} kan ikke skrives. Er den åben i Excel? Luk den, og prøv igen.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


# ---- sheets ---------------------------------------------------------------------------------------------------------


def _write_sheets(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[dict[str, Sequence[str]], dict[str, int]]:
    columns: dict[str, Sequence[str]] = {}
    rows: dict[str, int] = {}
    with new_workbook(file) as book:
        front = book.add_worksheet("Opslag")
        for table, (name, _) in _FETCHED.items():
            found = connection.execute(f"select * from semantic.{table} order by all")
            columns[table] = [described[0] for described in found.description]
            content = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in found.fetchall()]
            rows[f"semantic.{table}"] = len(content)
            sheet = book.add_worksheet(name)
            options = {"name": name, "columns": [{"header": column} for column in columns[table]], "data": content}
            sheet.add_table(0, 0, max(len(content), 1), len(columns[table]) - 1, options)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
        _write_choices(connection, book)
        _write_front(connection, book, front)
    return columns, rows


def _write_choices(connection: duckdb.DuckDBPyConnection, book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Valg")
    municipalities = "select distinct municipality_code from semantic.duty_counts order by all"
    lists = {
        "Kvartaler": "select distinct quarter from semantic.duty_counts order by quarter desc",
        "Kommuner": f"select '{_ALL}' union all ({municipalities})",
        "Regler": "select distinct rule_id from semantic.duty_counts order by all",
    }
    for column, (name, query) in enumerate(lists.items()):
        values = [row[0] for row in connection.execute(query).fetchall()]
        sheet.write_column(0, column, values)
        letter = "ABC"[column]
        book.define_name(name, f"=Valg!${letter}$1:${letter}${max(len(values), 1)}")
    sheet.hide()


def _write_front(connection: duckdb.DuckDBPyConnection, book: xlsxwriter.Workbook, sheet: Any) -> None:
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0 %"})
    first, last, rule = connection.execute(
        "select min(quarter), max(quarter), min(rule_id) from semantic.duty_counts"
    ).fetchall()[0]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 18)
    sheet.set_column(3, 3, 90)
    sheet.write("A1", "Vælg, og læs målene nedenfor", bold)
    choices = (
        ("Fra og med kvartal", "Kvartaler", first),
        ("Til og med kvartal", "Kvartaler", last),
        ("Kommune (kode)", "Kommuner", _ALL),
        ("Pligt (regel)", "Regler", rule),
    )
    for row, (label, values, chosen) in enumerate(choices, start=1):
        sheet.write(row, 0, label)
        sheet.write(row, 1, chosen)
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": f"={values}"})
    sheet.write_row(6, 0, ["Mål", "Værdi", "Regnes af", "Hvad det siger"], bold)
    measures = connection.execute(
        "select counts_table, name_da, formula, description_da from semantic.measures"
    ).fetchall()
    for row, (table, name, formula, text) in enumerate(measures, start=7):
        value = connection.execute(f"select {formula} from semantic.{table} {_chosen_rule(table, rule)}").fetchall()[0][
            0
        ]
        is_share = bool(_QUOTIENT.fullmatch(formula))
        sheet.write(row, 0, name)
        sheet.write_formula(row, 1, excel_formula(table, formula), share if is_share else None, value or 0)
        sheet.write(row, 2, _FETCHED[table][0])
        sheet.write(row, 3, text)
    end = 8 + len(measures)
    for row, text in enumerate(
        (
            "Fulde tal, kun til brug i Direktoratet. Andele lægges aldrig sammen: de regnes her af summerne.",
            f"Data > Opdater alle henter tallene igen gennem datakilden {DATA_SOURCE} (ODBC), se docs/drift.md.",
        ),
        start=end,
    ):
        sheet.write(row, 0, text)


def _chosen_rule(table: str, rule: str | None) -> str:
    return f"where rule_id = '{rule}'" if _FETCHED[table][1] and rule else ""


def excel_formula(table: str, formula: str) -> str:
    """Return a measure's formula over the table in the workbook, for what is chosen on the first sheet.

    Raises ValueError for a formula of another form than a sum, or one sum of another.
    """
    name, has_rule = _FETCHED[table]

    def chosen(match: re.Match[str]) -> str:
        rule = f"*({name}[rule_id]=$B$5)" if has_rule else ""
        quarters = f"({name}[quarter]>=$B$2)*({name}[quarter]<=$B$3)"
        place = f'((($B$4="{_ALL}")+({name}[municipality_code]=$B$4))>0)'
        return f"SUMPRODUCT({quarters}*{place}{rule}*{name}[{match[1]}])"

    if quotient := _QUOTIENT.fullmatch(formula):
        above, below = (_SUM.sub(chosen, part) for part in quotient.groups())
        return f'=IF({below}=0,"",{above}/{below})'
    if _SUM.fullmatch(formula):
        return "=" + _SUM.sub(chosen, formula)
    raise ValueError(formula)


# ---- connections ----------------------------------------------------------------------------------------------------


def _connect(file: Path, columns: dict[str, Sequence[str]]) -> None:
    """Let each table be the answer to a query: the parts that xlsxwriter does not write (ECMA-376, 18.13 and 18.15)."""
    with zipfile.ZipFile(file) as book:
        parts = {item.filename: book.read(item) for item in book.infolist()}
    connections, overrides = [], [f'<Override PartName="/xl/connections.xml" ContentType="{_TYPE}connections+xml"/>']
    for number, (table, names) in enumerate(columns.items(), start=1):
        place = f"xl/tables/table{number}.xml"
        parts[place] = _as_answer(parts[place].decode(), names).encode()
        parts[f"xl/tables/_rels/table{number}.xml.rels"] = _relations(
            [("rId1", "queryTable", f"../queryTables/queryTable{number}.xml")]
        )
        parts[f"xl/queryTables/queryTable{number}.xml"] = _query_table(number, table, names)
        overrides.append(
            f'<Override PartName="/xl/queryTables/queryTable{number}.xml" ContentType="{_TYPE}queryTable+xml"/>'
        )
        query = f"select {', '.join(names)} from semantic.{table} order by {', '.join(names[:3])}"
        connections.append(
            f'<connection id="{number}" name={quoteattr(table)} type="1" refreshedVersion="6" saveData="1">'
            f'<dbPr connection="DSN={DATA_SOURCE};" command={quoteattr(query)}/></connection>'
        )
    parts["xl/connections.xml"] = _xml(f'<connections xmlns="{_SHEET}">{"".join(connections)}</connections>')
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace("</Types>", "".join(overrides) + "</Types>").encode()
    workbook = "xl/_rels/workbook.xml.rels"
    relation = f'<Relationship Id="rIdConnections" Type="{_KIND}connections" Target="connections.xml"/>'
    parts[workbook] = parts[workbook].decode().replace("</Relationships>", f"{relation}</Relationships>").encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _as_answer(table: str, names: Sequence[str]) -> str:
    for number in range(1, len(names) + 1):
        table = table.replace(
            f'<tableColumn id="{number}" ',
            f'<tableColumn id="{number}" uniqueName="{number}" queryTableFieldId="{number}" ',
        )
    return table.replace("<table ", '<table tableType="queryTable" ', 1)


def _query_table(number: int, name: str, names: Sequence[str]) -> bytes:
    fields = "".join(
        f'<queryTableField id="{field}" name={quoteattr(column)} tableColumnId="{field}"/>'
        for field, column in enumerate(names, start=1)
    )
    return _xml(
        f'<queryTable xmlns="{_SHEET}" name={quoteattr(name)} connectionId="{number}" autoFormatId="16" '
        'applyNumberFormats="0" applyBorderFormats="0" applyFontFormats="0" applyPatternFormats="0" '
        'applyAlignmentFormats="0" applyWidthHeightFormats="0">'
        f'<queryTableRefresh nextId="{len(names) + 1}"><queryTableFields count="{len(names)}">{fields}'
        "</queryTableFields></queryTableRefresh></queryTable>"
    )


def _relations(wanted: Sequence[tuple[str, str, str]]) -> bytes:
    inside = "".join(f'<Relationship Id="{id}" Type="{_KIND}{kind}" Target="{to}"/>' for id, kind, to in wanted)
    return _xml(f'<Relationships xmlns="{_RELATIONS}">{inside}</Relationships>')


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()

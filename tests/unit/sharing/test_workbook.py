"""The workbook: its tables are answers to queries, its formulas the warehouse's measures, and it holds no address."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import openpyxl
import pytest

from pipelines import cli
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.sharing import to_workbook

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MEASURES = Path(to_workbook.__file__).parents[2] / "dbt_project" / "models" / "semantic" / "measures.sql"


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """An output folder with counts of two quarters, and the measures as the dbt project has them."""
    output = Output(tmp_path / "output")
    output.root.mkdir()
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute(
            "create schema raw; create schema marts; create schema publish; create schema semantic; "
            "create table raw.run as select '2026-09-30' as batch_id, date '2026-09-30' as as_of, "
            "'d' as build_digest, 'v' as code_version; "
            "create table semantic.duty_counts as select * from (values "
            "('2026-Q2', '101', 'aid_decided', 10, 5, 3, 2, 8, 5), "
            "('2026-Q3', '101', 'aid_decided', 6, 5, 1, 0, 4, 4), "
            "('2026-Q3', 'ukendt', 'aid_decided', 4, 2, 1, 1, 4, 2), ('2026-Q3', '101', 'aid_paid', 9, 9, 0, 0, 9, 9)) "
            "as t (quarter, municipality_code, rule_id, due, met, late, missed, own_due, own_met); "
            "create table semantic.release_counts as select * from (values ('2026-Q3', '101', 7, 5, 4)) "
            "as t (quarter, municipality_code, releases, with_core_due, whole_releases); "
        )
        query = re.sub(r"\{\{.*?\}\}", "", MEASURES.read_text(encoding="utf-8"))
        connection.execute(f"create view semantic.measures as {query}")
    return output


def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as book:
        assert book.testzip() is None
        return {name: book.read(name) for name in book.namelist()}


def test_the_command_writes_it_and_the_values_are_those_of_the_sums(output: Output, tmp_path: Path) -> None:
    file = tmp_path / "tal.xlsx"
    assert cli.main(["export", "--output", str(output.root), "--workbook", str(file)]) == 0
    front = openpyxl.load_workbook(file, data_only=True)["Opslag"]
    values = {row[0].value: row[1].value for row in front.iter_rows(min_row=8, max_col=2) if row[1].value is not None}
    assert values["Forfaldne"] == 20 and values["Til tiden"] == 12
    assert values["Andel til tiden"] == pytest.approx(12 / 20)
    assert values["Partens egen andel"] == pytest.approx(11 / 16)
    assert values["Andel hele løsladelser"] == pytest.approx(4 / 5)
    assert file.stat().st_mode & 0o077 == 0


def test_each_measure_of_the_project_has_its_formula_and_another_form_is_never_guessed_at(output: Output) -> None:
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        measures = connection.execute("select counts_table, formula from semantic.measures").fetchall()
    assert len(measures) == 8
    for table, formula in measures:
        written = to_workbook.excel_formula(table, formula)
        wanted = re.findall(r"sum\((\w+)\)", formula)
        assert set(re.findall(r"\*\w+\[(\w+)\]\)", written)) == set(wanted)
        assert written.count("(") == written.count(")")
    with pytest.raises(ValueError, match="avg"):
        to_workbook.excel_formula("duty_counts", "avg(rate)")


def test_each_table_is_the_answer_to_a_query_of_its_own_columns(output: Output, tmp_path: Path) -> None:
    file = tmp_path / "tal.xlsx"
    assert cli.main(["export", "--output", str(output.root), "--workbook", str(file)]) == 0
    inside = parts(file)
    connections = list(ElementTree.fromstring(inside["xl/connections.xml"]))
    assert [one.get("name") for one in connections] == ["duty_counts", "release_counts"]
    for number, connection in enumerate(connections, start=1):
        asked = connection.find(f"{SHEET}dbPr")
        assert asked is not None and asked.get("connection") == "DSN=god_loesladelse;"
        answer = ElementTree.fromstring(inside[f"xl/queryTables/queryTable{number}.xml"])
        assert answer.get("connectionId") == connection.get("id")
        fields = {field.get("id"): field.get("name") for field in answer.iter(f"{SHEET}queryTableField")}
        table = ElementTree.fromstring(inside[f"xl/tables/table{number}.xml"])
        assert table.get("tableType") == "queryTable"
        columns = {column.get("queryTableFieldId"): column.get("name") for column in table.iter(f"{SHEET}tableColumn")}
        assert columns == fields
        with duckdb.connect(str(output.warehouse), read_only=True) as warehouse:
            found = warehouse.execute(str(asked.get("command")))
            assert [name for name, *_ in found.description] == list(fields.values())
    for name, content in inside.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
    types = inside["[Content_Types].xml"].decode()
    assert all(f"/{name}" in types for name in inside if name.startswith(("xl/queryTables", "xl/connections")))
    assert not any(str(tmp_path).encode() in content or b"postgresql://" in content for content in inside.values())


def test_a_place_that_cannot_be_written_is_told_and_the_old_file_stays(output: Output, tmp_path: Path) -> None:
    with (
        duckdb.connect(str(output.warehouse), read_only=True) as connection,
        pytest.raises(UserError, match="kan ikke skrives"),
    ):
        to_workbook.write(connection, tmp_path / "findes ikke" / "tal.xlsx")


def test_a_file_of_another_kind_and_restricted_rows_are_refused(output: Output, tmp_path: Path) -> None:
    words = ["export", "--output", str(output.root), "--workbook"]
    assert cli.main([*words, str(tmp_path / "tal.csv")]) == 2
    assert cli.main([*words, str(tmp_path / "tal.xlsx"), "--restricted"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["output"]

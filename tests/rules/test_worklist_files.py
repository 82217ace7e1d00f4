"""The exported lists: every row in its unit's files, nothing in anybody else's, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from pipelines.publishing import worklist_files
from pipelines.table_files import Sheet, harmless, write_csv, write_workbook
from tests.rules import warehouses


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("lists")
    with duckdb.connect(str(warehouses.demo()), read_only=True) as connection:
        worklist_files.export(connection, target)
    return target


def read(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(("place", "column"), [("institution", "institution_code"), ("kommune", "municipality_code")])
@pytest.mark.parametrize(
    ("name", "table"), [("arbejdsliste.csv", "marts.worklist"), ("forsinkede.csv", "marts.late_cases")]
)
def test_each_unit_has_exactly_its_own_rows(folder: Path, place: str, column: str, name: str, table: str) -> None:
    wanted = dict(
        warehouses.rows(
            warehouses.demo(),
            f"select {column}, count(*) from {table} where {column} is not null group by {column}",
        )
    )
    found = {unit.name: len(read(unit / name)) for unit in (folder / place).iterdir()}
    assert {code: count for code, count in found.items() if count} == wanted


def test_the_workbook_holds_the_same_rows_as_the_csv_files(folder: Path) -> None:
    for unit in sorted((folder / "kommune").iterdir())[:5]:
        book = CalamineWorkbook.from_path(str(unit / "lister.xlsx"))
        assert book.sheet_names == ["Om", "Arbejdsliste", "Forsinkede"]
        for sheet, name in (("Arbejdsliste", "arbejdsliste.csv"), ("Forsinkede", "forsinkede.csv")):
            assert len(book.get_sheet_by_name(sheet).to_python()) - 1 == len(read(unit / name))


def test_the_most_urgent_comes_first(folder: Path) -> None:
    for unit in (folder / "institution").iterdir():
        left = [int(row["Dage til fristen"]) for row in read(unit / "arbejdsliste.csv")]
        assert left == sorted(left)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, text: str) -> None:
    sheet = Sheet("Ark", ["Overskrift"], [[text]])
    write_csv(tmp_path / "a.csv", sheet)
    assert harmless(text) in (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    write_workbook(tmp_path / "a.xlsx", [sheet], about={"Om": text})
    value = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name("Ark").to_python()[1][0]
    assert str(value).strip() == text.strip()


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    sheet = Sheet("Ark", ["A", "B"], [["x", 1], [None, 2.5]])
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, [sheet], about={"Om": "noget"})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()

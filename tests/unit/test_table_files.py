"""No text of others becomes a formula in any table that the program writes: one guard, the strictest."""

from __future__ import annotations

import ast
import csv
import io
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from pipelines.table_files import Sheet, harmless, new_workbook, write_csv
from reports.documents.csv_file import field
from tests.conventions.imports import modules
from tests.shared_material import SHARED

CORPORA = [SHARED / "corpora" / "blns" / "blns.txt", *sorted((SHARED / "corpora" / "payloads").rglob("*.txt"))]


def begins_a_formula(cell: str) -> bool:
    """Whether a spreadsheet could run the cell: by what its first visible letter is when all widths are one."""
    letters = [letter for letter in cell if unicodedata.category(letter)[0] not in "ZC"]
    return unicodedata.normalize("NFKC", "".join(letters[:1])) in ("=", "+", "-", "@")


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0+", "\u200b=", "\ufeff@", "＝", "＋", "－", "＠"]
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str, tmp_path: Path) -> None:
    text = f"{start}HYPERLINK(1)"
    assert harmless(text) == f"'{text}"
    write_csv(tmp_path / "a.csv", Sheet("Ark", ["Overskrift"], [[text]]))
    assert f"'{text}" in (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    assert "'" in field(text)[:2]


@pytest.mark.parametrize("text", ["", "Aarhus", "–", "..", "1-2", "a=b", "3. kvartal 2026", "' =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.skipif(not CORPORA[0].is_file(), reason="the corpora of hostile strings are not beside the repository")
def test_no_hostile_string_becomes_a_formula() -> None:
    texts = [
        line for file in CORPORA for line in file.read_text(encoding="utf-8", errors="replace").split("\n") if line
    ]
    assert sum(begins_a_formula(text) for text in texts) > 20
    for text in texts:
        written = next(csv.reader(io.StringIO(field(text), newline=""), delimiter=";"), [""])
        assert not begins_a_formula(harmless(text)), text
        assert not begins_a_formula(written[0]), text


def test_no_other_module_has_a_guard_of_its_own() -> None:
    for module, file in modules().items():
        if module != "pipelines.table_files":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Tuple | ast.List | ast.Set):
                    signs = {one.value for one in node.elts if isinstance(one, ast.Constant)}
                    assert not {"=", "+", "-", "@"} <= signs, (module, node.lineno)


def test_every_workbook_that_is_written_begins_with_the_guard() -> None:
    """But for those of made-up deliveries, whose texts are to arrive as a sender may have written them."""
    for module, file in modules().items():
        if module not in ("pipelines.table_files", "pipelines.demo.batch_files"):
            called = [node.func for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
            assert not any(isinstance(one, ast.Attribute) and one.attr == "Workbook" for one in called), module


def test_a_workbook_for_a_stream_leaves_no_file_and_no_text_of_it_runs() -> None:
    stream = io.BytesIO()
    with new_workbook(stream) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["=1+1", "http://example.dk", "12"])
    (row,) = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active.iter_rows()
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in row] == [
        ("=1+1", "s", None),
        ("http://example.dk", "s", None),
        ("12", "s", None),
    ]

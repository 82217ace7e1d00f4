"""The documents: accessible PDF, a workbook of numbers, a csv that no spreadsheet runs."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from pipelines import vocabulary
from pipelines.errors import UserError
from reports import html, packing, packs
from reports.documents.csv_file import csv_bytes, field
from reports.documents.rows import figure_tables
from reports.documents.workbook import write_workbook
from reports.editions import FULL
from tests.reports.small_world import world


def test_every_report_follows_pdf_ua_and_pdf_a(site: Path) -> None:
    import page
    import pypdf

    reports = sorted(site.rglob("*.pdf"))
    assert len(reports) > 8
    for path in reports:
        content = path.read_bytes()
        for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
            result = page.validate_pdf_bytes(content, profile=profile)
            found = [failure.message for failure in result.failures if not excused(failure.message, content)]
            assert not found, (path, found[:3])
    reader = pypdf.PdfReader(site / "direktorat/kommune/851/rapport.pdf")
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "da-DK" and bool(root["/MarkInfo"]["/Marked"])
    assert reader.metadata and reader.metadata.title == (
        "Aalborg Kommune – God Løsladelse, direktoratets udgave (syntetiske data)"
    )


def test_a_report_names_each_row_and_column_and_leads_to_its_parts_and_to_the_law(site: Path) -> None:
    import pikepdf

    with pikepdf.open(site / "direktorat/kommune/851/rapport.pdf") as opened:
        scopes: dict[str, set[str]] = {"/THead": set(), "/TBody": set()}
        rows = 0
        for found in opened.objects:
            if isinstance(found, pikepdf.Dictionary) and found.get("/S") == "/TR":
                rows += 1
                cells = list(found.K)
                named = cells if found.P.S == "/THead" else cells[:1]
                assert {str(cell.S) for cell in named} == {"/TH"} and all(
                    cell.S == "/TD" for cell in cells[len(named) :]
                )
                for cell in named:
                    scopes[str(found.P.S)] |= {str(one.Scope) for one in cell.A if "/Scope" in one}
        assert rows > 100 and scopes == {"/THead": {"/Column"}, "/TBody": {"/Row"}}
        links = [note for one in opened.pages for note in one.get("/Annots", ()) if note.Subtype == "/Link"]
        inside = [note for note in links if "/Dest" in note]
        laws = {str(note.A.URI) for note in links if "/A" in note}
        assert len(inside) > 20, "the contents lead to each part"
        assert laws and all(address.startswith("https://www.retsinformation.dk/eli/") for address in laws)
        assert all(str(note.Contents).strip() and "/StructParent" in note for note in links)


def excused(message: str, content: bytes) -> bool:
    """Return whether the validator takes a carriage return at the end of a stream's bytes for the end of a line.

    Compressed bytes end with one by chance, once in 256 times; the length is right when ``endstream`` follows it.
    """
    starts = re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", content)
    ends = [one.end() + int(one[1]) for one in starts]
    is_right = all(content[end : end + 10] == b"\nendstream" for end in ends)
    return "stream /Length" in message and is_right and any(content[end - 1 : end] == b"\r" for end in ends)


def test_a_pack_names_its_owner_in_every_file(site: Path) -> None:
    import pypdf
    from openpyxl import load_workbook

    folder = site / "kommune/851"
    for path in {*folder.glob("*.html")} - {folder / name for name in packs.ALIKE}:
        text = path.read_text(encoding="utf-8")
        assert '<meta name="author" content="Aalborg Kommune">' in text and "Kommunens udgave: Aalborg Kommune" in text
        assert "<script" not in text and "assets/" not in text
    metadata = pypdf.PdfReader(folder / "rapport.pdf").metadata
    assert metadata and metadata.author == "Aalborg Kommune"
    assert load_workbook(folder / "data.xlsx").properties.creator == "Aalborg Kommune"


def test_a_pack_that_leaves_names_its_owner_on_every_page_and_needs_nothing_else(site: Path, tmp_path: Path) -> None:
    folder = site / "kommune/851"
    content = packing.zipped(folder, "2026-09-30-2", date(2026, 9, 30))
    assert content == packing.zipped(folder, "2026-09-30-2", date(2026, 9, 30))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        assert packed.comment.decode() == "Aalborg Kommune (851)"
        packed.extractall(tmp_path)
    inside = "god-loesladelse_851_aalborg_2026-09-30-2"
    everything = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(names) == {f"{inside}/{name}" for name in everything} and "svar.xlsx" in everything
    pages = list((tmp_path / inside).glob("*.html"))
    cases = list((tmp_path / inside / "sag").glob("*.html"))
    assert len(pages) == 6 and len(cases) > 3
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert text.count('<meta name="author" content="Aalborg Kommune">') == 1
        assert text.count("Kommunens udgave: Aalborg Kommune") == 1
    for path in cases:
        assert "<span>Aalborg Kommune</span>" in path.read_text(encoding="utf-8")
    for path in pages + cases:
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"#:]+)["#]', text):
            assert (path.parent / link).is_file(), (path.name, link)


def test_what_is_the_same_in_every_pack_names_no_municipality_as_its_owner(site: Path) -> None:
    for name in packs.ALIKE:
        text = (site / "kommune/851" / name).read_text(encoding="utf-8")
        assert 'name="author"' not in text and "Kommunens udgave:" not in text
    assert "Aalborg" not in (site / "kommune/851" / html.FONTS_FILE).read_text(encoding="utf-8")


def test_a_folder_without_a_pack_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ingen pakke"):
        packing.zipped(tmp_path, "2026-09-30", date(2026, 9, 30))


def test_the_workbook_has_numbers_filters_a_frozen_heading_and_definitions(site: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(site / "direktorat/kommune/851/data.xlsx")
    assert book.sheetnames == [
        "Læs mig",
        "Rullende fire kvartaler",
        "Kvartal",
        "Fordelinger",
        "Kan ikke afgøres",
        "Løsladelser",
        "Arbejdsliste",
        "Ikke til tiden",
        "Definitioner",
    ]
    sheet = book["Rullende fire kvartaler"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref
    headings = [cell.value for cell in sheet[1]]
    assert isinstance(sheet.cell(2, headings.index("forfaldne") + 1).value, int)
    defined = {row[0].value for row in book["Definitioner"].iter_rows(min_row=2)}
    assert {row[3].value for row in sheet.iter_rows(min_row=2)} <= defined and set(headings) <= defined
    for name in ("Fordelinger", "Kan ikke afgøres", "Arbejdsliste", "Ikke til tiden", "Kvartal"):
        assert {cell.value for cell in book[name][1]} <= defined and book[name].max_row > 1
    parties = {row[9].value for row in book["Arbejdsliste"].iter_rows(min_row=2)}
    assert parties and parties <= {"Kommunen", "Kriminalforsorgen", "ingen"}
    steps = {row[11].value for row in book["Arbejdsliste"].iter_rows(min_row=2)}
    assert steps and steps <= {"Kommunen", "Kriminalforsorgen", None}
    nation = load_workbook(site / "direktorat/data.xlsx", read_only=True)
    assert nation["Samarbejde"].max_row == 99 and "Løsladelser" in nation.sheetnames


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_text_becomes_a_formula(tmp_path: Path, start: str) -> None:
    from openpyxl import load_workbook

    data = world()
    unit = dataclasses.replace(data.units["institution", "F01"], name=f"{start}HYPERLINK(1)")
    tables = figure_tables(FULL, data, data, unit)
    first = csv_bytes(tables["rolling4"]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert f"'{start}HYPERLINK(1)" in first
    write_workbook(tmp_path / "x.xlsx", FULL, data, unit, tables)
    sheet = load_workbook(tmp_path / "x.xlsx")["Rullende fire kvartaler"]
    assert sheet["B2"].data_type == "s" and sheet["B2"].hyperlink is None


def test_the_csv_is_what_a_danish_spreadsheet_expects(site: Path) -> None:
    content = (site / "direktorat/kommune/851/data.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b";" in content
    line = next(row for row in content.decode("utf-8-sig").split("\r\n") if "aid_paid" in row and "2026-Q3" in row)
    assert ";55;;39;;70,9;57,9;81,2;;dem, hvor kommunen kunne nå det;61;;40;;" in line
    assert field(1234.56) == "1234,6" and field('a;"b"') == '"a;""b"""' and field(None) == ""


def test_a_number_is_a_number_or_an_empty_cell_with_its_mark_beside_it(site: Path) -> None:
    from openpyxl import load_workbook

    marks = set()
    for path in sorted(site.rglob("data.xlsx")):
        book = load_workbook(path, read_only=True)
        for name in book.sheetnames:
            rows = list(book[name].iter_rows(values_only=True))
            if "forfaldne_maerke" not in rows[0]:
                continue
            at = {heading: index for index, heading in enumerate(rows[0])}
            for row in rows[1:]:
                for count in ("forfaldne", "til_tiden", "borgerne_forfaldne", "borgerne_til_tiden"):
                    value, mark = row[at[count]], row[at[f"{count}_maerke"]]
                    assert (value is None) == (mark == "skjult") and (value is None or isinstance(value, int)), row
                share, mark = row[at["andel_pct"]], row[at["andel_maerke"]]
                assert (share is None) == (mark is not None) and (share is None or isinstance(share, int | float)), row
                marks.add(mark)
    assert marks == {None, "skjult", "ingen"}


def test_a_sheet_and_a_file_have_one_type_of_period_the_newest_first(site: Path) -> None:
    import csv

    kinds = set()
    for path in sorted(site.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        assert len({row["periodetype"] for row in rows}) <= 1, path
        own = [row["periode"] for row in rows if row["enhed"] == rows[0]["enhed"]]
        assert own == sorted(own, reverse=True), path
        kinds |= {(path.name, row["periodetype"]) for row in rows}
    rolling, quarter = vocabulary.PERIOD_TYPES["rolling4"], vocabulary.PERIOD_TYPES["quarter"]
    assert kinds == {("data.csv", rolling), ("data-kvartal.csv", quarter), ("andre.csv", rolling)}

"""Every number on every page, document and chart equals the warehouse's."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from pipelines.units import NATION
from reports.figures.data import ReportData, Window
from reports.pages.releases import CAPTION, HEADINGS, SPLITS
from reports.read_back.read_figures import (
    HTML_TABLE,
    TWICE,
    Contradiction,
    Published,
    agreed,
    html_table,
    published_cells,
)
from tests.reports.protecting import crude_cells
from tests.reports.small_world import world

SHARES = ("rate", "low", "high", "own_rate", "own_low", "own_high")
COUNTS = ("due", "met", "own_due", "own_met")


def expected(data: ReportData, cell: Published) -> float | None:
    if cell.kind.startswith(TWICE):
        year = Window(cell.kind.removeprefix(TWICE), cell.period)
        figures = [data.figures[cell.level, cell.unit][cell.rule, *one] for one in (year, year.before)]
        if cell.measure in SHARES:
            due, met = ("own_due", "own_met") if cell.measure.startswith("own") else ("due", "met")
            return 100 * sum(getattr(one, met) for one in figures) / sum(getattr(one, due) for one in figures)
        return float(sum(getattr(one, cell.measure) for one in figures))
    figure = data.figures[cell.level, cell.unit][cell.rule, cell.kind, cell.period]
    value = getattr(figure, cell.measure)
    return value * 100 if cell.measure in SHARES and value is not None else value


def test_every_number_of_the_directorates_edition_is_the_warehouses(site: Path) -> None:
    data = world()
    kinds: collections.Counter[str] = collections.Counter()
    for cell in published_cells(site / "direktorat", data):
        kinds[cell.file.rsplit(".", 1)[1]] += 1
        kinds[cell.kind.split(" ")[0]] += 1
        wanted = expected(data, cell)
        tolerance = 0.501 if cell.measure in SHARES else 0
        assert cell.value == pytest.approx(wanted, abs=tolerance), cell
    assert all(kinds[kind] > 4000 for kind in ("html", "pdf", "csv", "xlsx")), kinds
    assert kinds["two"] > 200


def test_the_shared_edition_prints_the_protected_cells_and_no_others(site: Path) -> None:
    data = world()
    cells = crude_cells(data)
    shown = list(published_cells(site / "delt", data.without_figures()))
    # The sample has not every unit's page, and so not both of the years that its map adds.
    found = agreed(cell for cell in shown if not cell.kind.startswith(TWICE))
    assert len(found) > 1000
    assert {key[4] for key in found} == {"due", "met", "own_due", "own_met"}
    for key, value in found.items():
        due, met = cells[(*key[:4], key[4].replace("met", "due"))], cells[key]
        hidden = not isinstance(met, int) or not isinstance(due, int)
        assert value == (None if hidden else met), key
    assert any(value is None for value in found.values())


def test_a_rate_is_never_printed_where_a_count_is_hidden(site: Path) -> None:
    cells = list(published_cells(site / "delt", world().without_figures()))
    hidden = {(*cell[:5], cell.measure[:3]) for cell in cells if cell.measure in COUNTS and cell.value is None}
    assert {measure for *_key, measure in hidden} >= {"due", "own"}
    for cell in cells:
        counts = ("own",) if cell.measure.startswith("own") else ("due", "met")
        if cell.measure in SHARES and {(*cell[:5], count) for count in counts} & hidden:
            assert cell.value is None, cell


def test_a_pack_says_of_others_what_the_shared_edition_says(site: Path) -> None:
    data = world()
    cells = crude_cells(data)
    others = 0
    for cell in published_cells(site / "kommune/851", data.without_figures()):
        if cell.unit == "851" and cell.level == "municipality":
            continue
        assert cell.kind == "rolling4"
        if cell.measure in COUNTS and cell.value is not None:
            assert cells[cell.rule, cell.level, cell.unit, cell.period, cell.measure] == cell.value
            others += 1
    assert others > 2000


@pytest.mark.parametrize(("before", "added", "is_right"), [(11, 23, True), (11, 24, False), (None, 12, False)])
def test_two_years_are_added_from_two_that_are_shown_and_from_nothing_else(
    before: int | None, added: int, is_right: bool
) -> None:
    place = ("contact_sentence", "municipality", "851")
    cells = [
        Published(*place, "two year", "2025", "due", added, "map"),
        Published(*place, "year", "2025", "due", 12, "csv"),
        Published(*place, "year", "2024", "due", before, "csv"),
    ]
    if is_right:
        assert len(agreed(cells)) == 2
    else:
        with pytest.raises(Contradiction, match="adds two years"):
            agreed(cells)


def test_a_file_that_shows_what_another_hides_is_found() -> None:
    one = Published("r", "municipality", "851", "rolling4", "2026-Q3", "due", None, "a")
    with pytest.raises(Contradiction):
        agreed([one, one._replace(value=4.0, file="b")])
    with pytest.raises(Contradiction):
        agreed([one._replace(kind="quarter")])


def released(cells: list[str], at: int) -> tuple[int, ...]:
    """Return five counts of a row of releases: releases, with a duty, whole ones, duties due, duties in time."""
    places = (at, at + 1, at + 2, len(cells) - 2, len(cells) - 1)
    return tuple(int(str(cells[place]).replace(".", "")) for place in places)


def test_every_count_of_releases_is_the_warehouses_on_the_page_in_the_document_and_in_the_data(site: Path) -> None:
    from python_calamine import CalamineWorkbook

    from reports.read_back.pdf_text import blocks

    for place, key in (("", NATION), ("omraade/oest", ("area", "Øst")), ("kommune/851", ("municipality", "851"))):
        counts = ("releases", "with_core_due", "whole_releases", "core_due", "core_met")
        rows = [row for row in world().releases[key] if row.dimension != "target_group" or key[0] != "municipality"]
        wanted = collections.Counter(tuple(int(getattr(row, name)) for name in counts) for row in rows)
        split = collections.Counter(
            tuple(int(getattr(row, name)) for name in counts) for row in rows if row.dimension in ("all", *SPLITS)
        )
        folder = site / "direktorat" / place
        tables = [html_table(one) for one in HTML_TABLE.findall((folder / "index.html").read_text(encoding="utf-8"))]
        (table,) = [one for one in tables if one.caption == CAPTION]
        assert collections.Counter(released(row, 2) for row in table.rows) == split
        printed = [one for one in blocks((folder / "rapport.pdf").read_bytes()) if one.kind == "Table"]
        (shown,) = [one.rows for one in printed if one.rows[0][2:5] == list(HEADINGS[2:5])]
        assert collections.Counter(released(row, 2) for row in shown[1:]) == split
        sheet = CalamineWorkbook.from_path(str(folder / "data.xlsx")).get_sheet_by_name("Løsladelser").to_python()
        assert collections.Counter(tuple(int(cell) for cell in row[2:]) for row in sheet[1:]) == wanted


def test_our_reader_of_pdf_finds_what_a_general_one_finds(site: Path) -> None:
    import pypdf

    from reports.read_back.pdf_text import blocks

    path = site / "delt/kommune/825/rapport.pdf"
    mine = {word for block in blocks(path.read_bytes()) for row in block.rows for cell in row for word in cell.split()}
    general = {word for page in pypdf.PdfReader(path).pages for word in page.extract_text().split()}
    assert len(mine) > 30 and mine <= general | {word for word in mine if "-" in word}


TEMPLATE = """#set document(title: "Prøve")
#set text(lang: "da", font: "IBM Plex Sans")
#let rows = json(bytes(sys.inputs.rows))
= Pligter og tal, ærligt (åbent) sagt
Et afsnit før tabellen.
#table(columns: 3, table.header([Pligt], [Forfaldne], [Til tiden]), ..rows.flatten().map(cell => [#cell]))
"""


def test_a_packed_document_reads_as_the_one_that_typst_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines import typesetting
    from reports.read_back.pdf_text import blocks

    written: list[bytes] = []
    pack = typesetting._packed
    monkeypatch.setattr(typesetting, "_packed", lambda document: written.append(document) or pack(document))
    template = tmp_path / "proeve.typ"
    template.write_text(TEMPLATE, encoding="utf-8")
    rows = [[f"Pligt {number}", str(number * 1117), f"{number},5 ({number})"] for number in range(200)]
    packed = typesetting.compile_pdf(template, "rows", rows)
    assert blocks(packed) == blocks(written[0])
    (table,) = [block.rows for block in blocks(packed) if block.kind == "Table"]
    assert table == [["Pligt", "Forfaldne", "Til tiden"], *rows]
    assert len(packed) < len(written[0]) / 2

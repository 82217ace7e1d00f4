"""The pack of a meeting: what each recipient gets, where every figure comes from, and that the files open."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import page
import pypdf
import pytest
from pptx import Presentation

from pipelines import cli
from pipelines.layout import Output
from pipelines.warehouse.in_place import open_read_only
from reports.meetings import facts, meeting_words, pack, published_figures
from reports.meetings.content import Content, Ratio
from reports.meetings.proposals import change_topic
from tests.meetings import made_up_output
from tests.meetings.made_up_output import PACK_CODES as CODES
from tests.meetings.made_up_output import PACK_NAME as NAME
from tests.meetings.made_up_output import PACK_SPAN as SPAN
from tests.meetings.made_up_output import RELEASE as DAY
from tests.meetings.made_up_output import pack_file


def charts(file: Path) -> Iterator[tuple[str, Any]]:
    """Yield the title of the slide and the chart, for each chart of a deck."""
    for slide in Presentation(str(file)).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                yield slide.shapes.title.text, shape.chart


def values(chart: Any) -> dict[tuple[str, str], float | None]:
    """Return a chart's values by series and category."""
    plot = chart.plots[0]
    categories = list(plot.categories)
    return {(one.name, name): value for one in plot.series for name, value in zip(categories, one.values)}


NAMED = "samarbejdsmoede"


def test_every_recipient_has_a_folder_and_nobody_elses_file_is_in_it(folder: Path) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    own = [
        f"kommune/{code}/{file}"
        for code in CODES
        for file in (f"{NAMED}-kommune-{code}-{DAY}.pdf", f"{NAMED}-kommune-{code}-{DAY}.xlsx", "svar.xlsx")
    ]
    both = [
        f"{who}/{NAMED}-{who}-{DAY}.{kind}"
        for who in ("deltagere", "omraadekontor")
        for kind in ("pdf", "pptx", "xlsx")
    ]
    room = [f"rum/{NAMED}-rum-{DAY}.{kind}" for kind in ("pdf", "pptx")]
    assert names == sorted([*own, *both, *room, "indhold.json", "samarbejdsmoeder.ics"])
    described = json.loads((folder / "indhold.json").read_text(encoding="utf-8"))
    for entry in described["files"]:
        assert hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert described["release_id"] == made_up_output.RELEASE


def test_preparing_again_gives_the_same_bytes_and_leaves_no_rest(
    folder: Path, built: Output, read: facts.Facts
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    contents = {
        "omraadekontor": pack.area_pack.build(pack.area_pack.AreaInputs(read, [], [])),
        "deltagere": pack.participants(read, published_figures.read(built, "Øst", CODES), []),
    }
    for who, content in contents.items():
        assert pack.deck.make(content) == before[pack_file(folder, who, "pptx")]
        assert pack.document.make(content) == before[pack_file(folder, who, "pdf")]
        assert pack.meeting_workbook.make(content) == before[pack_file(folder, who, "xlsx")]
    assert [path.name for path in folder.parent.iterdir()] == [NAME]


def test_each_rate_in_the_area_offices_charts_equals_the_warehouses(folder: Path, built: Output) -> None:
    with open_read_only(built) as connection:
        titles = dict(connection.execute("select title_da, rule_id from publish.pub_rule").fetchall())
        quarters = connection.execute(
            "select rule_id, period, own_due, own_met from publish.pub_compliance where level = 'area' and "
            "unit_code = 'Øst' and period_type = 'quarter'"
        ).fetchall()
    checked = 0
    for title, chart in charts(pack_file(folder, "omraadekontor", "pptx")):
        if any(
            word in title for word in (" procentpoint ", " haster", ": holdt i ")
        ):  # about a unit of its own; the next test looks at it
            continue
        for (series, category), value in values(chart).items():
            for span in (SPAN, SPAN.before):
                if series == span.name and category in titles:
                    rows = [row for row in quarters if row[0] == titles[category] and row[1] in span.quarters]
                    due, met = sum(row[2] for row in rows), sum(row[3] for row in rows)
                    assert value == pytest.approx(met / due), (title, series, category)
                    checked += 1
            if series in titles and category[1:7] == ". kvt.":
                period = f"{category[-4:]}-Q{category[0]}"
                found = [row for row in quarters if (row[0], row[1]) == (titles[series], period)]
                assert value == pytest.approx(found[0][3] / found[0][2])
                checked += 1
    assert checked > 60


def test_a_proposed_change_is_shown_with_the_units_own_quarters(folder: Path, read: facts.Facts) -> None:
    topic = change_topic(*read.changes())
    assert topic is not None
    rule = next(rule for rule in read.rules if rule.rule_id == topic.found.rule_id)
    title = meeting_words.finding_title(topic, {rule.rule_id: rule}, meeting_words.names(read.data))
    found = dict(charts(pack_file(folder, "omraadekontor", "pptx")))[title]
    shares = {
        f"{quarter[-1]}. kvt. {quarter[:4]}": met / due
        for quarter, due, met in read.quarters(topic.found.unit, rule.rule_id, complete=False)
        if due
    }
    for (_, category), value in values(found).items():
        assert value == (pytest.approx(shares[category]) if category in shares else None)


def test_each_rate_in_the_participants_charts_is_one_that_was_published(folder: Path, built: Output) -> None:
    public = published_figures.read(built, "Øst", CODES)
    with open_read_only(built) as connection:
        titles = dict(connection.execute("select title_da, rule_id from publish.pub_rule").fetchall())
    checked = 0
    for title, chart in charts(pack_file(folder, "deltagere", "pptx")):
        for (series, category), value in values(chart).items():
            if series.startswith("året til ") and category in titles:
                count = public.count(("area", "Øst"), titles[category], f"{series[-4:]}-Q{series[9]}")
                assert (value is None) == (count is None or count.due == 0), title
                if value is not None and count is not None:
                    assert value == pytest.approx(count.rate)
                    checked += 1
    assert checked > 40


def test_the_workbook_inside_each_chart_holds_the_charts_own_data_and_no_formula(folder: Path) -> None:
    for who in ("omraadekontor", "deltagere"):
        for _, chart in charts(pack_file(folder, who, "pptx")):
            sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))["Sheet1"]
            rows = list(sheet.iter_rows(values_only=True))
            inside = {
                (str(series), str(row[0])): row[place]
                for row in rows[1:]
                for place, series in enumerate(rows[0][1:], start=1)
            }
            shown = values(chart)
            assert set(inside) == set(shown)
            for key, value in shown.items():
                assert inside[key] == (None if value is None else pytest.approx(value))
            assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_every_slide_has_a_title_notes_with_a_source_and_alternative_texts(folder: Path) -> None:
    deck = Presentation(str(pack_file(folder, "omraadekontor", "pptx")))
    slides = list(deck.slides)
    for slide in slides:
        assert slide.shapes.title.text.strip()
        assert slide.has_notes_slide and slide.notes_slide.notes_text_frame.text.strip()
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
        footers = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert any("må ikke vises eller sendes til mødets deltagere" in text for text in footers)
    rates = next(slide for slide in slides if slide.shapes.title.text == "Kontakt og handleplan")
    notes = rates.notes_slide.notes_text_frame.text
    assert "Kilde: datavarehuset" in notes and "Definitioner:" in notes and "BEK nr. 642" in notes


def test_participants_and_municipalities_learn_nothing_unpublished_of_one_another(
    built: Output, tmp_path: Path, folder: Path
) -> None:
    """Change every full figure of one municipality, and of the area and the nation: nobody else's material changes."""
    changed = Output(tmp_path / "changed")
    changed.root.mkdir()
    shutil.copy(built.warehouse, changed.warehouse)
    changed.published.symlink_to(built.published)
    with duckdb.connect(str(changed.warehouse)) as connection:
        connection.execute(
            "update publish.pub_compliance set due = due + 7, met = 0, late = due, rate = 0 "
            "where level <> 'municipality' or unit_code = '147'"
        )
        for table in ("pub_worklist", "pub_late_case"):
            connection.execute(f"delete from publish.{table} where municipality_code = '147'")
    seen = {}
    for output in (built, changed):
        with open_read_only(output) as connection:
            read = pack._narrowed(connection, facts.read(connection, "Øst", None, SPAN), list(CODES))
            public = published_figures.read(output, "Øst", CODES)
            own = {
                code: pack.own_page(connection, read, public, read.data.units["municipality", code], [], [])
                for code in CODES
            }
            seen[output.root] = pack.participants(read, public, []), own
    (common, pages), (common_changed, pages_changed) = seen[built.root], seen[changed.root]
    assert common == common_changed
    assert pages["101"] == pages_changed["101"]
    assert pages["155"] == pages_changed["155"]
    assert pages["147"] != pages_changed["147"]


def test_hidden_figures_stay_hidden_in_every_form(built: Output, read: facts.Facts) -> None:
    public = published_figures.read(built, "Øst", ("155",))
    content = pack.participants(replace(read, municipalities=("155",)), public, [])
    table = next(section.table for section in content.sections if section.key == "moenster-municipality")
    assert table is not None
    ratios = [cell for cell in table.rows[0] if isinstance(cell, Ratio)]
    assert any(ratio.is_hidden for ratio in ratios)
    hidden = next(place for place, ratio in enumerate(ratios) if ratio.is_hidden)
    workbook = openpyxl.load_workbook(io.BytesIO(pack.meeting_workbook.make(content)))
    sheet = workbook["Mønstre mellem kommunerne"]
    line = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Dragør Kommune")
    assert line[1 + 3 * hidden : 4 + 3 * hidden] == ("..", "..", "..")


def test_a_municipalitys_page_has_its_own_figures_in_full_and_names_its_owner(built: Output, folder: Path) -> None:
    reader = pypdf.PdfReader(pack_file(folder, "kommune/101", "pdf"))
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\n", " ")
    assert "Tilhører Københavns Kommune (kommunekode 101)" in text
    assert "Frederiksberg" not in text and "Dragør" not in text
    with open_read_only(built) as connection:
        due, met = connection.execute(
            "select sum(own_due), sum(own_met) from publish.pub_compliance where level = 'municipality' and "
            "unit_code = '101' and rule_id = 'aid_decided' and period_type = 'quarter' "
            "and period between '2024-Q4' and '2026-Q3'"
        ).fetchall()[0]
    assert f"{met} af {due}" in text


@pytest.mark.parametrize("who", ["omraadekontor", "deltagere", "kommune/101"])
def test_the_document_is_accessible(folder: Path, who: str) -> None:
    file = pack_file(folder, who, "pdf")
    reader = pypdf.PdfReader(file)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "da-DK" and root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None and "Samarbejdsmøde" in str(reader.metadata.title)
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        failed = {failure.rule_id for failure in page.validate_pdf_bytes(file.read_bytes(), profile=profile).failures}
        # The validator takes a compressed stream whose last byte is a carriage return for one byte too short.
        assert failed <= {"PDFA2A-STREAM-LENGTH-001"}


def test_the_workbooks_hold_numbers_as_numbers_and_no_formula(folder: Path) -> None:
    workbook = openpyxl.load_workbook(pack_file(folder, "omraadekontor", "xlsx"))
    sheet = workbook["Kontakt og handleplan"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Pligt")
    line = [cell.value for cell in sheet[head[0].row + 1]]
    assert [type(value) for value in line[:6]] == [str, str, str, int, int, float]
    assert line[5] == pytest.approx(line[4] / line[3])
    assert "Definitioner" in workbook.sheetnames
    assert not any(cell.data_type == "f" for one in workbook for row in one.iter_rows() for cell in row)


def test_foreign_names_become_no_formula_and_no_markup(read: facts.Facts) -> None:
    evil = '=HYPERLINK("http://x","y")#strong[x]<b>\x0b\x07'
    units = {
        key: replace(unit, name=evil) if unit.level == "institution" else unit for key, unit in read.data.units.items()
    }
    content = pack.area_pack.build(
        pack.area_pack.AreaInputs(replace(read, data=replace(read.data, units=units)), [], [])
    )
    deck = pack.deck.make(content)
    assert Presentation(io.BytesIO(deck))
    reader = pypdf.PdfReader(io.BytesIO(pack.document.make(content)))
    assert "#strong" in "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    workbook = openpyxl.load_workbook(io.BytesIO(pack.meeting_workbook.make(content)))
    assert not any(cell.data_type == "f" for one in workbook for row in one.iter_rows() for cell in row)


def test_the_deck_opens_in_libreoffice(folder: Path, tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed here, so the deck was not opened in it")
    decks = [
        Path(shutil.copy(pack_file(folder, who, "pptx"), tmp_path / f"{who}.pptx"))
        for who in ("omraadekontor", "deltagere", "rum")
    ]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, decks)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    for deck in decks:
        slides = list(Presentation(str(deck)).slides)
        pages = pypdf.PdfReader(deck.with_suffix(".pdf")).pages
        assert len(pages) == len(slides)
        for slide, page_ in zip(slides, pages):
            text = "".join(page_.extract_text().split())
            assert "".join(slide.shapes.title.text.split()) in text


def test_without_a_publication_the_command_says_what_to_do(built: Output, tmp_path: Path, capsys: Any) -> None:
    bare = Output(tmp_path / "bare")
    bare.root.mkdir()
    bare.warehouse.symlink_to(built.warehouse)
    assert cli.main(["meeting", "prepare", "--area", "oest", "--output", str(bare.root)]) == 1
    assert "Der er endnu ingen udgivelse med delte tal" in capsys.readouterr().err
    assert not (bare.root / "meetings" / NAME).exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--municipalities", "751"], "hører til Kriminalforsorgen Øst: 751"),
        (["--from", "2024-10-02"], "den første dag i et kvartal"),
        (["--to", "2026-09-29"], "den sidste dag i et kvartal"),
        (["--to", "2027-12-31"], "efter opgørelsesdagen"),
        (["--from", "2026-01-01"], "et til fire hele år"),
        (["--from", "i går"], "skal være en dato"),
    ],
)
def test_wrong_use_is_said_in_danish(built: Output, capsys: Any, words: list[str], expected: str) -> None:
    assert cli.main(["meeting", "prepare", "--area", "oest", *words, "--output", str(built.root)]) == 2
    assert expected in capsys.readouterr().err


def test_no_topic_is_said_when_nothing_is_more_than_chance(read: facts.Facts) -> None:
    figures = {key: value for key, value in read.data.figures.items() if key == ("municipality", "155")}
    quiet = replace(read, data=replace(read.data, figures=figures, worklist=[]))
    content: Content = pack.area_pack.build(pack.area_pack.AreaInputs(quiet, [], []))
    assert content.sections[0].sentences == (pack.meeting_words.NO_TOPIC,)

"""An outsider reads every file of the shared edition: all of it is understood, and what is hidden is hidden in all.

Belongs here: every format, and leaks planted in each of them. Does not belong here: what follows from figures that are
shown (``tests.unit.disclosure``), and whole publications (``tests.pipeline.test_attack_on_a_publication``).
"""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdf
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from pypdf.annotations import FreeText

from reports.editions import SHARED
from reports.figures.protected import protected_data
from reports.publication import FORMATS, make
from reports.tasks import Sources
from tests.reports.protecting import HIDDEN, crude_cells
from tests.reports.rendering import KINDS, sources
from tests.reports.small_world import LAST
from tests.unit.disclosure import published
from tests.unit.disclosure.published.attack import Said, read_publication, said
from tests.unit.disclosure.published.said import Reading

RULE, ON_THE_MAP = "housing_registered", "aid_decided"
DUTY_PAGE, MAP_PAGE, OWN_PAGE = f"pligt/{RULE}/index.html", "index.html", "kommune/825/index.html"
DOCUMENT, BOOK, DATA = "kommune/825/rapport.pdf", "kommune/825/data.xlsx", "kommune/825/data.csv"
MARK = re.compile(r'<span class="hid".*?</span></span>')


@pytest.fixture(scope="module")
def reading(site: Path) -> Reading:
    return read_publication(site / "delt")


def test_all_that_has_a_digit_is_a_figure_or_known_not_to_be_one(reading: Reading) -> None:
    assert reading.not_understood == []
    formats = Counter(Path(one.file.partition("!")[0]).suffix for one in reading.figures)
    assert formats.keys() == {".html", ".pdf", ".xlsx", ".csv"}
    assert min(formats.values()) > 1500
    assert sum(one.value is None for one in reading.figures) > 3000


def test_no_format_shows_what_another_hides_nor_a_share_of_it(reading: Reading) -> None:
    assert said(reading.figures, ()).leaks == []
    by_format: dict[str, dict[tuple[str, ...], float | None]] = {}
    for one in reading.figures:
        by_format.setdefault(Path(one.file.partition("!")[0]).suffix, {})[one[:5]] = one.value
    data = by_format[".csv"]
    for name, figures in by_format.items():
        counts = {key: value for key, value in figures.items() if not key[4].endswith(("rate", "low", "high"))}
        assert len({*counts} & {*data}) > 500, name
        # The counts of releases and figures of two years stand in no data file.
        assert {key: data[key] for key in counts if key in data} == {key: counts[key] for key in counts if key in data}
        assert {key[0] for key in counts if key not in data and "+" not in key[3]} <= {
            *("releases_all", "releases_home", "releases_homeless", "releases_elsewhere")
        }


def another(count: int) -> int:
    return 5 - count if 0 < count < 5 else count + 40


def test_what_is_published_is_the_same_to_the_byte_when_only_hidden_figures_differ(site: Path, tmp_path: Path) -> None:
    """Names, sizes and contents of files: of two worlds of which one has 1 where the other has 4, or none or 40."""
    known = sources()
    cells = crude_cells(known.full)
    hidden = {key[:4] for key, value in cells.items() if value is HIDDEN}
    changed = {
        unit: {
            key: figure._replace(due=another(figure.due or 0), met=0, late=0, own_due=1)
            if (key[0], *unit, key[2]) in hidden or key[1] != "rolling4"
            else figure
            for key, figure in figures.items()
        }
        for unit, figures in known.full.figures.items()
    }
    assert len(hidden) > 1000
    other = replace(known.full, figures=changed, worklist=[], late_cases=[], breakdown={}, revision={}, releases={})
    twin = Sources(other, protected_data(other.without_figures(), cells), calendar=known.calendar)
    for task in KINDS:
        if task.edition == SHARED.folder:
            make(twin, tmp_path, task, FORMATS)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    published_before = {path.relative_to(site).as_posix() for path in (site / "delt").rglob("*") if path.is_file()}
    assert {one for one in published_before if "/assets/" not in one} == {*made}
    assert [name for name, content in made.items() if content != (site / name).read_bytes()] == []


def test_reading_shares_nothing_with_what_writes_reads_back_or_protects() -> None:
    for file in sorted(Path(published.__file__).parent.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        imported |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
        own = {one for one in imported if one.startswith(("pipelines", "reports", "tests"))}
        assert own <= ({"pipelines.disclosure.model"} if file.stem == "attack" else set()), file


# Leaks, planted one at a time in a copy of a few files.


@pytest.fixture(scope="module")
def few_files(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that leaks are planted in, and of the nation's data what names every duty and every unit."""
    folder = tmp_path_factory.mktemp("few")
    for name in (DUTY_PAGE, MAP_PAGE, OWN_PAGE, DOCUMENT, BOOK, DATA):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / "delt" / name, folder / name)
    page = (folder / MAP_PAGE).read_text(encoding="utf-8")
    section = re.search(r'<section aria-labelledby="kort-over">.*?</section>', page, re.DOTALL)
    assert section
    (folder / MAP_PAGE).write_text(f"<main>{section[0]}</main>", encoding="utf-8")
    with (site / "delt" / "data.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    with (folder / "data.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            row
            for row in rows
            if row[0] in ("niveau", "Hele landet") or (row[7] == LAST and row[3] in (RULE, ON_THE_MAP))
        )
    return folder


def attacked(folder: Path, tmp_path: Path, name: str, plant: Callable[[bytes], bytes]) -> tuple[Reading, Said]:
    """Read the data files and one file more, in which something has been planted."""
    for one in {"data.csv", DATA, name}:
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / one, tmp_path / one)
    (tmp_path / name).write_bytes(plant((folder / name).read_bytes()))
    found = read_publication(tmp_path)
    return found, said(found.figures, ())


@pytest.mark.parametrize("name", [DUTY_PAGE, MAP_PAGE, OWN_PAGE, DOCUMENT, BOOK])
def test_nothing_is_found_where_nothing_is_planted(few_files: Path, tmp_path: Path, name: str) -> None:
    found, together = attacked(few_files, tmp_path, name, lambda content: content)
    assert (found.not_understood, together.leaks) == ([], [])


DUTY = "Afgørelse om engangshjælp før løsladelsen"
SENTENCES = {
    f"<p>Fremgang for »{DUTY}«: fra 20 af 40 (50 pct.) til 33 af 44 (75 pct.).</p>": {
        ("2025-Q3", "own_met"): 20,
        ("2025-Q3", "own_due"): 40,
        ("2025-Q3", "own_rate"): 50,
        ("2026-Q3", "own_met"): 33,
        ("2026-Q3", "own_due"): 44,
        ("2026-Q3", "own_rate"): 75,
    },
    f"<h3>{DUTY}</h3><p>Året før var det 20 af 40 (50 pct.), og det kan være tilfældigt.</p>": {
        ("2025-Q3", "own_met"): 20,
        ("2025-Q3", "own_due"): 40,
        ("2025-Q3", "own_rate"): 50,
    },
    f"<h2>Kort: {DUTY}</h2><p>2025 og 2026 lagt sammen.</p><svg><g><title>Læsø: 20 af 40</title></g></svg>": {
        ("2025-Q3+2026-Q3", "own_met"): 20,
        ("2025-Q3+2026-Q3", "own_due"): 40,
    },
    f"<h2>Kort: {DUTY}</h2><p>Læsø: 7 af 9.</p><h2>Om</h2><p>Under 20 frister siger lidt (28 dage, § 3, 2026).</p>": {
        ("2026-Q3", "own_met"): 7,
        ("2026-Q3", "own_due"): 9,
    },
    f"<p>Det, borgerne mødte: {DUTY}, 20 af 40 til tiden i 3. kvt. 2023 til 2. kvt. 2024.</p>": {
        ("2024-Q2", "met"): 20,
        ("2024-Q2", "due"): 40,
    },
}


@pytest.mark.parametrize("page", SENTENCES)
def test_a_sentence_is_read_by_its_own_words_and_those_it_stands_under(
    few_files: Path, tmp_path: Path, page: str
) -> None:
    found, _together = attacked(few_files, tmp_path, OWN_PAGE, lambda _page: f"<main>{page}</main>".encode())
    assert found.not_understood == []
    said_there = [one for one in found.figures if one.file == OWN_PAGE]
    assert {one[:3] for one in said_there} == {("aid_decided", "municipality", "825")}
    assert {(one.period, one.measure): one.value for one in said_there} == SENTENCES[page]


def hidden_row(page: str) -> tuple[str, str]:
    """Return the row of the first municipality of a duty's page whose figures are hidden, and its name."""
    row = next(one for one in re.findall(r'<tr id="kommune-\d+".*?</tr>', page, re.DOTALL) if MARK.search(one))
    name = re.search(r'index\.html">([^<]+)</a>', row)
    assert name
    return row, name[1]


def in_row(change: Callable[[str], str]) -> Callable[[str], str]:
    def plant(page: str) -> str:
        row, _name = hidden_row(page)
        return page.replace(row, change(row))

    return plant


def in_tile(change: Callable[[str], str]) -> Callable[[str], str]:
    def plant(page: str) -> str:
        tile = next(one for one in re.findall(r'<g class="t t0".*?</g>', page) if ": skjult" in one)
        return page.replace(tile, change(tile))

    return plant


def in_funnel(page: str) -> str:
    return re.sub(r'"d":\[\["', f'"d":[["{hidden_row(page)[1]}",3,4,0],["', page, count=1)


DRAWN = '<td><svg class="mark" viewBox="0 0 120 14"><circle class="c-m" cx="89" cy="7" r="4"/></svg></td>'
ON_PAGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "a cell": (DUTY_PAGE, in_row(lambda row: MARK.sub("3", row, count=1))),
    "a round number": (DUTY_PAGE, in_row(lambda row: MARK.sub("30", row, count=1))),
    "a number like a year": (DUTY_PAGE, in_row(lambda row: row.replace('data-v=""', 'data-v="2026"', 1))),
    "a cell of a unit's own page": (OWN_PAGE, lambda page: MARK.sub("3", page, count=1)),
    "what a table is sorted by": (DUTY_PAGE, in_row(lambda row: row.replace('data-v=""', 'data-v="3"', 1))),
    "a share to sort by": (DUTY_PAGE, in_row(lambda row: row.replace('few" data-v=""', 'few" data-v="0.7500"', 1))),
    "an attribute": (DUTY_PAGE, in_row(lambda row: row.replace("<td ", '<td data-antal="3" ', 1))),
    "a title": (DUTY_PAGE, in_row(lambda row: row.replace('title="skjult (', 'title="3 (', 1))),
    "the title of a map's field": (MAP_PAGE, in_tile(lambda tile: re.sub("skjult [^<]*", "3 af 4 (75 pct.)", tile))),
    "the colour of a map's field": (MAP_PAGE, in_tile(lambda tile: tile.replace('"t t0"', '"t t4"'))),
    "the number in a map's field": (MAP_PAGE, in_tile(lambda tile: tile.replace(">..<", ">75<"))),
    "a mark that is drawn": (DUTY_PAGE, in_row(lambda row: row.replace("<td></td>", DRAWN, 1))),
    "the data of a chart": (OWN_PAGE, lambda page: page.replace("</main>", SERIES + "</main>")),
    "data that nothing is drawn of": (DUTY_PAGE, lambda page: page.replace("</main>", BLOB + "</main>")),
    "an alternative text": (DUTY_PAGE, lambda page: page.replace('aria-label="', 'aria-label="Læsø 3 af 4. ', 1)),
    "a comment": (DUTY_PAGE, lambda page: page.replace("</main>", "<!-- Læsø: 3 --></main>")),
    "a property of the page": (DUTY_PAGE, lambda page: page.replace("<head>", META, 1)),
    "a sentence": (DUTY_PAGE, lambda page: page.replace("</main>", "<p>Læsø: 3 af 4 til tiden.</p></main>")),
    "a sentence without a share": (OWN_PAGE, lambda page: page.replace("</main>", "<p>Der er 3 sager.</p></main>")),
    "a link": (DUTY_PAGE, lambda page: page.replace("</main>", '<a href="index.html?antal=3">x</a></main>')),
    "a style": (DUTY_PAGE, lambda page: page.replace("</main>", '<p style="width:3px">x</p></main>')),
}
META = '<head><meta name="description" content="Læsø har 3">'
BLOB = '<script type="application/json" id="tal">{"825": 3}</script>'
SERIES = (
    '<h3>Skrevet op til bolig ved løsladelsen</h3><script type="application/json" class="chart-data">{"t":"serie",'
    '"q":["2026-Q3"],"d":[{"k":"r","y":[null],"n":[[3,4]]}]}</script>'
)


@pytest.mark.parametrize("where", ON_PAGES)
def test_a_leak_on_a_page_is_found(few_files: Path, tmp_path: Path, where: str) -> None:
    name, plant = ON_PAGES[where]

    def planted(content: bytes) -> bytes:
        page = content.decode()
        assert plant(page) != page
        return plant(page).encode()

    found, together = attacked(few_files, tmp_path, name, planted)
    assert found.not_understood or together.leaks


def test_a_leak_is_told_of_by_its_figure(few_files: Path, tmp_path: Path) -> None:
    name, plant = ON_PAGES["a cell"]
    page = (few_files / name).read_text(encoding="utf-8")
    code = re.findall(r'id="kommune-(\d+)"', hidden_row(page)[0])[0]
    _found, together = attacked(few_files, tmp_path, name, lambda content: plant(content.decode()).encode())
    (key, value), *others = together.beside_of("municipality", code)
    assert (key.rule, key.measure, value, others) == (RULE, "due", 3, [])
    assert any(DUTY_PAGE in leak and DATA.replace("825/data", "") not in leak for leak in together.leaks)


def with_page(content: bytes) -> bytes:
    """Add a page with a hidden figure, in a font that has no letters of its own."""
    lines = [
        "God L\\370sladelse \\267 L\\346s\\370 Kommune Delt udgave",
        "Afg\\370relse om engangshj\\346lp f\\370r l\\370sladelsen",
        "Opg\\370relse 4. kvt. 2025 til 3. kvt. 2026",
        "Forfaldne frister 3",
    ]
    stream = "BT /F1 9 Tf 20 200 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    raw, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(raw))
        raw += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    raw += f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(raw)}\n%%EOF"
    return rewritten(content, lambda writer: writer.add_page(pypdf.PdfReader(io.BytesIO(raw.encode())).pages[0]))


def rewritten(content: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


NOTE = FreeText(text="Læsø: 3 af 4", rect=(50, 550, 200, 650))
IN_DOCUMENTS: dict[str, Callable[[bytes], bytes]] = {
    "a table": with_page,
    "a note": lambda content: rewritten(content, lambda writer: writer.add_annotation(0, NOTE)),
    "a property": lambda content: rewritten(content, lambda writer: writer.add_metadata({"/Keywords": "Læsø: 3"})),
}


@pytest.mark.parametrize("where", IN_DOCUMENTS)
def test_a_leak_in_a_document_is_found(few_files: Path, tmp_path: Path, where: str) -> None:
    found, together = attacked(few_files, tmp_path, DOCUMENT, IN_DOCUMENTS[where])
    assert found.not_understood or together.leaks
    if where == "a table":
        (key, value) = together.beside_of("municipality", "825")[0]
        assert (key.rule, key.measure, value) == ("aid_decided", "own_due", 3)


def in_book(change: Callable[[openpyxl.Workbook], object]) -> Callable[[bytes], bytes]:
    def plant(content: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return plant


def fill_hidden_cell(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[1]
    headings = [cell.value for cell in sheet[1]]
    at = headings.index("forfaldne")
    row = next(one for one in sheet.iter_rows(min_row=2) if one[at + 1].value == "skjult")
    row[at].value = 3


def hide_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Kladde").append(["Læsø", RULE, 3])
    book["Kladde"].sheet_state = "veryHidden"


def comment(book: openpyxl.Workbook) -> None:
    book.worksheets[1]["I2"].comment = Comment("Der er 3", "x")


def with_part(content: bytes) -> bytes:
    """Add what a chart remembers of the cells it was drawn from."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(target, "w") as other:
        for one in book.infolist():
            other.writestr(one, book.read(one))
        other.writestr("xl/charts/chart1.xml", "<c><numCache><pt idx='0'><v>3</v></pt></numCache></c>")
    return target.getvalue()


IN_BOOKS: dict[str, Callable[[bytes], bytes]] = {
    "a cell that is hidden elsewhere": in_book(fill_hidden_cell),
    "a hidden sheet": in_book(hide_sheet),
    "a comment": in_book(comment),
    "a name": in_book(lambda book: book.defined_names.add(DefinedName("antal", attr_text="3"))),
    "a property": in_book(lambda book: setattr(book.properties, "keywords", "Læsø 3")),
    "what a chart remembers": with_part,
}


@pytest.mark.parametrize("where", IN_BOOKS)
def test_a_leak_in_a_workbook_is_found(few_files: Path, tmp_path: Path, where: str) -> None:
    clean, _together = attacked(few_files, tmp_path / "clean", BOOK, in_book(lambda _book: None))
    found, together = attacked(few_files, tmp_path / "planted", BOOK, IN_BOOKS[where])
    # The program that plants writes some properties of its own.
    assert {*found.not_understood} - {*clean.not_understood} or together.leaks


def test_a_leak_in_data_or_in_a_name_is_found(few_files: Path, tmp_path: Path) -> None:
    plants: dict[str, bytes] = {
        "kommune/825/data-3.csv": (few_files / DATA).read_bytes(),
        "kommune/825/antal.csv": "kommune;antal\r\nLæsø;3\r\n".encode(),
        "tal.json": b'{"825": {"antal": 3}}',
        "nyt.atom": "<feed><summary>Læsø: 3</summary></feed>".encode(),
    }
    for number, (name, content) in enumerate(plants.items()):
        folder = tmp_path / str(number)
        (folder / name).parent.mkdir(parents=True)
        shutil.copyfile(few_files / "data.csv", folder / "data.csv")
        (folder / name).write_bytes(content)
        assert read_publication(folder).not_understood, name
    (tmp_path / "0" / "tal.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="nobody has read"):
        read_publication(tmp_path / "0")

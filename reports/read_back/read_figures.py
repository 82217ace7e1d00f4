"""Published figures read back from what was published: HTML, embedded chart data, drawings, PDF, workbook and csv.

Belongs here: files in, figures out, for the disclosure audit and for the tests that hold pages against the warehouse.
Does not belong here: anything that makes a page. Nothing is taken from the renderer but the words by which a table
says what it shows; a figure that only a renderer's variable could reveal is not on the page.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from pipelines.units import LEVEL_FOLDERS, NATION, Key, code_folder
from pipelines.vocabulary import HIDDEN, NOT_SHOWN, PERIOD_TYPES
from reports.documents.rows import HIDDEN_MARK
from reports.figures.data import ReportData, Window
from reports.figures.protected import RELEASE_COUNTS, RELEASE_FIGURES
from reports.pages.duties import CITIZENS
from reports.pages.english import HEADINGS as ENGLISH_HEADINGS
from reports.pages.news import MOVED
from reports.pages.releases import DIMENSIONS, PROTECTED_CAPTION, PROTECTED_HEADINGS, value_word
from reports.pages.rule_pages import TWO_YEARS_ADDED
from reports.read_back.english_table import english_table
from reports.read_back.printed import PrintedTable, Published, cells_of, interval_of, measured, value_of
from reports.tasks import CASE_FOLDER, FORM_FILE
from reports.words import wording

MEASURES = {
    "Forfaldne frister": "due",
    "Forfaldne": "due",
    "Til tiden": "met",
    "For sent": "late",
    "Ikke gjort": "missed",
    "Andel til tiden, pct.": "rate",
    "Andel, pct.": "rate",
    "95 pct.-interval, pct.": "interval",
    "95 pct.-interval": "interval",
    "Borgerne: forfaldne": "all due",
    "Borgerne: til tiden": "all met",
    "Borgerne: andel, pct.": "all rate",
}
DATA_MEASURES = {
    "forfaldne": "due",
    "til_tiden": "met",
    "andel_pct": "rate",
    "interval_lav_pct": "low",
    "interval_hoej_pct": "high",
    "for_sent": "late",
    "ikke_gjort": "missed",
    "borgerne_forfaldne": "all due",
    "borgerne_til_tiden": "all met",
}
SHARES = ("andel_pct", "interval_lav_pct", "interval_hoej_pct")
# The column beside that says why a cell is empty.
DATA_MARKS = {name: "andel_maerke" if name in SHARES else f"{name}_maerke" for name in DATA_MEASURES}
KINDS = {word: kind for kind, word in PERIOD_TYPES.items()}
QUARTER = re.compile(r"(\d)\. (?:kvt\.|kvartal) (\d{4}|\d{2}(?!\d))")
YEAR = re.compile(r"(?<![\d.])(20\d\d)$")
TAG = re.compile(r"<[^>]*>")
HTML_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
HTML_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
HTML_CELL = re.compile(r"<t([hd])\b([^>]*)>(.*?)</t[hd]>", re.DOTALL)
HTML_CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
ARTICLE = re.compile(r'<article id="([^"]+)".*?</article>', re.DOTALL)
CHART = re.compile(r'<script type="application/json" class="chart-data">(.*?)</script>', re.DOTALL)
TILES = re.compile(r'<svg class="tiles".*?</svg>', re.DOTALL)
#: What a page's section says whose map and funnel are of two years, and how the kind of such a period begins.
TWO_YEARS, TWICE = 'data-years="2"', "two "
TITLE = re.compile(r"<title>([^<]*)</title>")
BADGE = re.compile(r" (?:Usikker|Brugbar med forbehold)$")
ABLE = re.compile(r", hvor [\w ]+ kunne nå det$")
MAPPED = re.compile(r'<h2 id="kort-over">Kort: (.*?)</h2>')
BIG = re.compile(r'<p class="big[^"]*">(.*?)</p>\s*<p><strong>(.*?)</strong>', re.DOTALL)
RATIO = re.compile(r"([\d.]+) af ([\d.]+)")


class Names:
    """What the words on a page stand for: duties by title, units by name."""

    def __init__(self, frame: ReportData) -> None:
        self.rules = {rule.title: rule.rule_id for rule in frame.rules}
        self.units: dict[str, Key] = {}
        for unit in frame.units.values():
            self.units[unit.name] = unit.key
            self.units[wording.unit_name(unit)] = unit.key
        self.folders = {
            f"{LEVEL_FOLDERS[level]}/{code_folder(code)}": (level, code)
            for level, code in frame.units
            if level in LEVEL_FOLDERS
        }
        self.leading = frame.quarter
        self.windows = {level: frame.window(level) for level in ("national", *LEVEL_FOLDERS)}


def year_code(text: str) -> Window | None:
    """Return the year named at the end of a text: a calendar year, or the rolling one that ends with a quarter."""
    quarter = quarter_code(text)
    if quarter:
        return Window("rolling4", quarter)
    year = YEAR.search(text)
    return Window("year", year[1]) if year else None


def quarter_code(text: str) -> str | None:
    """Return the code of the last quarter named in a text."""
    found = QUARTER.findall(text)
    if not found:
        return None
    quarter, year = found[-1]
    return f"{year if len(year) == 4 else '20' + year}-Q{quarter}"


def plain(markup: str) -> str:
    """Return a cell's words as a reader sees them."""
    text = html.unescape(TAG.sub("", markup.replace('<span class="sr"> skjult</span>', "")))
    return " ".join(text.replace("\xad", "").split())


@lru_cache(maxsize=4096)
def html_table(markup: str) -> PrintedTable:
    """Return one table of a page; tables that many packs share are read once."""
    caption = HTML_CAPTION.search(markup)
    rows: list[list[str]] = []
    headings: list[str] = []
    groups: list[tuple[str, bool]] = []
    for row in HTML_ROW.findall(markup):
        cells = HTML_CELL.findall(row)
        texts = [plain(text) for _kind, _attributes, text in cells]
        if any('colspan="2"' in attributes for _kind, attributes, _text in cells):
            groups = [(text, 'rowspan="2"' in attributes) for (_kind, attributes, _), text in zip(cells, texts)]
        elif groups and not headings and all(kind == "h" for kind, _attributes, _text in cells):
            headings = [text for text, alone in groups if alone]
            pairs = [text for text, alone in groups if not alone]
            headings += [f"{pairs[index // 2]}: {text}" for index, text in enumerate(texts)]
        elif not headings:
            headings = texts
        elif len(cells) > 1:
            rows.append(texts)
    return PrintedTable(plain(caption[1]) if caption else "", headings, rows)


def from_table(table: PrintedTable, names: Names, own: Key | None, file: str) -> Iterator[Published]:
    """Return the figures of a table that says in its caption and headings what they are."""
    caption = table.caption
    title, _colon, rest = caption.partition(": ")
    if own and title in names.rules and rest == "udvikling":
        yield from _development(table, names.rules[title], own, file)
    elif own and title in names.rules and rest.startswith("sammenligning"):
        yield from _by_unit(table, names, names.rules[title], year_code(rest) or names.windows[own[0]], file)
    elif own and table.headings[:3] == ["Pligt", "Norm", "Forfaldne"]:
        yield from _overview(table, names, own, file)
    elif own and table.headings[:1] == [ENGLISH_HEADINGS[0]]:
        yield from english_table(table, names.windows[own[0]], own, file)
    elif own and caption.startswith(PROTECTED_CAPTION):
        yield from _releases(table, own, year_code(caption), file)
    elif caption == MOVED:
        yield from _moved(table, names, file)
    elif caption.startswith("Egne pligter efter"):
        yield from _of_children(table, names, year_code(caption), file)
    else:
        found = re.fullmatch(r"(.*) efter (?:kommune|område og region|institution)(?:, .*)?|(.*) \(\w+\), .*", caption)
        rule = names.rules.get((found[1] or found[2]) if found else "")
        if (rule and "Forfaldne" in table.headings and table.headings[0] != "Institution") or (rule and not own):
            assert rule
            yield from _by_unit(table, names, rule, year_code(caption), file)


def _development(table: PrintedTable, rule: str, own: Key, file: str) -> Iterator[Published]:
    for row in table.rows:
        rolling = row[0].startswith("Rullende")
        is_all = row[0].startswith(CITIZENS)
        name = ABLE.sub("", row[0].removeprefix(CITIZENS))
        measure = "rate" if rolling else MEASURES[name[0].upper() + name[1:]]
        if is_all and measure in ("due", "met"):
            measure = f"all {measure}"
        for heading, text in zip(table.headings[1:], row[1:]):
            window = year_code(heading.removesuffix(" *"))
            assert window
            if window.kind == "rolling4" and not rolling and " til " not in heading:
                window = Window("quarter", window.period)
            yield from cells_of(rule, own, *window, measure, text, file)


def _by_unit(table: PrintedTable, names: Names, rule: str, window: Window | None, file: str) -> Iterator[Published]:
    columns = [(index, MEASURES[heading]) for index, heading in enumerate(table.headings) if heading in MEASURES]
    for row in table.rows:
        key = names.units.get(row[0])
        if key is None:
            continue
        for index, measure in columns:
            yield from cells_of(rule, key, *(window or names.windows[key[0]]), measure, row[index], file)


def _overview(table: PrintedTable, names: Names, own: Key, file: str) -> Iterator[Published]:
    year = names.windows[own[0]]
    for row in table.rows:
        is_all = row[0].startswith(CITIZENS)
        rule = names.rules[ABLE.sub("", BADGE.sub("", row[0].removeprefix(CITIZENS)))]
        for index, heading in enumerate(table.headings):
            if heading in MEASURES:
                measure = MEASURES[heading]
                if is_all and measure == "interval":
                    yield from interval_of(rule, own, year, row[index], file)
                else:
                    yield from cells_of(rule, own, *year, f"all {measure}" if is_all else measure, row[index], file)
            elif heading == "Året før, pct.":
                yield from cells_of(rule, own, *year.before, "rate", row[index], file)
            elif quarter_code(heading) and (ratio := RATIO.fullmatch(row[index].removesuffix(" *"))):
                quarter = quarter_code(heading)
                assert quarter
                for measure, text in (("met", ratio[1]), ("due", ratio[2])):
                    yield from cells_of(rule, own, "quarter", quarter, measure, text, file)


def _moved(table: PrintedTable, names: Names, file: str) -> Iterator[Published]:
    """Return the counts of the levels that moved: in the year before, and now."""
    for unit, title, before, now in (row[:4] for row in table.rows):
        key, rule = names.units[unit], names.rules[title]
        year = names.windows[key[0]]
        for window, text in ((year.before, before), (year, now)):
            ratio = RATIO.match(text)
            assert ratio
            for measure, part in (("met", ratio[1]), ("due", ratio[2])):
                yield from cells_of(rule, key, *window, measure, part, file)


def _releases(table: PrintedTable, own: Key, year: Window | None, file: str) -> Iterator[Published]:
    """Return the counts of releases that a table of protected figures prints, under the names they are protected by."""
    assert year
    named = {
        (DIMENSIONS[dimension], value_word(dimension, value)): rule
        for rule, (dimension, value) in RELEASE_FIGURES.items()
    }
    measures = dict(zip(PROTECTED_HEADINGS[2:5], RELEASE_COUNTS))
    for row in table.rows:
        for heading, text in zip(table.headings, row):
            if heading in measures and text != NOT_SHOWN:
                yield Published(named[row[0], row[1]], *own, *year, measures[heading], value_of(text), file)


def _of_children(table: PrintedTable, names: Names, window: Window | None, file: str) -> Iterator[Published]:
    title = ""
    for index, heading in enumerate(table.headings):
        start, _colon, measure = heading.rpartition(": ")
        title = start or title
        word = (measure or heading).lower()
        if word not in ("frister", "pct."):
            continue
        for row in table.rows:
            key = names.units.get(row[0])
            if key is not None:
                year = window or names.windows[key[0]]
                kind = "due" if word == "frister" else "rate"
                yield from cells_of(names.rules[title], key, *year, kind, row[index], file)


def _chart(
    content: str, names: Names, rule: str, own: Key | None, file: str, windows: Mapping[str, Window] | None = None
) -> Iterator[Published]:
    """Return a chart's figures; ``windows`` are those of a funnel, when it is not of the leading years."""
    data = json.loads(content)
    if data["t"] == "tragt":
        years = windows or names.windows
        for name, met, due, _position in data["d"]:
            key = names.units[html.unescape(name)]
            for measure, value in (("met", met), ("due", due)):
                yield Published(rule, *key, *years[key[0]], measured(rule, measure), value, file)
        if data["d"]:
            yield Published(rule, *NATION, *years[key[0]], measured(rule, "rate"), data["s"], file)
        return
    assert own
    for one in data["d"]:
        for index, period in enumerate(data["q"]):
            kind = "quarter" if one["k"] != "r" else "rolling4" if "-Q" in period else "year"
            pair = one["n"][index]
            if pair is not None:
                yield Published(rule, *own, kind, period, measured(rule, "met"), pair[0], file)
                yield Published(rule, *own, kind, period, measured(rule, "due"), pair[1], file)
            for measure, column in (("rate", "y"), ("low", "lo"), ("high", "hi")):
                value = one.get(column, [None] * len(data["q"]))[index]
                if value is not None:
                    yield Published(rule, *own, kind, period, measured(rule, measure), value, file)


def from_html(text: str, names: Names, own: Key | None, rule: str | None, file: str) -> Iterator[Published]:
    """Return the figures of a page: its tables, chart data, map and key figures."""
    for markup in HTML_TABLE.findall(text):
        yield from from_table(html_table(markup), names, own, file)
    for article in ARTICLE.finditer(text):
        for content in CHART.findall(article[0]):
            yield from _chart(content, names, article[1], own, file)
        big = BIG.search(article[0])
        if big and own:
            rate = plain(big[1]).removesuffix(" pct.")
            met, _of, due = plain(big[2]).partition(" af ")
            for measure, value in (("rate", rate), ("met", met), ("due", due)):
                yield from cells_of(article[1], own, *names.windows[own[0]], measure, value, file)
    outside = ARTICLE.sub("", text)
    mapped = MAPPED.search(outside)
    shown = rule or (names.rules[plain(mapped[1])] if mapped else "")
    windows = names.windows
    if TWO_YEARS in outside:
        windows = {level: Window(f"{TWICE}{one.kind}", one.period) for level, one in names.windows.items()}
    for content in CHART.findall(outside):
        yield from _chart(content, names, shown, own, file, windows)
    for markup in HTML_TABLE.findall(outside) if TWO_YEARS in outside else ():
        table = html_table(markup)
        if table.caption.startswith(TWO_YEARS_ADDED):
            for name, due, met, rate in table.rows:
                key = names.units[name]
                for measure, part in (("due", due), ("met", met), ("rate", rate)):
                    yield from cells_of(shown, key, *windows[key[0]], measure, part, file)
    for tiles in TILES.findall(outside):
        for title in TITLE.findall(tiles):
            name, _colon, rest = html.unescape(title).partition(": ")
            ratio = RATIO.match(rest)
            if ratio:
                for measure, part in (("met", ratio[1]), ("due", ratio[2])):
                    key = names.units[name]
                    yield from cells_of(shown, key, *windows[key[0]], measure, part, file)


def from_pdf(content: bytes, names: Names, own: Key, file: str) -> Iterator[Published]:
    """Return the figures of a report's tables."""
    from reports.read_back.pdf_text import blocks

    caption = ""
    for block in blocks(content):
        if block.kind == "Table":
            yield from from_table(PrintedTable(caption, block.rows[0], block.rows[1:]), names, own, file)
        elif block.text.strip():
            caption = block.text.strip()


def from_records(headings: list[str], rows: Iterable[list[object]], names: Names, file: str) -> Iterator[Published]:
    """Return the figures of a data file: one row a figure."""
    at = {name: index for index, name in enumerate(headings)}
    levels = {"Hele landet": "national", "Område": "area", "Region": "region", "Kommune": "municipality"}
    levels["Institution"] = "institution"
    measures = [
        (at[name], measure, at.get(DATA_MARKS.get(name, ""))) for name, measure in DATA_MEASURES.items() if name in at
    ]
    for row in rows:
        level = levels[str(row[at["niveau"]])]
        kind = KINDS[str(row[at["periodetype"]])]
        rule, code, period = str(row[at["pligt_id"]]), str(row[at["enhedskode"]]), str(row[at["periode"]])
        for index, measure, mark in measures:
            value = row[index]
            if value == "" and mark is not None and row[mark] == HIDDEN_MARK:
                value = HIDDEN
            if isinstance(value, str):
                yield from cells_of(rule, (level, code), kind, period, measure, value, file)
            else:
                assert isinstance(value, int | float)
                yield Published(rule, level, code, kind, period, measured(rule, measure), float(value), file)


def from_csv(content: bytes, names: Names, file: str) -> Iterator[Published]:
    """Return the figures of a csv file."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    headings = next(reader)
    yield from from_records(headings, (list(row) for row in reader), names, file)


def from_workbook(path: Path, names: Names, file: str) -> Iterator[Published]:
    """Return the figures of a workbook's sheets of figures."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python()
        if rows and {"niveau", "pligt_id"} <= set(rows[0]):
            yield from from_records([str(one) for one in rows[0]], (list(row) for row in rows[1:]), names, file)


def published_cells(folder: Path, frame: ReportData, files: Iterable[Path] | None = None) -> Iterator[Published]:
    """Return every figure of an edition's folder (``delt``, ``direktorat`` or ``kommune/<code>``), file by file.

    ``frame`` gives the names of duties and units and the leading quarter (``ReportData.without_figures`` is enough).
    """
    names = Names(frame)
    owner = ("municipality", folder.name) if folder.parent.name == "kommune" else None
    for path in sorted(folder.rglob("*") if files is None else files):
        if not path.is_file() or path.suffix not in (".html", ".pdf", ".csv", ".xlsx"):
            continue
        if path.parent.name == CASE_FOLDER or path.name == FORM_FILE:
            continue  # about single cases: no figure stands there
        place = path.relative_to(folder)
        parent = place.parent.as_posix()
        own = owner or (NATION if parent == "." else names.folders.get(parent))
        file = place.as_posix()
        if path.suffix == ".html":
            rule = place.parts[1] if place.parts[0] == "pligt" else None
            yield from from_html(path.read_text(encoding="utf-8"), names, None if rule else own, rule, file)
        elif path.suffix == ".pdf":
            assert own
            yield from from_pdf(path.read_bytes(), names, own, file)
        elif path.suffix == ".csv":
            yield from from_csv(path.read_bytes(), names, file)
        else:
            yield from from_workbook(path, names, file)


class Contradiction(ValueError):
    """Two files of one edition print different numbers for the same figure."""


def agreed(cells: Iterable[Published]) -> dict[tuple[str, str, str, str, str], int | None]:
    """Return protected counts as the audit reads them: (rule, level, unit, period, measure) -> number or hidden.

    Every file must say the same; one that shows what another hides is as wrong as one with another number.
    """
    found: dict[tuple[str, str, str, str, str], int | None] = {}
    places: dict[tuple[str, str, str, str, str], str] = {}
    sums: list[Published] = []
    for cell in cells:
        if cell.measure not in ("due", "met", "own_due", "own_met"):
            continue
        if cell.kind.startswith(TWICE):
            sums.append(cell)
            continue
        if cell.kind not in ("rolling4", "year"):
            raise Contradiction(f"{cell.file} shows a period that protected figures do not have: {cell}")
        key = (cell.rule, cell.level, cell.unit, cell.period, cell.measure)
        value = None if cell.value is None else int(cell.value)
        if key in found and found[key] != value:
            raise Contradiction(f"{cell.file} and {places[key]} disagree on {key}")
        found[key], places[key] = value, cell.file
    for cell in sums:
        year = Window(cell.kind.removeprefix(TWICE), cell.period)
        years = [found.get((cell.rule, cell.level, cell.unit, one.period, cell.measure)) for one in (year, year.before)]
        wanted = None if None in years else sum(one for one in years if one is not None)
        if cell.value is not None and cell.value != wanted:
            raise Contradiction(f"{cell.file} adds two years to what is not their sum: {cell}")
    return found

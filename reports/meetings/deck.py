"""A pack as a slide deck (pptx) that PowerPoint can edit: native charts with their data, notes with their sources.

Belongs here: slides, their places and colours, notes, properties. Does not belong here: the charts
(``deck_charts``) and what the pack says.

One section is one slide; short texts follow each other on one, and a long table goes on over several. The same content
gives the same bytes: properties carry the day of assessment, and the parts
of the file are packed anew without the clock's time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipelines.danish import long_date, number
from pipelines.typesetting import FONTS
from pipelines.vocabulary import HIDDEN
from reports.meetings.content import LINES, TEXT, Chart, Content, Section, Series, Table, written
from reports.meetings.deck_charts import add_chart
from reports.meetings.meeting_workbook import midnight
from reports.words.hidden import HIDDEN_IN_WORDS

_WIDTH, _HEIGHT = 13.333, 7.5
_LEFT, _INNER = 0.6, 12.13
_DEEP, _TEXT, _SOFT, _PALE = "0B3C5D", "1A2026", "4A5560", "E3EEF6"
_FONT = "Arial"
_MOST_ROWS, _MOST_SLIDES = 14, 4
_MOST_COLUMNS = 8
_NARROW_COLUMNS = 4
_BESIDE = 2.05
_HEAD, _FOOT = 0.5, 0.1
_MOST_SENTENCES = 5
_MOST_BARS = 24
_LONG_SENTENCES = 340
_SMALLEST_TEXT = 10.0
_PACKED = (1980, 1, 1, 0, 0, 0)


#: The smallest letters of text, tables and axes that are read from five metres, in points.
LEAST_IN_THE_ROOM = 18
# Its letters are a little wider than Arial's: what fits when measured with it fits in any office program.
_MEASURED_WITH = str(FONTS / "IBMPlexSans-Regular.ttf")


def make(content: Content) -> bytes:
    """Return the deck."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    _properties(deck, content)
    slides = [slide for group in _groups(content.sections) for slide in _spread(group)]
    pages = len(slides) + 1
    _front(deck, content, pages)
    for place, parts in enumerate(slides, start=2):
        _slide(deck, content, parts, place, pages)
    memory = io.BytesIO()
    deck.save(memory)
    return _repacked(memory.getvalue())


def _properties(deck: Any, content: Content) -> None:
    own = deck.core_properties
    own.title, own.subject = f"{content.title}. {content.subtitle}", content.marking
    own.author = own.last_modified_by = "Kriminalforsorgen"
    own.language, own.revision = "da-DK", 1
    own.created = own.modified = midnight(content.as_of).replace(tzinfo=None)


def _front(deck: Any, content: Content, pages: int) -> None:
    slide = _blank(deck, content.title, 2.4, 40)
    _text(slide, (content.subtitle,), 3.5, 0.6, 22, _SOFT)
    lines = [f"Opgjort pr. {long_date(content.as_of)}.", content.marking]
    if content.is_synthetic:
        lines.append("Syntetiske data: sagerne er opdigtede, og ingen tal siger noget om virkelige mennesker.")
    _text(slide, tuple(lines), 4.4, 1.4, 16, _TEXT)
    _bar(slide, 2.2)
    _footer(slide, content, 1, pages)
    slide.notes_slide.notes_text_frame.text = "\n".join(f"{word}: {meaning}" for word, meaning in content.definitions)


def _groups(sections: Sequence[Section]) -> Iterator[tuple[Section, ...]]:
    """Yield the sections of each slide: what is text alone shares one with the text before it while there is room."""
    group: tuple[Section, ...] = ()
    for section in sections:
        if group and (not _is_text(section) or sum(len(" ".join(one.sentences)) for one in group) > _MOST_TEXT):
            yield group
            group = ()
        group = (*group, section)
        if not _is_text(section):
            yield group
            group = ()
    if group:
        yield group


def _is_text(section: Section) -> bool:
    return section.chart is None and (section.table is None or not section.table.rows)


def _spread(group: tuple[Section, ...]) -> list[tuple[Section, ...]]:
    """Return the slides of a group: a table that stands alone goes on over several."""
    section = group[0]
    if section.chart is not None or section.table is None:
        return [group]
    most = _MOST_ROWS * (2 if len(section.table.columns) <= _NARROW_COLUMNS else 1)
    rows = section.table.rows
    parts = [rows[start : start + most] for start in range(0, len(rows), most)][:_MOST_SLIDES]
    if len(parts) < 2:
        return [group]
    return [
        (
            replace(
                section,
                title=f"{section.title} ({place} af {len(parts)})",
                table=replace(section.table, rows=part),
                sources=(*section.sources, *([] if len(rows) <= most * _MOST_SLIDES else [_CUT])),
            ),
        )
        for place, part in enumerate(parts, start=1)
    ]


def _slide(deck: Any, content: Content, parts: tuple[Section, ...], place: int, pages: int) -> None:
    section = parts[0]
    least = LEAST_IN_THE_ROOM if content.is_for_room else 0
    slide = _blank(deck, section.title, 0.35, 26)
    top = 1.15
    if all(_is_text(one) for one in parts):
        _texts(slide, parts, top, least)
    else:
        sentences = section.sentences[:_MOST_SENTENCES]
        if sentences:
            size = max(least, 16 if section.chart is None or sum(map(len, sentences)) < _LONG_SENTENCES else 13)
            height = _height(sentences, size)
            _text(slide, sentences, top, height, size, _TEXT, least=least)
            top += height
        if section.chart is not None and section.beside and section.table is not None:
            _chart_beside(slide, section, top + 0.05, 6.75 - top, least)
        elif section.chart is not None:
            _charts(slide, section.chart, top, 6.85 - top, least)
        elif section.table is not None:
            _tables(slide, section.table, top + 0.1, 6.6, least)
        _hidden_note(slide, section)
    _footer(slide, content, place, pages)
    slide.notes_slide.notes_text_frame.text = "\n".join(_notes(one) for one in parts)


def _height(sentences: Sequence[str], size: float) -> float:
    """Return how much room a text takes, in inches; a line of a slide has room for at least 1500 / size letters."""
    per_line = int(1500 / size)
    lines = sum(1 + len(sentence) // per_line for sentence in sentences)
    return lines * size * 1.2 / 72 + len(sentences) * 0.08 + 0.1


def _texts(slide: Any, parts: tuple[Section, ...], top: float, least: int) -> None:
    """Write sections that are text alone under one another; the first one's title is the slide's own."""
    for place, section in enumerate(parts):
        if place:
            _text(slide, (section.title,), top + 0.15, 0.45, 20, _DEEP, bold=True)
            top += 0.6
        height = _height(section.sentences, 18)
        _text(slide, section.sentences, top, height, 18, _TEXT, least=least)
        top += height


def _hidden_note(slide: Any, section: Section) -> None:
    shown = section.table.rows if section.table is not None and (section.chart is None or section.beside) else ()
    if any(written(cell, column.kind) == HIDDEN for row in shown for cell, column in zip(row, section.table.columns)):  # type: ignore[union-attr]
        _text(slide, (f"{HIDDEN} betyder {HIDDEN_IN_WORDS}.",), 6.68, 0.25, 10, _SOFT)


def _chart_beside(slide: Any, section: Section, top: float, height: float, least: int) -> None:
    """Add a chart with some columns of its table at its right, one row of counts to each of its categories."""
    assert section.chart is not None and section.table is not None
    table = Table(
        tuple(section.table.columns[place] for place in section.beside),
        tuple(tuple(row[place] for place in section.beside) for row in section.table.rows),
    )
    width = (_BESIDE * 1.5 if least else _BESIDE) * len(table.columns)
    left = _INNER - width - 0.1
    rows = (height - _HEAD - _FOOT) / max(len(table.rows), 1)
    add_chart(slide, section.chart, _LEFT, top, left, height, (_HEAD / height, rows * len(table.rows) / height), least)
    _grid(slide, table, _LEFT + left + 0.1, top, width, max(least, 12 if len(table.rows) <= 8 else 10), (_HEAD, rows))


def _charts(slide: Any, chart: Chart, top: float, height: float, least: int) -> None:
    """Add a chart; one with very many bars stands as two beside each other, so that its names can be read."""
    if chart.kind == LINES or len(chart.categories) <= _MOST_BARS:
        add_chart(slide, chart, _LEFT, top, _INNER, height, least=least)
        return
    middle = (len(chart.categories) + 1) // 2
    for place, part in enumerate((slice(None, middle), slice(middle, None))):
        series = tuple(Series(one.name, one.values[part]) for one in chart.series)
        half = replace(chart, categories=chart.categories[part], series=series)
        add_chart(slide, half, _LEFT + place * _INNER / 2, top, _INNER / 2, height, least=least)


def _notes(section: Section) -> str:
    parts = [*section.sentences, *section.sources]
    if section.definitions:
        parts += ["Definitioner:", *section.definitions]
    if section.table is not None:
        parts.append("Alle tal bag billedet står i regnearket og i dokumentet.")
    return "\n".join(parts)


def _blank(deck: Any, title: str, top: float, size: int) -> Any:
    """Return a new slide with its title in the place made for it, which is what a screen reader looks for."""
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Inches(_LEFT), Inches(top), Inches(_INNER), Inches(0.8)
    frame = shape.text_frame
    frame.text = title
    frame.word_wrap = True
    _style(frame.paragraphs[0], _fitting(frame, size), _DEEP, bold=True)
    from pptx.enum.text import MSO_ANCHOR

    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return slide


def _fitting(frame: Any, size: float, least: float = 0) -> float:
    """Return the largest size, up to the one wished for, at which the text fits its box: measured letter by letter."""
    if not frame.text.strip():
        return size
    try:
        frame.fit_text(_FONT, int(size), font_file=_MEASURED_WITH)
    except TypeError:  # python-pptx's answer when no size fits at all
        return max(least, _SMALLEST_TEXT)
    return max(least, float(frame.paragraphs[0].runs[0].font.size.pt))


_MOST_TEXT = 620
_CUT = "Tabellen er afkortet her; resten står i dokumentet og regnearket."


def _style(paragraph: Any, size: float, colour: str, *, bold: bool = False, right: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, _FONT
        run.font.color.rgb = RGBColor.from_string(colour)
        run._r.get_or_add_rPr().set("lang", "da-DK")


def _text(
    slide: Any,
    lines: Sequence[str],
    top: float,
    height: float,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    least: float = 0,
) -> None:
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(Inches(_LEFT), Inches(top), Inches(_INNER), Inches(height)).text_frame
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = line
        paragraph.space_after = Pt(5)
    size = _fitting(frame, size, least)
    for paragraph in frame.paragraphs:
        _style(paragraph, size, colour, bold=bold)


def _bar(slide: Any, top: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(_LEFT + 0.1), Inches(top), Inches(1.6), Inches(0.07))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(_DEEP)
    shape.line.fill.background()
    shape.shadow.inherit = False
    shape._element.nvSpPr.cNvPr.set("descr", "Pynt")


def _footer(slide: Any, content: Content, place: int, pages: int) -> None:
    from pptx.util import Inches

    synthetic = "Syntetiske data. " if content.is_synthetic else ""
    for text, left, width, right in (
        (f"{synthetic}{content.marking}", _LEFT, 10.4, False),
        (f"{number(place)} af {number(pages)}", 11.1, 1.63, True),
    ):
        frame = slide.shapes.add_textbox(Inches(left), Inches(6.98), Inches(width), Inches(0.35)).text_frame
        frame.text = text
        frame.word_wrap = True
        _style(frame.paragraphs[0], 10, _SOFT, right=right)


def _tables(slide: Any, table: Table, top: float, bottom: float, least: int) -> None:
    """Add a table that stands alone; a long one of few columns as two beside each other."""
    table = Table(table.columns[:_MOST_COLUMNS], tuple(row[:_MOST_COLUMNS] for row in table.rows))
    halves = [table.rows]
    if len(table.rows) > _MOST_ROWS:
        middle = (len(table.rows) + 1) // 2
        halves = [table.rows[:middle], table.rows[middle:]]
    width = (_INNER - 0.3 * (len(halves) - 1)) / len(halves)
    most = max(map(len, halves))
    size = max(least, 12 if len(table.columns) <= 5 and most <= 8 else 10)
    weights = table.weights
    lines = 1 + max(
        len(column.heading) * size * 0.0085 * sum(weights) / (width * weight)
        for column, weight in zip(table.columns, weights)
    )
    head = min(int(lines) * size * 1.25 / 72 + 0.1, 0.8)
    height = min(0.9 if least else 0.42, (bottom - top - head) / most)
    for place, rows in enumerate(halves):
        half = Table(table.columns, rows)
        _grid(slide, half, _LEFT + place * (width + 0.3), top, width, size, (head, height))


def _grid(
    slide: Any, table: Table, left: float, top: float, width: float, size: float, heights: tuple[float, float]
) -> None:
    """Add one native table; ``heights`` are those of the row of headings and of each row below it."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches, Pt

    columns = table.columns
    head, each = heights
    lines = [[column.heading for column in columns]]
    lines += [[written(cell, column.kind) for column, cell in zip(columns, row)] for row in table.rows]
    frame = slide.shapes.add_table(
        len(lines), len(columns), Inches(left), Inches(top), Inches(width), Inches(head + each * len(table.rows))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", "Tabel; alle tal står også i regnearket.")
    grid = frame.table
    grid.horz_banding = False
    weights = table.weights
    for place, weight in enumerate(weights):
        grid.columns[place].width = Inches(width * weight / sum(weights))
    for line, texts in enumerate(lines):
        grid.rows[line].height = Inches(each if line else head)
        for place, text in enumerate(texts):
            cell = grid.cell(line, place)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.text = text
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(_PALE if line == 0 else "FFFFFF" if line % 2 else "F7F9FB")
            for paragraph in cell.text_frame.paragraphs:
                paragraph.space_after = Pt(0)
                colour, right = _DEEP if line == 0 else _TEXT, columns[place].kind != TEXT
                _style(paragraph, size, colour, bold=line == 0, right=right)


def _repacked(data: bytes) -> bytes:
    """Return the file with its parts in a fixed order and without the time at which they were packed."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        # The list of content types comes first, as readers expect; the rest by name.
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, date_time=_PACKED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return memory.getvalue()

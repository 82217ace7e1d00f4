"""A pack as a slide deck (pptx) that PowerPoint can edit: native charts with their data, notes with their sources.

Belongs here: slides, their places and colours, notes, properties. Does not belong here: the charts
(``deck_charts``) and what the pack says.

One section is one slide. The same content gives the same bytes: properties carry the day of assessment, and the parts
of the file are packed anew without the clock's time.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from pipelines.danish import long_date, number
from pipelines.meetings.content import LINES, TEXT, Chart, Content, Section, Series, Table, written
from pipelines.meetings.deck_charts import add_chart
from pipelines.meetings.workbook import midnight

_WIDTH, _HEIGHT = 13.333, 7.5
_LEFT, _INNER = 0.6, 12.13
_DEEP, _TEXT, _SOFT, _PALE = "0B3C5D", "1A2026", "4A5560", "E3EEF6"
_FONT = "Arial"
_MOST_ROWS = 11
_MOST_COLUMNS = 8
_MOST_SENTENCES = 5
_MOST_BARS = 24
_LONG_SENTENCES = 340
_PACKED = (1980, 1, 1, 0, 0, 0)


def make(content: Content) -> bytes:
    """Return the deck."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    _properties(deck, content)
    pages = len(content.sections) + 1
    _front(deck, content, pages)
    for place, section in enumerate(content.sections, start=2):
        _slide(deck, content, section, place, pages)
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


def _slide(deck: Any, content: Content, section: Section, place: int, pages: int) -> None:
    slide = _blank(deck, section.title, 0.35, 26)
    top = 1.15
    sentences = section.sentences[:_MOST_SENTENCES]
    if sentences:
        alone = section.chart is None and section.table is None
        size = 18 if alone else 16 if section.chart is None or sum(map(len, sentences)) < _LONG_SENTENCES else 13
        per_line = 1500 // size
        lines = sum(1 + len(sentence) // per_line for sentence in sentences)
        height = lines * size * 1.25 / 72 + len(sentences) * 0.1
        _text(slide, sentences, top, height, size, _TEXT)
        top += height + 0.1
    if section.chart is not None:
        _charts(slide, section.chart, top, 6.85 - top)
    elif section.table is not None and section.table.rows:
        _table(slide, section.table, top, 6.8)
    _footer(slide, content, place, pages)
    slide.notes_slide.notes_text_frame.text = _notes(section)


def _charts(slide: Any, chart: Chart, top: float, height: float) -> None:
    """Add a chart; one with very many bars stands as two beside each other, so that its names can be read."""
    if chart.kind == LINES or len(chart.categories) <= _MOST_BARS:
        add_chart(slide, chart, _LEFT, top, _INNER, height)
        return
    middle = (len(chart.categories) + 1) // 2
    for place, part in enumerate((slice(None, middle), slice(middle, None))):
        series = tuple(Series(one.name, one.values[part]) for one in chart.series)
        half = replace(chart, categories=chart.categories[part], series=series)
        add_chart(slide, half, _LEFT + place * _INNER / 2, top, _INNER / 2, height)


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
    _style(frame.paragraphs[0], size, _DEEP, bold=True)
    from pptx.enum.text import MSO_ANCHOR

    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return slide


def _style(paragraph: Any, size: float, colour: str, *, bold: bool = False, right: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, _FONT
        run.font.color.rgb = RGBColor.from_string(colour)
        run._r.get_or_add_rPr().set("lang", "da-DK")


def _text(slide: Any, lines: tuple[str, ...], top: float, height: float, size: float, colour: str) -> None:
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_textbox(Inches(_LEFT), Inches(top), Inches(_INNER), Inches(height)).text_frame
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = line
        paragraph.space_after = Pt(5)
        _style(paragraph, size, colour)


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


def _table(slide: Any, table: Table, top: float, bottom: float) -> None:
    """Add a table, cut to what a slide can hold; the whole of it is in the document and the workbook."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    columns = table.columns[:_MOST_COLUMNS]
    cells = [[written(cell, column.kind) for column, cell in zip(columns, row)] for row in table.rows]
    rows = cells[:_MOST_ROWS]
    weights = [column.weight for column in columns]
    size = 12 if len(columns) <= 5 and len(rows) <= 8 else 10
    height = min(0.42, (bottom - top - 0.3) / (len(rows) + 1))
    frame = slide.shapes.add_table(
        len(rows) + 1, len(columns), Inches(_LEFT), Inches(top), Inches(_INNER), Inches(height * (len(rows) + 1))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", "Tabel; alle tal står også i regnearket.")
    grid = frame.table
    grid.horz_banding = False
    for place, weight in enumerate(weights):
        grid.columns[place].width = Inches(_INNER * weight / sum(weights))
    for line, texts in enumerate([[column.heading for column in columns], *rows]):
        grid.rows[line].height = Inches(height)
        for place, text in enumerate(texts):
            cell = grid.cell(line, place)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.text = text
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(_PALE if line == 0 else "FFFFFF" if line % 2 else "F7F9FB")
            for paragraph in cell.text_frame.paragraphs:
                paragraph.space_after = Pt(0)
                _style(
                    paragraph, size, _DEEP if line == 0 else _TEXT, bold=line == 0, right=columns[place].kind != TEXT
                )
    if len(cells) > len(rows):
        more = f"{number(len(rows))} af {number(len(cells))} rækker; resten står i dokumentet og regnearket."
        _text(slide, (more,), bottom - 0.22, 0.25, 10, _SOFT)


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

"""A pack as a slide deck (pptx) that PowerPoint can edit: native charts with their data, notes with their sources.

Belongs here: slides, their places and colours, notes, properties. Does not belong here: the charts
(``deck_charts``) and what the pack says.

One section is one slide; short texts follow each other on one, and a long table or chart goes on over several.
Letters of text, tables and axes are of at least LEAST points, which can be read from five metres; what has no room by
measure (``slide_fit``) goes on over the next slide, or stands in the document and the workbook. The same content gives
the same bytes: properties carry the day of assessment, and the parts of the file are packed anew without the clock's
time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipelines.danish import long_date, number
from pipelines.vocabulary import HIDDEN
from reports.meetings import slide_fit
from reports.meetings.content import BARS, LINES, TEXT, Content, PackTable, Section, Series, written
from reports.meetings.deck_charts import NAMES, add_chart
from reports.meetings.meeting_workbook import midnight
from reports.words.hidden import HIDDEN_IN_WORDS

_WIDTH, _HEIGHT = 13.333, 7.5
_LEFT, _INNER = 0.6, 12.13
_DEEP, _TEXT, _SOFT, _PALE = "0B3C5D", "1A2026", "4A5560", "E3EEF6"
_FONT = "Arial"
_MOST_SLIDES = 8
# How broad the columns beside a chart are, together, and one that is alone.
_BESIDE, _BESIDE_ALONE = 4.3, 3.0
# The room for the legend above the bars, and below them.
_LEGEND, _FOOT = 0.5, 0.1
_TOP, _BOTTOM = 1.15, 6.65
# How much of a slide the sentences above a chart or a table may take; those after stand in the notes.
_SENTENCES = 2.1
# How much higher a row is in which the room writes.
_ROOM_TO_WRITE = 0.5
_SMALLEST_TEXT = 10.0
_PACKED = (1980, 1, 1, 0, 0, 0)
#: The smallest letters of text, tables and axes, in points.
LEAST = 18


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
    _text(slide, tuple(lines), 4.4, 1.4, LEAST, _TEXT)
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
    """Return the slides of a group: a table or a chart for which one has no room goes on over several."""
    section = group[0]
    if _is_text(section):
        return [group]
    shown = _shown_sentences(section)
    first_room = _BOTTOM - _TOP - (slide_fit.height(shown, _INNER, LEAST) if shown else 0.0)
    room = _BOTTOM - _TOP
    if section.chart is None:
        assert section.table is not None
        widths = slide_fit.column_widths(section.table, _INNER, LEAST)
        head, heights = slide_fit.row_heights(section.table, widths, LEAST)
        parts = slide_fit.rows_by_slide(heights, first_room - head - 0.1, room - head - 0.1)
    elif section.chart.kind == LINES:
        return [group]
    else:
        each = _each_category(section)
        above = _head_beside(section) + _FOOT
        heights = [each] * len(section.chart.categories)
        parts = slide_fit.rows_by_slide(heights, first_room - above, room - above)
        if len(parts) > 1:  # as many on each, so that bars do not differ from slide to slide
            most = -(-len(heights) // len(parts))
            if most * each <= first_room - above:
                parts = [slice(start, start + most) for start in range(0, len(heights), most)]
    if len(parts) < 2:
        return [group]
    cut = len(parts) > _MOST_SLIDES
    parts = parts[:_MOST_SLIDES]
    return [
        (_part(section, part, f"{section.title} ({place} af {len(parts)})", is_first=place == 1, is_cut=cut),)
        for place, part in enumerate(parts, start=1)
    ]


def _part(section: Section, part: slice, title: str, *, is_first: bool, is_cut: bool) -> Section:
    """Return what stands on one slide of a section that goes on over several."""
    chart, table = section.chart, section.table
    if chart is not None:
        series = tuple(Series(one.name, one.values[part]) for one in chart.series)
        chart = replace(chart, categories=chart.categories[part], series=series)
    if table is not None and (chart is None or section.beside):
        table = replace(table, rows=table.rows[part])
    return replace(
        section,
        title=title,
        sentences=section.sentences if is_first else (),
        chart=chart,
        table=table,
        sources=(*section.sources, *([_CUT] if is_cut else [])),
    )


def _shown_sentences(section: Section) -> tuple[str, ...]:
    if not section.sentences:
        return ()
    return slide_fit.first_that_fit(section.sentences, _INNER, LEAST, _SENTENCES)


def _beside(section: Section) -> PackTable | None:
    """Return the columns of a section's table that stand beside its chart, if any."""
    if section.table is None or not section.beside:
        return None
    return PackTable(
        tuple(section.table.columns[place] for place in section.beside),
        tuple(tuple(row[place] for place in section.beside) for row in section.table.rows),
    )


def _beside_width(table: PackTable | None) -> float:
    return 0.0 if table is None else _BESIDE if len(table.columns) > 1 else _BESIDE_ALONE


def _head_beside(section: Section) -> float:
    """Return the room above the first bar: the legend's, or that of the headings beside it."""
    table = _beside(section)
    if table is None:
        return _LEGEND
    widths = slide_fit.column_widths(table, _beside_width(table), LEAST)
    return max(_LEGEND, slide_fit.row_heights(table, widths, LEAST)[0])


def _each_category(section: Section) -> float:
    """Return how high each category of a chart of bars stands: as its name, its bars and its counts need."""
    chart, table = section.chart, _beside(section)
    assert chart is not None
    names = (_INNER - _beside_width(table) - (0.1 if table else 0)) * float(NAMES)
    lines = max((slide_fit.lines(name, names, LEAST) for name in chart.categories), default=1)
    bars = len(chart.series) if chart.kind == BARS else 1
    needs = [lines * LEAST * 1.2 / 72 + 0.06, bars * LEAST * 1.25 / 72 + 0.1]
    if table is not None:
        widths = slide_fit.column_widths(table, _beside_width(table), LEAST)
        needs += slide_fit.row_heights(table, widths, LEAST)[1]
    return max(needs)


def _slide(deck: Any, content: Content, parts: tuple[Section, ...], place: int, pages: int) -> None:
    section = parts[0]
    slide = _blank(deck, section.title, 0.35, 26)
    top = _TOP
    if all(_is_text(one) for one in parts):
        _texts(slide, parts, top)
    else:
        sentences = _shown_sentences(section)
        if sentences:
            height = slide_fit.height(sentences, _INNER, LEAST)
            _text(slide, sentences, top, height, LEAST, _TEXT, least=LEAST)
            top += height
        if section.chart is not None and section.beside and section.table is not None:
            _chart_beside(slide, section, top)
        elif section.chart is not None:
            add_chart(slide, section.chart, _LEFT, top, _INNER, _BOTTOM - top, least=LEAST)
        elif section.table is not None:
            _table(slide, section.table, top + 0.1)
        _hidden_note(slide, section)
    _footer(slide, content, place, pages)
    slide.notes_slide.notes_text_frame.text = "\n".join(_notes(one) for one in parts)


def _texts(slide: Any, parts: tuple[Section, ...], top: float) -> None:
    """Write sections that are text alone under one another; the first one's title is the slide's own."""
    for place, section in enumerate(parts):
        if place:
            _text(slide, (section.title,), top + 0.15, 0.45, 20, _DEEP, bold=True)
            top += 0.6
        height = slide_fit.height(section.sentences, _INNER, LEAST)
        _text(slide, section.sentences, top, height, LEAST, _TEXT, least=LEAST)
        top += height


def _hidden_note(slide: Any, section: Section) -> None:
    shown = section.table.rows if section.table is not None and (section.chart is None or section.beside) else ()
    if any(written(cell, column.kind) == HIDDEN for row in shown for cell, column in zip(row, section.table.columns)):  # type: ignore[union-attr]
        _text(slide, (f"{HIDDEN} betyder {HIDDEN_IN_WORDS}.",), 6.68, 0.25, 10, _SOFT)


def _chart_beside(slide: Any, section: Section, top: float) -> None:
    """Add a chart with some columns of its table at its right, one row of counts to each of its categories."""
    table = _beside(section)
    assert section.chart is not None and table is not None
    width, head, height = _beside_width(table), _head_beside(section), _BOTTOM - top
    left = _INNER - width - 0.1
    rows = (height - head - _FOOT) / max(len(table.rows), 1)
    plot = (head / height, rows * len(table.rows) / height)
    add_chart(slide, section.chart, _LEFT, top, left, height, plot, LEAST)
    _grid(slide, table, _LEFT + left + 0.1, top, width, head, [rows] * len(table.rows))


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
        frame.fit_text(_FONT, int(size), font_file=slide_fit.MEASURED_WITH)
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


def _table(slide: Any, table: PackTable, top: float) -> None:
    """Add a table that stands alone; columns for which there is no room are in the document and the workbook."""
    widths = slide_fit.column_widths(table, _INNER, LEAST)
    head, heights = slide_fit.row_heights(table, widths, LEAST)
    spare = _BOTTOM - top - head - sum(heights)
    is_to_be_filled = not any(cell for row in table.rows for cell in row)
    more = min(_ROOM_TO_WRITE if is_to_be_filled else 0.12, max(0.0, spare / max(len(heights), 1)))
    _grid(slide, table, _LEFT, top, _INNER, head, [own + more for own in heights])


def _grid(
    slide: Any, table: PackTable, left: float, top: float, width: float, head: float, heights: Sequence[float]
) -> None:
    """Add one native table; ``head`` and ``heights`` are those of the row of headings and of the rows below it."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches, Pt

    widths = slide_fit.column_widths(table, width, LEAST)
    columns = table.columns[: len(widths)]
    lines = [[column.heading for column in columns]]
    lines += [[slide_fit.cell_text(cell, column.kind) for column, cell in zip(columns, row)] for row in table.rows]
    frame = slide.shapes.add_table(
        len(lines), len(columns), Inches(left), Inches(top), Inches(width), Inches(head + sum(heights))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", "Tabel; alle tal står også i regnearket.")
    grid = frame.table
    grid.horz_banding = False
    for place, own in enumerate(widths):
        grid.columns[place].width = Inches(own)
    for line, texts in enumerate(lines):
        grid.rows[line].height = Inches(heights[line - 1] if line else head)
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
                _style(paragraph, LEAST, colour, bold=line == 0, right=right)


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

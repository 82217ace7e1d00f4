"""Native charts on a slide, each with its data in a workbook inside the deck, so that anyone can edit or check it.

Belongs here: the chart's form, colours and data. Does not belong here: the slide around it (``deck``).

The workbook inside is our own and not python-pptx's, which would carry the clock's time and let a name that begins
with = become a formula.
"""

from __future__ import annotations

import io
from typing import Any

from pipelines.table_files import new_workbook
from reports.meetings.content import BARS, DAYS, LINES, SHARE, STACKED, PackChart

# From light (longest ago) to dark (now); the parties of a stacked bar have shades that differ in lightness as well.
_RAMPS = {2: ("B5C4D1", "0B5A8A"), 3: ("B5C4D1", "5B93B8", "0B3C5D"), 4: ("C9D6E2", "8FB0C9", "4A86AF", "0B3C5D")}
# The parties have colours of equal weight; neither stands out before the other.
_STACK = ("1F6FA3", "A85A12", "6A7683", "414B55")
_LINES = ("0B5A8A", "5A6672", "A85A12", "A85A12")
_SINGLE = "0B5A8A"
_TEXT, _GRID = "3D4752", "DFE4EA"
# An empty part after the second semicolon leaves out a nought, which would stand on top of its neighbour.
# 406 is Danish: without it a program shows thousands as its own language does.
_COUNTS = "[$-406]#,##0;-#,##0;"
_WHITE = "FFFFFF"
_CREATED = "2000-01-01"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
# The share of the chart's width that the names of its categories have.
NAMES = "0.42"
# So many places along a line can be named in letters of 18 points.
_MOST_NAMED = 7
# A part of a stacked bar so small that its number would not fit in it has none; the table beside has it.
_SMALLEST_PART = 0.035


def add_chart(
    slide: Any,
    chart: PackChart,
    left: float,
    top: float,
    width: float,
    height: float,
    plot: tuple[float, float] | None = None,
    least: int = 0,
) -> None:
    """Put a chart on a slide, in inches; ``plot`` fixes where its bars begin and how high they stand, as shares.

    ``least`` is the smallest size of letters on it, in points.
    """
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data = CategoryChartData(number_format=_format(chart))
    data.categories = list(chart.categories)
    for series in chart.series:
        data.add_series(series.name, series.values)
    kinds = {BARS: XL_CHART_TYPE.BAR_CLUSTERED, LINES: XL_CHART_TYPE.LINE_MARKERS}
    kind = kinds.get(chart.kind, XL_CHART_TYPE.BAR_STACKED)
    frame = slide.shapes.add_chart(kind, Inches(left), Inches(top), Inches(width), Inches(height), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.words)
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    _form(drawn, chart, least)
    if plot is not None:
        _fix(drawn, *plot)


def _fix(drawn: Any, top: float, height: float) -> None:
    """Fix the place of the bars themselves, so that a table beside them can stand row by row."""
    from lxml import etree

    area = drawn._chartSpace.chart.plotArea
    for old in area.findall(_C + "layout"):
        area.remove(old)
    layout = etree.Element(_C + "layout")
    manual = etree.SubElement(layout, _C + "manualLayout")
    for name, value in (
        ("layoutTarget", "inner"),
        ("xMode", "edge"),
        ("yMode", "edge"),
        ("x", NAMES),
        ("y", f"{top:.4f}"),
        ("w", f"{0.93 - float(NAMES):.4f}"),
        ("h", f"{height:.4f}"),
    ):
        etree.SubElement(manual, _C + name).set("val", value)
    area.insert(0, layout)


def _format(chart: PackChart) -> str:
    if chart.unit == SHARE:
        return "0 %"
    values = [value for series in chart.series for value in series.values if value is not None]
    if chart.unit == DAYS and any(float(value) != int(value) for value in values):
        return "[$-406]0.0"
    return _COUNTS if chart.kind == STACKED else "[$-406]#,##0"


def _workbook(chart: PackChart) -> bytes:
    """Return the chart's data as a workbook: categories in column A, a series in each further one."""
    import datetime

    memory = io.BytesIO()
    workbook = new_workbook(memory)
    workbook.set_properties({"author": "Kriminalforsorgen", "created": datetime.datetime.fromisoformat(_CREATED)})
    sheet = workbook.add_worksheet("Sheet1")  # the name that the chart's references have
    form = workbook.add_format({"num_format": _format(chart)})
    sheet.set_column(0, 0, 44)
    for row, category in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, category)
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(0, column, series.name)
        for row, value in enumerate(series.values, start=1):
            if value is not None:
                sheet.write_number(row, column, value, form)
    workbook.close()
    return memory.getvalue()


def _form(drawn: Any, chart: PackChart, least: int) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    many = len(chart.categories)
    small = max(least, 12)
    drawn.font.size, drawn.font.name = Pt(small), "Arial"
    drawn.font.color.rgb = RGBColor.from_string(_TEXT)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        drawn.legend.font.size = Pt(max(least, 12))
    values, categories = drawn.value_axis, drawn.category_axis
    values.minimum_scale = 0
    if chart.unit == SHARE:
        values.maximum_scale, values.major_unit = 1, 0.25
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string(_GRID)
    values.format.line.fill.background()
    values.major_tick_mark = categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.format.line.color.rgb = RGBColor.from_string("8A96A3")
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = _format(chart), False
    plot = drawn.plots[0]
    # An office program leaves out names by itself where it thinks the room too small; there is room, by measure.
    _name_every(categories, -(-many // _MOST_NAMED) if chart.kind == LINES else 1)
    if chart.kind != LINES:
        categories.reverse_order = True
        # With the order turned round the values would stand on top; the labels on the bars say them already.
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        plot.gap_width = 45 if many > 3 else 180
        plot.overlap = 100 if chart.kind not in (BARS,) else -5
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = (
            True,
            _format(chart),
            False,
        )
        labels.font.size = Pt(max(least, small - 1) if chart.kind == BARS else small)
    for place, series in enumerate(plot.series):
        palette = _palette(chart)
        colour = RGBColor.from_string(palette[place % len(palette)])
        if chart.kind == LINES:
            _line(series, colour, is_limit=place > 1 or series.name == "Midterlinje", place=place)
        else:
            series.invert_if_negative = False
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
            if chart.kind == STACKED:
                labels = series.data_labels
                labels.show_value, labels.number_format, labels.number_format_is_linked = True, _format(chart), False
                labels.font.size = Pt(small)
                labels.font.color.rgb = RGBColor.from_string(_WHITE)
                _without_small(series, chart, place)


def _name_every(axis: Any, step: int) -> None:
    """Name each of an axis' places, or every second or third: as many as can stand beside one another."""
    from lxml import etree

    skip = etree.Element(_C + "tickLblSkip")
    skip.set("val", str(step))
    # The schema has its place before this one.
    axis._element.find(_C + "noMultiLvlLbl").addprevious(skip)


def _without_small(series: Any, chart: PackChart, place: int) -> None:
    """Take away the numbers of parts that are too narrow for them."""
    from lxml import etree

    longest = max(
        (sum(float(one.values[row] or 0) for one in chart.series) for row in range(len(chart.categories))), default=0
    )
    labels = series._element.find(_C + "dLbls")
    for row in reversed(range(len(chart.categories))):
        if float(chart.series[place].values[row] or 0) < _SMALLEST_PART * longest:
            label = etree.Element(_C + "dLbl")
            etree.SubElement(label, _C + "idx").set("val", str(row))
            etree.SubElement(label, _C + "delete").set("val", "1")
            labels.insert(0, label)


def _palette(chart: PackChart) -> tuple[str, ...]:
    if len(chart.series) == 1:
        return (_SINGLE,)
    if chart.kind == LINES:
        return _LINES
    return _STACK if chart.kind == STACKED else _RAMPS.get(len(chart.series), _RAMPS[4])


def _line(series: Any, colour: Any, *, is_limit: bool, place: int) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    series.smooth = False
    series.format.line.color.rgb = colour
    series.format.line.width = Pt(1.25 if is_limit else 2.5)
    if is_limit:
        series.format.line.dash_style = MSO_LINE.DASH
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    # A second line differs in its marks as well, so that colour is not the only difference.
    series.marker.style = XL_MARKER_STYLE.CIRCLE if place == 0 else XL_MARKER_STYLE.SQUARE
    series.marker.size = 7
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    series.marker.format.line.color.rgb = colour

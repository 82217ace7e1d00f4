"""The room version: the order of the meeting, at most three questions, rows to write in, published figures alone."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Inches

from pipelines import cli
from pipelines.layout import Output
from pipelines.replies.actions import Action
from reports.meetings import deck, facts, pack, participant_pack, published_figures, room_pack, slide_fit
from reports.meetings.content import Content, PackColumn, PackTable, Section
from tests.meetings.made_up_output import PACK_CODES, pack_file

AGREED = Action(
    "SM1",
    datetime.date(2024, 3, 14),
    ("area", "Øst"),
    "release_meeting_called",
    "Fælles skabelon",
    "omraadekontor",
    datetime.date(2024, 9, 1),
    "i_gang",
    "T-1",
)


@pytest.fixture(scope="module")
def room(built: Output, read: facts.Facts) -> Content:
    """Return the room version, made with one action from last time."""
    public = published_figures.read(built, "Øst", PACK_CODES)
    return room_pack.build(pack.for_participants(read, public, [AGREED]))


def test_it_opens_with_last_times_actions_and_ends_with_what_to_bring(room: Content) -> None:
    assert room.sections[0].key == "tiltag" and room.sections[-1].key == "naeste-gang"
    assert room.sections[0].table is not None
    assert "fristen er passeret" in str(room.sections[0].table.rows[0])
    assert room.sections[0].table.columns[-1].heading == "Har tallet flyttet sig?"
    assert room.sections[0].table.rows[0][-1] in (
        "Kan ikke siges: for få udgivne år eller sager.",
        "Kun som den jævne udvikling, det var i.",
        "Ja, op.",
        "Ja, ned.",
    ) or "kunne ikke ses" in str(room.sections[0].table.rows[0][-1])
    assert any("status fra den part, der har opgaven" in line for line in room.sections[-1].sentences)


def test_it_asks_one_to_three_questions_with_a_finding_as_title_and_their_counts(room: Content) -> None:
    asked = room.sections[1:-2]
    assert 1 <= len(asked) <= 3
    for section in asked:
        assert any(letter.isdigit() for letter in section.title), section.title
        assert section.chart is not None and section.table is not None and section.table.rows
        assert section.sentences[-1].startswith("Spørgsmål til rummet")


def test_a_question_is_worded_for_the_direction_of_what_was_found() -> None:
    ways = [(key, way) for key in (participant_pack.GAP, participant_pack.CHANGE) for way in (0.1, -0.1)]
    asked = [room_pack._asked(*way) for way in ways]
    assert len(set(asked)) == 4
    assert "Hvad gør vi, som virker" in asked[2] and "er blevet sværere" in asked[3]


def test_a_topic_of_the_room_has_the_question_of_its_own_direction(room: Content) -> None:
    section = next(one for one in room.sections if one.key == participant_pack.CHANGE)
    assert ("procentpoint frem" in section.title) == ("Hvad gør vi, som virker" in section.sentences[-1])


def test_there_are_blank_rows_for_what_is_agreed_who_and_by_when(room: Content) -> None:
    section = room.sections[-2]
    assert section.table is not None
    assert [column.heading for column in section.table.columns] == [
        "Hvad aftaler vi?",
        "Hvilken pligt",
        "Hvilken part",
        "Senest",
    ]
    assert len(section.table.rows) >= 4 and not any(cell for row in section.table.rows for cell in row)


def test_a_pack_is_refused_when_warehouse_and_publication_are_of_different_days(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    published = output.published.resolve()
    output.published.unlink()
    folder = output.published / "2026-06-30"
    (folder / "delt").mkdir(parents=True)
    (folder / "delt" / "data.csv").write_bytes((published / "current" / "delt" / "data.csv").read_bytes())
    description = {"release_id": "2026-06-30", "number": 1, "as_of": "2026-06-30", "files": []}
    (folder / "release.json").write_text(json.dumps(description), encoding="utf-8")
    (output.published / "current").symlink_to("2026-06-30", target_is_directory=True)
    assert cli.main(["meeting", "prepare", "--area", "oest", "--output", str(output.root)]) == 1
    assert "er opgjort 30-09-2026, og den gældende udgivelse 2026-06-30 er fra 30-06-2026" in capsys.readouterr().err
    assert not (output.root / "meetings").exists()


def _letters(shape: Any) -> list[float]:
    """Return the sizes of all letters of a shape, in points."""
    if shape.has_chart:
        chart = shape.chart
        plots = [plot.data_labels.font.size.pt for plot in chart.plots if plot.has_data_labels]
        return [chart.font.size.pt, *plots, *([chart.legend.font.size.pt] if chart.has_legend else [])]
    frames = [cell.text_frame for row in shape.table.rows for cell in row.cells] if shape.has_table else []
    frames += [shape.text_frame] if shape.has_text_frame and shape.top < Inches(6.6) else []
    return [run.font.size.pt for frame in frames for paragraph in frame.paragraphs for run in paragraph.runs]


@pytest.mark.parametrize("who", ["omraadekontor", "deltagere", "rum"])
def test_text_tables_and_axes_of_every_deck_have_letters_of_at_least_18_points_and_end_above_the_footer(
    folder: Path, who: str
) -> None:
    sizes, tables = [], 0
    for slide in Presentation(str(pack_file(folder, who, "pptx"))).slides:
        for shape in slide.shapes:
            if shape == slide.shapes.title:
                continue
            sizes += _letters(shape)
            if shape.has_table or shape.has_chart:
                assert shape.top + shape.height <= Inches(6.75), slide.shapes.title.text
            if shape.has_table:
                tables += 1
                _fits(shape)
    assert len(sizes) > 20 and min(sizes) >= 18 and tables > 1


def _fits(shape: Any) -> None:
    """Measure every cell of a table: its text has room in its row and no word is broken."""
    inch = 914400
    for row in shape.table.rows:
        for column, cell in zip(shape.table.columns, row.cells):
            bold = any(run.font.bold for paragraph in cell.text_frame.paragraphs for run in paragraph.runs)
            lines = slide_fit.lines(cell.text, column.width / inch, 18, bold=bold)
            assert lines * 18 * 1.2 / 72 <= row.height / inch, cell.text
            words = [slide_fit.breadth(word, 18, bold=bold) for word in cell.text.split(" ")]
            assert max(words, default=0) <= column.width / inch - 0.19, cell.text


def test_a_table_that_is_longer_than_a_slide_goes_on_over_the_next_ones_and_loses_no_row() -> None:
    rows = tuple(
        (f"Kommune nummer {place}", "Et godt stykke tekst, der står på flere linjer. " * 3) for place in range(20)
    )
    section = Section(
        "a", "Lang", ("Indledning.",), None, PackTable((PackColumn("Kommune"), PackColumn("Tekst", wide=True)), rows)
    )
    content = Content("Møde", "U", "Til alle", datetime.date(2026, 9, 30), False, (section,), ())
    slides = list(Presentation(io.BytesIO(deck.make(content))).slides)[1:]
    shown = [
        row.cells[0].text for slide in slides for shape in slide.shapes if shape.has_table for row in shape.table.rows
    ]
    assert len(slides) > 2 and [one for one in shown if one != "Kommune"] == [row[0] for row in rows]
    assert [slide.shapes.title.text for slide in slides][:2] == [
        f"Lang (1 af {len(slides)})",
        f"Lang (2 af {len(slides)})",
    ]


def test_a_title_that_is_too_long_for_its_place_gets_smaller_letters_by_measure() -> None:
    def letters(title: str) -> float:
        section = Section("a", title, ("Tekst.",), None, PackTable((PackColumn("A"),), (("b",),)))
        content = Content("Møde", "U", "Til alle", datetime.date(2026, 9, 30), False, (section,), ())
        shape = Presentation(io.BytesIO(deck.make(content))).slides[1].shapes.title
        return float(shape.text_frame.paragraphs[0].runs[0].font.size.pt)

    # As many letters in both: what counts is how broad they are.
    narrow, broad = "iiiiiiiiii " * 9, "MMMMMMMMMM " * 9
    assert letters(narrow) == 26 > letters(broad)

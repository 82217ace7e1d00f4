"""The room version: the order of the meeting, at most three questions, rows to write in, and released figures alone."""

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
from reports.meetings import deck, facts, pack, participant_pack, published_figures, room_pack
from reports.meetings.content import Column, Content, Section, Table
from tests.meetings.made_up_output import PACK_CODES

AGREED = Action(
    "SM1", datetime.date(2024, 3, 14), ("area", "Øst"), "release_meeting_called", "Fælles skabelon", "omraadekontor",
    datetime.date(2024, 9, 1), "i_gang", "T-1",
)  # fmt: skip


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
        "Kan ikke siges: for få udgivne år eller sager.", "Kun som den jævne udvikling, det var i.", "Ja, op.",
        "Ja, ned.",
    ) or "kunne ikke ses" in str(room.sections[0].table.rows[0][-1])  # fmt: skip
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
        "Hvad aftaler vi?", "Hvilken pligt", "Hvilken part", "Senest",
    ]  # fmt: skip
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


def test_what_is_read_from_the_wall_has_letters_of_at_least_18_points(room: Content) -> None:
    sizes = []
    for slide in Presentation(io.BytesIO(deck.make(room))).slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.top < Inches(6.6):
                sizes += [run.font.size.pt for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]
            if shape.has_table:
                sizes += [
                    run.font.size.pt
                    for row in shape.table.rows
                    for cell in row.cells
                    for paragraph in cell.text_frame.paragraphs
                    for run in paragraph.runs
                ]
            if shape.has_chart:
                sizes += [shape.chart.font.size.pt, shape.chart.plots[0].data_labels.font.size.pt]
    front = 16
    assert len(sizes) > 20 and min(size for size in sizes if size != front) >= 18


def test_a_title_that_is_too_long_for_its_place_gets_smaller_letters_by_measure() -> None:
    def letters(title: str) -> float:
        section = Section("a", title, ("Tekst.",), None, Table((Column("A"),), (("b",),)))
        content = Content("Møde", "U", "Til alle", datetime.date(2026, 9, 30), False, (section,), ())
        shape = Presentation(io.BytesIO(deck.make(content))).slides[1].shapes.title
        return float(shape.text_frame.paragraphs[0].runs[0].font.size.pt)

    # As many letters in both: what counts is how broad they are.
    narrow, broad = "iiiiiiiiii " * 9, "MMMMMMMMMM " * 9
    assert letters(narrow) == 26 > letters(broad)

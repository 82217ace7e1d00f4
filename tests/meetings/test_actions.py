"""What was agreed at meetings: the file's contract, its newest status, and the next pack's memory of it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli
from pipelines.layout import Output
from pipelines.replies import actions
from pipelines.warehouse.in_place import open_read_only
from reports.meetings import facts, meeting_words, sections
from reports.meetings.span import Span

HEAD = "tiltag_id;moede_id;moede_dato;enhed;regel;hvad;hvem;frist;status"
AREA = "T-1;SM1;2024-03-14;Øst;release_meeting_called;Fælles skabelon til indkaldelser;omraadekontor;2024-09-01;aftalt"
TOWN = "T-2;SM1;2024-03-14;101;municipal_response;Én fælles postkasse;kommune;2024-06-01;aftalt"


def take(output: Output, tmp_path: Path, *lines: str, encoding: str = "utf-8", words: tuple[str, ...] = ()) -> int:
    """Record a file of actions through the command line."""
    file = tmp_path / "tiltag.csv"
    file.write_bytes("\n".join((HEAD, *lines, "")).encode("cp1252" if encoding == "windows-1252" else encoding))
    return cli.main(["meeting", "actions", str(file), "--by", "Mette", "--output", str(output.root), *words])


def test_agreed_actions_are_recorded_with_their_newest_status(output: Output, tmp_path: Path) -> None:
    assert take(output, tmp_path, AREA, TOWN) == 0
    assert take(output, tmp_path, TOWN.replace(";aftalt", ";gennemfoert")) == 0
    found = {one.what: one for one in actions.recorded(output)}
    assert found["Én fælles postkasse"].status == "gennemfoert"
    assert found["Fælles skabelon til indkaldelser"].status == "aftalt"
    assert found["Fælles skabelon til indkaldelser"].unit == ("area", "Øst")


def test_an_action_keeps_its_id_when_its_wording_changes(output: Output, tmp_path: Path) -> None:
    assert take(output, tmp_path, TOWN) == 0
    assert take(output, tmp_path, TOWN.replace("Én fælles postkasse", "Én postkasse for hele kommunen")) == 0
    assert [one.what for one in actions.recorded(output)] == ["Én postkasse for hele kommunen"]


def test_what_may_be_a_name_is_warned_about_and_a_place_is_not(output: Output, tmp_path: Path, capsys: Any) -> None:
    assert take(output, tmp_path, TOWN.replace("Én fælles postkasse", "Kontakt til Vestre Fængsel samles")) == 0
    assert "Bemærk" not in capsys.readouterr().out
    assert take(output, tmp_path, TOWN.replace("Én fælles postkasse", "Aftales med Mette Madsen")) == 0
    assert "T-2 kan indeholde et navn" in (told := capsys.readouterr().out) and "Madsen" not in told


def test_the_same_file_twice_changes_nothing(output: Output, tmp_path: Path, capsys: Any) -> None:
    assert take(output, tmp_path, AREA) == 0
    assert take(output, tmp_path, AREA) == 0
    assert "allerede registreret" in capsys.readouterr().out


def test_a_file_from_a_danish_spreadsheet_is_read_as_declared(output: Output, tmp_path: Path) -> None:
    line = AREA.replace("2024-03-14", "14-03-2024").replace("2024-09-01", "01-09-2024")
    words = ("--encoding", "windows-1252", "--date-format", "dmy")
    assert take(output, tmp_path, line, encoding="windows-1252", words=words) == 0
    assert actions.recorded(output)[0].by_when == datetime.date(2024, 9, 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (AREA.replace("Øst", "Nord"), "række 2: enhed skal være"),
        (AREA.replace("Øst", "999"), "række 2: enhed skal være"),
        (AREA.replace("release_meeting_called", "nothing"), "reglen findes ikke"),
        (AREA.replace("release_meeting_called", "infohus_notified"), "reglen findes ikke"),
        (AREA.replace("2024-03-14", "2024-03-15"), "en anden dato i leverancen"),
        (AREA.replace("2024-09-01", "2024-01-01"), "fristen ligger før mødet"),
        (AREA.replace("2024-09-01", "2024-02-30"), "Skriv en dato, der findes"),
        (AREA.replace("omraadekontor", "Mette Madsen"), "kolonnen hvem"),
        (AREA.replace("aftalt", "måske"), "kolonnen status"),
        (AREA.replace("Fælles skabelon", "010101-1234 skal have"), "ligner et personnummer"),
        (AREA.replace("Fælles skabelon", "x" * 250), "for lang"),
        (AREA.replace("Fælles skabelon til indkaldelser", ""), "er tom"),
        (AREA + ";mere", "felter"),
        (AREA.replace("Fælles skabelon", "Skabelon efter C-1."), "hvad nævner en sag"),
        (AREA.replace("Fælles skabelon", "Skabelon fra Åse Ørsted"), "hvad nævner en kontaktperson"),
        (AREA.replace("T-1", "tiltag nummer ét"), "tiltag_id skal være"),
        (AREA.replace("T-1", "T-2"), "samme tiltag_id"),
    ],
)
def test_a_row_that_breaks_the_contract_refuses_the_file(
    output: Output, tmp_path: Path, capsys: Any, line: str, expected: str
) -> None:
    assert take(output, tmp_path, TOWN, line) == 1
    message = capsys.readouterr().err
    assert expected.replace("række 2", "række 3") in message
    assert "010101" not in message and "Madsen" not in message
    assert actions.recorded(output) == []


def test_a_file_without_a_column_is_refused(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "tiltag.csv"
    file.write_text("moede_id;hvad\nSM1;x\n", encoding="utf-8")
    assert cli.main(["meeting", "actions", str(file), "--by", "Mette", "--output", str(output.root)]) == 1
    assert "mangler kolonnen" in capsys.readouterr().err


def test_the_next_pack_shows_each_action_and_whether_its_figure_moved(output: Output, tmp_path: Path) -> None:
    assert take(output, tmp_path, AREA, TOWN) == 0
    with open_read_only(output) as connection:
        read = facts.read(connection, "Øst", None, Span("2024-Q4", "2026-Q3"))
    rules = {rule.rule_id: rule for rule in read.rules}
    made = sections.memory_sections(
        actions.recorded(output),
        read.quarters,
        rules,
        meeting_words.names(read.data),
        "Kilde: prøve.",
        "Intet.",
        read.data.run.as_of,
    )
    assert meeting_words.CAVEAT in made[0].sentences
    assert made[0].table is not None
    lines = {row[2]: row for row in made[0].table.rows}
    assert lines["Én fælles postkasse"][1] == f"{rules['municipal_response'].title}, Københavns Kommune"
    assert lines["Én fælles postkasse"][3] == "Kommunen, senest 01-06-2024: aftalt (fristen er passeret)"
    assert str(lines["Én fælles postkasse"][4]).startswith("Før mødet: ")
    # 2021-Q1 to 2023-Q4 lie before the meeting, 2024-Q2 to 2026-Q2 after it; the last quarter is not complete.
    chart = next(section for section in made if "Københavns" in section.title).chart
    assert chart is not None
    assert chart.categories[0] == "1. kvt. 2021" and chart.categories[-1] == "2. kvt. 2026"
    assert "1. kvt. 2024" not in chart.categories
    place = chart.categories.index("Mødet")
    assert chart.categories[place - 1 : place + 2] == ("4. kvt. 2023", "Mødet", "2. kvt. 2024")
    assert {series.values[place] for series in chart.series} == {None}
    counts = read.quarters(("municipality", "101"), "municipal_response")
    shares = [met / due for quarter, due, met in counts if quarter != "2024-Q1" and due]
    assert [share for share in chart.series[0].values if share is not None] == pytest.approx(shares)

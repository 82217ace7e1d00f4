"""Replies of the municipalities: the form, what is refused, two people, and the corrections that come of it."""

from __future__ import annotations

import datetime
import io
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from pipelines import cli
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.replies import replies, store
from tests.mailing.mail_server import MailServer
from tests.meetings.filled_forms import (
    DAY,
    DISPUTE,
    WHY,
    Change,
    filled,
    form,
    import_file,
    run,
    today,
    with_parts,
)
from tests.people_at_work import mailed_code, one_account

NUMBER = "0101011234"  # begins with a calendar date, as a civil registration number does


def cells(content: bytes, sheet: str = "Svar") -> list[dict[str, Any]]:
    """Return the lines of a form."""
    rows = list(openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True))
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def test_the_form_lists_the_municipalitys_own_late_cases_with_our_rows(built: Output) -> None:
    lines = cells(form(built))
    assert [(line["sags_id"], line["raekke"]) for line in lines] == [
        ("C-1", "E-1"),
        ("C-2", "E-2b"),
        ("C-2", "E-2a"),
        ("C-3", None),
        ("C-4", None),
    ]
    assert {line["kommunekode"] for line in lines} == {"101"}
    assert lines[0]["vores_dato"] == datetime.datetime(2026, 3, 9)
    assert [line["udfald"] for line in lines] == ["for_sent"] * 3 + ["ikke_gjort"] * 2
    assert form(built) == form(built)


def test_a_reason_alone_is_recorded_and_changes_nothing(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"C-4": {"aarsag": "fravalgt"}})
    assert import_file(output, file) == 0
    assert (
        "Svar på 1 sag fra kommune 101 er registreret (101-001-001 til 101-001-001). 0 med" in capsys.readouterr().out
    )
    assert replies.export_corrections(output, today()) == []
    assert replies.explanations(output) == {("101", "C-4", "housing_registered"): "fravalgt"}
    assert run("reply", "decide", "101-001-001", "--accept", "--by", "Hans", "--output", str(output.root)) == 1
    assert "en forklaring uden bestridt dato" in capsys.readouterr().err


def test_an_accepted_dispute_becomes_one_dated_correction(output: Output, tmp_path: Path) -> None:
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})) == 0
    assert replies.export_corrections(output, today()) == []
    assert run("reply", "decide", "101-001-001", "--accept", "--by", "Hans Holm", "--output", str(output.root)) == 0
    assert replies.export_corrections(output, today()) == [
        (
            "000001-101-001-001-1",
            "C-1",
            "engangshjaelp",
            "E-1",
            "afgjort",
            "2026-02-12",
            "anden_dato",
            today(),
            "101-001-001",
            "2026-03-09",
            "Hans Holm",
        )
    ]
    # The outcomes that the date can change, with the deadlines they had: aid_paid has none in this world.
    assert replies.export_corrected_outcomes(output, today()) == [
        ("101-001-001", "C-1", "aid_decided", datetime.date(2026, 3, 1), today())
    ]


def test_a_correction_counts_from_the_day_it_was_decided_and_never_before(output: Output, tmp_path: Path) -> None:
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}))
    assert run("reply", "decide", "101-001-001", "--accept", "--by", "Hans", "--output", str(output.root)) == 0
    before = today() - datetime.timedelta(days=1)
    assert replies.export_corrections(output, before) == replies.export_corrected_outcomes(output, before) == []
    assert (replies.waiting(output, before), replies.waiting(output, today())) == (1, 0)
    assert len(replies.export_corrections(output, today())) == 1


def test_a_rejected_dispute_corrects_nothing(output: Output, tmp_path: Path) -> None:
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}))
    assert (
        run("reply", "decide", "101-001-001", "--reject", *WHY, "--by", "Hans Holm", "--output", str(output.root)) == 0
    )
    assert replies.export_corrections(output, today()) == []
    assert replies.recorded(output)[0].verdict == "rejected"


def test_an_answer_that_we_never_registered_becomes_a_new_row(output: Output, tmp_path: Path) -> None:
    answer = {"aarsag": "anden_dato", "bestridt_dato": "svar", "kommunens_dato": datetime.date(2026, 3, 20)}
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"C-3": answer}))
    assert run("reply", "decide", "101-001-001", "--accept", "--by", "Hans", "--output", str(output.root)) == 0
    rows = replies.export_corrections(output, today())
    assert {row[4]: row[5] for row in rows} == {
        "dato": "2026-03-20",
        "kommunekode": "101",
        "retning": "ind",
        "emne": "handleplan",
        "kanal": "andet",
    }
    assert {row[3] for row in rows} == {"ny-101-001-001"}
    assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["Mette Madsen", "  mette   MADSEN ", "MetteMadsen", "Mette Madsen.", "Mete Madssen"])
def test_the_one_who_recorded_cannot_decide(output: Output, tmp_path: Path, capsys: Any, name: str) -> None:
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}))
    assert run("reply", "decide", "101-001-001", "--accept", "--by", name, "--output", str(output.root)) == 1
    assert "En anden person skal gøre dette." in capsys.readouterr().err
    assert replies.export_corrections(output, today()) == []


def test_two_names_on_one_account_are_one_person_unless_a_mailed_code_confirms_the_other(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})
    imported = ["reply", "import", str(file), "--by", "Mette Madsen", "--output", str(output.root)]
    decided = ["reply", "decide", "101-001-001", "--accept", "--by", "Hans Holm", "--output", str(output.root)]
    assert cli.main(imported) == 0
    assert cli.main(decided) == 1
    assert "Denne konto på maskinen har registreret svar 101-001-001" in capsys.readouterr().err
    with MailServer() as server:
        one_account(tmp_path, monkeypatch, server.port, {"Hans Holm": "hans@krfo.example.dk"})
        assert cli.main(decided) == 1
        assert "sendt til hans@krfo.example.dk" in capsys.readouterr().err
        assert replies.recorded(output)[0].verdict is None
        code = mailed_code(server.mailbox)
        rejected = [word if word != "--accept" else "--reject" for word in decided]
        assert cli.main([*rejected, *WHY, "--code", code]) == 1, "the code is for this verdict alone"
        assert cli.main([*decided, "--code", code]) == 0
    assert replies.recorded(output)[0].decisions[-1].decided_by == "Hans Holm"


def test_a_decision_is_made_once(output: Output, tmp_path: Path, capsys: Any) -> None:
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}))
    for words, status in ((("--reject", *WHY, "--by", "Hans"), 0), (("--accept", "--by", "Hans"), 1)):
        assert run("reply", "decide", "101-001-001", *words, "--output", str(output.root)) == status
    assert "En afgørelse ændres ikke; den kan træffes igen" in capsys.readouterr().err


def test_of_two_accepted_dates_the_one_decided_last_wins_also_on_one_day(output: Output, tmp_path: Path) -> None:
    later = DISPUTE | {"kommunens_dato": datetime.date(2026, 2, 20)}
    assert import_file(output, filled(output, tmp_path / "foerste.xlsx", {"E-1": dict(DISPUTE)})) == 0
    assert import_file(output, filled(output, tmp_path / "anden.xlsx", {"E-1": later})) == 0
    first, second = (one.reply_id for one in replies.recorded(output))
    for reply_id in (second, first):  # decided in the other order, on one day
        assert run("reply", "decide", reply_id, "--accept", "--by", "Ole Olsen", "--output", str(output.root)) == 0
    assert [row[5] for row in replies.export_corrections(output, today())] == ["2026-02-20", DAY.isoformat()]


def test_the_same_file_twice_changes_nothing(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})
    assert import_file(output, file) == 0
    assert import_file(output, file) == 0
    assert "allerede registreret" in capsys.readouterr().out
    assert len(replies.recorded(output)) == 1


def test_the_database_itself_refuses_to_forget(output: Output, tmp_path: Path) -> None:
    import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}))
    with store.opened(output) as connection:
        for statement in ("delete from reply", "update reply set claimed = '2020-01-01'", "delete from reply_file"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    assert store.path(output).stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_is_said_in_danish(output: Output, tmp_path: Path) -> None:
    output.replies.mkdir()
    store.path(output).write_bytes(b"not a database at all, just bytes" * 200)
    with pytest.raises(UserError, match="kan ikke læses eller skrives"):
        replies.recorded(output)


def test_a_recording_that_breaks_off_leaves_nothing_behind(output: Output) -> None:
    good = replies.Reply("101", "C-1", "aid_decided", "fravalgt")
    broken = replies.Reply("101", "C-2", "aid_decided", "anden_dato", disputed="afgoerelse")  # the database refuses it
    at = datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC)
    with pytest.raises(sqlite3.IntegrityError):
        replies.record(output, "0" * 64, [good, broken], "Mette", at)
    assert replies.recorded(output) == []
    assert replies.record(output, "0" * 64, [good], "Mette", at).is_new


def _cell(column: str, value: Any, row: int = 2) -> Change:
    def change(workbook: Any) -> None:
        sheet = workbook["Svar"]
        place = next(cell.column for cell in sheet[1] if cell.value == column)
        sheet.cell(row, place).value = value

    return change


def _guide(value: str) -> Change:
    def change(workbook: Any) -> None:
        workbook["Vejledning"].cell(60, 4).value = value

    return change


def _sheet(value: str) -> Change:
    def change(workbook: Any) -> None:
        workbook.create_sheet("Noter").cell(1, 1).value = value

    return change


def _column(workbook: Any) -> None:
    sheet = workbook["Svar"]
    sheet.cell(1, sheet.max_column + 1).value = "bemaerkning"
    sheet.cell(2, sheet.max_column).value = "Borgeren var syg"


def _comment(workbook: Any) -> None:
    workbook["Svar"].cell(2, 2).comment = Comment("Borgeren var syg", "En kollega")


def _merged(workbook: Any) -> None:
    workbook["Svar"].merge_cells("A2:A3")


HOSTILE: dict[str, tuple[Change, str]] = {
    "a formula": (_cell("aarsag", "=1+1"), "formel"),
    "a formula on the other sheet": (_guide("=HYPERLINK(1)"), "formler"),
    "another municipality": (_cell("kommunekode", "751", 3), "flere kommuner"),
    "a CPR number as reason": (_cell("aarsag", NUMBER), "ligner et personnummer"),
    "a CPR number as case": (_cell("sags_id", "010101-1234"), "ligner et personnummer"),
    "a CPR number as number": (_cell("raekke", 101011234), "ligner et personnummer"),
    "a CPR number on the guide": (_guide("Se 01 01 01 1234"), "ligner et personnummer"),
    "a CPR number on a sheet of its own": (_sheet("010101–1234"), "arket Noter, række 1, indeholder"),
    "a CPR number as rule": (_cell("pligt", NUMBER, 4), "arket Svar, række 4, indeholder"),
    "free text as the rule's name": (_cell("pligt", "borgeren var syg", 4), "række 4: kolonnen pligt er ændret"),
    "free text as reason": (_cell("aarsag", "Borgeren var syg"), "Fri tekst modtages ikke"),
    "free text in our date": (_cell("vores_dato", "talt med borgeren"), "Fri tekst modtages ikke"),
    "free text as row": (_cell("raekke", "bare en note"), "nævner ikke en række"),
    "one word as row": (_cell("raekke", "syg"), "nævner ikke en række"),
    "free text as row where nothing is answered": (_cell("raekke", "bare en note", 3), "nævner ikke en række"),
    "free text as case": (_cell("sags_id", "borgeren var syg", 3), "ikke et sagsnummer"),
    "free text as institution": (_cell("institution", "talt med borgeren"), "kolonnen institution er ændret"),
    "free text as who decided": (_cell("rettet_af", "talt med borgeren"), "kolonnen rettet_af er ændret"),
    "a column for remarks": (_column, "som ikke hører til skemaet"),
    "a comment": (_comment, "kommentarer"),
    "a sheet of its own": (_sheet("Bemærkninger"), "ingen andre"),
    "a remark on the guide": (_guide("Ring til mig"), "Bemærkninger modtages ikke"),
    "merged cells": (_merged, "flettede celler"),
    "a date that does not exist": (_cell("kommunens_dato", "2026-02-31"), "Skriv en dato, der findes"),
    "a date in the future": (_cell("kommunens_dato", datetime.date(2090, 1, 1)), "ligger i fremtiden"),
    "a date before the case began": (
        _cell("kommunens_dato", datetime.date(1900, 3, 1)),
        "før sagen begyndte (01-06-2025)",
    ),
    "a decision before the application": (
        _cell("kommunens_dato", datetime.date(2026, 1, 15)),
        "ligger før rækkens egen dato i sendt (01-02-2026)",
    ),
    "a date without its name": (_cell("bestridt_dato", None), "udfyldes sammen"),
    "a dispute without a date": (_cell("kommunens_dato", None), "udfyldes sammen"),
    "a date of no bearing": (_cell("bestridt_dato", "moede"), "ingen betydning for reglen"),
    "another case's row": (_cell("raekke", "E-9"), "nævner ikke en række"),
    "another municipality without the day": (_cell("anden_kommune", "147"), "hører sammen"),
}


# Faults of the file as such have no row.
WHOLE_FILE = {
    "a formula on the other sheet",
    "a column for remarks",
    "a comment",
    "a sheet of its own",
    "a remark on the guide",
    "merged cells",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_whole_with_a_danish_message(
    output: Output, tmp_path: Path, capsys: Any, kind: str
) -> None:
    change, expected = HOSTILE[kind]
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE), "C-4": {"aarsag": "fravalgt"}}, change)
    assert import_file(output, file) == 1
    message = capsys.readouterr().err
    assert expected in message
    assert message.startswith("Fejl: ") and message.count("\n") == 1
    # The file by its own name, and what to do about it, in whole sentences.
    assert "svar.xlsx" in message and message.count(". ") >= 1
    assert "række" in message or kind in WHOLE_FILE
    for forbidden in (NUMBER, "010101", "101011234", "syg", "Ring til", "talt med", "Traceback"):
        assert forbidden not in message
    assert replies.recorded(output) == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("xl/vbaProject.bin", "makroer"),
        ("xl/externalLinks/externalLink1.xml", "makroer"),
        ("xl/drawings/drawing9.xml", "figurer"),
    ],
)
def test_macros_links_and_drawings_are_refused(
    output: Output, tmp_path: Path, capsys: Any, part: str, expected: str
) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})
    assert import_file(output, with_parts(file, {part: b"<a><b/></a>"})) == 1
    assert expected in capsys.readouterr().err


def test_what_is_no_workbook_is_refused(output: Output, tmp_path: Path, capsys: Any) -> None:
    for content in (b"", b"PK\x03\x04 broken", b"sags_id;aarsag\n"):
        file = tmp_path / "svar.xlsx"
        file.write_bytes(content)
        assert import_file(output, file) == 1
        assert "svar.xlsx" in capsys.readouterr().err
    assert import_file(output, tmp_path / "mangler.xlsx") == 1


def test_an_empty_form_is_refused(output: Output, tmp_path: Path, capsys: Any) -> None:
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {})) == 1
    assert "ingen udfyldte rækker" in capsys.readouterr().err


def test_two_rows_of_ours_need_to_be_told_apart(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-2a": {**DISPUTE, "raekke": None}})
    assert import_file(output, file) == 1
    assert "sagen har 2 rækker hos os" in capsys.readouterr().err


def test_a_form_from_another_sender_than_expected_is_refused(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})
    words = ["reply", "import", str(file), "--by", "Mette", "--municipality", "147", "--output", str(output.root)]
    assert run(*words) == 1
    assert "skulle være fra kommune 147" in capsys.readouterr().err


def test_nothing_of_a_refused_file_is_kept_anywhere(output: Output, tmp_path: Path) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}, _guide(f"Borger {NUMBER}"))
    assert import_file(output, file) == 1
    for path in output.root.rglob("*"):
        if path.is_file() and path.suffix != ".duckdb":
            assert NUMBER.encode() not in path.read_bytes()

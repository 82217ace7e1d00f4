"""Decisions on disputed dates: a reason for each rejection, made anew by two people, and what contradicts them."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.replies import replies, store
from tests.meetings.filled_forms import DISPUTE, WHY, filled, import_file, run, today

LATER = DISPUTE | {"kommunens_dato": datetime.date(2026, 2, 20)}


def step(output: Output, *words: str) -> int:
    """Do one step of the command line with replies."""
    return run("reply", *words, "--output", str(output.root))


def imported(output: Output, folder: Path, name: str, answer: dict[str, Any]) -> str:
    """Import one disputed date and return the reply's number."""
    assert import_file(output, filled(output, folder / name, {"E-1": dict(answer)})) == 0
    return replies.recorded(output)[-1].reply_id


def test_a_rejection_carries_a_reason_of_the_list(output: Output, tmp_path: Path, capsys: Any) -> None:
    reply = imported(output, tmp_path, "svar.xlsx", DISPUTE)
    for words in ((), ("--reason", "derfor")):
        assert step(output, "decide", reply, "--reject", *words, "--by", "Hans") == 2
        assert "en afvisning skal have en årsag" in capsys.readouterr().err
    assert step(output, "decide", reply, "--reject", *WHY, "--by", "Hans") == 0
    assert step(output, "list") == 0
    assert "afvist" in (told := capsys.readouterr().out) and "intet, der viser kommunens dato" in told


def test_a_decision_is_reversed_by_two_people_as_a_decision_of_its_own(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    reply = imported(output, tmp_path, "svar.xlsx", DISPUTE)
    assert step(output, "decide", reply, "--accept", "--by", "Hans Holm") == 0
    assert step(output, "decide", reply, "--reject", *WHY, "--by", "Ole Olsen") == 1, "nobody has asked for it"
    assert step(output, "reopen", reply, "--reason", "ny_oplysning", "--by", "Ole Olsen") == 0
    assert len(replies.export_corrections(output, today())) == 1, "until it is decided anew, it stands"
    assert step(output, "reopen", reply, "--reason", "ny_oplysning", "--by", "Ida Iversen") == 1
    assert step(output, "decide", reply, "--reject", *WHY, "--by", "Ole Olsen.") == 1
    assert "har bedt om, at svar 101-001-001 afgøres igen" in capsys.readouterr().err
    assert step(output, "decide", reply, "--reject", *WHY, "--by", "Hans Holm") == 0
    assert replies.export_corrections(output, today()) == []
    found = replies.recorded(output)[0]
    assert [one.verdict for one in found.decisions] == ["accepted", "rejected"]
    assert len(replies.export_corrected_outcomes(output, today())) == 2, "what it did, and what was taken back"
    assert step(output, "reopen", reply, "--reason", "fejl_i_afgoerelse", "--by", "Ida Iversen") == 0
    assert step(output, "decide", reply, "--accept", "--by", "Hans Holm") == 0
    assert [row[0] for row in replies.export_corrections(output, today())] == ["000003-101-001-001-1"]


def test_a_reversal_counts_from_its_own_day_and_is_not_dated_before_what_it_reverses(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    reply = imported(output, tmp_path, "svar.xlsx", DISPUTE)
    assert step(output, "decide", reply, "--accept", "--by", "Hans Holm") == 0
    assert step(output, "reopen", reply, "--reason", "ny_oplysning", "--by", "Ole Olsen") == 0
    yesterday = (today() - datetime.timedelta(days=1)).isoformat()
    words = ("decide", reply, "--reject", *WHY, "--by", "Hans Holm")
    assert step(output, *words, "--decided-on", yesterday) == 1
    assert "før" in capsys.readouterr().err
    assert step(output, *words) == 0
    assert replies.waiting(output, today()) == 0


def test_a_contradiction_with_what_stands_is_told_at_import(output: Output, tmp_path: Path, capsys: Any) -> None:
    first = imported(output, tmp_path, "foerste.xlsx", DISPUTE)
    assert "Bemærk" not in capsys.readouterr().out
    imported(output, tmp_path, "anden.xlsx", LATER)
    assert f"modsiger svar {first} (12-02-2026), som ikke er afgjort" in capsys.readouterr().out
    assert step(output, "decide", first, "--accept", "--by", "Hans Holm") == 0
    imported(output, tmp_path, "tredje.xlsx", DISPUTE | {"kommunens_dato": datetime.date(2026, 2, 21)})
    told = capsys.readouterr().out
    assert f"modsiger svar {first} (12-02-2026), som er godkendt {today():%d-%m-%Y} af Hans Holm" in told


def test_a_correction_whose_row_the_source_changed_is_decided_anew(output: Output, tmp_path: Path, capsys: Any) -> None:
    reply = imported(output, tmp_path, "svar.xlsx", DISPUTE)
    assert step(output, "decide", reply, "--accept", "--by", "Hans Holm") == 0
    built = output.warehouse.read_bytes()
    output.warehouse.unlink()
    output.warehouse.write_bytes(built)
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute("update raw.engangshjaelp set afgjort = '2026-03-05' where ansoegning_id = 'E-1'")
        connection.execute(
            "insert into staging.stg_corrections by name select ? as reply_id, 'source_changed' as state", [reply]
        )
    assert step(output, "list") == 0
    assert "kilden har rettet rækken; skal afgøres igen" in capsys.readouterr().out
    assert step(output, "decide", reply, "--accept", "--by", "Mette Madsen") == 1, "she recorded it"
    assert step(output, "decide", reply, "--accept", "--by", "Ole Olsen") == 0
    (row,) = replies.export_corrections(output, today())
    assert row[0].startswith("000002-") and row[9] == "2026-03-05", "it holds for what the source says now"


def test_replies_of_the_first_form_of_the_database_are_brought_along(output: Output, tmp_path: Path) -> None:
    output.replies.mkdir(mode=0o700)
    first = Path(store.__file__).with_name("replies_schema.sql").read_text(encoding="utf-8")
    with sqlite3.connect(store.path(output)) as connection:
        connection.executescript(first)
        connection.execute("pragma user_version = 1")
        connection.execute("insert into reply_file values (1, 'aa', '101', 'Mette', 'mette', '2026-10-01T10:00:00')")
        connection.execute(
            "insert into reply values ('101-001-001', 1, '101', 'C-1', 'aid_decided', 'anden_dato', 'afgoerelse', "
            "'engangshjaelp', 'E-1', 'afgjort', '2026-03-09', '2026-02-12')"
        )
        connection.execute(
            "insert into decision values (1, '101-001-001', 'accepted', 'Hans', 'hans', '2026-10-02', '2026-10-02')"
        )
    (row,) = replies.export_corrections(output, today())
    assert row[7:] == (datetime.date(2026, 10, 2), "101-001-001", "2026-03-09", "Hans")
    with store.opened(output) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("delete from decision")


def test_a_database_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    output = Output(tmp_path)
    with store.opened(output) as connection:
        connection.execute(f"pragma user_version = {store.SCHEMA_VERSION + 1}")
    before = store.path(output).read_bytes()
    with pytest.raises(UserError, match="nyere version"), store.opened(output):
        pass
    assert store.path(output).read_bytes() == before

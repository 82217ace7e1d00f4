"""Deliveries from the landing folder to staged rows: received once, refused without a trace, always brought back."""

from __future__ import annotations

import datetime
import itertools
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import audit_trail, cli
from pipelines.batches import access_request, batch_list, batch_rows, clearance, intake, retention, returns
from pipelines.errors import UserError
from pipelines.judging import judged_rows, quarantine
from pipelines.layout import Output
from pipelines.privacy.pseudonyms import PseudonymKey, pseudonym_key
from pipelines.receiving import archive
from pipelines.receiving import landing as landing_folder
from tests.shared_material import SHARED, needs_shared
from tests.small_delivery import SmallDelivery, file_facts

CASES, CONTACTS = "afsoningssager.csv", "kommunekontakter.csv"


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def loaded(output: Output, batch_id: str = "2026-09-30") -> dict[str, list[dict[str, Any]]]:
    """Return the loaded rows of each table."""
    from pyarrow import parquet

    folder = batch_rows.stage(output, batch_id) / "loaded"
    return {file.stem: parquet.read_table(file).to_pylist() for file in sorted(folder.glob("*.parquet"))}


# ---- forms ----------------------------------------------------------------------------------------------------------

_FORMS = list(
    itertools.product(
        ("utf-8", "windows-1252"), ("iso", "dmy"), ("\n", "\r\n"), (False, True), ("date", "moment", "text")
    )
)


def test_a_delivery_is_the_same_in_every_form(tmp_path: Path) -> None:
    found: list[tuple[tuple[Any, ...], str]] = []
    key = PseudonymKey(b"any")
    for place, (encoding, date_format, line_end, mark, cell) in enumerate(_FORMS):
        delivery = SmallDelivery(encoding=encoding, date_format=date_format, line_end=line_end, mark=mark)
        for row in delivery.rows["samarbejdsmoeder.csv"]:
            row["moede_id"] = "mødet på Ærø – 1"
        as_text: Callable[[datetime.date], Any] = lambda day, delivery=delivery: delivery.dated(day.isoformat())  # noqa: E731
        cells: dict[str, Callable[[datetime.date], Any]] = {
            "date": lambda day: day,
            "moment": lambda day: datetime.datetime(day.year, day.month, day.day),
            "text": as_text,
        }
        delivery.date_cell = cells[cell]
        folder = delivery.write(tmp_path / str(place))
        manifest = landing_folder.read_manifest(folder)
        tables = landing_folder.tables(landing_folder.read_delivery(folder, manifest))
        judged = quarantine.judge(tables, date_format, key)
        assert not any(file.faults for file in judged)
        rows = {file.file.table: [file.columns, list(file.lines)] for file in judged}
        found.append(((encoding, date_format, line_end, mark, cell), json.dumps(rows)))
    assert all(rows == found[0][1] for _, rows in found), [form for form, rows in found if rows != found[0][1]]
    assert json.loads(found[0][1])["samarbejdsmoeder"][0]["moede_id"] == ["mødet på Ærø – 1"] * 2


# ---- receiving ------------------------------------------------------------------------------------------------------


def test_a_refused_delivery_changes_nothing_and_the_others_are_loaded(landing: Path, output: Output) -> None:
    SmallDelivery("2026-03-31").write(landing)
    intake.receive(landing, output)
    before = snapshot(output.root)
    bad = SmallDelivery("2026-06-30")
    bad.row_counts[CASES] = 99
    bad.write(landing)
    SmallDelivery("2026-09-30").write(landing)
    result = intake.receive(landing, output)
    assert (result.loaded, [batch for batch, _ in result.refused]) == (["2026-09-30"], ["2026-06-30"])
    assert "afsoningssager.csv har 3 rækker, men manifest.json siger 99" in result.refused[0][1]
    after = snapshot(output.root)
    assert all(after[name] == content for name, content in before.items() if name != "audit.jsonl")
    assert not any("2026-06-30" in name for name in after)


def test_only_the_ledger_and_the_audit_trail_know_of_a_refusal(landing: Path, output: Output) -> None:
    bad = SmallDelivery()
    bad.row_counts[CASES] = 99
    bad.write(landing)
    intake.receive(landing, output)
    kinds = {
        name.split("/")[0] + "/" + name.split("/")[1][:7] if "/" in name else name for name in snapshot(output.root)
    }
    assert kinds == {"audit.jsonl", "archive/key_id", "archive/refused"}
    assert [entry["event"] for entry in audit_trail.entries(output)][-1] == "delivery_refused"


def test_refused_bytes_are_skipped_next_time_and_read_again_when_they_change(landing: Path, output: Output) -> None:
    bad = SmallDelivery()
    bad.row_counts[CASES] = 99
    folder = bad.write(landing)
    assert intake.has_news(landing, output)
    intake.receive(landing, output)
    assert not intake.has_news(landing, output)
    again = intake.receive(landing, output)
    assert again.refused == [] and "men manifest.json siger 99" in again.skipped[0][1]
    shutil.rmtree(folder)
    SmallDelivery().write(landing)
    assert intake.has_news(landing, output)
    assert intake.receive(landing, output).loaded == ["2026-09-30"]


def test_a_half_copied_delivery_is_received_once_it_is_whole(landing: Path, output: Output) -> None:
    folder = SmallDelivery().write(landing)
    whole = (folder / CASES).read_bytes()
    (folder / CASES).write_bytes(whole[:100])
    assert "sha256" in intake.receive(landing, output).refused[0][1]
    (folder / CASES).write_bytes(whole)
    assert intake.receive(landing, output).loaded == ["2026-09-30"]


def test_other_settings_give_refused_bytes_another_chance(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = SmallDelivery(cases=40)
    for row in delivery.rows[CONTACTS][:25]:
        row["emne"] = "x"
    delivery.write(landing)
    assert intake.receive(landing, output).refused
    own = tmp_path / "own.toml"
    own.write_text("[deliveries]\nquarantine_rows = 30\n")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(own))
    assert intake.receive(landing, output).loaded == ["2026-09-30"]


def test_the_same_delivery_again_changes_nothing(landing: Path, output: Output) -> None:
    SmallDelivery().write(landing)
    intake.receive(landing, output)
    before = snapshot(output.root)
    result = intake.receive(landing, output)
    assert (result.loaded, result.refused, result.skipped) == ([], [], [("2026-09-30", "")])
    assert snapshot(output.root) == before and not intake.has_news(landing, output)


def test_other_content_under_a_number_in_use_is_refused_with_the_remedy(landing: Path, output: Output) -> None:
    folder = SmallDelivery().write(landing)
    intake.receive(landing, output)
    shutil.rmtree(folder)
    changed = SmallDelivery()
    changed.rows[CASES][0]["straf_dage"] = "91"
    changed.write(landing)
    assert "2026-09-30-2" in intake.receive(landing, output).refused[0][1]
    assert loaded(output)["afsoningssager"][0]["straf_dage"] == "90"


def test_a_file_changed_behind_a_known_manifest_is_noticed(landing: Path, output: Output) -> None:
    folder = SmallDelivery().write(landing)
    intake.receive(landing, output)
    with (folder / CASES).open("ab") as file:
        file.write(b"x")
    assert intake.receive(landing, output).refused


def test_a_redelivery_supersedes_and_both_stay(landing: Path, output: Output) -> None:
    SmallDelivery("2026-09-30").write(landing)
    SmallDelivery("2026-09-30-2").write(landing)
    SmallDelivery("2026-09-30-10").write(landing)
    assert intake.receive(landing, output).loaded == ["2026-09-30", "2026-09-30-2", "2026-09-30-10"]
    states = {batch.batch_id: batch.state for batch in batch_list.all_batches(output)}
    assert states == {"2026-09-30": "erstattet", "2026-09-30-2": "erstattet", "2026-09-30-10": "gældende"}
    assert batch_list.choose(output).batch_id == "2026-09-30-10"
    assert batch_list.choose(output, batch_id="2026-09-30").batch_id == "2026-09-30"


def test_an_older_delivery_is_refused_unless_asked_for(landing: Path, output: Output) -> None:
    SmallDelivery("2026-06-30").write(landing)
    intake.receive(landing, output)
    SmallDelivery("2026-03-31").write(landing)
    first = intake.receive(landing, output)
    assert "--allow-older" in first.refused[0][1]
    assert intake.receive(landing, output).skipped[0][0] == "2026-03-31"
    assert intake.receive(landing, output, allow_older=True).loaded == ["2026-03-31"]
    assert batch_list.choose(output).batch_id == "2026-06-30"


def test_the_batch_is_the_newest_on_or_before_the_day(landing: Path, output: Output) -> None:
    for day in ("2026-03-31", "2026-06-30"):
        SmallDelivery(day).write(landing)
    with pytest.raises(UserError, match="ingen leverance"):
        batch_list.choose(output)
    intake.receive(landing, output)
    assert batch_list.choose(output, as_of=date(2026, 6, 29)).batch_id == "2026-03-31"
    assert batch_list.choose(output, as_of=date(2026, 6, 30)).batch_id == "2026-06-30"
    with pytest.raises(UserError, match="31-03-2026"):
        batch_list.choose(output, as_of=date(2026, 3, 30))
    with pytest.raises(UserError, match="er ikke modtaget"):
        batch_list.choose(output, batch_id="2026-01-01")


def test_a_folder_that_is_no_delivery_is_refused_and_hidden_ones_are_left_alone(landing: Path, output: Output) -> None:
    (landing / ".uploader").mkdir()
    (landing / "noter.txt").write_text("x")
    (landing / "tom").mkdir()
    SmallDelivery().write(landing)
    result = intake.receive(landing, output)
    assert result.loaded == ["2026-09-30"]
    assert [batch for batch, _ in result.refused] == ["tom"] and "manifest.json mangler" in result.refused[0][1]
    assert [batch for batch, _ in intake.receive(landing, output).skipped] == ["2026-09-30", "tom"]


def test_an_event_that_the_batch_before_lacked_though_it_was_old_is_recorded_late(
    landing: Path, output: Output
) -> None:
    SmallDelivery("2026-06-30").write(landing)
    later = SmallDelivery("2026-09-30", cases=3)
    good = later.rows[CONTACTS][0]
    days = {"K-9001": "2026-05-29", "K-9002": "2026-05-30", "K-9003": "2026-07-01"}
    later.rows[CONTACTS] += [{**good, "kontakt_id": key, "dato": day} for key, day in days.items()]
    later.rows["loesladelsesmoeder.csv"][0]["afholdt"] = "2026-04-01"  # the row was there, the event was not
    later.rows["mentorforloeb.csv"][0]["tilknyttet"] = "2026-01-01"  # a correction is no event
    later.rows["loesladelsesdatoer.csv"][0]["forventet_proeveloesladelse"] = "2026-02-01"  # expected, not an event
    later.write(landing)
    intake.receive(landing, output)
    late = {table: facts["warnings"].get("recorded_late", 0) for table, facts in file_facts(output).items()}
    assert {table: count for table, count in late.items() if count} == {"kommunekontakter": 1, "loesladelsesmoeder": 1}
    assert not any("recorded_late" in facts["warnings"] for facts in file_facts(output, "2026-06-30").values())


@needs_shared
def test_the_shared_deliveries_are_received_in_order_and_every_row_is_accounted_for(output: Output) -> None:
    result = intake.receive(SHARED / "extracts", output)
    assert result.loaded == ["2026-03-31", "2026-06-30", "2026-09-30"]
    for receipt in batch_list.receipts(batch_list.all_batches(output)):
        rows = loaded(output, receipt["batch_id"])
        for file in receipt["files"]:
            assert file["rows"] == file["loaded"] + file["quarantined"]
            assert len(rows[file["file"].partition(".")[0]]) == file["loaded"]


def test_a_delivery_is_told_of_when_its_rows_are_there_and_the_next_is_not(landing: Path, output: Output) -> None:
    for batch in ("2026-06-30", "2026-09-30"):
        SmallDelivery(batch).write(landing)
    then: list[list[str]] = []
    intake.receive(landing, output, on_loaded=lambda batch: then.append([batch, *loaded(output, batch)]))
    assert [batch for batch, *_ in then] == ["2026-06-30", "2026-09-30"]
    assert all("afsoningssager" in tables for _, *tables in then)
    earlier: list[list[str]] = []
    later = Output(output.root.with_name("later"))
    intake.receive(landing, later, on_loaded=lambda _: earlier.append(archive.batch_ids(later)))
    assert earlier == [["2026-06-30"], ["2026-06-30", "2026-09-30"]]


# ---- the archive is enough ------------------------------------------------------------------------------------------


def test_staged_rows_come_back_from_the_archive_byte_for_byte(landing: Path, output: Output) -> None:
    SmallDelivery().write(landing)
    intake.receive(landing, output)
    first = snapshot(output.staged)
    shutil.rmtree(landing)
    shutil.rmtree(output.staged)
    batch_rows.stage(output, "2026-09-30")
    assert snapshot(output.staged) == first
    damaged = output.staged / "2026-09-30" / "loaded" / "afsoningssager.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    batch_rows.stage(output, "2026-09-30")
    assert snapshot(output.staged) == first


def test_damaged_received_bytes_are_noticed(landing: Path, output: Output) -> None:
    SmallDelivery().write(landing)
    intake.receive(landing, output)
    shutil.rmtree(output.staged)
    checksum = file_facts(output)["afsoningssager"]["sha256"]
    file = archive.object_file(output, checksum)
    assert file.stat().st_mode & 0o777 == 0o400
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-4] + b"0000")
    with pytest.raises(UserError, match="arkivet"):
        batch_rows.stage(output, "2026-09-30")


def test_nothing_but_this_account_may_look_into_the_output(landing: Path, output: Output) -> None:
    SmallDelivery().write(landing)
    intake.receive(landing, output)
    open_to_others = [path for path in [output.root, *output.root.rglob("*")] if path.stat().st_mode & 0o077]
    assert open_to_others == []


# ---- the pseudonym key ----------------------------------------------------------------------------------------------


def test_another_key_is_noticed_and_taken_only_when_asked_for(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDelivery("2026-06-30").write(landing)
    intake.receive(landing, output)
    first = loaded(output, "2026-06-30")["afsoningssager"][0]["client_key"]
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", "another key, as long as the first one was")
    SmallDelivery("2026-09-30").write(landing)
    with pytest.raises(UserError, match="--accept-new-key"):
        intake.receive(landing, output)
    assert len(batch_list.all_batches(output)) == 1
    assert intake.receive(landing, output, accept_new_key=True).loaded == ["2026-09-30"]
    old, new = (loaded(output, day)["afsoningssager"][0]["client_key"] for day in ("2026-06-30", "2026-09-30"))
    assert old == new != first


def test_a_lost_key_is_not_replaced_silently(landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    SmallDelivery("2026-06-30").write(landing)
    intake.receive(landing, output)
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    SmallDelivery("2026-09-30").write(landing)
    with pytest.raises(UserError, match="mangler"):
        intake.receive(landing, output)


# ---- the end of a batch ---------------------------------------------------------------------------------------------


def test_a_withdrawn_batch_is_marked_and_no_longer_chosen(landing: Path, output: Output) -> None:
    for day in ("2026-06-30", "2026-09-30"):
        SmallDelivery(day).write(landing)
    intake.receive(landing, output)
    before = snapshot(output.archive)
    retention.withdraw(output, "2026-09-30", "forkert udtræk")
    after = snapshot(output.archive)
    assert {name for name in after if name not in before} == {"batches/2026-09-30/withdrawn.json"}
    assert all(after[name] == content for name, content in before.items())
    assert batch_list.choose(output).batch_id == "2026-06-30"
    with pytest.raises(UserError, match="trukket tilbage"):
        batch_list.choose(output, batch_id="2026-09-30")
    with pytest.raises(UserError, match="allerede"):
        retention.withdraw(output, "2026-09-30", "igen")
    with pytest.raises(UserError, match="personnummer"):
        retention.withdraw(output, "2026-06-30", "pga. 010170-1234")
    assert intake.receive(landing, output).skipped[1] == ("2026-09-30", "Leverancen er trukket tilbage.")


def test_expiry_shows_first_and_keeps_papers_and_the_newest_batch(landing: Path, output: Output) -> None:
    for day in ("2026-06-30", "2026-09-30"):
        SmallDelivery(day).write(landing)
    changed = SmallDelivery("2026-09-30-2")
    changed.rows[CASES][0]["straf_dage"] = "91"
    changed.write(landing)
    intake.receive(landing, output)
    archive.store(output, [b"left by a killed run"])
    before = snapshot(output.root)
    future = date(2040, 1, 1)
    shown = retention.expire(output, future)
    assert [batch.batch_id for batch in shown.batches] == ["2026-06-30", "2026-09-30"]
    assert shown.kept_as_newest is not None and shown.kept_as_newest.batch_id == "2026-09-30-2"
    assert snapshot(output.root) == before
    done = retention.expire(output, future, dry_run=False)
    assert done.objects == shown.objects and len(done.objects) == 2  # the other bytes belong to the newest batch too
    states = {batch.batch_id: batch.state for batch in batch_list.all_batches(output)}
    assert states == {"2026-06-30": "udløbet", "2026-09-30": "udløbet", "2026-09-30-2": "gældende"}
    assert file_facts(output, "2026-06-30")["afsoningssager"]["rows"] == 3
    with pytest.raises(UserError, match="udløbet"):
        batch_rows.stage(output, "2026-06-30")
    batch_rows.stage(output, "2026-09-30-2")
    assert retention.expire(output, future, dry_run=False).objects == []
    assert retention.expire(output, date(2026, 12, 1)).batches == []


def test_the_landing_folder_is_emptied_of_what_is_safely_received_only(landing: Path, output: Output) -> None:
    SmallDelivery("2026-06-30").write(landing)
    changed = SmallDelivery("2026-09-30").write(landing)
    bad = SmallDelivery("2026-12-31")
    bad.row_counts[CASES] = 99
    bad.write(landing)
    intake.receive(landing, output)
    with (changed / CASES).open("ab") as file:
        file.write(b"x")
    assert clearance.clear_landing(landing, output) == ["2026-06-30"]
    assert sorted(folder.name for folder in landing.iterdir()) == ["2026-09-30", "2026-12-31"]


# ---- what goes back to people ---------------------------------------------------------------------------------------


def test_rows_in_quarantine_go_back_to_their_sender_without_personal_values(
    landing: Path, output: Output, tmp_path: Path
) -> None:
    import openpyxl

    delivery = SmallDelivery()
    delivery.rows[CASES][1]["straf_ivaerksat"] = "2026-02-30"
    delivery.rows[CONTACTS][0]["sags_id"] = "A-9999"
    delivery.rows["engangshjaelp.csv"][0]["beloeb"] = "-5,00"
    delivery.write(landing)
    intake.receive(landing, output)
    written = returns.write(output, "2026-09-30", tmp_path / "retur")
    names = {file.name for file in written}
    assert "2026-09-30_institution_I001_afsoningssager.csv" in names and "2026-09-30_kildesystem.xlsx" in names
    text = (tmp_path / "retur" / "2026-09-30_institution_I001_afsoningssager.csv").read_text(encoding="utf-8-sig")
    assert "afsoningssager.csv;3;straf_ivaerksat;invalid_date;" in text and "2026-02-30" in text
    assert "0101" not in text and "aftale" not in text
    aid = (tmp_path / "retur" / "2026-09-30_institution_I001_engangshjaelp.csv").read_text(encoding="utf-8-sig")
    assert ";'-5,00" in aid
    workbook = openpyxl.load_workbook(tmp_path / "retur" / "2026-09-30_institution_I001.xlsx")
    assert workbook["afsoningssager"]["B2"].value == "3" and workbook["afsoningssager"]["G2"].value == "[skjult]"


def test_what_is_held_about_a_person_is_found_in_every_batch(landing: Path, output: Output) -> None:
    first = SmallDelivery("2026-06-30")
    first.write(landing)
    second = SmallDelivery("2026-09-30")
    second.rows[CASES][1]["straf_dage"] = "x"  # in quarantine, and held all the same
    second.rows[CASES].append(
        {**second.rows[CASES][1], "sags_id": "A-0000", "straf_dage": "1"}
    )  # another person's number, repeated
    second.write(landing)
    intake.receive(landing, output)
    key = pseudonym_key(output, may_make=False).client_key("0101010001")
    rows = access_request.rows_of(output, key, batch_list.find(output, "2026-06-30"))
    assert {row.file.table for row in rows} >= {"afsoningssager", "kommunekontakter", "handlekommuner"}
    assert {row.values["sags_id"] for row in rows} == {"A-0001"}
    rows = access_request.rows_of(output, key, batch_list.find(output, "2026-09-30"))
    assert {(row.file.table, row.reason) for row in rows} >= {
        ("afsoningssager", "invalid_number"),
        ("afsoningssager", "duplicate_key"),
        ("kommunekontakter", "orphan"),
    }
    assert {row.values["sags_id"] for row in rows if row.file.table != "afsoningssager"} == {"A-0001"}
    assert access_request.rows_of(output, "0" * 64, batch_list.find(output, "2026-09-30")) == []


def test_every_row_reaches_the_checks_as_a_frame(landing: Path, output: Output) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][1]["varetaegt"] = "X"
    delivery.write(landing)
    intake.receive(landing, output)
    frames = judged_rows.frames(batch_rows.stage(output, "2026-09-30"))
    cases = frames["afsoningssager"]
    assert sorted(cases["line"]) == [2, 3, 4]
    assert list(cases.loc[cases["reason"].notna(), "reason"]) == ["unknown_code"]


def test_what_the_contract_does_not_have_is_kept_out_and_told(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", "short")
    delivery = SmallDelivery()
    lines = delivery.bytes_of(CONTACTS).decode().splitlines()
    delivery.files[CONTACTS] = "\n".join([f"{lines[0]};ny", *(f"{line};x" for line in lines[1:])]).encode()
    folder = delivery.write(landing)
    (folder / "vejledning.txt").write_text("x")
    notices = " ".join(text for _, text in intake.receive(landing, output).notices)
    assert "kommunekontakter.csv har kolonner" in notices and "ny." in notices
    assert "vejledning.txt" in notices and "nøglen er kort" in notices
    assert "ny" not in loaded(output)["kommunekontakter"][0]


# ---- commands -------------------------------------------------------------------------------------------------------


def test_the_batch_command_lists_withdraws_returns_and_expires(
    landing: Path, output: Output, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][1]["varetaegt"] = "X"
    delivery.write(landing)
    intake.receive(landing, output)
    place = ["--output", str(output.root)]
    assert cli.main(["batch", "list", "--files", *place]) == 0
    told = capsys.readouterr().out
    assert "2026-09-30    gældende" in told and "unknown_code 1" in told
    assert cli.main(["batch", "returns", "2026-09-30", "--to", str(tmp_path / "retur"), *place]) == 0
    assert "institution_I001_afsoningssager.csv" in capsys.readouterr().out
    assert cli.main(["batch", "expire", *place]) == 0
    assert "Intet er over fristen" in capsys.readouterr().out
    assert cli.main(["batch", "withdraw", "2026-09-30", "--reason", "forkert", *place]) == 0
    assert cli.main(["batch", "list", *place]) == 0
    assert "trukket tilbage" in capsys.readouterr().out
    assert cli.main(["batch", "withdraw", "2026-01-01", "--reason", "forkert", *place]) == 1
    assert "er ikke modtaget" in capsys.readouterr().err


def test_the_person_command_asks_and_lists_without_showing_the_number(
    landing: Path, output: Output, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDelivery().write(landing)
    intake.receive(landing, output)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "010101-0001")
    assert cli.main(["person", "--output", str(output.root)]) == 0
    told = capsys.readouterr()
    assert "afsoningssager.csv 1" in told.out and "straf_dage: 90" in told.out
    assert "010101" not in told.out + told.err + output.audit_log.read_text()
    monkeypatch.setattr("getpass.getpass", lambda prompt: "310201-0001")
    assert cli.main(["person", "--output", str(output.root)]) == 1
    assert "310201" not in capsys.readouterr().err

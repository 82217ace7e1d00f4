"""After sending: returns, decisions, recalls, the standing, what the warehouse is told, and the commands."""

from __future__ import annotations

import contextlib
import datetime
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import cli, configuration
from pipelines.commands import mail
from pipelines.errors import UserError, WrongUse
from pipelines.layout import PROJECT, Output
from pipelines.mailing import bounces, deciding, preparing, quality, recall, status
from pipelines.mailing.message import contact_register
from pipelines.mailing.record import ledger, mailed_lists, outbox, states
from pipelines.quarters import Quarter
from tests.mailing import stage
from tests.mailing.mail_server import MailServer
from tests.mailing.stage import MUNICIPALITIES, NOW, QUARTER, a_register, agreement, some_settings
from tests.people_at_work import acting_as

LATER = NOW + datetime.timedelta(days=20)


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mailing in which 101 was refused, 147 is unknown, and the others were sent."""
    made = Output(tmp_path_factory.mktemp("mailed"))
    stage.prepare(made)
    stage.approve(made)
    with MailServer(["", "permanent at recipient", "drop after accepting"]) as server:
        stage.send(made, stage.through(server))
    return made.root


@pytest.fixture
def output(mailed: Path, tmp_path: Path) -> Output:
    return stage.copied(mailed, tmp_path / "output")


def told(output: Output, as_of: datetime.date | None = None) -> dict[str, tuple[str, datetime.date]]:
    rows = mailed_lists.export(output, as_of)
    assert {row[0] for row in rows} <= {"2026-Q4"}
    return {row[1]: (row[2], row[3]) for row in rows}


def test_the_warehouse_is_told_the_latest_state_of_real_recipients_only(output: Output, tmp_path: Path) -> None:
    day = NOW.date()
    assert told(output) == {
        "101": ("refused", day),
        "147": ("sending", day),
        "390": ("sent", day),
        "492": ("sent", day),
        "580": ("sent", day),
    }
    bounces.record(output, QUARTER, "580", "postkassen findes ikke", "Anna", LATER)
    assert told(output)["580"] == ("bounced", LATER.date())
    assert told(output, day)["580"] == ("sent", day), "as it was known on that day"
    assert told(output, day - datetime.timedelta(days=1)) == {}
    assert mailed_lists.export(Output(tmp_path / "empty")) == []
    fresh = Output(tmp_path / "fresh")
    stage.prepare(fresh)
    stage.approve(fresh)
    assert mailed_lists.export(fresh) == [], "nothing is told before the first mailing"


def test_exporting_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipelines.mailing.record import mailed_lists; "
        "heavy = ('duckdb', 'pandas', 'typst', 'dagster', 'jinja2', 'xlsxwriter'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def delivery_report(message_id: str | None, recipient: str, action: str = "failed") -> bytes:
    lines = [
        "From: mailer-daemon@example.dk",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "Your message could not be delivered.",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.dk",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Action: {action}",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 user unknown",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        *([f"Message-ID: {message_id}"] if message_id else []),
        "Subject: x",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def test_returned_mail_is_read_from_a_folder_and_reading_it_again_changes_nothing(
    output: Output, tmp_path: Path
) -> None:
    folder = tmp_path / "retur"
    folder.mkdir()
    with ledger.opened(output) as book:
        ids = {row.municipality_code: row.message_id for row in book.messages(QUARTER.code)}
        test = book.messages(QUARTER.code, states.TEST)[0].message_id
    (folder / "a.eml").write_bytes(delivery_report(ids["580"], "nogen@andet.example.dk"))
    (folder / "b.eml").write_bytes(delivery_report(None, "GODLOSLADELSE@k492.example.dk"))
    (folder / "c.eml").write_bytes(delivery_report(ids["390"], "godlosladelse@k390.example.dk", "delayed"))
    (folder / "d.eml").write_bytes(b"Subject: Ikke til stede\r\nIn-Reply-To: " + ids["390"].encode() + b"\r\n\r\nFerie")
    (folder / "e.eml").write_bytes(b"\xff\x00\x01")
    (folder / "f.eml").write_bytes(delivery_report(ids["147"], "godlosladelse@k147.example.dk"))
    (folder / "g.eml").write_bytes(delivery_report(test, stage.TEST_ADDRESS))
    (folder / "h.eml").write_bytes(delivery_report("<god-loesladelse.2026-q4.390.forkert@krfo.dk>", "x@example.com"))
    found = {one.file[0]: one for one in bounces.read_folder(output, folder, LATER)}
    assert {name: one.code for name, one in found.items()} == {
        "a": "580",
        "b": "492",
        "c": None,
        "d": None,
        "e": None,
        "f": "147",
        "g": None,
        "h": None,
    }
    after = told(output)
    assert [after[code][0] for code in ("580", "492", "147", "390")] == ["bounced", "bounced", "bounced", "sent"]
    again = bounces.read_folder(output, folder, LATER + datetime.timedelta(days=1))
    assert [one.code for one in again] == [one.code for one in found.values()] and told(output) == after
    with ledger.opened(output) as book:
        assert "5.1.1" in next(row.detail for row in book.messages() if row.municipality_code == "580")


def test_a_return_told_by_a_person_needs_a_message_that_was_sent(output: Output) -> None:
    assert bounces.record(output, QUARTER, "godlosladelse@K390.example.dk", "ukendt", "Anna", LATER) == ["390"]
    for recipient in ("390", "101", "ond@example.com"):
        with pytest.raises(UserError, match="ingen sendt meddelelse"):
            bounces.record(output, QUARTER, recipient, "ukendt", "Anna", LATER)


def test_a_person_decides_what_became_of_an_unanswered_message(output: Output) -> None:
    assert deciding.decide(output, QUARTER, "147", "sent", "Bo", "set i serverens log", LATER) == states.SENT
    assert told(output)["147"] == ("sent", NOW.date()), "the day it was handed over counts"
    with pytest.raises(UserError, match="kan afgøres"):
        deciding.decide(output, QUARTER, "147", "not-sent", "Bo", "fortrudt", LATER)


def test_what_a_person_declares_not_sent_goes_with_the_next_run(output: Output) -> None:
    deciding.decide(output, QUARTER, "147", "not-sent", "Bo", "ikke i loggen", NOW)
    deciding.decide(output, QUARTER, "101", "not-sent", "Bo", "serveren var sat forkert op", NOW)
    with MailServer() as server:
        report = stage.send(output, stage.through(server))
    assert set(report.states.values()) == {states.SENT}
    assert sorted(server.mailbox.addresses()[1:]) == ["godlosladelse@k101.example.dk", "godlosladelse@k147.example.dk"]


def test_a_corrected_address_gets_a_new_message_and_the_others_get_none(output: Output) -> None:
    evidence = (outbox.folder(output, QUARTER) / "101.eml").read_bytes()
    known = a_register(
        agreements=[
            agreement("101", mailbox="rettet@k101.example.dk"),
            *(agreement(code) for code in MUNICIPALITIES if code != "101"),
        ]
    )
    prepared = stage.prepare(output, known, go_on=True)
    assert [one.municipality_code for one in prepared.outbox.entries] == ["101"]
    assert prepared.handed_over == {"147": "sending", "390": "sent", "492": "sent", "580": "sent"}
    kept = sorted((outbox.folder(output, QUARTER) / "tidligere").glob("*.eml"))
    assert len(kept) == 5 and evidence in {file.read_bytes() for file in kept}
    with pytest.raises(UserError, match="ikke godkendt"):
        stage.send(output, some_settings(smtp_host="127.0.0.1"), known)
    stage.approve(output)
    with MailServer() as server:
        report = stage.send(output, stage.through(server), known)
    assert server.mailbox.addresses()[1:] == ["rettet@k101.example.dk"]
    assert report.states["101"] == "sent" and told(output)["101"][0] == "sent"
    with pytest.raises(UserError, match="Ingen mangler"):
        stage.prepare(output, known, go_on=True)


def test_a_recall_writes_the_notice_and_counts_72_real_hours(output: Output) -> None:
    copenhagen = mail._now().tzinfo
    aware = datetime.datetime(2026, 10, 23, 12, tzinfo=copenhagen)  # the clocks go back on the 25th
    now = aware + datetime.timedelta(hours=1)
    notice = recall.prepare(output, some_settings(), QUARTER, "580", "Anna", "forkert kommune", aware, now)
    assert notice.deadline == datetime.datetime(2026, 10, 26, 11, tzinfo=copenhagen)
    text = notice.message.read_text(encoding="utf-8")
    assert "To: godlosladelse@k580.example.dk" in text and "Slet venligst" in text
    assert "26. oktober 2026 kl. 11.00" in notice.facts.read_text(encoding="utf-8")
    assert "71 timer tilbage" in recall.clock(aware, now)
    assert "overskredet for 2 timer siden" in recall.clock(aware, notice.deadline + datetime.timedelta(hours=2))
    shown = status.as_text(output, None, some_settings(), QUARTER, now)
    assert "Tilbagekaldelse: 580 Aabenraa" in shown and "71 timer tilbage" in shown
    with pytest.raises(UserError, match="intet at kalde tilbage"):
        recall.prepare(output, some_settings(), QUARTER, "101", "Anna", "x", aware, now)
    with pytest.raises(WrongUse, match="fremtiden"):
        recall.prepare(output, some_settings(), QUARTER, "580", "Anna", "x", now, aware)


def test_the_standing_shows_all_that_somebody_must_know(output: Output) -> None:
    shown = status.as_text(output, a_register(), some_settings(), QUARTER, NOW + datetime.timedelta(hours=1))
    for part in (
        "Forberedt 05-10-2026 kl. 09.00 af Anna",
        "af Bo",
        "af Carla",
        "gælder til 12-10-2026",
        "Sendt: 3",
        "Afvist: 1",
        "Afleveret uden kvittering: 1",
        "101 København <godlosladelse@k101.example.dk>: afvist",
        "550 5.1.1 unknown",
        "god-loesladelse.2026-q4.147.",
        "Seneste prøve: sendt",
        "Kommuner, der kan nås: 5 af 5",
    ):
        assert part in shown


def test_the_quality_of_the_register_is_figures_with_numerator_and_denominator(output: Output) -> None:
    bounces.record(output, QUARTER, "580", "ukendt", "Anna", LATER)
    known = a_register(
        agreements=[
            agreement("101", updated="2026-09-20"),
            agreement("147", updated="2024-01-01"),
            agreement("580", mailbox="ny@k580.example.dk"),
            agreement("492", mailbox=None, mail=None),
        ]
    )
    with ledger.opened(output) as book:
        figures = {one.name: one for one in quality.figures(known, some_settings(), book, LATER.date())}
    pairs = {name: (one.numerator, one.denominator) for name, one in figures.items() if not name.endswith("_days")}
    assert pairs == {"reachable": (3, 5), "confirmed": (3, 5), "bounced": (1, 3), "address_changed": (1, 3)}
    assert figures["median_age_days"].value == 135 and figures["highest_age_days"].value == 1003
    assert figures["bounced"].text == "1 af 3 (33,3\u00a0pct.)"


def test_the_schedule_prepares_as_system_and_cannot_approve(tmp_path: Path) -> None:
    stage.write_warehouse(Output(tmp_path), [agreement(code) for code in contact_register.all_municipalities()])
    prepared = preparing.prepare_for_schedule(Output(tmp_path), NOW)
    assert prepared.quarter == QUARTER and len(prepared.outbox.entries) == 98
    with ledger.opened(Output(tmp_path)) as book:
        assert [one.name for one in book.signatures("preparation", QUARTER.code)] == ["system"]


def test_the_commands_lead_from_preparing_to_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = Output(tmp_path / "output")
    towns = MUNICIPALITIES | {f"8{number}0": f"Kommune {number}" for number in range(6, 0, -1)}
    monkeypatch.setattr(contact_register, "all_municipalities", lambda: towns)
    stage.write_warehouse(output, [agreement(code) for code in towns if code != "860"])
    base = ["--output", str(output.root), "--quarter", "2026-Q4"]
    monkeypatch.setattr(mail, "_now", lambda: NOW)
    monkeypatch.setattr(mail.time, "sleep", lambda seconds: None)

    def run(*words: str) -> tuple[int, str, str]:
        with acting_as(words[words.index("--by") + 1]) if "--by" in words else contextlib.nullcontext():
            status_code = cli.main(["mail", words[0], *base, *words[1:]])
        caught = capsys.readouterr()
        return status_code, caught.out, caught.err

    with MailServer() as server:
        chosen = tmp_path / "configuration.toml"
        chosen.write_text(
            f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {server.port}\nsmtp_security = "none"\n'
            f'test_address = "{stage.TEST_ADDRESS}"\n',
            encoding="utf-8",
        )
        monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))
        assert configuration.settings().mailing.smtp_port == server.port
        code, out, _ = run("prepare", "--by", "Anna")
        assert code == 0 and "860 Kommune 6" in out and "kan ikke nås" in out
        assert len(list((output.mailing / "2026-Q4").glob("*.eml"))) == 10
        assert run("prepare", "--by", "system")[0] == 2
        code, _, err = run("send", "--send")
        assert code == 1 and "ikke godkendt" in err
        code, _, err = run("approve", "--by", "Anna")
        assert code == 1 and "har forberedt" in err
        assert run("approve", "--by", "Bo")[0] == 0
        code, out, _ = run("approve", "--by", "Carla")
        assert code == 0 and "Klar til at sende." in out
        code, out, _ = run("send")
        assert code == 0 and "10 meddelelser ville blive sendt. Intet er sendt" in out
        assert server.mailbox.accepted == []
        code, out, _ = run("send", "--send")
        assert code == 0 and "sendt: 10" in out and "ingen samarbejdsaftale i registeret: 1" in out
        assert len(server.mailbox.accepted) == 11
    assert run("bounce", "--recipient", "101", "--reason", "ukendt", "--by", "Anna")[0] == 0
    assert run("bounce", "--recipient", "101")[0] == 2
    code, out, _ = run("recall", "--municipality", "147", "--reason", "forkert liste", "--by", "Anna")
    assert code == 0 and "Fristen på 72 timer" in out
    code, out, _ = run("status")
    assert code == 0 and "Kommet retur: 1" in out and "Sendt: 9" in out
    assert run("decide", "--municipality", "147", "--outcome", "sent", "--reason", "x", "--by", "Bo")[0] == 1
    assert run("status", "--quarter", "4. kvartal")[0] == 2


def test_the_next_quarters_baseline_is_what_really_arrived(output: Output) -> None:
    with ledger.opened(output) as book:
        assert book.last_list("580", "2027-Q1") is not None
        assert book.last_list("101", "2027-Q1") is None and book.last_list("147", "2027-Q1") is None
        assert book.last_list("580", QUARTER.code) is None
        assert set(book.recipients_before(Quarter(2027, 1).code)) == set(MUNICIPALITIES)

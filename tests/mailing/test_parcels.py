"""Packs and worklists: each recipient gets its own, locked with its own password, approved, once."""

from __future__ import annotations

import datetime
import email
import io
import shutil
import subprocess
import zipfile
from email import policy
from pathlib import Path

import pytest

from pipelines import audit_trail
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.parcels import lock, passwords
from pipelines.mailing.record import journal, ledger, outbox
from pipelines.publishing import parcel_files
from pipelines.watching import status
from tests.mailing import parcel_stage
from tests.mailing.mail_server import MailServer
from tests.mailing.parcel_stage import PUBLICATION, by_mail
from tests.mailing.stage import MUNICIPALITIES, NOW

ROUND = matters.NamedRound(PUBLICATION, "")


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return parcel_stage.an_output(tmp_path / "output")


def content_of(mail: bytes) -> tuple[str, str, bytes]:
    """Return text, name of the attached file, and its bytes."""
    message = email.message_from_bytes(mail, policy=policy.SMTP)
    _, text, attachment = message.walk()
    return text.get_content(), attachment.get_filename(), attachment.get_content()  # type: ignore[attr-defined]


def opened(locked: bytes, password: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(lock.unlocked(locked, password)))


def test_each_municipality_gets_its_own_pack_locked_with_its_own_password_once(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with MailServer() as server:
        settings = by_mail(server.port, tmp_path / "koder")
        run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
        code, out, _ = run("prepare", "--by", "Anna")
        assert code == 0 and "5 er forberedt" in out and "Nye adgangskoder" in out
        assert all((tmp_path / "koder" / f"{one}.txt").stat().st_mode & 0o777 == 0o600 for one in MUNICIPALITIES)
        box = outbox.required(matters.seen_from(output, matters.PACKS), ROUND)
        code, _, err = run("send", "--send")
        assert code == 1 and "ikke godkendt" in err and "--what packs" in err
        due = [one.what for one in status.read(output, NOW).due]
        assert "pakkerne for udgivelsen 2026-09-30 sendes (mail send --what packs)" in due
        assert run("approve", "--by", "Anna")[0] == 1, "who prepared it may not approve it"
        assert run("approve", "--by", "Bo")[0] == 0
        code, out, _ = run("prepare", "--by", "Anna")
        assert code == 0 and "Nye adgangskoder" not in out
        assert outbox.required(matters.seen_from(output, matters.PACKS), ROUND) == box, "approvals stay good"
        assert "Klar til at sende." in run("approve", "--by", "Carla")[1]
        code, out, _ = run("send")
        assert code == 0 and "5 meddelelser ville blive sendt" in out and server.mailbox.accepted == []
        code, out, err = run("send", "--send")
        assert code == 0 and "Pakkerne for udgivelsen 2026-09-30: 5 modtagere" in out and "sendt: 5" in out
        assert run("send", "--send")[0] == 0
    assert not any("pakkerne" in one.what for one in status.read(output, NOW).due)
    assert len(server.mailbox.accepted) == 6, "a dummy, and each its own, once"
    for address, mail in server.mailbox.accepted[1:]:
        own = address.partition("@k")[2][:3]
        text, name, locked = content_of(mail)
        assert f"Til {own} {MUNICIPALITIES[own]}" in text and name.startswith(f"god-loesladelse_{own}_")
        assert f"A-{own}001".encode() not in locked and b"index.html" not in locked, "not even the names are readable"
        with opened(locked, passwords.of(own) or "") as pack:
            pages = [one.rpartition("/")[2] for one in pack.namelist()]
            assert sorted(pages) == [f"A-{own}001.html", "index.html"]
        others = next(one for one in MUNICIPALITIES if one != own)
        with pytest.raises(lock.NotUnlocked):
            lock.unlocked(locked, passwords.of(others) or "")
        assert (passwords.of(own) or "") not in mail.decode()
    code, out, _ = run("status")
    assert code == 0 and "Pakkerne for udgivelsen 2026-09-30" in out and "Sendt: 5" in out
    trail = output.audit_log.read_text(encoding="utf-8")
    assert not any((passwords.of(one) or "") in trail for one in MUNICIPALITIES)
    assert sum(entry["event"] == "mail_message" for entry in audit_trail.entries(output)) == 10
    with ledger.opened(output) as book:
        assert book.messages() == [], "the contact list's ledger knows nothing of it"
    assert journal.path(matters.seen_from(output, matters.PACKS)).exists() and not journal.path(output).exists()


def test_a_pack_that_holds_another_municipalitys_figures_never_goes(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with MailServer() as server:
        settings = by_mail(server.port, tmp_path / "koder")
        run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
        assert run("prepare", "--by", "Anna")[0] == run("approve", "--by", "Bo")[0] == 0
        assert run("approve", "--by", "Carla")[0] == 0
        # What the recipient could not open, or what opens with another's password, is seen before anything is sent.
        shutil.copyfile(tmp_path / "koder" / "147.txt", tmp_path / "koder" / "101.txt")
        code, _, err = run("send", "--send")
    assert code == 1 and "101: zip-filen nævner ikke 101" in err and server.mailbox.accepted == []


def test_a_publication_without_packs_and_a_word_of_another_matter_are_told(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = by_mail(1, tmp_path / "koder")
    run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
    assert run("prepare", "--by", "Anna", "--quarter", "2026-Q4")[0] == 2
    code, _, err = run("status", "--publication", "2020-01-01")
    assert code == 1 and "ingen udgivelse 2020-01-01" in err
    shutil.rmtree(output.published / PUBLICATION / "kommune")
    code, _, err = run("prepare", "--by", "Anna")
    assert code == 1 and "har ingen pakker" in err
    assert not (tmp_path / "koder").exists(), "no password is made for nothing"


@pytest.mark.skipif(
    not (shutil.which("7z") or shutil.which("bsdtar")), reason="neither 7z nor bsdtar is on this machine"
)
def test_other_programs_open_a_pack_with_its_password_and_not_without(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("index.html", "tal æøå")
    (tmp_path / "pakke.zip").write_bytes(lock.locked(buffer.getvalue(), "abcde-fghjk-mnpqr"))

    def opened_by(command: list[str], folder: str) -> bool:
        (tmp_path / folder).mkdir()
        subprocess.run(command, cwd=tmp_path / folder, capture_output=True, stdin=subprocess.DEVNULL)
        file = tmp_path / folder / lock.INSIDE
        return file.exists() and file.read_bytes() == buffer.getvalue()

    for number, password in enumerate(("abcde-fghjk-mnpqr", "abcde-fghjk-mnpqs")):
        if shutil.which("7z"):
            assert opened_by(["7z", "x", f"-p{password}", "../pakke.zip"], f"7z-{number}") == (number == 0)
        if shutil.which("bsdtar"):
            command = ["bsdtar", "-x", "--passphrase", password, "-f", "../pakke.zip"]
            assert opened_by(command, f"bsdtar-{number}") == (number == 0)


@pytest.mark.parametrize("written", ["kort\n", "æøå-æøå-æøå-æøå\n", ""])
def test_a_password_that_cannot_be_used_stops_the_preparation(
    output: Output,
    written: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "koder").mkdir()
    (tmp_path / "koder" / "101.txt").write_text(written, encoding="utf-8")
    run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, by_mail(1, tmp_path / "koder"))
    code, _, err = run("prepare", "--by", "Anna")
    assert code == 1 and "101.txt skal have mindst 12 tegn" in err


def test_worklists_are_approved_once_and_sent_week_after_week_until_somebody_else_gets_one(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parcel_stage.write_worklists(output, {("I1", "101"): "A-000001", ("I2", "147"): "A-000002"})
    with MailServer() as server:
        settings = by_mail(server.port, tmp_path / "koder", prepare_worklists="true")

        def at(days: int) -> parcel_stage.Run:
            now = NOW + datetime.timedelta(days=days)
            return parcel_stage.commands(output, "worklists", tmp_path, monkeypatch, capsys, settings, now)

        def prepare_by_schedule(days: int) -> int:
            prepared = parcel_files.prepare_worklists_for_schedule(output, NOW + datetime.timedelta(days=days))
            assert prepared is not None
            return len(prepared.outbox.entries)

        run = at(0)
        assert prepare_by_schedule(0) == 4, "two institutions and two municipalities have something"
        assert list(output.work.iterdir()) == [], "what was locked lies nowhere unlocked"
        assert run("send", "--send")[0] == 1
        assert run("approve", "--by", "Bo")[0] == run("approve", "--by", "Carla")[0] == 0
        code, out, _ = run("send", "--send")
        assert code == 0 and "Arbejdslisterne for uge 41 2026: 4 modtagere" in out
        mailed = {address: content_of(mail) for address, mail in server.mailbox.accepted[1:]}
        assert sorted(mailed) == ["aa@example.dk", "e@exam.dk", *(f"godlosladelse@k{c}.example.dk" for c in (101, 147))]
        with opened(mailed["e@exam.dk"][2], passwords.of("institution-I1") or "") as own:
            assert "A-000001" in own.read("arbejdsliste.csv").decode() and "A-000002" not in str(
                own.read("arbejdsliste.csv")
            )
        # The week after: another open duty, the same recipients; nobody has to approve again.
        parcel_stage.write_worklists(output, {("I1", "101"): "A-000009"})
        assert prepare_by_schedule(7) == 2
        run = at(7)
        assert "Klar til at sende." in run("status")[1]
        assert run("send", "--send")[0] == 0 and len(server.mailbox.accepted) == 5 + 3
        # After the period, and when an address is another, two people look at it again.
        assert prepare_by_schedule(98) == 2
        code, _, err = at(98)("send", "--send")
        assert code == 1 and "der mangler 2 godkendelser" in err
        changed = [parcel_stage.agreement(code) for code in MUNICIPALITIES]
        changed[0] = parcel_stage.agreement("101", mailbox="ny@k101.example.dk")
        parcel_stage.stage.write_warehouse(output, changed)
        parcel_stage.write_worklists(output, {("I1", "101"): "A-000009"})
        run = at(14)
        assert run("prepare", "--by", "Anna", "--go-on")[0] == 0
        code, _, err = run("send", "--send")
        assert code == 1 and "der mangler 2 godkendelser" in err
    assert len(server.mailbox.accepted) == 8


def test_nobody_gets_worklists_by_a_schedule_that_nobody_chose(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parcel_stage.commands(output, "worklists", tmp_path, monkeypatch, capsys, by_mail(1, tmp_path / "koder"))
    assert parcel_files.prepare_worklists_for_schedule(output, NOW) is None
    assert not (output.root / "mailing").exists()

"""A backup is whole and was read again; a destroyed folder comes back as it was, and the journal never goes back."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import audit_trail, locks
from pipelines.batches import batch_list, batch_rows
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.record import journal, outbox
from pipelines.mailing.record import ledger as ledger_file
from pipelines.receiving import archive
from pipelines.upkeep import backup, backup_contents, restore
from tests.mailing import parcel_stage, stage
from tests.mailing.mail_server import MailServer
from tests.small_delivery import SmallDelivery, receive

NOW = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with an approved outbox, its ledger and its journal."""
    made = Output(tmp_path_factory.mktemp("installation") / "output")
    stage.prepare(made)
    stage.approve(made)
    return made.root


@pytest.fixture
def output(mailed: Path, tmp_path: Path, landing: Path) -> Output:
    """The same with a delivery received, whose bytes hold civil registration numbers."""
    output = stage.copied(mailed, tmp_path / "output")
    SmallDelivery().write(landing)
    assert receive(landing, output).loaded
    return output


def contents(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return each file's mode and bytes, a link's goal for its bytes."""
    return {
        path.relative_to(root).as_posix(): (
            stat.S_IMODE(path.lstat().st_mode),
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes(),
        )
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def kept(output: Output) -> dict[str, tuple[int, bytes]]:
    """Return what a backup must bring back; SQLite copies its own files, so of those only the mode."""
    left_out = ("staged/", "run.lock", "mailing/mailing.lock", "audit.jsonl")
    found = {name: file for name, file in contents(output.root).items() if not name.startswith(left_out)}
    return {name: (mode, b"" if name.endswith(".sqlite") else text) for name, (mode, text) in found.items()}


def names_of_one_file(root: Path) -> list[list[str]]:
    """Return the files below a folder that have more than one name, each as its names."""
    found: dict[int, list[str]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            found.setdefault(path.stat().st_ino, []).append(path.relative_to(root).as_posix())
    return sorted(names for names in found.values() if len(names) > 1)


def rows(output: Output) -> list[tuple]:
    with sqlite3.connect(output.mailing / "ledger.sqlite") as ledger:
        return ledger.execute("select * from message order by 1").fetchall()


def test_what_publications_share_is_one_file_in_every_backup_and_after_it_is_put_back(
    output: Output, tmp_path: Path
) -> None:
    names = ["published/2026-06-30/delt/skrift.css", "published/2026-09-30/delt/skrift.css"]
    first, second = (output.root / name for name in names)
    for path in (first, second):
        path.parent.mkdir(parents=True)
    first.write_text("skrift" * 9000, encoding="utf-8")
    first.chmod(0o400)
    second.hardlink_to(first)
    copies = [backup.make(output, tmp_path / "copies", NOW + timedelta(days=day)) for day in (0, 1)]
    for made in copies:
        assert names_of_one_file(made.folder / "output") == [names]
        assert not backup_contents.differences(made)
    shutil.rmtree(output.root)
    restore.restore(copies[1].folder, output)
    assert names_of_one_file(output.root) == [names]
    assert second.read_text(encoding="utf-8") == "skrift" * 9000


def test_a_destroyed_folder_comes_back_as_it_was(output: Output, tmp_path: Path) -> None:
    before, ledger = kept(output), rows(output)
    made = backup.make(output, tmp_path / "copies", NOW)
    assert made.folder.name == "output-20261006T120000Z" and not backup_contents.differences(made)
    shutil.rmtree(output.root)
    shutil.rmtree(output.journal)
    done = restore.restore(made.folder, output)
    assert kept(output) == before and rows(output) == ledger and len(ledger) == 5
    assert done.aside is None and "lagt tilbage" in done.about_journal
    assert journal.read(journal.path(output))
    assert [entry["event"] for entry in audit_trail.entries(output)][-1] == "restored"
    # What is left out can be made again from what is there.
    batch = batch_list.choose(output)
    assert not output.staged.exists() and (batch_rows.stage(output, batch.batch_id) / "loaded").is_dir()


def test_packs_that_were_sent_stay_sent_after_a_destroyed_folder_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = parcel_stage.an_output(tmp_path / "packs" / "output")
    seen = matters.seen_from(output, matters.PACKS)
    with MailServer() as server:
        settings = parcel_stage.by_mail(server.port, tmp_path / "koder")
        run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
        assert run("prepare", "--by", "Anna")[0] == run("approve", "--by", "Bo")[0] == 0
        before = backup.make(output, tmp_path / "copies", NOW)
        assert run("approve", "--by", "Carla")[0] == run("send", "--send")[0] == 0
        # From before the sending: the journal, which lies elsewhere, knows more, and nobody gets a second pack.
        shutil.rmtree(output.root)
        done = restore.restore(before.folder, output)
        assert "pakker.jsonl ved det samme som sikkerhedskopiens eller mere" in done.about_journal
        stage.write_warehouse(output, [stage.agreement(code) for code in stage.MUNICIPALITIES])
        code, _, err = run("send", "--send")
        assert code == 1 and "er ikke enige" in err
        assert run("settle", "--by", "Anna", "--reason", "gendannet")[0] == 0
        # From after it, with everything gone: ledger and journal come back together.
        after = backup.make(output, tmp_path / "copies", NOW + timedelta(days=1))
        shutil.rmtree(output.root)
        shutil.rmtree(output.journal)
        assert "lagt tilbage" in restore.restore(after.folder, output).about_journal
        stage.write_warehouse(output, [stage.agreement(code) for code in stage.MUNICIPALITIES])
        with ledger_file.opened(seen) as book:
            assert [one.state for one in book.messages()] == ["sent"] * 5
        code, _, err = run("prepare", "--by", "Anna")
        assert code == 1 and "Ingen mangler pakkerne" in err
    assert len(server.mailbox.accepted) == 6


def test_the_modes_are_kept_in_the_backup_and_by_putting_it_back(output: Output, tmp_path: Path) -> None:
    objects = sorted((output.archive / "objects").rglob("*.gz"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in objects} == {0o400}
    page = output.root / "published" / "side.html"
    page.parent.mkdir(mode=0o755)
    page.write_text("side", encoding="utf-8")
    page.chmod(0o644)
    page.parent.chmod(0o755)
    made = backup.make(output, tmp_path / "copies", NOW)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (made.folder, made.folder / "output" / "archive")} == {0o700}
    restore.restore(made.folder, output, replace_existing=True)
    assert stat.S_IMODE(page.stat().st_mode) == 0o644 and stat.S_IMODE(page.parent.stat().st_mode) == 0o755
    assert {stat.S_IMODE(file.stat().st_mode) for file in objects} == {0o400}
    assert stat.S_IMODE(output.archive.stat().st_mode) == 0o700


def test_civil_registration_numbers_are_only_where_they_were(output: Output, tmp_path: Path) -> None:
    made = backup.make(output, tmp_path / "copies", NOW)
    number = b"010100-0000"
    assert any(
        number in archive.fetch(output, file["sha256"], "x") for file in batch_list.choose(output).receipt["files"]
    )
    for path in made.folder.rglob("*"):
        if path.is_file() and not path.is_relative_to(made.folder / "output" / "archive" / "objects"):
            assert number not in path.read_bytes() and number.replace(b"-", b"") not in path.read_bytes(), path
    assert not [path for path in made.folder.rglob("*") if path.suffix == ".key"]


def test_what_is_the_same_as_in_the_backup_before_takes_no_room(output: Output, tmp_path: Path) -> None:
    first = backup.make(output, tmp_path / "copies", NOW)
    second = backup.make(output, tmp_path / "copies", NOW.replace(hour=13))
    stored = next(entry.path for entry in first.entries if "/objects/" in entry.path)
    assert (first.folder / stored).stat().st_ino == (second.folder / stored).stat().st_ino
    assert backup.remove_older(tmp_path / "copies", output, 1) == [first.folder.name]
    assert not first.folder.exists() and not backup_contents.differences(second)


def test_a_file_harmed_in_the_backup_before_is_copied_and_not_linked(output: Output, tmp_path: Path) -> None:
    first = backup.make(output, tmp_path / "copies", NOW)
    stored = next(entry.path for entry in first.entries if "/objects/" in entry.path)
    (first.folder / stored).chmod(0o600)
    (first.folder / stored).write_bytes(b"x" * (first.folder / stored).stat().st_size)
    (first.folder / stored).chmod(0o400)
    second = backup.make(output, tmp_path / "copies", NOW.replace(hour=13))
    assert not backup_contents.differences(second)
    assert backup_contents.differences(first) == [f"{stored} er ændret"]


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "opened", "list"])
def test_a_damaged_backup_is_told_and_nothing_is_put_back(harm: str, output: Output, tmp_path: Path) -> None:
    made = backup.make(output, tmp_path / "copies", NOW)
    file = made.folder / next(entry.path for entry in made.entries if entry.path.endswith("receipt.json"))
    if harm == "changed":
        file.write_bytes(file.read_bytes().replace(b"1", b"2"))
    elif harm == "missing":
        file.unlink()
    elif harm == "added":
        (made.folder / "output" / "fremmed.txt").write_text("x", encoding="utf-8")
    elif harm == "opened":
        file.chmod(0o644)
    else:
        (made.folder / "backup.json").write_text(
            (made.folder / "backup.json").read_text(encoding="utf-8").replace('"size": ', '"size": 1'), encoding="utf-8"
        )
    before = contents(output.root)
    with pytest.raises(UserError, match=r"er ikke hel|er ændret eller beskadiget"):
        restore.restore(made.folder, output, replace_existing=True)
    assert contents(output.root) == before


def test_a_folder_in_the_way_is_moved_aside_and_never_deleted(output: Output, tmp_path: Path) -> None:
    made = backup.make(output, tmp_path / "copies", NOW)
    (output.root / "siden.txt").write_text("kom til siden", encoding="utf-8")
    with pytest.raises(UserError, match="--replace"):
        restore.restore(made.folder, output)
    done = restore.restore(made.folder, output, replace_existing=True)
    assert done.aside is not None and (done.aside / "siden.txt").exists() and not (output.root / "siden.txt").exists()


def test_the_journal_in_use_knows_more_than_the_backup_and_stands(output: Output, tmp_path: Path) -> None:
    made = backup.make(output, tmp_path / "copies", NOW)
    place = journal.path(output)
    last = journal.read(place)[-1]
    journal.append(place, journal.following(last.number, last.sum, {"event": "moved", "state": "sent"}))
    after = place.read_bytes()
    done = restore.restore(made.folder, output, replace_existing=True)
    assert place.read_bytes() == after and "er ikke rørt" in done.about_journal


def test_a_shorter_journal_gets_the_lines_that_it_lacks(output: Output, tmp_path: Path) -> None:
    place = journal.path(output)
    last = journal.read(place)[-1]
    journal.append(place, journal.following(last.number, last.sum, {"event": "moved", "state": "sent"}))
    whole = place.read_bytes()
    made = backup.make(output, tmp_path / "copies", NOW)
    place.write_bytes(whole[: whole[:-1].rfind(b"\n") + 1])
    assert "lagt tilbage" in restore.restore(made.folder, output, replace_existing=True).about_journal
    assert place.read_bytes() == whole


def test_no_backup_is_made_while_a_run_or_a_sending_is_under_way(output: Output, tmp_path: Path) -> None:
    import fcntl

    with output.lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="En anden kørsel er i gang"):
            backup.make(output, tmp_path / "copies", NOW)
        with pytest.raises(UserError, match="er ingen sikkerhedskopi"):
            restore.restore(tmp_path / "copies", output, replace_existing=True)
    with outbox.exclusive(output), pytest.raises(UserError, match="udsendelse er i gang"):
        backup.make(output, tmp_path / "copies", NOW)
    assert not list((tmp_path / "copies").glob("*"))
    made = backup.make(output, tmp_path / "copies", NOW)
    with output.lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="En anden kørsel er i gang"):
            restore.restore(made.folder, output, replace_existing=True)


def test_a_backup_that_is_not_what_was_written_is_removed_again(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_list = backup_contents.write_list

    def harmed(made: backup_contents.Backup) -> None:
        write_list(made)
        (made.folder / "output" / "audit.jsonl").write_text("", encoding="utf-8")

    monkeypatch.setattr(backup_contents, "write_list", harmed)
    with pytest.raises(UserError, match="ikke hel på disken"):
        backup.make(output, tmp_path / "copies", NOW)
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_a_killed_backup_left_is_removed_by_the_next(output: Output, tmp_path: Path) -> None:
    left = tmp_path / "copies" / ".output-20261001T000000Z.ufaerdig"
    left.mkdir(parents=True)
    (left / "halv").write_text("x", encoding="utf-8")
    made = backup.make(output, tmp_path / "copies", NOW)
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [made.folder.name]


def test_a_backup_inside_the_output_folder_is_refused(output: Output) -> None:
    with pytest.raises(UserError, match="ligger i resultatmappen selv"):
        backup.make(output, output.root / "copies", NOW)


def test_a_drive_without_room_is_told_before_anything_is_written(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    with pytest.raises(UserError, match="ikke plads"):
        backup.make(output, tmp_path / "copies", NOW)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_backup_is_made_of_a_folder_at_rest(output: Output, tmp_path: Path) -> None:
    output.work.mkdir(exist_ok=True)
    (output.work / "halvt").write_text("x", encoding="utf-8")
    made = backup.make(output, tmp_path / "copies", NOW)
    assert not any("halvt" in entry.path for entry in made.entries) and locks.is_at_rest(output)

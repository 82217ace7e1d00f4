"""A ledger set back, emptied or gone, and a journal: nobody gets a second message, and somebody is always told."""

from __future__ import annotations

import datetime
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import mail_restores
from pipelines import audit_trail, cli
from pipelines.commands import mail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import deciding
from pipelines.mailing.record import agreement, journal, ledger, mailed_lists, states, witnesses
from pipelines.mailing.record.agreement import Disagreement
from tests.mailing import restores, stage
from tests.mailing.mail_server import Mailbox, MailServer
from tests.mailing.stage import NOW, QUARTER

TOWNS = {code: stage.MUNICIPALITIES[code] for code in ("101", "147", "580", "492")}
LATER = NOW + datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what only a power cut would show."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mailbox]:
    """An output folder whose list was sent to two of four municipalities, a backup of it, and then sent to the rest.

    One of the first two messages is handed over without an answer.
    """
    folder = tmp_path_factory.mktemp("world")
    output, known, mailbox = Output(folder / "output"), stage.a_register(TOWNS), Mailbox()
    stage.prepare(output, known)
    stage.approve(output)
    restores.save(output, folder / "approved")
    for faults, name in ((["", "", "drop after accepting", *["permanent at mail"] * 9], "half"), ([], "all")):
        with MailServer(faults, mailbox=mailbox) as server:
            stage.send(output, stage.through(server), known)
        restores.save(output, folder / name)
    assert len([address for address in mailbox.addresses() if address != stage.TEST_ADDRESS]) == 4
    return folder, mailbox


@pytest.fixture
def output(world: tuple[Path, Mailbox], tmp_path: Path) -> Output:
    return stage.copied(world[0] / "output", tmp_path / "output")


def sends_again(output: Output) -> list[str]:
    """Do all that an operator does to send, as far as it goes; return what the server accepted for municipalities."""
    known = stage.a_register(TOWNS)
    with MailServer() as server:
        steps: tuple[Callable[[], object], ...] = (
            lambda: stage.prepare(output, known),
            lambda: stage.approve(output),
            lambda: stage.send(output, stage.through(server), known),
        )
        for step in steps:
            try:
                step()
            except UserError:
                continue
    return [address for address in server.mailbox.addresses() if address != stage.TEST_ADDRESS]


def told(output: Output) -> str:
    """Return what a person is told, the same before preparing and before sending."""
    with pytest.raises(Disagreement) as problem:
        stage.prepare(output, stage.a_register(TOWNS))
    with pytest.raises(Disagreement):
        stage.plan(output, stage.a_register(TOWNS), stage.some_settings(), QUARTER, LATER)
    return str(problem.value)


ACCIDENTS: dict[str, tuple[Callable[[Output, Path], None], str]] = {
    "the ledger from before the sending": (
        lambda output, world: restores.put_back(output, world / "approved", ["ledger"]),
        "Protokollen er ældre end journalen",
    ),
    "the ledger from the middle of the sending": (
        lambda output, world: restores.put_back(output, world / "half", ["ledger"]),
        "Protokollen er ældre end journalen: den mangler 4 trin",
    ),
    "the ledger emptied": (lambda output, world: restores.empty(output, ["ledger"]), "om 4 meddelelser i 2026-Q4"),
    "the ledger gone": (lambda output, world: restores.lose(output, ["ledger"]), "kommune 101, 147, 492, 580"),
    "the journal gone": (lambda output, world: restores.lose(output, ["journal"]), "Journalen mangler"),
    "the journal emptied": (lambda output, world: restores.empty(output, ["journal"]), "Journalen mangler"),
    "the journal from the middle": (
        lambda output, world: restores.put_back(output, world / "half", ["journal"]),
        "Journalen er ældre end protokollen",
    ),
    "both gone": (lambda output, world: restores.lose(output, ["ledger", "journal"]), "Udbakkens svar ved mere"),
    "both from the middle": (
        lambda output, world: restores.put_back(output, world / "half", ["ledger", "journal"]),
        "ved mere end protokollen",
    ),
    "only the audit trail left": (
        lambda output, world: restores.lose(output, ["ledger", "journal", "outbox"]),
        "Sporet i audit.jsonl ved mere",
    ),
    "only the outbox left": (
        lambda output, world: restores.lose(output, ["ledger", "journal", "audit trail"]),
        "Udbakkens svar ved mere",
    ),
    "the whole output folder from the middle": (
        lambda output, world: restores.put_back(output, world / "half", ["ledger", "outbox", "audit trail"]),
        "Protokollen er ældre end journalen",
    ),
    "one line of the journal changed": (
        lambda output, world: (
            journal.path(output).write_text(
                journal.path(output).read_text(encoding="utf-8").replace("250 2.0.0", "250 2.0.1", 1), encoding="utf-8"
            )
            and None
        ),
        "Journalen er beskadiget",
    ),
    "states changed in the ledger": (lambda output, world: _change_states(output), "ændret uden om programmet"),
    "events deleted in the ledger": (lambda output, world: _forget(output), "kender ikke de samme"),
}


def _change_states(output: Output) -> None:
    with sqlite3.connect(ledger.path(output)) as connection:
        connection.execute("update message set state = 'approved' where kind = 'contact_list'")


def _forget(output: Output) -> None:
    with sqlite3.connect(ledger.path(output)) as connection:
        connection.execute("delete from event where state in ('sending', 'sent')")
        connection.execute("update message set state = 'approved' where kind = 'contact_list'")


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_after_an_accident_nobody_gets_a_second_message_and_a_person_is_told_and_can_settle_it(
    accident: str, world: tuple[Path, Mailbox], output: Output
) -> None:
    happen, expected = ACCIDENTS[accident]
    happen(output, world[0])
    assert sends_again(output) == []
    text = told(output)
    assert expected in text and "mail settle" in text and str(journal.path(output)) in text
    done = agreement.settle(output, "Dan", "set i serverens log", LATER)
    assert done.handed_over == 4
    assert mailed_lists.export(output) and {row[1] for row in mailed_lists.export(output)} == set(TOWNS)
    assert {row[3] for row in mailed_lists.export(output)} == {NOW.date()}, (
        "the day of the mailing, not of the decision"
    )
    assert sends_again(output) == []
    last = journal.read(journal.path(output))[-1].facts
    assert (last["event"], last["name"], last["reason"]) == ("settled", "Dan", "set i serverens log")
    assert [entry["by"] for entry in audit_trail.entries(output) if entry["event"] == "mail_settled"] == ["Dan"]
    with pytest.raises(UserError, match="intet at afgøre"):
        agreement.settle(output, "Dan", "igen", LATER)


def test_what_a_person_then_finds_not_to_have_come_can_be_sent(output: Output) -> None:
    restores.lose(output, ["ledger"])
    agreement.settle(output, "Dan", "protokollen er tabt", LATER)
    with ledger.opened(output) as book:
        unknown = [str(row.municipality_code) for row in book.messages(QUARTER.code) if row.state == states.SENDING]
    assert len(unknown) == 1
    deciding.decide(output, QUARTER, unknown[0], "not-sent", "Dan", "ikke i serverens log", LATER)
    assert sends_again(output) == [f"godlosladelse@k{unknown[0]}.example.dk"]
    assert sends_again(output) == []


def test_a_journal_in_a_folder_of_the_settings_stops_a_second_output_folder_too(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "configuration.toml"
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))
    chosen.write_text('[mailing]\njournal_folder = "et/sted"\n', encoding="utf-8")
    with pytest.raises(UserError, match="journal_folder"):
        stage.prepare(output, stage.a_register(TOWNS))
    elsewhere = tmp_path / "disk"
    chosen.write_text(f'[mailing]\njournal_folder = "{elsewhere}"\n', encoding="utf-8")
    journal.folder(output).mkdir()
    (output.root.with_name("output-journal") / journal.NAME).rename(journal.path(output))
    with ledger.opened(output) as book:
        agreement.check(output, book)
    fresh = Output(tmp_path / "another")
    assert sends_again(fresh) == []
    assert "Journalen ved mere end protokollen om 4 meddelelser" in told(fresh)


def test_a_crash_between_ledger_and_journal_is_put_right_without_asking(output: Output) -> None:
    file = journal.path(output)
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    for left in (b"".join(lines[:-1]), b"".join(lines[:-1]) + lines[-1][:40], whole[:-1]):
        file.write_bytes(left)
        with ledger.opened(output) as book:
            agreement.check(output, book)
        assert file.read_bytes() == whole


def test_a_ledger_from_before_the_journal_is_told_of_once(output: Output) -> None:
    restores.lose(output, ["journal"])
    with sqlite3.connect(ledger.path(output)) as connection:
        connection.execute("drop table journal_end")
        connection.execute("pragma user_version = 1")
    assert "Journalen mangler, men protokollen har afleverede meddelelser" in told(output)
    agreement.settle(output, "Dan", "journalen begynder her", LATER)
    assert sends_again(output) == []
    with ledger.opened(output) as book:
        agreement.check(output, book)


def test_the_command_shows_each_message_and_records_a_decision(
    output: Output, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mail, "_now", lambda: LATER)

    def run(*words: str) -> tuple[int, str, str]:
        status = cli.main(["mail", *words, "--output", str(output.root), "--quarter", "2026-Q4"])
        caught = capsys.readouterr()
        return status, caught.out, caught.err

    assert run("settle")[:2] == (0, "Protokollen og de andre steder er enige. Der er intet at afgøre.\n")
    restores.lose(output, ["ledger"])
    status, out, err = run("settle")
    assert status == 1 and out.count("protokollen: kender den ikke, journalen: sendt") == 3 and "mail settle" in err
    assert out.count("Afgøres som afleveret uden kvittering") == 1
    assert "ikke enige" in run("status")[1]
    assert run("settle", "--by", "Dan")[0] == 2
    status, out, _ = run("settle", "--by", "Dan", "--reason", "gendannet uden protokol")
    assert status == 0 and "4 meddelelser regnes som afleveret; protokollen manglede 4" in out
    assert "ikke enige" not in run("status")[1]


def test_the_chain_shows_every_change_of_a_line(output: Output) -> None:
    file = journal.path(output)
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(journal.read(file)) == len(lines) > 6
    swapped = [lines[0], lines[2], lines[1], *lines[3:]]
    for changed in (
        lines[1:],
        lines[:3] + lines[4:],
        swapped,
        [*lines[:3], lines[3].replace(b"sen", b"sem"), *lines[4:]],
    ):
        file.write_bytes(b"".join(changed))
        with pytest.raises(journal.Damaged):
            journal.read(file)


def test_journal_and_answers_are_readable_by_their_owner_only_and_the_trail_holds_no_address(output: Output) -> None:
    for file in [journal.path(output), *output.mailing.glob(f"*/{witnesses.ANSWERS}")]:
        assert file.stat().st_mode & 0o077 == 0
    assert b"@k101" in journal.path(output).read_bytes()
    assert b"@k101" not in output.audit_log.read_bytes()


def test_random_histories_with_kills_and_restores_send_nothing_twice_and_tell_of_everything(tmp_path: Path) -> None:
    with mail_restores.campaign(tmp_path, municipalities=3) as history:
        results = [history(random.Random(seed)) for seed in range(6)]
    assert sum(result.second_messages for result in results) == 0
    assert sum(result.untold for result in results) == 0
    assert sum(result.accidents for result in results) > 8, "the sample must hold accidents"


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    with mail_restores.messages_read_once():
        yield

"""Every command that the documents give, one after another on a built output folder, as a person works through them.

What is not done here is named with its reason. That the program takes each command at all is asked of all of them in
``tests/conventions/test_documents.py``.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.five_years import fill_in
from pipelines import cli
from tests.conventions.test_documents import RUN_ELSEWHERE, documented, folders_in, placed
from tests.mailing.mail_server import MailServer
from tests.people_at_work import acting_as
from tests.pipeline.whole_path import KEY, settings_file, small_world

#: As one follows from another; what is not named comes last.
ORDER = (
    *("doctor", "status", "batch", "explain", "worklist", "export", "person", "verify", "publication", "meeting"),
    *("reply template", "reply import", "reply list", "reply decide", "reply reopen", "reply answer"),
    *("mail prepare", "mail approve", "mail send", "mail status", "mail bounce", "mail decide", "mail recall"),
    *("mail settle", "backup", "restore"),
)
#: What cannot be done here, and why, by how the command begins.
REFUSED = {
    "meeting actions": "the list that a meeting wrote is not there (tests/meetings has one)",
    "mail decide": "of no message is it in doubt whether it was sent (tests/mailing makes such)",
    "mail settle --output MAPPE --by": "the record and the other places agree (tests/mailing lets them differ)",
    "batch withdraw 2026-06-30": "no such delivery was received",
    "export --output RESULTATER --to": "no server of that name",
    "publication again 2024-12-31": "no such publication",
}


def place_in_order(words: tuple[str, ...]) -> int:
    """Return where among the others a command belongs."""
    told = " ".join(words)
    return next((place for place, begins in enumerate(ORDER) if told.startswith(begins)), len(ORDER))


def test_every_documented_command_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = folders_in(tmp_path)
    (tmp_path / "returmails").mkdir()
    shutil.copytree(small_world().output.root, tmp_path / "resultater", symlinks=True)
    shutil.copytree(small_world().landing, tmp_path / "leverancer")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", KEY)
    otherwise = []
    with MailServer() as server:
        monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(settings_file(settings(server.port))))
        for words in sorted(documented(), key=place_in_order):
            if words[0] in RUN_ELSEWHERE:
                continue
            told = " ".join(words)
            if told.startswith("reply import"):
                shutil.copy(tmp_path / "svar-101.xlsx", tmp_path / "svar.xlsx")
                fill_in(tmp_path / "svar.xlsx", 2)
            if words[0] == "restore":
                # What is put back was lost: the folder is not there.
                (backup,) = (tmp_path / "kopier").iterdir()
                shutil.rmtree(tmp_path / "resultater", ignore_errors=True)
                words = ("restore", str(backup), *words[2:])
            by = words[words.index("--by") + 1] if "--by" in words else "Anna"
            status, said = answer(placed(words, places), by)
            refused = next((why for begins, why in REFUSED.items() if told.startswith(begins)), None)
            if status != (1 if refused else 0):
                otherwise.append(f"{told}: {status}: {said[-300:]}")
    assert not otherwise, "\n".join(otherwise)


def settings(port: int) -> str:
    """Return settings with the mail server of the test."""
    return (
        f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n'
        'test_address = "proeve@krfo.example.dk"\nper_minute = 6000\n'
        "highest_changed_share = 1.0\nlowest_reachable_share = 0.1\n"
    )


def answer(words: list[str], by: str) -> tuple[int, str]:
    """Give a command from a person's own account and return its status and what it said."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as typed, acting_as(by):
        typed.setattr(sys, "stdin", io.StringIO("010180-1234\n"))
        typed.setattr("getpass.getpass", lambda *_: "010180-1234")
        typed.setattr(sys, "stdout", said)
        typed.setattr(sys, "stderr", said)
        return cli.main(words), said.getvalue()

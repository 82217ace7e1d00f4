"""Files changed behind the program's back: is every change told before anything is read, sent or put back from it?

Run with: python -m benchmarks.tampering [--changes 100] [--seed 1]

One change is one file of one place (received bytes, a publication, an approved outbox, the journal of a mailing, a
backup) with a byte flipped, cut short, made longer, changed for another file, or removed. Then that is asked which the
program asks before it uses the place. A change must be told, or change nothing of what is read from the place: a bit of
a packed file's heading, a space after a manifest, a journal's last line, which a killed process can leave half written
and which is put right from the ledger. Printed: how many of the changes were neither, by place and kind; it must be 0.

Belongs here: changing and asking. Does not belong here: what restored and lost files do to a mailing
(``mail_restores``), and which message is whose (``mail_pairings``).
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import publications
from pipelines.batches import batch_list
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.record import agreement, journal, ledger, outbox
from pipelines.receiving import archive
from pipelines.upkeep import backup, restore
from tests.mailing import stage
from tests.mailing.mail_server import MailServer
from tests.small_delivery import KEY, SmallDelivery, receive

TOWNS = dict(list(stage.MUNICIPALITIES.items())[:3])
_LATER = stage.NOW + datetime.timedelta(minutes=10)
#: A place's files, what is asked of it before it is used, and what is read from it.
Place = tuple[Callable[[Path], list[Path]], Callable[[Path], bool], Callable[[Path], Any]]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Return the bytes with one bit of one of them turned."""
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "vendt bit": flipped,
    "afkortet": lambda content, chance: content[: chance.randrange(len(content))],
    "forlænget": lambda content, chance: content + bytes([chance.randrange(32, 127)]),
}


def is_archive_doubted(root: Path) -> bool:
    """Whether a received file is no longer counted as kept."""
    output = Output(root)
    files = [file for batch in batch_list.all_batches(output) for file in batch.receipt["files"]]
    return not all(archive.is_kept(output, file["sha256"], file["file"]) for file in files)


def is_publication_doubted(root: Path) -> bool:
    """Whether ``verify`` would name a difference."""
    return _is_refused(lambda: not publications.differences(next(Output(root).published.glob("2026-*"))))


def is_outbox_doubted(root: Path) -> bool:
    """Whether nothing would be sent."""
    return _is_refused(
        lambda: stage.plan(Output(root), stage.a_register(TOWNS), stage.some_settings(), stage.QUARTER, _LATER)
    )


def is_journal_doubted(root: Path) -> bool:
    """Whether a person would be asked to settle before anything is sent."""

    def ask() -> bool:
        with ledger.opened(Output(root)) as book:
            agreement.check(Output(root), book)
        return True

    return _is_refused(ask)


def is_backup_doubted(root: Path) -> bool:
    """Whether the backup would not be put back."""
    (copy,) = (path for path in (root / "kopier").iterdir() if path.is_dir())
    return _is_refused(lambda: restore.restore(copy, Output(root / "tilbage" / "output")))


def received_bytes(root: Path) -> list[bytes]:
    """Return the received files as a build reads them."""
    output = Output(root)
    files = [file for batch in batch_list.all_batches(output) for file in batch.receipt["files"]]
    return [archive.fetch(output, file["sha256"], file["file"]) for file in files]


def files_read(root: Path) -> list[bytes]:
    """Return every file of a place that is read as it is."""
    return [path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".lock"]


def outbox_read(root: Path) -> tuple[str, list[bytes]]:
    """Return what of an outbox would be sent: the sum that was approved, and each message."""
    output = Output(root / "output")
    box = outbox.required(output, stage.QUARTER)
    return box.digest, [outbox.content(output, stage.QUARTER, entry) for entry in box.entries]


def journal_read(root: Path) -> list[Any]:
    """Return what the journal says."""
    return [line.facts for line in journal.read(journal.path(Output(root / "output")))]


def _is_refused(ask: Callable[[], Any]) -> bool:
    try:
        return not ask()
    except UserError:
        return True


def made(folder: Path) -> dict[str, Place]:
    """Make each place in a folder of its own; return where its files are and what is asked of it."""
    received = Output(folder / "modtagne bytes")
    landing = SmallDelivery().write(folder / "landing")
    assert receive(landing.parent, received).loaded
    published = Output(folder / "udgivelse")

    def pages(place: Path, publication_id: str, number: int) -> dict[str, Any]:
        for page in range(5):
            (place / f"{page}.html").write_text(f"{publication_id} {number} {page}" * 50, encoding="utf-8")
        return {"audit": {"green": True}}

    publications.publish(published, date(2026, 9, 30), {"build_digest": "x"}, pages)
    for name in ("udbakke", "journal"):
        output = Output(folder / name / "output")
        stage.prepare(output, stage.a_register(TOWNS))
        stage.approve(output)
    with MailServer() as server:
        stage.send(output, stage.through(server), stage.a_register(TOWNS))
    backup.make(received, folder / "sikkerhedskopi" / "kopier")
    quarter = outbox.folder(Output(folder / "udbakke" / "output"), stage.QUARTER).relative_to(folder / "udbakke")
    return {
        "modtagne bytes": (
            lambda root: list((Output(root).archive / "objects").rglob("*.gz")),
            is_archive_doubted,
            received_bytes,
        ),
        "udgivelse": (lambda root: list(root.glob("published/2026-*/*.html")), is_publication_doubted, files_read),
        "udbakke": (
            lambda root: [*(root / quarter).glob("*.eml"), root / quarter / "manifest.json"],
            lambda root: is_outbox_doubted(root / "output"),
            outbox_read,
        ),
        "journal": (
            lambda root: [journal.path(Output(root / "output"))],
            lambda root: is_journal_doubted(root / "output"),
            journal_read,
        ),
        "sikkerhedskopi": (
            lambda root: [path for path in (root / "kopier").rglob("*") if path.is_file() and path.stat().st_size],
            is_backup_doubted,
            files_read,
        ),
    }


def changed(files: list[Path], kind: str, chance: random.Random) -> None:
    """Change one of the files."""
    file = chance.choice(sorted(files))
    if kind == "fjernet":
        file.unlink()
        return
    if kind == "byttet":
        others = [one for one in sorted(files) if one.read_bytes() != file.read_bytes()]
        content = chance.choice(others).read_bytes() if others else b""
    else:
        content = KINDS[kind](file.read_bytes(), chance)
    file.chmod(0o600)
    file.write_bytes(content)


def main() -> int:
    """Print the table; 1 when a change was not told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100, help="of each kind in each place")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.environ["GOD_LOESLADELSE_PSEUDONYM_KEY"] = KEY
    os.fsync = lambda descriptor: None  # type: ignore[assignment] # what is tried is no power cut
    chance = random.Random(chosen.seed)
    kinds = [*KINDS, "byttet", "fjernet"]
    untold = 0
    print("| Sted | " + " | ".join(kinds) + " |\n|---|" + "---|" * len(kinds))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "made"
        folder.mkdir()
        for place, (files, is_doubted, read) in made(folder).items():
            whole = _copied(folder / place, Path(name) / "whole")
            assert not is_doubted(whole)
            as_before = read(whole)
            cells = []
            for kind in kinds:
                missed = 0
                for _ in range(chosen.changes):
                    copy = _copied(folder / place, Path(name) / "changed")
                    changed(files(copy), kind, chance)
                    missed += not is_doubted(copy) and read(copy) != as_before
                cells.append(f"{missed} af {chosen.changes}")
                untold += missed
            print(f"| {place} | " + " | ".join(cells) + " |", flush=True)
    return 1 if untold else 0


def _copied(made_in: Path, to: Path) -> Path:
    for folder in (to, to.with_name(f"{to.name}-journal")):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made_in, to, symlinks=True)
    return to


if __name__ == "__main__":
    raise SystemExit(main())

"""The mailing journal: every hand-over, a second time, in a file of its own that is only ever added to.

Belongs here: the chain of lines, reading it so that a changed, missing or added line is seen, adding one. Does not
belong here: comparing it with the ledger (``agreement.py``) and what a move means (``states.py``).

A restored backup takes the ledger back and must not take the journal with it, so it lies outside the output folder:
beside it, or where ``journal_folder`` in the settings says (best on another disk). Each line holds the checksum of the
one before and its own; the ledger holds the number and the checksum of the last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import configuration, durable_files, locks
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters

#: The contact list's; that of another matter has its folder's name in it.
NAME = "mailing-journal.jsonl"
BEGUN, MOVED, SETTLED = "begun", "moved", "settled"
_NOTHING = "0" * 64


@dataclass(frozen=True)
class JournalLine:
    """One line of the journal: its place in the chain, and what it tells."""

    number: int
    previous: str
    facts: Mapping[str, Any]

    @property
    def sum(self) -> str:
        """The checksum over number, previous checksum and facts (SHA-256, hexadecimal)."""
        return hashlib.sha256(self._without_sum().encode()).hexdigest()

    @property
    def text(self) -> str:
        """The line as it stands in the file, without its end."""
        return json.dumps(json.loads(self._without_sum()) | {"sum": self.sum}, ensure_ascii=False, sort_keys=True)

    def _without_sum(self) -> str:
        content = {"number": self.number, "previous": self.previous, "facts": dict(self.facts)}
        return json.dumps(content, ensure_ascii=False, sort_keys=True)


class Damaged(Exception):
    """The file is not a whole chain; ``sound`` has the lines before the first that is wrong."""

    def __init__(self, sound: list[JournalLine]) -> None:
        super().__init__(f"line {len(sound) + 1}")
        self.sound = sound


class OutOfStep(UserError):
    """The last line is not the one that the ledger knows: one of the two has been put back or changed."""


def folder(output: Output) -> Path:
    """Return the folder of the journal: the one of the settings, else one beside the output folder."""
    chosen = configuration.settings().mailing.journal_folder
    return Path(chosen) if chosen else output.journal


def is_of_its_own(output: Output) -> bool:
    """Whether the journal beside the output folder exists; one in a folder of the settings may be of another output."""
    return not configuration.settings().mailing.journal_folder and path(output).exists()


def path(output: Output) -> Path:
    """Return where the journal of an output folder lies."""
    of_its_own = matters.of(output).folder
    return folder(output) / (NAME.replace(".", f"-{of_its_own}.", 1) if of_its_own else NAME)


def read(file: Path) -> list[JournalLine]:
    """Return every line, none when there is no file; raises Damaged when the chain is broken, UserError if unreadable.

    A last line without its end was being written when the machine stopped: nobody was told that it was there, so it
    does not count.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise _unusable(file, problem) from None
    lines: list[JournalLine] = []
    previous = _NOTHING
    for raw in content.split(b"\n")[:-1]:
        line = _parsed(raw)
        wanted = line is not None and line.number == len(lines) + 1
        # The first line of a journal that follows a damaged one names that one's checksum.
        if line is None or not wanted or (lines and line.previous != previous):
            raise Damaged(lines)
        lines.append(line)
        previous = line.sum
    return lines


def _parsed(raw: bytes) -> JournalLine | None:
    try:
        found = json.loads(raw)
        line = JournalLine(int(found["number"]), str(found["previous"]), found["facts"])
        return line if isinstance(line.facts, dict) and line.sum == found["sum"] else None
    except (ValueError, KeyError, TypeError):
        return None


def first(facts: Mapping[str, Any], previous: str = _NOTHING) -> JournalLine:
    """Return the first line of a new journal."""
    return JournalLine(1, previous, {"event": BEGUN, **facts})


def following(number: int, checksum: str, facts: Mapping[str, Any]) -> JournalLine:
    """Return the line that follows the one with this number and checksum."""
    return JournalLine(number + 1, checksum, facts)


def is_last(file: Path, number: int, checksum: str) -> bool:
    """Whether the journal's last whole line has this number and checksum; no other line is looked at."""
    last = _last(file)
    return last is not None and (last.number, last.sum) == (number, checksum)


def append(file: Path, line: JournalLine) -> None:
    """Add the line, on disk when this returns; raises OutOfStep unless the file ends with the line before it.

    Adding the line that is the last already changes nothing, so that a line may be added again after a crash.
    """
    try:
        durable_files.make_folder(file.parent)
        with locks.exclusive(file.with_suffix(".lock")), _writable(file) as descriptor:
            last = _last(file)
            if last is not None and last.sum == line.sum:
                return
            follows = line.number == 1 if last is None else (last.number + 1, last.sum) == (line.number, line.previous)
            if not follows:
                raise OutOfStep(f"Journalen {file} ender ikke, hvor protokollen siger. Intet mere er sendt.")
            # What a power cut left of a line is cut away: it was never confirmed to anybody.
            os.ftruncate(descriptor, _whole(file))
            os.lseek(descriptor, 0, os.SEEK_END)
            os.write(descriptor, line.text.encode() + b"\n")
            os.fsync(descriptor)
        durable_files.sync_folder(file.parent)
    except OSError as problem:
        raise _unusable(file, problem) from None


def set_aside(file: Path) -> str:
    """Rename a damaged journal, so that a new one can begin; return the checksum of its bytes."""
    content = file.read_bytes()
    number = 1
    while (aside := file.with_name(f"{file.stem}-damaged-{number}{file.suffix}")).exists():
        number += 1
    file.rename(aside)
    durable_files.sync_folder(file.parent)
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _writable(file: Path) -> Iterator[int]:
    durable_files.make_file(file)
    descriptor = os.open(file, os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _whole(file: Path) -> int:
    content = file.read_bytes()
    return content.rfind(b"\n") + 1


def _last(file: Path) -> JournalLine | None:
    try:
        whole = file.read_bytes()[: _whole(file)]
    except FileNotFoundError:
        return None
    return _parsed(whole.rstrip(b"\n").rpartition(b"\n")[2]) if whole else None


def _unusable(file: Path, problem: OSError) -> UserError:
    return UserError(
        f"Udsendelsens journal {file} kan ikke læses eller skrives ({type(problem).__name__}). Intet mere er sendt. "
        "Giv kontoen adgang til mappen, eller vælg en anden med journal_folder i [mailing] i konfigurationsfilen."
    )

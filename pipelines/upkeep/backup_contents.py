"""What a backup holds, and the list that says so: each file with its size, sum and mode.

Belongs here: which files of an output folder cannot be made again, a backup's list, comparing the two. Does not belong
here: making one (``backup``) and putting one back (``restore``).

A backup is a folder: ``output/`` and ``journal/`` as they were, with the same modes, and ``backup.json``. Personal data
lies where it lay: civil registration numbers in ``output/archive`` alone. The pseudonym key is not in it, since whoever
has both can name everybody; it is copied apart.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.durable_files import sum_of, unfinished_files
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.record import journal

LIST = "backup.json"
FORMAT = 1
OUTPUT, JOURNAL = "output", "journal"
_LEFTOVER = re.compile(r"\.ufaerdig-")


@dataclass(frozen=True)
class BackupEntry:
    """One file of a backup: its path below the backup, size in bytes, SHA-256, mode; or where a link leads."""

    path: str
    size: int
    sha256: str
    mode: int
    leads_to: str = ""


@dataclass(frozen=True)
class Backup:
    """A finished backup: its folder and its list."""

    folder: Path
    made_at: datetime
    made_by: str
    of: str
    code_version: str
    key_id: str | None
    entries: tuple[BackupEntry, ...]

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(entry.size for entry in self.entries)


def can_be_made_again(output: Output) -> set[Path]:
    """Return what a backup leaves out: built from the rest, of the moment, or only the web interface's history."""
    built = {output.warehouse, output.marts, output.staged, output.work, output.lock, output.codes, output.dagster_home}
    return built | {file.with_name(f"{file.name}.wal") for file in (output.warehouse, output.marts)}


def files_of(output: Output) -> Iterator[tuple[Path, str]]:
    """Yield every file to be backed up (and every link), with its path in the backup."""
    left_out = can_be_made_again(output) | set(unfinished_files(output))
    for folder, names, files in os.walk(output.root):
        here = Path(folder)
        links = [name for name in names if (here / name).is_symlink()]
        names[:] = sorted(
            name for name in names if name not in links and here / name not in left_out and not _LEFTOVER.match(name)
        )
        for name in sorted([*files, *links]):
            file = here / name
            # SQLite's logs are in the copy that SQLite itself makes.
            if file not in left_out and not _LEFTOVER.match(name) and not name.endswith(("-wal", "-shm", ".lock")):
                yield file, f"{OUTPUT}/{file.relative_to(output.root).as_posix()}"
    place = journal.path(output)
    for file in sorted(place.parent.glob(f"{place.stem}*{place.suffix}")):
        yield file, f"{JOURNAL}/{file.name}"


def place_of(file: Path) -> tuple[int, int]:
    """Return where a file's bytes lie on the disk, the same for all its names."""
    status = file.lstat()
    return status.st_dev, status.st_ino


def may_have_more_names(file: Path) -> bool:
    """Whether a file is one of those that publications share: under several names, and nobody may write to it."""
    status = file.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_nlink > 1 and not status.st_mode & 0o222


def room_for(files: Iterable[Path]) -> int:
    """Return the bytes that copies of files take, when the names of one file stay the names of one file."""
    return sum({place_of(file): file.lstat().st_size for file in files}.values())


def write_list(backup: Backup) -> None:
    """Write the list, which ends with its own sum."""
    content = {
        "format": FORMAT,
        "made_at": backup.made_at.isoformat(timespec="seconds"),
        "made_by": backup.made_by,
        "of": backup.of,
        "code_version": backup.code_version,
        "key_id": backup.key_id,
        "entries": [asdict(entry) for entry in backup.entries],
    }
    content["sum"] = _own_sum(content)
    file = backup.folder / LIST
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        stream.flush()
        os.fsync(descriptor)


def read(folder: Path) -> Backup:
    """Read a backup's list; raises UserError when the folder is none, or the list is damaged or of a later program."""
    try:
        content = json.loads((folder / LIST).read_text(encoding="utf-8"))
        given = content.pop("sum")
    except (OSError, ValueError, KeyError, AttributeError):
        raise UserError(f"{folder} er ingen sikkerhedskopi: {LIST} mangler eller kan ikke læses.") from None
    if content.get("format") != FORMAT:
        raise UserError(f"{folder} er lavet af en anden udgave af programmet og kan ikke læses af denne.")
    if given != _own_sum(content):
        raise UserError(f"{folder / LIST} er ændret eller beskadiget. Brug en anden sikkerhedskopi.")
    return Backup(
        folder=folder,
        made_at=datetime.fromisoformat(content["made_at"]),
        made_by=content["made_by"],
        of=content["of"],
        code_version=content["code_version"],
        key_id=content["key_id"],
        entries=tuple(BackupEntry(**entry) for entry in content["entries"]),
    )


def all_backups(folder: Path, output: Output | None = None) -> list[Backup]:
    """Return the finished backups below a folder, oldest first; of one output folder when it is given."""
    found = []
    for file in folder.glob(f"*/{LIST}"):
        try:
            backup = read(file.parent)
        except UserError:
            continue
        if not file.parent.name.startswith(".") and (output is None or backup.of == str(output.root.resolve())):
            found.append(backup)
    return sorted(found, key=lambda backup: (backup.made_at, backup.folder.name))


def differences(backup: Backup, root: Path | None = None) -> list[str]:
    """Compare the files below ``root`` (the backup's own folder) with the list, reading each; a Danish line for each
    that is missing, changed, or does not belong."""
    root = root or backup.folder
    lines = []
    for entry in backup.entries:
        file = root / entry.path
        try:
            status = file.lstat()
            if stat.S_ISLNK(status.st_mode):
                is_same = os.readlink(file) == entry.leads_to
            else:
                is_same = not entry.leads_to and status.st_size == entry.size and sum_of(file) == entry.sha256
        except OSError:
            lines.append(f"{entry.path} mangler eller kan ikke læses")
            continue
        if not is_same:
            lines.append(f"{entry.path} er ændret")
        elif os.name == "posix" and not entry.leads_to and stat.S_IMODE(status.st_mode) & 0o777 != entry.mode:
            lines.append(f"{entry.path} har en anden adgang ({stat.S_IMODE(status.st_mode):o})")
    known = {entry.path for entry in backup.entries}
    for part in (OUTPUT, JOURNAL):
        for path in sorted((root / part).rglob("*")):
            name = path.relative_to(root).as_posix()
            if (path.is_symlink() or not path.is_dir()) and name not in known:
                lines.append(f"{name} hører ikke til")
    return lines


def _own_sum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

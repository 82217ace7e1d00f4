"""Files and folders that a kill or a power cut leaves whole, open to those who may work here and to nobody else.

Belongs here: writing one file or folder so, its mode and group, and the sum that shows it whole. Does not belong
here: what is written, where it lies (``layout``), who the operators are (``people.operators``).

Everything is its owner's alone, unless a group of operators works in turn: then the group may read and write what any
of them wrote. A folder of the group hands the group on to whatever is made in it (set-group-ID).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

from pipelines.layout import Output

#: The name of a file being written: the name it will get, and the number of the process.
_UNFINISHED = re.compile(r"\..+\.\d+")


#: The number of the operators' group; in the environment, so that every process that a run starts knows it too.
GROUP_VARIABLE = "GOD_LOESLADELSE_OPERATORS_GROUP_ID"


def operators_group() -> int | None:
    """Return the number of the group that works in turn, None when everything is its owner's alone."""
    number = os.environ.get(GROUP_VARIABLE, "")
    return int(number) if number.isdigit() else None


def sum_of(file: Path) -> str:
    """Return a file's SHA-256 in hexadecimal, without reading it into memory whole; raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def protect(path: Path) -> None:
    """Give a file or folder of this account's own the mode that it shall have: its owner's, or the group's too."""
    status = path.lstat()
    if os.name != "posix" or status.st_uid != os.geteuid():
        return  # another member's: that account gave it its mode
    group = operators_group()
    owners = 0o700 if stat.S_ISDIR(status.st_mode) else 0o400 if not status.st_mode & 0o200 else 0o600
    if group is None:
        path.chmod(owners)
        return
    if status.st_gid != group:
        os.chown(path, -1, group)
    path.chmod(owners | owners >> 3 | (stat.S_ISGID if stat.S_ISDIR(status.st_mode) else 0))


def is_private(status: os.stat_result) -> bool:
    """Whether nobody but its owner, and the operators' group when there is one, may touch what has this status."""
    open_to = 0o077 if status.st_gid != operators_group() else 0o007
    return os.name != "posix" or not status.st_mode & open_to


def make_file(file: Path) -> None:
    """Make an empty file that is protected from its first moment; one that is there is left as it is."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    protect(file)


def append_line(file: Path, text: str) -> None:
    """Add a line to a file, made when it is not there; on disk when this returns, never mixed with another."""
    make_file(file)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, f"{text}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on disk, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is whole and on disk, or not there; replaces an old one. ``mode`` is its owner's part."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
    protect(unfinished)
    unfinished.replace(file)
    sync_folder(file.parent)


def unfinished_files(output: Output) -> list[Path]:
    """Return the files that a killed run was writing; those in the archive may hold received bytes, so they must go."""
    found = [path for place in (output.archive, output.staged) for path in place.rglob(".*") if path.is_file()]
    return sorted(path for path in found if _UNFINISHED.fullmatch(path.name))


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write a small JSON file durably."""
    write_file(file, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def make_folder(folder: Path) -> Path:
    """Make a folder, with those above it that are missing, that only those may open who may work here."""
    for level in [*reversed(folder.parents), folder]:
        if not level.exists():
            level.mkdir(exist_ok=True, mode=0o700)
            protect(level)
    return folder

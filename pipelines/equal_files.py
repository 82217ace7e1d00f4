"""Equal files of publications as one file on the disk, safe from being changed through any of their names.

Belongs here: links, the store where links are impossible, modes, and what a publication costs beside the others. Does
not belong here: which files a publication has and their sums (``publications``).

A file that an earlier publication has, or another place of the same one, is a hard link to it. Where the file system
has no hard links, the bytes lie once in ``published/.indhold/<sha256>`` and the place is a symbolic link to them; where
it has neither, each place keeps its own copy. Nobody may write to a published file: it is read-only before it is
linked, and programs that replace a file give its name new bytes and leave the others as they were.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.durable_files import make_folder, sync_folder

STORE = ".indhold"
Entry = Mapping[str, Any]
"""A file of a publication as its ``release.json`` has it: path, bytes, sha256."""


@dataclass(frozen=True)
class Shared:
    """How many files were let share another's bytes, and how many bytes that saved."""

    files: int
    size: int


def share(folder: Path, entries: Sequence[Entry], earlier: Iterable[tuple[Path, Sequence[Entry]]]) -> Shared:
    """Let each file of a publication under way share the bytes of an equal one; then nothing in it can be written to.

    ``entries`` are its files, ``earlier`` the publications it may share with, each its folder and its files, the
    nearest first. A file is believed to be equal when every byte is.
    """
    seen: dict[tuple[str, int], list[Path]] = {}
    for place, known in earlier:
        for entry in known:
            seen.setdefault((entry["sha256"], entry["bytes"]), []).append(place / entry["path"])
    links = _can_link(folder)
    store = None if links else _store(folder.parent)
    files = size = 0
    for entry in entries:
        path, what = folder / entry["path"], (entry["sha256"], entry["bytes"])
        make_read_only(path)
        done = (
            _put_in_store(path, store / entry["sha256"])
            if store is not None
            else links and any(_link(path, other) for other in seen.get(what, ())[:2])
        )
        if done:
            files, size = files + 1, size + entry["bytes"]
        else:
            seen.setdefault(what, []).insert(0, path)
    return Shared(files, size)


def make_read_only(path: Path) -> None:
    """Take every right to write from a file of this account."""
    if not path.is_symlink():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o222:
            path.chmod(mode & ~0o222)


def own_size(folder: Path, others: Iterable[Path] = ()) -> int:
    """Return how many bytes of the disk a publication takes that none of the others has."""
    taken = {(status.st_dev, status.st_ino) for other in others for status in _statuses(other)}
    own = {(status.st_dev, status.st_ino): status.st_blocks * 512 for status in _statuses(folder)}
    return sum(size for inode, size in own.items() if inode not in taken)


def empty_store(published: Path, used: Iterable[str]) -> int:
    """Remove the bytes in the store that no publication has; return how many bytes they were."""
    freed = 0
    kept = set(used)
    for file in sorted((published / STORE).glob("*")):
        if file.name not in kept:
            freed += file.stat().st_size
            file.unlink()
    return freed


def _statuses(folder: Path) -> list[os.stat_result]:
    return [path.stat() for path in folder.rglob("*") if path.is_file()]


def _can_link(folder: Path) -> bool:
    first, second = folder / ".link-1", folder / ".link-2"
    first.write_bytes(b"")
    try:
        os.link(first, second)
    except (OSError, NotImplementedError):
        return False
    finally:
        first.unlink()
        second.unlink(missing_ok=True)
    return True


def _store(published: Path) -> Path | None:
    """Return the store of contents; None where symbolic links are impossible too."""
    probe = published / ".link-1"
    probe.unlink(missing_ok=True)
    try:
        probe.symlink_to("nothing")
    except (OSError, NotImplementedError):
        return None
    probe.unlink()
    return make_folder(published / STORE)


def _link(path: Path, other: Path) -> bool:
    """Let the path be another name of an equal file; False when it is not equal or cannot have one more name."""
    try:
        if other.is_symlink() or not _equal(path, other):
            return False
        make_read_only(other)
        temporary = path.with_name(f".{path.name}.link")
        os.link(other, temporary)
    except OSError:  # gone, of another account, or with as many names as the file system allows
        return False
    os.replace(temporary, path)
    return True


def _equal(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _put_in_store(path: Path, kept: Path) -> bool:
    """Move a file's bytes into the store, or drop them when it has them; returns whether it had."""
    had = kept.exists() and _equal(path, kept)
    if not had:
        os.replace(path, kept)
        sync_folder(kept.parent)
    else:
        path.unlink()
    path.symlink_to(os.path.relpath(kept, path.parent))
    return had

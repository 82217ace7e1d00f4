"""Files and folders that a kill or a power cut leaves whole: written beside, put on disk, renamed.

Belongs here: writing one file or folder so. Does not belong here: what is written, and where it lies (``layout``).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from pipelines.layout import Output

#: The name of a file being written: the name it will get, and the number of the process.
_UNFINISHED = re.compile(r"\..+\.\d+")


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on disk, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is whole and on disk, or not there; replaces an old one."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
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
    """Make a folder, with those above it that are missing, that only this account may open."""
    for level in [*reversed(folder.parents), folder]:
        if not level.exists():
            level.mkdir(exist_ok=True, mode=0o700)
    return folder

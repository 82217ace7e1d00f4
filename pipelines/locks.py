"""One run at a time: the lock that a writing run holds, and what a killed run left to settle.

Belongs here: taking the lock, saying who holds it, clearing unfinished work. Does not belong here: what a run does.

The lock is the operating system's own (``flock``), so that it is gone the moment its process is, however it ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import UserError
from pipelines.layout import Output

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock; there the lock file is opened exclusively instead
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def sole_run(output: Output) -> Iterator[None]:
    """Hold the output folder's lock for the block; raises UserError when another run holds it.

    Whatever an earlier, killed run left behind is settled first: its unfinished builds are deleted and worker processes
    that outlived it are ended.
    """
    try:
        output.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise UserError(f"Resultatmappen {output.root} kan ikke oprettes. Vælg en anden med --output.") from None
    with output.lock.open("a+", encoding="utf-8") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError(
                    f"En anden kørsel er i gang i {output.root} ({_holder(output)}). "
                    "Vent, til den er færdig, og prøv igen."
                ) from None
        _settle(output)
        _write_holder(file.fileno())
        yield


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a short lock that others wait for, on a file of its own (it stays behind, empty)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _holder(output: Output) -> str:
    try:
        holder = json.loads(output.lock.read_text(encoding="utf-8"))
        return f"proces {holder['process']}, startet {holder['started']}"
    except (OSError, ValueError, KeyError):
        return "ukendt proces"


def _write_holder(descriptor: int) -> None:
    holder = json.dumps({"process": os.getpid(), "started": time.strftime("%d-%m-%Y kl. %H.%M")})
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, holder.encode(), 0)


def _settle(output: Output) -> None:
    for file in output.work.glob("*/workers/*"):
        _end_orphan(int(file.name), started=file.read_text(encoding="ascii"))
    if output.work.exists():
        shutil.rmtree(output.work)


def register_worker(folder: Path) -> None:
    """Note this worker process below a run's work folder and end it by itself when its parent is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(os.getpid())).write_text(_start_time(os.getpid()), encoding="ascii")
    end_with_parent()


def end_with_parent() -> None:
    """End this process within a second of its parent's death (a killed run must leave nobody holding a file)."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _end_orphan(process: int, started: str) -> None:
    # The start time guards against a number that the system has given to somebody else since.
    if started and _start_time(process) == started:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


def _start_time(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""

"""One run at a time: the lock that a writing run holds, and what a killed run left to settle.

Belongs here: taking the lock, saying who holds it, clearing unfinished work. Does not belong here: what a run does.

The lock is the operating system's own (``flock``), so that it is gone the moment its process is, however it ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines import audit_trail, durable_files
from pipelines.errors import PassingError, UserError
from pipelines.layout import Output

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock; there the lock file is opened exclusively instead
    fcntl = None  # type: ignore[assignment]


#: Set for a run and every process it starts, so that the next run can find those that outlived a killed one.
RUN_VARIABLE = "GOD_LOESLADELSE_RUN"
_ORPHAN_SECONDS = 10.0


@contextlib.contextmanager
def sole_run(output: Output) -> Iterator[None]:
    """Hold the output folder's lock for the block; raises PassingError when another run holds it.

    Whatever an earlier, killed run left behind is settled first: processes that outlived it are ended, its unfinished
    builds are deleted, and the audit trail says that it was interrupted. A lock file that still names its holder is
    how a killed run is known.
    """
    try:
        durable_files.make_folder(output.root)
        durable_files.make_file(output.lock)
    except OSError:
        raise UserError(f"Resultatmappen {output.root} kan ikke oprettes. Vælg en anden med --output.") from None
    with output.lock.open("a+", encoding="utf-8") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise PassingError(
                    f"En anden kørsel er i gang i {output.root} ({_holder(output)}). "
                    "Vent, til den er færdig, og prøv igen."
                ) from None
        killed = _read_holder(output)
        _settle(output, killed)
        run = secrets.token_hex(16)
        _write_holder(file.fileno(), run)
        if killed:
            audit_trail.record(output, "run_interrupted", process=killed.get("process"), started=killed.get("started"))
        os.environ[RUN_VARIABLE] = run
        try:
            yield
        finally:
            os.environ.pop(RUN_VARIABLE, None)
            with contextlib.suppress(OSError):  # then the next run removes it
                remove_tree(output.work)
            os.ftruncate(file.fileno(), 0)


def is_at_rest(output: Output) -> bool:
    """Whether no run is at work here and none was killed since the last one that ended by itself."""
    return not output.work.exists() and not (output.lock.exists() and output.lock.stat().st_size)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a short lock that others wait for, on a file of its own (it stays behind, empty)."""
    durable_files.make_folder(path.parent)
    durable_files.make_file(path)
    with path.open("a", encoding="ascii") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_tree(folder: Path) -> None:
    """Delete a folder and what is below it, also while a process that is just ending still writes there."""
    for _ in range(20):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            if not folder.exists():
                return
        except OSError:
            time.sleep(0.1)
        else:
            return
    shutil.rmtree(folder)


def end_with_parent() -> None:
    """End this process within a second of its parent's death (a killed run must leave nobody holding a file)."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _holder(output: Output) -> str:
    holder = _read_holder(output)
    return f"proces {holder.get('process')}, startet {holder.get('started')}" if holder else "ukendt proces"


def _read_holder(output: Output) -> dict[str, Any]:
    """Return what the lock file says of the run that holds it, or held it when it was killed; else nothing."""
    try:
        text = output.lock.read_text(encoding="utf-8")
        holder = json.loads(text) if text.strip() else {}
    except (OSError, ValueError):
        return {"process": None, "started": None}  # killed while it wrote its name
    return holder if isinstance(holder, dict) else {}


def _write_holder(descriptor: int, run: str) -> None:
    holder = {"process": os.getpid(), "started": time.strftime("%d-%m-%Y kl. %H.%M"), "run": run}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _settle(output: Output, killed: dict[str, Any]) -> None:
    if killed.get("run"):
        _end_orphans(str(killed["run"]))
    if output.work.exists():
        remove_tree(output.work)


def _end_orphans(run: str) -> None:
    """End every process that the killed run started, and wait until it is gone.

    They are known by an environment variable that only they have, so a number given to somebody else cannot be hit.
    """
    mark = f"{RUN_VARIABLE}={run}".encode()
    until = time.monotonic() + _ORPHAN_SECONDS
    while time.monotonic() < until:
        alive = [process for process in _processes() if _is_marked(process, mark)]
        if not alive:
            return
        for process in alive:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


def _processes() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:  # pragma: no cover - systems without /proc; there a worker ends by itself
        return []


def _is_marked(process: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return False

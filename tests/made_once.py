"""What is costly to make and never written to, made once in a test run and read by all of its processes.

Belongs here: where such things lie, and that the first process that asks makes one while the others wait for it. Does
not belong here: what is made.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from pipelines.locks import exclusive

_MADE = "made"


def controller() -> int:
    """Return the process that began this test run."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _shared_folder(controller: int) -> Path:
    return Path(gettempdir()) / f"god-loesladelse-shared-{controller}"


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of that name, which ``make`` has filled in whichever process of the test run asked first."""
    folder = _shared_folder(controller()) / name
    with exclusive(folder.with_name(f"{name}.lock")):
        made = folder.with_name(f"{name}.{_MADE}")
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # left half made by a process whose test failed
            folder.mkdir(parents=True)
            make(folder)
            made.touch()
    return folder


def forget() -> None:
    """Remove all that this process and those it started have shared."""
    shutil.rmtree(_shared_folder(os.getpid()), ignore_errors=True)

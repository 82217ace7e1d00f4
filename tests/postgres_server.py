"""A real PostgreSQL server that a test starts for itself, reached through a socket in a folder of its own.

Belongs here: finding the server's programs, starting and stopping it. Without them the tests say so and are skipped.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

OWNER = "ejer"


def programs() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``: on PATH, or where Debian puts them."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        places.append(Path(found).parent)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server with one database; gives its address. PostgreSQL refuses root, so root lends it ``nobody``."""
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="gl-pg-"))
    options: dict[str, object] = {"check": True, "capture_output": True, "cwd": folder}
    options["env"] = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
        options |= {"user": 65534, "group": 65534, "extra_groups": []}
    data = folder / "data"
    initdb = [place / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
    control = [place / "pg_ctl", "-D", data, "-s", "-w", "-l", folder / "log"]
    try:
        subprocess.run(initdb, **options)  # type: ignore[call-overload]
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run([*control, "-o", settings, "start"], **options)  # type: ignore[call-overload]
        try:
            yield f"postgresql://{OWNER}@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **options)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)

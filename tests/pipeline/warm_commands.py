"""Commands run in processes forked from one that has imported the program already: importing takes longer than most.

Belongs here: starting that process, once for all processes of a test run, and asking it. Does not belong here: what is
run. At least one test of each kind starts the console script afresh, as a user does; the others need not pay for its
imports again, nor for those of the process that judges deliveries (``forked_judge``).
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any, NoReturn

from expectations.library import great_expectations
from tests.made_once import controller, made_once

_SOCKET = "orders"
#: The process that this one began for all; kept, since it is not to be waited for.
_begun: list[subprocess.Popen[bytes]] = []


@dataclass
class Running:
    """A command under way: its process, and the files that it writes to."""

    process: int
    said: Path
    complained: Path
    _answers: IO[str]

    def kill(self) -> int:
        """Kill it with everything that it started; return its status as ``subprocess`` tells it."""
        os.killpg(self.process, signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end and return its status as ``subprocess`` tells it."""
        return int(self._answers.readline())


class WarmCommands:
    """A process that has imported the program and forks for each command."""

    def __init__(self, orders: IO[str], answers: IO[str], folder: Path) -> None:
        """Ask the process that reads these orders and writes these answers; what commands say lies in the folder."""
        self._folder = folder
        self._number = 0
        self._orders, self._answers = orders, answers

    def start(
        self, words: list[str], environment: dict[str, str], account: str = "", call: str = "pipelines.cli:main"
    ) -> Running:
        """Start a command; ``environment`` is all that it has, ``account`` the system's account that runs it.

        ``call`` is the function that gets the words and returns the status.
        """
        self._number += 1
        said, complained = (self._folder / f"{self._number}.{name}" for name in ("out", "err"))
        order = {"words": words, "environment": environment, "said": str(said), "complained": str(complained)}
        order |= {"account": account, "call": call}
        said.touch()
        complained.touch()  # a caller may read them before the process has opened them
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return Running(int(self._answers.readline()), said, complained, self._answers)

    def run(
        self, words: list[str], environment: dict[str, str], account: str = "", call: str = "pipelines.cli:main"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        running = self.start(words, environment, account, call)
        status = running.wait()
        texts = (file.read_text(encoding="utf-8") for file in (running.said, running.complained))
        return subprocess.CompletedProcess(words, status, *texts)


class OwnCommands(WarmCommands):
    """Such a process with an interpreter and an environment of its own, until it is stopped."""

    def __init__(self, python: str, environment: dict[str, str]) -> None:
        """Start it, which imports while the caller goes on."""
        self._server = subprocess.Popen(
            [python, "-m", __name__],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self._server.kill)
        assert self._server.stdin is not None and self._server.stdout is not None
        folder = Path(mkdtemp(prefix="god-loesladelse-commands-"))
        super().__init__(self._server.stdin, self._server.stdout, folder)

    def stop(self) -> None:
        """End the process; no command is under way."""
        self._server.communicate()
        shutil.rmtree(self._folder)


@cache
def warm_commands() -> WarmCommands:
    """Return those of this test process, forked from the one process of the test run."""

    def make(folder: Path) -> None:
        words = [sys.executable, "-m", __name__, str(folder / _SOCKET), str(controller())]
        _begun.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True))
        while not (folder / _SOCKET).exists():
            assert _begun[0].poll() is None, "the process to fork commands from has ended"
            time.sleep(0.05)

    shared = made_once("commands", make)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(shared / _SOCKET))
    return WarmCommands(connection.makefile("w"), connection.makefile("r"), Path(mkdtemp(dir=shared)))


def _become(account: str) -> None:
    """Let this process of root's be another account's for good, with that account's groups."""
    import pwd

    entry = pwd.getpwnam(account)
    os.initgroups(account, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _import_the_program() -> None:
    import gc

    # What a run imports when it gets there, beside what the program imports by itself.
    import dagster._core.storage.base_storage
    import dbt.parser.manifest
    import pandas
    import pyarrow.parquet

    import reports.publication
    import reports.read_back.read_figures
    from pipelines import cli
    from pipelines.orchestration import definitions, launch
    from pipelines.publishing import content, guarding
    from pipelines.runs import delivery_checks
    from reports.pages import unit_pages
    from tests.pipeline.forked_judge import ForkedJudge

    late = (dagster, dbt, pandas, pyarrow)
    assert all((reports, cli, definitions, launch, content, guarding, unit_pages, *late))
    delivery_checks.Judge = ForkedJudge  # type: ignore[misc]
    gc.collect()
    gc.freeze()


def _obey(orders: IO[str], answers: IO[str]) -> None:
    """Fork for each order that comes in, and answer with the process and then with its status."""
    for line in orders:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            _be_the_command(order)
        print(process, file=answers, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), file=answers, flush=True)


def _be_the_command(order: dict[str, Any]) -> NoReturn:
    os.setpgid(0, 0)
    for descriptor, name in ((1, "said"), (2, "complained")):
        opened = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, descriptor)
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["account"]:
        _become(order["account"])
    status = 1
    try:
        status = pkgutil.resolve_name(order["call"])(order["words"])
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _serve_all(address: str, controller: int) -> None:
    """Fork for each test process that connects; end when the process that began the test run does."""

    def watch() -> None:
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(controller, 0)
                time.sleep(0.5)
        os._exit(0)

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    threading.Thread(target=watch, daemon=True).start()
    great_expectations()  # only the judge of a run wants it, but most of what is asked for here are runs
    _import_the_program()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _obey(connection.makefile("r"), connection.makefile("w"))
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:]:
        _serve_all(sys.argv[1], int(sys.argv[2]))
    else:
        _import_the_program()
        _obey(sys.stdin, sys.stdout)

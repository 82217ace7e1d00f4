"""Commands run in processes forked from one that has imported the program already: importing takes longer than most.

Belongs here: starting such a process and asking it. Does not belong here: what is run. At least one test of each kind
starts the console script afresh, as a user does; the others need not pay for its imports again.
"""

from __future__ import annotations

import atexit
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import IO


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
    """The process that has imported the program and forks for each command."""

    def __init__(self, python: str = sys.executable, environment: dict[str, str] | None = None) -> None:
        """Start it, which imports while the caller goes on; with another interpreter and environment when given."""
        self._folder = Path(mkdtemp(prefix="god-loesladelse-commands-"))
        self._number = 0
        self._server = subprocess.Popen(
            [python, "-m", "tests.pipeline.warm_commands"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self._server.kill)

    def stop(self) -> None:
        """End the process; no command is under way."""
        self._server.communicate()
        shutil.rmtree(self._folder)

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
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return Running(int(self._server.stdout.readline()), said, complained, self._server.stdout)

    def run(
        self, words: list[str], environment: dict[str, str], account: str = "", call: str = "pipelines.cli:main"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        running = self.start(words, environment, account, call)
        status = running.wait()
        texts = (file.read_text(encoding="utf-8") for file in (running.said, running.complained))
        return subprocess.CompletedProcess(words, status, *texts)


@cache
def warm_commands() -> WarmCommands:
    """Return the one of this test process."""
    return WarmCommands()


def _become(account: str) -> None:
    """Let this process of root's be another account's for good, with that account's groups."""
    import pwd

    entry = pwd.getpwnam(account)
    os.initgroups(account, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def serve() -> None:
    """Import the program, then fork for each order that comes in."""
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
    from reports.pages import unit_pages

    late = (dagster, dbt, pandas, pyarrow)
    assert all((reports, cli, definitions, launch, content, guarding, unit_pages, *late))
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
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
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()

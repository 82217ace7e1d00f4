"""The judge of deliveries, forked from the run that asks it instead of started as a program that imports everything.

Belongs here: the process that takes the place of ``python -m expectations --wait``. Does not belong here: what it is
asked (``pipelines.runs.delivery_checks``) and what it answers (``expectations``).
"""

from __future__ import annotations

import os
import signal
import sys

from expectations.__main__ import main
from pipelines.runs.delivery_checks import Judge


class _Forked:
    """As much of ``subprocess.Popen`` as the judge needs."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.returncode: int | None = None
        self._process = os.fork()
        if self._process == 0:
            self._be_the_judge(reading)
        os.close(reading)
        self.stdin = os.fdopen(writing, "w", encoding="utf-8")

    def _be_the_judge(self, reading: int) -> None:
        status = 1
        try:
            os.dup2(reading, 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            # Nothing of the run's stays open here, least of all its lock.
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            sys.stdin = os.fdopen(0, encoding="utf-8")
            sys.argv = ["expectations", "--wait"]
            status = main()
        finally:
            os._exit(status)

    def poll(self) -> int | None:
        if self.returncode is None:
            process, status = os.waitpid(self._process, os.WNOHANG)
            if process:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def communicate(self, text: str = "") -> None:
        try:
            self.stdin.write(text)
            self.stdin.close()
        except BrokenPipeError:
            pass
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])

    def kill(self) -> None:
        os.kill(self._process, signal.SIGKILL)


class ForkedJudge(Judge):
    """The judge of a run in the tests."""

    def __init__(self) -> None:
        """Fork it; what the run has imported need not be imported again."""
        self._process = _Forked()  # type: ignore[assignment]
        self._asked: set[str] = set()

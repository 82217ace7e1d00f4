"""What Dagster hands to the assets: one run of the main job. Input and output only, no decisions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from pipelines.layout import Output
from pipelines.main_job import Request, Run, start
from pipelines.progress import Progress


class MainRun(dg.ConfigurableResource):
    """One run of the main job, with the lock of its output folder held from its first asset to its last.

    From the web interface the fields below are the run's configuration; the command line hands over its own ``Run``.
    """

    landing: str = "landing"
    output: str = "output"
    as_of: str = ""
    batch_id: str = ""
    publish_earlier: bool = False
    allow_older: bool = False

    _run: Any = PrivateAttr(default=None)

    @classmethod
    def around(cls, run: Run) -> MainRun:
        """Return the resource for a run that the caller has begun (and whose lock he holds)."""
        resource = cls()
        resource._run = run
        return resource

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[MainRun]:
        """Begin the run unless the caller already has."""
        if self._run is not None:
            yield self
            return
        request = Request(
            output=Output(Path(self.output)),
            landing=Path(self.landing),
            as_of=date.fromisoformat(self.as_of) if self.as_of else None,
            batch_id=self.batch_id or None,
            publish_earlier=self.publish_earlier,
            allow_older=self.allow_older,
        )
        with start(request, Progress()) as run:
            self._run = run
            try:
                yield self
            finally:
                self._run = None

    @property
    def run(self) -> Run:
        """The run under way."""
        return self._run

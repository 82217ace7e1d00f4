"""What Dagster hands to the assets: one run of the main job. Input and output only, no decisions."""

import contextlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.orchestration import dagster_instance
from pipelines.runs.main_job import MainJobRun, Request, start
from pipelines.watching import log

#: The folders that the web interface was started with stand in these; its code runs in processes of its own.
LANDING_VARIABLE, OUTPUT_VARIABLE = "GOD_LOESLADELSE_LANDING", "GOD_LOESLADELSE_OUTPUT"


def landing_folder() -> Path:
    """Return the folder of deliveries that the web interface was started with."""
    return Path(os.environ.get(LANDING_VARIABLE, "landing")).resolve()


def output_folder() -> Output:
    """Return the output folder that the web interface was started with."""
    return Output(Path(os.environ.get(OUTPUT_VARIABLE, "output")).resolve())


class MainJob(dg.ConfigurableResource):
    """One run of the main job, begun from its configuration; the output folder's lock is held until its last asset."""

    landing: str = Field(default_factory=lambda: str(landing_folder()), description="mappen med leverancer")
    output: str = Field(default_factory=lambda: str(output_folder().root), description="resultatmappen")
    as_of: str = Field(default="", description="opgørelsesdag, fx 2026-06-30; tom = leverancens dato")
    batch_id: str = Field(default="", description="netop denne leverance; tom = den nyeste")
    publish_earlier: bool = Field(default=False, description="udgiv også pr. en tidligere dag")
    allow_older: bool = Field(default=False, description="modtag leverancer, der er ældre end den nyeste")

    _run: MainJobRun = PrivateAttr()

    @property
    def run(self) -> MainJobRun:
        """The run under way."""
        return self._run

    def request(self) -> Request:
        """Return what the configuration asks for; raises UserError for a day that is none."""
        try:
            as_of = date.fromisoformat(self.as_of) if self.as_of else None
        except ValueError:
            raise UserError("Opgørelsesdagen (as_of) er ingen dato. Skriv den som 2026-06-30.") from None
        return Request(
            output=Output(Path(self.output).resolve()),
            landing=Path(self.landing).resolve(),
            as_of=as_of,
            batch_id=self.batch_id or None,
            publish_earlier=self.publish_earlier,
            allow_older=self.allow_older,
        )

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Any]:
        """Begin the run, and hold the lock while Dagster works through the selected assets."""
        with start(self.request(), log.progress()) as run:
            if context.instance is not None:
                run_id = None if context.run is None else context.run.run_id
                dagster_instance.close_abandoned(context.instance, run_id)
            self._run = run
            yield self


class BegunMainJob(MainJob):
    """A run that the caller has begun, and whose lock the caller holds."""

    @classmethod
    def of(cls, run: MainJobRun) -> "BegunMainJob":
        """Return the resource for a run under way."""
        # Dagster makes resources anew from their configuration, so the run waits outside.
        _UNDER_WAY[str(run.output.root)] = run
        return cls(landing=str(run.request.landing or ""), output=str(run.output.root))

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Any]:
        """Hand out the run as it is."""
        self._run = _UNDER_WAY.pop(self.output)
        yield self


_UNDER_WAY: dict[str, MainJobRun] = {}


def told(run: MainJobRun, steps: Iterator[Any]) -> Iterator[Any]:
    """Pass an asset's results on, and keep the message of a failure for the user who waits for the run."""
    try:
        yield from steps
    except UserError as problem:
        run.problem = problem
        raise

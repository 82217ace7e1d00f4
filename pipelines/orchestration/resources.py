"""What Dagster hands to the assets: one run of the main job. Input and output only, no decisions."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.configuration import settings
from pipelines.errors import PassingError, UserError
from pipelines.layout import Output
from pipelines.orchestration import batch_partitions, dagster_instance
from pipelines.runs import main_job
from pipelines.runs.main_job import MainJobRun, Request
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
    """One run of the main job, begun from its configuration; the output folder's lock is held until its last asset.

    What stops it before it has begun is told by the first asset that wants it (``told``), in Danish, not by Dagster.
    """

    landing: str = Field(
        default_factory=lambda: str(landing_folder()),
        description="Mappen med leverancer: en mappe pr. udtræksdag med manifest.json og filerne.",
    )
    output: str = Field(
        default_factory=lambda: str(output_folder().root),
        description="Resultatmappen: datavarehus, udgivelser, modtagne leverancer og spor.",
    )
    as_of: str = Field(
        default="", description="Opgørelsesdagen, fx 2026-06-30. Tom: leverancens udtræksdag. Aldrig senere end den."
    )
    batch_id: str = Field(
        default="", description="Netop denne leverance, fx 2026-06-30 eller 2026-06-30-2. Tom: den nyeste."
    )
    publish_earlier: bool = Field(
        default=False, description="Udgiv også, når opgørelsesdagen er før den udgivne. Ellers regnes der kun."
    )
    allow_older: bool = Field(
        default=False, description="Modtag også leverancer, hvis udtræksdag er før en, der allerede er indlæst."
    )
    only_whole: bool = Field(
        default=False, description="Lad leverancer, der er ved at blive kopieret, vente. Sådan starter sensoren."
    )

    #: How often an asset is tried again after what may be over in a moment, and after how many seconds.
    _retries: int = PrivateAttr(default=2)
    _run: MainJobRun | None = PrivateAttr(default=None)
    _problem: UserError | None = PrivateAttr(default=None)
    #: Whether there is nothing to do, and the history has all of it already.
    _is_idle: bool = PrivateAttr(default=False)

    @property
    def retries(self) -> int:
        """How often what may pass by itself is tried again."""
        return self._retries

    @property
    def is_idle(self) -> bool:
        """Whether the run has nothing to do, so that no asset is made and none marked as made."""
        return self._is_idle

    @property
    def run(self) -> MainJobRun:
        """The run under way; raises the UserError that kept it from beginning."""
        if self._problem is not None:
            raise self._problem
        if self._run is None:
            raise UserError("Kørslen er ikke begyndt. Start den igen.")
        return self._run

    @property
    def begun(self) -> MainJobRun | None:
        """The run under way, None when it never began."""
        return self._run

    def request(self) -> Request:
        """Return what the configuration asks for; raises UserError for a day that is none, and without a folder."""
        try:
            as_of = date.fromisoformat(self.as_of) if self.as_of else None
        except ValueError:
            raise UserError("Opgørelsesdagen (as_of) er ingen dato. Skriv den som 2026-06-30.") from None
        landing = Path(self.landing).resolve()
        if not landing.is_dir():
            raise UserError(f"Mappen med leverancer, {landing}, findes ikke. Ret landing, eller lav mappen.")
        return Request(
            output=Output(Path(self.output).resolve()),
            landing=landing,
            as_of=as_of,
            batch_id=self.batch_id or None,
            publish_earlier=self.publish_earlier,
            allow_older=self.allow_older,
            only_whole=self.only_whole,
        )

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Any]:
        """Begin the run, and hold the lock while Dagster works through the selected assets."""
        with contextlib.ExitStack() as stack:
            try:
                self._begin(context, stack)
            except UserError as problem:
                self._problem = problem
            yield self

    def _begin(self, context: dg.InitResourceContext, stack: contextlib.ExitStack) -> None:
        request = self.request()
        instance = context.instance
        if instance is not None and _is_told(instance) and main_job.is_nothing_new(request):
            main_job.note_nothing_new(request.output)
            self._is_idle = True
            return
        until = time.monotonic() + 60 * settings().orchestration.wait_minutes
        while True:
            try:
                self._run = stack.enter_context(main_job.start(request, log.progress()))
                break
            except PassingError as problem:
                if time.monotonic() >= until:
                    raise
                (context.log or dg.get_dagster_logger()).info(f"Venter: {problem}")
                time.sleep(_WAIT_SECONDS)
        if instance is not None:
            dagster_instance.close_abandoned(instance, None if context.run is None else context.run.run_id)
            stack.callback(batch_partitions.tell, instance, request.output)


class BegunMainJob(MainJob):
    """A run that the caller has begun, and whose lock the caller holds; he is told at once, and tries again himself."""

    _retries: int = PrivateAttr(default=0)

    @classmethod
    def of(cls, run: MainJobRun) -> BegunMainJob:
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
#: What the history must have before a run with nothing to do leaves it as it is.
LAST_ASSET = dg.AssetKey(["published", "publication"])
_WAIT_SECONDS = 5.0
_SECONDS_BEFORE_RETRY = 30


def _is_told(instance: dg.DagsterInstance) -> bool:
    return instance.get_latest_materialization_event(LAST_ASSET) is not None


def told(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
    main_job: MainJob,
    work: Callable[[MainJobRun], Iterator[Any]],
) -> Iterator[Any]:
    """Do an asset's work and pass its results on; nothing when the run has nothing to do.

    A failure is told by its Danish sentence, which comes first in the web interface, and kept for the caller who waits
    for the run. What may be over in a moment is tried again; a refusal never is.
    """
    if main_job.is_idle:
        context.log.info("Intet nyt siden sidste kørsel; intet er ændret.")
        return
    failure: UserError | None = None
    try:
        yield from work(main_job.run)
    except UserError as problem:
        failure = problem
    if failure is None:
        return
    tried = context.op_execution_context.retry_number
    if isinstance(failure, PassingError) and main_job.begun is not None and tried < main_job.retries:
        context.log.warning(f"Prøver igen om {_SECONDS_BEFORE_RETRY} sekunder: {failure}")
        raise dg.RetryRequested(main_job.retries, _SECONDS_BEFORE_RETRY)
    refusals: list[str] = []
    if main_job.begun is not None:
        main_job.begun.problem = failure
        refusals = main_job.begun.refusals()
    raise dg.Failure(description="\n".join([*refusals, str(failure)]), allow_retries=False)

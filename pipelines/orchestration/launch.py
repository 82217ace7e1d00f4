"""Executing the Dagster job in this process and collecting what came of it.

Belongs here: the step from a request to a finished Dagster run and back. Does not belong here: the stages themselves
(``main_job``) and the words for the user (``commands``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.progress import Progress
from pipelines.publications import Publication, current
from pipelines.runs import main_job
from pipelines.watching import alerts, log

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult


@dataclass(frozen=True)
class RunResult:
    """What a run did: deliveries refused (batch and message), the publication in force, whether anything is new."""

    refused: Sequence[tuple[str, str]]
    publication: Publication | None
    is_new: bool
    is_rebuilt: bool


def _nothing_new(request: main_job.Request) -> RunResult | None:
    """Return the result at once when a run would change nothing; None when there is work."""
    if main_job.is_nothing_new(request):
        return RunResult([], main_job.note_nothing_new(request.output), is_new=False, is_rebuilt=False)
    return None


def _execute(request: main_job.Request, progress: Progress) -> RunResult:
    """Execute the job that the web interface shows, with the output folder's lock held."""
    with main_job.start(request, progress) as run:
        progress.stage("Gør klar")
        from pipelines.orchestration import batch_partitions, dagster_instance
        from pipelines.orchestration.assets.publication import none_refused
        from pipelines.orchestration.definitions import JOB, build_definitions

        before = current(request.output)
        job = build_definitions(run).resolve_job_def(JOB)
        progress.finish()
        with dagster_instance.opened(request.output, progress.note) as instance:
            # Dagster's own console lines would drown the progress; failures are told below.
            quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            outcome = job.execute_in_process(
                instance=instance, raise_on_error=False, run_config=quiet, tags=dagster_instance.FROM_COMMAND_LINE
            )
            batch_partitions.tell(instance, request.output)
        progress.finish()
        if run.problem is None and _failed_steps(outcome) - {none_refused.node_def.name}:
            run.problem = UserError(
                "Kørslen kunne ikke gennemføres. Det hidtidige datavarehus og de udgivne rapporter er uændrede."
            )
        if run.refusals():
            _alert(progress, run.refusals())
        if run.problem is not None:
            raise run.problem
        refused = list(run.received.refused) if run.received else []
        publication = run.publication or current(request.output)
        is_new = publication is not None and (before is None or before.publication_id != publication.publication_id)
        return RunResult(refused, publication, is_new, is_rebuilt=bool(run.nodes))


def _failed_steps(outcome: ExecuteInProcessResult) -> set[str]:
    """Return the steps that a run failed in; a run that failed without one, in a step without a name.

    A refused delivery fails the step that is there to make the run red in its history, and the caller is told of it by
    name; that must not hide another step's failure in the same run.
    """
    failed = {event.step_key or "" for event in outcome.all_events if event.is_step_failure}
    return failed if failed or outcome.success else {""}


def run(request: main_job.Request) -> RunResult:
    """Run the main job unless nothing is new; tells those whom the settings name of a failure or a refused delivery."""
    progress = log.progress()
    try:
        return _nothing_new(request) or _execute(request, progress)
    except UserError as problem:
        _alert(progress, [str(problem)])
        raise


def _alert(progress: Progress, texts: Sequence[str]) -> None:
    for problem in alerts.tell("God løsladelse: en kørsel kræver handling", "\n".join(texts)):
        progress.note(problem)

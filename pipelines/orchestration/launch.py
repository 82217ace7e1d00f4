"""Executing the Dagster job in this process and collecting what came of it.

Belongs here: the step from a request to a finished Dagster run and back. Does not belong here: the stages themselves
(``main_job``) and the words for the user (``commands``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.progress import Progress
from pipelines.publications import Publication, current
from pipelines.runs import main_job
from pipelines.watching import log, metrics


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
        publication = current(request.output)
        audit_trail.record(
            request.output, "run", publication=publication.publication_id if publication else None, nothing_new=True
        )
        metrics.write(request.output, datetime.now().astimezone())
        return RunResult([], publication, is_new=False, is_rebuilt=False)
    return None


def _execute(request: main_job.Request, progress: Progress) -> RunResult:
    """Execute the job that the web interface shows, with the output folder's lock held."""
    with main_job.start(request, progress) as run:
        progress.stage("Gør klar")
        from pipelines.orchestration import dagster_instance
        from pipelines.orchestration.definitions import JOB, build_definitions

        before = current(request.output)
        job = build_definitions(run).resolve_job_def(JOB)
        progress.finish()
        dagster_instance.settle(request.output)
        with dagster_instance.of_one_run() as instance:
            # Dagster's own console lines would drown the progress; failures are told below.
            quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            outcome = job.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)
        progress.finish()
        if run.problem is None and not outcome.success:
            run.problem = UserError(
                "Kørslen kunne ikke gennemføres. Det hidtidige datavarehus og de udgivne rapporter er uændrede."
            )
        if run.problem is not None:
            raise run.problem
        refused = list(run.received.refused) if run.received else []
        publication = run.publication or current(request.output)
        is_new = publication is not None and (before is None or before.publication_id != publication.publication_id)
        return RunResult(refused, publication, is_new, is_rebuilt=bool(run.nodes))


def run(request: main_job.Request) -> RunResult:
    """Run the main job unless nothing is new."""
    return _nothing_new(request) or _execute(request, log.progress())

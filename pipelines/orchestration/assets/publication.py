"""Stage 5 as an asset, the publication: pages, documents and ``release.json``, written beside the old one."""

from collections.abc import Iterator

import dagster as dg

from pipelines.orchestration.assets.protection import protection
from pipelines.orchestration.resources import MainJob, told
from pipelines.orchestration.stages import PUBLISHED
from pipelines.privacy.containment import contained
from pipelines.runs.main_job import MainJobRun


@dg.asset(
    key=["published", "publication"],
    group_name=PUBLISHED,
    deps=[protection],
    description="Sider, dokumenter og data for alle udgaver, skrevet helt, før published/current flyttes.",
)
def publication(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[dg.MaterializeResult]:
    """One publication per batch, day of assessment and code version; nothing when the current one has the same
    grounds.
    """
    yield from told(main_job.run, _results(main_job.run))


@contained
def _results(run: MainJobRun) -> Iterator[dg.MaterializeResult]:
    published = run.publish()
    current = run.publication
    yield dg.MaterializeResult(
        metadata={"udgivelse": current.publication_id if current else "ingen", "ny": published is not None}
    )

"""The publication as an asset: pages, documents and ``release.json``, written beside the old one."""

from collections.abc import Iterator

import dagster as dg

from pipelines.orchestration.assets.warehouse import warehouse
from pipelines.orchestration.resources import MainRun, told
from pipelines.privacy.containment import contained
from pipelines.runs.main_job import Run


@dg.asset(
    key=["published", "publication"],
    group_name="published",
    deps=sorted(key for key in warehouse.keys if key.path[0] in ("publish", "marts")),
)
def publication(context: dg.AssetExecutionContext, main_run: MainRun) -> Iterator[dg.MaterializeResult]:
    """One publication per batch, day of assessment and code version; nothing when the current one has the same
    grounds.
    """
    yield from told(main_run, _results(main_run))


@contained
def _results(main_run: Run) -> Iterator[dg.MaterializeResult]:
    published = main_run.publish()
    current = main_run.publication
    yield dg.MaterializeResult(
        metadata={"udgivelse": current.publication_id if current else "ingen", "ny": published is not None}
    )

"""The published release as an asset: pages, documents and ``release.json``, written beside the old one."""

from collections.abc import Iterator

import dagster as dg

from pipelines.orchestration.assets.warehouse import warehouse
from pipelines.orchestration.resources import MainRun, told
from pipelines.privacy.containment import contained
from pipelines.runs.main_job import Run


@dg.asset(
    key=["published", "release"],
    group_name="published",
    deps=sorted(key for key in warehouse.keys if key.path[0] in ("publish", "marts")),
)
def release(context: dg.AssetExecutionContext, main_run: MainRun) -> Iterator[dg.MaterializeResult]:
    """One release per batch, day of assessment and code version; nothing when the current one has the same grounds."""
    yield from told(main_run, _results(main_run))


@contained
def _results(main_run: Run) -> Iterator[dg.MaterializeResult]:
    published = main_run.publish()
    current = main_run.release
    yield dg.MaterializeResult(
        metadata={"udgivelse": current.release_id if current else "ingen", "ny": published is not None}
    )

"""Stage 4 as an asset: the figures that may leave the Directorate, decided before any page is written."""

from collections.abc import Iterator

import dagster as dg

from pipelines.orchestration.assets.warehouse import warehouse
from pipelines.orchestration.resources import MainJob, told
from pipelines.orchestration.stages import OWNERS, POOL, PROTECTED
from pipelines.privacy.containment import contained
from pipelines.runs.main_job import MainJobRun


@dg.asset(
    key=["protected", "figures"],
    group_name=PROTECTED,
    owners=OWNERS,
    kinds={"python"},
    pool=POOL,
    output_required=False,
    deps=sorted(key for key in warehouse.keys if key.path[0] in ("publish", "marts")),
    description="Hvilke tal der kan vises uden for Direktoratet, uden at små tal kan regnes ud.",
)
def protection(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[dg.MaterializeResult]:
    """Hide small figures, and those from which they could be worked out; nothing when no publication is due."""
    yield from told(context, main_job, _results)


@contained
def _results(run: MainJobRun) -> Iterator[dg.MaterializeResult]:
    guard = run.protect()
    counts = {} if guard is None else {"tal": len(guard.published), "skjulte": guard.hidden}
    yield dg.MaterializeResult(metadata=counts)

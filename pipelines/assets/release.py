"""The published release as an asset: pages, documents and ``release.json``, written beside the old one."""

from __future__ import annotations

import dagster as dg

from pipelines.assets.warehouse import warehouse
from pipelines.privacy import contained
from pipelines.resources import MainRun


@dg.asset(
    key=["published", "release"],
    group_name="published",
    deps=sorted(key for key in warehouse.keys if key.path[0] in ("publish", "marts")),
)
def release(context: dg.AssetExecutionContext, main_run: MainRun) -> dg.MaterializeResult:
    """One release per batch, day of assessment and code version; nothing when the current one has the same grounds."""
    return _publish(main_run)


@contained
def _publish(main_run: MainRun) -> dg.MaterializeResult:
    published = main_run.run.publish()
    current = main_run.run.release
    return dg.MaterializeResult(
        metadata={"udgivelse": current.release_id if current else "ingen", "ny": published is not None}
    )

"""How old an asset may be before it is shown as late: by the time that usually goes between deliveries.

Belongs here: that limit, on the assets that each delivery makes anew. Does not belong here: when the next delivery is
expected (``watching.status``).

A file that may be left out has a cadence of its own: the deliveries that had it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from pipelines.batches import batch_list
from pipelines.batches.batch_list import Batch
from pipelines.contract import contract
from pipelines.layout import Output
from pipelines.orchestration.stages import BUILT
from pipelines.watching import status

# A delivery may be this much later than usual, as a share of the usual time, before anybody needs to ask for it.
_LATER = 1.25


def limit(output: Output, file: str | None = None) -> timedelta | None:
    """Return how old the newest delivery's assets may be, or those of one file; None with too few to tell."""
    return _limit(batch_list.all_batches(output), file)


def _limit(batches: Sequence[Batch], file: str | None = None) -> timedelta | None:
    days = [
        batch.extract_date
        for batch in batches
        if batch.is_usable and (file is None or any(one["file"] == file for one in batch.receipt["files"]))
    ]
    expected = status.next_delivery(days)
    return None if expected is None else (expected - max(days)) * _LATER


def with_freshness(definitions: dg.Definitions, output: Output) -> dg.Definitions:
    """Return the definitions with that limit on every asset that a delivery makes anew."""
    batches = batch_list.all_batches(output)
    of_all = _limit(batches)
    if of_all is None:
        return definitions
    of_file = {file.table: _limit(batches, file.name) for file in contract().files}

    def policed(spec: dg.AssetSpec) -> dg.AssetSpec:
        allowed = of_file.get(spec.key.path[-1], of_all)
        if spec.group_name == BUILT or allowed is None:
            return spec
        return spec.replace_attributes(freshness_policy=dg.FreshnessPolicy.time_window(fail_window=allowed))

    return definitions.map_asset_specs(func=policed)

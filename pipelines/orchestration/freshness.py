"""How old an asset may be before it is shown as late: by the time that usually goes between deliveries.

Belongs here: that limit, on the assets that each delivery makes anew. Does not belong here: when the next delivery is
expected (``watching.status``).
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from pipelines.batches import batch_list
from pipelines.layout import Output
from pipelines.orchestration.stages import BUILT
from pipelines.watching import status

# A delivery may be this much later than usual, as a share of the usual time, before anybody needs to ask for it.
_LATER = 1.25


def limit(output: Output) -> timedelta | None:
    """Return how old the newest delivery's assets may be; None while there are too few deliveries to tell."""
    days = [batch.extract_date for batch in batch_list.all_batches(output) if batch.is_usable]
    expected = status.next_delivery(days)
    return None if expected is None else (expected - max(days)) * _LATER


def with_freshness(definitions: dg.Definitions, output: Output) -> dg.Definitions:
    """Return the definitions with that limit on every asset that a delivery makes anew."""
    allowed = limit(output)
    if allowed is None:
        return definitions
    policy = dg.FreshnessPolicy.time_window(fail_window=allowed)
    return definitions.map_asset_specs(
        func=lambda spec: spec if spec.group_name == BUILT else spec.replace_attributes(freshness_policy=policy)
    )

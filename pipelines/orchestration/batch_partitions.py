"""The batches as partitions of a job of their own, so that an old one is run again with one choice.

Belongs here: which partitions there are, and telling Dagster of new ones. Does not belong here: which batch a run
assesses (``batch_list.choose``).
"""

from __future__ import annotations

import dagster as dg

from pipelines.batches import batch_list
from pipelines.layout import Output

BATCHES = dg.DynamicPartitionsDefinition(name="leverancer")
#: A run of a partition asks for its batch, as whoever starts it sees and can add to (a day, ``as_of``).
OF_BATCH = dg.PartitionedConfig(
    partitions_def=BATCHES,
    run_config_for_partition_key_fn=lambda batch_id: {"resources": {"main_job": {"config": {"batch_id": batch_id}}}},
)


def tell(instance: dg.DagsterInstance, output: Output) -> None:
    """Let the partitions be the batches that can be assessed now."""
    known = set(instance.get_dynamic_partitions(BATCHES.name or ""))
    usable = {batch.batch_id for batch in batch_list.all_batches(output) if batch.is_usable}
    if usable - known:
        instance.add_dynamic_partitions(BATCHES.name or "", sorted(usable - known))
    for gone in sorted(known - usable):
        instance.delete_dynamic_partition(BATCHES.name or "", gone)

"""Stages 1 and 2 as assets: the deliveries received, and each file judged in the supplier's words.

Grain: one asset for all that is received, and one per file of the contract, its rows those of the batch that is
assessed. Known trap: receiving covers every new batch in the landing folder, while the files stand for one.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.contract import File, contract
from pipelines.orchestration.resources import MainJob, told
from pipelines.orchestration.stages import JUDGED, OWNERS, POOL, RECEIVED
from pipelines.privacy.containment import contained
from pipelines.runs import delivery_checks
from pipelines.runs.main_job import MainJobRun
from pipelines.warehouse.build import schema_of


def _key(file: File) -> dg.AssetKey:
    return dg.AssetKey([schema_of(file), file.table])


#: Dagster's own name for the number of rows, which it draws over time.
ROW_COUNT = "dagster/row_count"
_FILES = {_key(file): file for file in contract().files}
_CHECKS = [
    dg.AssetCheckSpec(name=name, asset=key, description=text, blocking=name == "kontrakt")
    for key in _FILES
    for name, text in delivery_checks.CHECKS.items()
]


@dg.asset(
    key=["received", "deliveries"],
    group_name=RECEIVED,
    owners=OWNERS,
    kinds={"file"},
    pool=POOL,
    output_required=False,
    description="Leverancerne, byte for byte som de kom, med kvittering; en afvist leverance ændrer intet.",
)
def received(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[dg.MaterializeResult]:
    """Receive every delivery not yet loaded."""
    yield from told(context, main_job, _received)


@contained
def _received(run: MainJobRun) -> Iterator[dg.MaterializeResult]:
    result = run.receive()
    messages = [f"- afvist, {batch}: {text}" for batch, text in result.refused]
    messages += [f"- {batch}: {text}" for batch, text in [*result.skipped, *result.notices] if text]
    yield dg.MaterializeResult(
        metadata={
            "indlæst": len(result.loaded),
            "afvist": len(result.refused),
            "kendt i forvejen": len(result.skipped),
            "beskeder": dg.MetadataValue.md("\n".join(messages) or "–"),
        }
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key,
            group_name=JUDGED,
            owners=OWNERS,
            kinds={"excel" if file.is_workbook else "csv"},
            description=file.description,
            deps=[received],
            skippable=True,
        )
        for key, file in _FILES.items()
    ],
    check_specs=_CHECKS,
    name="leverancer",
    pool=POOL,
)
def judged(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[Any]:
    """Judge the rows of the batch that is assessed, and of what was received since the last time."""
    yield from told(context, main_job, _judged)


@contained
def _judged(run: MainJobRun) -> Iterator[Any]:
    verdicts = run.judge_deliveries()
    files = {file["file"]: file for file in run.inputs.batch.receipt["files"]}
    for key, file in _FILES.items():
        rows = files.get(file.name)
        counts = {}
        if rows:
            counts = {"rækker i filen": rows["rows"], "karantæne": rows["quarantined"], ROW_COUNT: rows["loaded"]}
        yield dg.MaterializeResult(asset_key=key, metadata={"leverance": run.inputs.batch.batch_id, **counts})
    for key, file in _FILES.items():
        for name in delivery_checks.CHECKS:
            verdict = verdicts[file.table, name]
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=name,
                passed=verdict.passed,
                severity=dg.AssetCheckSeverity.ERROR if name == "kontrakt" else dg.AssetCheckSeverity.WARN,
                metadata=verdict.metadata,
            )

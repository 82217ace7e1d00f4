"""Stages 1 and 2 as assets: the deliveries received, and each file judged in the supplier's words.

Grain: one asset for all that is received, and one per file of the contract, its rows those of the batch that is
assessed. Known trap: receiving covers every new batch in the landing folder, while the files stand for one.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.contract import File, contract
from pipelines.orchestration.resources import MainJob, told
from pipelines.orchestration.stages import JUDGED, RECEIVED
from pipelines.privacy.containment import contained
from pipelines.runs import delivery_checks
from pipelines.runs.main_job import MainJobRun
from pipelines.warehouse.build import schema_of


def _key(file: File) -> dg.AssetKey:
    return dg.AssetKey([schema_of(file), file.table])


_FILES = {_key(file): file for file in contract().files}
_CHECKS = [
    dg.AssetCheckSpec(name=name, asset=key, description=text, blocking=name == "kontrakt")
    for key in _FILES
    for name, text in delivery_checks.CHECKS.items()
]


@dg.asset(
    key=["received", "deliveries"],
    group_name=RECEIVED,
    description="Leverancerne, byte for byte som de kom, med kvittering; en afvist leverance ændrer intet.",
)
def received(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[dg.MaterializeResult]:
    """Receive every delivery not yet loaded."""
    yield from told(main_job.run, _received(main_job.run))


@contained
def _received(run: MainJobRun) -> Iterator[dg.MaterializeResult]:
    result = run.receive()
    yield dg.MaterializeResult(
        metadata={
            "indlæst": len(result.loaded),
            "afvist": len(result.refused),
            "kendt i forvejen": len(result.skipped),
            "beskeder": dg.MetadataValue.md("\n".join(f"- {batch}: {text}" for batch, text in result.refused) or "–"),
        }
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec(key, group_name=JUDGED, description=file.description, deps=[received])
        for key, file in _FILES.items()
    ],
    check_specs=_CHECKS,
    name="leverancer",
)
def judged(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[Any]:
    """Judge the rows of the batch that is assessed, and of what was received since the last time."""
    yield from told(main_job.run, _judged(main_job.run))


@contained
def _judged(run: MainJobRun) -> Iterator[Any]:
    verdicts = run.judge_deliveries()
    files = {file["file"]: file for file in run.inputs.batch.receipt["files"]}
    for key, file in _FILES.items():
        rows = files.get(file.name)
        counts = {name: rows[name] for name in ("rows", "loaded", "quarantined")} if rows else {}
        yield dg.MaterializeResult(asset_key=key, metadata=counts)
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

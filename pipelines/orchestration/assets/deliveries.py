"""The files of a delivery as assets, each judged by Great Expectations in the supplier's words.

Grain: one asset per file of the contract, its rows those of the batch that is assessed. Known trap: receiving covers
every new batch in the landing folder, while the assets stand for the one that is assessed.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.contract import File, contract
from pipelines.orchestration.resources import MainRun, told
from pipelines.privacy.containment import contained
from pipelines.runs import delivery_checks
from pipelines.runs.main_job import Run
from pipelines.warehouse.build import schema_of


def _key(file: File) -> dg.AssetKey:
    return dg.AssetKey([schema_of(file), file.table])


_FILES = {_key(file): file for file in contract().files}
_CHECKS = [
    dg.AssetCheckSpec(name=name, asset=key, description=text, blocking=name == "kontrakt")
    for key in _FILES
    for name, text in delivery_checks.CHECKS.items()
]


@dg.multi_asset(
    specs=[dg.AssetSpec(key, group_name="leverancer", description=file.description) for key, file in _FILES.items()],
    check_specs=_CHECKS,
    name="leverancer",
)
def deliveries(context: dg.AssetExecutionContext, main_run: MainRun) -> Iterator[Any]:
    """Receive, judge and stage every delivery not yet loaded, and choose the batch to assess."""
    yield from told(main_run, _results(main_run))


@contained
def _results(main_run: Run) -> Iterator[Any]:
    run = main_run
    run.receive()
    assert run.inputs is not None
    receipt = next(item for item in run.inputs.receipts if item["batch_id"] == run.inputs.batch.batch_id)
    files = {file["file"]: file for file in receipt["files"]}
    verdicts = run.judge_deliveries()
    for key, file in _FILES.items():
        judged = files.get(file.name)
        counts = {name: judged[name] for name in ("rows", "loaded", "quarantined")} if judged else {}
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

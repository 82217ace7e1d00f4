"""The files of a delivery as assets, each judged by Great Expectations in the supplier's words.

Grain: one asset per file of the contract, its rows those of the batch that is assessed. Known trap: receiving covers
every new batch in the landing folder, while the assets stand for the one that is assessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines import delivery_checks
from pipelines.contract import load_contract
from pipelines.privacy import contained
from pipelines.resources import MainRun


def _key(table: Any) -> dg.AssetKey:
    return dg.AssetKey(["restricted" if table.is_restricted else "raw", table.name])


_TABLES = {_key(table): table for table in load_contract().tables}
_CHECKS = [
    dg.AssetCheckSpec(name=name, asset=key, description=text, blocking=name == "kontrakt")
    for key in _TABLES
    for name, text in delivery_checks.CHECKS.items()
]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(key, group_name="leverancer", description=table.description) for key, table in _TABLES.items()
    ],
    check_specs=_CHECKS,
    name="leverancer",
)
def deliveries(context: dg.AssetExecutionContext, main_run: MainRun) -> Iterator[Any]:
    """Receive, judge and stage every delivery not yet loaded, and choose the batch to assess."""
    yield from _results(main_run)


@contained
def _results(main_run: MainRun) -> Iterator[Any]:
    run = main_run.run
    run.receive()
    assert run.inputs is not None
    receipt = next(item for item in run.inputs.receipts if item["batch_id"] == run.inputs.batch.batch_id)
    files = {file["file"]: file for file in receipt["files"]}
    verdicts = delivery_checks.judge(run)
    for key, table in _TABLES.items():
        file = files.get(table.file)
        counts = {name: file[name] for name in ("rows", "loaded", "quarantined")} if file else {}
        yield dg.MaterializeResult(asset_key=key, metadata=counts)
    for key, table in _TABLES.items():
        for name in delivery_checks.CHECKS:
            verdict = verdicts[table.name, name]
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=name,
                passed=verdict.passed,
                severity=dg.AssetCheckSeverity.ERROR if name == "kontrakt" else dg.AssetCheckSeverity.WARN,
                metadata=verdict.metadata,
            )

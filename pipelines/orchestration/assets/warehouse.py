"""Stage 3 as assets, the warehouse: a dbt model each, and a check for each of its data tests.

The models are computed together, in a new file that takes the old one's place only when every test of severity error
holds; so either all of these assets are new or none is.
"""

import json
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from pipelines.orchestration.assets.deliveries import ROW_COUNT, judged
from pipelines.orchestration.resources import MainJob, told
from pipelines.orchestration.stages import BUILT, OWNERS, POOL
from pipelines.privacy.containment import contained
from pipelines.runs.main_job import MainJobRun
from pipelines.warehouse import in_place, parsed_project
from pipelines.warehouse.dbt_build import NodeResult


class Translator(DagsterDbtTranslator):
    """Names the assets after schema and table, as in the warehouse."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return for example ``marts/fct_rule_outcome``, and ``raw/afsoningssager`` for a source."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Gather the models of the stage; the schema stands in each one's name."""
        return BUILT

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Add who answers for a table, and what makes it."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(owners=OWNERS, kinds={"dbt", "duckdb"})


_TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
_MANIFEST: Mapping[str, Any] = json.loads(parsed_project.load().described)
_BUILT = {
    name: _TRANSLATOR.get_asset_key(node)
    for name, node in _MANIFEST["nodes"].items()
    if node["resource_type"] in ("model", "seed")
}
# Dagster wants results in the order of their dependencies, also when the warehouse is taken as it is.
_ORDER = [_BUILT[name] for name in TopologicalSorter(_MANIFEST["parent_map"]).static_order() if name in _BUILT]


#: What the build itself loads beside the delivery's rows: shown with its description, made with the models.
LOADED = [
    dg.AssetSpec(key, group_name=BUILT, owners=OWNERS, kinds={"duckdb"}, description=source["description"])
    for source in _MANIFEST["sources"].values()
    if (key := _TRANSLATOR.get_asset_key(source)) not in judged.keys
]


@dbt_assets(manifest=_MANIFEST, dagster_dbt_translator=_TRANSLATOR, name="datavarehus", pool=POOL)
def warehouse(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[Any]:
    """Every model of the dbt project, for one batch and one day of assessment (grain: see each model)."""
    yield from told(context, main_job, lambda run: _results(context, run))


@contained
def _results(context: dg.AssetExecutionContext, run: MainJobRun) -> Iterator[Any]:
    if not run.is_warehouse_current():
        run.build()
    results: dict[str, NodeResult] = {node.unique_id.split(".")[2]: node for node in run.nodes}
    rows = in_place.rows_of_tables(run.output)
    for key in (key for key in _ORDER if key in context.selected_asset_keys):
        schema, table = key.path
        node = results.get(table)
        metadata: dict[str, Any] = {"sekunder": node.seconds} if node else {"genbrugt": True}
        if (schema, table) in rows:  # a view has none of its own
            metadata[ROW_COUNT] = rows[schema, table]
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for check in sorted(context.selected_asset_check_keys, key=str):
        node = results.get(check.name)
        if node is None and not run.nodes:  # the build in place was verified when it was made
            yield dg.AssetCheckResult(
                asset_key=check.asset_key, check_name=check.name, passed=True, metadata={"genbrugt": True}
            )
        if node is not None:
            severity = dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=node.status == "pass",
                severity=severity,
                metadata={"rækker": node.failures},
            )

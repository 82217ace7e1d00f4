"""Events in the OpenLineage format, for a catalogue of data (Marquez, DataHub, OpenMetadata) that reads such.

Belongs here: an event when a run begins and one when it ends, their form, handing them over. Does not belong here:
lineage of single columns (``rules.lineage``). There are names of files, columns and tables in them, counts and moments,
and nothing about a person. A run is never failed by them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import code_version, durable_files, given_secrets
from pipelines.batches import batch_list
from pipelines.configuration import settings
from pipelines.contract import contract
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.privacy.civil_registration import mask_numbers
from pipelines.watching.posting import post

KEY_VARIABLE = "GOD_LOESLADELSE_OPEN_LINEAGE_KEY"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
#: The versions of the facets that are used.
FACETS = {
    "schema": "1-2-0/SchemaDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
    "dataQualityMetrics": "1-0-3/DataQualityMetricsInputDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
}


class RunLineage:
    """The events of one run, handed over to wherever the settings say, or nowhere."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._run_id = str(uuid.uuid4())

    @property
    def is_wanted(self) -> bool:
        """Whether anybody is told."""
        chosen = settings().watching
        return bool(chosen.open_lineage_file or chosen.open_lineage_address)

    def begun(self) -> list[str]:
        """Tell that the run has begun; returns what went wrong (Danish)."""
        return self._hand_over("START", {}, [], []) if self.is_wanted else []

    def ended(self, facts: Mapping[str, Any], publication: str | None, problem: str | None) -> list[str]:
        """Tell what the run came to, from what the audit trail says of it; returns what went wrong (Danish)."""
        if not self.is_wanted:
            return []
        about = {}
        if problem is not None:
            about["errorMessage"] = _facet("errorMessage", message=mask_numbers(problem), programmingLanguage="Python")
        inputs = list(_files(self._output, facts.get("batch")))
        outputs = list(_results(facts, publication))
        return self._hand_over("COMPLETE" if problem is None else "FAIL", about, inputs, outputs)

    def _hand_over(
        self, kind: str, about: Mapping[str, Any], inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]
    ) -> list[str]:
        event = {
            "eventType": kind,
            "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "producer": _producer(),
            "schemaURL": SCHEMA,
            "run": {"runId": self._run_id, "facets": dict(about)},
            "job": {
                "namespace": settings().watching.open_lineage_namespace,
                "name": "hovedkoersel",
                "facets": {
                    "jobType": _facet(
                        "jobType", processingType="BATCH", integration="GOD_LOESLADELSE", jobType="PIPELINE"
                    )
                },
            },
            "inputs": inputs,
            "outputs": outputs,
        }
        text = json.dumps(event, ensure_ascii=False)
        return [*_written(text), *_posted(text)]


def _files(output: Output, batch_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield the files of the delivery that the run assessed."""
    if batch_id is None:
        return
    try:
        received = {file["file"]: file for file in batch_list.find(output, batch_id).receipt["files"]}
    except UserError:
        return
    for file in contract().files:
        if file.name not in received:
            continue
        fields = [
            {"name": column.name, "type": column.type, "description": column.description} for column in file.columns
        ]
        rows = received[file.name]["rows"]
        yield {
            "namespace": settings().watching.open_lineage_namespace,
            "name": f"leverance/{file.name}",
            "facets": {
                "schema": _facet("schema", fields=fields),
                "version": _facet("version", datasetVersion=batch_id),
            },
            "inputFacets": {"dataQualityMetrics": _facet("dataQualityMetrics", rowCount=rows, columnMetrics={})},
        }


def _results(facts: Mapping[str, Any], publication: str | None) -> Iterator[dict[str, Any]]:
    """Yield what the run made: the warehouse, and the publication."""
    stages = facts.get("stages", {})
    made = [("datavarehus", facts.get("build_digest"))] if "built" in stages else []
    made += [("udgivelse", publication)] if publication is not None and "published" in stages else []
    for name, version in made:
        rows = stages["built"].get("rows") if name == "datavarehus" else None
        counted = {"outputStatistics": _facet("outputStatistics", rowCount=rows)} if rows is not None else {}
        yield {
            "namespace": settings().watching.open_lineage_namespace,
            "name": name,
            "facets": {"version": _facet("version", datasetVersion=str(version))},
            "outputFacets": counted,
        }


def _facet(name: str, **content: Any) -> dict[str, Any]:
    place = FACETS[name]
    url = f"https://openlineage.io/spec/facets/{place}.json#/$defs/{place.partition('/')[2]}"
    return {"_producer": _producer(), "_schemaURL": url, **content}


def _producer() -> str:
    return f"urn:god-loesladelse:{code_version.code_version()}"


def _written(text: str) -> Iterator[str]:
    named = settings().watching.open_lineage_file
    if not named:
        return
    try:
        durable_files.append_line(Path(named), text)
    except OSError as problem:
        yield (f"Hændelsen kunne ikke skrives i {named} ({type(problem).__name__}); se open_lineage_file i [watching].")


def _posted(text: str) -> Iterator[str]:
    address = settings().watching.open_lineage_address
    if not address:
        return
    try:
        key = given_secrets.given(KEY_VARIABLE)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        post(f"{address.rstrip('/')}/api/v1/lineage", text.encode(), headers)
    except UserError as problem:
        yield str(problem)
    except (OSError, ValueError) as problem:
        yield f"Hændelsen kunne ikke afleveres til open_lineage_address ({type(problem).__name__}); se [watching]."

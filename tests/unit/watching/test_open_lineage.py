"""Events for a catalogue of data: of the form that OpenLineage's own library knows, and with nothing about a person."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import attr
import pytest
from openlineage.client import event_v2
from openlineage.client.generated import (
    data_quality_metrics_input_dataset,
    dataset_version_dataset,
    error_message_run,
    job_type_job,
    output_statistics_output_dataset,
    schema_dataset,
)

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.runs import main_job
from pipelines.watching import log, open_lineage
from tests.small_delivery import SmallDelivery

KNOWN = {
    "schema": schema_dataset.SchemaDatasetFacet,
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
    "dataQualityMetrics": data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet,
    "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
}


def asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    chosen = tmp_path / "configuration.toml"
    chosen.write_text(f"[watching]\n{lines}\n", encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))


def a_run(landing: Path, output: Output, problem: Exception | None = None) -> list[str]:
    """Receive a delivery in a run that then ends, or fails; returns what it noted."""
    noted: list[str] = []
    progress = log.LoggedProgress(io.StringIO())
    progress.note = noted.append  # type: ignore[method-assign]
    try:
        with main_job.start(main_job.Request(output, landing), progress) as run:
            run.receive()
            if problem is not None:
                raise problem
    except (UserError, RuntimeError):
        assert problem is not None
    return noted


def facets(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    holders = [event["run"]["facets"], event["job"]["facets"]]
    for one in [*event["inputs"], *event["outputs"]]:
        holders += [one["facets"], one.get("inputFacets", {}), one.get("outputFacets", {})]
    for holder in holders:
        yield from holder.items()


def as_the_library_reads_it(event: dict[str, Any]) -> None:
    """Raise unless OpenLineage's own classes take the event and each of its facets, at the versions they are of."""
    event_v2.RunEvent(
        eventTime=event["eventTime"],
        producer=event["producer"],
        eventType=event_v2.RunState(event["eventType"]),
        run=event_v2.Run(runId=event["run"]["runId"]),
        job=event_v2.Job(namespace=event["job"]["namespace"], name=event["job"]["name"]),
        inputs=[event_v2.InputDataset(one["namespace"], one["name"]) for one in event["inputs"]],
        outputs=[event_v2.OutputDataset(one["namespace"], one["name"]) for one in event["outputs"]],
    )
    assert event["schemaURL"] == event_v2.RunEvent._get_schema()
    for name, facet in facets(event):
        kind = KNOWN[name]
        assert facet["_schemaURL"] == kind._get_schema()
        assert facet.keys() <= {field.name for field in attr.fields(kind)}
        needed = {field.name for field in attr.fields(kind) if field.default is attr.NOTHING and field.init}
        assert needed <= facet.keys()


def test_a_run_is_told_when_it_begins_and_when_it_ends(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "haendelser.jsonl"
    asked_for(tmp_path, monkeypatch, f'open_lineage_file = "{file}"')
    SmallDelivery().write(landing)
    a_run(landing, output)
    begun, ended = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for event in (begun, ended):
        as_the_library_reads_it(event)
    assert (begun["eventType"], ended["eventType"]) == ("START", "COMPLETE")
    assert begun["run"]["runId"] == ended["run"]["runId"]
    [cases] = [one for one in ended["inputs"] if one["name"] == "leverance/afsoningssager.csv"]
    assert cases["facets"]["version"]["datasetVersion"] == "2026-09-30"
    assert cases["inputFacets"]["dataQualityMetrics"]["rowCount"] == 3
    assert "straf_dage" in [field["name"] for field in cases["facets"]["schema"]["fields"]]
    for row in SmallDelivery().rows["afsoningssager.csv"]:
        assert row["cpr"] not in file.read_text(encoding="utf-8")
        assert row["sags_id"] not in file.read_text(encoding="utf-8")


def test_what_a_run_made_is_told_with_its_version_and_rows(output: Output, tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "haendelser.jsonl"
    asked_for(tmp_path, monkeypatch, f'open_lineage_file = "{file}"')
    facts = {"stages": {"built": {"seconds": 3, "rows": 42}, "published": {"seconds": 1}}, "build_digest": "abc"}
    assert open_lineage.RunLineage(output).ended(facts, "2026-09-30", None) == []
    event = json.loads(file.read_text(encoding="utf-8"))
    as_the_library_reads_it(event)
    warehouse, publication = event["outputs"]
    assert warehouse["outputFacets"]["outputStatistics"]["rowCount"] == 42
    assert publication["facets"]["version"]["datasetVersion"] == "2026-09-30"


def test_why_a_run_failed_is_told_without_a_number_and_without_a_librarys_words(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "haendelser.jsonl"
    asked_for(tmp_path, monkeypatch, f'open_lineage_file = "{file}"')
    a_run(landing, output, UserError("Nummeret 010180-1234 må ikke med. Gør plads."))
    a_run(landing, output, RuntimeError("Hans Hansen 010180-1234"))
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for event in events:
        as_the_library_reads_it(event)
    failed = [one["run"]["facets"]["errorMessage"]["message"] for one in events if one["eventType"] == "FAIL"]
    assert failed[0].endswith("må ikke med. Gør plads.") and failed[1] == "RuntimeError"
    assert "010180" not in file.read_text(encoding="utf-8")


class Catalogue(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    got: list[tuple[str, str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_events_are_posted_with_their_key_and_no_run_fails_when_nobody_takes_them(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalogue.got = []
    monkeypatch.setenv(open_lineage.KEY_VARIABLE, "hemmelig")
    with HTTPServer(("127.0.0.1", 0), Catalogue) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asked_for(tmp_path, monkeypatch, f'open_lineage_address = "http://127.0.0.1:{server.server_port}"')
        assert not [told for told in a_run(landing, output) if "open_lineage" in told]
        server.shutdown()
    assert [(path, key) for path, key, _ in Catalogue.got] == [("/api/v1/lineage", "Bearer hemmelig")] * 2
    assert [body["eventType"] for _, _, body in Catalogue.got] == ["START", "COMPLETE"]
    asked_for(tmp_path, monkeypatch, f'open_lineage_address = "http://127.0.0.1:1"\nopen_lineage_file = "{tmp_path}"')
    told = [one for one in a_run(landing, output) if "[watching]" in one]
    assert len(told) == 4 and not any("hemmelig" in one for one in told)


def test_nothing_is_told_where_nobody_asked(landing: Path, output: Output, tmp_path: Path) -> None:
    assert open_lineage.RunLineage(output).begun() == []
    a_run(landing, output)
    assert {file.name for file in tmp_path.rglob("*.jsonl")} <= {output.audit_log.name}

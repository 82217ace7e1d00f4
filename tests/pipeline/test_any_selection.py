"""Whatever an operator selects in the web interface works from what is there, or says what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.layout import Output
from pipelines.orchestration import batch_partitions, resources
from pipelines.orchestration.assets.deliveries import ROW_COUNT, judged
from pipelines.orchestration.definitions import BATCH_JOB, build_definitions
from pipelines.orchestration.stages import BUILT, JUDGED, PUBLISHED, STAGES
from pipelines.publishing import headlines
from pipelines.runs.main_job import MainJobRun
from tests.pipeline.whole_path import KEY, settings_file, small_world
from tests.small_delivery import SmallDelivery, receive

ONE_MART = dg.AssetKey(["marts", "fct_compliance"])
ONE_FILE = dg.AssetKey(["raw", "afsoningssager"])
PUBLICATION = dg.AssetKey(["published", "publication"])


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", KEY)
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(settings_file()))
    yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Output:
    output = Output(tmp_path_factory.mktemp("any-selection") / "output")
    shutil.copytree(small_world().output.root, output.root, symlinks=True)
    return output


def materialize(output: Output, *keys: dg.AssetKey, landing: Path | None = None) -> dg.ExecuteInProcessResult:
    definitions = build_definitions()
    job = definitions.resolve_implicit_global_asset_job_def()
    folders = {"landing": str(landing or small_world().landing), "output": str(output.root)}
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance,
            asset_selection=list(keys),
            raise_on_error=False,
            run_config={
                "resources": {"main_job": {"config": folders}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[dg.AssetKey, dict[str, Any]]:
    """Return what each asset made in the run says of itself."""
    made = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {one.asset_key: {name: value.value for name, value in one.metadata.items()} for one in made}


def what_stopped(result: dg.ExecuteInProcessResult) -> str:
    assert not result.success
    return " ".join(str(getattr(event.event_specific_data, "error", "")) for event in result.all_events)


@pytest.mark.parametrize("key", [ONE_MART, PUBLICATION], ids=["one mart", "the publication"])
def test_one_asset_alone_is_taken_from_what_is_there(finished: Output, key: dg.AssetKey) -> None:
    result = materialize(finished, key)
    assert result.success, what_stopped(result)
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [key]
    told = metadata_of(result)[key]
    if key == ONE_MART:
        (rows,) = small_world().query("select count(*) from marts.fct_compliance")
        assert (told[ROW_COUNT],) == rows and told[ROW_COUNT] > 0
    else:
        rates = headlines.rates(finished)
        assert len(rates) == 3 and rates.items() <= told.items()


def test_an_old_batch_is_run_again_as_a_partition_and_what_is_published_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, landing, old = Output(tmp_path / "output"), tmp_path / "landing", SmallDelivery("2026-06-30", cases=4)
    shutil.copytree(small_world().output.root, output.root, symlinks=True)
    old.write(landing)
    assert receive(landing, output, allow_older=True).loaded == [old.batch_id]
    monkeypatch.setenv(resources.LANDING_VARIABLE, str(landing))
    monkeypatch.setenv(resources.OUTPUT_VARIABLE, str(output.root))
    published = (output.published / "current").resolve()
    built = []
    # What dbt makes of a batch has tests of its own; here it is asked which batch and day it is told to build.
    monkeypatch.setattr(MainJobRun, "build", lambda run: built.append((run.inputs.batch.batch_id, run.inputs.as_of)))
    with dg.DagsterInstance.ephemeral() as instance:
        batch_partitions.tell(instance, output)
        job = build_definitions().resolve_job_def(BATCH_JOB)
        result = job.execute_in_process(instance=instance, partition_key=old.batch_id, raise_on_error=False)
        (run,) = instance.get_runs()
    assert result.success, what_stopped(result)
    assert run.tags["dagster/partition"] == old.batch_id
    told = metadata_of(result)
    assert (told[ONE_FILE]["leverance"], told[ONE_FILE][ROW_COUNT]) == (old.batch_id, 4)
    assert built == [(old.batch_id, date.fromisoformat(old.batch_id))]
    assert told[PUBLICATION]["ny"] is False and (output.published / "current").resolve() == published


def test_the_publication_alone_says_which_step_is_missing(tmp_path: Path) -> None:
    output = Output(tmp_path / "output")
    shutil.copytree(small_world().output.archive, output.archive)
    shutil.copytree(small_world().output.staged, output.staged)
    result = materialize(output, PUBLICATION)
    said = what_stopped(result)
    assert "Kør også trinnet datavarehus" in said and "AssertionError" not in said
    assert not output.published.exists()


def test_a_file_alone_in_an_empty_folder_says_that_there_is_no_delivery(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    result = materialize(Output(tmp_path / "output"), *judged.keys, landing=tmp_path / "landing")
    assert "ingen leverance" in what_stopped(result)


def test_the_graph_has_the_stages_of_the_document_in_their_order() -> None:
    graph = build_definitions().resolve_asset_graph()
    stage_of = {key: graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert set(stage_of.values()) == set(STAGES)
    assert {stage_of[ONE_FILE], stage_of[ONE_MART], stage_of[PUBLICATION]} == {JUDGED, BUILT, PUBLISHED}
    for key, stage in stage_of.items():
        for parent in graph.get(key).parent_keys:
            assert STAGES.index(stage_of[parent]) <= STAGES.index(stage), (parent, key)

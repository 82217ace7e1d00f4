"""Dagster's own storage: what its file says, that it is written fast and sound, and what is done without it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.layout import Output
from pipelines.orchestration import dagster_instance
from pipelines.orchestration.history import KeptOpenEventLog
from tests.postgres_server import server


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what ``prepare`` sets for its process."""
    for name in ("DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", dagster_instance.HISTORY_VARIABLE):
        monkeypatch.setenv(name, os.environ.get(name, ""))


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    file = tmp_path / "configuration.toml"
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
    return lambda text: (file.write_text(text, encoding="utf-8"), None)[1]


def settings_of(output: Output) -> dict:
    return yaml.safe_load((output.dagster_home / "dagster.yaml").read_text(encoding="utf-8"))


@dg.asset
def one() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rækker": 3})


def test_the_file_is_kept_up_to_date_until_somebody_takes_it_over(output: Output) -> None:
    output.dagster_home.mkdir(parents=True)
    file = output.dagster_home / "dagster.yaml"
    file.write_text(dagster_instance._EARLIER, encoding="utf-8")
    dagster_instance.prepare(output)
    assert settings_of(output)["event_log_storage"]["class"] == "KeptOpenEventLog"
    file.write_text(file.read_text(encoding="utf-8").replace("enabled: true", "enabled: false"), encoding="utf-8")
    dagster_instance.prepare(output)
    assert settings_of(output)["run_monitoring"]["enabled"] is True
    own = "storage:\n  sqlite:\n    base_dir: /srv/historik\n"
    file.write_text(own, encoding="utf-8")
    dagster_instance.prepare(output)
    assert file.read_text(encoding="utf-8") == own


def test_a_moved_output_folder_has_its_history_where_it_lies(output: Output, tmp_path: Path) -> None:
    dagster_instance.prepare(output)
    output.root.rename(tmp_path / "moved")
    moved = Output(tmp_path / "moved")
    dagster_instance.prepare(moved)
    assert Path(settings_of(moved)["event_log_storage"]["config"]["base_dir"]).is_relative_to(moved.root)


def test_dagsters_own_class_reads_what_ours_wrote_and_ours_what_it_wrote(output: Output) -> None:
    said: list[str] = []
    with dagster_instance.opened(output, said.append) as instance:
        assert isinstance(instance.event_log_storage, KeptOpenEventLog)
        first = dg.materialize([one], instance=instance)
        ours = [entry.dagster_event_type for entry in instance.all_logs(first.run_id)]
    storage = SqliteEventLogStorage(str(output.dagster_home / "history" / "runs"))
    assert [record.dagster_event_type for record in storage.get_logs_for_run(first.run_id)] == ours
    assert len(ours) > 5 and said == []
    with dagster_instance.opened(output, said.append) as instance:
        assert [run.run_id for run in instance.get_runs()] == [first.run_id]
        found = instance.get_latest_materialization_event(one.key)
        assert found is not None and found.run_id == first.run_id


def test_who_looks_on_sees_the_events_of_a_run_while_it_goes_on(output: Output) -> None:
    with dagster_instance.opened(output, print) as instance, dagster_instance.opened(output, print) as looking:
        run = instance.create_run_for_job(dg.Definitions(assets=[one]).resolve_implicit_global_asset_job_def())
        seen = threading.Event()
        looking.event_log_storage.watch(run.run_id, None, lambda entry, cursor: seen.set())
        instance.handle_run_event(run.run_id, started(), datetime.now(UTC))
        instance.report_engine_event("i gang", run)
        assert seen.wait(20)


def test_the_history_lies_in_postgresql_when_the_settings_say_so(
    output: Output, configured: Callable[[str], None]
) -> None:
    with server() as address:
        configured(f'[orchestration]\nhistory = "{address}"\n')
        said: list[str] = []
        for _ in range(2):
            with dagster_instance.opened(output, said.append) as instance:
                result = dg.materialize([one], instance=instance)
        with dagster_instance.opened(output, said.append) as instance:
            assert len(instance.get_runs()) == 2
            found = instance.get_latest_materialization_event(one.key)
            assert found is not None and found.run_id == result.run_id
        assert said == []
        assert not list(output.dagster_home.rglob("*.db"))
        assert address not in (output.dagster_home / "dagster.yaml").read_text(encoding="utf-8")


def test_a_run_goes_on_without_its_history_and_says_so(output: Output, configured: Callable[[str], None]) -> None:
    configured('[orchestration]\nhistory = "postgresql://ingen:hemmelig@127.0.0.1:1/ingen"\n')
    said: list[str] = []
    with dagster_instance.opened(output, said.append) as instance:
        assert dg.materialize([one], instance=instance).success
    assert len(said) == 1 and "Historikken" in said[0] and "hemmelig" not in said[0]


def test_a_run_whose_process_is_gone_is_closed_by_the_next(output: Output) -> None:
    with dagster_instance.opened(output, print) as instance:
        run = instance.create_run_for_job(
            dg.Definitions(assets=[one], jobs=[dg.define_asset_job("alt")]).resolve_job_def("alt")
        )
        instance.handle_run_event(run.run_id, started(), datetime.now(UTC))
    with dagster_instance.opened(output, print) as instance:
        assert [found.status for found in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


def started() -> dg.DagsterEvent:
    return dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_START.value, job_name="alt")

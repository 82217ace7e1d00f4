"""What happens by itself: when a delivery starts a run, and who is told of one that failed."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.batches import batch_list
from pipelines.errors import PassingError, UserError
from pipelines.layout import Output
from pipelines.orchestration import batch_partitions, resources, schedules
from pipelines.orchestration.batch_partitions import BATCHES
from pipelines.receiving import landing as landing_folder
from tests.small_delivery import SmallDelivery, receive


@pytest.fixture(autouse=True)
def folders(output: Output, landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(resources.LANDING_VARIABLE, str(landing))
    monkeypatch.setenv(resources.OUTPUT_VARIABLE, str(output.root))


@pytest.fixture
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what was just copied lie still."""
    now = time.time
    monkeypatch.setattr("pipelines.batches.intake.time.time", lambda: now() + 3600)


def asked() -> list[Any]:
    with dg.DagsterInstance.ephemeral() as instance:
        return list(schedules.new_delivery(dg.build_sensor_context(instance)))


def test_all_are_on_from_the_start() -> None:
    assert {one.default_status for one in schedules.SCHEDULES} == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.default_status for sensor in schedules.SENSORS} == {dg.DefaultSensorStatus.RUNNING}


def test_a_whole_delivery_starts_one_run_for_the_same_files(landing: Path, an_hour_later: None) -> None:
    folder = SmallDelivery().write(landing)
    [first], [again] = asked(), asked()
    assert isinstance(first, dg.RunRequest) and first.run_key == again.run_key
    os.utime(folder / "afsoningssager.csv", ns=(1, 1))
    [changed] = asked()
    assert changed.run_key != first.run_key


def test_a_delivery_still_being_copied_waits(landing: Path) -> None:
    folder = SmallDelivery().write(landing)
    [said] = asked()
    assert isinstance(said, dg.SkipReason) and folder.name in str(said.skip_message)


def test_a_received_delivery_starts_nothing_and_is_a_partition(
    landing: Path, output: Output, an_hour_later: None
) -> None:
    SmallDelivery().write(landing)
    assert receive(landing, output).loaded
    with dg.DagsterInstance.ephemeral() as instance:
        [said] = schedules.new_delivery(dg.build_sensor_context(instance))
        assert isinstance(said, dg.SkipReason)
        assert list(instance.get_dynamic_partitions(BATCHES.name or "")) == ["2026-09-30"]
        batch_partitions.tell(instance, Output(output.root.with_name("empty")))
        assert list(instance.get_dynamic_partitions(BATCHES.name or "")) == []


def test_a_folder_is_being_copied_until_it_is_whole_and_still_or_given_up(landing: Path) -> None:
    folder = SmallDelivery().write(landing)
    now = folder.stat().st_ctime
    assert landing_folder.is_being_copied(folder, now + 60)
    assert not landing_folder.is_being_copied(folder, now + 200)
    (folder / "infohus.csv").unlink()
    assert landing_folder.is_being_copied(folder, now + 200)
    (folder / "manifest.json").unlink()
    assert landing_folder.is_being_copied(folder, now + 200)
    assert not landing_folder.is_being_copied(folder, now + 2000)


def test_a_run_takes_only_whole_deliveries_when_it_is_told_to(landing: Path, output: Output) -> None:
    SmallDelivery().write(landing)
    result = receive(landing, output, only_whole=True)
    assert (result.loaded, result.refused) == ([], [])
    assert "ved at blive kopieret" in result.skipped[0][1]


# ---- schedules ------------------------------------------------------------------------------------------------------


def at(schedule: dg.ScheduleDefinition, moment: str) -> Any:
    """Return what a schedule asks for at a moment."""
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance, scheduled_execution_time=datetime.fromisoformat(moment))
        return schedule(context)


def test_worklists_are_prepared_each_monday_where_somebody_chose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    assert isinstance(at(schedules.weekly_worklists, "2026-10-05T07:00+02:00"), dg.SkipReason)
    chosen = tmp_path / "configuration.toml"
    chosen.write_text("[parcels]\nprepare_worklists = true\n", encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))
    asked_for = at(schedules.weekly_worklists, "2026-10-05T07:00+02:00")
    assert isinstance(asked_for, dg.RunRequest) and asked_for.run_key == "2026-10-05"
    result = schedules.worklists.execute_in_process(raise_on_error=False)
    [failed] = [event for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    assert "Der er intet datavarehus" in str(failed.step_failure_data.user_failure_data.description)


@pytest.mark.parametrize("is_automatic", [False, True])
def test_what_is_past_its_time_is_deleted_or_told(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_automatic: bool
) -> None:
    for day in ("2026-06-30", "2026-09-30"):
        SmallDelivery(day).write(landing)
    assert len(receive(landing, output).loaded) == 2
    told: list[str] = []
    monkeypatch.setattr(schedules.alerts, "tell", lambda subject, text: told.append(text) or [])
    chosen = tmp_path / "configuration.toml"
    chosen.write_text(f"[retention]\nautomatic = {str(is_automatic).lower()}\n", encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))
    assert schedules.expiry.execute_in_process().success and told == []
    later = datetime.now().astimezone() + timedelta(days=366 * 6)
    monkeypatch.setattr(schedules, "_now", lambda: later)
    assert schedules.expiry.execute_in_process().success
    states = [batch.state for batch in batch_list.all_batches(output)]
    assert (batch_list.EXPIRED in states) == is_automatic
    assert [("2026-06-30" in text, "2026-09-30" in text) for text in told] == ([] if is_automatic else [(True, False)])


# ---- failures -------------------------------------------------------------------------------------------------------


class Job:
    """A run under way, as ``told`` needs it."""

    is_idle, retries = False, 1

    def __init__(self) -> None:
        self.begun = self
        self.problem: UserError | None = None
        self.run = self

    def refusals(self) -> list[str]:
        return []


def run_of(job: Job, problem: Exception) -> tuple[list[str], str]:
    """Run an asset whose work fails so; returns what its steps came to, and what was told of the failure."""

    def work(run: Any) -> Any:
        raise problem
        yield

    @dg.asset
    def failing(context: dg.AssetExecutionContext) -> Any:
        yield from resources.told(context, job, work)  # type: ignore[arg-type]

    told: list[str] = []

    @dg.run_failure_sensor(name="tell")
    def tell(context: dg.RunFailureSensorContext) -> None:
        told.append(schedules.what_failed(context))

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([failing], instance=instance, raise_on_error=False)
        [failure] = [event for event in result.all_events if event.event_type_value == "PIPELINE_FAILURE"]
        context = dg.build_run_status_sensor_context(
            sensor_name="tell", dagster_event=failure, dagster_instance=instance, dagster_run=result.dagster_run
        ).for_run_failure()
        tell(context)
    return [event.event_type_value for event in result.all_events if event.is_step_event], told[0]


def test_a_refusal_is_told_in_danish_and_not_tried_again() -> None:
    job = Job()
    events, told = run_of(job, UserError("Pseudonymnøglen mangler. Læg den tilbage, og kør igen."))
    assert events[-1] == "STEP_FAILURE" and "STEP_UP_FOR_RETRY" not in events
    assert told.startswith("Pseudonymnøglen mangler. Læg den tilbage, og kør igen.")
    assert str(job.problem).startswith("Pseudonymnøglen mangler")


def test_what_may_pass_is_tried_again_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_SECONDS_BEFORE_RETRY", 0)
    events, told = run_of(Job(), PassingError("Forbindelsen til drevet er gået tabt."))
    assert events.count("STEP_UP_FOR_RETRY") == 1 and events[-1] == "STEP_FAILURE"
    assert told.startswith("Forbindelsen til drevet er gået tabt.")


def test_what_a_library_says_is_not_told() -> None:
    _, told = run_of(Job(), RuntimeError("010180-1234 is no number"))
    assert "010180" not in told and told.startswith("Kørslen blev afbrudt")

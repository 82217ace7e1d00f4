"""Dagster's own storage below the output folder, set up so that nothing personal can reach it.

Belongs here: its settings, and settling runs that a killed process left open. Does not belong here: assets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipelines.durable_files import make_folder
from pipelines.layout import Output

if TYPE_CHECKING:
    import dagster as dg

# No compute logs: whatever a library prints could quote a value. No telemetry: the web server would look its host up.
_SETTINGS = """telemetry:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_monitoring:
  enabled: true
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def prepare(output: Output) -> None:
    """Make Dagster's folder with its settings and let this process and its children use it."""
    make_folder(output.dagster_home)
    settings = output.dagster_home / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != _SETTINGS:
        settings.write_text(_SETTINGS, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(output.dagster_home.resolve())
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"


def settle(output: Output) -> None:
    """Close runs of the web interface that say "started" although their process is gone.

    The caller holds the output folder's lock, so that no other run of this folder can be alive.
    """
    if not (output.dagster_home / "history").exists():
        return  # the web interface has never been used here; opening its storage would make it, which takes seconds
    import dagster as dg

    prepare(output)
    with dg.DagsterInstance.get() as instance:
        close_abandoned(instance)


def close_abandoned(instance: dg.DagsterInstance, own_run: str | None = None) -> None:
    """Close every run of this storage that says "started", but for the caller's own; he holds the folder's lock."""
    from dagster import DagsterRunStatus, RunsFilter

    open_states = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    for run in instance.get_runs(RunsFilter(statuses=open_states)):
        if run.run_id != own_run:
            instance.report_run_failed(run, "Kørslen blev afbrudt udefra; en senere kørsel har ryddet op efter den.")


def of_one_run() -> dg.DagsterInstance:
    """Return storage in memory for a run from the command line.

    Its history is the audit trail; writing each of the thousand events of a run to disk took longer than the run.
    """
    import dagster as dg

    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return dg.DagsterInstance.ephemeral()

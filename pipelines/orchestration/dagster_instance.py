"""Dagster's own storage, set up so that nothing personal can reach it, and the same for every way of starting a run.

Belongs here: its settings, opening it, and settling runs that a killed process left open. Does not belong here: assets,
and how the files of the history are written (``history``).
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pipelines.configuration import settings
from pipelines.durable_files import make_folder
from pipelines.layout import Output

if TYPE_CHECKING:
    import dagster as dg

#: The address of the history's database stands in this for Dagster's own processes; the file names it and no more.
HISTORY_VARIABLE = "GOD_LOESLADELSE_HISTORY"
#: The tags of a run that say how it was started; without one it was started by hand in the web interface.
FROM_COMMAND_LINE, FROM_SENSOR = {"startet_fra": "kommandolinje"}, {"startet_fra": "sensor"}
#: A file that begins so is ours to write. Whoever takes the line away decides himself what is in the file.
OURS = "# Skrevet af god-loesladelse, og skrevet igen, når den skal være anderledes. Slet linjen for selv at bestemme."

# No compute logs: whatever a library prints could quote a value. No telemetry: the web server would look its host up.
# No invitation to a newsletter (nux). One run of the main job at a time: its assets share a pool with room for one.
_COMMON = """telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_monitoring:
  enabled: true
freshness:
  enabled: true
concurrency:
  pools:
    granularity: run
    default_limit: 1
"""
_IN_FILES = """event_log_storage:
  module: pipelines.orchestration.history
  class: KeptOpenEventLog
  config:
    base_dir: {folder}
"""
_IN_POSTGRES = f"""storage:
  postgres:
    postgres_url:
      env: {HISTORY_VARIABLE}
"""
# What the file was before it had its first line.
_EARLIER = """telemetry:
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
    file = output.dagster_home / "dagster.yaml"
    wanted = _text(output)
    found = file.read_text(encoding="utf-8") if file.exists() else _EARLIER
    if found != wanted and (found.startswith(OURS) or found == _EARLIER):
        file.write_text(wanted, encoding="utf-8")
    if history := settings().orchestration.history:
        # Dagster's statements are written for this driver; the address alone would mean another.
        os.environ[HISTORY_VARIABLE] = history.replace("postgresql://", "postgresql+psycopg2://", 1)
    os.environ["DAGSTER_HOME"] = str(output.dagster_home.resolve())
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"


def _text(output: Output) -> str:
    if settings().orchestration.history:
        return f"{OURS}\n{_COMMON}{_IN_POSTGRES}"
    # A JSON string is a YAML string, whatever letters the path has.
    folder = json.dumps(str(output.dagster_home.resolve() / "history" / "runs"), ensure_ascii=False)
    return f"{OURS}\n{_COMMON}{_IN_FILES.format(folder=folder)}"


@contextlib.contextmanager
def opened(output: Output, tell: Callable[[str], None]) -> Iterator[dg.DagsterInstance]:
    """Open the history for a run from the command line, so that it is seen beside those of the web interface.

    The caller holds the output folder's lock: runs that say "started" although their process is gone are closed. The
    run does not depend on its history; one that cannot be reached is said, and the run goes on without.
    """
    import dagster as dg

    prepare(output)
    with contextlib.ExitStack() as stack:
        try:
            instance = stack.enter_context(dg.DagsterInstance.get())
            close_abandoned(instance)
        except Exception as problem:  # the storage can be any database; its text may quote the address
            tell(
                f"Bemærk: Historikken til websiden kan ikke nås ({type(problem).__name__}); kørslen ses ikke dér. "
                "Se history i [orchestration]."
            )
            instance = stack.enter_context(dg.DagsterInstance.ephemeral())
        yield instance


def close_abandoned(instance: dg.DagsterInstance, own_run: str | None = None) -> None:
    """Close every run of this storage that says "started", but for the caller's own; he holds the folder's lock."""
    from dagster import DagsterRunStatus, RunsFilter

    open_states = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    for run in instance.get_runs(RunsFilter(statuses=open_states)):
        if run.run_id != own_run:
            instance.report_run_failed(run, "Kørslen blev afbrudt udefra; en senere kørsel har ryddet op efter den.")

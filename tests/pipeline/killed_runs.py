"""Runs of the main job that are killed, and what a warehouse holds afterwards.

Belongs here: when a run is killed, and what two warehouses are compared by. Does not belong here: what must come of it.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import duckdb

from pipelines.layout import Output
from tests.pipeline.warm_commands import warm_commands
from tests.pipeline.whole_path import ONE_EDITION, environment

MARTS = ("fct_rule_outcome", "fct_compliance", "fct_unit_rule", "fct_data_quality", "worklist", "late_cases")


def killed_after(stage: str, seconds: float, landing: Path, output: Output) -> None:
    """Start the main job and kill it so long after the line that ends a stage."""
    words = ["run", "--landing", str(landing), "--output", str(output.root)]
    running = warm_commands().start(words, environment(ONE_EDITION))
    while not any(line.startswith(stage) for line in running.complained.read_text(encoding="utf-8").splitlines()):
        time.sleep(0.05)
    time.sleep(seconds)
    assert running.kill() == -signal.SIGKILL


def content(file: Path) -> dict[str, list[tuple]]:
    """Return the count and the sum of hashes of each mart's rows."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            mart: connection.execute(f"select count(*), sum(hash(m::varchar)) from marts.{mart} as m").fetchall()
            for mart in MARTS
        }

"""A run killed at any moment leaves what was there, and the next run ends where an undisturbed one does."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import duckdb

from pipelines import publications
from pipelines.layout import Output
from tests.pipeline.warm_commands import warm_commands
from tests.pipeline.whole_path import ONE_EDITION, environment, run, small_world

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
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            mart: connection.execute(f"select count(*), sum(hash(m::varchar)) from marts.{mart} as m").fetchall()
            for mart in MARTS
        }


def test_the_run_after_a_kill_gives_what_an_undisturbed_run_gives(tmp_path: Path) -> None:
    world = small_world()
    output = Output(tmp_path / "output")
    for stage, seconds in (
        ("Gør klar", 0.3),  # while it receives
        ("Bedømmer leverancer", 1.5),  # while it builds
        ("Bygger datavarehuset", 2.0),  # while it protects and writes pages
    ):
        killed_after(stage, seconds, world.landing, output)
        assert publications.current(output) is None
        if output.warehouse.exists():
            content(output.warehouse)  # it opens, and is whole
    result = run(world.landing, output, settings=ONE_EDITION)
    assert result.returncode == 0, result.stderr
    assert content(output.warehouse) == content(world.output.warehouse)
    publication = publications.current(output)
    assert publication is not None and publications.differences(publication.folder) == []
    assert sorted(path.name for path in output.published.iterdir()) == ["2026-09-30", "current"]


def test_a_kill_beside_an_earlier_publication_leaves_it_as_it_was(tmp_path: Path) -> None:
    world = small_world()
    output = Output(tmp_path / "output")
    shutil.copytree(world.output.root, output.root, symlinks=True)
    output.warehouse.unlink()  # so that there is something to build
    before = publications.current(output)
    killed_after("Bedømmer leverancer", 2.5, world.landing, output)
    assert publications.current(output) == before
    assert before is not None and publications.differences(before.folder) == []

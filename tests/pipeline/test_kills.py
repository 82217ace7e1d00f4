"""A run killed while it builds a lost warehouse anew leaves what was published, and the next one ends undisturbed.

``benchmarks/whole_runs/test_kills.py`` kills in every stage, ``benchmarks/main_job_kills.py`` at random moments.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from pipelines import publications
from pipelines.layout import Output
from pipelines.progress import Progress
from pipelines.runs import main_job
from tests.pipeline.killed_runs import content, killed_after
from tests.pipeline.whole_path import run, small_world


def test_a_warehouse_lost_and_a_run_killed_give_what_an_undisturbed_run_gives(tmp_path: Path) -> None:
    world = small_world()
    output = Output(tmp_path / "output")
    shutil.copytree(world.output.root, output.root, symlinks=True)
    shutil.rmtree(output.staged)
    empty = tmp_path / "landing"
    empty.mkdir()
    # Deleted or overwritten, it is not taken for the one that was built.
    found = []
    for lose in (lambda: None, output.warehouse.unlink, lambda: output.warehouse.write_bytes(b"no database" * 1000)):
        lose()
        with main_job.start(main_job.Request(output, empty), Progress()) as started:
            found.append(started.is_warehouse_current())
    assert found == [True, False, False]
    before = publications.current(output)

    killed_after("Bedømmer leverancer", 1.0, empty, output)
    assert publications.current(output) == before
    assert before is not None and publications.differences(before.folder) == []

    result = run(empty, output)
    assert result.returncode == 0, result.stderr
    assert content(output.warehouse) == content(world.output.warehouse)
    assert sorted(path.name for path in output.published.iterdir()) == ["2026-09-30", "current"]
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.fct_rule_outcome").fetchall() != [(0,)]

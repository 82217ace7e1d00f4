"""A run killed at any moment leaves what was there, and the next run ends where an undisturbed one does."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines import publications
from pipelines.layout import Output
from tests.pipeline.killed_runs import content, killed_after
from tests.pipeline.whole_path import ONE_EDITION, run, small_world


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

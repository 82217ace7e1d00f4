"""A publication whose pages are gone is made again from the received bytes, and an earlier day is built as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb

from pipelines.layout import Output
from tests.pipeline.backups import without_pages
from tests.pipeline.whole_path import ONE_EDITION, command, run, small_world
from tests.small_delivery import SmallDelivery


def test_its_pages_are_made_again_to_the_byte(tmp_path: Path) -> None:
    copy = without_pages(tmp_path)
    name = small_world().publication["release_id"]
    before = {path: path.stat().st_mtime_ns for path in copy.published.rglob("*")}
    made = command("publication", "again", name, "--to", tmp_path / "igen", "--output", copy.root)
    assert made.returncode == 0, made.stderr
    assert "til mindste byte" in made.stdout
    page = "kommune/101/index.html"
    assert (tmp_path / "igen" / page).read_bytes() == (small_world().output.published / name / page).read_bytes()
    assert {path: path.stat().st_mtime_ns for path in copy.published.rglob("*")} == before
    assert not list(copy.work.glob("*"))


def test_an_earlier_day_builds_the_warehouse_for_that_day_and_leaves_the_pointer_where_it_is(
    landing: Path, output: Output
) -> None:
    for day in ("2026-06-30", "2026-09-30"):
        SmallDelivery(day).write(landing)
        assert run(landing, output, settings=ONE_EDITION).returncode == 0
    before = (output.published / "current" / "release.json").read_text(encoding="utf-8")
    assert json.loads(before)["batch_id"] == "2026-09-30"
    earlier = run(landing, output, "--as-of", "2026-07-15", settings=ONE_EDITION)
    assert earlier.returncode == 0, earlier.stderr
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        assert connection.execute("select distinct as_of, batch_id from marts.fct_rule_outcome").fetchall() == [
            (date(2026, 6, 30), "2026-06-30")
        ]
    assert (output.published / "current" / "release.json").read_text(encoding="utf-8") == before

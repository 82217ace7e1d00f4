"""Deliveries that come one after another: one refused, then mended; full of numbers and texts that do harm elsewhere.

Everything that the runs left and said is then searched. ``benchmarks/whole_runs`` does so for runs that fail and that
are killed, in every format, and for the mailing and the meetings.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from pipelines import audit_trail, publications
from pipelines.layout import Output
from tests.hostile_texts import make_hostile, shown_by_harmless
from tests.pipeline.leak_search import numbers_in, search
from tests.pipeline.test_leaks import FREE_TEXT, Canaries, spoiled_delivery
from tests.pipeline.whole_path import ONE_EDITION, fingerprint, run

CASES = 160
# What is about a day two months earlier is made thin when the next publication is made.
SETTINGS = ONE_EDITION + "whole_for_months = 2\n"


@dataclass
class Story:
    """What was run in turn, and what each run left."""

    output: Output
    canaries: Canaries = field(default_factory=Canaries)
    runs: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    left: dict[str, dict[str, tuple[int, bytes]]] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    hostile_names: list[str] = field(default_factory=list)

    def run(self, name: str, landing: Path) -> None:
        """Run the main job and keep what it said and left."""
        self.runs[name] = run(landing, self.output, settings=SETTINGS)
        current = self.output.published / "current" / "release.json"
        self.batch[name] = json.loads(current.read_text(encoding="utf-8"))["batch_id"]
        self.left[name] = fingerprint(self.output.published)
        self.built[name] = self.output.warehouse.stat().st_mtime_ns


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("in-turn")
    landing, story = folder / "landing", Story(Output(folder / "output"))
    landing.mkdir()
    first = spoiled_delivery(story.canaries, "2026-06-30", CASES)
    story.hostile_names, _ = make_hostile(first)
    first.write(landing)
    second = spoiled_delivery(story.canaries, "2026-09-30", CASES)
    make_hostile(second)
    mended = second.rows["kommunekontakter.csv"]
    second.files["kommunekontakter.csv"] = (
        second.bytes_of("kommunekontakter.csv") + f'"{story.canaries.next()};x'.encode()
    )
    second.write(landing)
    story.run("refused", landing)
    story.run("refused again", landing)
    del second.files["kommunekontakter.csv"]
    second.rows["kommunekontakter.csv"] = mended
    shutil.rmtree(landing / "2026-09-30")
    second.write(landing)
    story.run("mended", landing)
    story.run("nothing new", landing)
    return story


def test_a_broken_delivery_is_refused_while_the_other_is_published(story: Story) -> None:
    refused = story.runs["refused"]
    assert refused.returncode == 1
    assert "2026-09-30" in refused.stderr and "kommunekontakter.csv" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert story.batch["refused"] == "2026-06-30"


def test_the_same_refused_bytes_are_skipped_with_a_notice_and_nothing_changes(story: Story) -> None:
    assert story.runs["refused again"].returncode == 0
    assert story.left["refused again"] == story.left["refused"]


def test_a_delivery_mended_under_the_same_name_is_received_and_published(story: Story) -> None:
    assert story.runs["mended"].returncode == 0, story.runs["mended"].stderr
    assert story.batch["mended"] == "2026-09-30"
    with duckdb.connect(str(story.output.warehouse), read_only=True) as connection:
        batches = connection.execute("select distinct batch_id from marts.fct_rule_outcome").fetchall()
    assert batches == [("2026-09-30",)]


def test_the_earlier_publication_is_made_thin_when_the_settings_say_so(story: Story) -> None:
    earlier, newest = publications.all_publications(story.output)
    assert (earlier.publication_id, newest) == ("2026-06-30", publications.current(story.output))
    assert publications.thinned_files(earlier.folder) and not list(earlier.folder.rglob("*.html"))
    assert publications.differences(earlier.folder) == publications.differences(newest.folder) == []
    assert "2026-06-30 er tyndet ud" in story.runs["mended"].stderr
    told = [one for one in audit_trail.entries(story.output) if one["event"] == "publications_thinned"]
    assert [one["publications"] for one in told] == [["2026-06-30"]]


def test_nothing_new_is_nothing_to_do_beside_an_earlier_publication_too(story: Story) -> None:
    unchanged = story.runs["nothing new"]
    assert "intet er ændret" in unchanged.stdout and unchanged.stderr == ""
    assert story.left["nothing new"] == story.left["mended"]
    assert story.built["nothing new"] == story.built["mended"]


def test_no_number_and_no_free_text_is_found_in_anything_left_or_said(story: Story) -> None:
    wanted = {number for digits in story.canaries.used for number in (digits, digits.lstrip("0"))}
    searched: dict[str, int] = {}
    assert len(wanted) > 1000
    assert list(search(story.output, wanted, searched)) == []
    assert {".html", ".duckdb", ".parquet", ".json", ".jsonl", ".db"} <= searched.keys()
    said = " ".join(one.stdout + one.stderr for one in story.runs.values())
    assert numbers_in(said, wanted) == [] and FREE_TEXT not in said


def test_hostile_texts_stand_on_pages_as_text_and_do_nothing(story: Story) -> None:
    shown = " ".join(shown_by_harmless(story.output.published.rglob("*.html")))
    assert [name for name in story.hostile_names if name not in shown] == []


def test_the_search_finds_numbers_in_every_wrapping(story: Story, tmp_path: Path) -> None:
    wanted = {story.canaries.used[0]}
    number = Canaries.spell(story.canaries.used[0], "{a}-{b}")
    output = Output(tmp_path)
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table t as select ? as a", [f"12 {number} 7"])
    with sqlite3.connect(tmp_path / "b.db") as sqlite:
        sqlite.execute("create table t (a blob)")
        sqlite.execute("insert into t values (?)", [zlib.compress(number.encode())])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.txt", number)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", packed.getvalue())
    (tmp_path / "d.gz").write_bytes(gzip.compress(number.encode()))
    (tmp_path / "e.bin").write_bytes(b"x\0" + f" {number} ".encode("utf-16-le"))
    names = {name for name, _ in search(output, wanted, {})}
    assert {"a.duckdb", "b.db", "c.zip", "d.gz", "e.bin"} <= names

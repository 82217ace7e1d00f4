"""One small synthetic world, run once per test run, for every test that wants the real path's results.

The first process that asks makes it; the others wait for it and read it. Nobody writes to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.layout import Output
from tests.made_once import made_once
from tests.pipeline.warm_commands import warm_commands

KEY = "5a" * 32
# All editions, but only the formats that are quick to make; the others have tests of their own.
SETTINGS = """[publication]
formats = ["html", "csv"]
processes = 1
"""
# For tests of what fails and what is repeated, in which the pages only have to be there.
ONE_EDITION = """[publication]
editions = ["direktorat"]
formats = ["html"]
processes = 1
"""


@dataclass(frozen=True)
class World:
    """The landing folder, the output folder, and what the command line said."""

    landing: Path
    output: Output
    said: str

    def query(self, sql: str) -> list[tuple]:
        """Ask the warehouse."""
        with duckdb.connect(str(self.output.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    @property
    def publication(self) -> dict:
        """``release.json`` of the current publication."""
        return json.loads((self.output.published / "current" / "release.json").read_text(encoding="utf-8"))


@cache
def settings_file(text: str = SETTINGS) -> Path:
    """Return a file with the settings of the runs made here."""
    file = Path(mkdtemp(prefix="god-loesladelse-settings-")) / "configuration.toml"
    file.write_text(text, encoding="utf-8")
    return file


def environment(settings: str = SETTINGS, **more: str) -> dict[str, str]:
    """Return the environment of a command run here."""
    own = {"GOD_LOESLADELSE_PSEUDONYM_KEY": KEY, "GOD_LOESLADELSE_CONFIGURATION": str(settings_file(settings))}
    return dict(os.environ) | own | more


def command(*words: object, settings: str = SETTINGS, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program, in a process that need not import it again."""
    return warm_commands().run([str(word) for word in words], environment(settings, **more))


def run(landing: Path, output: Output, *more: object, settings: str = SETTINGS) -> subprocess.CompletedProcess[str]:
    """Run the main job."""
    return command("run", "--landing", landing, "--output", output.root, *more, settings=settings)


def fingerprint(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the time and the bytes of each file below the folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@cache
def small_world() -> World:
    """Return the small world, made by whichever test process asks first, with the console script as a user has it."""
    folder = made_once("small-world", _make_small_world)
    return World(folder / "landing", Output(folder / "output"), (folder / "said.txt").read_text(encoding="utf-8"))


def _make_small_world(folder: Path) -> None:
    landing = folder / "landing"
    write_synthetic_delivery(landing, extract_date=date(2026, 9, 30), sentence_cases=500, supervision_cases=300)
    words = ["run", "--landing", str(landing), "--output", str(folder / "output")]
    result = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words], capture_output=True, text=True, env=environment()
    )
    assert result.returncode == 0, result.stderr
    (folder / "said.txt").write_text(result.stdout + result.stderr, encoding="utf-8")

"""One small synthetic world, run once per test process, for every test that wants the real path's results."""

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

KEY = "5a" * 32
# All editions, but only the formats that are quick to make; the others have tests of their own.
SETTINGS = """[publication]
formats = ["html", "csv"]
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
def settings_file() -> Path:
    """Return the settings of the runs made here."""
    file = Path(mkdtemp(prefix="god-loesladelse-settings-")) / "configuration.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the console script as a user would."""
    own = {"GOD_LOESLADELSE_PSEUDONYM_KEY": KEY, "GOD_LOESLADELSE_CONFIGURATION": str(settings_file())}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, words)],
        capture_output=True,
        text=True,
        env=os.environ | own | environment,
    )


def run(landing: Path, output: Output, *more: object) -> subprocess.CompletedProcess[str]:
    """Run the main job."""
    return command("run", "--landing", landing, "--output", output.root, *more)


@cache
def small_world() -> World:
    """Return the small world, made and run at the first call."""
    folder = Path(mkdtemp(prefix="god-loesladelse-test-"))
    landing, output = folder / "landing", Output(folder / "output")
    write_synthetic_delivery(landing, extract_date=date(2026, 9, 30), sentence_cases=500, supervision_cases=300)
    result = run(landing, output)
    assert result.returncode == 0, result.stderr
    return World(landing, output, result.stdout + result.stderr)

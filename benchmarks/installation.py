"""One installation of the program as the benchmarks play it: a version of the program, a machine, an output folder.

Belongs here: copies of the program of other versions, the surroundings of a command, running one and measuring it.
Does not belong here: what is played (``five_years``).
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.main_job import memory_of_tree
from pipelines.layout import PROGRAM, PROJECT

LAUNCHER = Path(__file__).with_name("on_a_day.py")
KEY_PLACE = Path("god-loesladelse") / "pseudonym.key"
#: The first words of a run's stages, and what they are called in the table.
STAGES = {
    "Gør": "ready",
    "Modtager": "received",
    "Bedømmer": "judged",
    "Bygger": "built",
    "Beskytter": "protected",
    "Skriver": "written",
    "Angriber": "attacked",
}


@dataclass
class Measured:
    """What one command took: seconds on the clock and of the processor; each stage's seconds and memory (GB)."""

    seconds: float = 0.0
    processor: float = 0.0
    memory: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    memories: dict[str, float] = field(default_factory=dict)
    said: str = ""


def copy_program(target: Path, commit: str | None = None) -> Path:
    """Copy the program, as it is or as it was at a commit of this repository, and return the copy's folder."""
    target.mkdir(parents=True)
    if commit is None:
        for name in PROGRAM:
            shutil.copytree(PROJECT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "target"))
        return target
    archive = subprocess.run(["git", "archive", commit], cwd=PROJECT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(target, filter="data")
    return target


def amend_law(program: Path, rule_id: str, parameters: Mapping[str, object], begins: datetime.date) -> None:
    """Give a rule a further version in a copy of the program, in force from a day."""
    file = program / "dbt_project" / "seeds" / "rule_catalogue.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    old = max((row for row in rows if row["rule_id"] == rule_id), key=lambda row: int(row["version"]))
    new = old | {
        "version": str(int(old["version"]) + 1),
        "valid_from": begins.isoformat(),
        "parameters": json.dumps(json.loads(old["parameters"]) | dict(parameters)),
    }
    old["valid_to"] = (begins - datetime.timedelta(days=1)).isoformat()
    rows.insert(rows.index(old) + 1, new)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Installation:
    """A machine with one version of the program at a time; each command is a process of its own."""

    def __init__(self, machine: Path, program: Path, output: Path, settings: str = "") -> None:
        """Use a machine with its own home, configuration, cache and key; one that is not there yet is made empty."""
        self.program, self.output, self._machine = program, output, machine
        for name in ("home", "config", "cache", "state"):
            (machine / name).mkdir(parents=True, exist_ok=True)
        if settings:
            (machine / "configuration.toml").write_text(settings, encoding="utf-8")

    @property
    def key(self) -> Path:
        """Where this machine's pseudonym key lies."""
        return self._machine / "config" / KEY_PLACE

    def take_key_from(self, other: Installation) -> None:
        """Take the key over from another machine, as an operator copies it."""
        self.key.parent.mkdir(parents=True, mode=0o700)
        shutil.copy2(other.key, self.key)

    def _environment(self) -> dict[str, str]:
        own = {
            "PYTHONPATH": str(self.program),
            "HOME": str(self._machine / "home"),
            "XDG_CONFIG_HOME": str(self._machine / "config"),
            "XDG_CACHE_HOME": str(self._machine / "cache"),
            "XDG_STATE_HOME": str(self._machine / "state"),
            "GOD_LOESLADELSE_CONFIGURATION": str(self._machine / "configuration.toml"),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GOD_LOESLADELSE_")}
        return kept | own

    def run(self, *words: object, on: datetime.datetime, by: str = "drift", may_fail: bool = False) -> Measured:
        """Give a command on a day from a person's account; raises SystemExit with what it said when it fails."""
        command = [sys.executable, str(LAUNCHER), by.casefold(), on.isoformat(), *map(str, words)]
        found = Measured()
        begun, before = time.perf_counter(), _processor_of_ended()
        with subprocess.Popen(
            command,
            cwd=self.program,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            reading = _Reading(process, found)
            while process.poll() is None:
                with contextlib.suppress(OSError):
                    reading.note_memory(memory_of_tree(process.pid))
                time.sleep(1.0)
            reading.join()
        found.seconds, found.processor = time.perf_counter() - begun, _processor_of_ended() - before
        if process.returncode and not may_fail:
            raise SystemExit(f"{' '.join(map(str, words))} ended with {process.returncode}:\n{found.said[-4000:]}")
        return found


def _processor_of_ended() -> float:
    """Return the processor's seconds of every process that this one started and that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Reading(threading.Thread):
    """Reads what a command says, line by line, and knows from it which stage the command is in."""

    def __init__(self, process: subprocess.Popen[str], found: Measured) -> None:
        super().__init__(daemon=True)
        self._process, self._found, self._stage = process, found, ""
        self.start()

    def run(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._found.said += line
            with contextlib.suppress(ValueError, KeyError, TypeError):
                entry = json.loads(line)
                stage = STAGES.get(entry["stage"].split()[0], entry["stage"])
                self._stage = stage if entry["event"] == "stage_started" else ""
                if entry["event"] == "stage_ended":
                    self._found.stages[stage] = self._found.stages.get(stage, 0.0) + entry["seconds"]

    def note_memory(self, size: float) -> None:
        self._found.memory = max(self._found.memory, size)
        if self._stage:
            self._found.memories[self._stage] = max(self._found.memories.get(self._stage, 0.0), size)


class Disk:
    """What a folder takes on the disk, each file once however many names it has, and what it has grown by."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[tuple[int, int], int] = {}

    def grown(self, folder: Path, counts: Callable[[Path], bool] = lambda _: True) -> float:
        """Return how many megabytes the folder has more than when this was last asked."""
        now = {}
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and counts(path):
                status = path.stat()
                now[status.st_dev, status.st_ino] = status.st_blocks * 512
        more = sum(now.values()) - sum(self._seen.values())
        self._seen = now
        return more / 1e6

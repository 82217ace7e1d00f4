"""The main job timed: the three deliveries beside the project, and national deliveries, beside plain DuckDB.

Run ``.venv/bin/python -m benchmarks.main_job [--national]``. Each command is a process of its own; the figures are wall
seconds, processor seconds, and peak memory of the whole process tree, pages shared between processes counted once. The
main job is measured with the Directorate's pages alone, after a run that let dbt read the project; the further editions
and formats have a budget of their own. A plain loop tells how fast the machine is at that moment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("GOD_LOESLADELSE_SHARED", PROJECT.parent / "shared"))
IMPORTS = (
    "import dagster, dagster_dbt, dbt.cli.main, pandas, duckdb, jinja2, yaml, xlsxwriter, typst, great_expectations"
)


PAGES_ALONE = '[publication]\neditions = ["direktorat"]\nformats = ["html"]\n'


@dataclass(frozen=True)
class Measured:
    """What a command took: wall and processor seconds, and the peak memory of its whole process tree in GB."""

    wall: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.wall:7.1f} s {self.processor:7.1f} s of processor {self.memory:6.2f} GB"


def timed(command: list[str], configuration: Path | None = None) -> Measured:
    """Run the command to its end."""
    environment = dict(os.environ)
    if configuration is not None:
        environment["GOD_LOESLADELSE_CONFIGURATION"] = str(configuration)
    begin, used = time.perf_counter(), os.times()
    peak = 0.0
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, memory_of_tree(process.pid))
            time.sleep(1.0)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    now = os.times()
    processor = now.children_user - used.children_user + now.children_system - used.children_system
    return Measured(time.perf_counter() - begin, processor, peak)


def loop() -> float:
    """Return the seconds that ten million additions take, which says how fast the machine is just now."""
    begin = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begin


def memory_of_tree(root: int) -> float:
    """Return the proportional memory (pages shared by processes counted once) of a process and all below it in GB."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    below = {root}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    total = 0
    for process in below:
        with contextlib.suppress(OSError, ValueError):
            total += int(Path(f"/proc/{process}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0])
    return total / 1e6


def plain(delivery: Path) -> Measured:
    """Run the four rules as plain DuckDB statements on a UTF-8 delivery with ISO dates, in this process."""
    as_of = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))["extract_date"]
    statements = Path(__file__).with_name("four_rules.sql").read_text(encoding="utf-8")
    begin, used = time.perf_counter(), time.process_time()
    with duckdb.connect() as connection:
        connection.execute(statements.format(delivery=delivery, as_of=as_of))
    return Measured(time.perf_counter() - begin, time.process_time() - used, memory_of_tree(os.getpid()))


def main() -> None:
    """Print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--national", action="store_true", help="100,000 + 80,000 cases instead, and smaller ones")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        pages_alone = scratch / "pages_alone.toml"
        pages_alone.write_text(PAGES_ALONE, encoding="utf-8")
        told("ten million additions", f"{loop():7.1f} s")
        told("interpreter and imports", timed([sys.executable, "-c", IMPORTS]))
        if arguments.national:
            national(scratch, pages_alone)
        else:
            three_deliveries(scratch, pages_alone)
        told("ten million additions", f"{loop():7.1f} s")


def told(name: str, what: object) -> None:
    """Print a line of the table at once."""
    print(f"{name:<45} {what}", flush=True)


def stages(output: Path) -> str:
    """Return the wall seconds of each stage of the last run, as the audit trail has them."""
    events = [json.loads(line) for line in (output / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [event["stages"] for event in events if event["event"] == "run" and "stages" in event][-1]
    return ", ".join(f"{name} {stage['seconds']:.1f}" for name, stage in found.items())


def run(landing: Path, output: Path) -> list[str]:
    """Return the command of a main job."""
    return [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(landing), "--output", str(output)]


def three_deliveries(scratch: Path, pages_alone: Path) -> None:
    """Print the main job, the same again, every edition and format, and plain DuckDB."""
    landing = SHARED / "extracts"
    timed(run(landing, scratch / "first"), pages_alone)
    told("three deliveries, the main job", timed(run(landing, scratch / "pages"), pages_alone))
    told("    of it", stages(scratch / "pages"))
    told("the same again, nothing new", timed(run(landing, scratch / "pages"), pages_alone))
    told("the job with every edition and format", timed(run(landing, scratch / "all")))
    told("    of it", stages(scratch / "all"))
    publication = json.loads(next((scratch / "all" / "published").glob("*/release.json")).read_text(encoding="utf-8"))
    for part, took in publication["seconds"].items():
        told(f"    {part}", f"{took:7.1f} s of two processes")
    told("four rules as plain DuckDB", plain(landing / "2026-09-30"))


def national(scratch: Path, pages_alone: Path) -> None:
    """Print the main job on a hundred cases, a tenth of a national delivery and a whole one, beside plain DuckDB."""
    from pipelines.demo.delivery import write_synthetic_delivery

    found: dict[int, tuple[Measured, Measured]] = {}
    for sentences, supervisions in ((60, 40), (10_000, 8_000), (100_000, 80_000)):
        landing = scratch / f"landing {sentences}"
        delivery = write_synthetic_delivery(landing, sentence_cases=sentences, supervision_cases=supervisions)
        if not found:
            timed(run(landing, scratch / "first"), pages_alone)
        name = f"{sentences + supervisions:,} cases, the main job"
        found[sentences] = timed(run(landing, scratch / str(sentences)), pages_alone), plain(delivery)
        told(name, found[sentences][0])
        told("    of it", stages(scratch / str(sentences)))
        told("    four rules as plain DuckDB", found[sentences][1])
    (least, _), (tenth, _), (whole, alone) = found.values()
    beyond = (whole.wall - least.wall) / alone.wall, (whole.processor - least.processor) / alone.processor
    told("beyond a hundred cases, times plain DuckDB", f"{beyond[0]:7.1f}   {beyond[1]:7.1f} by processor")
    times = whole.wall / tenth.wall, whole.processor / tenth.processor
    told("ten times the cases, times the seconds", f"{times[0]:7.1f}   {times[1]:7.1f} by processor")


if __name__ == "__main__":
    main()

"""The main job timed: the three deliveries beside the project, and a national delivery, beside plain DuckDB.

Run ``.venv/bin/python -m benchmarks.main_job [--national]``. Each command runs in this process group; the figures are
wall seconds, and peak memory of the whole process tree, pages shared between processes counted once. The main job is
measured with the Directorate's pages alone; the further editions and formats have a budget of their own, printed after.
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
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("GOD_LOESLADELSE_SHARED", PROJECT.parent / "shared"))
IMPORTS = (
    "import dagster, dagster_dbt, dbt.cli.main, pandas, duckdb, jinja2, yaml, xlsxwriter, typst, great_expectations"
)


PAGES_ALONE = '[publication]\neditions = ["direktorat"]\nformats = ["html"]\n'


def timed(command: list[str], configuration: Path | None = None) -> tuple[float, float]:
    """Run the command; returns wall seconds and the peak memory of its whole process tree in GB."""
    environment = dict(os.environ)
    if configuration is not None:
        environment["GOD_LOESLADELSE_CONFIGURATION"] = str(configuration)
    begin = time.perf_counter()
    peak = 0.0
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, memory_of_tree(process.pid))
            time.sleep(1.0)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - begin, peak


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


def plain(delivery: Path) -> float:
    """Run the four rules as plain DuckDB statements on a UTF-8 delivery with ISO dates; returns seconds."""
    as_of = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))["extract_date"]
    statements = Path(__file__).with_name("four_rules.sql").read_text(encoding="utf-8")
    begin = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(statements.format(delivery=delivery, as_of=as_of))
    return time.perf_counter() - begin


def main() -> None:
    """Print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--national", action="store_true", help="also 100,000 + 80,000 cases")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print(f"{'interpreter and imports':<45} {timed([sys.executable, '-c', IMPORTS])[0]:6.1f} s", flush=True)
        pages_alone = scratch / "pages_alone.toml"
        pages_alone.write_text(PAGES_ALONE, encoding="utf-8")
        measure(
            "three deliveries", SHARED / "extracts", SHARED / "extracts" / "2026-09-30", scratch / "three", pages_alone
        )
        if arguments.national:
            from pipelines.demo.delivery import write_synthetic_delivery

            landing = scratch / "landing"
            delivery = write_synthetic_delivery(landing, sentence_cases=100_000, supervision_cases=80_000)
            measure("100,000 + 80,000 cases", landing, delivery, scratch / "national", pages_alone)


def measure(name: str, landing: Path, delivery: Path, scratch: Path, pages_alone: Path) -> None:
    """Print the main job, the same again, every edition and format, and plain DuckDB for one landing folder."""
    run = [sys.executable, "run.py", "run", "--landing", str(landing), "--output"]
    seconds, memory = timed([*run, str(scratch / "pages")], pages_alone)
    print(f"{name + ', the main job':<45} {seconds:6.1f} s   {memory:5.2f} GB", flush=True)
    print(
        f"{'the same again, nothing new':<45} {timed([*run, str(scratch / 'pages')], pages_alone)[0]:6.1f} s",
        flush=True,
    )
    seconds, memory = timed([*run, str(scratch / "all")])
    publication = json.loads(next((scratch / "all" / "published").glob("*/release.json")).read_text(encoding="utf-8"))
    print(f"{'the job with every edition and format':<45} {seconds:6.1f} s   {memory:5.2f} GB", flush=True)
    for part, took in publication["seconds"].items():
        print(f"    {part:<41} {took:6.1f} s of processor", flush=True)
    print(f"{'four rules as plain DuckDB':<45} {plain(delivery):6.1f} s", flush=True)


if __name__ == "__main__":
    main()

"""The main job timed: the three deliveries beside the project, and a national delivery, beside plain DuckDB.

Run ``.venv/bin/python -m benchmarks.main_job [--national]``. Each command runs in this process group; the figures are
wall seconds, and peak memory of the whole process tree as the operating system reports it for children.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("GOD_LOESLADELSE_SHARED", PROJECT.parent / "shared"))
IMPORTS = (
    "import dagster, dagster_dbt, dbt.cli.main, pandas, duckdb, plotly, jinja2, babel, yaml, xlsxwriter, typst, "
    "great_expectations"
)


def timed(command: list[str]) -> tuple[float, float]:
    """Run the command; returns wall seconds and the peak memory so far of any child in GB."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begin
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


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
        print(f"interpreter and imports            {timed([sys.executable, '-c', IMPORTS])[0]:6.1f} s")
        run = [sys.executable, "run.py", "run", "--output", str(scratch / "three")]
        seconds, memory = timed([*run, "--landing", str(SHARED / "extracts")])
        print(f"three deliveries, first run        {seconds:6.1f} s   {memory:4.1f} GB")
        print(f"the same again, nothing new        {timed([*run, '--landing', str(SHARED / 'extracts')])[0]:6.1f} s")
        print(f"four rules as plain DuckDB         {plain(SHARED / 'extracts' / '2026-09-30'):6.1f} s")
        if arguments.national:
            from pipelines.demo.delivery import write_synthetic_delivery

            landing = scratch / "landing"
            delivery = write_synthetic_delivery(landing, sentence_cases=100_000, supervision_cases=80_000)
            run = [sys.executable, "run.py", "run", "--output", str(scratch / "national"), "--landing", str(landing)]
            seconds, memory = timed(run)
            print(f"100,000 + 80,000 cases             {seconds:6.1f} s   {memory:4.1f} GB")
            print(f"four rules as plain DuckDB         {plain(delivery):6.1f} s")


if __name__ == "__main__":
    main()

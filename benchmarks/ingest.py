"""A national delivery from the landing folder to staged rows, beside DuckDB's own reader on the same files.

Run with: python -m benchmarks.ingest [--sentence 100000] [--supervision 80000]

Belongs here: making the delivery, measuring receiving and judging apart, and the same files through ``read_csv``.
Does not belong here: the build (``main_job``). Import time is left out: the libraries are imported first.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from pipelines.layout import Output


def main() -> int:
    """Print seconds and memory, ours beside DuckDB's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentence", type=int, default=100_000)
    parser.add_argument("--supervision", type=int, default=80_000)
    chosen = parser.parse_args()
    os.environ.setdefault("GOD_LOESLADELSE_PSEUDONYM_KEY", "a key for measuring only, of no worth")
    with tempfile.TemporaryDirectory() as folder:
        landing, output = Path(folder) / "landing", Output(Path(folder) / "output")
        _make(landing, chosen.sentence, chosen.supervision)
        files = sorted(landing.glob("*/*.csv"))
        megabytes = sum(file.stat().st_size for file in files) / 1_000_000
        print(f"{chosen.sentence} + {chosen.supervision} cases, {megabytes:.0f} MB of csv")
        _measure(landing, output, files)
    return 0


def _make(landing: Path, sentence: int, supervision: int) -> None:
    # In a process of its own, so that its memory is not counted.
    import subprocess
    import sys

    program = (
        "import sys, pathlib; from pipelines.demo.delivery import write_synthetic_delivery as write;"
        "write(pathlib.Path(sys.argv[1]), sentence_cases=int(sys.argv[2]), supervision_cases=int(sys.argv[3]))"
    )
    subprocess.run([sys.executable, "-c", program, str(landing), str(sentence), str(supervision)], check=True)


def _measure(landing: Path, output: Output, files: list[Path]) -> None:
    import duckdb
    import great_expectations  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from expectations.deliveries import judge_batch
    from expectations.over_time import judge_over_time
    from pipelines.batches import batch_list, intake

    def timed(name: str, work: object) -> float:
        started, processor = time.perf_counter(), time.process_time()
        result = work()  # type: ignore[operator]
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
        print(f"{name:<58}{seconds:6.1f} s{processor:8.1f} s of processor{memory:7.2f} GB")
        assert result is None or not getattr(result, "refused", None)
        return seconds

    def duckdb_reads() -> None:
        with duckdb.connect() as connection:
            for file in files:
                columns = ", ".join(f"'{name}': 'varchar'" for name in _header(file))
                connection.execute(
                    f"create table t_{file.stem} as from read_csv(?, delim = ';', quote = '\"', header = true, "
                    f"auto_detect = false, columns = {{{columns}}})",
                    [str(file)],
                )

    plain = timed("DuckDB's read_csv, text only, into tables", duckdb_reads)
    received = timed(
        "received: checked, judged, pseudonymised, archived, staged", lambda: intake.receive(landing, output)
    )
    batch_id = batch_list.choose(output).batch_id

    def judge() -> None:
        judge_batch(output, batch_id)
        judge_over_time(output, batch_id)

    judged = timed("judged by Great Expectations and over time", judge)
    total = received + judged
    print(f"landing to staging, all checks included: {total:.1f} s, {total / plain:.0f} times DuckDB's reading")


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8") as stream:
        return stream.readline().strip().split(";")


if __name__ == "__main__":
    raise SystemExit(main())

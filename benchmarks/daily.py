"""What the build of the next day's delivery costs, and where its seconds go: how much could be carried over at all.

Run by hand: ``python -m benchmarks.daily [--sentences 6000] [--supervisions 4000]``. Two deliveries of one world, a day
apart, are received and built. Printed: the share of rows that differ, the seconds of both builds, and the seconds of
the second by what is built, each node's own seconds summed (two nodes run at a time).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pipelines.batches import intake
from pipelines.batches.batch_rows import stage
from pipelines.contract import contract
from pipelines.demo.delivery import EXTRACT_DATE, draw_extracts
from pipelines.layout import Output
from pipelines.runs import output_state
from pipelines.runs.main_job import Request, inputs_of
from pipelines.warehouse import build, parsed_project

KEY = "GOD_LOESLADELSE_PSEUDONYM_KEY"


@dataclass(frozen=True)
class Built:
    """A build's wall and processor seconds, and its nodes' seconds by what they are."""

    wall: float
    processor: float
    kinds: Mapping[str, float]


def main() -> None:
    """Print what two builds a day apart take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=6000)
    parser.add_argument("--supervisions", type=int, default=4000)
    arguments = parser.parse_args()
    os.environ.setdefault(KEY, "ab" * 32)
    with tempfile.TemporaryDirectory(prefix="god-loesladelse-") as name:
        folder = Path(name)
        output = Output(folder / "output")
        days = [EXTRACT_DATE - timedelta(days=1), EXTRACT_DATE]
        world = draw_extracts(
            EXTRACT_DATE, sentence_cases=arguments.sentences, supervision_cases=arguments.supervisions
        )
        for day in days:
            world.write(folder / "landing", day)
        intake.receive(folder / "landing", output)
        print(f"{changed(output, days):.1%} of the rows are new or other than the day before")
        parsed_project.load()
        before, after = (built(output, day, folder / day.isoformat()) for day in days)
        print(f"{'':28}{'wall, s':>10}{'processor, s':>14}")
        print(f"{'the day before':28}{before.wall:10.1f}{before.processor:14.1f}")
        print(f"{'the day after':28}{after.wall:10.1f}{after.processor:14.1f}")
        whole = sum(after.kinds.values())
        for kind, seconds in sorted(after.kinds.items(), key=lambda found: -found[1]):
            print(f"    {kind:24}{seconds:10.1f}{seconds / whole:14.0%}")


def changed(output: Output, days: list[date]) -> float:
    """Return the share of the later delivery's rows that the earlier one has not, whatever line they stand on."""
    before, after = (stage(output, day.isoformat()) / "loaded" for day in days)
    rows = other = 0
    with duckdb.connect() as connection:
        for file in contract().files:
            new, old = (f"(select * exclude (line) from '{place}/{file.table}.parquet')" for place in (after, before))
            rows += int(connection.execute(f"select count(*) from {new}").fetchall()[0][0])
            other += int(
                connection.execute(f"select count(*) from (from {new} except all from {old})").fetchall()[0][0]
            )
    return other / rows


def built(output: Output, day: date, folder: Path) -> Built:
    """Build the warehouse of a day's delivery beside everything else."""
    inputs = inputs_of(Request(output, batch_id=day.isoformat()), output_state.read(output))
    begun = time.perf_counter(), time.process_time()
    result = build.build(output, inputs, folder)
    ended = time.perf_counter(), time.process_time()
    kinds: dict[str, float] = defaultdict(float)
    with duckdb.connect(str(result.warehouse), read_only=True) as connection:
        schemas = dict(
            connection.execute(
                "select table_name, schema_name from duckdb_tables() union all "
                "select view_name, schema_name from duckdb_views() where not internal"
            ).fetchall()
        )
    for node in result.nodes:
        kind, _project, name = node.unique_id.split(".")[:3]
        kinds["data tests" if kind == "test" else schemas.get(name, "restricted")] += node.seconds
    return Built(ended[0] - begun[0], ended[1] - begun[1], kinds)


if __name__ == "__main__":
    main()

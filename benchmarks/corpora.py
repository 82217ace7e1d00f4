"""How long a hostile file takes to be refused, and in how much memory: every file of the corpora, in every place.

Run with: python -m benchmarks.corpora

Each file of the shared corpora is delivered as the manifest, as a csv file and as a workbook of an otherwise sound
delivery, in a process of its own; then five very large files. Printed: per corpus how many deliveries were refused or
loaded, the slowest and the largest one. The limit is 10 s and 500 MB; a message that no sender could use is an error.

Belongs here: the measurement. Does not belong here: what each file must be told (``tests/pipeline/test_bad_input.py``).
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

from pipelines.batches import intake
from pipelines.layout import Output
from tests.pipeline.test_bad_input import LARGE, received_apart
from tests.shared_material import SHARED
from tests.small_delivery import KEY, SmallDelivery

PLACES = ("manifest.json", "kommunekontakter.csv", "institutioner.xlsx")
MOST_SECONDS, MOST_MEGABYTES = 10.0, 500.0


def received(data: bytes, place: str) -> tuple[str, float, float]:
    """Receive one delivery; return the message ("" when it was loaded), seconds and the process's megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        delivery = SmallDelivery()
        if place != "manifest.json":
            delivery.files[place] = data or b"\n"
            delivery.row_counts[place] = max(data.count(b"\n") - 1, 0)
        written = delivery.write(Path(folder) / "landing")
        if place == "manifest.json":
            (written / place).write_bytes(data)
        started = time.perf_counter()
        result = intake.receive(Path(folder) / "landing", Output(Path(folder) / "output"))
        seconds = time.perf_counter() - started
    message = result.refused[0][1] if result.refused else ""
    return message, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure every file of every corpus and print a table."""
    os.environ["GOD_LOESLADELSE_PSEUDONYM_KEY"] = KEY
    suites = sorted(path for path in (SHARED / "corpora").iterdir() if path.is_dir())
    print("| korpus | leverancer | afvist | længste tid, s | største hukommelse, MB |\n|---|---|---|---|---|")
    failed = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=200) as pool:
        for suite in suites:
            files = [file for file in sorted(suite.rglob("*")) if file.is_file()]
            work = [(file.read_bytes(), place) for file in files for place in PLACES]
            found = pool.starmap(received, work, chunksize=1)
            refused = sum(bool(message) for message, _, _ in found)
            slowest, largest = max(seconds for _, seconds, _ in found), max(memory for _, _, memory in found)
            print(f"| {suite.name} | {len(found)} | {refused} | {slowest:.1f} | {largest:.0f} |".replace(".", ","))
            failed += [one for one in found if "ventet fejl" in one[0]]
            if slowest > MOST_SECONDS or largest > MOST_MEGABYTES:
                failed.append((suite.name, slowest, largest))
    for spoil, _ in LARGE:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "landing").mkdir()
            _, refused, seconds, memory = received_apart(spoil, root / "landing", root / "output")
        print(f"| {spoil.__name__} | 1 | {len(refused)} | {seconds:.1f} | {memory:.0f} |".replace(".", ","))
        if len(refused) != 1 or seconds > MOST_SECONDS or memory > MOST_MEGABYTES:
            failed.append((spoil.__name__, seconds, memory))
    assert not failed, failed[:5]


if __name__ == "__main__":
    main()

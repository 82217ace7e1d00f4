"""``kill -9`` at random moments of receiving: does the next run always end as an undisturbed one?

Run with: python -m benchmarks.kills [--kills 200] [--seed 1]

Belongs here: killing a process that receives deliveries, and comparing what the next one leaves with what an
undisturbed one leaves, staged rows byte for byte. Does not belong here: killing whole runs (``main_job_kills``).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pipelines.batches import batch_list, batch_rows, intake
from pipelines.layout import Output
from pipelines.locks import sole_run
from pipelines.receiving import archive

RECEIVE = """
import sys, pathlib
from pipelines.batches import intake
from pipelines.layout import Output
from pipelines.locks import sole_run
output = Output(pathlib.Path(sys.argv[2]))
print("go", flush=True)
with sole_run(output):
    intake.receive(pathlib.Path(sys.argv[1]), output)
print("done", flush=True)
"""


def outcome(output: Output) -> dict[str, Any]:
    """Return all that must be the same however the run went: receipts but for the moment, bytes kept, staged rows."""
    receipts = [{**receipt, "received_at": None} for receipt in batch_list.receipts(batch_list.all_batches(output))]
    kept = sorted(file.name for file in (output.archive / "objects").rglob("*.gz"))
    staged = {
        str(file.relative_to(output.staged)): file.read_bytes() for file in output.staged.rglob("*") if file.is_file()
    }
    return {"receipts": receipts, "objects": kept, "staged": staged}


def undisturbed(landing: Path, root: Path) -> tuple[dict[str, Any], float]:
    """Receive without a kill; return the outcome and how long receiving takes."""
    with start(landing, root) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = time.monotonic()
        process.wait()
        seconds = time.monotonic() - started
    return outcome(Output(root)), seconds


def start(landing: Path, root: Path) -> subprocess.Popen[bytes]:
    """Start receiving in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", RECEIVE, str(landing), str(root)], stdout=subprocess.PIPE)


def kill_after(landing: Path, root: Path, seconds: float) -> bool:
    """Kill a receiving process after so many seconds; return whether it was still at work."""
    with start(landing, root) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        was_running = process.poll() is None
        process.kill()  # SIGKILL: nothing is tidied up
        process.wait()
    return was_running


def converge(landing: Path, root: Path) -> dict[str, Any]:
    """Check that what is there is whole, let the next run do its work, and return the outcome."""
    output = Output(root)
    for batch_id in archive.batch_ids(output):  # what counts as received can be brought back at once
        for file in batch_list.find(output, batch_id).receipt["files"]:
            assert archive.is_kept(output, file["sha256"], file["file"])
    with sole_run(output):
        result = intake.receive(landing, output)
        assert not result.refused, result.refused
        for batch in batch_list.all_batches(output):
            batch_rows.stage(output, batch.batch_id)
    assert not output.work.exists() or not any(output.work.iterdir())
    return outcome(output)


def campaign(landing: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill so many times, each in a new folder, some twice in a row; raise when an outcome differs."""
    chance = random.Random(seed)
    counts = {"kills": 0, "while at work": 0, "other outcome": 0}
    with tempfile.TemporaryDirectory() as folder:
        expected, seconds = undisturbed(landing, Path(folder) / "undisturbed")
        for number in range(kills):
            root = Path(folder) / f"killed{number}"
            for _ in range(chance.choice((1, 1, 2))):
                counts["kills"] += 1
                counts["while at work"] += kill_after(landing, root, chance.uniform(0, seconds * 1.05))
            if converge(landing, root) != expected:
                counts["other outcome"] += 1
            shutil.rmtree(root)
    return counts


def main() -> int:
    """Print what came of the kills; 1 when a single outcome differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--landing", type=Path, help="deliveries to receive (else small ones are made)")
    chosen = parser.parse_args()
    os.environ.setdefault("GOD_LOESLADELSE_PSEUDONYM_KEY", "a key for measuring only, of no worth")
    with tempfile.TemporaryDirectory() as folder:
        landing = chosen.landing
        if landing is None:
            from datetime import date

            from pipelines.demo.history import write_history

            landing = Path(folder)
            write_history(landing, [date(2026, 6, 30), date(2026, 9, 30)], sentence_cases=300, supervision_cases=200)
        counts = campaign(landing, chosen.kills, chosen.seed)
    print(json.dumps(counts))
    return 1 if counts["other outcome"] else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""``python -m expectations --output MAPPE --batch LEVERANCE``: judge a staged batch and print what does not hold.

In a process of its own, so that the seconds Great Expectations takes to import cost the main job nothing.
"""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from expectations.deliveries import judge_batch
from expectations.library import great_expectations
from expectations.over_time import judge_over_time
from expectations.suites import ERROR
from pipelines.danish import number
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import end_with_parent


def main() -> int:
    """Judge, print the failures, and return 1 when one of them blocks or could not be judged."""
    parser = argparse.ArgumentParser(prog="python -m expectations", description="Bedøm en modtaget leverance.")
    parser.add_argument("--output", metavar="MAPPE", type=Path, help="resultatmappen")
    parser.add_argument("--batch", metavar="LEVERANCE", help="leverancens nummer")
    parser.add_argument(
        "--wait", action="store_true", help="læs mappe og leverance, adskilt af tabulator, linje for linje"
    )
    arguments = parser.parse_args()
    if arguments.wait:
        return _wait()
    if arguments.output is None or arguments.batch is None:
        parser.error("--output og --batch skal angives")
    output = Output(arguments.output.resolve())
    try:
        results = judge_batch(output, arguments.batch) + judge_over_time(output, arguments.batch)
    except UserError as error:
        print(f"Fejl: {error}", file=sys.stderr)
        return 1
    failed = [result for result in results if not result.passed]
    for result in failed:
        what = result.problem or f"{number(result.unexpected_count)} af {number(result.checked)}"
        word = "FEJL" if result.severity == ERROR else "Advarsel"
        print(f"{word}: {result.file}: {result.name}: {what}. {result.description}")
    print(f"{number(len(results))} forventninger, {number(len(failed))} holdt ikke.")
    return 1 if any(result.severity == ERROR or result.problem for result in failed) else 0


def _wait() -> int:
    """Import first, then judge what is asked for; the verdicts are kept beside the rows."""
    end_with_parent()
    gc.set_threshold(50_000, 20, 20)  # a quarter of the import was looking for garbage
    great_expectations()

    try:
        for line in sys.stdin:
            folder, _, batch_id = line.rstrip("\n").partition("\t")
            judge_batch(Output(Path(folder)), batch_id)
    except UserError:
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

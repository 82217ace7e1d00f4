"""How often a page names a change or a difference in worlds of pure chance, by how many duties fell due.

Run by hand: ``python -m benchmarks.standing_out [worlds]``. Prints one line per size. The test suite asks the same of
100 worlds of one size.
"""

from __future__ import annotations

import sys
import time

from tests.reports.chance_page import page_of_chance

SIZES = ((25, 25, 2000), (120, 90, 9000), (1000, 1000, 9000))


def main(worlds: int) -> None:
    """Print the shares."""
    for now, before, rest in SIZES:
        started = time.perf_counter()
        spoken = sum(len(page_of_chance(seed, now=now, before=before, rest=rest)) == 3 for seed in range(worlds))
        seconds = time.perf_counter() - started
        print(f"{now} due, {before} before, {rest} elsewhere: {spoken} of {worlds} worlds ({seconds:.0f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

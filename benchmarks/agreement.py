"""Whether the warehouse and the second implementation agree on many deliveries by chance, and on the shared extracts.

Run by hand: ``python -m benchmarks.agreement [--worlds 20] [--seed 100]``. Each world is a delivery whose dates sit on
the limits of the rules, assessed on another day; every second lacks the files that may be left out. Printed: a line per
delivery, and every column in which the two differ. Ends with status 1 when any does. About half a minute a world.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.rules import warehouses
from tests.rules.agreement import WHAT_IS_COMPARED, differences
from tests.rules.boundary_deliveries import NOTABLE_DAYS_OF_ASSESSMENT, latest_day, random_delivery
from tests.rules.build import build_warehouse
from tests.rules.delivery_reader import MAY_BE_LEFT_OUT, Tables
from tests.shared_material import SHARED


def worlds(count: int, seed: int) -> Iterator[tuple[str, Tables, date, date]]:
    """Deliveries by chance: name, tables, day of assessment and extract date."""
    for number in range(seed, seed + count):
        as_of = NOTABLE_DAYS_OF_ASSESSMENT[number % len(NOTABLE_DAYS_OF_ASSESSMENT)]
        tables = random_delivery(number, as_of)
        if number % 2:
            tables = {file: rows for file, rows in tables.items() if file not in MAY_BE_LEFT_OUT}
        yield f"world {number} on {as_of}", tables, as_of, latest_day(tables, as_of)


def extracts() -> Iterator[tuple[str, Tables, date, date]]:
    """The shared extracts, where they are."""
    for folder in sorted((SHARED / "extracts").glob("*-*-*")):
        extract_date, tables = warehouses.delivery(folder)
        yield f"extract {folder.name}", tables, extract_date, extract_date


def main() -> int:
    """Build and compare each delivery; 1 when any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=100)
    arguments = parser.parse_args()
    differing = 0
    for name, tables, as_of, extract_date in (*extracts(), *worlds(arguments.worlds, arguments.seed)):
        with tempfile.TemporaryDirectory(prefix="god-loesladelse-") as folder:
            target = Path(folder) / "warehouse.duckdb"
            build_warehouse(tables, as_of, target, extract_date=extract_date, select=WHAT_IS_COMPARED)
            found = differences(target, tables, as_of)
        print(f"{name}: {len(found)} differences", *found, sep="\n  ", flush=True)
        differing += bool(found)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

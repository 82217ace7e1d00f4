"""What a municipality is also called, so that a reader finds it by a short or former name (``municipality_names.csv``).

Belongs here: the list of other names. Does not belong here: what a municipality is called on a page (its unit's name).
Former names are those of the municipalities that were merged into it, most of them on 1 January 2007; one that was
divided stands under the municipality that most of it became part of. Other spellings of a name (Århus, Høje Taastrup)
are not in the list: searching takes them for the same.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

NAMES = Path(__file__).with_name("municipality_names.csv")


@cache
def other_names() -> dict[str, tuple[str, ...]]:
    """Return the short and former names of each municipality that has any, by its code, in the list's order."""
    found: dict[str, tuple[str, ...]] = {}
    with NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["municipality_code"]] = (*found.get(row["municipality_code"], ()), row["name"])
    return found


def found_by(code: str) -> str:
    """Return the code and other names by which a municipality is found beside its name, with a bar between them."""
    return "|".join((code, *other_names().get(code, ())))

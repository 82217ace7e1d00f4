"""Several deliveries of one world, as it was extracted on successive days, and the country that changes meanwhile.

Belongs here: histories for tests and benchmarks, and the project's reference tables as a history needs them. Does not
belong here: what a single extract shows (``delivery``) or why a later one knows more (each event's own module).

A later extract has every row of an earlier one, and those recorded since, some of them late; a few rows are corrected
or withdrawn. What is the same in both is the same byte for byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.demo import assumptions as assumed
from pipelines.demo.delivery import SEED, Extracts, draw_extracts
from pipelines.demo.municipalities import AreaChange
from pipelines.demo.scene import Scene
from pipelines.layout import SEEDS

MONTHS_PER_QUARTER = 3
OPEN_END = "9999-12-31"


def quarter_ends(last: date, quarters: int) -> list[date]:
    """The last days of so many quarters in a row, the last of them on or before a day."""
    ends: list[date] = []
    after = date(last.year, 1, 1)
    year, quarter = last.year + (1 if last >= after else 0), 0
    while len(ends) < quarters:
        first_of_next = date(year, quarter * MONTHS_PER_QUARTER + 1, 1)
        if (end := first_of_next - timedelta(days=1)) <= last:
            ends.append(end)
        year, quarter = (year, quarter - 1) if quarter else (year - 1, 3)
    return ends[::-1]


def draw_history(
    last_extract: date,
    *,
    years: int = assumed.YEARS + 2,
    sentences_per_year: int = assumed.SENTENCES_PER_YEAR,
    supervisions_per_year: int | None = None,
    area_changes: Sequence[AreaChange] = (),
    seed: int = SEED,
    warnings: bool = True,
    **form: Any,
) -> Extracts:
    """Draw a world of so many years up to the last extract, to take deliveries from on any day within it.

    The supervision cases are as many for each sentence as in the country, unless a number says otherwise. A
    municipality that changes area sends its cases to the new area's institutions, and goes to its meetings, from the
    day it does. `form` goes to `draw_extracts`.
    """
    if supervisions_per_year is None:
        supervisions_per_year = round(sentences_per_year * assumed.SUPERVISIONS_PER_YEAR / assumed.SENTENCES_PER_YEAR)
    return draw_extracts(
        last_extract,
        years=years,
        sentence_cases=sentences_per_year * years,
        supervision_cases=supervisions_per_year * years,
        seed=seed,
        scene=Scene(seed, last_extract.toordinal(), years, warnings, tuple(area_changes)),
        **form,
    )


def write_history(landing: Path, extract_dates: Sequence[date], **world: Any) -> list[Path]:
    """Write a batch for each date, all of one world, and return their folders from the oldest to the newest.

    The world is that of `draw_extracts` with these arguments and the newest date, so the newest batch is byte for
    byte the delivery that `write_synthetic_delivery` writes for that date, and the number of cases is the newest's.
    """
    dates = sorted(extract_dates)
    if not dates or len(set(dates)) != len(dates):
        raise ValueError("extract_dates must name at least one date, and none twice")
    extracts = draw_extracts(dates[-1], **world)
    return [extracts.write(landing, day) for day in dates]


def area_reference(changes: Sequence[AreaChange]) -> str:
    """The project's ``municipality_areas.csv`` with the changes: one row closed and one opened for each."""
    header, rows = _seed("municipality_areas.csv")
    for change in sorted(changes, key=lambda change: change.valid_from):
        current = next(
            row for row in rows if row["municipality_code"] == change.municipality_code and row["valid_to"] == OPEN_END
        )
        current["valid_to"] = (change.valid_from - timedelta(days=1)).isoformat()
        rows.append({**current, "area": change.area, "valid_from": change.valid_from.isoformat(), "valid_to": OPEN_END})
    return _text(header, rows)


def region_reference(reform: date | None) -> dict[str, str]:
    """The project's ``regions.csv`` and ``municipality_regions.csv`` with the region reform on another day, or never.

    The reform is known by its rows: those that close the day before it, and those that open on it.
    """
    tables = {}
    opened = max(row["valid_from"] for row in _seed("municipality_regions.csv")[1])
    closed = (date.fromisoformat(opened) - timedelta(days=1)).isoformat()
    for name in ("regions.csv", "municipality_regions.csv"):
        header, rows = _seed(name)
        if reform is None:
            rows = [row for row in rows if row["valid_from"] != opened]
        for row in rows:
            if row["valid_to"] == closed:
                row["valid_to"] = OPEN_END if reform is None else (reform - timedelta(days=1)).isoformat()
            if row["valid_from"] == opened and reform is not None:
                row["valid_from"] = reform.isoformat()
        tables[name] = _text(header, rows)
    return tables


def _seed(name: str) -> tuple[list[str], list[dict[str, str]]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return list(reader.fieldnames or ()), rows


def _text(header: list[str], rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

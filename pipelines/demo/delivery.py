"""Synthetic deliveries: one batch, or several of the same world as time goes by.

Belongs here: the two functions that others call. Does not belong here: the world (``world``) or the files
(``batch_files``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.demo.batch_files import Batch, BatchForm
from pipelines.demo.faults import faulty_rows
from pipelines.demo.scene import Scene
from pipelines.demo.world import world_rows

EXTRACT_DATE = date(2026, 9, 30)
SENTENCE_CASES = 6000
SUPERVISION_CASES = 4000
SEED = 20260930


def write_synthetic_delivery(
    landing: Path,
    *,
    extract_date: date = EXTRACT_DATE,
    sentence_cases: int = SENTENCE_CASES,
    supervision_cases: int = SUPERVISION_CASES,
    seed: int = SEED,
    encoding: str = "utf-8",
    date_format: str = "iso",
    line_end: str = "\n",
    byte_order_mark: bool = False,
    batch_id: str | None = None,
    warnings: bool = True,
    faults: bool = False,
) -> Path:
    """Write one batch to the landing folder and return its folder; the same arguments give the same bytes.

    No row is quarantined. With `warnings` some rows are odd in the ways the contract warns of; with `faults` a row for
    each reason of quarantine is added to the good ones. A batch that is already there raises FileExistsError.
    """
    form = BatchForm(encoding, date_format, line_end, byte_order_mark)
    scene = Scene(seed, extract_date.toordinal(), warnings)
    batches = [(batch_id or extract_date.isoformat(), extract_date)]
    return _write(landing, scene, batches, form, sentence_cases, supervision_cases, faults)[0]


def write_history(
    landing: Path,
    extract_dates: Sequence[date],
    *,
    sentence_cases: int = SENTENCE_CASES,
    supervision_cases: int = SUPERVISION_CASES,
    seed: int = SEED,
    encoding: str = "utf-8",
    date_format: str = "iso",
    line_end: str = "\n",
    byte_order_mark: bool = False,
    warnings: bool = True,
    faults: bool = False,
) -> list[Path]:
    """Write a batch for each date, all of one world, and return their folders from the oldest to the newest.

    Each batch holds what the source system knew on its date: some events are recorded late, and a few rows are
    corrected or withdrawn in a later batch. The number of cases is that of the newest batch, which is byte for byte
    the delivery that `write_synthetic_delivery` writes for that date.
    """
    dates = sorted(extract_dates)
    if not dates or len(set(dates)) != len(dates):
        raise ValueError("extract_dates must name at least one date, and none twice")
    form = BatchForm(encoding, date_format, line_end, byte_order_mark)
    scene = Scene(seed, dates[-1].toordinal(), warnings)
    batches = [(day.isoformat(), day) for day in dates]
    return _write(landing, scene, batches, form, sentence_cases, supervision_cases, faults)


def _write(
    landing: Path,
    scene: Scene,
    wanted: list[tuple[str, date]],
    form: BatchForm,
    sentence_cases: int,
    supervision_cases: int,
    faults: bool,
) -> list[Path]:
    if sentence_cases < 1 or supervision_cases < 0:
        raise ValueError("a delivery needs at least one sentence case, and no negative number of supervision cases")
    batches: list[Batch] = []
    try:
        for batch_id, day in wanted:
            batches.append(Batch(landing, batch_id, day, form))
        for row in world_rows(scene, sentence_cases, supervision_cases):
            for batch in batches:
                batch.add(row)
        for batch in batches if faults else []:
            for faulty in faulty_rows(batch):
                batch.add_text(faulty.file, faulty.values)
        return [batch.finish() for batch in batches]
    except BaseException:
        for batch in batches:
            batch.abandon()
        raise

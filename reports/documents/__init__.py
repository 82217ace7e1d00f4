"""The files beside a page: PDF, workbook and csv, from the same values as the page itself.

Belongs here: which files a unit gets. Does not belong here: their contents (``rows``) and formats (one module each).
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.failure_report import about
from pipelines.vocabulary import PERIOD_TYPES
from reports.editions import Edition
from reports.figures.data import ReportData, Unit

# The csv file of the period type that a page leads with, and what the files of the other types add to its name.
DATA, PEERS = "data", "andre"
KIND_NAMES = {kind: word.replace(" ", "-").replace("å", "aa") for kind, word in PERIOD_TYPES.items()}


def csv_names(tables: Mapping[str, Any], start: str) -> list[str]:
    """Return the names of csv files, one for each period type in order; the first, which leads, has the plain name."""
    return [f"{start}.csv" if not place else f"{start}-{KIND_NAMES[kind]}.csv" for place, kind in enumerate(tables)]


def every_csv_name() -> list[str]:
    """Return every name that a csv file beside a page may have."""
    return [f"{start}{end}.csv" for start in (DATA, PEERS) for end in ("", *(f"-{one}" for one in KIND_NAMES.values()))]


def write_documents(
    edition: Edition,
    own: ReportData,
    others: ReportData,
    unit: Unit,
    page: dict[str, Any],
    folder: Path,
    formats: Sequence[str],
    owner: str | None = None,
) -> dict[str, float]:
    """Write a unit's documents in the chosen formats and return the seconds each took."""
    seconds: dict[str, float] = {}
    if "pdf" in formats:
        from reports.documents.pdf import report_pdf

        started = time.perf_counter()
        with about("rapport.pdf"):
            (folder / "rapport.pdf").write_bytes(report_pdf(edition, own, page, owner))
        seconds["pdf"] = time.perf_counter() - started
    if "xlsx" in formats or "csv" in formats:
        from reports.documents.rows import DocumentTable, figure_tables, peer_tables

        started = time.perf_counter()
        tables = figure_tables(edition, own, others, unit)
        peers: dict[str, DocumentTable] = others.remember("peer tables", lambda: peer_tables(others)) if owner else {}
        if "csv" in formats:
            from reports.documents.csv_file import csv_bytes

            for name, table in zip(csv_names(tables, DATA), tables.values()):
                (folder / name).write_bytes(csv_bytes(table))
            for name, kind in zip(csv_names(peers, PEERS), peers):
                content = others.remember(f"peer csv {kind}", partial(csv_bytes, peers[kind]))
                (folder / name).write_bytes(content)
            seconds["csv"] = time.perf_counter() - started
        if "xlsx" in formats:
            from reports.documents.workbook import write_workbook

            started = time.perf_counter()
            with about("data.xlsx"):
                write_workbook(folder / "data.xlsx", edition, own, unit, tables, owner)
            if owner:
                with about(f"{PEERS}.xlsx"):
                    alike = others.remember("peer workbook", partial(_peer_workbook, edition, others, peers))
                    (folder / f"{PEERS}.xlsx").write_bytes(alike)
            seconds["xlsx"] = time.perf_counter() - started
    return seconds


def _peer_workbook(edition: Edition, others: ReportData, peers: Mapping[str, Any]) -> bytes:
    """Return the workbook of everybody's protected figures, which every pack has and a publication has once."""
    from reports.documents.workbook import write_workbook

    target = io.BytesIO()
    write_workbook(target, edition, others, None, peers)
    return target.getvalue()

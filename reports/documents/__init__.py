"""The files beside a page: PDF, workbook and csv, from the same values as the page itself.

Belongs here: which files a unit gets. Does not belong here: their contents (``rows``) and formats (one module each).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.failure_report import about
from reports.editions import Edition
from reports.figures.data import ReportData, Unit


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
        from reports.documents.rows import Table, figure_rows, peer_rows

        started = time.perf_counter()
        table = figure_rows(edition, own, others, unit)
        peers: Table | None = others.remember("peer rows", lambda: peer_rows(others)) if owner else None
        if "csv" in formats:
            from reports.documents.csv_file import csv_bytes

            (folder / "data.csv").write_bytes(csv_bytes(table))
            if peers is not None:
                (folder / "andre.csv").write_bytes(others.remember("peer csv", lambda: csv_bytes(peers)))
            seconds["csv"] = time.perf_counter() - started
        if "xlsx" in formats:
            from reports.documents.workbook import write_workbook

            started = time.perf_counter()
            with about("data.xlsx"):
                write_workbook(folder / "data.xlsx", edition, own, unit, table, owner, peers)
            seconds["xlsx"] = time.perf_counter() - started
    return seconds

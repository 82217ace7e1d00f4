"""A text file in the Prometheus format, for the textfile collector of node_exporter; written after every run.

Belongs here: the measurements, their form, writing the file. Does not belong here: gathering them (``status``). There
are counts and moments in it and nothing about a person, so everybody on the machine may read it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path

from pipelines.configuration import settings
from pipelines.layout import Output
from pipelines.watching import status as status_of
from pipelines.watching.status import Status

_PREFIX = "god_loesladelse_"
Sample = tuple[str, str, Mapping[str, str], float]


def samples(status: Status) -> Iterator[Sample]:
    """Yield name, help, labels and value of each measurement; one that is not known yet is left out."""
    last = status.last_run
    if last is not None:
        at = datetime.fromisoformat(last["when"]).timestamp()
        yield "last_run_timestamp_seconds", "When the last run ended.", {}, at
        yield (
            "last_run_failed",
            "1 when the last run failed, was cut short, or refused a delivery.",
            {},
            status.has_failed,
        )
        for name, stage in (last.get("stages") or {}).items():
            yield "stage_seconds", "Seconds that a stage of the last run took.", {"stage": name}, stage["seconds"]
        for name, stage in (last.get("stages") or {}).items():
            if stage.get("rows") is not None:
                yield "stage_rows", "Rows that a stage of the last run handled.", {"stage": name}, stage["rows"]
    if status.last_success is not None:
        yield "last_success_timestamp_seconds", "When a run last ended well.", {}, status.last_success.timestamp()
    yield "batches", "Batches received.", {}, len(status.batches)
    yield "refused_deliveries", "Deliveries refused since the newest was received.", {}, len(status.refused)
    if status.newest is not None:
        day = datetime.combine(status.newest.extract_date, time(), tzinfo=UTC).timestamp()
        yield "newest_extract_timestamp_seconds", "The day of the newest usable delivery, at midnight UTC.", {}, day
    quality = status.quality
    if quality is not None:
        for state, rows in (("loaded", quality.loaded), ("quarantined", quality.quarantined)):
            yield "batch_rows", "Rows of the newest usable delivery, by what became of them.", {"state": state}, rows
        yield "batch_warnings", "Warnings about rows of the newest usable delivery.", {}, quality.warnings
        if quality.not_held is not None:
            yield "expectations_not_held", "Expectations that the delivery did not meet.", {}, quality.not_held
    yield "publications", "Publications made.", {}, status.publications
    if status.published_at is not None:
        yield "published_timestamp_seconds", "When the last publication was made.", {}, status.published_at.timestamp()
    if status.last_backup is not None:
        yield "backup_timestamp_seconds", "When the last backup was made.", {}, status.last_backup.timestamp()


def as_text(status: Status) -> str:
    """Return the measurements in the text format (version 0.0.4)."""
    lines: list[str] = []
    told = set()
    for name, explanation, labels, value in samples(status):
        full = _PREFIX + name
        if full not in told:
            told.add(full)
            lines += [f"# HELP {full} {explanation}", f"# TYPE {full} gauge"]
        marked = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.append(f"{full}{{{marked}}} {float(value):.15g}" if marked else f"{full} {float(value):.15g}")
    return "\n".join(lines) + "\n"


def write(output: Output, now: datetime) -> str | None:
    """Write the file of the settings, whole or not at all; returns what went wrong (Danish), if anything did.

    A run is never failed by it.
    """
    named = settings().watching.metrics_file
    if not named:
        return None
    file = Path(named)
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(as_text(status_of.read(output, now)))
            Path(unfinished).chmod(0o644)
            os.replace(unfinished, file)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
    except OSError as problem:
        return f"Målingerne kunne ikke skrives i {file} ({type(problem).__name__}); se metrics_file i [watching]."
    return None

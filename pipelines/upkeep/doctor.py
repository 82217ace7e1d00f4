"""Every examination in its order; nothing is changed by any of them.

Belongs here: the order, and that one examination that fails does not hide the others. Does not belong here: what each
looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from pipelines import failure_report
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.upkeep import machine, parcel_places, results, safekeeping
from pipelines.upkeep.findings import DoctorFinding, fault


def examine(output: Output, landing: Path | None, now: datetime) -> Iterator[DoctorFinding]:
    """Yield every finding about a machine, an output folder and what surrounds it."""
    parts: tuple[tuple[str, Callable[[], Iterator[DoctorFinding]]], ...] = (
        ("Maskine", lambda: machine.examine(output, landing)),
        ("Opbevaring", lambda: safekeeping.examine(output, now)),
        ("Resultater", lambda: results.examine(output)),
        ("Forsendelser", lambda: parcel_places.examine(output)),
    )
    for about, part in parts:
        try:
            yield from part()
        except UserError as problem:
            yield fault(about, str(problem), "")
        except Exception as problem:  # its text may quote a value
            place = failure_report.place_of(problem)
            yield fault(about, f"Undersøgelsen gik i stå: {type(problem).__name__} ved {place}.", "")

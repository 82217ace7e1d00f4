"""A rendered sample of every kind of page, for the tests that look at files. Belongs here: making it, nothing else."""

from __future__ import annotations

import datetime
from pathlib import Path

from reports import html
from reports.editions import FULL, SHARED
from reports.figures.calendar import KnownPublication, PublicationCalendar
from reports.figures.protected import protected_data
from reports.publication import FORMATS, make
from reports.tasks import Sources, Task
from tests.reports.protecting import crude_cells
from tests.reports.small_world import AS_OF, world

KINDS = (
    Task("direktorat", "unit", "national", "DK"),
    Task("direktorat", "unit", "area", "Øst"),
    Task("direktorat", "unit", "region", "1081"),
    Task("direktorat", "unit", "municipality", "851"),
    Task("direktorat", "unit", "municipality", "825"),
    Task("direktorat", "unit", "institution", "F01"),
    Task("direktorat", "duty", "", "aid_decided"),
    Task("direktorat", "method", "", ""),
    Task("direktorat", "quality", "", ""),
    Task("direktorat", "accessibility", "", ""),
    Task("delt", "unit", "national", "DK"),
    Task("delt", "unit", "municipality", "851"),
    Task("delt", "unit", "municipality", "825"),
    Task("delt", "duty", "", "housing_registered"),
    Task("delt", "method", "", ""),
    Task("delt", "quality", "", ""),
    Task("delt", "accessibility", "", ""),
    Task("delt", "english", "", ""),
    Task("delt", "news", "", ""),
    Task("delt", "data", "", ""),
    Task("direktorat", "news", "", ""),
    Task("kommune", "pack", "municipality", "851"),
)


def sources() -> Sources:
    """Return the small world's figures, full and protected."""
    data = world()
    calendar = PublicationCalendar(
        KnownPublication("2026-09-30", AS_OF), (KnownPublication("2026-06-30", datetime.date(2026, 6, 30)),)
    )
    return Sources(data, protected_data(data.without_figures(), crude_cells(data)), calendar=calendar)


def render_sample(target: Path, formats: tuple[str, ...] = FORMATS) -> Path:
    """Write one page of every kind, with its documents."""
    known = sources()
    for edition in (FULL, SHARED):
        for name, content in html.shared_files(edition).items():
            path = target / edition.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for task in KINDS:
        make(known, target, task, formats)
    return target

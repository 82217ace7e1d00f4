"""A rendered sample of every kind of page, for the tests that look at files. Belongs here: making it, nothing else."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

from pipelines.rules.explain import Explanation
from pipelines.rules.listed_cases import DeliveredRow, ListedCase
from reports import html
from reports.case_files import write_case_files
from reports.editions import FULL, PACK, SHARED
from reports.figures.calendar import KnownPublication, PublicationCalendar
from reports.figures.protected import protected_data
from reports.figures.published_rows import LateCaseRow, WorklistRow
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


def listed_cases(municipality: str | None = None) -> list[ListedCase]:
    """Return every case on the small world's lists, or one municipality's, with a made-up explanation of each duty."""
    told: dict[tuple[str, str], list[Explanation]] = {}
    rows: list[WorklistRow | LateCaseRow] = [*world().late_cases, *world().worklist]
    for row in rows:
        if row.municipality_code and municipality in (None, row.municipality_code):
            explanation = Explanation(
                row.rule_id,
                row.status,
                "Engangshjælp afgjort i tide (lovkrav): for sent",
                "Løsladelsen skete 23. marts 2026. Kilde: Aktivloven § 25 a, stk. 4, guide 3.3.5.",
                ("Faktisk løsladelse: 23. marts 2026 (afsoningssager.csv)", "Dage efter reglen: 14 (regelkataloget)"),
                frozenset({"afsoningssager.csv"}),
            )
            told.setdefault((row.municipality_code, row.case_id), []).append(explanation)
    delivered = DeliveredRow("afsoningssager.csv", 12, None, (("faktisk_loesladelse", datetime.date(2026, 3, 23)),))
    return [ListedCase(case_id, code, tuple(all_of), (delivered,)) for (code, case_id), all_of in told.items()]


def sources() -> Sources:
    """Return the small world's figures, full and protected; its cases have pages and its packs reply forms."""
    data = replace(world(), has_case_pages=True, has_reply_forms=True)
    calendar = PublicationCalendar(
        KnownPublication("2026-09-30", AS_OF), (KnownPublication("2026-06-30", datetime.date(2026, 6, 30)),)
    )
    return Sources(data, protected_data(data.without_figures(), crude_cells(data)), calendar=calendar)


def render_sample(target: Path) -> None:
    """Write one page of every kind, with its documents."""
    known = sources()
    for edition in (FULL, SHARED):
        for name, content in html.shared_files(edition).items():
            path = target / edition.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    write_case_files(known.full, listed_cases("851"), {"851": b"et skema"}, target, (FULL, PACK))
    for task in KINDS:
        make(known, target, task, FORMATS)

"""One page to be made, and the figures that the pages of each edition may read.

Belongs here: these two values. Does not belong here: which pages a publication has, and making them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from reports.editions import Edition
from reports.figures.calendar import KnownPublication, PublicationCalendar
from reports.figures.data import ReportData

TEXT_FILES = {
    "method": "metode.html",
    "quality": "datakvalitet.html",
    "accessibility": "tilgaengelighed.html",
    "news": "siden-sidst.html",
    "english": "english.html",
}
# The pages of text that each edition has.
TEXTS = {
    "direktorat": ("method", "quality", "accessibility", "news"),
    "delt": ("method", "quality", "accessibility", "news", "english"),
    "kommune": ("method", "quality", "accessibility"),
}
# The publications as a feed, beside the page of news of the edition that everybody may read.
FEED_FILE = "udgivelser.atom"
# The whole worklist of a unit, beside its page in editions with cases.
WORK_FILE = "arbejdsliste.html"
# Beside it a folder with the page of each of its cases, and the form by which a municipality answers on them.
CASE_FOLDER = "sag"
FORM_FILE = "svar.xlsx"


class Task(NamedTuple):
    """One page: the edition, its kind, and the unit or duty it is about."""

    edition: str
    kind: str
    level: str
    code: str


@dataclass
class Sources:
    """The figures each edition may read. ``shared`` never was beside full figures (``reports.figures.protected``)."""

    full: ReportData
    shared: ReportData | None
    explanations: Mapping[str, Markup] = field(default_factory=dict)
    calendar: PublicationCalendar | None = None

    @property
    def publications(self) -> PublicationCalendar:
        """Return the publication under way and those before it; pages made by themselves are a first one."""
        as_of = self.full.run.as_of
        return self.calendar or PublicationCalendar(KnownPublication(as_of.isoformat(), as_of))

    def of(self, edition: Edition) -> ReportData:
        """Return what the pages of an edition read for anyone but a pack's owner."""
        if edition.name == "direktorat":
            return self.full
        if self.shared is None:
            raise ValueError(f"the edition {edition.name} needs protected figures")
        return self.shared

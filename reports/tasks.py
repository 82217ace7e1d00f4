"""One page to be made, and the figures that the pages of each edition may read.

Belongs here: these two values. Does not belong here: which pages a publication has, and making them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
# The documents of a municipality that the Directorate's edition takes from its pack, by format.
OF_THE_PACK = {"pdf": "rapport.pdf", "xlsx": "data.xlsx"}


class Task(NamedTuple):
    """One page: the edition, its kind, and the unit or duty it is about."""

    edition: str
    kind: str
    level: str
    code: str

    def made_formats(self, formats: Sequence[str], has_packs: bool) -> tuple[str, ...]:
        """Return the formats that are made for the page itself.

        A municipality has one report and one workbook, those of its pack; the Directorate's edition has the same ones,
        so that both read the same document when they talk about it.
        """
        is_of_a_pack = has_packs and (self.edition, self.kind, self.level) == ("direktorat", "unit", "municipality")
        return tuple(one for one in formats if not (is_of_a_pack and one in OF_THE_PACK))


@dataclass
class Sources:
    """The figures each edition may read. ``shared`` never was beside full figures (``reports.figures.protected``).

    ``has_packs``: the publication has packs too, of which the Directorate's edition takes municipalities' documents.
    """

    full: ReportData
    shared: ReportData | None
    explanations: Mapping[str, Markup] = field(default_factory=dict)
    calendar: PublicationCalendar | None = None
    has_packs: bool = False

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

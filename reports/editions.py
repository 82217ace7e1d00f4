"""The three editions: whom each is for, which pages it has, and where a page lies in it.

Belongs here: names, paths and what an edition may show. Does not belong here: making a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.units import LEVELS, code_folder, folder_of
from reports.figures.data import ReportData, Unit


@dataclass(frozen=True)
class Edition:
    """What one edition is called and may show."""

    name: str
    title: str
    marking: str
    folder: str
    full: bool
    levels: tuple[str, ...]
    live_charts: bool
    decimals: int


FULL = Edition(
    "direktorat",
    "Direktoratets udgave",
    "Til tjenstlig brug i Kriminalforsorgen. Siderne har fulde tal og må ikke gives videre.",
    "direktorat",
    True,
    LEVELS,
    True,
    1,
)
SHARED = Edition(
    "delt",
    "Delt udgave",
    "Tallene er beskyttet, så de ikke afslører nogen person, og må offentliggøres.",
    "delt",
    False,
    LEVELS[:4],
    True,
    0,
)
PACK = Edition(
    "kommune",
    "Kommunens udgave",
    "Til tjenstlig brug i kommunen. Kommunens egne tal er fulde; alle andres er beskyttet.",
    "kommune",
    True,
    ("municipality",),
    False,
    1,
)
EDITIONS = {edition.name: edition for edition in (FULL, SHARED, PACK)}


def unit_folder(unit: Unit) -> str:
    """Return where a unit's page lies below the edition's folder, with a slash at its end unless it is the nation's."""
    return folder_of(unit.level, unit.code)


def rule_folder(rule_id: str) -> str:
    """Return where a duty's page lies below the edition's folder."""
    return f"pligt/{code_folder(rule_id)}/"


def page_units(edition: Edition, data: ReportData) -> list[Unit]:
    """Return the units that have a page in an edition, in the order in which readers list them."""
    return [unit for level in edition.levels for unit in data.units_of(level) if data.is_in_leading_year(unit.key)]

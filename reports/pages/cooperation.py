"""The cooperation with the municipalities of a unit: agreements, meetings, the mailing, and who lacks what.

Belongs here: ``pub_cooperation`` as sentences and a table, of the nation, an area or a region, and a municipality's own
row. Does not belong here: the verdicts, which are the rules'. These are facts about authorities, not about persons.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from pipelines import vocabulary
from pipelines.danish import number, short_date
from pipelines.quarters import long_name
from pipelines.vocabulary import word
from reports.figures.data import ReportData, Unit
from reports.figures.published_rows import CooperationRow

HEADINGS = (
    "Kommune",
    "Aftale",
    "Aftale opdateret",
    "Møder, indkaldt",
    "Møder, deltog",
    "Politiet deltog",
    "Seneste møde",
    "Kontaktliste",
    "Mangler",
)
REASONS = {
    "no_agreement": "ingen aftale",
    "no_contact": "ingen kontakt i aftalen",
    "out_of_date": "aftalen er ikke ajourført",
    "not_sent": "ikke sendt",
    "refused": "afvist af modtagerens server",
    "bounced": "kom retur",
    "no_ledger": "ingen udsendelse endnu",
}


def rows_of(data: ReportData, unit: Unit) -> list[CooperationRow]:
    """Return the rows of the municipalities that lie in a unit, in Danish order of their names."""
    names = [one.code for one in data.units_of("municipality")]
    order = {code: place for place, code in enumerate(names)}
    inside = data.members.get(unit.key)
    return sorted(
        (
            row
            for row in data.cooperation
            if unit.level == "national" or (inside is not None and row.municipality_code in inside)
        ),
        key=lambda row: order.get(row.municipality_code, len(order)),
    )


def cooperation_parts(data: ReportData, unit: Unit) -> dict[str, Any] | None:
    """Return what a page says about the cooperation; None for units that no municipalities lie in."""
    rows = rows_of(data, unit)
    if not rows or unit.level not in ("national", "area", "region"):
        return None
    return {
        "sentences": sentences(rows),
        "head": list(HEADINGS),
        "rows": [cells(row) for row in rows],
        "numeric": (3, 4, 5),
    }


def sentences(rows: Sequence[CooperationRow]) -> list[str]:
    """Return how many municipalities have each part of the cooperation, and the reach of the mailing."""
    total = number(len(rows))
    current = sum(row.agreement_status == "met" for row in rows)
    none = sum(row.agreement_reason == "no_agreement" for row in rows)
    invited = [row for row in rows if row.meetings_invited]
    attended = sum(row.meetings_attended > 0 for row in invited)
    told = [
        f"{number(current)} af {total} kommuner har en aftale, der er ajour; {number(none)} har ingen.",
        f"{number(len(invited))} af {total} var indkaldt til et samarbejdsmøde inden for to år, og {number(attended)} "
        "af dem deltog.",
    ]
    # Municipalities are counted and not meetings: the rows of many municipalities are of the same meeting.
    stated = [row for row in rows if row.meetings_police_stated]
    if stated:
        police = sum(row.meetings_with_police > 0 for row in stated)
        told.append(
            f"For {number(police)} af {number(len(stated))} kommuner, hvor det er oplyst, deltog politiet i mindst et "
            "af møderne."
        )
    mailed = [row for row in rows if row.mailing_status in ("met", "missed")]
    if mailed:
        reached = sum(row.mailing_status == "met" for row in mailed)
        quarter = long_name(mailed[0].mailed_quarter)
        told.append(f"Kontaktlisten for {quarter} nåede {number(reached)} af {number(len(mailed))} kommuner.")
    else:
        told.append("Kontaktlisten er endnu ikke sendt ud herfra.")
    return told


def cells(row: CooperationRow) -> tuple[str, ...]:
    """Return one municipality's row as a table shows it."""
    return (
        row.municipality_name,
        "ajour" if row.agreement_status == "met" else _reason(row.agreement_reason),
        _day(row.agreement_updated_date),
        number(row.meetings_invited),
        number(row.meetings_attended),
        number(row.meetings_with_police) if row.meetings_police_stated else vocabulary.NOTHING,
        _day(row.latest_invited_date),
        {"met": "sendt"}.get(row.mailing_status or "") or _reason(row.mailing_reason),
        ", ".join(lacking(row)) or "intet",
    )


def lacking(row: CooperationRow) -> list[str]:
    """Return which parts of the cooperation are missing for a municipality."""
    parts = []
    if row.agreement_status != "met":
        parts.append("aftale")
    if not row.meetings_invited:
        parts.append("indkaldelse til møde")
    elif not row.meetings_attended:
        parts.append("deltagelse i møde")
    if row.mailing_status == "missed":
        parts.append("kontaktliste")
    return parts


def _reason(code: str | None) -> str:
    return REASONS.get(code or "") or word({}, code)


def _day(day: datetime.date | None) -> str:
    return short_date(day) if day else vocabulary.NOTHING

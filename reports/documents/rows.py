"""The rows of ``data.csv`` and ``data.xlsx``: one figure a row, numbers as numbers, a hidden one empty and marked.

Belongs here: columns and rows. Does not belong here: a file's format. Full editions have every period of the unit;
protected figures have the years that were let through. Below them stand the units that lie inside (nation, area,
region) in the year that the page leads with. Each table has one type of period, so that no sum counts a case twice.
A pack has its owner's figures, and everybody's protected ones in tables of their own.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from pipelines import vocabulary
from pipelines.rules.documentation import reason_words
from pipelines.vocabulary import word
from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.editions import Edition, page_units
from reports.figures import statistics
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.judged import has_own_rate, judged
from reports.figures.provisional import is_provisional
from reports.pages.cooperation import cells, rows_of
from reports.pages.duties import rules_of, split_value
from reports.pages.releases import DIMENSIONS as DIMENSION_WORDS
from reports.pages.releases import value_word
from reports.words import wording

# What stands in the column beside an empty cell.
HIDDEN_MARK, NOTHING_MARK = "skjult", "ingen"


class DocumentColumn(NamedTuple):
    """One column: its heading, the kind of value, and what it means."""

    name: str
    kind: str
    meaning: str


class DocumentTable(NamedTuple):
    """A rectangular table; a value is text, a whole number, a float, or None for an empty cell."""

    columns: tuple[DocumentColumn, ...]
    rows: list[tuple[Any, ...]]


DUTY = (
    DocumentColumn("pligt_id", "text", "Pligtens betegnelse, se arket Definitioner"),
    DocumentColumn("pligt", "text", "Pligtens navn"),
)
KEYS = (
    DocumentColumn("niveau", "text", "Hele landet, område, region, kommune eller institution"),
    DocumentColumn("enhed", "text", "Enhedens navn"),
    DocumentColumn("enhedskode", "text", "Enhedens kode"),
    *DUTY,
    DocumentColumn("norm", "text", "Lovkrav, anbefaling eller indikator"),
    DocumentColumn("periodetype", "text", "Kvartal, år eller rullende fire kvartaler"),
    DocumentColumn("periode", "text", "Periodens kode; ved rullende fire kvartaler det sidste af dem"),
)
MARKED = "skjult, når tallet er skjult; ingen, når der ingen forfaldne er; ellers tom"
COUNTED = (
    DocumentColumn("forfaldne", "count", "Pligter, hvis frist udløb i perioden og før opgørelsesdagen"),
    DocumentColumn("forfaldne_maerke", "text", f"Mærket ved forfaldne: {MARKED}"),
    DocumentColumn("til_tiden", "count", "Heraf opfyldt senest på fristens dag"),
    DocumentColumn("til_tiden_maerke", "text", f"Mærket ved til_tiden: {MARKED}"),
    DocumentColumn("andel_pct", "share", "Til tiden i pct. af forfaldne"),
    DocumentColumn("interval_lav_pct", "share", "95 pct.-intervallets nedre grænse (Wilson)"),
    DocumentColumn("interval_hoej_pct", "share", "95 pct.-intervallets øvre grænse (Wilson)"),
    DocumentColumn("andel_maerke", "text", f"Mærket ved andelen og dens interval: {MARKED}"),
    DocumentColumn(
        "taeller", "text", "Hvilke frister de otte kolonner tæller: alle, eller kun dem, pligtens part kunne nå"
    ),
    DocumentColumn("borgerne_forfaldne", "count", "Det, borgerne mødte: alle forfaldne, uanset hvem der kunne handle"),
    DocumentColumn("borgerne_forfaldne_maerke", "text", f"Mærket ved borgerne_forfaldne: {MARKED}"),
    DocumentColumn("borgerne_til_tiden", "count", "Det, borgerne mødte: heraf opfyldt senest på fristens dag"),
    DocumentColumn("borgerne_til_tiden_maerke", "text", f"Mærket ved borgerne_til_tiden: {MARKED}"),
)
DETAILS = (
    DocumentColumn("for_sent", "count", "Af alle forfaldne: opfyldt efter fristen"),
    DocumentColumn("ikke_gjort", "count", "Af alle forfaldne: ikke gjort på opgørelsesdagen"),
    DocumentColumn(
        "median_dage", "days", "Medianen af dage fra gjort til frist; negativ er for sent; tom, når intet er gjort"
    ),
    DocumentColumn("kort_varsel", "count", "Forfaldne, der blev kendt senere end reglens varsel før fristen"),
    DocumentColumn("ansvar_kriminalforsorgen", "count", "Ikke til tiden, Kriminalforsorgen ansvarlig"),
    DocumentColumn("ansvar_kommune", "count", "Ikke til tiden, kommunen ansvarlig"),
    DocumentColumn("ansvar_dato_flyttet", "count", "Ikke til tiden, fordi løsladelsesdatoen blev flyttet"),
    DocumentColumn("ansvar_kort_tid", "count", "Ikke til tiden, fordi straffen var for kort"),
    DocumentColumn("perioden_er_slut", "text", "ja, når opgørelsesdagen ligger efter periodens sidste dag"),
    DocumentColumn("foreloebig", "text", "ja, når udfald af pligten i perioden først kan kendes senere"),
)
KINDS = vocabulary.PERIOD_TYPES
KIND_ORDER = ("rolling4", "quarter", "year")


def figure_tables(edition: Edition, own: ReportData, others: ReportData, unit: Unit) -> dict[str, DocumentTable]:
    """Return a unit's figures and those of the units inside it, a table for each period type, newest period first.

    The leading type comes first, and is there when it is empty; of the units inside, the leading year is told.
    """
    leading = own.window(unit.level).kind
    as_of = own.run.as_of if edition.full else None
    columns = KEYS + COUNTED + (DETAILS if edition.full else ())
    tables = {kind: DocumentTable(columns, []) for kind in (leading, *(kind for kind in KIND_ORDER if kind != leading))}
    figures = own.figures.get(unit.key, {})
    rules = [rule for _anchor, _title, group in rules_of(own, unit.level) for rule in group]
    for kind, period in sorted({key[1:] for key in figures}, key=lambda key: key[1], reverse=True):
        for rule in rules:
            figure = figures.get((rule.rule_id, kind, period))
            if figure is not None:
                tables[kind].rows.append(_row(unit, rule, kind, period, figure, as_of))
    for neighbour in _neighbours(edition, others, unit):
        window = others.window(neighbour.level)
        for rule in rules:
            figure = others.year(neighbour.key, rule.rule_id)
            if figure is not None:
                tables[window.kind].rows.append(_row(neighbour, rule, *window, figure, as_of))
    return {kind: table for kind, table in tables.items() if table.rows or kind == leading}


def peer_tables(shared: ReportData) -> dict[str, DocumentTable]:
    """Return everybody's protected figures of the leading year, a table for each period type, the same for every pack.

    That of the municipalities comes first.
    """
    order = ("municipality", "national", "area", "region")
    rules = [rule for _anchor, _title, group in rules_of(shared, "national") for rule in group]
    tables: dict[str, DocumentTable] = {}
    for level in order:
        window = shared.window(level)
        table = tables.setdefault(window.kind, DocumentTable(KEYS + COUNTED, []))
        for one in shared.units_of(level):
            for rule in rules:
                figure = shared.year(one.key, rule.rule_id)
                if figure is not None:
                    table.rows.append(_row(one, rule, *window, figure, None))
    return tables


SPLIT = (
    *DUTY,
    DocumentColumn("fordelt_paa", "text", "Hvad tallene er delt efter"),
    DocumentColumn("vaerdi", "text", "Den værdi, som rækken gælder"),
    DocumentColumn("forfaldne", "count", "Pligter, hvis frist udløb i det seneste år"),
    DocumentColumn("til_tiden", "count", "Heraf opfyldt senest på fristens dag"),
    DocumentColumn("for_sent", "count", "Opfyldt efter fristen"),
    DocumentColumn("ikke_gjort", "count", "Ikke gjort på opgørelsesdagen"),
)
DIMENSIONS = {
    **{name: vocabulary.capital(title) for name, title in vocabulary.RATE_DIMENSIONS.items()},
    "notice": "Varsel",
    "deadline": "Frist",
    "responsible": "Ansvarlig, ikke til tiden",
    **{name: f"{vocabulary.capital(title)}, ikke til tiden" for name, title in vocabulary.COUNT_DIMENSIONS.items()},
}
UNDETERMINABLE = (
    *DUTY,
    DocumentColumn("grund", "text", "Hvorfor sagerne ikke kan afgøres"),
    DocumentColumn("antal", "count", "Sager fra det seneste år, der ikke kan afgøres"),
    DocumentColumn("forfaldne", "count", "Pligter, hvis frist udløb i det seneste år"),
    DocumentColumn("laveste_andel_pct", "share", "Andelen, hvis ingen af de sager, der ikke kan afgøres, blev gjort"),
    DocumentColumn("hoejeste_andel_pct", "share", "Andelen, hvis de alle blev gjort til tiden"),
)


def split_rows(own: ReportData, unit: Unit) -> DocumentTable:
    """Return a unit's duties of the leading rolling year split by everything that full editions split them by."""
    titles = own.titles()
    rows = []
    for rule_id, split in own.breakdown.get(unit.key, {}).items():
        for row in split:
            if rule_id in titles and row.dimension in DIMENSIONS:
                rate = row.dimension in vocabulary.RATE_DIMENSIONS and rule_id in rules_with_own_rate()
                due, met = (row.own_due, row.own_met) if rate else (row.due, row.met)
                counts = (due, met, row.late, row.missed)
                name = split_value(own, rule_id, row.dimension, row.value)
                rows.append((rule_id, titles[rule_id], DIMENSIONS[row.dimension], name, *counts))
    return DocumentTable(SPLIT, rows)


def undeterminable_rows(own: ReportData, unit: Unit) -> DocumentTable:
    """Return why a unit's cases cannot be judged, with the lowest and the highest that the rate could be."""
    titles = own.titles()
    rows = [
        (
            rule_id,
            titles[rule_id],
            reason_words(rule_id, row.reason).word,
            row.cases,
            *_bounds(own, unit, rule_id, sum(one.cases for one in found)),
        )
        for rule_id, found in own.undeterminable.get(unit.key, {}).items()
        for row in found
        if rule_id in titles
    ]
    return DocumentTable(UNDETERMINABLE, rows)


def _bounds(own: ReportData, unit: Unit, rule_id: str, missing: int) -> tuple[int, float, float]:
    """Return what fell due, and the lowest and the highest that the rate a unit is judged by could be."""
    rule = next(rule for rule in own.rules if rule.rule_id == rule_id)
    figure = judged(rule, own.year(unit.key, rule_id))
    found = statistics.bounds(figure.met or 0, figure.due or 0, missing) or (0.0, 0.0)
    return figure.due or 0, round(found[0] * 100, 1), round(found[1] * 100, 1)


RELEASES = (
    DocumentColumn("opdelt_efter", "text", "Hvad løsladelserne er delt efter"),
    DocumentColumn("vaerdi", "text", "Den værdi, som rækken gælder"),
    DocumentColumn("loesladelser", "count", "Løsladelser i det seneste år"),
    DocumentColumn("med_forfaldne", "count", "Heraf med mindst én forfalden kernepligt"),
    DocumentColumn("alle_til_tiden", "count", "Heraf løsladelser, hvor alle forfaldne kernepligter var til tiden"),
    DocumentColumn("pligter_forfaldne", "count", "Forfaldne kernepligter ved løsladelserne"),
    DocumentColumn("pligter_til_tiden", "count", "Heraf opfyldt senest på fristens dag"),
)
COOPERATION = (
    DocumentColumn("kommune", "text", "Kommunens navn"),
    DocumentColumn("aftale", "text", "Om samarbejdsaftalen er ajour, ellers hvorfor ikke"),
    DocumentColumn("aftale_opdateret", "text", "Dagen, hvor aftalen sidst blev opdateret"),
    DocumentColumn("moeder_indkaldt", "text", "Samarbejdsmøder inden for to år, kommunen var indkaldt til"),
    DocumentColumn("moeder_deltog", "text", "Heraf dem, kommunen deltog i"),
    DocumentColumn("politiet_deltog", "text", "Heraf dem, politiet deltog i, hvor det er oplyst"),
    DocumentColumn("seneste_moede", "text", "Det seneste af møderne"),
    DocumentColumn("kontaktliste", "text", "Om kontaktlisten nåede kommunen i kvartalet før opgørelsesdagens"),
    DocumentColumn("mangler", "text", "De dele af samarbejdet, der mangler"),
)


def release_rows(own: ReportData, unit: Unit) -> DocumentTable:
    """Return a unit's releases of the year, split by everything that a full edition knows of them."""
    rows = [
        (
            DIMENSION_WORDS[row.dimension],
            value_word(row.dimension, row.value),
            row.releases,
            row.with_core_due,
            row.whole_releases,
            row.core_due,
            row.core_met,
        )
        for row in own.releases.get(unit.key, [])
        if row.dimension != "target_group" or unit.level in ("national", "area")
    ]
    return DocumentTable(RELEASES, rows)


def cooperation_rows(own: ReportData, unit: Unit) -> DocumentTable:
    """Return the cooperation with each municipality that lies in a unit."""
    return DocumentTable(COOPERATION, [cells(row) for row in rows_of(own, unit)])


def _neighbours(edition: Edition, data: ReportData, unit: Unit) -> list[Unit]:
    if edition.name == "kommune":
        return []
    inside = [one for one in page_units(edition, data) if one.level in ("area", "region", "municipality")]
    if unit.level == "national":
        return inside
    members = data.members.get(unit.key, frozenset())
    return [one for one in inside if one.level == "municipality" and one.code in members]


def _count(value: int | None) -> tuple[int | None, str]:
    """Return a count and its mark: a number without one, or nothing and the mark for hidden."""
    return (None, HIDDEN_MARK) if value is None else (value, "")


def _shares(figure: Figure) -> tuple[float | None, float | None, float | None, str]:
    """Return a share, its interval, and the mark where they are not there."""
    if figure.rate is None or figure.low is None or figure.high is None:
        return None, None, None, NOTHING_MARK if figure.due == 0 else HIDDEN_MARK
    return round(figure.rate * 100, 1), round(figure.low * 100, 1), round(figure.high * 100, 1), ""


def _row(
    unit: Unit, rule: Rule, kind: str, period: str, figure: Figure, as_of: datetime.date | None
) -> tuple[Any, ...]:
    """Return a figure's row; ``as_of`` is given where its details are shown."""
    keys = (
        word(vocabulary.LEVELS, unit.level),
        wording.unit_name(unit),
        unit.code,
        rule.rule_id,
        rule.title,
        word(vocabulary.NORMS, rule.norm),
        KINDS[kind],
        period,
    )
    own = judged(rule, figure)
    counted: tuple[Any, ...] = (
        *_count(own.due),
        *_count(own.met),
        *_shares(own),
        f"dem{wording.counted(rule, unit.level)}" if has_own_rate(rule) else "alle",
        *_count(figure.due),
        *_count(figure.met),
    )
    if as_of is None:
        return keys + counted
    median = figure.median_days_margin
    details: tuple[Any, ...] = (
        figure.late,
        figure.missed,
        None if median is None else round(median, 1),
        figure.short_notice_due,
        figure.by_prison_service,
        figure.by_municipality,
        figure.by_moved_date,
        figure.by_short_time,
        "ja" if figure.is_complete else "nej",
        "ja" if is_provisional(rule, f"{period}-Q4" if kind == "year" else period, as_of) else "nej",
    )
    return keys + counted + details

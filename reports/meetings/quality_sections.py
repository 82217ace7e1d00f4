"""The sections about data quality, ours first, then the municipalities' side.

Belongs here: what is known of the figures' ground. Does not belong here: judging a delivery (``expectations``).
"""

from __future__ import annotations

from pipelines import vocabulary
from pipelines.contract import contract
from pipelines.danish import number
from pipelines.rules.documentation import reason_words
from reports.figures.data import ReportData
from reports.figures.published_rows import DataQualityRow
from reports.meetings.content import BARS, COUNT, SHARE, Cell, PackChart, PackColumn, PackTable, Section, Series
from reports.meetings.facts import Facts
from reports.pages.quality import ROUNDED_TO

_UNIT_STATUSES = ("met", "missed", "undeterminable")
_CHECKS = (("agreement_current", "Samarbejdsaftalen er ajour"), ("contact_list_mailed", "Kontaktlisten er kommet frem"))


def ours(facts: Facts, source: str) -> Section:
    """Return how complete our own registrations are, and what that leaves open about each rate."""
    delivered = _delivered(facts.data)
    total = sum(row.rows or 0 for row in delivered)
    held = sum(row.quarantined or 0 for row in delivered)
    late = sum(row.affected_rows for row in delivered if row.reason == "recorded_late")
    sentences = (
        f"{number(held)} af leverancens {number(total)} rækker er sat til side med fejl; {number(late)} hændelser blev "
        f"registreret mere end {number(contract().limits.recorded_late_days)} dage for sent.",
        "Mangler en oplysning, kan sagen ikke afgøres. Grafen viser, hvor mange sager det gælder i det seneste "
        "rullende år; dokumentet og regnearket viser, hvor lav og hvor høj andelen kunne være.",
    )
    unknown = facts.data.undeterminable.get(facts.area_key, {})
    names, counts = [], []
    rows: list[tuple[Cell, ...]] = []
    for rule in facts.rules:
        found = unknown.get(rule.rule_id, [])
        count = sum(row.cases for row in found)
        if not count:
            continue
        names.append(rule.title)
        counts.append(count)
        first = found[0]
        reasons = [f"{reason_words(rule.rule_id, row.reason).word} ({number(row.cases)})" for row in found]
        bounds = (first.rate_lowest, first.rate_highest)
        rows.append((rule.title, count, first.due, *bounds, ", ".join(reasons)))
    columns = (
        PackColumn("Pligt", wide=True),
        PackColumn("Kan ikke afgøres", COUNT),
        PackColumn("Forfaldne", COUNT),
        PackColumn("Lavest mulige andel", SHARE),
        PackColumn("Højest mulige andel", SHARE),
        PackColumn("Årsag", wide=True),
    )
    chart = None
    if names:
        words = "Sager pr. pligt, der ikke kan afgøres, fordi oplysninger mangler hos os. Tallene står i tabellen."
        chart = PackChart(BARS, COUNT, tuple(names), (Series("Kan ikke afgøres", tuple(counts)),), words)
    title = "Datakvalitet: vores egen først"
    return Section("datakvalitet-vores", title, sentences, chart, PackTable(columns, tuple(rows)), (source, _YEAR))


_YEAR = "Sager, der ikke kan afgøres, er opgjort for det seneste rullende år."


def theirs(facts: Facts) -> Section:
    """Return the municipalities' side: agreements, the contact list, and answers that are missing with us."""
    rows = _unit_rows(facts)
    missed = sum(
        facts.tally(("municipality", code), "municipal_response", facts.span).missed for code in facts.municipalities
    )
    why = "Intet svar, eller svaret er ikke registreret hos os."
    rows.append(("Svar på henvendelser (sager)", "Intet svar registreret", missed, why))
    source = ("Kilde: marts.fct_unit_rule, marts.fct_compliance.",)
    return Section("datakvalitet-kommuner", "Datakvalitet: kommunernes side", (), None, _unit_table(rows), source)


def for_participants(facts: Facts) -> Section:
    """Return what everyone may see: rounded rows as the shared edition has them, and facts about authorities."""
    rows: list[tuple[Cell, ...]] = []
    delivered = [row for row in _delivered(facts.data) if row.reason is None and row.rows]
    total = sum(row.rows or 0 for row in delivered)
    if total:
        share = f"{number(100 * sum(row.quarantined or 0 for row in delivered) / total)} pct. sat til side med fejl"
        rounded = round(total / ROUNDED_TO) * ROUNDED_TO
        rows.append(("Rækker i Kriminalforsorgens leverance", share, rounded, "Afrundet."))
    sentences = (
        "Kriminalforsorgens egne registreringer er grundlaget og står først. Mere på udgivelsens side om datakvalitet.",
        "En kommune, der har en anden dato end vores, kan svare på sin egen liste over sager. En godkendt rettelse kan "
        "ses i den næste udgivelse.",
    )
    source = (f"Kilde: leverance {facts.data.run.batch_id}; marts.fct_unit_rule.",)
    table = _unit_table([*rows, *_unit_rows(facts)])
    return Section("datakvalitet", "Datakvalitet på begge sider", sentences, None, table, source)


def _delivered(data: ReportData) -> list[DataQualityRow]:
    return [row for row in data.quality if row.batch_id == data.run.batch_id]


def _unit_rows(facts: Facts) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for rule_id, title in _CHECKS:
        found = [
            row for row in facts.data.unit_rules if row.rule_id == rule_id and row.unit_code in facts.municipalities
        ]
        for status in _UNIT_STATUSES:
            word = vocabulary.word(vocabulary.UNIT_STATUSES, status)
            same = [row for row in found if row.status == status]
            if same:
                why = ", ".join(sorted({reason_words(rule_id, row.reason).word for row in same if row.reason}))
                rows.append((f"{title} (kommuner)", word, len(same), vocabulary.capital(why) + ("." if why else "")))
    return rows


def _unit_table(rows: list[tuple[Cell, ...]]) -> PackTable:
    columns = (
        PackColumn("Hvad", wide=True),
        PackColumn("Tilstand"),
        PackColumn("Antal", COUNT),
        PackColumn("Bemærkning", wide=True),
    )
    return PackTable(columns, tuple(rows))

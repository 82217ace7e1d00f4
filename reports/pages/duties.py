"""One duty on one unit's page: everything the reader is told about it, ready to be written.

Belongs here: choosing a duty's figures and putting them in words and tables. Does not belong here: the page around it
(``unit_pages``), the statistics and the sentences themselves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines import quarters, vocabulary
from pipelines.danish import number, sort_key
from pipelines.rules.documentation import reason_words
from pipelines.units import NATION
from pipelines.vocabulary import capital, word
from reports.charts import charts
from reports.charts.charts import Chart, Point
from reports.figures import statistics
from reports.figures.data import ABSENT, Figure, ReportData, Rule, Unit, Window
from reports.figures.judged import has_own_rate, is_judged, judged, own_party
from reports.figures.provisional import complete_from, is_provisional
from reports.figures.published_rows import BreakdownRow
from reports.figures.statistics import SMALLEST_COMPARED
from reports.words import present, wording
from reports.words.hidden import HIDDEN_IN_WORDS
from reports.words.topics import by_topic

SHOWN_QUARTERS = 8
# Fewer points than this are no development; the table beside them says all there is.
FEWEST_POINTS = 3
# Opens the rows that count every duty that fell due, whoever could act: what the citizens met.
CITIZENS = "Det, borgerne mødte: "


@dataclass
class Duty:
    """What the template reads."""

    rule: Rule
    norm: str
    party: str
    is_judged: bool
    counted: str
    year: present.Shown
    before: present.Shown | None
    now: present.Shown | None
    sentences: list[str]
    citizens: present.Shown | None = None
    chart: Chart | None = None
    headings: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    comparison: list[tuple[str, str | None, present.Shown]] = field(default_factory=list)
    parties: list[tuple[str, str]] = field(default_factory=list)
    two_rates: list[tuple[str, str, str, str]] = field(default_factory=list)
    splits: list[tuple[str, list[tuple[str, present.Shown]]]] = field(default_factory=list)
    causes: list[tuple[str, list[tuple[str, str, str]]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    provisional: str = ""
    soon: int | None = None
    overdue: int | None = None
    quality: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Peer:
    """A unit to compare with, and where its page lies (None in a pack, which has no other page)."""

    unit: Unit
    name: str
    link: str | None


def rules_of(data: ReportData, level: str) -> list[tuple[str, str, list[Rule]]]:
    """Return the duties judged per case, by topic, in the order of a case; restricted ones for the nation alone."""
    judged = [
        rule
        for rule in data.rules
        if set(rule.case_types) & {"sentence", "supervision"} and (level == "national" or not rule.restricted)
    ]
    return by_topic(judged)


@lru_cache(maxsize=4096)
def _point(figure: Figure | None, period: str) -> Point:
    if figure is None:
        return Point(period, None, None, None, None, None, True)
    return Point(period, figure.met, figure.due, figure.rate, figure.low, figure.high, figure.is_complete)


def _large_enough(point: Point) -> Point:
    """Return a point of the line; one of so few cases that nothing is compared leaves a gap in it."""
    few = point.due is None or point.due < SMALLEST_COMPARED
    return point._replace(rate=None, low=None, high=None) if few else point


def build(
    own: ReportData, others: ReportData, unit: Unit, rule: Rule, peers: list[Peer], decimals: int, full: bool
) -> Duty:
    """Return a duty as one unit's page tells it; ``own`` holds the unit's figures, ``others`` those of its peers."""
    key, rule_id = unit.key, rule.rule_id
    whole_year = own.year(key, rule_id) or ABSENT
    year, before = judged(rule, whole_year), own.year_before(key, rule_id)
    now = _in_its_quarter(own, unit, rule, own.quarter) if full else None
    duty = Duty(
        rule=rule,
        norm=word(vocabulary.NORMS, rule.norm),
        party=word(vocabulary.PARTIES, own_party(rule)),
        is_judged=is_judged(unit.level, rule),
        counted=wording.counted(rule, unit.level),
        year=present.shown(year, SMALLEST_COMPARED, decimals),
        before=present.shown(judged(rule, before), SMALLEST_COMPARED, decimals) if before else None,
        now=present.shown(judged(rule, now), SMALLEST_COMPARED, decimals) if now else None,
        sentences=[],
        citizens=present.shown(whole_year, SMALLEST_COMPARED, decimals) if has_own_rate(rule) else None,
    )
    window = own.window(unit.level)
    if window.kind == "year":
        steps = [window.before.before, window.before, window]
    else:
        steps = [Window(window.kind, quarters.shift(window.period, step)) for step in range(1 - SHOWN_QUARTERS, 1)]
    years = [(one, own.figure(key, rule_id, *one)) for one in steps]
    if not full:
        years = [(one, figure) for one, figure in years if figure is not None]
    by_quarter = [
        (Window("quarter", one.period), _in_its_quarter(own, unit, rule, one.period)) for one in steps if full
    ]
    if not any(figure and (figure.due or figure.own_due) for _period, figure in by_quarter + years):
        is_hidden = any(figure and figure.due is None for _period, figure in years)
        duty.empty = f"Tallene er {HIDDEN_IN_WORDS}." if is_hidden else "Ingen frister i de seneste to år."
        return duty
    if not duty.is_judged:
        duty.sentences.append(wording.others_duty_sentence(rule, unit.level))
    elif year.due:
        duty.sentences.append(wording.change_sentence(year, judged(rule, before) if before else None))
        if unit.level != "national":
            nation = others.figure(NATION, rule_id, *window)
            if nation is not None:
                duty.sentences.append(wording.comparison_sentence(year, judged(rule, nation)))
    if has_own_rate(rule):
        duty.sentences.append(wording.citizens_sentence(rule, whole_year, unit.level))
    else:
        duty.sentences.append(wording.not_in_time_sentence(rule, whole_year))
    duty.sentences = [sentence for sentence in duty.sentences if sentence]
    _series(duty, by_quarter, years, decimals, unit)
    if duty.is_judged:
        mine = present.beside_others(year, SMALLEST_COMPARED, decimals)
        duty.comparison = [(wording.unit_name(unit), None, mine)]
        for peer in peers:
            figure = others.figure(peer.unit.key, rule_id, *window)
            if figure is not None and is_judged(peer.unit.level, rule):
                shown = present.beside_others(
                    judged(rule, figure), SMALLEST_COMPARED, others_decimals(others, decimals)
                )
                duty.comparison.append((peer.name, peer.link, shown))
    if full:
        _details(duty, own, unit, rule, whole_year)
    return duty


def _in_its_quarter(own: ReportData, unit: Unit, rule: Rule, quarter: str) -> Figure | None:
    """Return a duty's figure of a quarter, marked as not complete as long as outcomes of it are still to come."""
    figure = own.figure(unit.key, rule.rule_id, "quarter", quarter)
    if figure is None or not is_provisional(rule, quarter, own.run.as_of):
        return figure
    return figure._replace(is_complete=False)


def _provisional(own: ReportData, unit: Unit, rule: Rule) -> str:
    """Return why the newest quarter's figure is provisional, and how much earlier quarters of the duty moved."""
    moved = [row for row in own.revision.get(unit.key, []) if row.rule_id == rule.rule_id]
    return wording.provisional_sentence(
        own.quarter, own.run.as_of, complete_from(rule, own.quarter)
    ) + wording.movement_sentence(rule, moved, own.quarter, own.run.earlier_publications)


def others_decimals(others: ReportData, decimals: int) -> int:
    """Return the digits of the peers' rates: protected figures have whole per cent only."""
    return 0 if others.leading else decimals


def _series(
    duty: Duty,
    by_quarter: list[tuple[Window, Figure | None]],
    years: list[tuple[Window, Figure | None]],
    decimals: int,
    unit: Unit,
) -> None:
    """Add the chart of the last years and the table that says the same, and what the citizens met below it."""
    name = wording.unit_name(unit)
    rolling = "i de rullende fire kvartaler" if any(one.kind == "rolling4" for one, _figure in years) else "i hvert år"
    if by_quarter:
        span = f"i hvert af de seneste {len(by_quarter)} kvartaler med 95 pct.-interval og {rolling}"
    else:
        span = f"{rolling.removeprefix('i de ').replace('rullende', 'i rullende')} med 95 pct.-interval"
    words = f"{duty.rule.title}, {name}: andel til tiden{duty.counted} {span}. Tallene står i tabellen nedenfor."
    told_quarters = [(one, judged(duty.rule, figure)) for one, figure in by_quarter]
    told_years = [(one, judged(duty.rule, figure) if figure else None) for one, figure in years]
    points = [_point(figure, one.period) for one, figure in told_quarters]
    line = [_large_enough(_point(figure, one.period)) for one, figure in told_years]
    if sum(point.rate is not None for point in points or line) >= FEWEST_POINTS:
        duty.chart = charts.series(points, line, words)
    shown_years = [present.shown(figure or ABSENT, SMALLEST_COMPARED, decimals) for _one, figure in told_years]
    all_years = [present.shown(figure or ABSENT, SMALLEST_COMPARED, decimals) for _one, figure in years]
    if by_quarter:
        shown = [present.shown(figure, SMALLEST_COMPARED, decimals) for _one, figure in told_quarters]
        everything = [present.shown(figure or ABSENT, SMALLEST_COMPARED, decimals) for _one, figure in by_quarter]
        duty.headings = [
            quarters.short_name(one.period) + ("" if figure is None or figure.is_complete else " *")
            for one, figure in by_quarter
        ]
        late = [
            (f"{CITIZENS}for sent" if duty.citizens else "For sent", [one.late for one in everything]),
            (f"{CITIZENS}ikke gjort" if duty.citizens else "Ikke gjort", [one.missed for one in everything]),
        ]
    else:
        shown, everything = shown_years, all_years
        duty.headings = [one.words for one, _figure in years]
        late = []
    duty.rows = [
        (f"Forfaldne frister{duty.counted}", [one.due for one in shown]),
        ("Til tiden", [one.met for one in shown]),
        *([] if duty.citizens else late),
        ("Andel til tiden, pct.", [one.rate for one in shown]),
        ("95 pct.-interval, pct.", [one.interval for one in shown]),
    ]
    if by_quarter:
        duty.rows.append(("Rullende fire kvartaler, pct.", [one.rate for one in shown_years]))
    if duty.citizens:
        duty.rows += [
            (f"{CITIZENS}forfaldne", [one.due for one in everything]),
            (f"{CITIZENS}til tiden", [one.met for one in everything]),
            *late,
        ]


def _details(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Add what only full figures can tell: open duties, who was responsible, what lies behind and how sure it is."""
    waiting = own.open_duties.get(unit.key, {}).get(rule.rule_id)
    if waiting is not None:
        duty.soon, duty.overdue = waiting.due_within_60_days, waiting.overdue
    if year.due is None or year.met is None or year.late is None or year.missed is None:
        return
    if year.late + year.missed:
        split = (
            ("kriminalforsorgen", year.by_prison_service),
            ("kommune", year.by_municipality),
            ("dato_flyttet", year.by_moved_date),
            ("kort_tid", year.by_short_time),
        )
        duty.parties = [(word(vocabulary.PARTIES, party), number(count)) for party, count in split if count]
    _doubts(duty, own, unit, rule, year)
    broken_down = own.breakdown.get(unit.key, {}).get(rule.rule_id, [])
    _apart(duty, own, unit, rule, year)
    _deadlines_apart(duty, rule, year, broken_down)
    # An own rate has left out already what could not be reached.
    if "short_notice_days" in rule.parameters and not has_own_rate(rule) and year.short_notice_due:
        _short_notice(duty, own, unit, rule, year)
    if duty.now is not None and not duty.now.is_complete:
        duty.provisional = _provisional(own, unit, rule)
    for dimension, title in vocabulary.RATE_DIMENSIONS.items():
        rows = [
            _split_row(own, rule, dimension, row)
            for row in broken_down
            if row.dimension == dimension and (row.own_due if has_own_rate(rule) else row.due)
        ]
        if rows:
            duty.splits.append((capital(title), sorted(rows, key=lambda row: sort_key(row[0]))))
    for dimension, title in vocabulary.COUNT_DIMENSIONS.items():
        counts = [
            (split_value(own, rule.rule_id, dimension, row.value), number(row.late), number(row.missed))
            for row in broken_down
            if row.dimension == dimension
        ]
        if counts:
            duty.causes.append((capital(title), counts))


def _short_notice(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Show the duties that were known too shortly before they fell due apart from the rest."""
    assert year.due is not None and year.met is not None
    days = json.loads(rule.parameters)["short_notice_days"]
    duty.notes.append(
        f"{number(year.short_notice_due)} af {number(year.due)} {'frist' if year.due == 1 else 'frister'} blev først "
        f"kendt mindre end {number(days)} dage, før de udløb (kort varsel). De tæller med i andelen."
    )
    rows = own.breakdown.get(unit.key, {}).get(rule.rule_id, [])
    apart = {row.value: row for row in rows if row.dimension == "notice"}
    if "short" in apart:
        titles = {kind: word(vocabulary.NOTICE, kind) for kind in vocabulary.NOTICE}
        duty.two_rates = duty.two_rates or [_rate_row("Alle frister", year.met, year.due)]
        duty.two_rates += [
            _rate_row(title, apart[kind].met, apart[kind].due) for kind, title in titles.items() if kind in apart
        ]


def _apart(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Tell what was done in time but after the person had left, and for how many the duty was not possible."""
    assert year.met is not None
    if year.met_after_release:
        duty.notes.append(
            f"Ved {number(year.met_after_release)} af de {number(year.met)} til tiden skete det efter løsladelsen. "
            "Det er i tide efter fristen, men personen var ude."
        )
    impossible = own.not_possible.get(unit.key, {}).get(rule.rule_id, 0)
    if impossible:
        duty.notes.append(
            f"Ved {number(impossible)} løsladelser var straffen kortere end varslet, så pligten ikke var mulig. "
            "De tæller ikke med."
        )


def _deadlines_apart(duty: Duty, rule: Rule, year: Figure, broken_down: list[BreakdownRow]) -> None:
    """Show the two deadlines of a duty apart, with the sentence of the order behind each on the method page."""
    assert year.due is not None and year.met is not None
    rows = [row for row in broken_down if row.dimension == "deadline" and row.due]
    if rows:
        duty.two_rates = [_rate_row("Alle frister", year.met, year.due)]
        for row in sorted(rows, key=lambda row: str(row.value)):
            name = capital(reason_words(rule.rule_id, str(row.value)).word)
            duty.two_rates.append(_rate_row(name, row.met, row.due))


def _rate_row(title: str, met: int, due: int) -> tuple[str, str, str, str]:
    rate = (
        f"{present.share(met / due)} ({present.interval(*statistics.wilson(met, due))})" if due else vocabulary.NOTHING
    )
    return title, number(due), number(met), rate


def split_value(own: ReportData, rule_id: str, dimension: str, value: str | None) -> str:
    """Return the words for a value that a duty's figures are split by."""
    if dimension == "institution":
        known = own.units.get(("institution", value)) if value else None
        return known.name if known else word({}, value)
    if dimension == "channel" and not value:
        return capital(vocabulary.NO_CHANNEL)
    if dimension in ("reason", "deadline"):
        return capital(reason_words(rule_id, value).word) if value else vocabulary.NOT_STATED
    return word(vocabulary.SPLIT_WORDS[dimension], value)


def _split_row(own: ReportData, rule: Rule, dimension: str, row: BreakdownRow) -> tuple[str, present.Shown]:
    due, met = (row.own_due, row.own_met) if has_own_rate(rule) else (row.due, row.met)
    figure = Figure(due, met, None, None, met / due, *statistics.wilson(met, due))
    return split_value(own, rule.rule_id, dimension, row.value), present.shown(figure, SMALLEST_COMPARED)


def _doubts(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Add the bounds that undeterminable cases leave open, and the duties known only shortly before they fell due."""
    assert year.due is not None and year.met is not None
    rows = own.undeterminable.get(unit.key, {}).get(rule.rule_id, [])
    missing = sum(row.cases for row in rows)
    if missing:
        own_year = judged(rule, year)
        bounds = statistics.bounds(own_year.met or 0, own_year.due or 0, missing)
        assert bounds is not None
        duty.quality = wording.quality_label(missing, year.due)[0]
        reasons = ", ".join(f"{reason_words(rule.rule_id, row.reason).word}: {number(row.cases)}" for row in rows)
        duty.notes.append(wording.bounds_sentence(missing, reasons, *bounds))

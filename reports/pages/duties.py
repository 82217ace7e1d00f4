"""One duty on one unit's page: everything the reader is told about it, ready to be written.

Belongs here: choosing a duty's figures and putting them in words and tables. Does not belong here: the page around it
(``unit_pages``), the statistics and the sentences themselves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipelines import quarters as periods
from pipelines import vocabulary
from pipelines.danish import number, percent, sort_key
from pipelines.rules.documentation import reason_words
from pipelines.vocabulary import capital, word
from reports.charts import charts
from reports.charts.charts import Chart, Point
from reports.figures import statistics
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.statistics import SMALLEST_COMPARED
from reports.words import present, wording
from reports.words.topics import by_topic

SHOWN_QUARTERS = 8
# Duties where another party can be the cause of lateness; the rate without that stands beside the plain one.
OTHERS_CAN_CAUSE = ("aid_decided", "aid_paid")
SHORT_NOTICE = ("contact_sentence", "release_meeting_called")


@dataclass
class Duty:
    """What the template reads."""

    rule: Rule
    norm: str
    party: str
    year: present.Shown
    before: present.Shown | None
    now: present.Shown | None
    sentences: list[str]
    chart: Chart | None = None
    headings: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    comparison: list[tuple[str, str | None, present.Shown]] = field(default_factory=list)
    parties: list[tuple[str, str]] = field(default_factory=list)
    two_rates: list[tuple[str, str, str, str]] = field(default_factory=list)
    splits: list[tuple[str, list[tuple[str, present.Shown]]]] = field(default_factory=list)
    causes: list[tuple[str, list[tuple[str, str, str]]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    soon: int | None = None
    overdue: int | None = None
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
def _point(figure: Figure | None, kind: str, period: str) -> Point:
    label = f"{period[-1]}. kvt. {period[2:4]}"
    name = periods.name(kind, period)
    if figure is None:
        return Point(label, name, None, None, None, None, None, True)
    return Point(label, name, figure.met, figure.due, figure.rate, figure.low, figure.high, figure.is_complete)


def build(
    own: ReportData, others: ReportData, unit: Unit, rule: Rule, peers: list[Peer], decimals: int, full: bool
) -> Duty:
    """Return a duty as one unit's page tells it; ``own`` holds the unit's figures, ``others`` those of its peers."""
    quarter = own.quarter
    key, rule_id = unit.key, rule.rule_id
    absent = Figure(0, 0, 0, 0, None, None, None)
    year = own.figure(key, rule_id, "rolling4", quarter) or absent
    before = own.figure(key, rule_id, "rolling4", periods.shift(quarter, -4))
    now = own.figure(key, rule_id, "quarter", quarter) if full else None
    nation = next((peer for peer in peers if peer.unit.level == "national"), None)
    duty = Duty(
        rule=rule,
        norm=word(vocabulary.NORMS, rule.norm),
        party=word(vocabulary.PARTIES, wording.breach_party(rule)),
        year=present.shown(year, SMALLEST_COMPARED, decimals),
        before=present.shown(before, SMALLEST_COMPARED, decimals) if before else None,
        now=present.shown(now, SMALLEST_COMPARED, decimals) if now else None,
        sentences=[],
    )
    window = [periods.shift(quarter, step) for step in range(1 - SHOWN_QUARTERS, 1)]
    rolling = [(period, own.figure(key, rule_id, "rolling4", period)) for period in window]
    if not full:
        rolling = [(period, figure) for period, figure in rolling if figure is not None]
    quarters = [(period, own.figure(key, rule_id, "quarter", period)) for period in window] if full else []
    if not any(figure and figure.due for _period, figure in quarters + rolling):
        is_hidden = any(figure and figure.due is None for _period, figure in rolling)
        duty.empty = f"Tallene er {vocabulary.HIDDEN_IN_WORDS}." if is_hidden else "Ingen frister i de seneste to år."
        return duty
    if year.due:
        duty.sentences.append(wording.change_sentence(year, before))
        if nation is not None:
            whole = others.figure(nation.unit.key, rule_id, "rolling4", quarter)
            if whole is not None:
                duty.sentences.append(wording.comparison_sentence(year, whole))
            if rule_id in OTHERS_CAN_CAUSE:
                duty.sentences.append(wording.others_too_sentence(rule))
    duty.sentences.append(wording.not_in_time_sentence(rule, year))
    duty.sentences = [sentence for sentence in duty.sentences if sentence]
    _series(duty, quarters, rolling, decimals, unit)
    duty.comparison = [(wording.unit_name(unit), None, duty.year)]
    for peer in peers:
        figure = others.figure(peer.unit.key, rule_id, "rolling4", quarter)
        if figure is not None:
            duty.comparison.append(
                (peer.name, peer.link, present.shown(figure, SMALLEST_COMPARED, others_decimals(others, decimals)))
            )
    if full:
        _details(duty, own, unit, rule, year)
    return duty


def others_decimals(others: ReportData, decimals: int) -> int:
    """Return the digits of the peers' rates: protected figures have whole per cent only."""
    return 0 if others.leading else decimals


def _series(
    duty: Duty,
    quarters: list[tuple[str, Figure | None]],
    rolling: list[tuple[str, Figure | None]],
    decimals: int,
    unit: Unit,
) -> None:
    """Add the chart of the last two years and the table that says the same."""
    name = wording.unit_name(unit)
    if quarters:
        words = (
            f"{duty.rule.title}, {name}: andel til tiden i hvert af de seneste {len(quarters)} kvartaler med "
            "95 pct.-interval og i de rullende fire kvartaler. Tallene står i tabellen nedenfor."
        )
    else:
        words = (
            f"{duty.rule.title}, {name}: andel til tiden i rullende fire kvartaler med 95 pct.-interval. "
            "Tallene står i tabellen nedenfor."
        )
    duty.chart = charts.series(
        [_point(figure, "quarter", period) for period, figure in quarters],
        [_point(figure, "rolling4", period) for period, figure in rolling],
        words,
    )
    empty = Figure(0, 0, 0, 0, None, None, None)
    shown_rolling = [present.shown(figure or empty, SMALLEST_COMPARED, decimals) for _period, figure in rolling]
    if quarters:
        shown = [present.shown(figure or empty, SMALLEST_COMPARED, decimals) for _period, figure in quarters]
        duty.headings = [
            periods.short_name(period) + ("" if figure is None or figure.is_complete else " *")
            for period, figure in quarters
        ]
        duty.rows = [
            ("Forfaldne frister", [one.due for one in shown]),
            (word(vocabulary.STATUSES, "met"), [one.met for one in shown]),
            (word(vocabulary.STATUSES, "late"), [one.late for one in shown]),
            (word(vocabulary.STATUSES, "missed"), [one.missed for one in shown]),
            ("Andel til tiden, pct.", [one.rate for one in shown]),
            ("95 pct.-interval, pct.", [one.interval for one in shown]),
            ("Rullende fire kvartaler, pct.", [one.rate for one in shown_rolling]),
        ]
    else:
        duty.headings = [periods.rolling_name(period) for period, _figure in rolling]
        duty.rows = [
            ("Forfaldne frister", [one.due for one in shown_rolling]),
            ("Til tiden", [one.met for one in shown_rolling]),
            ("Andel til tiden, pct.", [one.rate for one in shown_rolling]),
            ("95 pct.-interval, pct.", [one.interval for one in shown_rolling]),
        ]


def _details(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Add what only full figures can tell: open duties, who was responsible, what lies behind and how sure it is."""
    waiting = own.open_duties.get(unit.key, {}).get(rule.rule_id)
    if waiting is not None:
        duty.soon, duty.overdue = waiting["due_within_60_days"], waiting["overdue"]
    if year.due is None or year.met is None or year.late is None or year.missed is None:
        return
    if year.late + year.missed:
        split = (
            ("kriminalforsorgen", year.by_prison_service),
            ("kommune", year.by_municipality),
            ("dato_flyttet", year.by_moved_date),
        )
        duty.parties = [(word(vocabulary.PARTIES, party), number(count)) for party, count in split if count]
    if rule.rule_id in OTHERS_CAN_CAUSE and year.due:
        mine = year.by_municipality if wording.breach_party(rule) == "kommune" else year.by_prison_service
        able = year.met + mine
        duty.two_rates = [
            _rate_row("Alle frister", year.met, year.due),
            _rate_row(
                f"Kun dem, hvor {vocabulary.PARTIES[wording.breach_party(rule)]} selv kunne handle",
                year.met,
                able,
            ),
        ]
    _doubts(duty, own, unit, rule, year)
    if rule.rule_id in SHORT_NOTICE and year.short_notice_due:
        _short_notice(duty, own, unit, rule, year)
    broken_down = own.breakdown.get(unit.key, {}).get(rule.rule_id, [])
    for dimension, title in vocabulary.RATE_DIMENSIONS.items():
        rows = [
            _split_row(own, rule.rule_id, dimension, row)
            for row in broken_down
            if row["dimension"] == dimension and row["due"]
        ]
        if rows:
            duty.splits.append((capital(title), sorted(rows, key=lambda row: sort_key(row[0]))))
    for dimension, title in vocabulary.COUNT_DIMENSIONS.items():
        counts = [
            (split_value(own, rule.rule_id, dimension, row["value"]), number(row["late"]), number(row["missed"]))
            for row in broken_down
            if row["dimension"] == dimension
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
    apart = {row["value"]: row for row in rows if row["dimension"] == "notice"}
    if "short" in apart:
        titles = {kind: word(vocabulary.NOTICE, kind) for kind in vocabulary.NOTICE}
        duty.two_rates = [_rate_row("Alle frister", year.met, year.due)] + [
            _rate_row(title, apart[kind]["met"], apart[kind]["due"]) for kind, title in titles.items() if kind in apart
        ]


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
    if dimension == "reason":
        return capital(reason_words(rule_id, value).word) if value else vocabulary.NOT_STATED
    return word(vocabulary.SPLIT_WORDS[dimension], value)


def _split_row(own: ReportData, rule_id: str, dimension: str, row: dict[str, Any]) -> tuple[str, present.Shown]:
    met, due = row["met"], row["due"]
    return split_value(own, rule_id, dimension, row["value"]), present.shown(
        Figure(due, met, row["late"], row["missed"], met / due, *statistics.wilson(met, due)), SMALLEST_COMPARED
    )


def _doubts(duty: Duty, own: ReportData, unit: Unit, rule: Rule, year: Figure) -> None:
    """Add the bounds that undeterminable cases leave open, and the duties known only shortly before they fell due."""
    assert year.due is not None and year.met is not None
    rows = own.undeterminable.get(unit.key, {}).get(rule.rule_id, [])
    missing = sum(row["count"] for row in rows)
    if missing:
        bounds = statistics.bounds(year.met, year.due, missing)
        assert bounds is not None
        reasons = ", ".join(f"{reason_words(rule.rule_id, row['reason']).word}: {number(row['count'])}" for row in rows)
        cases = "sag kan" if missing == 1 else "sager kan"
        duty.notes.append(
            f"{number(missing)} {cases} ikke afgøres ({reasons}). Uden frist hører de ikke til noget år; alle er "
            f"regnet med her. Andelen ville være {percent(bounds[0], 1)}, hvis ingen af dem blev gjort, og "
            f"{percent(bounds[1], 1)}, hvis de alle var i tide."
        )

"""``english.html``: the shared edition in one page for readers without Danish.

Belongs here: which figures the page has, in English. Does not belong here: English words (``words.english``). The
figures are the nation's protected ones, the same as on the Danish front page.
"""

from __future__ import annotations

from typing import Any

from pipelines.units import NATION
from pipelines.vocabulary import HIDDEN, NOTHING
from reports.editions import Edition
from reports.figures.data import ABSENT, Figure, ReportData
from reports.figures.judged import has_own_rate, judged, own_party
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.duties import rules_of
from reports.pages.page_header import header
from reports.words import english

HEADINGS = ("Duty", "Status", "Whose duty", "Due", "On time", "Share, %", "95% interval")
CITIZENS = "What citizens met: "
ABLE = ", where that party could act"


def english_page(edition: Edition, data: ReportData) -> dict[str, Any]:
    """Return everything the page says."""
    page = header(edition, data, "", "Good release: summary in English")
    rows: list[tuple[str, ...]] = []
    for _anchor, _title, rules in rules_of(data, "national"):
        for rule in rules:
            if rule.restricted or rule.rule_id not in english.TITLES:
                continue
            whole = data.year(NATION, rule.rule_id) or ABSENT
            title = english.TITLES[rule.rule_id]
            norm, party = english.NORMS[rule.norm], english.PARTIES[own_party(rule)]
            is_own = has_own_rate(rule)
            rows.append((f"{title}{ABLE}" if is_own else title, norm, party, *_cells(judged(rule, whole))))
            if is_own:
                rows.append((f"{CITIZENS}{title}", norm, NOTHING, *_cells(whole)))
    return page | {
        "headings": HEADINGS,
        "rows": rows,
        "year": english.span(data.window("national")),
        "as_of_english": english.long_date(data.run.as_of),
        "smallest": SMALLEST_COMPARED,
    }


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    """Return due, met, share and interval, each a number, hidden, or nothing."""
    if figure.due is None or figure.met is None:
        return HIDDEN if figure.due is None else english.number(figure.due), HIDDEN, HIDDEN, HIDDEN
    if figure.rate is None or figure.low is None or figure.high is None:
        return english.number(figure.due), english.number(figure.met), NOTHING, NOTHING
    interval = f"{figure.low * 100:.0f}–{figure.high * 100:.0f}"
    return english.number(figure.due), english.number(figure.met), f"{figure.rate * 100:.0f}", interval

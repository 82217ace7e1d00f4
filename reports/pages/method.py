"""``metode.html``: every definition, generated from the rule catalogue, and how figures are made and to be read.

Belongs here: the page's values. Does not belong here: a rule's own words, which stand in the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from pipelines import vocabulary
from pipelines.danish import number, short_date, sort_key
from pipelines.units import NATION
from pipelines.vocabulary import word
from reports.editions import Edition
from reports.figures.data import ABSENT, ReportData, Rule
from reports.figures.judged import has_own_rate, own_party
from reports.figures.published_rows import RuleRow
from reports.pages.duties import rules_of
from reports.pages.page_header import header
from reports.words.readings import ORDER_SENTENCES, POPULATION, readings, working_day_sentence

PARAMETERS = {
    "days": "dage",
    "years": "år",
    "months": "måneder",
    "short_notice_days": "dage, hvorunder varslet er kort",
    "handling_days": "dage til at behandle ansøgningen",
    "minimum_sentence_days": "dage, som straffen mindst skal være på",
    "last_weekday": "sidste ugedag, der løslades på (1 = mandag)",
    "public_holidays_advance": "helligdage rykker løsladelsen frem",
}


def parameter_words(parameters: str) -> str:
    """Return a rule's numbers in words: ``28 dage, 1 år``."""
    values = json.loads(parameters) if parameters else {}
    parts = []
    for name, value in values.items():
        meaning = PARAMETERS.get(name, name)
        if isinstance(value, bool):
            parts.append(f"{meaning}: {'ja' if value else 'nej'}")
        elif name == "last_weekday":
            parts.append(f"{meaning}: {value}")
        else:
            parts.append(f"{number(value)} {meaning}")
    return ", ".join(parts) or "ingen"


def version_line(version: RuleRow) -> str:
    """Return when one version of a rule is in force and with which numbers."""
    start, end = version.valid_from, version.valid_to
    since = f"fra {short_date(start)}" if start and start.year > 1900 else ""
    until = f"til {short_date(end)}" if end and end.year < 9000 else ""
    when = " ".join(part for part in (since, until) if part) or "alle sager"
    return f"{when}: {parameter_words(str(version.parameters or ''))}"


def definition(rule: Rule, explanation: Markup | None = None) -> dict[str, Any]:
    """Return one rule as the page tells it."""
    return {
        "rule": rule,
        "norm": word(vocabulary.NORMS, rule.norm),
        "norm_explained": vocabulary.NORMS_EXPLAINED.get(rule.norm, ""),
        "party": word(vocabulary.PARTIES, own_party(rule)),
        "parameters": parameter_words(rule.parameters),
        "versions": [version_line(version) for version in rule.versions],
        "shared": has_own_rate(rule),
        "disclosure": "antal frister og udfald" if rule.disclosure == "outcome" else "antal frister",
        "explanation": explanation,
    }


def method_page(edition: Edition, data: ReportData, explanations: Mapping[str, Markup] | None = None) -> dict[str, Any]:
    """Return everything the page says; ``explanations`` are the rule pages that the build makes, by rule."""
    page = header(edition, data, "", "Metode og definitioner")
    told = explanations or {}
    topics = [
        {"anchor": anchor, "title": title, "rules": [definition(rule, told.get(rule.rule_id)) for rule in rules]}
        for anchor, title, rules in rules_of(data, "national")
    ]
    about_units = [rule for rule in data.rules if not set(rule.case_types) & {"sentence", "supervision"}]
    if about_units:
        ordered = sorted(about_units, key=lambda rule: sort_key(rule.title))
        topics.append(
            {
                "anchor": "samarbejde",
                "title": "Samarbejdet",
                "rules": [definition(rule, told.get(rule.rule_id)) for rule in ordered],
            }
        )
    return page | {
        "topics": topics,
        "readings": readings(data.rules),
        "population": POPULATION,
        "order_sentences": ORDER_SENTENCES,
        "working_day": _working_day(data) if edition.name == "direktorat" else None,
        "target_groups": sorted(vocabulary.TARGET_GROUPS.values()),
    }


def _working_day(data: ReportData) -> str:
    """Return how many late outcomes of the nation's year would be in time if weekends and holidays moved deadlines."""
    rules = [rule for _anchor, _title, group in rules_of(data, "national") for rule in group]
    return working_day_sentence([(rule.title, data.year(NATION, rule.rule_id) or ABSENT) for rule in rules])

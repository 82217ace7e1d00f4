"""The sections about proposed topics: each finding with its evidence, as bars, a course or a count.

Belongs here: showing a finding. Does not belong here: finding it (``proposals``) and its sentences (``wording``).
"""

from __future__ import annotations

from pipelines.danish import number, percent
from pipelines.units import Key
from reports.figures.data import Rule
from reports.figures.judged import is_judged
from reports.figures.standing_out import Finding
from reports.meetings import meeting_words
from reports.meetings.content import (
    BARS,
    COUNT,
    RATIO,
    SHARE,
    PackChart,
    PackColumn,
    PackTable,
    Ratio,
    Section,
    Series,
    on_one_line,
)
from reports.meetings.facts import Facts
from reports.meetings.proposals import OpenTopic, Topics
from reports.meetings.sections import line_section


def unit_names(facts: Facts) -> dict[str, str]:
    """Return the institutions' and municipalities' names by code, harmless in every form."""
    levels = ("institution", "municipality")
    return {unit.code: on_one_line(unit.name) for level in levels for unit in facts.data.units_of(level)}


def topic_sections(facts: Facts, topics: Topics, known: dict[Key, str], source: str) -> list[Section]:
    """Return one section per proposed topic, with its evidence."""
    rules = {rule.rule_id: rule for rule in facts.rules}
    sections = []
    if topics.gap:
        sentences = (meeting_words.gap_sentence(topics.gap, rules, known), meeting_words.certainty_note(topics.gap))
        title = meeting_words.finding_title(topics.gap, rules, known)
        sections.append(
            comparison_section(
                "emne-forskel",
                title,
                topics.gap,
                rules,
                known,
                sentences,
                source,
                ("Andre", "Enheden"),
            )
        )
    if topics.change:
        sentences = (
            meeting_words.change_sentence(topics.change, rules, known),
            meeting_words.certainty_note(topics.change),
        )
        sections.append(_change_section(facts, topics.change, rules, known, sentences, source))
    if topics.urgent:
        sections.append(_urgent_section(facts, topics.urgent, rules, source))
    return sections


def comparison_section(
    key: str,
    title: str,
    topic: Finding,
    rules: dict[str, Rule],
    known: dict[Key, str],
    sentences: tuple[str, ...],
    source: str,
    names: tuple[str, str],
) -> Section:
    """Return a comparison of two counts as two bars and a table."""
    found = topic.found
    rule = rules[found.rule_id]
    pairs = (
        (names[0], found.other),
        (on_one_line(known[found.unit]) if names[1] == "Enheden" else names[1], found.now),
    )
    chart = PackChart(
        BARS,
        SHARE,
        tuple(name for name, _ in pairs),
        (Series("Andel til tiden", tuple(count.rate for _, count in pairs)),),
        f"{rule.title}: {', '.join(f'{name} {percent(count.rate)}' for name, count in pairs)}.",
    )
    columns = (PackColumn("Enhed", wide=True), PackColumn("Til tiden", RATIO))
    rows = tuple((name, Ratio(*count)) for name, count in pairs)
    return Section(
        key,
        title,
        sentences,
        chart,
        PackTable(columns, rows),
        (source,),
        (f"{rule.text} Kilde: {rule.source}",),
        (1,),
    )


def _change_section(
    facts: Facts, topic: Finding, rules: dict[str, Rule], known: dict[Key, str], sentences: tuple[str, ...], source: str
) -> Section:
    rule = rules[topic.found.rule_id]
    wanted = (*facts.span.before.quarters, *facts.span.quarters)
    figures = {
        quarter: (due, met) for quarter, due, met in facts.quarters(topic.found.unit, rule.rule_id, complete=False)
    }
    return line_section(
        "emne-aendring",
        meeting_words.finding_title(topic, rules, known),
        [rule],
        wanted,
        lambda _, quarter: Ratio(*figures.get(quarter, (0, 0))),
        sentences,
        source,
        "Kvartal",
    )


def _urgent_section(facts: Facts, topic: OpenTopic, rules: dict[str, Rule], source: str) -> Section:
    names = unit_names(facts)
    rule = rules[topic.rule_id]
    heading = "Kommune" if is_judged("municipality", rule) else "Institution"
    shown = topic.by_unit[:12]
    categories = tuple(names.get(code, "Ukendt enhed") for code, _ in shown)
    chart = PackChart(
        BARS,
        COUNT,
        categories,
        (Series("Haster", tuple(count for _, count in shown)),),
        f"{rule.title}: pligter, der haster, pr. {heading.lower()}. Tallene står i tabellen.",
    )
    columns = (PackColumn(heading, wide=True), PackColumn("Haster", COUNT))
    rows = tuple((names.get(code, "Ukendt enhed"), count) for code, count in topic.by_unit)
    note = (
        f"I alt {number(topic.open_duties)} åbne pligter under reglen i arbejdslisten. Listen over sager fås med: "
        "god-loesladelse worklist"
    )
    return Section(
        "emne-haster",
        f"{rule.title}: {number(topic.overdue + topic.due_soon)} haster",
        (meeting_words.urgent_sentence(topic, rules, names), note),
        chart,
        PackTable(columns, rows),
        ("Kilde: marts.worklist.", source),
        (f"{rule.text} Kilde: {rule.source}",),
    )

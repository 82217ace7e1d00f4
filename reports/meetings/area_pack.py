"""The area office's own preparation: full figures, for nobody else.

Belongs here: which sections it has and their figures. Does not belong here: what participants see
(``participant_pack``), and any form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines import vocabulary
from pipelines.danish import number
from pipelines.replies.actions import Action
from pipelines.replies.replies import Recorded
from pipelines.units import Key
from reports.figures.data import Rule
from reports.figures.judged import is_judged
from reports.figures.statistics import SMALLEST_COMPARED
from reports.meetings import asking, meeting_words, quality_sections
from reports.meetings.asking_sections import asking_sections, steady_note, steady_sentence
from reports.meetings.content import (
    BARS,
    COUNT,
    DAYS,
    RATIO,
    STACKED,
    Cell,
    Content,
    PackChart,
    PackColumn,
    PackTable,
    Ratio,
    Section,
    Series,
)
from reports.meetings.facts import CooperationStep, Facts
from reports.meetings.proposals import Topics, change_topic, gap_topic, good_practice, urgent_topic
from reports.meetings.sections import (
    CORE,
    definitions,
    line_section,
    meetings_section,
    memory_sections,
    pattern_section,
    rates_section,
    replies_section,
)
from reports.meetings.span import Span
from reports.meetings.topic_sections import topic_sections, unit_names
from reports.words.topics import by_topic

_NO_ACTIONS = "Der er ikke registreret tiltag fra tidligere møder. De registreres med: god-loesladelse meeting actions"
MARKING = "Til tjenstlig brug i områdekontoret. Fulde tal; må ikke vises eller sendes til mødets deltagere."
PARTIES = (
    ("by_prison_service", vocabulary.word(vocabulary.PARTIES, "kriminalforsorgen")),
    ("by_municipality", vocabulary.word(vocabulary.PARTIES, "kommune")),
    ("by_moved_date", vocabulary.word(vocabulary.PARTIES, "dato_flyttet")),
    ("by_short_time", vocabulary.word(vocabulary.PARTIES, "kort_tid")),
)


# The registration again, with a noted reason accepted; a sum holds housing_registered alone.
_JUDGED_TWICE = "housing_registered_or_explained"


@dataclass(frozen=True)
class AreaInputs:
    """Everything the pack is made of."""

    facts: Facts
    actions: Sequence[Action]
    replies: Sequence[Recorded]


def build(inputs: AreaInputs) -> Content:
    """Return the pack of the area office."""
    facts = inputs.facts
    rules = {rule.rule_id: rule for rule in facts.rules}
    known = meeting_words.names(facts.data)
    topics = Topics(
        gap_topic(*facts.gaps()),
        change_topic(*facts.changes()),
        urgent_topic(facts.worklist(), municipal_duties(facts.rules)),
    )
    source = source_line(facts)
    lead = topics.gap.found.rule_id if topics.gap else CORE[0]
    span = facts.span
    sections: list[Section | None] = [_overview(facts, topics, known, source)]
    sections += topic_sections(facts, topics, known, source)
    sections += asking_sections(facts.levels(), facts.gaps()[1], rules, known, source)
    for key, title, group in by_topic(facts.rules):
        shown = [(one.name, counts_of(facts, facts.area_key, one)) for one in (span.before, span)]
        sections.append(rates_section(key, title, group, shown, (), source))
    sections += [
        _responsible(facts, source),
        steps_section(facts.steps, facts.steps_before, facts.span.name, facts.span.before.name),
        _pattern(facts, "municipality", facts.municipalities, rules, lead, source),
        _pattern(facts, "institution", facts.institutions, rules, lead, source),
        _course(
            facts,
            "boligforloeb",
            "Bolig ved løsladelsen",
            ("housing_registered", "housing_registered_or_explained"),
            source,
        ),
        _course(facts, "moedeforloeb", "Løsladelsesmøder", ("release_meeting_called", "release_meeting_held"), source),
        quality_sections.ours(facts, source),
        quality_sections.theirs(facts),
        _practice(facts, rules, known, source),
        *memory_sections(inputs.actions, facts.quarters, rules, known, source, _NO_ACTIONS, facts.data.run.as_of),
        replies_section(inputs.replies, rules, "Kommunernes svar"),
        meetings_section(facts.meetings, name_them=True),
    ]
    run = facts.data.run
    return Content(
        f"Samarbejdsmøde, Kriminalforsorgen {facts.area}",
        f"Områdekontorets forberedelse: {span.name}",
        MARKING,
        run.as_of,
        run.is_synthetic,
        tuple(section for section in sections if section is not None),
        definitions(facts.rules),
    )


def counted_once(rules: Sequence[Rule]) -> list[Rule]:
    """Return the duties that a sum is made of: a housing registration is one duty, though two rules judge it."""
    return [rule for rule in rules if rule.rule_id != _JUDGED_TWICE]


def municipal_duties(rules: Sequence[Rule]) -> frozenset[str]:
    """Return the duties that are the municipalities' own."""
    return frozenset(rule.rule_id for rule in rules if is_judged("municipality", rule))


def source_line(facts: Facts) -> str:
    """Return where full figures come from."""
    run = facts.data.run
    return (
        f"Kilde: datavarehuset (marts.fct_compliance), leverance {run.batch_id}, opgjort {run.as_of:%d-%m-%Y}. "
        "Fulde tal. "
        "Andel = til tiden / forfaldne; hvor andre kan være årsag til forsinkelsen, kun de frister, pligtens part "
        "kunne nå."
    )


def counts_of(facts: Facts, key: Key, span: Span) -> Callable[[Rule], Ratio]:
    """Return what gives a unit's counts under a rule in a span."""

    def counts(rule: Rule) -> Ratio:
        return Ratio(*facts.tally(key, rule.rule_id, span).in_time)

    return counts


def _overview(facts: Facts, topics: Topics, known: dict[Key, str], source: str) -> Section:
    rules = {rule.rule_id: rule for rule in facts.rules}
    lines = []
    if topics.gap:
        lines.append(f"Forskel. {meeting_words.gap_sentence(topics.gap, rules, known)}")
    if topics.change:
        lines.append(f"Ændring. {meeting_words.change_sentence(topics.change, rules, known)}")
    if topics.urgent:
        lines.append(f"Haster. {meeting_words.urgent_sentence(topics.urgent, rules, unit_names(facts))}")
    if not topics.gap and not topics.change:
        lines.insert(0, meeting_words.NO_TOPIC)
    rows: list[tuple[Cell, ...]] = []
    for name, span in (("Før", facts.span.before), ("Nu", facts.span)):
        tallies = [facts.tally(facts.area_key, rule.rule_id, span) for rule in counted_once(facts.rules)]
        rows.append(
            (
                f"{name}: {span.name}",
                sum(one.due for one in tallies),
                sum(one.late for one in tallies),
                sum(one.missed for one in tallies),
            )
        )
    columns = (
        PackColumn("Periode", wide=True),
        PackColumn("Forfaldne pligter", COUNT),
        PackColumn("For sent", COUNT),
        PackColumn(vocabulary.word(vocabulary.STATUSES, "missed"), COUNT),
    )
    return Section("overblik", "Forslag til emner", tuple(lines), None, PackTable(columns, tuple(rows)), (source,))


def _responsible(facts: Facts, source: str) -> Section:
    rows: list[tuple[Cell, ...]] = []
    sums: dict[str, list[int]] = {name: [] for _, name in PARTIES}
    total = dict.fromkeys(sums, 0)
    categories = []
    due = 0
    for rule in facts.rules:
        now = facts.tally(facts.area_key, rule.rule_id, facts.span)
        before = facts.tally(facts.area_key, rule.rule_id, facts.span.before)
        if now.late + now.missed + before.late + before.missed:
            rows.append(
                (
                    rule.title,
                    *(value for field, _ in PARTIES for value in (getattr(before, field), getattr(now, field))),
                )
            )
    for _, title, group in by_topic(facts.rules):
        for when, span in (("før", facts.span.before), ("nu", facts.span)):
            tallies = [facts.tally(facts.area_key, rule.rule_id, span) for rule in counted_once(group)]
            due += sum(one.due for one in tallies) if span == facts.span else 0
            categories.append(f"{title}, {when}")
            for field, name in PARTIES:
                sums[name].append(sum(getattr(one, field) for one in tallies))
                total[name] += sums[name][-1] if span == facts.span else 0
    series = tuple(Series(name, tuple(sums[name])) for _, name in PARTIES)
    prison_service, municipalities, moved, short = total.values()
    sentence = (
        f"Af {number(due)} forfaldne pligter i {facts.span.name} var {number(sum(total.values()))} ikke til "
        f"tiden. Kriminalforsorgen var ansvarlig for {number(prison_service)} af dem og kommunerne for "
        f"{number(municipalities)}."
    )
    if moved:
        sentence += (
            f" For {number(moved)} var grunden, at løsladelsesdatoen blev flyttet, og ingen af dem er ansvarlig."
        )
    if short:
        sentence += f" For {number(short)} var straffen for kort til at nå det, og ingen af dem er ansvarlig."
    columns = [PackColumn("Pligt", wide=True)]
    for _, name in PARTIES:
        columns += [PackColumn(f"{name}, før", COUNT), PackColumn(f"{name}, nu", COUNT)]
    chart = PackChart(
        STACKED,
        COUNT,
        tuple(categories),
        series,
        f"Pligter, der ikke blev opfyldt til tiden, efter emne og ansvarlig part, før ({facts.span.before.name}) og nu "
        f"({facts.span.name}). Tallene for hver pligt står i tabellen.",
    )
    return Section(
        "ansvar",
        "Hvem havde ansvaret, når det ikke skete til tiden?",
        (sentence,),
        chart,
        PackTable(tuple(columns), tuple(rows)),
        (source,),
        ("Ansvarlig er den part, hvis trin var for sent; for engangshjælp afgøres det sag for sag.",),
    )


def steps_section(
    steps: Sequence[CooperationStep], before: Sequence[CooperationStep], name: str, name_before: str
) -> Section:
    """Return where the time goes between the two authorities: the middle case's days at each step."""
    known = [days for days in map(_drawn_days, (*steps, *before)) if days is not None]
    series = (Series(name_before, tuple(map(_drawn_days, before))), Series(name, tuple(map(_drawn_days, steps))))
    words = "Dage i den midterste sag for hvert trin, før og nu. Tallene står i tabellen."
    chart = PackChart(BARS, DAYS, tuple(step.name for step in steps), series, words) if known else None
    columns = (
        PackColumn("Trin", wide=True),
        PackColumn("Hos"),
        PackColumn("Sager før", COUNT),
        PackColumn("Midterste sag før, dage", DAYS),
        PackColumn("Sager nu", COUNT),
        PackColumn("Midterste sag nu, dage", DAYS),
        PackColumn("Én af ti tog længere end, dage", DAYS),
    )
    rows = tuple(
        (
            now.name,
            vocabulary.word(vocabulary.PARTIES, now.party),
            past.cases,
            past.median,
            now.cases,
            now.median,
            now.ninetieth,
        )
        for now, past in zip(steps, before)
    )
    return Section(
        "tid",
        "Hvor går tiden mellem de to myndigheder?",
        ("Dage i den midterste sag for hvert trin, som blev afsluttet i perioden.",),
        chart,
        PackTable(columns, rows),
        ("Kilde: sagernes datoer i datavarehuset (marts.fct_rule_outcome, staging.stg_aid_applications).",),
        (
            "Trin, der er afsluttet i perioden, for de deltagende kommuner; trin, der ikke er afsluttet, er ikke med. "
            "Under fem sager vises ingen dage.",
        ),
        (2, 4),
    )


def _drawn_days(step: CooperationStep) -> float | None:
    """Return a step's days as a bar; none on so few cases that its length would mean nothing: the table has them."""
    return step.median if step.cases >= SMALLEST_COMPARED else None


def _pattern(
    facts: Facts, level: str, codes: Sequence[str], rules: dict[str, Rule], lead: str, source: str
) -> Section | None:
    core = [rules[rule_id] for rule_id in dict.fromkeys((lead, *CORE)) if rule_id in rules]
    if level == "institution":  # a municipality's duty is not the institutions', whoever's prisoner it was
        core = [rule for rule in core if is_judged("institution", rule)]
    if not codes or not core:
        return None
    known = meeting_words.names(facts.data)
    heading, what = ("Kommune", "kommunerne") if level == "municipality" else ("Institution", "institutionerne")
    return pattern_section(
        f"moenster-{level}",
        f"Mønstre mellem {what}",
        heading,
        [(known[level, code], (level, code)) for code in codes],
        core,
        lambda key, rule: counts_of(facts, key, facts.span)(rule),
        facts.span.name,
        source,
    )


def _course(facts: Facts, key: str, title: str, rule_ids: Sequence[str], source: str) -> Section:
    rules = [rule for rule in facts.rules if rule.rule_id in rule_ids]
    quarters = (*facts.span.before.quarters, *facts.span.quarters)

    def counts(rule: Rule, quarter: str) -> Ratio:
        found = facts.data.figure(facts.area_key, rule.rule_id, "quarter", quarter)
        return Ratio(found.own_due, found.own_met) if found else Ratio(None, None)

    sentences = [
        meeting_words.course_sentence(
            rule, *(facts.tally(facts.area_key, rule.rule_id, span).in_time for span in (facts.span.before, facts.span))
        )
        for rule in rules
    ]
    return line_section(key, title, rules, quarters, counts, sentences, source, "Kvartal")


def _practice(facts: Facts, rules: dict[str, Rule], known: dict[Key, str], source: str) -> Section:
    found = good_practice(facts.changes_of([("municipality", code) for code in facts.municipalities]))
    sentences = [meeting_words.practice_sentence(topic, rules, known) for topic in found[:6]]
    steady = asking.steadily_high(facts.gaps()[1], facts.gaps(facts.span.before)[1])
    sentences += [steady_sentence(topic, rules, known, facts.mailboxes) for topic in steady[:6]]
    if not found and not steady:
        sentences = [
            "Ingen kommune er gået frem eller ligger højt mere, end tilfældigheder kan give. Det siger intet om, at "
            "arbejdet er uden virkning."
        ]
    columns = (
        PackColumn("Kommune", wide=True),
        PackColumn("Pligt", wide=True),
        PackColumn("Før", RATIO),
        PackColumn("Nu", RATIO),
    )
    rows = tuple(
        (known[one.found.unit], rules[one.found.rule_id].title, Ratio(*one.found.other), Ratio(*one.found.now))
        for one in found
    )
    table = PackTable(columns, rows) if rows else None
    return Section(
        "god-praksis",
        "God praksis: hvem kan vi spørge?",
        tuple(sentences),
        None,
        table,
        (source, meeting_words.practice_note(), steady_note()),
    )

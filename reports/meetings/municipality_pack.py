"""One municipality's own page: its figures in full, for it alone, beside published figures of its area and the nation.

Belongs here: which sections it has. Does not belong here: any full figure of another unit. The functions get what
``ReportData.only`` lets through, so that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import quarters, vocabulary
from pipelines.danish import number
from pipelines.replies.actions import Action
from pipelines.replies.replies import Recorded
from pipelines.units import NATION
from reports.figures.data import Rule, Unit
from reports.figures.judged import judged
from reports.meetings.area_pack import PARTIES, counts_of, steps_section
from reports.meetings.calendar_file import NextMeeting
from reports.meetings.content import COUNT, RATIO, Cell, Content, PackColumn, PackTable, Ratio, Section
from reports.meetings.facts import CooperationStep, Facts
from reports.meetings.published_figures import PublishedFigures
from reports.meetings.sections import definitions, memory_sections, rates_section, replies_section
from reports.words.topics import by_topic
from reports.words.wording import unit_name

_NO_ACTIONS = "Der er ikke registreret tiltag med kommunen fra tidligere møder."


@dataclass(frozen=True)
class MunicipalityInputs:
    """Everything one municipality's page is made of; ``facts.data`` holds no other unit's figures."""

    unit: Unit
    facts: Facts
    steps: tuple[CooperationStep, ...]
    steps_before: tuple[CooperationStep, ...]
    published: PublishedFigures
    actions: Sequence[Action]
    replies: Sequence[Recorded]
    meeting: NextMeeting | None


def build(inputs: MunicipalityInputs) -> Content:
    """Return the page of one municipality."""
    unit, facts = inputs.unit, inputs.facts
    name = unit_name(unit)
    span, run = facts.span, facts.data.run
    rules = {rule.rule_id: rule for rule in facts.rules}
    source = (
        f"Kilde: datavarehuset, leverance {run.batch_id}, opgjort {run.as_of:%d-%m-%Y}. Fulde tal for {name}. "
        "Andel = til tiden / forfaldne; hvor andre kan være årsag til forsinkelsen, kun de frister, pligtens part "
        "kunne nå."
    )
    sections = [_overview(inputs, name, source)]
    for key, title, group in by_topic(facts.rules):
        shown = [(one.name, counts_of(facts, unit.key, one)) for one in (span.before, span)]
        sections.append(rates_section(key, title, group, shown, (), source))
    sections += [
        _beside(inputs, rules),
        _responsible(inputs, source),
        steps_section(inputs.steps, inputs.steps_before, span.name, span.before.name),
        *memory_sections(inputs.actions, facts.quarters, rules, {unit.key: name}, source, _NO_ACTIONS, run.as_of),
        replies_section(inputs.replies, rules, "Kommunens svar"),
    ]
    return Content(
        f"Samarbejdsmøde: {name}",
        f"Kommunens egen side: {span.name}",
        f"Tilhører {name} (kommunekode {unit.code}). Fulde tal; må kun sendes til kommunen selv.",
        run.as_of,
        run.is_synthetic,
        tuple(sections),
        definitions(facts.rules),
    )


def _overview(inputs: MunicipalityInputs, name: str, source: str) -> Section:
    worklist = inputs.facts.worklist()
    overdue = sum(row.days_left < 0 for row in worklist)
    late = len(inputs.facts.data.late_cases)
    lines = [
        f"{name} har {number(len(worklist))} åbne pligter i arbejdslisten, heraf {number(overdue)} overskredne, "
        "som stadig kan opfyldes.",
        f"{number(late)} pligter blev opfyldt for sent eller slet ikke i de seneste fire kvartaler. Skemaet svar.xlsx "
        "har dem alle; kommunen kan svare med en årsag og, hvor den har en anden dato, med sin egen.",
    ]
    if inputs.meeting is not None:
        row = inputs.meeting
        if row.last_meeting is None:
            lines.append("Der er intet samarbejdsmøde registreret med kommunen.")
        elif row.due is not None:
            state = "var senest" if row.is_overdue else "er senest"
            lines.append(f"Seneste samarbejdsmøde: {row.last_meeting:%d-%m-%Y}. Næste {state} {row.due:%d-%m-%Y}.")
    return Section("overblik", "Overblik", tuple(lines), sources=(source,))


def _beside(inputs: MunicipalityInputs, rules: dict[str, Rule]) -> Section:
    """Return the newest year beside what is published of the area and the nation."""
    year = inputs.facts.span.last
    others = [(f"Kriminalforsorgen {inputs.facts.area}", inputs.facts.area_key), ("Hele landet", NATION)]
    columns = [
        PackColumn("Pligt", wide=True),
        PackColumn("Kommunen selv", RATIO),
        *(PackColumn(name, RATIO) for name, _ in others),
    ]
    rows = []
    for rule in rules.values():
        own = inputs.facts.data.figure(inputs.unit.key, rule.rule_id, "rolling4", year)
        published = [inputs.published.figure(key, rule.rule_id, year) for _, key in others]
        counted = judged(rule, own) if own else None
        cells: list[Cell] = [rule.title, Ratio(counted.due, counted.met) if counted else None]
        rows.append((*cells, *(Ratio(*figure) if figure else None for figure in published)))
    text = f"Rullende år til og med {quarters.short_name(year)}. Andres tal er dem, der er udgivet i den delte udgave."
    source = (
        f"Kilde: datavarehuset for kommunen selv; udgivelse {inputs.published.publication_id}, delt udgave, for andre."
    )
    return Section(
        "andre", "Ved siden af området og landet", (text,), None, PackTable(tuple(columns), tuple(rows)), (source,)
    )


def _responsible(inputs: MunicipalityInputs, source: str) -> Section:
    facts = inputs.facts
    rows: list[tuple[Cell, ...]] = []
    for rule in facts.rules:
        now = facts.tally(inputs.unit.key, rule.rule_id, facts.span)
        if now.late + now.missed:
            rows.append((rule.title, now.late, now.missed, *(getattr(now, field) for field, _ in PARTIES)))
    columns = (
        PackColumn("Pligt", wide=True),
        PackColumn("For sent", COUNT),
        PackColumn(vocabulary.word(vocabulary.STATUSES, "missed"), COUNT),
        *(PackColumn(f"Ansvar: {name}", COUNT) for _, name in PARTIES),
    )
    text = (
        "Ansvarlig er den part, hvis trin var for sent; en flyttet løsladelsesdato og en straf, der var for kort, er "
        "ingens."
    )
    return Section(
        "ansvar",
        "Hvem havde ansvaret, når det ikke skete til tiden?",
        (text,),
        None,
        PackTable(columns, tuple(rows)),
        (source,),
    )

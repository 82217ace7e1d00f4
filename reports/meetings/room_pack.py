"""The room version: what is put on the wall at the meeting, of published figures alone.

Belongs here: the order of the meeting: what was agreed last, at most three questions, what is agreed now, what to bring
next time. Does not belong here: the participants' whole material (``participant_pack``), whose figures these are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelines.danish import number, short_date
from pipelines.quarters import short_name
from pipelines.vocabulary import NORMS
from reports.figures.data import Rule
from reports.figures.standing_out import Level
from reports.meetings import asking, meeting_words
from reports.meetings.asking_sections import pooled_section
from reports.meetings.content import (
    BARS,
    RATIO,
    SHARE,
    Cell,
    Content,
    PackChart,
    PackColumn,
    PackTable,
    Ratio,
    Section,
    Series,
)
from reports.meetings.participant_pack import CHANGE, MARKING, ParticipantInputs, agreed_before, topics

MOST_QUESTIONS = 3
# Rows to write in by hand or on the screen.
_BLANK_ROWS = 5
# Asked by where the figure went, or lies: up or above, down or below, and far from kept.
_ASKED_OF_A_RISE = "Spørgsmål til rummet: Hvad gør vi, som virker, og hvordan holder vi fast i det og får flere med?"
_ASKED_OF_A_FALL = (
    "Spørgsmål til rummet: Hvad er blevet sværere hos os hver især, og hvad skal der til, for at det vender?"
)
_ASKED_OF_A_HIGH = (
    "Spørgsmål til rummet: Hvad gør vi her, som andre kan lære af, og hvad skal der til, for at det varer?"
)
_ASKED_OF_A_LOW = "Spørgsmål til rummet: Hvad gør de øvrige, som vi ikke gør, og hvad kan vi begge ændre?"
_ASKED_OF_THE_FARTHEST = (
    "Spørgsmål til rummet: Hvad sker der hos os begge, når det ikke lykkes, og hvad kan vi gøre anderledes?"
)


def build(inputs: ParticipantInputs) -> Content:
    """Return the room version of a meeting."""
    rules = {rule.rule_id: rule for rule in inputs.rules}
    return Content(
        f"Samarbejdsmøde, Kriminalforsorgen {inputs.area}",
        f"Til rummet: {inputs.span.name}",
        MARKING,
        inputs.as_of,
        inputs.is_synthetic,
        (agreed_before(inputs, rules), *questions(inputs, rules), _agreed_today(), _next_time(inputs, rules)),
        (),
    )


def questions(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> list[Section]:
    """Return at most three sections whose titles say what was found, each with its evidence and a question.

    What is more than chance comes first, then the duty farthest from kept and a municipality's own duties together.
    """
    found = [
        (section, _asked(section.key, topic.difference))
        for section, topic in topics(inputs, rules)
        if topic is not None
    ]
    shown = {
        rule.rule_id for rule in rules.values() if any(section.title.startswith(rule.title) for section, _ in found)
    }
    levels = inputs.published.levels(inputs.area_key, inputs.rules, inputs.span.last)
    far = [_far_section(inputs, rules[one.rule_id], one) for one in asking.farthest(levels) if one.rule_id not in shown]
    pooled = pooled_section(inputs.units(), inputs.names, inputs.source)
    found += [(section, _ASKED_OF_THE_FARTHEST) for section in far[:1]]
    found += [(pooled, _ASKED_OF_A_LOW)] if pooled else []
    found += [(section, _ASKED_OF_THE_FARTHEST) for section in far[1:]]
    return [
        replace(section, sentences=(section.sentences[0], question)) for section, question in found[:MOST_QUESTIONS]
    ]


def _asked(key: str, difference: float) -> str:
    """Return the question about a change or a gap, by its direction."""
    if key == CHANGE:
        return _ASKED_OF_A_RISE if difference > 0 else _ASKED_OF_A_FALL
    return _ASKED_OF_A_HIGH if difference > 0 else _ASKED_OF_A_LOW


def _far_section(inputs: ParticipantInputs, rule: Rule, level: Level) -> Section:
    count = level.count
    year = f"året til og med {short_name(inputs.span.last)}"
    chart = PackChart(
        BARS,
        SHARE,
        (rule.title,),
        (Series("Andel til tiden", (count.rate,)),),
        f"{rule.title}: andel til tiden, {year}.",
    )
    rows: tuple[tuple[Cell, ...], ...] = ((rule.title, NORMS[rule.norm], Ratio(*count)),)
    columns = (PackColumn("Pligt", wide=True), PackColumn("Norm"), PackColumn("Til tiden", RATIO))
    return Section(
        f"laengst-{rule.rule_id}",
        f"{rule.title}: holdt i {number(count.met)} af {number(count.due)} sager",
        (f"{meeting_words.ratio(count.met, count.due)} til tiden i {year} ({NORMS[rule.norm]}).",),
        chart,
        PackTable(columns, rows),
        (inputs.source,),
        (f"{rule.text} Kilde: {rule.source}",),
    )


def _agreed_today() -> Section:
    columns = (
        PackColumn("Hvad aftaler vi?", wide=True),
        PackColumn("Hvilken pligt"),
        PackColumn("Hvilken part"),
        PackColumn("Senest"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(("", "", "", "") for _ in range(_BLANK_ROWS))
    text = "Ét tiltag pr. linje: om arbejdet, med en part og en dag. Ingen sager og ingen navne."
    return Section("aftaler", "Det aftaler vi i dag", (text,), None, PackTable(columns, rows))


def _next_time(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> Section:
    lines = [
        f"{rules[one.rule_id].title if one.rule_id in rules else one.rule_id}: status fra den part, der har opgaven, "
        f"senest {short_date(one.by_when)}."
        for one in inputs.actions
        if one.unit == inputs.area_key and one.is_open
    ]
    lines += [
        "Hver kommune: skemaet svar.xlsx med en årsag, hvor trinnet var dens eget, og med datoer, der er forkerte.",
        "Hver kommune og institution: den postkasse eller det telefonnummer, den anden part skal bruge.",
        "Områdekontoret: tallene for det, der blev aftalt i dag.",
    ]
    return Section("naeste-gang", "Det tager vi med næste gang", tuple(lines))

"""The room version: what is put on the wall at the meeting, of released figures alone.

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
from reports.figures.standing_out import NORM_RANK, Level
from reports.meetings import asking, meeting_words
from reports.meetings.content import BARS, RATIO, SHARE, Cell, Chart, Column, Content, Ratio, Section, Series, Table
from reports.meetings.participant_pack import MARKING, Inputs, agreed_before, topics

MOST_QUESTIONS = 3
# Rows to write in by hand or on the screen.
_BLANK_ROWS = 5
_ASKED = "Spørgsmål til rummet: Hvad sker der hos os begge, når det ikke lykkes, og hvad kan vi gøre anderledes?"


def build(inputs: Inputs) -> Content:
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
        is_for_room=True,
    )


def questions(inputs: Inputs, rules: Mapping[str, Rule]) -> list[Section]:
    """Return at most three sections whose titles say what was found, each with its evidence and a question.

    What is more than chance comes first, then the duties farthest from kept.
    """
    found = [section for section in topics(inputs, rules) if section.chart is not None]
    shown = {rule.rule_id for rule in rules.values() if any(section.title.startswith(rule.title) for section in found)}
    far = [one for one in asking.farthest(_levels(inputs, rules)) if one.rule_id not in shown]
    found += [_far_section(inputs, rules[one.rule_id], one) for one in far]
    return [replace(section, sentences=(section.sentences[0], _ASKED)) for section in found[:MOST_QUESTIONS]]


def _levels(inputs: Inputs, rules: Mapping[str, Rule]) -> list[Level]:
    levels = []
    for rule in rules.values():
        count = inputs.released.count(inputs.area_key, rule.rule_id, inputs.span.last)
        if count is not None:
            levels.append(Level(rule.rule_id, count, NORM_RANK.get(rule.norm, len(NORM_RANK))))
    return levels


def _far_section(inputs: Inputs, rule: Rule, level: Level) -> Section:
    count = level.count
    year = f"året til og med {short_name(inputs.span.last)}"
    chart = Chart(
        BARS,
        SHARE,
        (rule.title,),
        (Series("Andel til tiden", (count.rate,)),),
        f"{rule.title}: andel til tiden, {year}.",
    )
    rows: tuple[tuple[Cell, ...], ...] = ((rule.title, NORMS[rule.norm], Ratio(*count)),)
    columns = (Column("Pligt", wide=True), Column("Norm"), Column("Til tiden", RATIO))
    return Section(
        f"laengst-{rule.rule_id}",
        f"{rule.title}: holdt i {number(count.met)} af {number(count.due)} sager",
        (f"{meeting_words.ratio(count.met, count.due)} til tiden i {year} ({NORMS[rule.norm]}).",),
        chart,
        Table(columns, rows),
        (inputs.source,),
        (f"{rule.text} Kilde: {rule.source}",),
    )


def _agreed_today() -> Section:
    columns = (Column("Hvad aftaler vi?", wide=True), Column("Hvilken pligt"), Column("Hvilken part"), Column("Senest"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(("", "", "", "") for _ in range(_BLANK_ROWS))
    text = "Ét tiltag pr. linje: om arbejdet, med en part og en dag. Ingen sager og ingen navne."
    return Section("aftaler", "Det aftaler vi i dag", (text,), None, Table(columns, rows))


def _next_time(inputs: Inputs, rules: Mapping[str, Rule]) -> Section:
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

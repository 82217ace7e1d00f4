"""The participants' common material: published figures alone, for every municipality at the meeting and the police.

Belongs here: which sections it has. Does not belong here: any figure that is not published. The functions here get
``PublishedFigures`` and plain names, never ``Facts``, so that a full figure cannot come in by mistake.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines import quarters as periods
from pipelines.danish import number
from pipelines.replies.actions import Action
from pipelines.units import Key
from reports.figures.data import Rule
from reports.figures.standing_out import Compared, Finding
from reports.meetings import asking, meeting_words
from reports.meetings.asking_sections import asking_sections, steady_note, steady_sentence
from reports.meetings.calendar_file import NextMeeting
from reports.meetings.content import DATE, RATIO, Content, PackColumn, PackTable, Ratio, Section, on_one_line
from reports.meetings.proposals import change_topic, gap_topic, good_practice
from reports.meetings.published_figures import PublishedFigures
from reports.meetings.published_move import Year, published_move
from reports.meetings.sections import (
    CORE,
    definitions,
    line_section,
    meetings_section,
    pattern_section,
    rates_section,
    task,
)
from reports.meetings.span import Span
from reports.meetings.topic_sections import comparison_section
from reports.words.topics import by_topic

MARKING = "Til mødets deltagere. Kun tal, som er udgivet i den delte udgave; de afslører ingen person."
# The steps of the cooperation, each with whose it is; published figures show how often each is in time.
CHAIN = ("contact_sentence", "municipal_response", "aid_applied", "aid_decided", "aid_paid")


@dataclass(frozen=True)
class ParticipantInputs:
    """Everything the material is made of; nothing in it is a full figure of a case."""

    published: PublishedFigures
    area: str
    municipalities: Sequence[str]
    span: Span
    rules: Sequence[Rule]
    names: Mapping[Key, str]
    as_of: datetime.date
    is_synthetic: bool
    actions: Sequence[Action]
    meetings: Sequence[NextMeeting]
    quality: Section
    #: The municipalities' shared mailboxes, by code: whom to ask.
    mailboxes: Mapping[str, str] = field(default_factory=dict)

    @property
    def area_key(self) -> Key:
        """Return the area as figures name it."""
        return "area", self.area

    @property
    def source(self) -> str:
        """Return where the figures come from."""
        return (
            f"Kilde: udgivelse {self.published.publication_id}, delt udgave, rullende fire kvartaler; for kommuner "
            "hele kalenderår. Andel = til tiden / forfaldne; hvor andre kan være årsag til forsinkelsen, kun de "
            "frister, pligtens part kunne nå. Små tal er skjult af hensyn til fortrolighed."
        )

    @property
    def municipal_year(self) -> str:
        """Return the last quarter of the municipalities' newest published year."""
        return self.published.newest_year("municipality", self.span.last) or self.span.last

    def units(self, years_back: int = 0) -> list[Compared]:
        """Return the municipalities beside one another in their newest published year, or so many years before."""
        keys = [("municipality", code) for code in self.municipalities]
        year = periods.shift(self.municipal_year, -4 * years_back)
        return self.published.beside_one_another(keys, self.rules, year)

    def counts(self, key: Key, rule: Rule, year: str) -> Ratio:
        """Return a published rolling year: numbers, hidden, or nothing when it was not published."""
        return Ratio(*(self.published.figure(key, rule.rule_id, year) or (None, None)))


def build(inputs: ParticipantInputs) -> Content:
    """Return the participants' material."""
    span = inputs.span
    ids = [rule.rule_id for rule in inputs.rules]
    rules = {rule.rule_id: rule for rule in inputs.rules}
    years = inputs.published.years(inputs.area_key, ids, (*span.before.years, *span.years))
    sections = [_overview(inputs, rules, years), *(section for section, _ in topics(inputs, rules))]
    levels = inputs.published.levels(inputs.area_key, inputs.rules, span.last)
    sections += asking_sections(levels, inputs.units(), rules, inputs.names, inputs.source)
    for key, title, group in by_topic(inputs.rules):
        shown = [(_year_name(year), _of_year(inputs, year)) for year in years]
        sections.append(rates_section(key, title, group, shown, (), inputs.source))
    sections.append(_chain(inputs, rules, years))
    sections.append(_municipalities(inputs, rules))
    for key, title, chosen in (
        ("boligforloeb", "Bolig ved løsladelsen", ("housing_registered", "housing_registered_or_explained")),
        ("moedeforloeb", "Løsladelsesmøder", ("release_meeting_called", "release_meeting_held")),
    ):
        quarters = inputs.published.years(inputs.area_key, chosen, (*span.before.quarters, *span.quarters))
        sections.append(
            line_section(
                key,
                title,
                [rules[one] for one in chosen if one in rules],
                quarters,
                lambda rule, year: inputs.counts(inputs.area_key, rule, year),
                (),
                inputs.source,
                "Rullende år til og med",
            )
        )
    sections += [
        inputs.quality,
        _practice(inputs, rules),
        agreed_before(inputs, rules),
        meetings_section(inputs.meetings, name_them=False),
    ]
    return Content(
        f"Samarbejdsmøde, Kriminalforsorgen {inputs.area}",
        f"Deltagernes materiale: {span.name}",
        MARKING,
        inputs.as_of,
        inputs.is_synthetic,
        tuple(sections),
        definitions(inputs.rules),
    )


def _of_year(inputs: ParticipantInputs, year: str) -> Callable[[Rule], Ratio]:
    return lambda rule: inputs.counts(inputs.area_key, rule, year)


def _year_name(year: str) -> str:
    return f"året til {periods.short_name(year)}"


def _overview(inputs: ParticipantInputs, rules: Mapping[str, Rule], years: Sequence[str]) -> Section:
    missing = len(inputs.span.before.years) + len(inputs.span.years) - len(years)
    lines = [
        f"Materialet dækker {inputs.span.name} og lige så lang tid før, i rullende år, som er udgivet.",
        "Hver kommune får sin egen side med fulde tal for sig. Om hinanden ser deltagerne kun udgivne tal.",
        "Emner og forskelle nævnes kun, når de er større, end tilfældigheder kan give.",
    ]
    if missing:
        many = "et af de rullende år" if missing == 1 else f"{number(missing)} af de rullende år"
        lines.append(f"{many[0].upper()}{many[1:]} er ikke udgivet og kan derfor ikke vises her.")
    return Section("overblik", "Hvad handler mødet om?", tuple(lines), sources=(inputs.source,))


# The keys of the two topics.
GAP, CHANGE = "emne-forskel", "emne-aendring"


def topics(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> list[tuple[Section, Finding | None]]:
    """Return the topics that the area's published figures can carry, each with its finding; a sentence without one."""
    ids = list(rules)
    known, titled = dict(inputs.names), dict(rules)
    gap = gap_topic(inputs.published.gaps(inputs.area_key, ids, inputs.span), ())
    change = change_topic(inputs.published.changes([inputs.area_key], ids, inputs.span), ())
    sections: list[tuple[Section, Finding | None]] = []
    if gap:
        sentences = (meeting_words.gap_sentence(gap, rules, known), meeting_words.certainty_note(gap))
        title = meeting_words.finding_title(gap, titled, known)
        names = ("Resten af landet", "Enheden")
        section = comparison_section(GAP, title, gap, titled, known, sentences, inputs.source, names)
        sections.append((section, gap))
    if change:
        sentences = (meeting_words.change_sentence(change, rules, known), meeting_words.certainty_note(change))
        title = meeting_words.finding_title(change, titled, known)
        names = ("Før", "Nu")
        section = comparison_section(CHANGE, title, change, titled, known, sentences, inputs.source, names)
        sections.append((section, change))
    if not sections:
        nothing = Section("emner", "Forslag til emner", (meeting_words.NO_TOPIC,), sources=(inputs.source,))
        return [(nothing, None)]
    return sections


def _chain(inputs: ParticipantInputs, rules: Mapping[str, Rule], years: Sequence[str]) -> Section:
    chain = [rules[rule_id] for rule_id in CHAIN if rule_id in rules]
    shown = [(_year_name(year), _of_year(inputs, year)) for year in years[-2:]]
    text = (
        "Hvor ofte hvert trin mellem de to myndigheder sker til tiden. Dage og ansvar pr. sag står kun på egne sider."
    )
    return rates_section("tid", "Hvor går tiden mellem de to myndigheder?", chain, shown, (text,), inputs.source)


def _municipalities(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> Section:
    core = [rules[rule_id] for rule_id in CORE if rule_id in rules]
    units = [(inputs.names["municipality", code], ("municipality", code)) for code in inputs.municipalities]
    year = inputs.municipal_year
    return pattern_section(
        "moenster-municipality",
        "Mønstre mellem kommunerne",
        "Kommune",
        units,
        core,
        lambda key, rule: inputs.counts(key, rule, year),
        _year_name(year),
        inputs.source,
    )


def _practice(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> Section:
    keys = [("municipality", code) for code in inputs.municipalities]
    year = inputs.municipal_year
    span = Span(periods.shift(year, -7), year)
    found = good_practice(inputs.published.changes(keys, list(rules), span))
    steady = asking.steadily_high(inputs.units(), inputs.units(years_back=1))
    lines = [meeting_words.practice_sentence(topic, rules, inputs.names) for topic in found[:6]]
    lines += [steady_sentence(topic, rules, inputs.names, inputs.mailboxes) for topic in steady[:6]]
    text = (
        "Ingen kommune er i de udgivne tal gået frem eller ligger højt mere, end tilfældigheder kan give. Det siger "
        "intet om, at arbejdet er uden virkning."
    )
    return Section(
        "god-praksis",
        "God praksis: hvem kan vi spørge?",
        tuple(lines) or (text,),
        sources=(inputs.source, meeting_words.practice_note(), steady_note()),
    )


def agreed_before(inputs: ParticipantInputs, rules: Mapping[str, Rule]) -> Section:
    """Return what was agreed for the area, and whether its published years moved after the meeting."""
    own = [one for one in inputs.actions if one.unit == inputs.area_key]
    if not own:
        return Section(
            "tiltag", "Hvad aftalte vi sidst?", ("Der er ikke registreret fælles tiltag fra tidligere møder.",)
        )
    columns = (
        PackColumn("Møde", DATE),
        PackColumn("Aftalt", wide=True),
        PackColumn("Hvem, frist og status"),
        PackColumn("Året før mødet", RATIO),
        PackColumn("Seneste år", RATIO),
        PackColumn("Har tallet flyttet sig?", wide=True),
    )
    rows = []
    for one in own:
        before, after = _around(inputs, one)
        title = rules[one.rule_id].title if one.rule_id in rules else one.rule_id
        rows.append(
            (
                one.meeting_date,
                f"{title}: {on_one_line(one.what)}",
                task(one, inputs.as_of),
                Ratio(*before[-1][1:]) if before else None,
                Ratio(*after[-1][1:]) if after else None,
                meeting_words.published_verdict(published_move(before, after)),
            )
        )
    return Section(
        "tiltag",
        "Hvad aftalte vi sidst?",
        (meeting_words.CAVEAT,),
        None,
        PackTable(columns, tuple(rows)),
        (inputs.source, meeting_words.PUBLISHED_METHOD),
    )


def _around(inputs: ParticipantInputs, action: Action) -> tuple[list[Year], list[Year]]:
    """Return the published years before an action's meeting and after it; the one that holds it is in neither.

    Years are taken from the newest one back, so that none overlaps another.
    """
    meeting = periods.quarter_of(action.meeting_date)
    last = inputs.span.last
    years = [
        year
        for year in inputs.published.years_of(action.unit, action.rule_id)
        if year[0] <= last and year[0][-1] == last[-1]
    ]
    return (
        [year for year in years if year[0] < meeting],
        [year for year in years if year[0] >= periods.shift(meeting, 4)],
    )

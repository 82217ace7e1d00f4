"""The sections about what a meeting can ask about: duties far from kept, duties pooled, a list, and whom to ask.

Belongs here: showing and wording what ``asking`` finds in the counts that a pack hands over. Does not belong here:
where those come from (``facts``, ``published_figures``), and the three topics of ``proposals``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.danish import number, percent
from pipelines.units import Key
from pipelines.vocabulary import NORMS
from reports.figures.data import Rule
from reports.figures.standing_out import Compared, Count, Finding, Level
from reports.meetings import asking, meeting_words
from reports.meetings.asking import ASK_LEVEL, POOLED_LEVEL, STEADY_LEVEL, TOLD_GAP, Pooled
from reports.meetings.content import (
    BARS,
    COUNT,
    RATIO,
    SHARE,
    Cell,
    PackChart,
    PackColumn,
    PackTable,
    Ratio,
    Section,
    Series,
)

_MOST_LINES = 12


def asking_sections(
    levels: Sequence[Level],
    units: Sequence[Compared],
    rules: Mapping[str, Rule],
    known: Mapping[Key, str],
    source: str,
) -> list[Section]:
    """Return the duties farthest from kept, duties pooled, and the list worth asking about, those that there are.

    ``levels`` are the area's, ``units`` its units beside the others.
    """
    sections = [
        _farthest(levels, rules, source),
        pooled_section(units, known, source),
        _list(units, rules, known, source),
    ]
    return [section for section in sections if section is not None]


def steady_sentence(
    topic: Finding, rules: Mapping[str, Rule], known: Mapping[Key, str], mailboxes: Mapping[str, str]
) -> str:
    """Return a level that has been high all along, with whom to ask."""
    found = topic.found
    mailbox = mailboxes.get(found.unit[1])
    return (
        f"{known[found.unit]}, {rules[found.rule_id].title.lower()}: højt både før og nu, nu "
        f"{meeting_words.ratio(found.now.met, found.now.due)}. "
        + (f"Spørg dem: {mailbox}." if mailbox else "Spørg dem; de har ingen fælles postkasse i aftalen.")
    )


def steady_note() -> str:
    """Return how sure the steady levels are."""
    return (
        "Et højt niveau er nævnt, når kommunen ligger over de øvrige mere end tilfældigt både før og nu; risikoen for "
        f"blot ét falsk er højst {percent(STEADY_LEVEL)} (eksakte test, Holms metode)."
    )


def _farthest(levels: Sequence[Level], rules: Mapping[str, Rule], source: str) -> Section | None:
    found = asking.farthest(levels)
    if not found:
        return None
    first = found[0]
    title = f"{rules[first.rule_id].title}: holdt i {number(first.count.met)} af {number(first.count.due)}"
    sentences = [
        f"{rules[one.rule_id].title} ({NORMS[rules[one.rule_id].norm]}): {_ratio(one.count)} til tiden."
        for one in found
    ]
    columns = (PackColumn("Pligt", wide=True), PackColumn("Norm"), PackColumn("Til tiden", RATIO))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (rules[one.rule_id].title, NORMS[rules[one.rule_id].norm], Ratio(*one.count)) for one in found
    )
    chart = PackChart(
        BARS,
        SHARE,
        tuple(rules[one.rule_id].title for one in found),
        (Series("Andel til tiden", tuple(one.count.rate for one in found)),),
        "De pligter, der er længst fra at blive holdt. Tallene står i tabellen.",
    )
    note = "Et lovkrav, der holdes i højst halvdelen af sagerne, er altid et emne: et niveau og ingen sammenligning."
    return Section("emne-laengst", title, (*sentences, note), chart, PackTable(columns, rows), (source,))


def pooled_section(units: Sequence[Compared], known: Mapping[Key, str], source: str) -> Section | None:
    """Return the municipality whose own duties together are farthest behind the others', as two bars; or None."""
    topic = asking.pooled_topic(units)
    if topic is None:
        return None
    own = known[topic.unit]
    would = "Med de øvriges andele"
    shares = (topic.met / topic.due, topic.expected / topic.due)
    columns = (
        PackColumn("Egne pligter lagt sammen", wide=True),
        PackColumn("Til tiden", RATIO),
        PackColumn("Til tiden med de øvriges andele", COUNT),
    )
    rows: tuple[tuple[Cell, ...], ...] = ((own, Ratio(topic.due, topic.met), round(topic.expected)),)
    words = f"{own}: egne pligter lagt sammen, {percent(shares[0])} til tiden; {would.lower()} {percent(shares[1])}."
    return Section(
        "emne-samlet",
        _pooled_title(topic, known),
        (_pooled_sentence(topic, known),),
        PackChart(BARS, SHARE, (own, would), (Series("Andel til tiden", shares),), words),
        PackTable(columns, rows),
        (source,),
    )


def _pooled_title(topic: Pooled, known: Mapping[Key, str]) -> str:
    points = number(round(abs(topic.difference) * 100))
    return f"{known[topic.unit]}: egne pligter samlet {points} procentpoint under de øvrige"


def _pooled_sentence(topic: Pooled, known: Mapping[Key, str]) -> str:
    own = meeting_words.ratio(topic.met, topic.due)
    return (
        f"{known[topic.unit]} holdt {own} af sine egne pligter til tiden, lagt sammen over "
        f"{number(topic.duties)} pligter. Med de øvriges andele ville det være {number(round(topic.expected))}. "
        f"Fundet blandt {number(topic.tests)} "
        f"kommuner; risikoen for, at rene tilfældigheder giver det, er højst {percent(POOLED_LEVEL)} (Mantel-Haenszels "
        "test med plads til, at kommuner svinger, og Holms metode)."
    )


def _ratio(count: Count) -> str:
    return meeting_words.ratio(count.met, count.due)


def _list(
    units: Sequence[Compared], rules: Mapping[str, Rule], known: Mapping[Key, str], source: str
) -> Section | None:
    family = [one for one in units if one.is_large_enough]
    if not family:
        return None
    found = asking.worth_asking(units)
    middle = sorted(family, key=lambda one: (one.now.due, one.rule_id, one.unit))[len(family) // 2]
    share = asking.power(middle.now.due, middle.other, len(family), ASK_LEVEL)
    power = (
        f"Den midterste af de {number(len(family))} sammenligninger har {number(middle.now.due)} forfaldne. Et "
        f"efterslæb på {number(TOLD_GAP * 100)} procentpoint i den ville alene være fundet i "
        f"{number(round(share * 100))} af 100 opdigtede verdener: at en enhed ikke står her, "
        "betyder ikke, at der intet er."
    )
    shares = (PackColumn("Enheden", RATIO), PackColumn("De øvrige", RATIO))
    columns = (PackColumn("Enhed", wide=True), PackColumn("Pligt", wide=True), *shares)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (known[one.found.unit], rules[one.found.rule_id].title, Ratio(*one.found.now), Ratio(*one.found.other))
        for one in found[:_MOST_LINES]
    )
    if not found:
        return Section("spoerg", "Ingen enkelt forskel er sikker nok til at spørge til", (power,), sources=(source,))
    many = "forskel" if len(found) == 1 else "forskelle"
    text = f"Af {number(len(found))} linjer er i snit højst {percent(ASK_LEVEL)} falske (Benjamini og Hochberg)."
    return Section(
        "spoerg",
        f"Værd at spørge til: {number(len(found))} {many}",
        (text, power),
        None,
        PackTable(columns, rows),
        (source,),
    )

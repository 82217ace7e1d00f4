"""The sections about what a meeting can ask about: duties far from kept, duties pooled, a list, and whom to ask.

Belongs here: showing and wording what ``asking`` finds. Does not belong here: the three topics of ``proposals``.
"""

from __future__ import annotations

from pipelines.danish import number, percent
from pipelines.units import Key
from pipelines.vocabulary import NORMS
from reports.figures.standing_out import Compared, Count, Finding
from reports.meetings import asking, meeting_words
from reports.meetings.asking import ASK_LEVEL, POOLED_LEVEL, STEADY_LEVEL, TOLD_GAP, Pooled
from reports.meetings.content import BARS, RATIO, SHARE, Cell, Chart, Column, Ratio, Section, Series, Table
from reports.meetings.facts import Facts

_MOST_LINES = 12


def asking_sections(facts: Facts, known: dict[Key, str], source: str) -> list[Section]:
    """Return the duties farthest from kept, duties pooled, and the list worth asking about, those that there are."""
    _, units = facts.gaps()
    sections = [_farthest(facts, source), _pooled(units, known, source), _list(facts, units, known, source)]
    return [section for section in sections if section is not None]


def steady_practice(facts: Facts) -> list[Finding]:
    """Return the municipalities that were above the others by more than chance before and are so now."""
    return asking.steadily_high(facts.gaps()[1], facts.gaps(facts.span.before)[1])


def steady_sentence(topic: Finding, facts: Facts, known: dict[Key, str]) -> str:
    """Return a level that has been high all along, with whom to ask."""
    rules = {rule.rule_id: rule for rule in facts.rules}
    found = topic.found
    mailbox = facts.mailboxes.get(found.unit[1])
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


def _farthest(facts: Facts, source: str) -> Section | None:
    found = asking.farthest(facts.levels())
    if not found:
        return None
    rules = {rule.rule_id: rule for rule in facts.rules}
    first = found[0]
    title = f"{rules[first.rule_id].title}: holdt i {number(first.count.met)} af {number(first.count.due)}"
    sentences = [
        f"{rules[one.rule_id].title} ({NORMS[rules[one.rule_id].norm]}): {_ratio(one.count)} til tiden."
        for one in found
    ]
    columns = (Column("Pligt", wide=True), Column("Norm"), Column("Til tiden", RATIO))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (rules[one.rule_id].title, NORMS[rules[one.rule_id].norm], Ratio(*one.count)) for one in found
    )
    chart = Chart(
        BARS,
        SHARE,
        tuple(rules[one.rule_id].title for one in found),
        (Series("Andel til tiden", tuple(one.count.rate for one in found)),),
        "De pligter, der er længst fra at blive holdt. Tallene står i tabellen.",
    )
    note = "Et lovkrav, der holdes i højst halvdelen af sagerne, er altid et emne: et niveau og ingen sammenligning."
    return Section("emne-laengst", title, (*sentences, note), chart, Table(columns, rows), (source,))


def _pooled(units: list[Compared], known: dict[Key, str], source: str) -> Section | None:
    topic = asking.pooled_topic(units)
    if topic is None:
        return None
    return Section("emne-samlet", _pooled_title(topic, known), (_pooled_sentence(topic, known),), sources=(source,))


def _pooled_title(topic: Pooled, known: dict[Key, str]) -> str:
    points = number(round(abs(topic.difference) * 100))
    return f"{known[topic.unit]}: egne pligter samlet {points} procentpoint under de øvrige"


def _pooled_sentence(topic: Pooled, known: dict[Key, str]) -> str:
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


def _list(facts: Facts, units: list[Compared], known: dict[Key, str], source: str) -> Section | None:
    family = [one for one in units if one.is_large_enough]
    if not family:
        return None
    rules = {rule.rule_id: rule for rule in facts.rules}
    found = asking.worth_asking(units)
    middle = sorted(family, key=lambda one: (one.now.due, one.rule_id, one.unit))[len(family) // 2]
    share = asking.power(middle.now.due, middle.other, len(family), ASK_LEVEL)
    power = (
        f"Den midterste af de {number(len(family))} sammenligninger har {number(middle.now.due)} forfaldne. Et "
        f"efterslæb på {number(TOLD_GAP * 100)} procentpoint i den ville alene være fundet i "
        f"{number(round(share * 100))} af 100 opdigtede verdener: at en enhed ikke står her, "
        "betyder ikke, at der intet er."
    )
    shares = (Column("Enheden", RATIO), Column("De øvrige", RATIO))
    columns = (Column("Enhed", wide=True), Column("Pligt", wide=True), *shares)
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
        Table(columns, rows),
        (source,),
    )

"""Danish sentences made from figures, by rules that tests pin down: never more certain than the numbers allow.

Belongs here: every sentence whose words depend on a figure. Does not belong here: the figures' own choice, page
furniture (templates) and single words for codes (``vocabulary``).

Rules that hold throughout: a share never stands without its numerator and denominator; below 20 due in a period
nothing is compared; a difference is called one only when its 95 % interval leaves out nought; "brud" is said of
statutory duties alone, and of § 25 a only where the municipality was responsible.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from pipelines import vocabulary
from pipelines.danish import long_date, number, percent
from pipelines.quarters import last_day, long_name, short_name
from reports.figures.data import Figure, Rule, Unit
from reports.figures.judged import has_own_rate, own_party
from reports.figures.published_rows import RevisedCounts, RevisionRow
from reports.figures.statistics import SMALLEST_COMPARED, difference_interval, position


def change_sentence(now: Figure, before: Figure | None, *, capital: bool = True) -> str:
    """Return whether the rolling year differs from the one before it."""
    if before is None or before.due is None or before.met is None or now.due is None or now.met is None:
        text = "tallene for året før vises ikke, så udviklingen kan ikke vurderes"
    elif min(now.due, before.due) < SMALLEST_COMPARED:
        text = (
            f"der er for få frister (under {SMALLEST_COMPARED} i mindst et af årene) til at sige, "
            "om det går frem eller tilbage"
        )
    else:
        low, high = difference_interval(now.met, now.due, before.met, before.due)
        past = f"{number(before.met)} af {number(before.due)} ({percent(before.met / before.due)})"
        if low <= 0 <= high:
            text = f"året før var det {past}, og forskellen kan være tilfældig"
        else:
            direction = "fremgang" if low > 0 else "tilbagegang"
            text = f"det er en {direction} fra {past} året før, større end tilfældigheder normalt giver"
    return _closed(text, capital)


def comparison_sentence(now: Figure, nation: Figure, *, capital: bool = True) -> str:
    """Return whether the unit's rolling year is unusual beside the nation's, by exact binomial limits."""
    if now.due is None or now.met is None or nation.due is None or nation.met is None or not nation.due:
        return _closed("tallene kan ikke sammenlignes med hele landets, fordi de ikke alle vises", capital)
    if now.due < SMALLEST_COMPARED:
        text = f"med under {SMALLEST_COMPARED} frister sammenlignes der ikke med hele landet"
        return _closed(text, capital)
    rate = nation.met / nation.due
    place = position(now.met, now.due, rate)
    whole = f"hele landets {percent(rate)}"
    if place == 0:
        text = f"niveauet adskiller sig ikke sikkert fra {whole}"
    else:
        side = "under" if place < 0 else "over"
        doubt = (
            "men en forskel af den størrelse kan stadig være tilfældig"
            if abs(place) == 1
            else "og forskellen er næppe tilfældig"
        )
        text = f"niveauet ligger {side} {whole}, {doubt}"
    return _closed(text, capital)


def _closed(text: str, capital: bool) -> str:
    return ended(f"{text[0].upper()}{text[1:]}") if capital else text


def ended(sentence: str) -> str:
    """Return a sentence with its full stop; one that ends with an abbreviation has it already."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def counted(rule: Rule, level: str) -> str:
    """Return which cases a duty's figures count where that is not all: ``, hvor kommunen kunne nå det``."""
    return f", hvor {actor(rule, level)} kunne nå det" if has_own_rate(rule) else ""


def actor(rule: Rule, level: str) -> str:
    """Return the party whose duty it is, in the number that fits a page: one municipality or many."""
    return actor_of(own_party(rule), level)


def actor_of(party: str, level: str) -> str:
    """Return a party in the number that fits a page."""
    if party == "kriminalforsorgen":
        return "Kriminalforsorgen"
    return "kommunen" if level == "municipality" else "kommunerne"


def others_duty_sentence(rule: Rule, level: str) -> str:
    """Return why a duty of another party is told and not judged on a unit's page."""
    whose = "Kriminalforsorgens" if own_party(rule) == "kriminalforsorgen" else "kommunernes"
    unit = vocabulary.JUDGED_UNITS[level]
    return f"Pligten er {whose}; {unit} bedømmes ikke efter den, og andelen sammenlignes ikke."


def others_duties_sentence(level: str) -> str:
    """Return which of the duties on a unit's page it is judged by; nothing for the nation."""
    if level in ("municipality", "region"):
        who = "Kommunen" if level == "municipality" else "Regionens kommuner"
        return (
            f"{who} bedømmes efter kommunernes egne pligter; Kriminalforsorgens står her uden farve og sammenligning."
        )
    if level in ("area", "institution"):
        who = "Området" if level == "area" else "Institutionen"
        return f"{who} bedømmes efter Kriminalforsorgens pligter; kommunernes står her uden farve og sammenligning."
    return ""


def citizens_sentence(rule: Rule, figure: Figure, level: str) -> str:
    """Return what the citizens met, whoever could act, and what the lateness came of where that is known."""
    if figure.due is None or figure.met is None or not figure.due:
        return ""
    start = f"Det, borgerne mødte: {number(figure.met)} af {number(figure.due)} til tiden"
    behind = figure.due - figure.met
    if not behind or figure.late is None:
        return f"{start}."
    is_municipal = own_party(rule) == "kommune"
    others = [
        (figure.by_prison_service if is_municipal else 0, "at ansøgningen ikke var klar i tide"),
        (figure.by_moved_date, "at løsladelsesdatoen blev flyttet"),
        (figure.by_short_time, "at straffen var for kort til at nå det"),
    ]
    causes = [f"{number(count)}, {words}" for count, words in others if count]
    mine = figure.by_municipality if is_municipal else figure.by_prison_service
    text = f"{start}. "
    if causes and behind == 1:
        text += f"Den ene, der ikke var til tiden, skyldtes, {causes[0].partition(', ')[2]}. "
    elif causes:
        text += f"Af de {number(behind)} andre skyldtes {_listed(causes)}. "
    if not mine:
        which = "den" if behind == 1 else "nogen af dem"
        return f"{text}{actor(rule, level).capitalize()} var ikke årsag til {which}."
    who = actor(rule, level)
    if rule.norm != "statutory":
        return f"{text}{number(mine)} var {who}s egne."
    law = "aktivlovens § 25 a" if "25 a" in rule.source else "lovkravet"
    which = "Kun den ene" if mine == 1 else f"Kun de {number(mine)}"
    return f"{text}{which}, som {who} var ansvarlig for, regnes som brud på {law}."


def shown_sentence(shown: int, duties: int) -> str:
    """Return for how many duties a page of protected figures tells a share, and why not for the others."""
    if not shown:
        return "Siden viser ingen andele: tallene er skjult, eller der er ingen frister."
    if shown == duties:
        return f"Siden viser andelen for alle {number(duties)} pligter."
    left = duties - shown
    rest = "den sidste" if left == 1 else f"de {number(left)} andre"
    return (
        f"Siden viser andelen for {number(shown)} af {number(duties)} pligter; for {rest} er tallene skjult, eller der "
        "er ingen frister."
    )


def bounds_sentence(missing: int, reasons: str, low: float, high: float) -> str:
    """Return how many cases cannot be judged, why, and the shares they leave possible."""
    one = missing == 1
    cases = "1 sag" if one else f"{number(missing)} sager"
    if one:
        worst, best = "den ikke blev gjort", "den blev gjort til tiden"
    else:
        worst, best = "ingen af dem blev gjort", "alle blev gjort til tiden"
    return (
        f"{cases} fra det seneste år kan ikke afgøres ({reasons}). Andelen ville være {percent(low, 1)}, hvis {worst}, "
        f"og {percent(high, 1)}, hvis {best}."
    )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, og {parts[-1]}"


def not_in_time_sentence(rule: Rule, figure: Figure) -> str:
    """Return what the late and missed ones are called: a breach of law only where the law and the party say so."""
    if figure.late is None or figure.missed is None:
        return ""
    behind = figure.late + figure.missed
    if behind == 0:
        return ""
    cases = "sag" if behind == 1 else "sager"
    if rule.norm == "guideline":
        return f"I {number(behind)} {cases} blev anbefalingen ikke fulgt i tide. Det er ikke et brud på loven."
    if rule.norm == "indicator":
        how = f"{number(figure.late)} for sent, {number(figure.missed)} ikke gjort"
        return (
            f"I {number(behind)} {cases} var det ikke gjort inden den dag, der måles på ({how}). "
            "Det er ikke et brud på loven."
        )
    own = figure.by_municipality if own_party(rule) == "kommune" else figure.by_prison_service
    law = "aktivlovens § 25 a" if "25 a" in rule.source else "lovkravet"
    who = "kommunen" if own_party(rule) == "kommune" else "Kriminalforsorgen"
    if own == behind:
        return f"Efter registreringerne blev {law} ikke overholdt i {number(behind)} {cases}; {who} var ansvarlig."
    if own == 0:
        return f"{number(behind)} {cases} blev ikke afsluttet i tide, men ingen af dem regnes som brud på {law}."
    return (
        f"{number(behind)} {cases} blev efter registreringerne ikke afsluttet i tide. Kun de {number(own)}, som {who} "
        f"var ansvarlig for, regnes som brud på {law}."
    )


QUALITY_LEVELS = (
    (0.02, "God", "Under 2 pct. af vurderingerne mangler oplysninger; tallene kan bruges, som de er."),
    (
        0.10,
        "Brugbar med forbehold",
        "2 til 10 pct. af vurderingerne mangler oplysninger; se laveste og højeste mulige andel.",
    ),
    (
        1.01,
        "Usikker",
        "Mere end 10 pct. af vurderingerne mangler oplysninger; tallene kan kun bruges sammen med grænserne.",
    ),
)


def quality_label(undeterminable: int, due: int) -> tuple[str, str]:
    """Return a plain label of how far the figures can be trusted, and what it means."""
    total = undeterminable + due
    if total == 0:
        return "Intet at vurdere", "Der er ingen frister i perioden."
    missing = undeterminable / total
    return next((label, meaning) for limit, label, meaning in QUALITY_LEVELS if missing < limit)


def quality_counts(undeterminable: int, due: int) -> str:
    """Return the counts behind the label, and what they count."""
    return (
        f"{number(undeterminable)} af {number(undeterminable + due)} vurderinger i det seneste år; en sag vurderes "
        "efter flere pligter"
    )


QUARTERS_TOLD = 3


def provisional_sentence(quarter: str, as_of: datetime.date, complete: datetime.date) -> str:
    """Return why a duty's newest quarter is provisional: it is not over, or the releases behind it are to come."""
    start = f"{long_name(quarter)} er foreløbigt: kun frister før {long_date(as_of)} er talt med"
    if complete <= last_day(quarter) + datetime.timedelta(days=1):
        return f"{start}."
    return (
        f"{start}, og løsladelserne, som fristerne regnes fra, kan komme efter kvartalet. Tallet kan først være helt "
        f"{long_date(complete)}."
    )


def provisional_words(quarter: str, notes: Sequence[str]) -> str:
    """Return for how many of the duties shown the newest quarter is provisional; nothing when for none."""
    marked = sum(bool(note) for note in notes)
    if not marked:
        return ""
    if marked == len(notes):
        return f"{long_name(quarter)} er foreløbigt"
    return f"{long_name(quarter)} er foreløbigt for {number(marked)} af {number(len(notes))} pligter"


def movement_sentence(rule: Rule, rows: Sequence[RevisionRow], quarter: str, earlier_publications: int) -> str:
    """Return how a duty's quarters moved between their first and their latest publication, the newest first.

    The figure is the one told under the duty's name. Begins with a space, or is empty when nothing was published
    before.
    """
    if not earlier_publications:
        return ""
    latest = {row.period: row for row in sorted(rows, key=lambda row: row.period) if row.period <= quarter}
    told = []
    for period, row in sorted(latest.items(), reverse=True):
        first, now = (_told(rule, counts) for counts in (row.first_counts, row.counts))
        if first and now and first != now:
            told.append(f"{short_name(period)} fra {first} til {now}")
    if not told:
        return " Ingen kvartaler, der er udgivet før, har ændret sig siden."
    text = f" Siden første udgivelse er ændret: {', '.join(told[:QUARTERS_TOLD])}"
    left = len(told) - QUARTERS_TOLD
    return f"{text}." if left <= 0 else f"{text} og {number(left)} ældre."


def _told(rule: Rule, counts: RevisedCounts) -> str | None:
    """Return the counts of the figure told under a duty's name; None where own ones were not kept."""
    met, due = (counts.own_met, counts.own_due) if has_own_rate(rule) else (counts.met, counts.due)
    return None if met is None or due is None else f"{number(met)} af {number(due)}"


# Two municipalities are not called by their name and "Kommune".
MUNICIPALITY_NAMES = {"101": "Københavns Kommune", "400": "Bornholms Regionskommune"}


def unit_name(unit: Unit) -> str:
    """Return a unit's name as a heading."""
    if unit.level == "municipality":
        return MUNICIPALITY_NAMES.get(unit.code, f"{unit.name} Kommune")
    return unit.name

"""Danish sentences made from figures, by rules that tests pin down: never more certain than the numbers allow.

Belongs here: every sentence whose words depend on a figure. Does not belong here: the figures' own choice, page
furniture (templates) and single words for codes (``labels``).

Rules that hold throughout: a share never stands without its numerator and denominator; below 20 due in a period
nothing is compared; a difference is called one only when its 95 % interval leaves out nought; "brud" is said of
statutory duties alone, and of § 25 a only where the municipality was responsible.
"""

from __future__ import annotations

from pipelines.danish import number, percent
from pipelines.quarters import long_name, rolling_name
from pipelines.rules import documentation
from reports.figures.data import Figure, Rule, Unit
from reports.figures.statistics import SMALLEST_COMPARED, difference_interval, position


def deed(rule: Rule, met: int, due: int, level: str) -> str:
    """Return what was done in how many cases, without its subject's first word capitalised."""
    ratio = f"{number(met)} af {number(due)}"
    pattern = documentation.deed(rule.rule_id)
    if not pattern:
        return f"blev pligten »{rule.title}« opfyldt i tide i {ratio} sager"
    sentence = pattern.format(kommunen="kommunen" if level == "municipality" else "kommunerne", n=ratio)
    if due == 1:
        # "1 af 1 sag": the noun that follows the ratio agrees with it.
        sentence = sentence.replace(f"{ratio} sager", f"{ratio} sag").replace("sager", "sag")
    return sentence


def level_sentence(rule: Rule, quarter: str, now: Figure, year: Figure, level: str) -> str:
    """Return where the unit stands: the quarter's count, and what the rolling year's interval allows one to say."""
    if not year.due or year.met is None:
        return f"I året {rolling_name(quarter)} var der ingen frister, så der er intet at opgøre."
    if now.due and now.met is not None:
        provisional = "" if now.is_complete else " (foreløbigt)"
        start = f"I {long_name(quarter)}{provisional} {deed(rule, now.met, now.due, level)}"
        rest = f"; i det seneste år var det {number(year.met)} af {number(year.due)}"
    else:
        start = f"I det seneste år ({rolling_name(quarter)}) {deed(rule, year.met, year.due, level)}"
        rest = ""
    return ended(f"{start}{rest}, {certainty(year)}")


def certainty(figure: Figure) -> str:
    """Return the share with the range that chance alone leaves open; no share of its own on few cases."""
    assert figure.due and figure.rate is not None and figure.low is not None and figure.high is not None
    span = f"mellem {number(figure.low * 100)} og {percent(figure.high)}"
    if figure.due < SMALLEST_COMPARED:
        return f"og med så få sager kan niveauet ligge hvor som helst {span}"
    return f"svarende til {percent(figure.rate)} (usikkerhed: {span})"


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


def open_sentence(due_soon: int, overdue: int, own: tuple[int, int] | None = None) -> str:
    """Return what is about to go wrong and what already has but can still be done.

    ``own`` are those of the two that are the municipality's own to do; None where the page is nobody's own.
    """
    if not due_soon and not overdue:
        return "Ingen frister udløber inden for 60 dage, og ingen overskredne pligter venter på at blive opfyldt."
    soon = (
        "Ingen frister udløber inden for 60 dage"
        if not due_soon
        else f"{number(due_soon)} {'frist' if due_soon == 1 else 'frister'} udløber inden for 60 dage"
    )
    late = (
        "ingen overskredne pligter venter på at blive opfyldt"
        if not overdue
        else f"{number(overdue)} {'overskredet pligt' if overdue == 1 else 'overskredne pligter'} kan stadig opfyldes"
    )
    if own is None or not due_soon + overdue:
        return f"{soon}, og {late}."
    mine = f"heraf er {number(own[0])} og {number(own[1])}" if due_soon and overdue else f"heraf er {number(sum(own))}"
    return f"{soon}, og {late}; {mine} kommunens egne at opfylde."


def others_too_sentence(rule: Rule) -> str:
    """Return the caution that belongs beside a comparison of a rate that others have a part in."""
    who = "kommunen" if breach_party(rule) == "kommune" else "Kriminalforsorgen"
    return f"Andelen omfatter også forsinkelser, som andre end {who} var årsag til."


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
    own = figure.by_municipality if breach_party(rule) == "kommune" else figure.by_prison_service
    law = "aktivlovens § 25 a" if "25 a" in rule.source else "lovkravet"
    who = "kommunen" if breach_party(rule) == "kommune" else "Kriminalforsorgen"
    if own == behind:
        return f"Efter registreringerne blev {law} ikke overholdt i {number(behind)} {cases}; {who} var ansvarlig."
    if own == 0:
        return f"{number(behind)} {cases} blev ikke afsluttet i tide, men ingen af dem regnes som brud på {law}."
    return (
        f"{number(behind)} {cases} blev efter registreringerne ikke afsluttet i tide. Kun de {number(own)}, som {who} "
        f"var ansvarlig for, regnes som brud på {law}."
    )


def breach_party(rule: Rule) -> str:
    """Return the party whose own lateness is the breach; where the catalogue names several it is the municipality."""
    return rule.party if rule.party in ("kriminalforsorgen", "kommune") else "kommune"


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
        f"{number(undeterminable)} af {number(undeterminable + due)} vurderinger; en sag vurderes efter flere pligter, "
        "og en vurdering uden frist hører ikke til et bestemt år"
    )


# Two municipalities are not called by their name and "Kommune".
MUNICIPALITY_NAMES = {"101": "Københavns Kommune", "400": "Bornholms Regionskommune"}


def unit_name(unit: Unit) -> str:
    """Return a unit's name as a heading."""
    if unit.level == "municipality":
        return MUNICIPALITY_NAMES.get(unit.code, f"{unit.name} Kommune")
    return unit.name

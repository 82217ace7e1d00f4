"""Danish sentences of the packs, made from findings by rules that tests pin down.

Belongs here: every sentence whose words depend on a figure. Does not belong here: single words for codes
(``pipelines.vocabulary``) and findings themselves (``proposals``, ``control_chart``).

No sentence is more certain than its figures: a share stands with its numerator and denominator, a difference with its
interval and with the number of comparisons it was found among, and nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.danish import long_date, number, percent
from pipelines.units import Key
from reports.figures.data import ReportData, Rule
from reports.figures.standing_out import LEVEL, Count, Finding
from reports.meetings import control_chart
from reports.meetings.content import on_one_line
from reports.meetings.control_chart import ControlChart
from reports.meetings.proposals import PRACTICE_LEVEL, URGENT_DAYS, URGENT_DAYS_OVER, OpenTopic
from reports.words.wording import counted, unit_name

CAVEAT = (
    "Små tal svinger meget af sig selv. En flytning efter et møde viser ikke, at tiltaget var årsagen, og en manglende "
    "flytning viser ikke, at det var uden virkning. Er pligten valgt, fordi tallet var lavt, går det ofte op af sig "
    "selv (regression mod gennemsnittet); prøven er sat, så det ikke giver en flytning."
)
NO_TOPIC = "Ingen forskel og ingen ændring er større end det, tilfældigheder kan give. Det er et svar i sig selv."


def names(data: ReportData) -> dict[Key, str]:
    """Return the name of each unit as it stands in a sentence."""
    return {key: on_one_line(unit_name(unit)) for key, unit in data.units.items()}


def ratio(met: int, due: int) -> str:
    """Return ``12 af 15 sager (80 pct.)``."""
    return f"{number(met)} af {number(due)} {'sag' if due == 1 else 'sager'} ({percent(met / due)})"


def finding_title(topic: Finding, rules: Mapping[str, Rule], known: Mapping[Key, str]) -> str:
    """Return a finding as the title of its slide."""
    points = number(round(abs(topic.difference) * 100))
    name, title = known[topic.found.unit], rules[topic.found.rule_id].title
    if topic.kind == "change":
        return f"{title}: {name} er gået {points} procentpoint {'frem' if topic.difference > 0 else 'tilbage'}"
    return f"{title}: {name} ligger {points} procentpoint {'over' if topic.difference > 0 else 'under'} de øvrige"


def gap_sentence(topic: Finding, rules: Mapping[str, Rule], known: Mapping[Key, str]) -> str:
    """Return a gap with its evidence."""
    found = topic.found
    level = found.unit[0]
    rest = "resten af landet" if level == "area" else "resten af området"
    if level == "institution":
        rest = "områdets øvrige institutioner"
    return (
        f"{rules[found.rule_id].title}: {known[found.unit]} havde {ratio(found.now.met, found.now.due)} til tiden"
        f"{counted(rules[found.rule_id], level)}, og {rest} {ratio(found.other.met, found.other.due)}. {_size(topic)}"
    )


def change_sentence(topic: Finding, rules: Mapping[str, Rule], known: Mapping[Key, str]) -> str:
    """Return a change with its evidence."""
    found = topic.found
    word = "frem" if topic.difference > 0 else "tilbage"
    return (
        f"{rules[found.rule_id].title}: {known[found.unit]} er gået {word} fra "
        f"{ratio(found.other.met, found.other.due)} til "
        f"{ratio(found.now.met, found.now.due)} til tiden{counted(rules[found.rule_id], found.unit[0])}. {_size(topic)}"
    )


def course_sentence(rule: Rule, before: Count, now: Count) -> str:
    """Return what a curve of quarters adds up to in the two spans beside each other."""
    parts = [ratio(one.met, one.due) if one.due else "ingen sager" for one in (before, now)]
    return f"{rule.title}: før {parts[0]}, nu {parts[1]} til tiden."


def _size(topic: Finding) -> str:
    small, large = sorted((abs(topic.low), abs(topic.high)))
    points = abs(topic.difference) * 100
    return f"Forskellen er {number(points)} procentpoint (usikkerhed: {number(small * 100)} til {number(large * 100)})."


def certainty_note(topic: Finding) -> str:
    """Return how sure it is that the finding is no chance."""
    many = "sammenligning" if topic.tests == 1 else "sammenligninger"
    return (
        f"Fundet blandt {number(topic.tests)} {many} med eksakte test. Risikoen for, at rene "
        "tilfældigheder giver "
        f"blot ét emne om forskel eller ændring, er holdt på højst {percent(LEVEL)} i alt (Holms metode)."
    )


def practice_note() -> str:
    """Return how sure the list of good practice is."""
    return (
        "Kun fremgang, der er større end tilfældigheder giver, er nævnt; risikoen for blot ét falsk fund på "
        "listen er højst "
        f"{percent(PRACTICE_LEVEL)} (eksakte test, Holms metode). Listen er ingen rangorden."
    )


def practice_sentence(topic: Finding, rules: Mapping[str, Rule], known: Mapping[Key, str]) -> str:
    """Return a progress that others can ask about."""
    found = topic.found
    return (
        f"{known[found.unit]}, {rules[found.rule_id].title.lower()}: fra {ratio(found.other.met, found.other.due)} til "
        f"{ratio(found.now.met, found.now.due)}."
    )


def urgent_sentence(topic: OpenTopic, rules: Mapping[str, Rule], units: Mapping[str, str]) -> str:
    """Return the duty with most that is urgent."""
    parts = []
    if topic.overdue:
        many = "er overskredet" if topic.overdue == 1 else "er overskredne"
        parts.append(f"{number(topic.overdue)} {many} med højst {URGENT_DAYS_OVER} dage og kan stadig opfyldes")
    if topic.due_soon:
        parts.append(f"{number(topic.due_soon)} har frist inden for {URGENT_DAYS} dage")
    most = [f"{units.get(code, 'ukendt enhed')} ({number(count)})" for code, count in topic.by_unit[:3]]
    older = ""
    if topic.older:
        older = (
            f" Desuden mangler {number(topic.older)}, hvis frist er længere overskredet; den ældste frist var "
            f"{long_date(topic.first_deadline)}."
        )
    return f"{rules[topic.rule_id].title}: {'; '.join(parts)}. Flest hos {', '.join(most)}.{older}"


def movement_sentence(chart: ControlChart) -> str:
    """Return whether a figure moved after the meeting, as far as its points allow."""
    due_before, met_before = chart.before
    due_after, met_after = chart.after
    past = f"Før mødet: {ratio(met_before, due_before)}. " if due_before else "Før mødet: ingen sager. "
    now = f"Efter: {ratio(met_after, due_after)}. " if due_after else "Efter: ingen sager endnu. "
    verdicts = {
        control_chart.FEW: "For få punkter til at sige, om tallet har flyttet sig.",
        control_chart.SAME: _not_seen(chart),
        control_chart.DRIFT: "Tallet ligger anderledes end før, men ikke mere end den jævne udvikling, det var i.",
        control_chart.UP: "Tallet har flyttet sig op siden mødet, mere end tilfældige udsving forklarer.",
        control_chart.DOWN: "Tallet har flyttet sig ned siden mødet, mere end tilfældige udsving forklarer.",
    }
    drifted = "" if chart.is_stable else " Tallet var ikke stabilt før mødet."
    return past + now + verdicts[chart.verdict] + drifted


PUBLISHED_METHOD = (
    "Flyttet betyder: mere end tilfældighed og en spredning på 3 procentpoint mellem kvartalerne forklarer, også når "
    "en jævn udvikling gennem de udgivne år regnes med. Det år, mødet lå i, tæller ikke; der skal være to udgivne før."
)


def published_verdict(chart: ControlChart) -> str:
    """Return in a few words whether published years moved after a meeting, and what could have been seen."""
    points = number(round((chart.visible or 0) * 100))
    return {
        control_chart.FEW: "Kan ikke siges: for få udgivne år eller sager.",
        control_chart.SAME: f"Ikke set flyttet; en ændring på under {points} procentpoint kunne ikke ses.",
        control_chart.DRIFT: "Kun som den jævne udvikling, det var i.",
        control_chart.UP: "Ja, op.",
        control_chart.DOWN: "Ja, ned.",
    }[chart.verdict]


def _not_seen(chart: ControlChart) -> str:
    """Return that no move was found, after what could have been found at all."""
    assert chart.visible is not None or chart.verdict != control_chart.SAME
    points = number(round((chart.visible or 0) * 100))
    return (
        f"Med så mange sager ville en ændring på under {points} procentpoint som regel ikke kunne ses. Det, der kunne "
        "ses, er ikke fundet: tallet har ikke flyttet sig mere, end det svinger af sig selv."
    )

"""The four lines a page opens with, in Danish: lowest, changed, different, and what can still be saved.

Belongs here: the sentences. Does not belong here: finding what stands out (``figures.standing_out``) and choosing what
is compared (``pages.first_screen``). A sentence is never more certain than its interval: where the figures cannot tell
two duties apart it says so, and nothing is called a change or a difference that chance gives.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence

from pipelines import vocabulary
from pipelines.danish import long_date, number, percent
from reports.figures.data import Rule
from reports.figures.published_rows import WorklistRow
from reports.figures.standing_out import Count, Finding, Lowest
from reports.figures.statistics import SMALLEST_COMPARED
from reports.words.wording import actor_of, counted

CHANCE = "end tilfældigheder normalt giver"
# The mission's three measures, as short as a line has room for.
MISSION_WORDS = {
    "contact_sentence": "kommunen kontaktet om handleplan i tide",
    "housing_registered": "skrevet op til bolig ved løsladelsen",
    "aid_decided": "engangshjælp afgjort {days} dage før løsladelsen",
}


def subject(rule: Rule) -> str:
    """Return a duty with how binding it is: ``lovkravet »…«``."""
    return f"{vocabulary.NORM_SUBJECTS.get(rule.norm, 'pligten')} »{rule.title}«"


def ratio(count: Count) -> str:
    """Return a count with its share: ``29 af 32 (91 pct.)``."""
    return f"{number(count.met)} af {number(count.due)} ({percent(count.rate)})"


def lowest_line(found: Lowest | None, rule: Rule | None, level: str) -> str:
    """Return the duty with the lowest level, and how far the figures can tell it from the others."""
    if found is None or rule is None:
        return f"Ingen pligt har mindst {SMALLEST_COMPARED} frister i det seneste år, så intet niveau fremhæves."
    count = found.found.count
    text = (
        f"{number(count.met)} af {number(count.due)} til tiden{counted(rule, level)}, {percent(count.rate)} "
        f"(usikkerhed: mellem {number(found.low * 100)} og {percent(found.high)})."
    )
    if found.compared == 1:
        return f"Kun {subject(rule)} har mindst {SMALLEST_COMPARED} frister: {text}"
    if found.equals:
        others = "1 anden pligt" if found.equals == 1 else f"{number(found.equals)} andre pligter"
        return f"Lavest, men ikke til at skelne sikkert fra {others}, er {subject(rule)}: {text}"
    return f"Lavest er {subject(rule)}: {text}"


def change_line(found: Finding | None, rule: Rule | None, level: str, tests: int, others: int) -> str:
    """Return what has changed since the year before by more than chance; ``others`` have as well."""
    if found is None or rule is None:
        if not tests:
            return f"Ingen pligt har mindst {SMALLEST_COMPARED} frister i begge år, så udviklingen kan ikke vurderes."
        if tests == 1:
            return f"Den ene pligt, der kan sammenlignes, har ikke ændret sig mere, {CHANCE}."
        return f"Ingen af de {number(tests)} pligter, der kan sammenlignes, har ændret sig mere, {CHANCE}."
    direction = "Fremgang" if found.difference > 0 else "Tilbagegang"
    return (
        f"{direction} for {subject(rule)}: fra {ratio(found.found.other)} til {ratio(found.found.now)}"
        f"{counted(rule, level)}. Det er mere, {CHANCE}.{_also(others, 'har ændret sig')}"
    )


def gap_line(
    found: Finding | None, rule: Rule | None, level: str, nation: Count | None, tests: int, others: int
) -> str:
    """Return where the unit differs from the nation by more than chance; ``others`` do as well."""
    if found is None or rule is None or nation is None:
        if not tests:
            return f"Ingen pligt har mindst {SMALLEST_COMPARED} frister, der kan sammenlignes med hele landets."
        if tests == 1:
            return f"Den ene pligt, der kan sammenlignes, afviger ikke mere fra hele landet, {CHANCE}."
        return f"Ingen af de {number(tests)} pligter, der kan sammenlignes, afviger mere fra hele landet, {CHANCE}."
    side = "over" if found.difference > 0 else "under"
    return (
        f"{_capital(subject(rule))} ligger {side} hele landets "
        f"{percent(nation.rate)}: {ratio(found.found.now)}{counted(rule, level)}. Forskellen er større, {CHANCE}."
        f"{_also(others, 'afviger')}"
    )


def spread_line(units: Sequence[tuple[str, str, int, int]]) -> str:
    """Return how many units of each kind differ from the rest of the country: (one, many, differing, compared)."""
    known = [one for one in units if one[3]]
    if not known:
        return f"Ingen kommune eller institution har mindst {SMALLEST_COMPARED} frister, der kan sammenlignes."
    parts = [
        f"{number(differing)} af {number(compared)} {many if compared != 1 else one}"
        for one, many, differing, compared in known
    ]
    return f"{' og '.join(parts)} afviger fra resten af landet i mindst én af deres egne pligter mere, {CHANCE}."


def mission_line(counts: Sequence[tuple[Rule, Count]], level: str) -> str:
    """Return the mission's three measures, shown where nothing stands out."""
    parts = []
    for rule, count in counts:
        measure = MISSION_WORDS[rule.rule_id].format(**json.loads(rule.parameters or "{}"))
        if not count.due:
            parts.append(f"{measure}: ingen frister")
            continue
        told = ratio(count) if count.due >= SMALLEST_COMPARED else f"{number(count.met)} af {number(count.due)}"
        parts.append(f"{measure} i {told}{counted(rule, level)}")
    return f"De tre vigtigste mål: {'; '.join(parts)}." if parts else ""


def work_line(rows: Sequence[WorklistRow], level: str, today: datetime.date) -> str:
    """Return what can still be done in time, whose next step it is and by when, and what is overdue but possible."""
    old = [row for row in rows if row.is_over_a_year_late]
    waiting = [row for row in rows if row.next_step_by and not row.is_over_a_year_late]
    soon = [row for row in waiting if row.days_left >= 0]
    overdue = [row for row in waiting if row.days_left < 0]
    in_place = len(rows) - len(waiting) - len(old)
    parts = []
    if soon:
        frist = "pligt har" if len(soon) == 1 else "pligter har"
        ahead = [day for row in soon if (day := row.next_step_deadline) and day >= today]
        first = f", det første senest {long_date(min(ahead))}" if ahead else ""
        passed = len(soon) - len(ahead)
        rest = f"; {number(passed)} skulle allerede være taget" if passed else ""
        parts.append(
            f"{number(len(soon))} {frist} frist inden for 60 dage: næste skridt er {_steps(soon, level)}{first}{rest}."
        )
    else:
        parts.append("Ingen frister, hvor noget mangler, udløber inden for 60 dage.")
    if overdue:
        duties = "overskredet pligt" if len(overdue) == 1 else "overskredne pligter"
        parts.append(f"{number(len(overdue))} {duties} kan stadig opfyldes: næste skridt er {_steps(overdue, level)}.")
    if in_place:
        parts.append(f"{number(in_place)} er på plads indtil videre.")
    if old:
        parts.append(f"{number(len(old))} er mere end et år overskredet.")
    return " ".join(parts)


def _steps(rows: Sequence[WorklistRow], level: str) -> str:
    """Return whose next step it is: ``Kriminalforsorgens i 9 og kommunens i 3``."""
    names = {"kriminalforsorgen": "Kriminalforsorgens", "kommune": actor_of("kommune", level) + "s"}
    counts = {party: sum(row.next_step_by == party for row in rows) for party in names}
    known = [(names[party], count) for party, count in counts.items() if count]
    if len(known) == 1 and known[0][1] == len(rows):
        return known[0][0] if len(rows) == 1 else f"{known[0][0]} i alle"
    return " og ".join(f"{name} i {number(count)}" for name, count in known)


def _also(others: int, verb: str) -> str:
    if not others:
        return ""
    return f" Også {'1 anden pligt' if others == 1 else f'{number(others)} andre pligter'} {verb}."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

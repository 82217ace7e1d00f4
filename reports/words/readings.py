"""What the law and the guide leave open and the project had to choose, in words that the reader of a report gets.

Belongs here: every choice that touches a figure, named as ours, with the words of the order where it reads two ways.
Does not belong here: a rule's own definition, which stands in the catalogue, and the numbers that can be set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from string import Formatter
from typing import NamedTuple

from pipelines.danish import WEEKDAYS, number
from reports.figures.data import Figure, Rule


class Reading(NamedTuple):
    """One choice: its heading, what was chosen, and whether the rules page calls it our reading (or our number).

    A number of a rule stands as ``{rule[parameter]}``.
    """

    title: str
    text: str
    is_ours: bool = True


READINGS = (
    Reading(
        "Weekender og helligdage",
        "Ingen frist flyttes, fordi den falder på en lørdag, søndag eller helligdag. Næste hverdag står ved siden af i "
        "data for de frister, der regnes frem fra en begivenhed.",
    ),
    Reading(
        "Den forventede løsladelse",
        "Det er datoen for prøveløsladelse; er den tom, fordi straffen er for kort eller prøveløsladelse er afslået, "
        "er det datoen for løsladelse.",
    ),
    Reading(
        "Frister, der regnes tilbage fra løsladelsen",
        "{contact_sentence[years]} år og {release_meeting_called[months]} måneder regnes tilbage fra den forventede "
        "dato, som den står; at løsladelsen rykkes frem i ugen, afgøres først ved løsladelsen.",
    ),
    Reading(
        "Fremrykning og helligdage",
        "En løsladelse på en senere dag i ugen end {release_advanced[weekday]} rykkes frem til "
        "{release_advanced[weekday]} i samme uge. Helligdage ændrer intet; det er et tal i reglen, der kan sættes "
        "anderledes.",
    ),
    Reading(
        "Hvem pligterne gælder",
        "Varetægtsarrestanter og udviste ved dom er uden for guidens samarbejde. Det er også brugt for de regler, hvor "
        "det kun står udtrykkeligt om kontaktpligten.",
    ),
    Reading(
        "Hjemløshed", "En løsladt er hjemløs, når boligen ved løsladelsen er registreret som hjemløs eller herberg."
    ),
    Reading(
        "Udbetaling før løsladelsen", "Engangshjælp, der er udbetalt før løsladelsesdagen, regnes som udbetalt i tide."
    ),
    Reading(
        "Risiko- og behovsvurdering",
        "Den skal overleveres for alle, der er vurderet, hvad enten kommunen overtager opfølgningen eller ej.",
    ),
    Reading(
        "Samarbejdsaftalen",
        "Guiden siger, at aftalen ajourføres løbende. Her er den ajour, når den er opdateret inden for "
        "{agreement_current[years]} år: tallet er vores.",
    ),
    Reading(
        "Indikatorernes dage",
        "{municipal_response[days]} dage til kommunens svar, {housing_need_clarified[days]} dage til at afklare "
        "boligbehovet, {aid_applied[days]} dage før løsladelsen til ansøgning og {homelessness_notified[days]} til "
        "besked om hjemløshed, {rent_help_applied[days]} dage til ansøgning om husleje, og løsladelsen som dag for "
        "andre løsninger på boligbehovet er sat i denne opgørelse. Reglerne har pligten, men ingen dag.",
        is_ours=False,
    ),
    Reading(
        "Datoer, der flyttes",
        "Ingen frist ligger før den dag, det blev kendt, at løsladelsen kunne ventes så tidligt; at notere den samme "
        "eller en senere dato på ny giver ingen ny frist. Blev datoen rykket frem forbi sin egen frist, kunne ingen "
        "overholde den: sagen tælles for borgeren, men regnes ikke nogen til last.",
        is_ours=False,
    ),
    Reading(
        "Den kommune, der svarer",
        "En sag tælles hos den kommune, der var handlekommune på fristens dag. Et svar og en ansøgning om engangshjælp "
        "tælles dog hos den kommune, der blev spurgt. Kendes kommunen ikke, tæller sagen kun med i hele landet.",
        is_ours=False,
    ),
)

POPULATION = (
    "Hver afsoningssag vurderes efter hver pligt om afsonere og hver tilsynssag efter hver pligt om tilsyn. Uden for "
    "er varetægtsarrestanter, udviste ved dom og straffe, der ikke er begyndt på opgørelsesdagen; i tilsynssager dem, "
    "der ikke er modtaget, eller hvor der ikke er pligt til handleplan. En sag er desuden uden for en pligt, når det, "
    "pligten handler om, ikke forelå: intet behov for bolig eller engangshjælp, intet tilsyn, ingen vurdering, en "
    "straf kortere end varslet. Hvem der er uden for, står ved hver pligt.",
    "Løsladelser beskrives for afsoningssager, der hverken er varetægt eller udviste ved dom, er begyndt, og hvor den "
    "faktiske løsladelse ligger før opgørelsesdagen.",
)

# BEK nr. 81 af 09/02/2006, § 3, stk. 2 and 3, word for word.
ORDER_SENTENCES = (
    (
        "§ 3, stk. 2",
        "Kriminalforsorgen tager kontakt til kommunen senest 1 år inden datoen for en eventuel prøveløsladelse.",
        "frist et år før forventet løsladelse",
    ),
    (
        "§ 3, stk. 3",
        "Når der ved straffens iværksættelse er mindre end 1 år til datoen for en eventuel prøveløsladelse, tager "
        "Kriminalforsorgen kontakt til kommunen senest 28 dage efter, at afsoningen er begyndt.",
        "frist 28 dage efter strafstart",
    ),
)


def readings(rules: Iterable[Rule]) -> list[Reading]:
    """Return the choices with the numbers that the rules have now; none about a rule that is not among these."""
    numbers = {rule.rule_id: json.loads(rule.parameters or "{}") for rule in rules}
    for own in numbers.values():
        if "last_weekday" in own:
            own["weekday"] = WEEKDAYS[own["last_weekday"] - 1]
    told = []
    for reading in READINGS:
        if {name for _, name, *_ in Formatter().parse(reading.text) if name and name.partition("[")[0] not in numbers}:
            continue
        told.append(reading._replace(text=reading.text.format(**numbers)))
    return told


def working_day_sentence(figures: list[tuple[str, Figure]]) -> str:
    """Return how many late outcomes of the year would be in time on the next working day, by duty."""
    known = [(title, figure.in_time_on_working_day) for title, figure in figures if figure.in_time_on_working_day]
    total = sum(count for _title, count in known)
    if not total:
        return "I det seneste år ville ingen af de for sene have været i tide på den næste hverdag."
    parts = ", ".join(f"{title}: {number(count)}" for title, count in known)
    outcomes = "1 af de for sene" if total == 1 else f"{number(total)} af de for sene"
    return f"I det seneste år ville {outcomes} have været i tide på den næste hverdag ({parts})."

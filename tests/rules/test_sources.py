"""Each rule rests on a sentence of the guide or the order, quoted here word for word."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest

from pipelines.layout import SEEDS
from tests.shared_material import SHARED, needs_shared

GUIDE = "guide_2025_myndighedssamarbejde_afsonere.txt"
ORDER = "skrivelse_2006_bekendtgoerelse_81.txt"

QUOTES = {
    "contact_sentence": (
        ORDER,
        "Når der ved straffens iværksættelse er mindre end 1 år til datoen for en eventuel prøveløsladelse, tager "
        "Kriminalforsorgen kontakt til kommunen senest 28 dage efter, at afsoningen er begyndt.",
    ),
    "municipal_response": (
        GUIDE,
        "Kommunen er forpligtet til at følge op på henvendelser fra kriminalforsorgen og vurdere, om der er tale om et "
        "tilfælde, hvor kommunen er forpligtet til at tilbyde borgeren en handleplan i kommunalt regi",
    ),
    "client_informed": (
        GUIDE,
        "Kriminalforsorgens medarbejder skal altid sikre, at afsoneren er orienteret om, at der indhentes oplysninger",
    ),
    "handle_municipality_clarified": (
        GUIDE,
        "afklaring af hvilken kommune, der har handleforpligtelsen inden afsoneren løslades.",
    ),
    "housing_need_clarified": (
        GUIDE,
        "Behovet for boligopskrivning afklares enten ved modtagelsessamtalen eller ved første handleplanssamtale.",
    ),
    "housing_registered": (GUIDE, "blive skrevet op til en bolig så tidligt som muligt."),
    "housing_registered_or_explained": (
        GUIDE,
        "Skrives en afsoner ikke op til en bolig, selvom afsoneren har behov for en bolig, noteres baggrunden for den "
        "manglende opskrivning",
    ),
    "housing_renewed": (GUIDE, "afsoneren årligt skal mindes om at forny opskrivningen (frem til løsladelse)."),
    "homelessness_notified": (
        GUIDE,
        "skal der tales med afsoneren om, at den relevante kommune bliver orienteret i god tid før løsladelsen.",
    ),
    "aid_applied": (
        GUIDE,
        "Kriminalforsorgens medarbejdere skal ved fremsendelse af ansøgningen være opmærksomme på at sikre den "
        "fornødne tid til, at kommunen kan nå at sagsbehandle ansøgningen.",
    ),
    "aid_decided": (
        GUIDE,
        "skal kommunen senest 14 dage før løsladelsen træffe afgørelse om, hvorvidt afsoneren kan modtage engangshjælp "
        "ved løsladelsen.",
    ),
    "aid_paid": (GUIDE, "Engangshjælpen skal udbetales til pågældende på dagen for løsladelsen"),
    "release_meeting_called": (
        GUIDE,
        "bør så vidt muligt indkalde kommunen og andre relevante samarbejdspartnere til løsladelsesmødet senest 3 "
        "måneder før forventet løsladelse.",
    ),
    "release_meeting_held": (GUIDE, "Koordinering bør finde sted ved et fysisk løsladelsesmøde."),
    "supervision_invited": (
        GUIDE,
        "Hvis afsoneren er i målgruppen for prøveløsladelse med tilsyn, skal KiF også inviteres.",
    ),
    "risk_assessment_handed_over": (
        GUIDE,
        "sikre, at kommunen bliver orienteret om afsonerens risiko- og behovsvurdering (LS/RNR)",
    ),
    "release_advanced": (
        GUIDE,
        "For indsatte, der udstår fængselsstraf i 30 dage eller derover, gælder det, at løsladelsen skal fremrykkes "
        "med op til 4 dage, hvis løsladelsesdatoen falder på ugedagene torsdag-søndag",
    ),
    "rent_help_applied": (
        GUIDE,
        "straks ved indsættelsen fremsendes en ansøgning til kommunen om hjælp til dækning af boligudgifter",
    ),
    "rent_alternative_examined": (
        GUIDE,
        "Hvis den forventede afsoningstid overstiger 6 måneder, skal kommunen undersøge, om afsonerens boligbehov kan "
        "dækkes på anden vis",
    ),
    "infohus_notified": (GUIDE, "underrette infohuset tre måneder før forventet løsladelse."),
    "contact_supervision": (
        ORDER,
        "Kriminalforsorgen tager kontakt til kommunen senest 28 dage efter, at en tilsynssag er modtaget.",
    ),
    "agreement_current": (GUIDE, "Samarbejdsaftalerne opdateres løbende."),
    "meeting_biennial": (GUIDE, "Kriminalforsorgen afholder hvert andet år samarbejdsmøder med kommunerne."),
    "meeting_attended": (
        GUIDE,
        "Møderne afholdes i hele landet, hvor der er repræsentanter fra kriminalforsorgen, kommunerne og eventuelt "
        "politiet.",
    ),
    "contact_list_mailed": (
        GUIDE,
        "Én gang i kvartalet sender kriminalforsorgen desuden kontaktoplysningerne ud til kommunerne via mail.",
    ),
}


def one_line(text: str) -> str:
    """The text without the line breaks of the page: a word that is divided at a line's end is put together."""
    text = re.sub(r"(?<=[a-zæøåA-ZÆØÅ])-\s*\n\s*(?=[a-zæøå])", "", text)
    return re.sub(r"\s+", " ", text).replace("- ", "-")


@cache
def source(name: str) -> str:
    return one_line((SHARED / "sources" / name).read_text(encoding="utf-8"))


def catalogue() -> list[dict[str, str]]:
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_rule_has_its_sentence() -> None:
    assert set(QUOTES) == {row["rule_id"] for row in catalogue()}


@needs_shared
@pytest.mark.parametrize("rule_id", QUOTES)
def test_the_sentence_stands_in_the_source(rule_id: str) -> None:
    name, quote = QUOTES[rule_id]
    assert quote.replace("- ", "-") in source(name)


@pytest.mark.parametrize("row", catalogue(), ids=lambda row: row["rule_id"])
def test_every_rule_cites_where_it_stands(row: dict[str, str]) -> None:
    assert re.search(r"§ \d|[Gg]uide \d\.\d", row["source"])
    if row["norm"] == "statutory":
        assert "§" in row["source"]

"""One Danish word for each code: statuses, norms, parties, reasons, periods, levels; and the signs of tables.

Belongs here: the word of a code as it stands in a sentence, once. ``word`` gives it as a table or a heading shows it.
What a delivery's codes are called stands in the contract and is read from there; what one rule's own reasons are called
stands beside that rule and is read by ``rules.documentation``. Does not belong here: sentences (``wording``) and
numbers (``danish``). A number that is a parameter of a rule stands in no word: it is filled in from the parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.contract import contract

# Statistics Denmark's own sign for a figure that is withheld, and for nothing there.
HIDDEN = ".."
NOTHING = "–"
NOTHING_IN_WORDS = "ingen frister i perioden"
# Where a table has no place for a figure that an edition does not tell.
NOT_SHOWN = "vises ikke"
# Where units stand under one another and a share of so few deadlines would invite a comparison that it cannot bear.
FEW = "få"
NOT_STATED = "ikke oplyst"

NORMS = {"statutory": "lovkrav", "guideline": "anbefaling", "indicator": "indikator"}
#: A norm as the subject of a sentence.
NORM_SUBJECTS = {"statutory": "lovkravet", "guideline": "anbefalingen", "indicator": "indikatoren"}
NORMS_EXPLAINED = {
    "statutory": "Loven eller bekendtgørelsen giver både pligten og fristen.",
    "guideline": "Kriminalforsorgens guide anbefaler det; en overskredet dato er ikke et brud på loven.",
    "indicator": "Pligten har ingen dag i reglerne; dagen er sat i denne opgørelse for at kunne følge udviklingen.",
}

STATUSES = {
    "met": "til tiden",
    "late": "for sent",
    "missed": "ikke gjort",
    "pending": "frist ikke nået",
    "not_applicable": "uden for pligten",
    "undeterminable": "kan ikke afgøres",
}
# A duty that is judged per municipality has no deadline that it could be in time for.
UNIT_STATUSES = STATUSES | {"met": "gjort"}
# A release is advanced to another weekday: the day itself tells whether it was, so "too late" would say nothing.
LATE_IN_ITS_OWN_WAY = {"release_advanced": "ikke fremrykket"}

PARTIES = {
    "kriminalforsorgen": "Kriminalforsorgen",
    "kommune": "kommunen",
    "dato_flyttet": "ingen (løsladelsesdatoen blev flyttet)",
    "kort_tid": "ingen (straffen var for kort)",
}

PARTY_GENITIVES = {"kriminalforsorgen": "Kriminalforsorgens", "kommune": "kommunernes"}

LEVELS = {
    "national": "hele landet",
    "area": "område",
    "region": "region",
    "municipality": "kommune",
    "institution": "institution",
}
#: Whom a page of a level judges, as the subject of a sentence.
JUDGED_UNITS = {
    "area": "området",
    "region": "regionens kommuner",
    "municipality": "kommunen",
    "institution": "institutionen",
}
PERIOD_TYPES = {"quarter": "kvartal", "year": "år", "rolling4": "rullende fire kvartaler"}
CASE_TYPES = {"sentence": "afsoning", "supervision": "tilsyn"}


class Reason(NamedTuple):
    """What a reason is called in a table, and the clause that ends a sentence with it."""

    word: str
    clause: str


def reason(word: str, clause: str | None = None) -> Reason:
    """Return a reason; without a clause of its own the word of the table ends a sentence too."""
    return Reason(word, clause or word)


#: The reasons that several rules share. A reason of one rule alone stands in the YAML beside the rule.
REASONS = {
    "remand": reason("varetægtsfængslet", "personen er varetægtsfængslet og afsoner ikke"),
    "expelled": reason("udvist ved dom", "personen er udvist ved dom"),
    "not_started": reason("ikke begyndt", "sagen var ikke begyndt på opgørelsesdagen"),
    "no_action_plan_duty": reason(
        "uden pligt til handleplan", "pligten til at koordinere handleplan omfatter ikke sagen"
    ),
    "no_expected_release": reason("ingen forventet løsladelsesdato", "sagen har ingen forventet løsladelsesdato"),
    "expected_release_passed": reason(
        "den forventede løsladelsesdato er passeret",
        "den forventede løsladelsesdato er passeret, uden at en løsladelse er registreret",
    ),
    "not_released": reason("ikke løsladt", "personen er ikke løsladt på opgørelsesdagen"),
    "no_housing_need": reason("intet behov for bolig", "der er ikke registreret behov for bolig"),
    "no_aid_need": reason("intet behov for engangshjælp", "der er ikke registreret behov for engangshjælp"),
    "no_meeting_need": reason(
        "intet behov for møde", "der er hverken vilkår om tilsyn, behov for bolig eller behov for engangshjælp"
    ),
    "no_rent_need": reason("intet behov for hjælp til husleje", "der er ikke konstateret behov for hjælp til husleje"),
    "not_possible": reason(
        "straffen var kortere end varslet", "straffen var kortere end varslet, så pligten ikke kunne opfyldes"
    ),
    "date_moved": reason(
        "løsladelsesdatoen blev flyttet",
        "løsladelsesdatoen blev flyttet, så fristen aldrig kom, eller så pligten var opfyldt i tide til den "
        "løsladelse, der da var ventet",
    ),
    "housed": reason("løsladt til egen bolig", "personen blev løsladt til egen bolig"),
    # Expired and deleted registrations both end here.
    "lapsed": reason("opskrivningen gjaldt ikke længere"),
    "documented": reason("grunden er noteret", "grunden til den manglende opskrivning er noteret"),
    "not_registered": reason("ikke skrevet op", "der var ingen opskrivning"),
    "not_invited": reason("ikke indkaldt", "kommunen var ikke indkaldt"),
}

#: What is to be done about an open duty, as an instruction to whoever has the next step.
NEXT_STEPS = {
    "contact_municipality": "kontakt kommunen",
    "answer": "svar på henvendelsen",
    "clarify_municipality": "afklar handlekommunen",
    "clarify_housing_need": "afklar behovet for bolig",
    "register_for_housing": "skriv op til en bolig",
    "renew_registration": "forny boligopskrivningen",
    "send_application": "send ansøgning om engangshjælp",
    "complete_application": "gør ansøgningen om engangshjælp fuldstændig",
    "decide_application": "afgør ansøgningen om engangshjælp",
    "pay_aid": "udbetal engangshjælpen",
    "call_meeting": "indkald kommunen til løsladelsesmøde",
    "hold_meeting": "hold løsladelsesmødet med kommunen",
    "invite_supervision": "inviter KiF til løsladelsesmødet",
    "hand_over_assessment": "overlever vurderingen til kommunen",
    "send_rent_application": "send ansøgning om hjælp til husleje",
    "examine_alternative": "undersøg, om boligbehovet kan dækkes på anden vis",
    "notify_infohus": "underret infohuset",
}

#: Why a published figure has changed since.
CAUSES = {
    "recorded_late": "registreret sent",
    "corrected": "rettet i kildesystemet",
    "reply_accepted": "en dato er rettet efter en kommunes svar",
    "reply_and_more": "en dato er rettet efter en kommunes svar, og andet er også ændret",
    "rule_changed": "reglen eller dens tal er ændret",
    "period_open": "perioden var ikke slut",
    "code_changed": "beregningen er ændret",
}
REPLY_CAUSES = ("reply_accepted", "reply_and_more")

#: How the duties are grouped on a page, in the order of a case; each rule names its topic in the YAML beside it.
TOPICS = {
    "kontakt": "Kontakt og handleplan",
    "bolig": "Bolig og husleje",
    "engangshjaelp": "Engangshjælp ved løsladelsen",
    "loesladelse": "Løsladelsesmøde og løsladelse",
    "andre": "Andre pligter",
    "samarbejde": "Samarbejdet",
}

# Splits of all that fell due, and splits of what was not done in time. The split by party stands in figures already.
RATE_DIMENSIONS = {"institution": "institution", "channel": "kanal", "target_group": "målgruppe"}
COUNT_DIMENSIONS = {"step": "trin, hvor tiden gik", "reason": "årsag"}

STEPS = {
    "application": "ansøgning",
    "decision": "afgørelse",
    "payment": "udbetaling",
    "contact": "henvendelse",
    "answer": "svar",
    "date_moved": REASONS["date_moved"].word,
    "no_time": "straffen var for kort",
}
# A duty that was not done came through no channel.
NO_CHANNEL = STATUSES["missed"]
NOTICE = {"ordinary": "uden kort varsel", "short": "kun kort varsel"}


def delivered(file: str, column: str) -> Mapping[str, str]:
    """Return what the codes of a delivered column are called; the contract says it."""
    return contract().file(file).column(column).values


#: Why a row of a delivery is set aside or loaded with a warning: the contract's own words. The last is found in the
#: warehouse, where the reference table is.
ROW_FAULTS = {
    **{code: text.rstrip(".") for code, text in contract().row_faults.items()},
    **{code: rule.description.rstrip(".") for code, rule in contract().warnings.items()},
    "area_disagrees": "området stemmer ikke med referencetabellen",
}
CHANNELS = delivered("kommunekontakter", "kanal")
INSTITUTION_KINDS = delivered("institutioner", "art")
#: The same in the plural, as headings of a list of institutions and in the list's order.
INSTITUTION_SECTIONS = {
    "omraadekontor": "Områdekontorer",
    "faengsel": "Fængsler",
    "arrest": "Arresthuse",
    "udslusning": "Udslusningsfængsler",
    "kif": "KiF-afdelinger (Kriminalforsorgen i Frihed)",
}
#: The groups' names with their numbers; how the client system numbers them is not confirmed.
TARGET_GROUPS = {code: f"{code}: {name}" for code, name in delivered("afsoningssager", "maalgruppe").items()}
RISK_LEVELS = delivered("afsoningssager", "ls_rnr_niveau")
HOUSING = delivered("afsoningssager", "bolig_ved_loesladelse")
#: Where people were released to, as editions outside the Directorate tell it: values that few have, and what was not
#: stated, stand together, or they would take the others with them behind the mark for hidden.
RELEASE_PLACES = {
    "home": "egen bolig",
    "homeless": "hjemløs eller herberg",
    "elsewhere": "anden bolig eller ikke oplyst",
}
RELEASE_PLACE_OF = dict.fromkeys((*HOUSING, "not_stated"), "elsewhere") | {
    "egen": "home",
    "hjemloes": "homeless",
    "herberg": "homeless",
}
RELEASE_KINDS = delivered("afsoningssager", "loesladelse_art")
MEETING_FORMS = {"none": "intet møde", **delivered("loesladelsesmoeder", "form")}
#: Classes of a sentence's length in days, as the interface cuts them.
SENTENCE_LENGTHS = {
    "under_30_days": "under 30 dage",
    "30_to_121_days": "30 dage til under 4 måneder",
    "122_to_364_days": "4 måneder til under 1 år",
    "365_days_or_more": "1 år eller mere",
}

SPLIT_WORDS: dict[str, Mapping[str, str]] = {
    "channel": CHANNELS,
    "target_group": TARGET_GROUPS,
    "step": STEPS,
    "notice": NOTICE,
    "responsible": PARTIES,
}


def capital(text: str) -> str:
    """Return a text with a capital first letter, as a heading or the cell of a table has it."""
    return text[:1].upper() + text[1:]


def word(vocabulary: Mapping[str, str], code: str | None) -> str:
    """Return a code's word as a table shows it; an unknown code is shown as it is, an absent one as "ikke oplyst"."""
    if not code:
        return NOT_STATED
    return capital(vocabulary[code]) if code in vocabulary else code


def status_word(rule_id: str, status: str) -> str:
    """Return the word for an outcome under a rule, as a table shows it."""
    return word(STATUSES | {"late": LATE_IN_ITS_OWN_WAY.get(rule_id, STATUSES["late"])}, status)

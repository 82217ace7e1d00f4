"""Danish names of the closed vocabularies: norms, statuses, parties, levels, reasons; and the signs used in tables.

Belongs here: one word or short phrase per code. Does not belong here: sentences (``wording``) and numbers (``danish``).
"""

from __future__ import annotations

import csv

from pipelines.layout import SEEDS

# Statistics Denmark's own sign for a figure that is withheld, and for nothing there.
HIDDEN = ".."
HIDDEN_IN_WORDS = "skjult af hensyn til fortrolighed"
NOTHING = "–"
NOTHING_IN_WORDS = "ingen frister i perioden"

NORMS = {"statutory": "Lovkrav", "guideline": "Anbefaling", "indicator": "Indikator"}
NORMS_EXPLAINED = {
    "statutory": "Loven eller bekendtgørelsen giver både pligten og fristen.",
    "guideline": "Kriminalforsorgens guide anbefaler det; en overskredet dato er ikke et brud på loven.",
    "indicator": "Pligten har ingen dag i reglerne; dagen er sat i denne opgørelse for at kunne følge udviklingen.",
}

STATUSES = {
    "met": "Til tiden",
    "late": "For sent",
    "missed": "Ikke gjort",
    "pending": "Frist ikke nået",
    "not_applicable": "Uden for pligten",
    "undeterminable": "Kan ikke afgøres",
}

PARTIES = {
    "kriminalforsorgen": "Kriminalforsorgen",
    "kommune": "Kommunen",
    "dato_flyttet": "Løsladelsesdatoen blev flyttet",
    "kort_tid": "Straffen var for kort",
}

LEVELS = {
    "national": "Hele landet",
    "area": "Område",
    "region": "Region",
    "municipality": "Kommune",
    "institution": "Institution",
}

REASONS = {
    "within_28_days": "frist 28 dage efter strafstart",
    "one_year_before": "frist et år før forventet løsladelse",
    "no_expected_release": "ingen forventet løsladelsesdato",
    "expected_release_passed": "den forventede løsladelsesdato er passeret",
    "housed": "løsladt til egen bolig",
    "not_possible": "straffen var kortere end varslet",
    "lapsed": "opskrivningen var ikke fornyet",
    "documented": "en grund er noteret",
    "not_registered": "ikke skrevet op",
    "date_moved": "datoen blev flyttet",
    "no_application": "ingen ansøgning sendt",
    "no_time": "straffen var for kort til en ansøgning i god tid",
    "application_late": "ansøgningen var ikke fuldstændig i tide",
    "decision_late": "afgørelsen kom for sent",
    "no_agreement": "ingen samarbejdsaftale",
    "no_contact": "ingen kontakt registreret",
    "out_of_date": "aftalen er ikke ajourført i to år",
    "absent": "indkaldt, men deltog ikke",
    "not_invited": "ikke indkaldt",
    "not_sent": "ikke sendt",
    "refused": "afvist af modtagerens server",
    "bounced": "kom retur",
    "no_ledger": "ingen udsendelse endnu",
}

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

# How the duties are grouped on a page: by what the reader can do something about, in the order of a case.
TOPICS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "kontakt",
        "Kontakt og handleplan",
        (
            "contact_sentence",
            "contact_supervision",
            "municipal_response",
            "client_informed",
            "handle_municipality_clarified",
        ),
    ),
    (
        "bolig",
        "Bolig og husleje",
        (
            "housing_need_clarified",
            "housing_registered",
            "housing_registered_or_explained",
            "housing_renewed",
            "homelessness_notified",
            "rent_help_applied",
            "rent_alternative_examined",
        ),
    ),
    ("engangshjaelp", "Engangshjælp ved løsladelsen", ("aid_applied", "aid_decided", "aid_paid")),
    (
        "loesladelse",
        "Løsladelsesmøde og løsladelse",
        (
            "release_meeting_called",
            "release_meeting_held",
            "supervision_invited",
            "risk_assessment_handed_over",
            "release_advanced",
        ),
    ),
)
OTHER_TOPIC = ("andre", "Andre pligter")

# Splits of all that fell due, and splits of what was not done in time. The split by party stands in figures already.
RATE_DIMENSIONS = {"institution": "Institution", "channel": "Kanal", "target_group": "Målgruppe"}
COUNT_DIMENSIONS = {"step": "Trin, hvor tiden gik", "reason": "Årsag"}

STEPS = {
    "application": "Ansøgning",
    "decision": "Afgørelse",
    "payment": "Udbetaling",
    "contact": "Henvendelse",
    "answer": "Svar",
    "date_moved": "Løsladelsesdatoen blev flyttet",
    "no_time": "Straffen var for kort",
}

CHANNELS = {
    "mail": "Mail",
    "telefon": "Telefon",
    "moede": "Møde",
    "digital_post": "Digital Post",
    "andet": "Andet",
}
NO_CHANNEL = "Ikke sket"
# Where a table has no place for a figure that an edition does not tell.
NOT_SHOWN = "vises ikke"

with (SEEDS / "target_groups.csv").open(encoding="utf-8", newline="") as _file:
    #: The one table of the groups' names; how the client system numbers them is not confirmed.
    TARGET_GROUPS = {row["target_group"]: f"{row['target_group']}: {row['name_da']}" for row in csv.DictReader(_file)}

INSTITUTION_KINDS = {
    "faengsel": "Fængsel",
    "arrest": "Arrest",
    "udslusning": "Udslusningsfængsel",
    "kif": "Kriminalforsorgen i Frihed",
    "omraadekontor": "Områdekontor",
}

NOTICE = {"ordinary": "Uden kort varsel", "short": "Kun kort varsel"}
SPLIT_WORDS = {
    "channel": CHANNELS,
    "target_group": TARGET_GROUPS,
    "step": STEPS,
    "reason": REASONS,
    "notice": NOTICE,
    "responsible": PARTIES,
}

# A release is advanced to another weekday: the day itself tells whether it was, so "too late" would say nothing.
LATE_IN_ITS_OWN_WAY = {"release_advanced": "Ikke fremrykket"}


def status_word(rule_id: str, status: str) -> str:
    """Return the word for an outcome under a rule."""
    return LATE_IN_ITS_OWN_WAY.get(rule_id, STATUSES["late"]) if status == "late" else word(STATUSES, status)


CASE_TYPES = {"sentence": "Afsoningssager", "supervision": "Tilsynssager", "unit": "Kommuner og områder"}


def word(vocabulary: dict[str, str], code: str | None) -> str:
    """Return the Danish word of a code; an unknown code is shown as it is, an absent one as "ikke oplyst"."""
    if not code:
        return "ikke oplyst"
    return vocabulary.get(code, code)

"""The Danish words for the codes that outcomes hold: statuses, norms, parties and reasons.

Belongs here: one word or sentence per code. Does not belong here: sentences built from figures or dates (``explain``).
"""

from __future__ import annotations

STATUSES = {
    "met": "opfyldt til tiden",
    "late": "opfyldt for sent",
    "missed": "ikke opfyldt",
    "pending": "fristen er ikke nået",
    "not_applicable": "uden for reglen",
    "undeterminable": "kan ikke afgøres",
}

NORMS = {"statutory": "lovkrav", "guideline": "anbefaling", "indicator": "indikator"}

PARTIES = {
    "kriminalforsorgen": "Kriminalforsorgen",
    "kommune": "kommunen",
    "dato_flyttet": "ingen af parterne: løsladelsesdatoen blev flyttet",
    "kort_tid": "ingen af parterne: straffen var for kort",
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

CODES = {
    "mail": "mail",
    "telefon": "telefon",
    "moede": "møde",
    "digital_post": "Digital Post",
    "andet": "anden kanal",
    "lav": "lav",
    "mellem": "mellem",
    "hoej": "høj",
    "meget_hoej": "meget høj",
    "egen": "egen bolig",
    "midlertidig": "midlertidigt ophold",
    "udslusning": "udslusningsfængsel",
    "herberg": "herberg",
    "hjemloes": "hjemløs",
    **STATUSES,
}

#: Why a case is outside a rule, cannot be judged, or got its outcome, as the end of a sentence.
REASONS = {
    "remand": "personen er varetægtsfængslet og afsoner ikke",
    "expelled": "personen er udvist ved dom",
    "not_started": "sagen var ikke begyndt på opgørelsesdagen",
    "no_action_plan_duty": "pligten til at koordinere handleplan omfatter ikke sagen",
    "not_contacted": "kommunen er ikke kontaktet om handleplan, så der er intet at svare på",
    "no_contact": "der er ingen henvendelser om handleplan eller oplysninger",
    "no_housing_need": "der er ikke registreret behov for bolig",
    "no_renewal_due": "ingen boligopskrivning har haft eller får en frist for fornyelse",
    "not_released": "personen er ikke løsladt på opgørelsesdagen",
    "not_homeless": "personen blev ikke løsladt til hjemløshed eller herberg",
    "no_aid_need": "der er ikke registreret behov for engangshjælp",
    "not_possible": "straffen var kortere end varslet, så pligten ikke kunne opfyldes",
    "not_granted": "der er ikke bevilget engangshjælp",
    "not_decided": "ansøgningen om engangshjælp er ikke afgjort",
    "no_meeting_need": "der er hverken vilkår om tilsyn, behov for bolig eller behov for engangshjælp",
    "short_sentence": "der var ved straffens start for kort tid til forventet løsladelse",
    "no_supervision": "løsladelsen sker ikke på prøve med tilsyn",
    "no_assessment": "der er ingen risiko- og behovsvurdering",
    "sentence_under_30_days": "straffen er for kort til, at løsladelsen fremrykkes",
    "not_thursday_to_sunday": "hverken den planlagte eller den faktiske løsladelse var torsdag til søndag, så der var "
    "intet at fremrykke",
    "no_rent_need": "der er ikke konstateret behov for hjælp til husleje",
    "six_months_or_less": "den forventede afsoningstid overstiger ikke grænsen",
    "not_applied": "der er ikke sendt en ansøgning om hjælp til husleje",
    "not_marked": "sagen er ikke mærket til infohuset",
    "no_expected_release": "der er ingen forventet løsladelsesdato i sagen",
    "expected_release_passed": "den forventede løsladelsesdato er passeret, uden at en løsladelse er registreret",
    "within_28_days": "fristen regnes fra straffens start",
    "one_year_before": "fristen regnes tilbage fra den forventede løsladelse",
    "housed": "personen blev løsladt til egen bolig",
    "lapsed": "opskrivningen var udløbet eller slettet",
    "documented": "grunden til den manglende opskrivning er noteret",
    "not_registered": "der var ingen opskrivning",
    "date_moved": "datoen blev flyttet, så fristen aldrig kom, eller så pligten var opfyldt i tide til den løsladelse, "
    "der da var ventet",
    "no_application": "der blev ikke sendt en ansøgning inden løsladelsen",
    "no_time": "straffen var for kort til en ansøgning i god tid",
    "application_late": "ingen ansøgning var fuldstændig i så god tid, at kommunen kunne nå at afgøre den",
    "decision_late": "ansøgningen var fuldstændig i tide, men afgørelsen kom ikke til tiden",
    "no_agreement": "der er ingen samarbejdsaftale",
    "out_of_date": "aftalen er ikke opdateret inden for tiden",
    "absent": "kommunen var inviteret, men deltog ikke",
    "not_invited": "kommunen var ikke inviteret",
    "not_sent": "kontaktlisten blev ikke sendt i kvartalet",
    "refused": "mailen blev afvist",
    "bounced": "mailen kom retur",
    "no_ledger": "der er endnu ingen postomdeling i protokollen",
}

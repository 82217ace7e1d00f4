"""Words on published pages that an attacker who reads Danish and English knows the meaning of.

Belongs here: names of duties in other words than their titles. Does not belong here: how a number is read.
"""

from __future__ import annotations

from ..method_page import RELEASES

ENGLISH = {
    "Municipality contacted about the action plan": "contact_sentence",
    "Municipality contacted about a case under supervision": "contact_supervision",
    "Municipality answered the contact": "municipal_response",
    "Client told that information is passed on": "client_informed",
    "Responsible municipality settled before release": "handle_municipality_clarified",
    "Need for housing clarified": "housing_need_clarified",
    "On a housing list at release": "housing_registered",
    "On a housing list, or the reason noted": "housing_registered_or_explained",
    "Place on a housing list renewed every year": "housing_renewed",
    "Municipality told of expected homelessness": "homelessness_notified",
    "Application for release grant sent in good time": "aid_applied",
    "Release grant decided before release": "aid_decided",
    "Release grant paid on the day of release": "aid_paid",
    "Municipality invited to a release meeting": "release_meeting_called",
    "Release meeting held with the municipality": "release_meeting_held",
    "Probation office invited to the release meeting": "supervision_invited",
    "Risk and needs assessment handed over": "risk_assessment_handed_over",
    "Release moved forward to Monday–Wednesday": "release_advanced",
    "Application for help with rent sent at once": "rent_help_applied",
    "Other ways of covering the need for housing examined": "rent_alternative_examined",
}
IN_FEW_WORDS = {
    "kommunen kontaktet om handleplan i tide": "contact_sentence",
    "skrevet op til bolig ved løsladelsen": "housing_registered",
    "engangshjælp afgjort ¤ før løsladelsen": "aid_decided",
}
"""The three measures of the mission as a page's first lines have them, days left out."""
RELEASES_TO = {
    "Egen bolig": f"{RELEASES}_home",
    "Hjemløs eller herberg": f"{RELEASES}_homeless",
    "Anden bolig eller ikke oplyst": f"{RELEASES}_elsewhere",
}
CITIZENS = ("Det, borgerne mødte", "What citizens met")
"""What stands before a figure of all cases, whoever could act in them."""
COLUMNS = {
    "Forfaldne": "due",
    "Frister": "due",
    "Forfaldne frister": "due",
    "Til tiden": "met",
    "Andel, pct.": "rate",
    "Andel til tiden, pct.": "rate",
    "Pct.": "rate",
    "95 pct.-interval": "range",
    "95 pct.-interval, pct.": "range",
    "Borgerne: forfaldne": "all due",
    "Borgerne: til tiden": "all met",
    "Borgerne: andel, pct.": "all rate",
    "Løsladelser": "due",
    "Heraf med forfaldne pligter": "own_due",
    "Alle til tiden": "own_met",
    "Due": "due",
    "On time": "met",
    "Share, %": "rate",
    "95% interval": "range",
}
RECORD = {
    "forfaldne": "due",
    "til_tiden": "met",
    "andel_pct": "rate",
    "interval_lav_pct": "low",
    "interval_hoej_pct": "high",
    "borgerne_forfaldne": "all due",
    "borgerne_til_tiden": "all met",
}
"""Columns of data files that hold numbers; the others of them hold words and marks."""
WORDS_OF_RECORD = {"niveau", "enhed", "enhedskode", "pligt_id", "pligt", "norm", "periodetype", "periode", "taeller"}
NOTHING = ("vises ikke", "få", "–", "")
"""What stands where there is nothing to show: not offered, too few for a share, no cases."""

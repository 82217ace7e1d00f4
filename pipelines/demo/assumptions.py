"""What the synthetic country is assumed to be like: every share, number and delay, each with its source.

Belongs here: the numbers that shape the world, by subject, so that they can be read and judged on one page. Does not
belong here: how they are drawn, or any number of the law.

A line above each group says where its numbers are from: "Source:" with a published figure, or "Our assumption" where
there is none. No published figure says how often any duty is kept in time, so every such share is our assumption and
none may be quoted as a fact about a real authority. Shares are of 1, delays are days.
"""

from __future__ import annotations

Options = list[tuple[str, float]]

# --- How many, and when ------------------------------------------------------------------------------------------

# Source: 11,175 admissions in 2016, remand among them (the prison service's news of 30/9 2017).
SENTENCES_PER_YEAR = 11_000
# Our assumption, after the size of the probation service: parole, suspended sentences and community service.
SUPERVISIONS_PER_YEAR = 8_000
# Our assumption: the source system holds the cases that began since it was taken into use.
YEARS = 5

# Source: 1,348 on remand on an average day (2014, Ritzau 9/5 2015); at about four months each, our assumption, that is
# some 4,000 of the 11,000 a year.
REMAND_SHARE = 0.35
# Our assumption: remand that ends in a sentence served by the same person from the day it becomes one.
REMAND_SENTENCED_SHARE = 0.6
REMAND_MEAN_DAYS = {"sentenced": 100.0, "freed": 70.0}
# Source: a court orders remand for four weeks at a time (retsplejeloven § 767); no sentence is known yet.
REMAND_ORDER_DAYS = 28
# Our assumption, between 28 % foreign citizens on a day in 2018 (ministry's answer) and those without a tie in 2020.
EXPELLED_SHARE = 0.08
# Our assumption: those summoned within the coming weeks, of all cases the system ever held.
NOT_STARTED_SHARE = 0.006
SUMMONED_DAYS_AHEAD = 21

# Our assumption: people are admitted on working days, fewest in July and December; and leave when their day comes.
ADMISSIONS_BY_WEEKDAY = [1.25, 1.15, 1.05, 0.95, 0.7, 0.18, 0.14]
ADMISSIONS_BY_MONTH = [1.15, 1.08, 1.06, 1.0, 1.02, 0.96, 0.72, 1.02, 1.1, 1.12, 1.06, 0.68]
ADMISSIONS_ON_HOLIDAYS = 0.15

# Source: about one in four is convicted again within two years (Rigsrevisionen 10/2010).
RETURNING_SHARE = 0.25
# Our assumption.
MOVED_BETWEEN_CASES_SHARE = 0.2

# --- Sentences and their dates -----------------------------------------------------------------------------------

# Our assumption in detail, (days, weight). Source for the whole: most cases are short, and people stay 4.2 months on
# average (SPACE I 2018); one in four is under 30 days here, two in three under four months.
SENTENCE_DAYS = [
    (7, 3.0),
    (10, 4.5),
    (14, 8.0),
    (20, 8.5),
    (30, 12.0),
    (40, 8.0),
    (50, 3.0),
    (60, 9.5),
    (80, 2.5),
    (91, 7.5),
    (122, 6.5),
    (152, 4.0),
    (183, 7.0),
    (213, 2.2),
    (244, 2.8),
    (274, 2.0),
    (304, 1.8),
    (365, 4.5),
    (457, 2.4),
    (548, 2.6),
    (730, 2.6),
    (913, 1.5),
    (1096, 1.3),
    (1461, 0.8),
    (1826, 0.6),
    (2557, 0.35),
    (3653, 0.17),
    (5114, 0.07),
]
# Our assumption: several sentences added up.
ADDED_UP_SHARE = 0.3
# Source: two thirds of the sentence, at least two months (straffeloven § 38); days only below three months (§ 33).
SHORTEST_FOR_PAROLE = 90
LEAST_SERVED_FOR_PAROLE = 60
# Source: the decision is due four weeks before the parole (BEK 354/2016 § 1).
PAROLE_DECISION_DAYS = 28
# Source: 62.5 % were paroled at two thirds in 2020, 80 to 84 % in 2011 to 2015 (answers to the parliament).
PAROLE_REFUSED_SHARE = 0.28
# Our assumption, all of them: what else moves a date.
REFUSED_THEN_GRANTED_SHARE = 0.12
HALF_TIME_SHARE = 0.03
GRANT_RECORDED_ANEW_SHARE = 0.3
NEW_SENTENCE_SHARE = 0.07
ABSENCE_SHARE = 0.02
SHORTENED_SHARE = 0.06
FIRST_DATE_LATE_SHARE = 0.03
NO_DATES_SHARE = 0.012
REMAND_DATES_SHARE = 0.08

# Source: a release on Thursday to Sunday is advanced at 30 days or more (løsladelsesbekendtgørelsen § 21).
SHORTEST_FOR_ADVANCING = 30
# Our assumption, also below.
ADVANCED_SHARE = 0.94
PLANNED_DAY_KEPT_SHARE = 0.92
POSTPONED_SHARE = 0.01
OTHER_RELEASE_SHARE = 0.015
EXPELLED_OTHER_RELEASE_SHARE = 0.35
RELEASE_NEVER_RECORDED_SHARE = 0.004
# Our assumption: supervision is not automatic (straffeloven § 39).
SUPERVISED_PAROLE_SHARE = 0.65

# --- What a case needs -------------------------------------------------------------------------------------------

# Our assumption.
TARGET_GROUPS: Options = [("1", 0.94), ("2", 0.012), ("5", 0.022), ("", 0.026)]
# Source: no duty at four months or less, supervised parole and some groups aside (BEK 421/2015 § 1). The shares are our
# assumption.
PLAN_LONGEST_EXEMPT_DAYS = 122
PLAN_SHARES = {"longer": 0.96, "supervised": 0.95, "exempt": 0.38, "remand": 0.6}
# Our assumption, by the length of the sentence (under 30, under 122, under 365 days, longer): who has a need, and of
# whom it is never clarified.
HOUSING_NEED_SHARES = [0.2, 0.32, 0.45, 0.52]
AID_NEED_SHARES = [0.14, 0.36, 0.52, 0.55]
NEED_NOT_CLARIFIED_SHARES = [0.3, 0.14, 0.07, 0.05]
EXPELLED_NEED_FACTOR = 0.2
# Source for the whole: 7 % are released to the street (VIVE's count 2022), just under 40 % of parolees to a temporary
# stay (prison service's figures about 2014). How it follows the recorded need is our assumption: most who leave for
# the street or a shelter were known to need a home, and a quarter or so were not.
HOMES_BY_NEED: dict[str, Options] = {
    "J": [
        ("egen", 0.33),
        ("midlertidig", 0.32),
        ("udslusning", 0.08),
        ("herberg", 0.10),
        ("hjemloes", 0.12),
        ("", 0.05),
    ],
    "N": [
        ("egen", 0.74),
        ("midlertidig", 0.17),
        ("udslusning", 0.03),
        ("herberg", 0.01),
        ("hjemloes", 0.02),
        ("", 0.03),
    ],
    "": [
        ("egen", 0.50),
        ("midlertidig", 0.26),
        ("udslusning", 0.02),
        ("herberg", 0.05),
        ("hjemloes", 0.07),
        ("", 0.10),
    ],
}
HOUSING_REASON_SHARES = {"registered": 0.06, "not registered": 0.4}
# Source: nobody expelled or with under 28 days left is assessed (the guide's note 5); the shares are our assumption.
ASSESSED_SHARES = [0.02, 0.3, 0.78, 0.9]
RISK_LEVELS: Options = [("lav", 0.26), ("mellem", 0.34), ("hoej", 0.28), ("meget_hoej", 0.12)]

# --- What is done, and in time -----------------------------------------------------------------------------------

# Our assumption: how often a party of ordinary quality does a thing in time.
IN_TIME = {
    "contact": 0.8,
    "contact_supervision": 0.84,
    "answer": 0.74,
    "need_clarified": 0.8,
    "registration": 0.66,
    "risk_handed_over": 0.72,
    "homelessness": 0.66,
    "aid_applied": 0.74,
    "aid_decided": 0.77,
    "aid_paid": 0.88,
    "meeting_called": 0.72,
    "meeting_attended": 0.78,
    "rent_applied": 0.78,
    "rent_alternative": 0.62,
    "infohus": 0.7,
    "advanced": ADVANCED_SHARE,
}
# Our assumption, in logits: what makes one party better than another, beside what is its own.
INSTITUTION_KIND_EFFECT = {"faengsel": 0.0, "arrest": -0.35, "udslusning": 0.45, "kif": 0.15, "omraadekontor": 0.0}
AREA_EFFECT = {"Øst": -0.12, "Vest": 0.12}
MUNICIPALITY_SIZE_EFFECT = {"answer": -0.15, "aid_decided": 0.2, "aid_paid": 0.1, "meeting_attended": -0.2}
UNIT_SPREAD = 0.38
DUTY_SPREAD = 0.28
YEARLY_DRIFT_SPREAD = 0.08
# Our assumption: one unit in ten changes for good or bad on one day (a new routine, a lost colleague).
TURNING_SHARE = 0.1
TURNING_SIZE = 0.9
# Our assumption: everybody gets a little better each year, and worse in July and December.
YEARLY_TREND = 0.05
MONTH_EFFECT = [0.0, 0.05, 0.05, 0.0, 0.05, 0.0, -0.4, -0.1, 0.05, 0.05, 0.0, -0.3]
# Our assumption: work that is done on a weekend or holiday all the same, and events dated there.
DAYS_OFF_KEPT_SHARE = 0.03

# Our assumption, all below: contacts.
CHANNELS: Options = [("digital_post", 0.46), ("mail", 0.26), ("telefon", 0.18), ("moede", 0.07), ("andet", 0.03)]
CLIENT_TOLD: Options = [("J", 0.86), ("N", 0.08), ("", 0.06)]
CLIENT_TOLD_OF_OTHER: Options = [("J", 0.15), ("N", 0.05), ("", 0.8)]
ANSWER_TOPICS: Options = [("handleplan", 0.7), ("oplysninger", 0.25), ("andet", 0.05)]
LATE_CONTACT_SHARE = 0.62
CONTACT_AFTER_RELEASE_SHARE = 0.45
CONTACT_WITHOUT_DUTY_SHARE = 0.1
SECOND_CONTACT_SHARE = 0.12
LATE_ANSWER_SHARE = 0.55
WRONG_MUNICIPALITY_SHARE = 0.02
OTHER_CONTACT_SHARES = {"underretning": 0.4, "oplysninger": 0.16, "loesladelse": 0.35, "andet": 0.04}
HOMELESS_CONTACT_SHARE = 0.85

# Our assumption, all below: the municipality of a case.
NO_MUNICIPALITY_SHARE = 0.02
LATE_MUNICIPALITY_SHARE = 0.05
MOVED_SHARE = 0.1

# Our assumption, all below: housing lists and help with the rent. Source for the whole: under a third of the homeless
# stood on a housing list (SFI 2015).
LANDLORDS: Options = [("almen", 0.66), ("kommunal", 0.24), ("privat", 0.10)]
LATE_REGISTRATION_SHARE = 0.3
SHORT_SENTENCE_REGISTRATION_FACTOR = 0.55
SECOND_LIST_SHARE = 0.18
REGISTERED_BEFORE_SHARE = 0.15
REGISTERED_AFTER_RELEASE_SHARE = 0.06
RENEWED_IN_TIME_SHARE = 0.72
RENEWED_LATE_SHARE = 0.55
DELETED_SHARE = 0.09
RENEWALS_AT_MOST = 12
RENT_NEED_SHARES = [0.05, 0.2, 0.2, 0.1]
RENT_NOT_APPLIED_SHARE = 0.07
RENT_DECIDED_SHARE = 0.93
RENT_DECISIONS: Options = [("bevilget", 0.58), ("afslag", 0.42)]

# Our assumption, all below: one-off aid.
AID_NOT_APPLIED_SHARES = [0.35, 0.14, 0.06, 0.05]
AID_WITHOUT_NEED_SHARE = 0.015
AID_AFTER_RELEASE_SHARE = 0.3
AID_SECOND_SHARE = 0.05
AID_COMPLETE_AT_ONCE_SHARE = 0.45
AID_NEVER_COMPLETE_SHARE = 0.06
AID_NEVER_DECIDED_SHARE = 0.05
AID_DECIDED_THOUGH_INCOMPLETE_SHARE = 0.5
AID_GRANTED_SHARE = 0.76
AID_NEVER_PAID_SHARE = 0.04
AID_PAID_ON_THE_DAY_SHARE = 0.55

# Our assumption, all below: release meetings, mentors, the info house.
MEETING_SHARES = [0.15, 0.52, 0.88, 0.93]
MEETING_HELD_SHARE = 0.86
MEETING_FORMS: Options = [("video", 0.37), ("telefon", 0.3), ("fysisk", 0.26), ("mail", 0.05), ("", 0.02)]
MUNICIPALITY_INVITED_SHARE = 0.93
OFFICE_INVITED_SHARES = {"supervised": 0.86, "other": 0.2}
MENTOR_SHARES = [0.002, 0.02, 0.09, 0.14]
MENTOR_SCHEMES: Options = [("kriminalforsorg", 0.7), ("kommune", 0.3)]
INFO_HOUSE_SHARE = 0.01
INFO_HOUSE_NEVER_TOLD_SHARE = 0.1

# --- Supervision -------------------------------------------------------------------------------------------------

# Our assumption: of 8,000 a year, those paroled with supervision from a sentence of this world, at most.
SUPERVISED_FROM_SENTENCE_SHARE = 0.3
SUPERVISION_KINDS: Options = [
    ("betinget_dom", 0.47),
    ("samfundstjeneste", 0.36),
    ("foranstaltning", 0.12),
    ("proeveloesladt", 0.05),
]
SUPERVISION_GROUPS: Options = [("3", 0.93), ("4", 0.03), ("", 0.04)]
SUPERVISION_PLAN_SHARE = 0.68
SUPERVISION_OTHER_CONTACT_SHARES = {"oplysninger": 0.22, "underretning": 0.1, "andet": 0.06}
SUPERVISION_NEVER_ENDED_SHARE = 0.02

# --- Agreements and cooperation meetings -------------------------------------------------------------------------

# Source: every municipality had an agreement in 2015 (Rigsrevisionen 1105/15); that a few lack one is our assumption.
NO_AGREEMENT_SHARE = 0.03
# Our assumption, all below.
NO_MAILBOX_SHARE = 0.12
NO_MAIL_SHARE = 0.1
NEITHER_ADDRESS_SHARE = 0.03
AGREEMENT_UPDATED_AGAIN_SHARE = 0.88
OLDEST_AGREEMENT_DAYS = 900
# Source: a meeting every second year (the guide, 2.3). The shares are our assumption.
MEETING_GROUPS_PER_AREA = 4
NOT_INVITED_SHARE = 0.05
POLICE_ATTENDED_SHARE = 0.6

# --- The source system -------------------------------------------------------------------------------------------

# Our assumption, all below: how it records, mistypes and corrects.
CORRECTED_SHARE = 0.005
CORRECTED_AFTER_DAYS = (20, 200)
REGISTERED_TWICE_SHARE = 0.005
CASE_LATE_SHARE = 0.01
YEAR_MISTYPED_SHARE = 0.002
ODD_AID_SHARE = 0.008
RELEASED_BEFORE_START_SHARE = 0.002
SUPERVISION_AHEAD_SHARE = 0.05
SUPERVISION_AHEAD_DAYS = 20
NUMBER_IN_TEXT_SHARE = 0.02
HYPHEN_SHARE = 0.1
LOST_ZERO_SHARE = 0.04

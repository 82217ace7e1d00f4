"""The rules, written a second time in plain Python straight from rules.md, to check the warehouse against.

Belongs here: one function per rule, the terms the rules share, and the Danish calendar they need.
Does not belong here: anything of the warehouse (its SQL, seeds or results), reading of files, figures over many cases.
The two implementations are only worth something as long as neither is written with an eye on the other.

The order is that of rules.md: the calendar, what is known on the day of assessment, terms, rules of cases and of units.
`s` of rules.md is `case.started` here, `E(t)` is `case.expected_release_on(t)`, `K(t)` is `case.known_from(t)`,
`R` is `case.release` and `adv(d)` is `case.advanced(d)`.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

Tables = Mapping[str, Sequence[Mapping[str, str]]]
KnownRow = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """The numbers of the rules, as they stand in rules.md."""

    contact_days: int = 28
    long_sentence_years: int = 1
    short_notice_days: int = 28
    response_days: int = 28
    housing_need_days: int = 28
    registration_years: int = 1
    homelessness_days: int = 28
    aid_applied_days: int = 28
    aid_decided_days: int = 14
    aid_handling_days: int = 14
    meeting_called_months: int = 3
    advanced_from_sentence_days: int = 30
    rent_help_days: int = 7
    rent_alternative_months: int = 6
    infohus_months: int = 3
    agreement_years: int = 2
    meeting_years: int = 2


# --- The calendar -----------------------------------------------------------------------------------------------------

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
LAST_YEAR_WITH_GREAT_PRAYER_DAY = 2023


def add_days(day: date, days: int) -> date:
    """The day that many days later, or earlier when the number is negative."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day of another month; the last of that month when it has no such day."""
    month_number = day.year * 12 + (day.month - 1) + months
    year, month = month_number // 12, month_number % 12 + 1
    last_of_month = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last_of_month))


def add_years(day: date, years: int) -> date:
    """The same day of another year; 28 February when that year has no 29 February."""
    return add_months(day, 12 * years)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the computus of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30
    leap_years, year_rest = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late_moon = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day_before = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day_before + 1)


@cache
def days_off(year: int) -> frozenset[date]:
    """Danish public holidays of a year as in force that year, with 5 June, 24 and 31 December; not the weekends."""
    easter = easter_sunday(year)
    moving = {
        add_days(easter, -3),  # Maundy Thursday
        add_days(easter, -2),  # Good Friday
        easter,
        add_days(easter, 1),  # Easter Monday
        add_days(easter, 39),  # Ascension Day
        add_days(easter, 49),  # Whit Sunday
        add_days(easter, 50),  # Whit Monday
    }
    if year <= LAST_YEAR_WITH_GREAT_PRAYER_DAY:
        moving.add(add_days(easter, 26))
    fixed = {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)}
    treated_as_holidays = {date(year, 6, 5), date(year, 12, 24), date(year, 12, 31)}
    return frozenset(moving | fixed | treated_as_holidays)


def is_working_day(day: date) -> bool:
    """Whether the day is neither in a weekend nor a day off."""
    return day.weekday() not in (SATURDAY, SUNDAY) and day not in days_off(day.year)


def next_working_day(day: date) -> date:
    """The day itself when it is a working day, else the next one that is."""
    while not is_working_day(day):
        day = add_days(day, 1)
    return day


# --- What is known on the day of assessment ---------------------------------------------------------------------------

# "A row whose first date is after as_of does not exist, with all its dates."
FIRST_DATE: dict[str, str] = {
    "loesladelsesdatoer": "registreret",
    "handlekommuner": "gyldig_fra",
    "kommunekontakter": "dato",
    "bolighaendelser": "dato",
    "engangshjaelp": "sendt",
    "loesladelsesmoeder": "indkaldt",
    "huslejehjaelp": "behov_konstateret",
    "infohus": "markeret",
    "samarbejdsmoeder": "dato",
    "samarbejdsaftaler": "opdateret",
}

# "A later date in an existing row is empty."
LATER_DATES: dict[str, tuple[str, ...]] = {
    "afsoningssager": ("ls_rnr_dato", "bolig_behov_afklaret", "faktisk_loesladelse"),
    "tilsynssager": ("ophoert",),
    "engangshjaelp": ("fuldstaendig", "afgjort", "udbetalt"),
    "loesladelsesmoeder": ("afholdt",),
    "huslejehjaelp": ("sendt", "afgjort", "alternativ_undersoegt"),
    "infohus": ("underrettet",),
}

# "... forventet_*, oprindelig_loesladelse, straf_ivaerksat and modtaget aside."
DATES_THAT_MAY_LIE_AHEAD: dict[str, tuple[str, ...]] = {
    "afsoningssager": ("straf_ivaerksat", "oprindelig_loesladelse"),
    "tilsynssager": ("modtaget",),
    "loesladelsesdatoer": ("forventet_proeveloesladelse", "forventet_loesladelse"),
}

# "A value with a date of its own beside it exists from that date; without a date it counts as known."
VALUES_WITH_A_DATE: dict[str, tuple[tuple[str, str], ...]] = {
    "afsoningssager": (("bolig_behov", "bolig_behov_afklaret"), ("ls_rnr_niveau", "ls_rnr_dato")),
}


def to_date(text: str) -> date | None:
    """The date of a canonical text value, None when it is empty."""
    return date.fromisoformat(text) if text else None


def row_known_on(file: str, row: Mapping[str, str], as_of: date) -> KnownRow | None:
    """The row as it was known on a day, its dates as dates; None when it did not exist yet."""
    known: KnownRow = dict(row)
    first_date = FIRST_DATE.get(file)
    if first_date is not None:
        known[first_date] = date.fromisoformat(row[first_date])
        if known[first_date] > as_of:
            return None
    for column in DATES_THAT_MAY_LIE_AHEAD.get(file, ()):
        known[column] = to_date(row[column])
    for column in LATER_DATES.get(file, ()):
        known[column] = to_date(row[column])
    for value, its_date in VALUES_WITH_A_DATE.get(file, ()):
        if known[its_date] is not None and known[its_date] > as_of:
            known[value] = ""
    for column in LATER_DATES.get(file, ()):
        if known[column] is not None and known[column] > as_of:
            known[column] = None
    return known


def rows_known_on(tables: Tables, file: str, as_of: date) -> list[KnownRow]:
    """All rows of a file as they were known on a day; none when the file is not in the delivery."""
    known = (row_known_on(file, row, as_of) for row in tables.get(file, ()))
    return [row for row in known if row is not None]


# --- Terms ------------------------------------------------------------------------------------------------------------


def earliest(days: Iterable[date | None]) -> date | None:
    """The earliest of the days that are there, None when there is none."""
    return min((day for day in days if day is not None), default=None)


def in_force_on(day: date, rows: Sequence[tuple[date, Any]]) -> tuple[date, Any] | None:
    """Of dated rows in order of date the newest on or before the day; when none is that old, the earliest."""
    if not rows:
        return None
    in_force = rows[0]
    for row in rows:
        if row[0] <= day:
            in_force = row
    return in_force


@dataclass
class Case:
    """One case with all that was known about it on the day of assessment, and the terms of rules.md for it."""

    as_of: date
    parameters: Parameters
    row: KnownRow
    expected_dates: list[tuple[date, date]]
    municipalities: list[tuple[date, str]]
    contacts: list[KnownRow]
    housing_events: list[KnownRow]
    aid_applications: list[KnownRow]
    meetings: list[KnownRow]
    rent_applications: list[KnownRow]
    infohus: list[KnownRow]

    @property
    def started(self) -> date:
        """s: the day the sentence began."""
        return self.row["straf_ivaerksat"]

    def expected_release_on(self, day: date) -> date | None:
        """E(t): the release expected by the row in force on a day; None without a row."""
        row = in_force_on(day, self.expected_dates)
        return None if row is None else row[1]

    def known_from(self, day: date) -> date:
        """K(t): since when the release expected on a day could be known."""
        row = in_force_on(day, self.expected_dates)
        if row is None or row == self.expected_dates[0]:
            return self.started
        return max(self.started, row[0])

    def municipality_on(self, day: date) -> str | None:
        """The municipality in force on a day; None when the case has no row."""
        row = in_force_on(day, self.municipalities)
        return None if row is None else row[1]

    def advanced(self, release: date) -> date:
        """adv(d): Thursday to Sunday moves back to the Wednesday before, for a sentence of at least 30 days."""
        if self.is_short_sentence or release.weekday() not in (THURSDAY, FRIDAY, SATURDAY, SUNDAY):
            return release
        return add_days(release, WEDNESDAY - release.weekday())

    @property
    def is_short_sentence(self) -> bool:
        """Whether the sentence is too short for its release to be advanced."""
        return int(self.row["straf_dage"]) < self.parameters.advanced_from_sentence_days

    @property
    def actual_release(self) -> date | None:
        """The day of release when that has been by the day of assessment."""
        return self.row["faktisk_loesladelse"]

    @cached_property
    def release(self) -> date | None:
        """R: the actual release, else the advanced expected one when still to come, else unknown."""
        if self.actual_release is not None:
            return self.actual_release
        expected = self.expected_release_on(self.as_of)
        if expected is not None and self.advanced(expected) >= self.as_of:
            return self.advanced(expected)
        return None

    @property
    def why_release_is_unknown(self) -> str:
        """The reason of an unknown R."""
        return "expected_release_passed" if self.expected_dates else "no_expected_release"

    def qualifying_contact(self, topic: str) -> date | None:
        """The earliest contact on the topic to the municipality in force on its date (any, without a municipality)."""
        return earliest(
            contact["dato"]
            for contact in self.contacts
            if contact["retning"] == "ud"
            and contact["emne"] == topic
            and self.municipality_on(contact["dato"]) in (None, contact["kommunekode"])
        )


@dataclass(frozen=True)
class Verdict:
    """What a rule says about a case, before the columns that follow from it."""

    status: str
    deadline: date | None = None
    event: date | None = None
    reason: str | None = None
    responsible: str | None = None
    knowable_from: date | None = None
    counts_forward: bool = False


def status_by_deadline(deadline: date, event: date | None, as_of: date) -> str:
    """The table of outcomes: met, late, missed or pending."""
    if event is not None:
        return "met" if event <= deadline else "late"
    return "missed" if deadline < as_of else "pending"


def judged(case: Case, deadline: date, event: date | None, **more: Any) -> Verdict:
    """The verdict of the ordinary table of outcomes."""
    return Verdict(status_by_deadline(deadline, event, case.as_of), deadline, event, **more)


def not_applicable(reason: str) -> Verdict:
    """Outside the rule's population."""
    return Verdict("not_applicable", reason=reason)


def undeterminable(reason: str) -> Verdict:
    """Inside the population, but a fact is missing."""
    return Verdict("undeterminable", reason=reason)


# --- Sentence rules ---------------------------------------------------------------------------------------------------


def contact_sentence(case: Case) -> Verdict:
    """The municipality is contacted to coordinate the action plan."""
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    expected_at_start = case.expected_release_on(case.started)
    if expected_at_start is None:
        return undeterminable("no_expected_release")
    contact = case.qualifying_contact("handleplan")
    years = case.parameters.long_sentence_years
    if expected_at_start < add_years(case.started, years):
        deadline = add_days(case.started, case.parameters.contact_days)
        return judged(case, deadline, contact, reason="within_28_days", knowable_from=case.started, counts_forward=True)
    judged_on = contact or case.as_of
    knowable_from = case.known_from(judged_on)
    deadline = max(add_years(case.expected_release_on(judged_on), -years), knowable_from)
    return judged(case, deadline, contact, reason="one_year_before", knowable_from=knowable_from)


def municipal_response(case: Case) -> Verdict:
    """The municipality answers within 28 days of being contacted."""
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    contacted = case.qualifying_contact("handleplan")
    if contacted is None:
        return not_applicable("not_contacted")
    response = earliest(
        contact["dato"]
        for contact in case.contacts
        if contact["retning"] == "ind"
        and contact["dato"] >= contacted
        and case.municipality_on(contacted) in (None, contact["kommunekode"])
    )
    return judged(case, add_days(contacted, case.parameters.response_days), response, counts_forward=True)


def client_informed(case: Case) -> Verdict:
    """The client is told of every contact that hands information to the municipality."""
    handed_over = [
        contact
        for contact in case.contacts
        if contact["retning"] == "ud" and contact["emne"] in ("handleplan", "oplysninger")
    ]
    if not handed_over:
        return not_applicable("no_contact")
    latest = max(contact["dato"] for contact in handed_over)
    if all(contact["klient_orienteret"] == "J" for contact in handed_over):
        return Verdict("met", latest, latest)
    return Verdict("missed", latest)


def handle_municipality_clarified(case: Case) -> Verdict:
    """It is settled before release which municipality is responsible."""
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    return judged(case, case.release, earliest(valid_from for valid_from, _ in case.municipalities))


def housing_need_clarified(case: Case) -> Verdict:
    """Whether the client needs a home is clarified within 28 days."""
    clarified = case.row["bolig_behov_afklaret"] if case.row["bolig_behov"] else None
    deadline = add_days(case.started, case.parameters.housing_need_days)
    return judged(case, deadline, clarified, counts_forward=True)


def registrations_of(case: Case) -> list[list[KnownRow]]:
    """The housing events of the case, one list per registration."""
    registrations: dict[str, list[KnownRow]] = defaultdict(list)
    for event in case.housing_events:
        registrations[event["opskrivning_id"]].append(event)
    return list(registrations.values())


def registered_when_active(case: Case, registration: list[KnownRow], day: date) -> date | None:
    """When the registration is active on the day, its earliest `opskrevet`; None when it is not active."""
    by_then = [event for event in registration if event["dato"] <= day]
    registered = [event["dato"] for event in by_then if event["haendelse"] == "opskrevet"]
    kept_alive = [event["dato"] for event in by_then if event["haendelse"] in ("opskrevet", "fornyet")]
    deleted = any(event["haendelse"] == "slettet" for event in by_then)
    if not registered or deleted:
        return None
    return min(registered) if add_years(max(kept_alive), case.parameters.registration_years) >= day else None


def housing_registered(case: Case, explanation_counts: bool = False) -> Verdict:
    """A client who needs a home is on a housing list at release."""
    if case.row["bolig_behov"] != "J":
        return not_applicable("no_housing_need")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    release, registrations = case.release, registrations_of(case)
    if case.actual_release is None:
        active_today = earliest(registered_when_active(case, each, case.as_of) for each in registrations)
        return Verdict("pending", release, active_today)
    active_at_release = earliest(registered_when_active(case, each, release) for each in registrations)
    if active_at_release is not None:
        return Verdict("met", release, active_at_release)
    has_explanation = bool(case.row["bolig_begrundelse"])
    if explanation_counts and has_explanation:
        return Verdict("met", release, reason="documented")
    registered = [event["dato"] for event in case.housing_events if event["haendelse"] == "opskrevet"]
    registered_too_late = earliest(day for day in registered if day > release)
    if registered_too_late is not None:
        return Verdict("late", release, registered_too_late)
    if any(day <= release for day in registered):
        reason = "lapsed"
    elif has_explanation:
        reason = "documented"
    else:
        reason = "not_registered"
    return Verdict("missed" if release < case.as_of else "pending", release, reason=reason)


def housing_registered_or_explained(case: Case) -> Verdict:
    """As housing_registered, but a noted explanation is enough."""
    return housing_registered(case, explanation_counts=True)


def renewal_of_registration(case: Case, registration: list[KnownRow], end: date) -> Verdict | None:
    """Whether one registration was renewed in time until the end; None when nothing was due."""
    by_end = [event for event in registration if event["dato"] <= end]
    deleted = any(event["haendelse"] == "slettet" for event in by_end)
    days = sorted(event["dato"] for event in by_end if event["haendelse"] != "slettet")
    if not days:
        return None
    renewals = [(add_years(before, case.parameters.registration_years), after) for before, after in pairwise(days)]
    renewals = [(deadline, renewal) for deadline, renewal in renewals if deadline >= case.started]
    for deadline, renewal in renewals:
        if renewal > deadline:
            return Verdict("late", deadline, renewal)
    next_deadline = add_years(days[-1], case.parameters.registration_years)
    if not deleted and case.started <= next_deadline < end:
        return Verdict("missed", next_deadline)
    if renewals:
        deadline, renewal = renewals[-1]
        return Verdict("met", deadline, renewal)
    if case.actual_release is None and not deleted and next_deadline >= case.started:
        return Verdict("pending", next_deadline)
    return None


def housing_renewed(case: Case) -> Verdict:
    """Every registration on a housing list is renewed each year while the sentence is served."""
    if case.row["bolig_behov"] != "J":
        return not_applicable("no_housing_need")
    end = case.actual_release or case.as_of
    verdicts = [renewal_of_registration(case, registration, end) for registration in registrations_of(case)]
    due = [verdict for verdict in verdicts if verdict is not None]
    if not due:
        return not_applicable("no_renewal_due")
    worst_first = ("missed", "late", "met", "pending")
    return min(
        due, key=lambda verdict: (worst_first.index(verdict.status), verdict.deadline, verdict.event or date.max)
    )


def homelessness_notified(case: Case) -> Verdict:
    """The municipality hears four weeks before that a client will be released to homelessness."""
    if case.actual_release is None:
        return not_applicable("not_released")
    if case.row["bolig_ved_loesladelse"] not in ("hjemloes", "herberg"):
        return not_applicable("not_homeless")
    deadline = add_days(case.actual_release, -case.parameters.homelessness_days)
    return judged(case, deadline, case.qualifying_contact("hjemloeshed"))


def earliest_complete_application(case: Case) -> date | None:
    """The earliest day on which an application for aid was both sent and complete."""
    return earliest(
        max(application["sendt"], application["fuldstaendig"])
        for application in case.aid_applications
        if application["fuldstaendig"] is not None
    )


def aid_applied(case: Case) -> Verdict:
    """One-off aid is applied for, completely, four weeks before release."""
    if case.row["engangshjaelp_behov"] != "J":
        return not_applicable("no_aid_need")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    deadline = add_days(case.release, -case.parameters.aid_applied_days)
    return judged(case, deadline, earliest_complete_application(case))


def aid_decided(case: Case) -> Verdict:
    """One-off aid is decided fourteen days before release."""
    if case.row["engangshjaelp_behov"] != "J":
        return not_applicable("no_aid_need")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    deadline = add_days(case.release, -case.parameters.aid_decided_days)
    decided = earliest(application["afgjort"] for application in case.aid_applications)
    status = status_by_deadline(deadline, decided, case.as_of)
    if status not in ("late", "missed"):
        return Verdict(status, deadline, decided)
    reason, responsible = why_aid_was_not_decided_in_time(case, deadline, decided)
    return Verdict(status, deadline, decided, reason, responsible)


def why_aid_was_not_decided_in_time(case: Case, deadline: date, decided: date | None) -> tuple[str, str]:
    """The reason and the responsible party of a decision that is late or missing: the first that fits."""
    if decided is not None:
        expected_then = case.expected_release_on(decided)
        if expected_then is not None:
            limit_then = add_days(case.advanced(expected_then), -case.parameters.aid_decided_days)
            if decided <= limit_then:
                return "date_moved", "dato_flyttet"
    if not case.aid_applications:
        return "no_application", "kriminalforsorgen"
    complete = earliest_complete_application(case)
    if complete is None or complete > add_days(deadline, -case.parameters.aid_handling_days):
        return "application_late", "kriminalforsorgen"
    return "decision_late", "kommune"


def aid_paid(case: Case) -> Verdict:
    """Aid that was granted is paid by the release."""
    if case.row["engangshjaelp_behov"] != "J":
        return not_applicable("no_aid_need")
    release = case.actual_release
    if release is None:
        return not_applicable("not_released")
    granted = [
        application
        for application in case.aid_applications
        if application["afgoerelse"] == "bevilget" and application["afgjort"] is not None
    ]
    if not granted:
        return not_applicable("not_granted")
    paid = earliest(application["udbetalt"] for application in granted)
    responsible = "kommune"
    if min(application["afgjort"] for application in granted) > release:
        responsible = aid_decided(case).responsible or "kommune"
    return judged(case, release, paid, responsible=responsible)


def needs_release_meeting(case: Case) -> bool:
    """Whether supervision, a need of a home or a need of aid calls for a release meeting."""
    return "J" in (case.row["tilsyn_vilkaar"], case.row["bolig_behov"], case.row["engangshjaelp_behov"])


def release_meeting_called(case: Case) -> Verdict:
    """The municipality is called to a release meeting three months before the expected release."""
    if not needs_release_meeting(case):
        return not_applicable("no_meeting_need")
    expected_at_start = case.expected_release_on(case.started)
    if expected_at_start is None:
        return undeterminable("no_expected_release")
    months = case.parameters.meeting_called_months
    if add_months(expected_at_start, -months) < case.started:
        return not_applicable("short_sentence")
    called = earliest(meeting["indkaldt"] for meeting in case.meetings if meeting["kommune_inviteret"] == "J")
    judged_on = called or case.actual_release or case.as_of
    knowable_from = case.known_from(judged_on)
    deadline = max(add_months(case.expected_release_on(judged_on), -months), knowable_from)
    return judged(case, deadline, called, knowable_from=knowable_from)


def release_meeting_held(case: Case) -> Verdict:
    """A release meeting with the municipality is held before the release."""
    if not needs_release_meeting(case):
        return not_applicable("no_meeting_need")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    held = earliest(meeting["afholdt"] for meeting in case.meetings if meeting["kommune_deltog"] == "J")
    return judged(case, case.release, held)


def supervision_invited(case: Case) -> Verdict:
    """The probation office is invited to a meeting before a release with supervision."""
    if case.row["tilsyn_vilkaar"] != "J":
        return not_applicable("no_supervision")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    invited = earliest(meeting["indkaldt"] for meeting in case.meetings if meeting["kif_inviteret"] == "J")
    return judged(case, case.release, invited)


def risk_assessment_handed_over(case: Case) -> Verdict:
    """The risk assessment is handed to the municipality before the release."""
    if not case.row["ls_rnr_niveau"]:
        return not_applicable("no_assessment")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    return judged(case, case.release, case.qualifying_contact("ls_rnr"))


def release_advanced(case: Case) -> Verdict:
    """Nobody with a sentence of at least 30 days is released on a Thursday, Friday, Saturday or Sunday."""
    release = case.actual_release
    if release is None:
        return not_applicable("not_released")
    if case.is_short_sentence:
        return not_applicable("sentence_under_30_days")
    deadline = case.advanced(case.row["oprindelig_loesladelse"] or release)
    early_in_the_week = release.weekday() in (MONDAY, TUESDAY, WEDNESDAY)
    return Verdict("met" if early_in_the_week else "late", deadline, release)


def rent_help_applied(case: Case) -> Verdict:
    """Help with the rent is applied for within a week of the need being found."""
    if not case.rent_applications:
        return not_applicable("no_rent_need")
    need_found = min(application["behov_konstateret"] for application in case.rent_applications)
    deadline = add_days(max(case.started, need_found), case.parameters.rent_help_days)
    sent = earliest(application["sendt"] for application in case.rent_applications)
    return judged(case, deadline, sent, counts_forward=True)


def rent_alternative_examined(case: Case) -> Verdict:
    """For a sentence of more than six months the municipality examines another way to a home."""
    if not case.rent_applications:
        return not_applicable("no_rent_need")
    expected_at_start = case.expected_release_on(case.started)
    if expected_at_start is None:
        return undeterminable("no_expected_release")
    if expected_at_start <= add_months(case.started, case.parameters.rent_alternative_months):
        return not_applicable("six_months_or_less")
    if all(application["sendt"] is None for application in case.rent_applications):
        return not_applicable("not_applied")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    examined = earliest(application["alternativ_undersoegt"] for application in case.rent_applications)
    return judged(case, case.release, examined)


def infohus_notified(case: Case) -> Verdict:
    """The info house hears of a marked case three months before the release."""
    if not case.infohus:
        return not_applicable("not_marked")
    if case.release is None:
        return undeterminable(case.why_release_is_unknown)
    marked = min(row["markeret"] for row in case.infohus)
    date_known = case.known_from(case.actual_release or case.as_of)
    deadline = add_months(case.release, -case.parameters.infohus_months)
    if marked > deadline or date_known > deadline:
        deadline = case.release
    return judged(case, deadline, earliest(row["underrettet"] for row in case.infohus))


# --- Supervision rules ------------------------------------------------------------------------------------------------


def contact_supervision(case: Case) -> Verdict:
    """The municipality is contacted within 28 days of the supervision case being received."""
    deadline = add_days(case.row["modtaget"], case.parameters.contact_days)
    return judged(case, deadline, case.qualifying_contact("handleplan"), counts_forward=True)


# --- All rules, and who carries each ----------------------------------------------------------------------------------

Rule = Callable[[Case], Verdict]

SENTENCE_RULES: dict[str, tuple[Rule, str]] = {
    "contact_sentence": (contact_sentence, "kriminalforsorgen"),
    "municipal_response": (municipal_response, "kommune"),
    "client_informed": (client_informed, "kriminalforsorgen"),
    "handle_municipality_clarified": (handle_municipality_clarified, "kriminalforsorgen"),
    "housing_need_clarified": (housing_need_clarified, "kriminalforsorgen"),
    "housing_registered": (housing_registered, "kriminalforsorgen"),
    "housing_registered_or_explained": (housing_registered_or_explained, "kriminalforsorgen"),
    "housing_renewed": (housing_renewed, "kriminalforsorgen"),
    "homelessness_notified": (homelessness_notified, "kriminalforsorgen"),
    "aid_applied": (aid_applied, "kriminalforsorgen"),
    "aid_decided": (aid_decided, "said by the rule"),
    "aid_paid": (aid_paid, "said by the rule"),
    "release_meeting_called": (release_meeting_called, "kriminalforsorgen"),
    "release_meeting_held": (release_meeting_held, "kriminalforsorgen"),
    "supervision_invited": (supervision_invited, "kriminalforsorgen"),
    "risk_assessment_handed_over": (risk_assessment_handed_over, "kriminalforsorgen"),
    "release_advanced": (release_advanced, "kriminalforsorgen"),
    "rent_help_applied": (rent_help_applied, "kriminalforsorgen"),
    "rent_alternative_examined": (rent_alternative_examined, "kommune"),
    "infohus_notified": (infohus_notified, "kriminalforsorgen"),
}

SUPERVISION_RULES: dict[str, tuple[Rule, str]] = {
    "contact_supervision": (contact_supervision, "kriminalforsorgen"),
    "municipal_response": (municipal_response, "kommune"),
}

RULES_WITHOUT_MARGIN = frozenset({"release_advanced"})


def outside_sentence_rules(case: Case) -> Verdict | None:
    """Why a sentence is outside the cooperation of the guide, None when it is inside."""
    if case.row["varetaegt"] == "J":
        return not_applicable("remand")
    if case.row["udvist"] == "J":
        return not_applicable("expelled")
    if case.started > case.as_of:
        return not_applicable("not_started")
    return None


def outside_supervision_rules(case: Case) -> Verdict | None:
    """Why a supervision case is outside the duty, None when it is inside."""
    if case.row["modtaget"] > case.as_of:
        return not_applicable("not_started")
    if case.row["handleplanspligt"] != "J":
        return not_applicable("no_action_plan_duty")
    return None


def days_margin(rule_id: str, verdict: Verdict, as_of: date) -> int | None:
    """Days from the event, or without one from the day of assessment, to the deadline; negative when too late."""
    if verdict.deadline is None or rule_id in RULES_WITHOUT_MARGIN:
        return None
    if verdict.event is None and verdict.status == "met":
        return None
    return (verdict.deadline - (verdict.event or as_of)).days


def outcome_of(case: Case, case_type: str, rule_id: str, verdict: Verdict, party: str) -> dict[str, Any]:
    """One outcome with all the columns that follow from the verdict."""
    deadline, knowable_from = verdict.deadline, verdict.knowable_from
    days_available = (deadline - knowable_from).days if deadline is not None and knowable_from is not None else None
    return {
        "case_id": case.row["sags_id"],
        "case_type": case_type,
        "rule_id": rule_id,
        "status": verdict.status,
        "deadline": deadline,
        "event_date": verdict.event,
        "knowable_from": knowable_from,
        "deadline_working_day": next_working_day(deadline) if deadline is not None and verdict.counts_forward else None,
        "days_margin": days_margin(rule_id, verdict, case.as_of),
        "days_available": days_available,
        "short_notice": None if days_available is None else days_available < case.parameters.short_notice_days,
        "reason": verdict.reason,
        "responsible": (verdict.responsible or party) if verdict.status in ("late", "missed") else None,
        "municipality_code": case.municipality_on(case.as_of if deadline is None else min(deadline, case.as_of)),
    }


def cases_of(tables: Tables, case_file: str, as_of: date, parameters: Parameters) -> list[Case]:
    """Every case of a file with what was known about it on the day of assessment."""
    rows_by_case: dict[str, dict[str, list[KnownRow]]] = {}
    for file in FIRST_DATE:
        if file in ("samarbejdsmoeder", "samarbejdsaftaler"):
            continue
        rows_by_case[file] = defaultdict(list)
        for row in rows_known_on(tables, file, as_of):
            rows_by_case[file][row["sags_id"]].append(row)

    def rows(file: str, case_id: str) -> list[KnownRow]:
        return rows_by_case[file].get(case_id, [])

    cases = []
    for row in rows_known_on(tables, case_file, as_of):
        case_id = row["sags_id"]
        expected_dates = [
            (expected["registreret"], expected["forventet_proeveloesladelse"] or expected["forventet_loesladelse"])
            for expected in rows("loesladelsesdatoer", case_id)
        ]
        municipalities = [(each["gyldig_fra"], each["kommunekode"]) for each in rows("handlekommuner", case_id)]
        cases.append(
            Case(
                as_of=as_of,
                parameters=parameters,
                row=row,
                expected_dates=sorted(expected_dates),
                municipalities=sorted(municipalities),
                contacts=rows("kommunekontakter", case_id),
                housing_events=rows("bolighaendelser", case_id),
                aid_applications=rows("engangshjaelp", case_id),
                meetings=rows("loesladelsesmoeder", case_id),
                rent_applications=rows("huslejehjaelp", case_id),
                infohus=rows("infohus", case_id),
            )
        )
    return cases


def judge_cases(tables: Tables, as_of: date, *, parameters: Parameters | None = None) -> list[dict[str, Any]]:
    """One outcome per case and rule of its case type, assessed on a day.

    `tables` maps the stem of each file to its sound rows of canonical text: dates YYYY-MM-DD, empty when missing, flags
    J or N, municipality codes of three digits. A file that is left out counts as empty. The day of assessment is taken
    as given: bringing it back to the extract date is the caller's business.
    """
    parameters = parameters or Parameters()
    outcomes = []
    for case_type, file, outside, rules in (
        ("sentence", "afsoningssager", outside_sentence_rules, SENTENCE_RULES),
        ("supervision", "tilsynssager", outside_supervision_rules, SUPERVISION_RULES),
    ):
        for case in cases_of(tables, file, as_of, parameters):
            for rule_id, (rule, party) in rules.items():
                verdict = outside(case) or rule(case)
                outcomes.append(outcome_of(case, case_type, rule_id, verdict, party))
    return outcomes


# --- Rules about a municipality ---------------------------------------------------------------------------------------


def unit_outcome(unit: str, rule_id: str, status: str, reason: str | None, day: date | None) -> dict[str, Any]:
    """One outcome of a municipality under a rule."""
    return {"unit": unit, "rule_id": rule_id, "status": status, "reason": reason, "date": day}


def agreement_current(unit: str, agreements: Sequence[KnownRow], as_of: date, years: int) -> dict[str, Any]:
    """The cooperation agreement names a contact and was updated within two years."""
    rule_id = "agreement_current"
    if not agreements:
        return unit_outcome(unit, rule_id, "missed", "no_agreement", None)
    agreement = max(agreements, key=lambda row: row["opdateret"])
    updated = agreement["opdateret"]
    if not agreement["postkasse"] and not agreement["kontakt_mail"]:
        return unit_outcome(unit, rule_id, "missed", "no_contact", updated)
    if updated < add_years(as_of, -years):
        return unit_outcome(unit, rule_id, "missed", "out_of_date", updated)
    return unit_outcome(unit, rule_id, "met", None, updated)


def meeting_biennial(unit: str, invitations: Sequence[KnownRow], as_of: date, years: int) -> dict[str, Any]:
    """The municipality was at a cooperation meeting within two years."""
    rule_id = "meeting_biennial"
    recent = [row for row in invitations if row["dato"] >= add_years(as_of, -years)]
    attended = [row["dato"] for row in recent if row["kommune_deltog"] == "J"]
    if attended:
        return unit_outcome(unit, rule_id, "met", None, max(attended))
    if recent:
        return unit_outcome(unit, rule_id, "missed", "absent", max(row["dato"] for row in recent))
    return unit_outcome(unit, rule_id, "missed", "not_invited", None)


def quarter_before(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter before that of the day."""
    first_of_this = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return add_months(first_of_this, -3), add_days(first_of_this, -1)


def quarter_name(day: date) -> str:
    """The calendar quarter of a day, as 2026-Q3."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def contact_list_mailed(unit: str, ledger: Sequence[Mapping[str, Any]], as_of: date) -> dict[str, Any]:
    """The contact list of the quarter before was sent to the municipality inside that quarter.

    `ledger` holds the mailings to all municipalities by the day of assessment, see `judge_units`.
    """
    rule_id = "contact_list_mailed"
    first_day, last_day = quarter_before(as_of)
    if not any(mailing["date"] <= last_day for mailing in ledger):
        return unit_outcome(unit, rule_id, "undeterminable", "no_ledger", None)
    own = [row for row in ledger if row["municipality_code"] == unit and row["quarter"] == quarter_name(first_day)]
    inside = sorted((row for row in own if first_day <= row["date"] <= last_day), key=lambda row: row["date"])
    sent = [row["date"] for row in inside if row["status"] == "sent"]
    if sent:
        return unit_outcome(unit, rule_id, "met", None, min(sent))
    failed = [row for row in inside if row["status"] in ("refused", "bounced")]
    if failed:
        return unit_outcome(unit, rule_id, "missed", failed[-1]["status"], failed[-1]["date"])
    return unit_outcome(unit, rule_id, "missed", "not_sent", None)


def judge_units(
    tables: Tables,
    as_of: date,
    mailing_ledger: Sequence[Mapping[str, Any]] | None = None,
    *,
    municipality_codes: Collection[str],
    parameters: Parameters | None = None,
) -> list[dict[str, Any]]:
    """One outcome per municipality and rule about municipalities, assessed on a day.

    `mailing_ledger` has a row per municipality and mailing, with its final state: `municipality_code`, `quarter` (the
    list that was mailed, as 2026-Q3), `date` (a date) and `status` (sent, refused or bounced).
    """
    parameters = parameters or Parameters()
    agreements: dict[str, list[KnownRow]] = defaultdict(list)
    for row in rows_known_on(tables, "samarbejdsaftaler", as_of):
        agreements[row["kommunekode"]].append(row)
    invitations: dict[str, list[KnownRow]] = defaultdict(list)
    for row in rows_known_on(tables, "samarbejdsmoeder", as_of):
        invitations[row["kommunekode"]].append(row)
    ledger = [row for row in mailing_ledger or () if row["date"] <= as_of]
    outcomes = []
    for unit in sorted(municipality_codes):
        outcomes.append(agreement_current(unit, agreements[unit], as_of, parameters.agreement_years))
        outcomes.append(meeting_biennial(unit, invitations[unit], as_of, parameters.meeting_years))
        outcomes.append(contact_list_mailed(unit, ledger, as_of))
    return outcomes

"""Deliveries whose dates sit on the limits of the rules and one day to either side of them.

Belongs here: making such deliveries, valid under the contract. `deliveries()` is a Hypothesis strategy for small ones,
which shrinks to the smallest that fails; `random_delivery()` makes a large one from a seed, for comparisons where one
run is expensive.
Does not belong here: deliveries with faults, deliveries of a realistic mix, and any judgement of a case.

Every date is made the same way: take a day that matters to the case (its start, the day of assessment, an expected
or actual release, an earlier event), move it by one of the spans the rules count with, and nudge it by at most a day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from random import Random
from typing import Protocol, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.rules.delivery_reader import FILES, Tables
from tests.rules.second_calendar import add_days, add_months, add_years

EXAMPLES_VARIABLE = "GOD_LOESLADELSE_EXAMPLES"
USUAL_EXAMPLES = 60

MUNICIPALITIES = ("101", "461", "851")
INSTITUTIONS = {"I000": "faengsel", "I030": "kif"}
# Every date lies between these, so that tables of holidays need not reach further.
FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2034, 12, 31)

NOTABLE_DAYS_OF_ASSESSMENT = (
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 4, 1),  # the Wednesday before Easter
    date(2026, 5, 31),
    date(2026, 6, 15),
    date(2026, 9, 30),
    date(2026, 12, 24),
    date(2026, 12, 31),
)

Anything = TypeVar("Anything")
Span = Callable[[date], date]

ALL_SPANS: tuple[Span, ...] = (
    lambda day: day,
    lambda day: day,
    lambda day: day,
    lambda day: add_days(day, 7),
    lambda day: add_days(day, 14),
    lambda day: add_days(day, 28),
    lambda day: add_days(day, -14),
    lambda day: add_days(day, -28),
    lambda day: add_months(day, 3),
    lambda day: add_months(day, -3),
    lambda day: add_months(day, 6),
    lambda day: add_years(day, 1),
    lambda day: add_years(day, -1),
)
AFTER_RELEASE: tuple[Span, ...] = (lambda day: add_days(day, 1), lambda day: add_days(day, 14))
TOPICS_OF_A_SENTENCE = (
    *("handleplan", "handleplan", "hjemloeshed", "hjemloeshed"),
    *("oplysninger", "ls_rnr", "underretning", "loesladelse", "andet"),
)
# What counts back from a release: help applied for and decided, and the release itself.
BACK_FROM_RELEASE: tuple[Span, ...] = (
    lambda day: day,
    lambda day: add_days(day, -14),
    lambda day: add_days(day, -28),
)


def boundary_settings(share: float = 1.0) -> settings:
    """Settings for a test over deliveries: 60 examples, always the same, or as many new ones as the environment says.

    `share` makes an expensive test look at fewer.
    """
    asked_for = os.environ.get(EXAMPLES_VARIABLE)
    return settings(
        max_examples=max(1, int(share * int(asked_for or USUAL_EXAMPLES))),
        derandomize=asked_for is None,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


class Choices(Protocol):
    """Where the choices of a delivery come from: Hypothesis, or a seed."""

    def pick(self, options: Sequence[Anything]) -> Anything:
        """One of the options."""

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""


class DrawnChoices:
    """Choices drawn by Hypothesis, which can shrink them."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def pick(self, options: Sequence[Anything]) -> Anything:
        """One of the options, the first when shrunk."""
        return options[self.draw(_whole_numbers(0, len(options) - 1))]

    def number(self, low: int, high: int) -> int:
        """A whole number, the one nearest to zero when shrunk."""
        return self.draw(_whole_numbers(low, high))


@cache
def _whole_numbers(low: int, high: int) -> st.SearchStrategy[int]:
    """Return the same strategy each time: Hypothesis looks a new one over for longer than it draws."""
    return st.integers(low, high)


class SeededChoices:
    """Choices that follow from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def pick(self, options: Sequence[Anything]) -> Anything:
        """One of the options."""
        return self.random.choice(options)

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self.random.randint(low, high)


@st.composite
def deliveries(draw: st.DrawFn, most_sentence_cases: int = 3, most_supervision_cases: int = 2) -> tuple[Tables, date]:
    """A small delivery valid under the contract, as tables of canonical text values, and a day to assess it on.

    Some rows and dates lie after the day of assessment; `latest_day` gives an extract date that covers them all.
    """
    as_of = draw(
        st.one_of(
            st.sampled_from(NOTABLE_DAYS_OF_ASSESSMENT),
            st.dates(date(2023, 1, 1), date(2027, 12, 31)),
        )
    )
    choices = DrawnChoices(draw)
    sentences = choices.number(1, most_sentence_cases)
    return _delivery(choices, as_of, sentences, choices.number(0, most_supervision_cases)), as_of


def random_delivery(seed: int, as_of: date, sentence_cases: int = 300, supervision_cases: int = 150) -> Tables:
    """A large delivery of the same kind, always the same for a seed."""
    return _delivery(SeededChoices(seed), as_of, sentence_cases, supervision_cases)


def latest_day(tables: Tables, as_of: date) -> date:
    """The latest of the day of assessment and all dates in the delivery: an extract date after which nothing lies."""
    dates = [
        row[column]
        for file, rows in tables.items()
        for row in rows
        for column, kind in FILES[file][1].items()
        if kind.startswith("date") and row[column]
    ]
    return max([as_of, *map(date.fromisoformat, dates)])


def _delivery(choices: Choices, as_of: date, sentence_cases: int, supervision_cases: int) -> Tables:
    tables: Tables = {file: [] for file in FILES}
    for code, kind in INSTITUTIONS.items():
        row = dict.fromkeys(FILES["institutioner"][1], "")
        row.update(institution_kode=code, navn=f"Institution {code}", art=kind, omraade="Øst")
        tables["institutioner"].append(row)
    for number in range(sentence_cases):
        _add_sentence_case(_CaseMaker(choices, tables, as_of, f"A-{number:06}"))
    for number in range(supervision_cases):
        _add_supervision_case(_CaseMaker(choices, tables, as_of, f"T-{number:06}"))
    _add_cooperation(choices, tables, as_of)
    return tables


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


class _CaseMaker:
    """Makes the rows of one case, and remembers the days that later dates may hang on."""

    def __init__(self, choices: Choices, tables: Tables, as_of: date, case_id: str) -> None:
        self.choices = choices
        self.tables = tables
        self.as_of = as_of
        self.case_id = case_id
        self.days = [as_of]

    def day(self, *preferred: date, spans: Sequence[Span] = ALL_SPANS) -> date:
        """A day on or beside a limit, counted from the preferred days or else from any day that matters so far."""
        anchor = self.pick(*(preferred or self.days))
        moved = self.choices.pick(spans)(anchor)
        nudged = add_days(moved, self.pick(0, 0, -1, 1))
        return min(max(nudged, FIRST_DAY), LAST_DAY)

    def perhaps_day(self, *preferred: date, spans: Sequence[Span] = ALL_SPANS) -> date | None:
        return self.day(*preferred, spans=spans) if self.pick(True, True, True, False) else None

    def history(self, began: date, *preferred: date, spans: Sequence[Span] = ALL_SPANS) -> list[date]:
        """No, one or more different days in order, the first most often about the day something began.

        Later ones are counted from the preferred days, or else from any day that matters so far.
        """
        kind = self.pick("from the start", "from the start", "from the start", "from the start", "any", "none")
        if kind == "none":
            return []
        days = {self.day(*preferred, spans=spans) for _ in self.up_to(3)}
        if kind == "from the start":
            days.add(add_days(began, self.pick(0, 0, -1, 1, 10)))
        self.days.extend(sorted(days))
        return sorted(days)

    def up_to(self, most: int) -> range:
        return range(self.choices.number(0, most))

    def pick(self, *options: Anything) -> Anything:
        return self.choices.pick(options)

    def mostly_yes(self) -> str:
        return self.pick("J", "J", "J", "J", "N")

    def seldom_yes(self) -> str:
        return self.pick("N", "N", "N", "N", "N", "N", "N", "N", "J")

    def often_yes_or_unknown(self) -> str:
        return self.pick("J", "J", "J", "N", "")

    def add(self, file: str, **values: str) -> None:
        """Add a row: columns that are not given are empty, its own key is numbered."""
        rows = self.tables[file]
        row = dict.fromkeys(FILES[file][1], "")
        key = FILES[file][0]
        if len(key) == 1:
            row[key[0]] = f"{file[:2].upper()}{len(rows):07}"
        row["sags_id"] = self.case_id
        row.update(values)
        rows.append(row)

    def add_municipalities(self, began: date) -> None:
        for day in self.history(began):
            self.add("handlekommuner", gyldig_fra=_text(day), kommunekode=self.pick(*MUNICIPALITIES))

    def add_contacts(self, *topics: str) -> None:
        own = [row["kommunekode"] for row in self.tables["handlekommuner"][-3:] if row["sags_id"] == self.case_id]
        for _ in self.up_to(5):
            day = self.day()
            self.days.append(day)
            self.add(
                "kommunekontakter",
                dato=_text(day),
                retning=self.pick("ud", "ud", "ind"),
                emne=self.pick(*topics),
                kommunekode=self.pick(*(own * 3), *MUNICIPALITIES),
                kanal="mail",
                klient_orienteret=self.pick("J", "J", "J", "J", "N", ""),
            )


def _add_sentence_case(case: _CaseMaker) -> None:
    as_of = case.as_of
    started = _start_of_sentence(case)
    case.days.extend([started, started])
    expected_releases = [_expected_release(case, started), _expected_release(case, started)]
    case.days.extend(expected_releases)
    # The release comes before all that hangs on it. Any weekday: whether it was advanced is for the rules to see.
    actual_release = case.pick(
        None,
        case.pick(*expected_releases),
        add_days(case.pick(*expected_releases), case.choices.number(-4, 4)),
        add_days(case.pick(*expected_releases), case.pick(-14, -13, -7, -1)),
        add_days(as_of, case.choices.number(-400, 1)),
        add_days(as_of, case.pick(-1, 0, 1)),
    )
    releases = expected_releases if actual_release is None else [actual_release]
    case.days.extend(releases)
    # Up to a week to either side: advanced far enough or not, or postponed.
    planned_release = add_days(case.pick(*releases), case.choices.number(-7, 7))
    case.add(
        "afsoningssager",
        cpr="0101701234",
        institution_kode="I000",
        maalgruppe=case.pick("1", "2", ""),
        varetaegt=case.seldom_yes(),
        udvist=case.seldom_yes(),
        handleplanspligt=case.mostly_yes(),
        straf_dage=case.pick("60", "1", "29", "30", "31", "121", "122", "184", "364", "365", "366", "730"),
        straf_ivaerksat=_text(started),
        ls_rnr_niveau=case.pick("lav", "meget_hoej", ""),
        ls_rnr_dato=_text(case.perhaps_day(started, as_of, *releases)),
        bolig_behov=case.often_yes_or_unknown(),
        bolig_behov_afklaret=_text(case.perhaps_day(started, as_of, *releases)),
        bolig_begrundelse=case.pick("", "", "J"),
        bolig_ved_loesladelse=case.pick("egen", "herberg", "hjemloes", "hjemloes", "midlertidig", "udslusning", ""),
        engangshjaelp_behov=case.often_yes_or_unknown(),
        tilsyn_vilkaar=case.often_yes_or_unknown(),
        oprindelig_loesladelse=case.pick("", _text(planned_release)),
        faktisk_loesladelse=_text(actual_release),
        loesladelse_art="" if actual_release is None else case.pick("proeve", "endt", "anden", ""),
    )
    _add_expected_dates(case, started, expected_releases, releases)
    case.add_municipalities(started)
    case.add_contacts(*TOPICS_OF_A_SENTENCE)
    _add_housing_events(case, started)
    _add_aid_applications(case, releases)
    _add_rent_applications(case, releases)
    for _ in case.up_to(3):
        case.add(
            "loesladelsesmoeder",
            indkaldt=_text(case.day()),
            afholdt=_text(case.perhaps_day(*releases, as_of, spans=BACK_FROM_RELEASE)),
            form=case.pick("video", "fysisk", "mail", ""),
            kommune_inviteret=case.mostly_yes(),
            kommune_deltog=case.often_yes_or_unknown(),
            kif_inviteret=case.often_yes_or_unknown(),
        )
    if case.pick(True, False):
        case.add("infohus", markeret=_text(case.day()), underrettet=_text(case.perhaps_day(*releases, *case.days)))
    for _ in case.up_to(2):
        attached, ended = case.day(*releases, started), case.perhaps_day(*releases)
        case.add("mentorforloeb", ordning="kommune", tilknyttet=_text(attached), ophoert=_text(ended))


def _start_of_sentence(case: _CaseMaker) -> date:
    """Long ago, on a limit before the day of assessment, or at the end of a month."""
    kind = case.pick("any", "days", "months", "end of month")
    if kind == "days":
        return add_days(case.as_of, case.pick(-29, -28, -27, 0, 1))
    if kind == "months":
        return add_months(case.as_of, case.pick(-12, -6, -3))
    if kind == "end of month":
        return case.pick(date(2022, 11, 30), date(2024, 2, 29), date(2024, 8, 31))
    return add_days(case.as_of, case.choices.number(-800, 0))


def _expected_release(case: _CaseMaker, started: date) -> date:
    """On a limit after the start, about the day of assessment (every weekday), or some months after it."""
    kind = case.pick("days", "short", "months", "about as_of", "later")
    if kind == "short":
        # As long as the notices of duties before a release, one or two of them after each other.
        return add_days(started, case.pick(14, 28, 42) + case.pick(0, -1, 1))
    if kind == "days":
        return add_days(started, case.pick(29, 30, 31, 90, 184))
    if kind == "months":
        return add_days(add_months(started, case.pick(3, 6, 12, 12, 24)), case.choices.number(-1, 6))
    if kind == "about as_of":
        return add_days(case.as_of, case.choices.number(-5, 10))
    return add_days(add_months(case.as_of, case.pick(1, 3, 12)), case.pick(0, -1, 1))


def _add_expected_dates(case: _CaseMaker, started: date, expected_releases: list[date], releases: list[date]) -> None:
    """A history of the expected release that moves to and fro, each date learnt about a limit before a release.

    The last is most often the release itself, as it came to be; one is recorded anew now and then.
    """
    days = case.history(started, *expected_releases, *releases, *releases, case.as_of, spans=BACK_FROM_RELEASE)
    for recorded in days:
        expected = case.pick(*expected_releases, *releases)
        case.add(
            "loesladelsesdatoer",
            registreret=_text(recorded),
            forventet_proeveloesladelse=case.pick("", "", _text(expected)),
            forventet_loesladelse=_text(case.pick(expected, expected, add_days(expected, case.pick(-7, -1, 1, 14)))),
        )


def _add_housing_events(case: _CaseMaker, started: date) -> None:
    for registration in case.up_to(2):
        day = case.day(started, *case.days)
        for position in range(case.choices.number(1, 4)):
            first, later = ("opskrevet",) * 5 + ("fornyet",), ("fornyet",) * 4 + ("opskrevet", "slettet")
            case.add(
                "bolighaendelser",
                opskrivning_id=f"{case.case_id}-{registration}",
                dato=_text(day),
                haendelse=case.pick(*(later if position else first)),
                udlejer_art="almen",
            )
            day = case.pick(*_around_a_year_after(day))


def _around_a_year_after(day: date) -> list[date]:
    """Days around a renewal that is just in time, with the same day and half a year later among them."""
    deadline = add_years(day, 1)
    around = [deadline, add_days(deadline, -1), add_days(deadline, 1), day, add_months(day, 6)]
    return [min(each, LAST_DAY) for each in around]


def _add_aid_applications(case: _CaseMaker, releases: list[date]) -> None:
    for _ in case.up_to(3):
        sent = case.day(*releases, spans=BACK_FROM_RELEASE) if case.pick(True, False) else case.day()
        case.days.append(sent)
        case.add(
            "engangshjaelp",
            kommunekode=case.pick(*MUNICIPALITIES),
            sendt=_text(sent),
            fuldstaendig=_text(case.perhaps_day(sent, sent, *releases, *releases, spans=BACK_FROM_RELEASE)),
            afgjort=_text(case.perhaps_day(sent, *releases, *releases, spans=(*BACK_FROM_RELEASE, *AFTER_RELEASE))),
            afgoerelse=case.pick("bevilget", "bevilget", "afslag", ""),
            udbetalt=_text(case.perhaps_day(*releases, case.as_of, spans=(*BACK_FROM_RELEASE, *AFTER_RELEASE))),
            beloeb="1250.50",
        )


def _add_rent_applications(case: _CaseMaker, releases: list[date]) -> None:
    for _ in case.up_to(2):
        found = case.day()
        case.add(
            "huslejehjaelp",
            kommunekode=case.pick(*MUNICIPALITIES),
            behov_konstateret=_text(found),
            sendt=_text(case.perhaps_day(found, *case.days)),
            alternativ_undersoegt=_text(case.perhaps_day(*releases, case.as_of)),
        )


def _add_supervision_case(case: _CaseMaker) -> None:
    received = add_days(case.as_of, case.pick(-57, -56, -29, -28, -27, 0, 1, case.choices.number(-120, 0)))
    case.days.extend([received, received])
    case.add(
        "tilsynssager",
        cpr="0101701234",
        institution_kode="I030",
        maalgruppe=case.pick("3", "4", ""),
        modtaget=_text(received),
        art="betinget_dom",
        handleplanspligt=case.mostly_yes(),
        ophoert=_text(case.perhaps_day()),
    )
    case.add_municipalities(received)
    case.add_contacts("handleplan", "handleplan", "oplysninger", "andet")


def _add_cooperation(choices: Choices, tables: Tables, as_of: date) -> None:
    """Agreements and cooperation meetings of the municipalities, on and around two years before."""
    days = [add_days(anchor, nudge) for anchor in (add_years(as_of, -2), as_of) for nudge in (-1, 0, 1)]
    contacts: tuple[dict[str, str], ...] = ({}, {"postkasse": "a@example.dk"}, {"kontakt_mail": "b@example.dk"})
    for code in MUNICIPALITIES:
        if choices.pick([True, False]):
            row = dict.fromkeys(FILES["samarbejdsaftaler"][1], "")
            row.update(kommunekode=code, opdateret=_text(choices.pick(days)), **choices.pick(contacts))
            tables["samarbejdsaftaler"].append(row)
        for meeting in range(choices.number(0, 2)):
            tables["samarbejdsmoeder"].append(
                {
                    "moede_id": f"SM{meeting:03}",
                    "dato": _text(choices.pick(days)),
                    "omraade": "Øst",
                    "kommunekode": code,
                    "kommune_deltog": choices.pick(["J", "N"]),
                    "politi_deltog": "",
                }
            )

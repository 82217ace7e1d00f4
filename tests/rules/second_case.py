"""One case, and the terms of rules.md for it.

Belongs here: what is in force on a day, the release and when it was known, qualifying contacts, the days a deadline
came. Does not belong here: any single rule.

`s` of rules.md is `case.started` here, `E(t)` is `case.expected_release_on(t)`, `K(t)` is `case.known_from(t)`,
`R` is `case.release`, `adv(d)` is `case.advanced(d)` and `C(n)` is `case.days_the_deadline_came(n)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tests.rules.second_calendar import FRIDAY, SATURDAY, SUNDAY, THURSDAY, WEDNESDAY, add_days
from tests.rules.second_known_facts import KnownRow, Parameters, Tables, rows_by_case, rows_known_on

LATE_IN_THE_WEEK = (THURSDAY, FRIDAY, SATURDAY, SUNDAY)
FILES_OF_A_CASE = (
    "loesladelsesdatoer",
    "handlekommuner",
    "kommunekontakter",
    "bolighaendelser",
    "engangshjaelp",
    "loesladelsesmoeder",
    "huslejehjaelp",
    "infohus",
)


def earliest(days: Iterable[date | None]) -> date | None:
    """The earliest of the days that are there, None when there is none."""
    return min((day for day in days if day is not None), default=None)


def position_in_force(day: date, rows: Sequence[tuple[date, Any]]) -> int:
    """Of dated rows in order of date the newest on or before the day; when none is that old, the earliest."""
    return max(sum(dated <= day for dated, _ in rows) - 1, 0)


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

    def expected_release_on(self, day: date) -> date:
        """E(t): the release expected by the row in force on a day; there must be a row."""
        return self.expected_dates[position_in_force(day, self.expected_dates)][1]

    def known_from(self, day: date) -> date:
        """K(t): since when the release has been expected by E(t) or earlier."""
        if not self.expected_dates:
            return self.started
        position = position_in_force(day, self.expected_dates)
        expected = self.expected_dates[position][1]
        while position > 0 and self.expected_dates[position - 1][1] <= expected:
            position -= 1
        if position == 0:
            return self.started
        return max(self.started, self.expected_dates[position][0])

    def municipality_on(self, day: date) -> str | None:
        """The municipality in force on a day; None when the case has no row."""
        if not self.municipalities:
            return None
        return self.municipalities[position_in_force(day, self.municipalities)][1]

    def advanced(self, release: date) -> date:
        """adv(d): Thursday to Sunday moves back to the Wednesday before, for a sentence of at least 30 days."""
        if self.is_short_sentence or release.weekday() not in LATE_IN_THE_WEEK:
            return release
        return add_days(release, WEDNESDAY - release.weekday())

    @property
    def is_short_sentence(self) -> bool:
        """Whether the sentence is too short for its release to be advanced."""
        return int(self.row["straf_dage"]) < self.parameters.advanced_from_sentence_days

    @property
    def actual_release(self) -> date | None:
        """The day of release when that has been by the day of assessment; None for a supervision case."""
        return self.row.get("faktisk_loesladelse")

    @cached_property
    def release(self) -> date | None:
        """R: the actual release, else the advanced expected one when still to come, else unknown."""
        if self.actual_release is not None:
            return self.actual_release
        if not self.expected_dates:
            return None
        expected = self.advanced(self.expected_release_on(self.as_of))
        return expected if expected >= self.as_of else None

    @property
    def why_release_is_unknown(self) -> str:
        """The reason of an unknown R."""
        return "expected_release_passed" if self.expected_dates else "no_expected_release"

    def days_the_deadline_came(self, days_before: int) -> list[date]:
        """C(n): the days that were the deadline by the release expected on that very day, in order.

        R must be known.
        """
        assert self.release is not None
        if self.expected_dates:
            possible = {add_days(self.advanced(expected), -days_before) for _, expected in self.expected_dates}
            came = {
                day for day in possible if day == add_days(self.advanced(self.expected_release_on(day)), -days_before)
            }
        else:
            came = {add_days(self.release, -days_before)}
        return sorted(day for day in came if self.started <= day <= self.as_of and day < self.release)

    def qualifying_contact(self, topic: str) -> date | None:
        """The earliest contact on the topic to the municipality in force on its date (any, without a municipality)."""
        return earliest(
            contact["dato"]
            for contact in self.contacts
            if contact["retning"] == "ud"
            and contact["emne"] == topic
            and self.municipality_on(contact["dato"]) in (None, contact["kommunekode"])
        )


def cases_of(tables: Tables, case_file: str, as_of: date, parameters: Parameters) -> list[Case]:
    """Every case of a file with what was known about it on the day of assessment."""
    rows = {file: rows_by_case(tables, file, as_of) for file in FILES_OF_A_CASE}
    cases = []
    for row in rows_known_on(tables, case_file, as_of):
        own = {file: rows[file].get(row["sags_id"], []) for file in FILES_OF_A_CASE}
        expected_dates = [
            (expected["registreret"], expected["forventet_proeveloesladelse"] or expected["forventet_loesladelse"])
            for expected in own["loesladelsesdatoer"]
        ]
        cases.append(
            Case(
                as_of=as_of,
                parameters=parameters,
                row=row,
                expected_dates=sorted(expected_dates),
                municipalities=sorted((each["gyldig_fra"], each["kommunekode"]) for each in own["handlekommuner"]),
                contacts=own["kommunekontakter"],
                housing_events=own["bolighaendelser"],
                aid_applications=own["engangshjaelp"],
                meetings=own["loesladelsesmoeder"],
                rent_applications=own["huslejehjaelp"],
                infohus=own["infohus"],
            )
        )
    return cases

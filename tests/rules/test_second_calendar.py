"""The calendar of the second implementation, by hand and against the reference table."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from tests.rules.second_calendar import (
    add_months,
    add_years,
    days_off,
    easter_sunday,
    first_of_quarter,
    next_working_day,
    quarter_name,
)
from tests.shared_material import SHARED, needs_shared


@needs_shared
def test_days_off_are_those_of_the_reference_table() -> None:
    with (SHARED / "reference/helligdage.csv").open(encoding="utf-8-sig", newline="") as file:
        reference = {date.fromisoformat(row["dato"]) for row in csv.DictReader(file)}
    years = range(min(reference).year, max(reference).year + 1)
    assert {day for year in years for day in days_off(year)} == reference


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2019, date(2019, 4, 21)), (2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter_falls_where_the_almanac_has_it(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


def test_the_great_prayer_day_was_a_day_off_for_the_last_time_in_2023() -> None:
    assert next_working_day(date(2023, 5, 5)) == date(2023, 5, 8)
    assert next_working_day(date(2024, 4, 26)) == date(2024, 4, 26)


@pytest.mark.parametrize(
    ("deadline", "working_day"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),  # a Wednesday
        (date(2026, 10, 3), date(2026, 10, 5)),  # Saturday to Monday
        (date(2026, 4, 2), date(2026, 4, 7)),  # Maundy Thursday to the Tuesday after Easter
        (date(2026, 6, 5), date(2026, 6, 8)),  # 5 June on a Friday
        (date(2025, 12, 24), date(2025, 12, 29)),  # Christmas into a weekend
        (date(2026, 12, 31), date(2027, 1, 4)),  # 31 December, New Year's Day, weekend
    ],
)
def test_a_deadline_on_a_day_off_has_the_next_working_day_beside_it(deadline: date, working_day: date) -> None:
    assert next_working_day(deadline) == working_day


def test_every_day_off_is_followed_by_a_working_day_within_a_week() -> None:
    day = date(2020, 1, 1)
    while day < date(2030, 1, 1):
        assert timedelta(0) <= next_working_day(day) - day <= timedelta(6)
        day += timedelta(1)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (add_years(date(2028, 2, 29), -1), date(2027, 2, 28)),
        (add_years(date(2024, 2, 29), 1), date(2025, 2, 28)),
        (add_years(date(2027, 2, 28), 1), date(2028, 2, 28)),
        (add_months(date(2026, 5, 31), -3), date(2026, 2, 28)),
        (add_months(date(2024, 5, 31), -3), date(2024, 2, 29)),
        (add_months(date(2026, 8, 31), 6), date(2027, 2, 28)),
        (add_months(date(2026, 1, 15), -3), date(2025, 10, 15)),
    ],
)
def test_months_and_years_are_clamped_to_the_end_of_the_month(moved: date, expected: date) -> None:
    assert moved == expected


def test_a_quarter_begins_in_january_april_july_and_october() -> None:
    assert [quarter_name(date(2026, month, 1)) for month in (1, 3, 4, 12)] == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q4",
    ]
    assert first_of_quarter(date(2026, 9, 30)) == date(2026, 7, 1)

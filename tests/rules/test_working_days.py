"""The seed of days off, held to the shared list, to another way of finding Easter, and to the package it came from."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from pipelines.warehouse import holiday_seed
from tests.rules import warehouses
from tests.rules.second_calendar import easter_sunday
from tests.shared_material import SHARED, needs_shared


def seed() -> dict[date, str]:
    with holiday_seed.SEED.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["holiday_date"]): row["kind"] for row in csv.DictReader(file)}


def test_the_seed_is_what_its_script_writes() -> None:
    with holiday_seed.SEED.open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)][1:] == holiday_seed.rows()


@needs_shared
def test_the_seed_equals_the_shared_list() -> None:
    with (SHARED / "reference" / "helligdage.csv").open(encoding="utf-8", newline="") as file:
        shared = list(csv.DictReader(file))
    kinds = {"helligdag": "public_holiday", "fristdag": "day_off"}
    wanted: dict[date, str] = {}
    for row in shared:
        day, kind = date.fromisoformat(row["dato"]), kinds[row["type"]]
        wanted[day] = "public_holiday" if "public_holiday" in (kind, wanted.get(day)) else kind
    assert {day: kind for day, kind in seed().items() if 2015 <= day.year <= 2035} == wanted


@pytest.mark.parametrize("year", range(1900, 2101))
def test_the_movable_days_follow_easter_and_great_prayer_day_ends_with_2023(year: int) -> None:
    days, easter = seed(), easter_sunday(year)
    for distance in (-3, -2, 0, 1, 39, 49, 50):
        assert days[easter + timedelta(days=distance)] == "public_holiday"
    is_holiday = (easter + timedelta(days=26)) in days
    assert is_holiday == (year <= 2023)
    if date(year, 5, 1) not in {easter + timedelta(days=n) for n in (26, 39, 49, 50)}:
        assert date(year, 5, 1) not in days, "1 May moves no deadline"


def test_a_deadline_on_a_day_off_moves_to_the_next_working_day() -> None:
    found = dict(
        warehouses.rows(
            warehouses.demo(),
            "select day, working_day from intermediate.int_working_days where year(day) between 2023 and 2026",
        )
    )
    assert found[date(2023, 5, 5)] == date(2023, 5, 8), "great prayer day, a Friday, was still a holiday"
    assert found[date(2024, 4, 26)] == date(2024, 4, 26), "and is none from 2024"
    assert found[date(2026, 6, 5)] == date(2026, 6, 8), "5 June on a Friday"
    assert found[date(2026, 12, 24)] == date(2026, 12, 28), "Christmas Eve to Monday"
    assert found[date(2026, 4, 2)] == date(2026, 4, 7), "Maundy Thursday to the Tuesday after Easter"
    assert found[date(2026, 9, 30)] == date(2026, 9, 30), "a Wednesday stays"

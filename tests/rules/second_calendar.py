"""The Danish calendar as the rules count with it, worked out by hand.

Belongs here: steps of days, months and years, days off, and quarters. Does not belong here: any rule, and any list of
holidays from elsewhere; the lists of the project are held against this one.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache

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


def first_of_quarter(day: date) -> date:
    """The first day of the calendar quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_name(day: date) -> str:
    """The calendar quarter of a day, as 2026-Q3."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"

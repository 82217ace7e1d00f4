"""Danish numbers, dates and order, against Babel and the dictionary's rule."""

from __future__ import annotations

import datetime
import random

from babel.dates import format_date
from babel.numbers import format_decimal

from pipelines import quarters
from pipelines.danish import long_date, number, percent, short_date, sort_key
from reports.charts import tile_map
from reports.figures.statistics import SMALLEST_COMPARED
from tests.reports.small_world import seed


def test_numbers_and_dates_equal_babels() -> None:
    source = random.Random(3)
    for _ in range(500):
        whole = source.randrange(0, 10**7)
        assert number(whole) == format_decimal(whole, locale="da_DK")
        day = datetime.date.fromordinal(source.randrange(700000, 780000))
        assert long_date(day) == format_date(day, "d. MMMM y", locale="da_DK")
        assert short_date(day) == format_date(day, "dd-MM-y", locale="da_DK")
    assert number(1234.5, 1) == "1.234,5" and number(-0.04, 1) == "0,0" and number(-3) == "−3"
    assert percent(0.875, 1) == "87,5\u00a0pct."


def test_aa_sorts_after_oe() -> None:
    names = [row["name"] for row in seed("municipalities")]
    ordered = sorted(names, key=sort_key)
    assert ordered[:3] == ["Albertslund", "Allerød", "Assens"]
    assert ordered[-4:] == ["Ærø", "Aabenraa", "Aalborg", "Aarhus"]
    assert ordered.index("Faaborg-Midtfyn") > ordered.index("Furesø")


def test_a_page_leads_with_the_newest_quarter_that_has_ended() -> None:
    assert quarters.newest_worth_showing(datetime.date(2026, 9, 30)) == "2026-Q3"
    assert quarters.newest_worth_showing(datetime.date(2026, 9, 29)) == "2026-Q2"
    assert quarters.newest_worth_showing(datetime.date(2026, 10, 1)) == "2026-Q3"
    assert quarters.shift("2026-Q1", -5) == "2024-Q4"
    assert quarters.last_day("2028-Q1") == datetime.date(2028, 3, 31)


def test_every_municipality_has_one_tile_of_its_own_laid_out_like_denmark() -> None:
    places = tile_map.places()
    names = {row["municipality_code"]: row["name"] for row in seed("municipalities")}
    assert {place.code: place.name for place in places} == names
    assert len({(place.row, place.column) for place in places}) == 98
    at = {place.name: place for place in places}
    assert max(places, key=lambda place: place.column).name == "Bornholm"
    assert at["Esbjerg"].column < at["Odense"].column < at["Roskilde"].column < at["København"].column
    assert at["Hjørring"].row < at["Aalborg"].row < at["Aarhus"].row < at["Aabenraa"].row
    assert at["Helsingør"].row < at["København"].row < at["Lolland"].row


def test_a_tile_is_shaded_by_class_and_has_room_for_its_name() -> None:
    assert [tile_map.shade(rate) for rate in (None, 0.0, 0.199, 0.2, 0.8, 1.0)] == [0, 1, 1, 2, 5, 5]
    assert all(len(place.short) <= 11 for place in tile_map.places())
    assert SMALLEST_COMPARED == 20

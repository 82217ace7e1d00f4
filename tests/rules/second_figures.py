"""The figures of units and periods, counted from the outcomes of the second implementation.

Belongs here: where and when an outcome counts, and the figures of `fct_compliance`.
Does not belong here: the outcomes themselves, and any protection of small figures.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from tests.rules.second_calendar import add_days, add_months, first_of_quarter, quarter_name
from tests.rules.second_verdict import counts_as_due

NATION = ("national", "DK")
PARTIES = ("kriminalforsorgen", "kommune", "dato_flyttet", "kort_tid")
YEARS_BEFORE_THE_FIRST_PERIOD = 5
QUARTERS_OF_A_ROLLING_PERIOD = 4
NORMAL_QUANTILE_95 = 1.959963984540054

Unit = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """The region and the area a municipality belongs to in a time; an open end is None."""

    region_code: str
    area: str
    valid_from: date
    valid_to: date | None = None


Places = Mapping[str, Sequence[Place]]


@dataclass(frozen=True)
class Period:
    """A quarter, a year or four quarters in a row, named as outputs.md does."""

    kind: str
    name: str
    first_day: date
    last_day: date


def place_of(places: Places, municipality_code: str | None, day: date) -> tuple[str | None, str | None]:
    """Region and area of a municipality on a day; nothing without a municipality."""
    for place in places.get(municipality_code or "", ()):
        if place.valid_from <= day and (place.valid_to is None or day <= place.valid_to):
            return place.region_code, place.area
    return None, None


def placed(outcomes: Iterable[Mapping[str, Any]], places: Places) -> list[dict[str, Any]]:
    """The outcomes with region and area of their municipality: on the deadline, before it on the day of assessment."""
    found = []
    for outcome in outcomes:
        day = outcome["as_of"] if outcome["deadline"] is None else min(outcome["deadline"], outcome["as_of"])
        region_code, area = place_of(places, outcome["municipality_code"], day)
        found.append({**outcome, "region_code": region_code, "area": area})
    return found


def periods_until(as_of: date) -> list[Period]:
    """Every period from the first quarter of the year five years before to the one of the day of assessment."""
    found = []
    first_day = date(as_of.year - YEARS_BEFORE_THE_FIRST_PERIOD, 1, 1)
    for year in range(first_day.year, as_of.year + 1):
        found.append(Period("year", str(year), date(year, 1, 1), date(year, 12, 31)))
    while first_day <= as_of:
        last_day = add_days(add_months(first_day, 3), -1)
        rolling_from = add_months(first_day, -3 * (QUARTERS_OF_A_ROLLING_PERIOD - 1))
        assert first_of_quarter(first_day) == first_day
        found.append(Period("quarter", quarter_name(first_day), first_day, last_day))
        found.append(Period("rolling4", quarter_name(first_day), rolling_from, last_day))
        first_day = add_months(first_day, 3)
    return found


def units_of(row: Mapping[str, Any]) -> list[Unit]:
    """The units a row with municipality, region, area and institution counts in; the nation alone without a place."""
    if row["municipality_code"] is None:
        return [NATION]
    return [
        NATION,
        ("area", row["area"]),
        ("region", row["region_code"]),
        ("municipality", row["municipality_code"]),
        ("institution", row["institution_code"]),
    ]


def wilson(successes: int, tries: int) -> tuple[float | None, float | None]:
    """The 95 % Wilson interval of a share; nothing without tries."""
    if tries == 0:
        return None, None
    z, share = NORMAL_QUANTILE_95, successes / tries
    middle = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return (middle - spread) / (1 + z * z / tries), (middle + spread) / (1 + z * z / tries)


def figure_of(due: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures over outcomes that are due."""
    met = sum(outcome["status"] == "met" for outcome in due)
    own = [outcome for outcome in due if outcome["could_act"]]
    own_met = sum(outcome["status"] == "met" or outcome["reason"] == "date_moved" for outcome in own)
    margins = [outcome["days_margin"] for outcome in due if outcome["days_margin"] is not None]
    rate_low, rate_high = wilson(met, len(due))
    own_rate_low, own_rate_high = wilson(own_met, len(own))
    return {
        "due": len(due),
        "met": met,
        "late": sum(outcome["status"] == "late" for outcome in due),
        "missed": sum(outcome["status"] == "missed" for outcome in due),
        "rate": met / len(due) if due else None,
        "rate_low": rate_low,
        "rate_high": rate_high,
        "median_days_margin": median(margins) if margins else None,
        "short_notice_due": sum(outcome["short_notice"] is True for outcome in due),
        **{f"responsible_{party}": sum(outcome["responsible"] == party for outcome in due) for party in PARTIES},
        "own_due": len(own),
        "own_met": own_met,
        "own_rate": own_met / len(own) if own else None,
        "own_rate_low": own_rate_low,
        "own_rate_high": own_rate_high,
    }


def figures(
    outcomes: Iterable[Mapping[str, Any]],
    as_of: date,
    *,
    units: Collection[Unit],
    rules: Collection[str],
    restricted_rules: Collection[str],
) -> dict[tuple[str, str, str, str, str], dict[str, Any]]:
    """The rows of `fct_compliance` by level, unit, kind of period, period and rule.

    `outcomes` are placed (see there). Every unit has a row for every period and rule, but restricted rules have one for
    the nation alone.
    """
    periods = periods_until(as_of)
    due: dict[tuple[Unit, Period, str], list[Mapping[str, Any]]] = defaultdict(list)
    counted = [outcome for outcome in outcomes if counts_as_due(outcome["status"], outcome["deadline"], as_of)]
    for period in periods:
        for outcome in counted:
            if period.first_day <= outcome["deadline"] <= period.last_day:
                for unit in units_of(outcome):
                    due[unit, period, outcome["rule_id"]].append(outcome)
    nothing_due = figure_of(())
    found = {}
    for unit in units:
        for rule_id in rules:
            if rule_id in restricted_rules and unit != NATION:
                continue
            for period in periods:
                its_own = due.get((unit, period, rule_id))
                figure = nothing_due if its_own is None else figure_of(its_own)
                is_complete = as_of > period.last_day
                found[(*unit, period.kind, period.name, rule_id)] = {"is_complete": is_complete, **figure}
    return found

"""A made-up world of published tables, small enough to reason about and as wide as Denmark.

Belongs here: tables as the build publishes them, made from a fixed seed, in an in-memory database. Does not belong
here: any expectation about pages. Municipality 101 is large, 825 (Læsø) has hardly any duty, 851 has one odd rate.
"""

from __future__ import annotations

import csv
import datetime
import json
import pickle
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.quarters import shift
from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.figures.data import ReportData, load
from reports.figures.statistics import wilson
from tests.made_once import made_once
from tests.reports.published_tables import TABLES

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
AS_OF = datetime.date(2026, 9, 30)
LAST = "2026-Q3"
QUARTERS = [shift("2021-Q1", step) for step in range(23)]
INSTITUTIONS = [
    ("F01", "Nyborg Fængsel", "faengsel", "Vest"),
    ("F02", "Horserød Fængsel", "faengsel", "Øst"),
    ("F03", "Enner Mark Fængsel", "faengsel", "Vest"),
    ("A01", "Aalborg Arrest", "arrest", "Vest"),
    ("A02", "Vestre Fængsel", "arrest", "Øst"),
    ("U01", "Udslusningsfængslet Fyn", "udslusning", "Vest"),
    ("K01", "KiF København", "kif", "Øst"),
    ("K02", "KiF Østjylland", "kif", "Vest"),
]
LARGE = {"101": 30, "751": 18, "461": 12, "851": 12, "561": 8, "730": 7, "630": 7, "621": 6, "147": 5, "265": 5}
SMALL = {"825": 0.02, "741": 0.05, "563": 0.04, "492": 0.08, "482": 0.15, "155": 0.3, "187": 0.3}
# By level, unit, rule and quarter: met, late, missed, by prison service, by municipality, by moved date, short notice,
# own due, own met, by short time, met after release.
Counts = dict[tuple[str, str, str, str], list[int]]
COLUMNS = 11


def seed(name: str) -> list[dict[str, str]]:
    """Return a reference table of the project."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def poisson(source: random.Random, mean: float) -> int:
    """Return a count around a mean."""
    count, product = 0, source.random()
    limit = 2.718281828459045 ** -min(mean, 500)
    while product > limit:
        count += 1
        product *= source.random()
    return count


def _counts(rules: list[dict[str, str]], homes: dict[str, tuple[str, str]]) -> Counts:
    source, fair = random.Random(1), random.Random(3)
    counts: Counts = {}
    for number, rule in enumerate(rules):
        for code, (region, area) in homes.items():
            mean = SMALL.get(code, LARGE.get(code, 2.0)) * (0.5 + (number * 7 % 5) / 4)
            level = 0.55 + (number * 13 % 9) / 20
            if code == "851":
                level *= 0.6
            for place, quarter in enumerate(QUARTERS):
                row = [0] * COLUMNS
                for _ in range(poisson(source, mean)):
                    if source.random() < level + place * 0.005:
                        row[0] += 1
                        able = fair.random() < 0.97 or rule["rule_id"] not in rules_with_own_rate()
                        row[7] += able
                        row[8] += able
                        row[10] += fair.random() < 0.05 and rule["rule_id"] == "contact_sentence"
                    else:
                        row[1 if source.random() < 0.6 else 2] += 1
                        draw = source.random()
                        party = 4 if rule["party"] == "kommune" else 3
                        shared = rule["rule_id"] in rules_with_own_rate()
                        cause = (party if draw < 0.7 else 5 if draw < 0.8 else 3) if shared else party
                        # In some of the cases that were too short, nobody could have kept it.
                        cause = 9 if shared and cause != party and fair.random() < 0.2 else cause
                        row[cause] += 1
                        row[7] += cause == party
                    row[6] += source.random() < 0.2 and rule["rule_id"] in (
                        "contact_sentence",
                        "release_meeting_called",
                    )
                institution = INSTITUTIONS[source.randrange(len(INSTITUTIONS))][0]
                for unit in (
                    ("municipality", code),
                    ("region", region),
                    ("area", area),
                    ("national", "DK"),
                    ("institution", institution),
                ):
                    sums = counts.setdefault((*unit, rule["rule_id"], quarter), [0] * COLUMNS)
                    for index, value in enumerate(row):
                        sums[index] += value
    return counts


def _figure_row(
    level: str, unit: str, kind: str, period: str, whole: bool, rule: str, c: Iterable[int]
) -> tuple[Any, ...]:
    met, late, missed, prison, municipality, moved, short, own_due, own_met, too_short, after = c
    due = met + late + missed
    rate: tuple[float | None, ...] = (met / due, *wilson(met, due)) if due else (None, None, None)
    margin = (met * 9.0 - late * 6) / due if due else None
    own: tuple[float | None, ...] = (own_met / own_due, *wilson(own_met, own_due)) if own_due else (None, None, None)
    return (
        level,
        unit,
        kind,
        period,
        whole,
        rule,
        due,
        met,
        late,
        missed,
        *rate,
        margin,
        short,
        prison,
        municipality,
        moved,
        too_short,
        own_due,
        own_met,
        *own,
        after,
        after,
        late // 9,
    )


def _step(duty: str, days: int, index: int) -> tuple[Any, ...]:
    """Return who was responsible, the next step, whose it is and by when, and the two marks of an open duty."""
    deadline = AS_OF + datetime.timedelta(days)
    late = days < 0
    if duty == "aid_decided" and index == 1:
        by = deadline - datetime.timedelta(14)
        return "kriminalforsorgen" if late else None, "send_application", "kriminalforsorgen", by, False, False
    if duty == "aid_decided":
        return "kommune" if late else None, "decide_application", "kommune", deadline, False, False
    in_place = duty == "housing_registered" and index == 2 and not late
    responsible = "kriminalforsorgen" if late else None
    if in_place:
        return responsible, None, None, None, True, False
    step = "contact_municipality" if duty == "contact_sentence" else "register_for_housing"
    return responsible, step, "kriminalforsorgen", deadline, False, False


def _releases(level: str, unit: str) -> list[tuple[Any, ...]]:
    """Return a unit's releases of the rolling year: the parts of each dimension sum to the whole."""
    whole = (60, 50, 20, 180, 126)
    first = (35, 30, 14, 100, 76)
    rest = tuple(all_of - part for all_of, part in zip(whole, first))
    splits = {
        "sentence_length": ("under_30_days", "365_days_or_more"),
        "housing_at_release": ("egen", "hjemloes"),
        "unprepared": ("false", "true"),
        "told_of_release": ("true", "not_stated"),
        "release_meeting_form": ("video", "none"),
        "target_group": ("1", "not_stated"),
    }
    rows: list[tuple[Any, ...]] = [("all", "all", *whole)]
    rows += [(name, value, *counts) for name, values in splits.items() for value, counts in zip(values, (first, rest))]
    return [(level, unit, "rolling4", LAST, False, *row) for row in rows]


def _cooperation(place: int, code: str, name: str, home: tuple[str, str]) -> tuple[Any, ...]:
    """Return a municipality's cooperation: one in five lacks an agreement, one in three was not at a meeting."""
    has_agreement, invited, attended = place % 5 > 0, place % 4 > 0, place % 3 > 0
    meeting = datetime.date(2026, 3, 4) if invited else None
    return (
        code,
        name,
        *home,
        "met" if has_agreement else "missed",
        None if has_agreement else "no_agreement",
        datetime.date(2025, 11, 3) if has_agreement else None,
        int(invited),
        int(invited and attended),
        int(invited),
        int(invited),
        meeting,
        meeting if attended else None,
        "2026-Q2",
        "met" if place % 6 else "missed",
        None if place % 6 else "bounced",
        datetime.date(2026, 5, 6),
    )


@cache
def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each published table."""
    catalogue = seed("rule_catalogue")
    rules = [rule for rule in catalogue if rule["case_types"] != "unit"]
    keys = {
        row["municipality_code"]: row["region_key"] for row in seed("municipality_regions") if row["valid_to"] < "9"
    }
    keys |= {
        row["municipality_code"]: row["region_key"]
        for row in seed("municipality_regions")
        if row["valid_from"] <= AS_OF.isoformat()
    }
    codes = {row["region_key"]: row["region_code"] for row in seed("regions")}
    areas = {row["municipality_code"]: row["area"] for row in seed("municipality_areas")}
    names = {row["municipality_code"]: row["name"] for row in seed("municipalities")}
    homes = {code: (codes[keys[code]], areas[code]) for code in names}
    counts = _counts(rules, homes)
    units = sorted({key[:2] for key in counts} | {("institution", row[0]) for row in INSTITUTIONS})
    compliance: list[tuple[Any, ...]] = []
    for level, unit in units:
        for rule in rules:
            if rule["restricted"] == "true" and level != "national":
                continue
            by_quarter = [counts.get((level, unit, rule["rule_id"], quarter), [0] * COLUMNS) for quarter in QUARTERS]
            for index, quarter in enumerate(QUARTERS):
                whole = quarter != LAST
                compliance.append(
                    _figure_row(level, unit, "quarter", quarter, whole, rule["rule_id"], by_quarter[index])
                )
                window = [sum(column) for column in zip(*by_quarter[max(0, index - 3) : index + 1])]
                compliance.append(_figure_row(level, unit, "rolling4", quarter, whole, rule["rule_id"], window))
    source = random.Random(2)
    worklist, late = [], []
    for number, (code, home) in enumerate(sorted(homes.items())):
        for index in range(3 if number % 5 else 0):
            days = source.randrange(-40, 60)
            duty = source.choice(["contact_sentence", "aid_decided", "housing_registered"])
            worklist.append(
                (
                    f"A{code}{index:03}",
                    duty,
                    "missed" if days < 0 else "pending",
                    code,
                    INSTITUTIONS[(number + index) % 8][0],
                    AS_OF + datetime.timedelta(days),
                    days,
                    *home,
                    "72 55 00 00",
                    "fange@example.dk",
                    *_step(duty, days, index),
                    None,
                )
            )
            late.append(
                (
                    f"S{code}{index:03}",
                    "aid_decided",
                    "late",
                    "decision_late",
                    "kommune",
                    code,
                    INSTITUTIONS[(number + index) % 8][0],
                    datetime.date(2026, 3, 1 + index),
                    datetime.date(2026, 3, 9),
                    index - 8,
                    *home,
                    "72 55 00 00",
                    None,
                )
            )
    open_rows, unknown, breakdown, impossible, releases = [], [], [], [], []
    for level, unit in units:
        mine = [row for row in worklist if level == "national" or unit in (row[3], row[4], *homes[row[3]])]
        for rule in rules:
            if rule["restricted"] == "true" and level != "national":
                continue
            rows = [row for row in mine if row[1] == rule["rule_id"]]
            late_now = sum(row[6] < 0 for row in rows)
            open_rows.append((level, unit, rule["rule_id"], len(rows) - late_now, len(rows) - late_now, late_now))
        unknown.append((level, unit, "contact_sentence", "no_expected_release", 2, 40, 0.5, 0.55))
        for value, part in (("mail", 5), ("telefon", 3)):
            breakdown.append(
                (level, unit, "contact_sentence", LAST, "channel", value, part + 1, part, 1, 0, part + 1, part, 0)
            )
        for value, part in (("short", 1), ("ordinary", 6)):
            breakdown.append(
                (level, unit, "contact_sentence", LAST, "notice", value, part + 2, part, 1, 1, part + 2, part, 0)
            )
        for value, part in (("within_28_days", 7), ("one_year_before", 2)):
            breakdown.append(
                (level, unit, "contact_sentence", LAST, "deadline", value, part + 3, part, 2, 1, part + 3, part, 1)
            )
        impossible.append((level, unit, "aid_applied", LAST, 4))
        releases += _releases(level, unit)
        for value, name in (("F01", 4), ("F02", 2)):
            breakdown.append(
                (level, unit, "contact_sentence", LAST, "institution", value, name + 2, name, 1, 1, name + 2, name, 0)
            )
    return {
        "pub_run": [("2026-09-30", AS_OF, AS_OF, "klientsystemet", True, "1.0.0", 1)],
        "pub_area": [(area, datetime.date(1900, 1, 1), datetime.date(9999, 12, 31)) for area in ("Vest", "Øst")],
        "pub_region": [
            (
                row["region_code"],
                row["name"],
                *(datetime.date.fromisoformat(row[end]) for end in ("valid_from", "valid_to")),
            )
            for row in seed("regions")
        ],
        "pub_municipality": [
            (code, names[code], *homes[code], datetime.date(1900, 1, 1), datetime.date(9999, 12, 31)) for code in names
        ],
        "pub_institution": INSTITUTIONS,
        "pub_compliance": compliance,
        "pub_worklist": worklist,
        "pub_late_case": late,
        "pub_data_quality": [
            ("2026-09-30", "afsoningssager.csv", "file", None, 6000, 5980, 20, 6000),
            ("2026-09-30", "afsoningssager.csv", "quarantine", "invalid_date", None, None, None, 20),
            ("2026-09-30", "engangshjaelp.csv", "file", None, 1800, 1800, 0, 1800),
            ("2026-09-30", "engangshjaelp.csv", "warning", "decided_before_sent", None, None, None, 3),
        ],
        "pub_unit_rule": [
            (rule, "municipality", code, status, reason, date)
            for code in names
            for rule, status, reason, date in (
                ("agreement_current", "met", None, datetime.date(2025, 11, 3)),
                ("meeting_biennial", "missed", "not_invited", None),
                ("contact_list_mailed", "undeterminable", "no_ledger", None),
            )
        ],
        "pub_open": open_rows,
        "pub_undeterminable": unknown,
        "pub_breakdown": breakdown,
        "pub_not_possible": impossible,
        "pub_release_summary": releases,
        "pub_cooperation": [_cooperation(place, code, names[code], homes[code]) for place, code in enumerate(names)],
        "pub_revision": [
            (
                *("municipality", "851", "contact_sentence", "quarter", "2026-Q2", "2026-06-30-1", None),
                *(20, 11, 5, 4, 20, 11),
                *(21, 12, 6, 3, 21, 12),
                "recorded_late",
            )
        ],
    }


def connect() -> duckdb.DuckDBPyConnection:
    """Return an in-memory database with the published tables of this world."""
    connection = duckdb.connect()
    connection.execute("create schema publish")
    import pandas

    for table, columns in TABLES.items():
        connection.execute(f"create table publish.{table} ({columns})")
        names = [column.strip().split()[0] for column in columns.split(",")]
        frame = pandas.DataFrame(tables()[table], columns=names, dtype=object)
        connection.register("frame", frame)
        connection.execute(f"insert into publish.{table} select * from frame")
        connection.unregister("frame")
    catalogue = SEEDS / "rule_catalogue.csv"
    connection.execute(
        "create table publish.pub_rule as select * replace (try_cast(valid_from as date) as valid_from, "
        "try_cast(valid_to as date) as valid_to, restricted = 'true' as restricted) "
        f"from read_csv('{catalogue}', all_varchar = true)"
    )
    return connection


@cache
def world() -> ReportData:
    """Return the world as pages see it, made by the first process of the test run that asks."""

    def make(folder: Path) -> None:
        connection = connect()
        try:
            (folder / "world.pickle").write_bytes(pickle.dumps(load(connection)))
        finally:
            connection.close()

    known: ReportData = pickle.loads((made_once("world-of-pages", make) / "world.pickle").read_bytes())
    return known


def catalogue_parameters() -> dict[str, Any]:
    """Return the parameters of each rule."""
    return {row["rule_id"]: json.loads(row["parameters"]) for row in seed("rule_catalogue")}

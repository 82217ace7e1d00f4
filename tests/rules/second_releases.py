"""The releases: what each was, and how many of its core duties were kept (described, not judged).

Belongs here: the rows of `fct_release` and their summary. Does not belong here: the outcomes and where they count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tests.rules.second_case import Case, cases_of
from tests.rules.second_figures import Places, Unit, periods_until, place_of, units_of
from tests.rules.second_implementation import outside_sentence_rules
from tests.rules.second_known_facts import KnownRow, Parameters, Tables, rows_by_case
from tests.rules.second_verdict import counts_as_due

CORE_RULES = frozenset(
    {
        "contact_sentence",
        "housing_registered_or_explained",
        "aid_decided",
        "aid_paid",
        "release_meeting_held",
        "supervision_invited",
        "risk_assessment_handed_over",
    }
)
DIMENSIONS = (
    "sentence_length",
    "release_kind",
    "housing_at_release",
    "housing_need",
    "unprepared",
    "release_weekday",
    "release_month",
    "target_group",
    "notified_of_admission",
    "told_of_release",
    "assessed",
    "has_mentor",
    "release_meeting_form",
)


def sentence_length(days: int) -> str:
    """The band of a sentence's length in days."""
    if days < 30:
        return "under_30_days"
    if days < 122:
        return "30_to_121_days"
    if days < 365:
        return "122_to_364_days"
    return "365_days_or_more"


def is_by(day: date | None, release: date) -> bool:
    """Whether something that has a day happened on or before the release."""
    return day is not None and day <= release


def filled_by(case: Case, value: str, its_date: str, release: date) -> str | None:
    """A value as known by the release; undated it counts as known."""
    known = case.row[value] and (case.row[its_date] is None or case.row[its_date] <= release)
    return case.row[value] if known else None


def meeting_form(case: Case, release: date) -> str | None:
    """The form of the earliest meeting held by the release, the lowest id among several that day."""
    held = [meeting for meeting in case.meetings if is_by(meeting["afholdt"], release)]
    if not held:
        return "none"
    return min(held, key=lambda meeting: (meeting["afholdt"], meeting["moede_id"]))["form"] or None


def mentor_by(mentors: Iterable[KnownRow], release: date) -> bool:
    """Whether a mentor was attached by the release and still there after it."""
    return any(is_by(row["tilknyttet"], release) and not is_by(row["ophoert"], release) for row in mentors)


def release_of(
    case: Case, outcomes: Iterable[Mapping[str, Any]], mentors: Iterable[KnownRow] | None, places: Places
) -> dict[str, Any]:
    """The row of one release; `outcomes` are those of its case, `mentors` is None when the file was not delivered."""
    release = case.actual_release
    assert release is not None
    core = [each for each in outcomes if each["rule_id"] in CORE_RULES]
    due = [each for each in core if counts_as_due(each["status"], each["deadline"], case.as_of)]
    core_met = sum(each["status"] == "met" for each in due)
    municipality_code = case.municipality_on(release)
    region_code, area = place_of(places, municipality_code, release)
    housing = case.row["bolig_ved_loesladelse"] or None
    housing_need = filled_by(case, "bolig_behov", "bolig_behov_afklaret", release)
    return {
        "case_id": case.row["sags_id"],
        "release_date": release,
        "release_month": release.month,
        "release_weekday": release.isoweekday(),
        "municipality_code": municipality_code,
        "region_code": region_code,
        "area": area,
        "institution_code": case.row["institution_kode"],
        "target_group": case.row["maalgruppe"] or None,
        "release_kind": case.row["loesladelse_art"] or None,
        "sentence_length": sentence_length(int(case.row["straf_dage"])),
        "housing_at_release": housing,
        "housing_need": housing_need,
        "unprepared": None if housing is None else housing in ("hjemloes", "herberg") and housing_need != "J",
        "core_due": len(due),
        "core_met": core_met,
        "whole_release": core_met == len(due) if due else None,
        "notified_of_admission": is_by(case.qualifying_contact("underretning"), release),
        "told_of_release": is_by(case.qualifying_contact("loesladelse"), release),
        "assessed": filled_by(case, "ls_rnr_niveau", "ls_rnr_dato", release) is not None,
        "has_mentor": None if mentors is None else mentor_by(mentors, release),
        "release_meeting_form": meeting_form(case, release),
    }


def releases(
    tables: Tables,
    as_of: date,
    outcomes: Iterable[Mapping[str, Any]],
    places: Places,
    *,
    parameters: Parameters | None = None,
) -> list[dict[str, Any]]:
    """The rows of `fct_release`: sentences inside the cooperation whose release lies before the day of assessment."""
    by_case: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for outcome in outcomes:
        if outcome["case_type"] == "sentence":
            by_case[outcome["case_id"]].append(outcome)
    mentors = rows_by_case(tables, "mentorforloeb", as_of) if "mentorforloeb" in tables else None
    found = []
    for case in cases_of(tables, "afsoningssager", as_of, parameters or Parameters()):
        if case.actual_release is None or case.actual_release >= as_of or outside_sentence_rules(case) is not None:
            continue
        case_id = case.row["sags_id"]
        own_mentors = None if mentors is None else mentors.get(case_id, [])
        found.append(release_of(case, by_case[case_id], own_mentors, places))
    return found


def as_value(value: Any) -> str:
    """The text of a value in the summary."""
    if value is None:
        return "not_stated"
    return str(value).lower() if isinstance(value, bool) else str(value)


def summary(
    rows: Iterable[Mapping[str, Any]], as_of: date
) -> dict[tuple[str, str, str, str, str, str], dict[str, int]]:
    """The rows of `fct_release_summary` that hold a release, by level, unit, period type, period, dimension, value."""
    periods = periods_until(as_of)
    found: dict[tuple[str, str, str, str, str, str], dict[str, int]] = {}
    for row in rows:
        values = {"all": "all"} | {dimension: as_value(row[dimension]) for dimension in DIMENSIONS}
        for unit in release_units(row):
            for period in periods:
                if not period.first_day <= row["release_date"] <= period.last_day:
                    continue
                for dimension, value in values.items():
                    key = (*unit, period.kind, period.name, dimension, value)
                    counts = found.setdefault(
                        key,
                        {"releases": 0, "with_core_due": 0, "whole_releases": 0, "core_due": 0, "core_met": 0},
                    )
                    counts["releases"] += 1
                    counts["with_core_due"] += row["core_due"] > 0
                    counts["whole_releases"] += row["whole_release"] is True
                    counts["core_due"] += row["core_due"]
                    counts["core_met"] += row["core_met"]
    return found


def release_units(row: Mapping[str, Any]) -> list[Unit]:
    """The units a release counts in: those of its municipality, and its institution also without one."""
    return list(dict.fromkeys([*units_of(row), ("institution", row["institution_code"])]))

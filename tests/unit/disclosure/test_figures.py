"""Rows of the warehouse become a problem: which years are due, what adds up, which parts figures have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipelines.disclosure import figures
from pipelines.disclosure.families import families_of, parts_of, releases_family
from pipelines.disclosure.model import HIDDEN, NATION, UNKNOWN, FormerPrinted, Key, Printed, Problem

from .worlds import quarters

PERIODS = quarters("2025-Q1", 12)
RULES = {"rule": "denominator", "aid_decided": "denominator"}


def compliance_rows() -> list[dict[str, Any]]:
    rows = []
    for quarter in PERIODS:
        for rule in RULES:
            row = {"period_type": "quarter", "period": quarter, "rule_id": rule}
            for number in range(8):
                counts = {"due": 5 + number, "met": 4, "own_due": 4, "own_met": 3}
                rows.append(row | {"level": "municipality", "unit_code": str(101 + number)} | counts)
            nation = {"due": 68 + 1, "met": 32 + 1, "own_due": 32, "own_met": 24}
            rows.append(row | {"level": "national", "unit_code": "DK"} | nation)
    return rows


def membership_rows(moves: date = date(2027, 1, 1)) -> list[dict[str, Any]]:
    rows = []
    for number in range(8):
        code = str(101 + number)
        old = {"municipality_code": code, "region_code": "1084" if number < 4 else "1085", "area": "Øst"}
        rows.append(old | {"valid_from": date(2007, 1, 1), "valid_to": date.fromordinal(moves.toordinal() - 1)})
        rows.append(old | {"region_code": "NY", "valid_from": moves, "valid_to": None})
    return rows


def problem_of(window: str, earlier: tuple[Printed | FormerPrinted, ...] = ()) -> Problem:
    return figures.build_problem(
        compliance_rows(), membership_rows(), families_of(RULES), name=window, window=window, earlier=earlier
    )


def test_the_unknown_municipality_is_what_the_nation_has_more() -> None:
    problem = problem_of("2026-Q4")
    assert problem.counts["rule", UNKNOWN, "2026-Q1"] == (1, 0)
    assert problem.counts["rule", "101", "2026-Q1"] == (4, 1)
    assert problem.parents[UNKNOWN, "2026-Q1"] == (NATION,)


def test_a_year_is_printed_with_the_publication_that_closes_it_and_once_more_a_year_later() -> None:
    first = problem_of("2026-Q1")
    assert (first.windows, first.years, first.restated) == (("2025-Q4", "2026-Q1"), ("2025",), ())
    second = problem_of("2026-Q2", (Printed(first, {}),))
    assert (second.windows, second.years, second.restated) == (("2026-Q2",), (), ())
    third = problem_of("2026-Q4", (Printed(first, {}), Printed(second, {})))
    assert (third.windows, third.years, third.restated) == (("2026-Q4",), ("2026",), ("2025",))
    fourth = problem_of("2027-Q4", (Printed(first, {}), Printed(second, {}), Printed(third, {})))
    assert (fourth.years, fourth.restated) == (("2027",), ("2026",))


def test_the_first_publication_tells_the_rolling_years_before_its_own_and_later_ones_only_what_was_not_told() -> None:
    first = problem_of("2026-Q3")
    assert first.windows == ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"), "as far back as there are quarters"
    assert problem_of("2027-Q4").windows == (*quarters("2026-Q1", 8),), "and two years at most"
    assert problem_of("2026-Q4", (Printed(first, {}),)).windows == ("2026-Q4",)
    assert problem_of("2027-Q2", (Printed(first, {}),)).windows == (*quarters("2026-Q4", 3),)
    # Rows of a restated year count on no sum of theirs being printed; of the former design nothing is taken apart.
    restated = problem_of("2026-Q4", (Printed(problem_of("2026-Q1"), {}),))
    assert (restated.windows, restated.restated) == (("2026-Q4",), ("2025",))
    former = FormerPrinted("old", {Key("rule", "region", "1", "2026-Q1", "due"): 70})
    assert problem_of("2027-Q3", (former,)).windows == ("2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"), (
        "with the closed one"
    )


def test_a_new_region_is_one_from_its_first_quarter() -> None:
    problem = problem_of("2027-Q2")
    assert ("region", "1084") in problem.parents["101", "2026-Q4"]
    assert ("region", "NY") in problem.parents["101", "2027-Q1"]


def test_a_municipality_that_moves_inside_a_quarter_is_refused() -> None:
    with pytest.raises(figures.FiguresDisagree):
        figures.build_problem(
            compliance_rows(), membership_rows(date(2026, 2, 1)), families_of(RULES), name="x", window="2026-Q4"
        )


@pytest.mark.parametrize("change", [{"due": 1}, {"met": 70}])
def test_rows_that_do_not_add_up_are_refused(change: dict[str, int]) -> None:
    rows = compliance_rows()
    next(row for row in rows if row["level"] == "national" and row["period"] == "2026-Q2").update(change)
    with pytest.raises(figures.FiguresDisagree):
        figures.build_problem(rows, membership_rows(), families_of(RULES), name="x", window="2026-Q4")


def test_a_year_of_the_warehouse_that_is_not_the_sum_of_its_quarters_is_refused() -> None:
    year = {"level": "municipality", "unit_code": "101", "period_type": "year", "period": "2026", "rule_id": "rule"}
    right = year | {"due": 20, "met": 16, "own_due": 16, "own_met": 12}
    arguments = (membership_rows(), families_of(RULES))
    assert figures.build_problem([*compliance_rows(), right], *arguments, name="x", window="2026-Q4")
    with pytest.raises(figures.FiguresDisagree):
        figures.build_problem([*compliance_rows(), right | {"due": 21}], *arguments, name="x", window="2026-Q4")


def test_own_figures_have_parts_also_where_a_moved_date_counts_as_kept() -> None:
    family = families_of(RULES)["aid_decided"]
    figures_of = {"due": 10, "met": 2, "own_due": 6, "own_met": 5}
    parts = parts_of(family, {("aid_decided", measure): value for measure, value in figures_of.items()})
    assert parts == (2, 3, 1, 0, 4)
    for (_rule, measure), chosen in family.figures.items():
        assert sum(parts[part] for part in chosen) == figures_of[measure]
    more = figures_of | {"own_due": 11}
    assert parts_of(family, {("aid_decided", measure): value for measure, value in more.items()}) is None


def test_larger_units_have_their_calendar_year_under_its_own_name_where_municipalities_have_theirs() -> None:
    printed = {
        Key("rule", "region", "1", "2026-Q4", "due"): 80,
        Key("rule", "region", "1", "2027-Q1", "due"): 90,
        Key("rule", "municipality", "101", "2026", "due"): HIDDEN,
    }
    shown = figures.with_calendar_years(printed)
    assert shown.keys() - printed.keys() == {Key("rule", "region", "1", "2026", "due")}
    assert shown[Key("rule", "region", "1", "2026", "due")] == 80


def test_rolling_years_of_municipalities_from_the_former_design_are_shown_no_longer() -> None:
    old = FormerPrinted(
        "old",
        {
            Key("rule", "municipality", "101", "2026-Q3", "due"): 0,
            Key("rule", "region", "1", "2026-Q3", "due"): 70,
        },
    )
    new = {Key("rule", "municipality", "101", "2026", "due"): 9}
    assert set(figures.current_figures(new, [old])) == {*new, Key("rule", "region", "1", "2026-Q3", "due")}


def test_only_the_newest_year_of_releases_is_shown_and_never_as_a_calendar_year() -> None:
    problem = problem_of("2026-Q2")
    year = Key("rule", "municipality", "101", "2026", "due")
    old, new = (Key("releases_all", "national", "DK", period, "due") for period in ("2026-Q3", "2026-Q4"))
    earlier = Printed(problem, {old: 40})
    shown = figures.current_figures({new: 50, year: 7}, [earlier])
    assert shown == {new: 50, year: 7}
    assert figures.with_calendar_years(shown) == shown


def test_releases_that_do_not_add_up_have_no_parts() -> None:
    family = releases_family(["releases_all", "releases_home", "releases_hostel"])
    counted = {
        **{("releases_all", "due"): 9, ("releases_all", "own_due"): 7, ("releases_all", "own_met"): 4},
        **{("releases_home", "due"): 5, ("releases_home", "own_due"): 4, ("releases_home", "own_met"): 3},
        **{("releases_hostel", "due"): 4, ("releases_hostel", "own_due"): 3, ("releases_hostel", "own_met"): 1},
    }
    assert parts_of(family, counted) == (3, 1, 1, 1, 2, 1)
    for figure in counted:
        assert parts_of(family, counted | {figure: counted[figure] + 1}) is None
    assert parts_of(family, counted | {("releases_home", "own_met"): 5}) is None
    with pytest.raises(ValueError, match="begin with"):
        releases_family(["releases_all", "release_advanced"])


def test_a_region_that_is_no_more_is_shown_as_long_as_the_newest_year_holds_a_quarter_of_it() -> None:
    def keys(unit: str, *periods: str) -> dict[Key, int]:
        return {Key("rule", "region", unit, period, "due"): 40 for period in periods}

    old = FormerPrinted("old", keys("1084", "2026-Q4", "2027-Q2") | keys("1083", "2026-Q4", "2027-Q2"))
    both = keys("1084", "2027-Q3") | keys("1083", "2027-Q3")
    assert set(figures.current_figures(both, [old])) == {*both, *old.published}
    alone = keys("1083", "2027-Q4")
    assert {key.unit for key in figures.current_figures(alone, [old, FormerPrinted("new", both)])} == {"1083"}

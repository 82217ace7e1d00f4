"""Two years are shown as one on the map and the funnel where one is too short for most units, and never otherwise."""

from __future__ import annotations

import dataclasses

from reports.editions import FULL
from reports.figures.data import Figure, ReportData
from reports.figures.pooled import HIDDEN_FIGURE, added, year_figures
from reports.figures.statistics import wilson
from reports.pages.rule_pages import map_part
from tests.reports.small_world import world

RULE = next(rule for rule in world().rules if rule.rule_id == "municipal_response")


def counted(met: int, due: int) -> Figure:
    return Figure(due, met, due - met, 0, met / due, *wilson(met, due)) if due else Figure(0, 0, 0, 0, None, None, None)


def with_years(now: dict[str, Figure], before: dict[str, Figure]) -> ReportData:
    """Return the world with one duty of these municipalities in the year and the year before, and the nation's."""
    window = world().window("municipality")
    figures = {
        ("municipality", code): {
            (RULE.rule_id, *window): figure,
            (RULE.rule_id, *window.before): before[code],
        }
        for code, figure in now.items()
    }
    nation = {(RULE.rule_id, *window): counted(800, 1000), (RULE.rule_id, *window.before): counted(600, 1000)}
    return dataclasses.replace(world(), figures=figures | {("national", "DK"): nation})


def test_two_years_are_added_where_most_units_have_fewer_deadlines_than_are_compared() -> None:
    now = {"101": counted(50, 60), "851": counted(9, 12), "825": counted(1, 1), "741": counted(0, 0)}
    data = with_years(now, {code: counted(7, 11) for code in now})
    figures, is_two_years = year_figures(data, RULE, [*data.figures][:4])
    assert is_two_years
    assert {key[1]: (one.met, one.due) for key, one in figures.items()} == {
        "101": (57, 71),
        "851": (16, 23),
        "825": (8, 12),
        "741": (7, 11),
    }
    assert figures["municipality", "851"].rate == 16 / 23
    part = map_part(FULL, data, RULE, "")
    assert part is not None and part["funnel"] is not None
    assert part["year_name"] == "4. kvt. 2024 til 3. kvt. 2025 og 4. kvt. 2025 til 3. kvt. 2026 lagt sammen"
    told = str(part["funnel_text"])
    assert "under 20 frister på et år" in told and "hele landets 70\u00a0pct." in told
    assert "2 kommuner har under 20 frister og er ikke med" in told
    assert ("Læsø", "12", "8", "få") in part["counts"] and ("Aalborg", "23", "16", "70") in part["counts"]
    assert "101" not in told and "16 af 23" in str(part["drawing"])


def test_one_year_is_enough_where_half_of_the_units_can_be_compared() -> None:
    now = {"101": counted(50, 60), "851": counted(20, 20), "825": counted(1, 1), "741": counted(0, 0)}
    data = with_years(now, {code: counted(7, 11) for code in now})
    figures, is_two_years = year_figures(data, RULE, [*data.figures][:4])
    assert not is_two_years and figures["municipality", "825"].due == 1
    part = map_part(FULL, data, RULE, "")
    assert part is not None and part["counts"] == [] and "lagt sammen" not in part["year_name"]


def test_a_year_that_is_hidden_is_in_no_sum() -> None:
    assert added(HIDDEN_FIGURE, counted(7, 11)).due is None and added(counted(7, 11), HIDDEN_FIGURE).met is None
    now = {"101": HIDDEN_FIGURE, "851": counted(9, 12), "825": counted(1, 5)}
    data = with_years(now, {code: counted(7, 11) for code in now})
    figures, is_two_years = year_figures(data, RULE, [*data.figures][:3])
    assert is_two_years and figures["municipality", "101"].due is None


def test_a_year_that_was_never_shown_is_not_added_as_if_nothing_had_been_due() -> None:
    now = {"101": counted(50, 60), "851": counted(9, 12), "825": counted(1, 5)}
    data = with_years(now, {code: counted(7, 11) for code in now})
    window = data.window("municipality")
    for code in now:
        del data.figures["municipality", code][RULE.rule_id, *window.before]
    figures, is_two_years = year_figures(data, RULE, [*data.figures][:3])
    assert not is_two_years and figures["municipality", "851"].due == 12
    data = with_years(now, {code: counted(7, 11) for code in now})
    del data.figures["municipality", "851"][RULE.rule_id, *window.before]
    figures, is_two_years = year_figures(data, RULE, [*data.figures][:3])
    assert is_two_years and figures["municipality", "851"].due is None and figures["municipality", "825"].due == 16
    del data.figures["national", "DK"][RULE.rule_id, *window.before]
    assert year_figures(data, RULE, [*data.figures][:3])[1] is False

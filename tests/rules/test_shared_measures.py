"""The measures that are shared: each formula gives what the reports show, and adding them up gives the nation."""

from __future__ import annotations

import pytest

from pipelines.sharing.shared_tables import KEYS
from tests.rules import warehouses


def test_the_rows_of_a_quarter_add_up_to_the_nation() -> None:
    differing = warehouses.rows(
        warehouses.demo(),
        "with summed as (select quarter, rule_id, sum(due) as due, sum(met) as met, sum(own_due) as own_due, "
        "sum(own_met) as own_met from semantic.duty_counts group by all) "
        "select count(*), count(*) filter (summed.due <> nation.due or summed.met <> nation.met "
        "or summed.own_due <> nation.own_due or summed.own_met <> nation.own_met) "
        "from marts.fct_compliance as nation inner join summed "
        "on nation.period = summed.quarter and nation.rule_id = summed.rule_id "
        "where nation.level = 'national' and nation.period_type = 'quarter'",
    )
    assert differing[0][0] > 100 and differing[0][1] == 0


def test_each_formula_gives_what_the_reports_show_for_every_municipality() -> None:
    formulas = warehouses.rows(
        warehouses.demo(), "select measure, formula from semantic.measures where counts_table = 'duty_counts'"
    )
    assert {measure for measure, _ in formulas} == {"due", "met", "rate", "own_due", "own_rate"}
    for measure, formula in formulas:
        compared = warehouses.rows(
            warehouses.demo(),
            f"with worked_out as (select quarter, municipality_code, rule_id, {formula} as value "
            "from semantic.duty_counts group by all) "
            f"select count(*), count(*) filter (worked_out.value is distinct from shown.{measure}) "
            "from marts.fct_compliance as shown inner join worked_out on shown.period = worked_out.quarter "
            "and shown.unit_code = worked_out.municipality_code and shown.rule_id = worked_out.rule_id "
            "where shown.level = 'municipality' and shown.period_type = 'quarter'",
        )
        assert compared[0][0] > 1000 and compared[0][1] == 0, measure


def test_the_releases_of_a_quarter_add_up_and_each_formula_gives_the_summary() -> None:
    differing = warehouses.rows(
        warehouses.demo(),
        "with summed as (select quarter, sum(releases) as releases, sum(whole_releases) as whole "
        "from semantic.release_counts group by all) "
        "select count(*), "
        "count(*) filter (summed.releases <> nation.releases or summed.whole <> nation.whole_releases) "
        "from marts.fct_release_summary as nation inner join summed on nation.period = summed.quarter "
        "where nation.level = 'national' and nation.period_type = 'quarter' and nation.dimension = 'all'",
    )
    assert differing[0][0] > 10 and differing[0][1] == 0
    formulas = dict(
        warehouses.rows(
            warehouses.demo(), "select measure, formula from semantic.measures where counts_table = 'release_counts'"
        )
    )
    shown = {
        "releases": "shown.releases",
        "whole_releases": "shown.whole_releases",
        "whole_share": "shown.whole_releases / nullif(shown.with_core_due, 0)",
    }
    assert formulas.keys() == shown.keys()
    for measure, formula in formulas.items():
        compared = warehouses.rows(
            warehouses.demo(),
            f"with worked_out as (select quarter, municipality_code, {formula} as value "
            "from semantic.release_counts group by all) "
            f"select count(*), count(*) filter (worked_out.value is distinct from {shown[measure]}) "
            "from marts.fct_release_summary as shown inner join worked_out on shown.period = worked_out.quarter "
            "and shown.unit_code = worked_out.municipality_code "
            "where shown.level = 'municipality' and shown.period_type = 'quarter' and shown.dimension = 'all'",
        )
        assert compared[0][0] > 100 and compared[0][1] == 0, measure


def test_no_restricted_rule_is_among_them() -> None:
    assert warehouses.rows(
        warehouses.demo(),
        "select count(*) from semantic.duty_counts "
        "where rule_id in (select rule_id from marts.dim_rule where restricted)",
    ) == [(0,)]


@pytest.mark.parametrize(("table", "key"), KEYS.items(), ids=lambda one: ".".join(one))
def test_no_two_rows_of_a_shared_table_have_the_same_key(table: tuple[str, str], key: tuple[str, ...]) -> None:
    names, columns = ".".join(table), ", ".join(key)
    rows, keys, empty = warehouses.rows(
        warehouses.demo(),
        f"select count(*), count(distinct ({columns})), count(*) filter (({' or '.join(f'{c} is null' for c in key)})) "
        f"from {names}",
    )[0]
    assert rows == keys > 0 and empty == 0

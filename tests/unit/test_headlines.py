"""The three rates that are followed over time: which figures they are, on a warehouse of a few rows made by hand."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.layout import Output
from pipelines.publishing import headlines
from reports.figures.judged import MISSION

NEWEST, EARLIER = "2026-Q3", "2026-Q2"


@pytest.fixture
def warehouse(output: Output) -> Output:
    """Three duties, one of them without a deadline in the newest year, and figures that are not the nation's year."""
    first, second, third = MISSION
    output.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute(
            "create schema marts;"
            "create table marts.dim_rule (rule_id text, title_da text, valid_from date);"
            "create table marts.fct_compliance (level text, period_type text, period text, rule_id text, rate double)"
        )
        rules = [(rule, f"Pligten {rule}", "1900-01-01") for rule in (third, second, first, "mentor_assigned")]
        rules.append((first, "Pligten efter den nye lov", "2026-01-01"))
        connection.executemany("insert into marts.dim_rule values (?, ?, ?)", rules)
        figures = [
            ("national", "rolling4", EARLIER, first, 0.1),
            ("national", "rolling4", NEWEST, first, 0.75),
            ("national", "quarter", NEWEST, first, 0.2),
            ("region", "rolling4", NEWEST, first, 0.3),
            ("national", "rolling4", EARLIER, second, None),
            ("national", "rolling4", NEWEST, second, None),
            ("national", "rolling4", NEWEST, third, 1.0),
            ("national", "rolling4", NEWEST, "mentor_assigned", 0.4),
        ]
        connection.executemany("insert into marts.fct_compliance values (?, ?, ?, ?, ?)", figures)
    return output


def test_the_rates_are_the_nations_newest_year_by_todays_title_and_in_the_missions_order(warehouse: Output) -> None:
    rates = headlines.rates(warehouse)
    assert list(rates.items()) == [("Pligten efter den nye lov", 0.75), (f"Pligten {MISSION[2]}", 1.0)]

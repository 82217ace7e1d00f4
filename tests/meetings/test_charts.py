"""The area office's charts beside queries of the warehouse: every kind of chart that shows more than rates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pptx import Presentation

from pipelines import vocabulary
from pipelines.layout import Output
from pipelines.rules.documentation import topic
from pipelines.warehouse.in_place import open_read_only
from reports.meetings import area_pack, facts
from reports.meetings.span import Span
from tests.meetings.made_up_output import PACK_CODES, PACK_SPAN, pack_file

# A chart that goes on over several slides says so in their titles.
_GOES_ON = re.compile(r" \(\d+ af \d+\)$")
Values = dict[tuple[str, str], float | None]


@pytest.fixture(scope="module")
def charts(folder: Path) -> dict[str, Values]:
    """Return each chart's values by series and category, by the title of its slide."""
    found: dict[str, Values] = {}
    for slide in Presentation(str(pack_file(folder, "omraadekontor", "pptx"))).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                plot = shape.chart.plots[0]
                title = _GOES_ON.sub("", slide.shapes.title.text)
                found.setdefault(title, {}).update(
                    {
                        (one.name, str(name)): value
                        for one in plot.series
                        for name, value in zip(plot.categories, one.values)
                    }
                )
    return found


def rows(output: Output, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a query of the warehouse gives."""
    with open_read_only(output) as connection:
        return connection.execute(query, list(values)).fetchall()


def test_the_parties_of_what_was_not_in_time_are_those_of_the_warehouse(
    charts: dict[str, Values], built: Output, read: facts.Facts
) -> None:
    judged = [rule.rule_id for rule in area_pack.counted_once(read.rules)]
    shown = charts["Hvem havde ansvaret, når det ikke skete til tiden?"]
    checked = 0
    for when, span in (("før", PACK_SPAN.before), ("nu", PACK_SPAN)):
        sums: dict[tuple[str, str], int] = {}
        for rule, *counts in rows(
            built,
            "select figures.rule_id, sum(responsible_kriminalforsorgen), sum(responsible_kommune), "
            "sum(responsible_dato_flyttet), sum(responsible_kort_tid) from publish.pub_compliance as figures "
            "where level = 'area' and unit_code = 'Øst' and period_type = 'quarter' and period between ? and ? "
            "and rule_id in (select unnest(?)) group by 1",
            span.first,
            span.last,
            judged,
        ):
            for (_, name), count in zip(area_pack.PARTIES, counts, strict=True):
                key = name, f"{vocabulary.TOPICS[topic(rule)]}, {when}"
                sums[key] = sums.get(key, 0) + int(count or 0)
        for key, count in sums.items():
            assert (shown[key] or 0) == count, key
            checked += 1
    assert checked >= 20 and len(shown) == checked


@pytest.mark.parametrize(
    ("title", "level"),
    [("Mønstre mellem kommunerne", "municipality"), ("Mønstre mellem institutionerne", "institution")],
)
def test_each_bar_of_a_pattern_is_the_units_own_count(
    charts: dict[str, Values], built: Output, read: facts.Facts, title: str, level: str
) -> None:
    names = {unit.code: unit.name for unit in read.data.units_of(level)}
    for (_, category), value in charts[title].items():
        name, _, counts = category.rpartition(" (")
        met, due = (int(number.replace(".", "")) for number in counts.rstrip(")").split(" af "))
        code = next(code for code, own in names.items() if name in (own, f"{own} Kommune", f"{own}s Kommune"))
        topic = area_pack.gap_topic(*read.gaps())
        rule = topic.found.rule_id if topic else area_pack.CORE[0]
        found = rows(
            built,
            "select sum(met), sum(due) from publish.pub_compliance where level = ? and unit_code = ? and rule_id = ? "
            "and period_type = 'quarter' and period between ? and ?",
            level,
            code,
            rule,
            PACK_SPAN.first,
            PACK_SPAN.last,
        )
        assert found == [(met, due)] and value == pytest.approx(met / due)


def test_what_is_urgent_and_what_cannot_be_judged_are_counted_as_in_the_warehouse(
    charts: dict[str, Values], built: Output
) -> None:
    urgent = [(title, values) for title, values in charts.items() if title.endswith(" haster")]
    for title, values in urgent:
        found = rows(
            built,
            "select count(*) from publish.pub_worklist inner join publish.pub_rule using (rule_id) "
            "where title_da = ? and days_left between -60 and 14 and municipality_code in (select unnest(?))",
            title.rpartition(": ")[0],
            list(PACK_CODES),
        )
        assert found == [(sum(value or 0 for value in values.values()),)]
    unknown = charts["Datakvalitet: vores egen først"]
    found = rows(
        built,
        "select title_da, sum(cases) from publish.pub_undeterminable inner join publish.pub_rule using (rule_id) "
        "where level = 'area' and unit_code = 'Øst' and rule_id <> 'infohus_notified' group by 1",
    )
    assert {name: value for (_, name), value in unknown.items()} == {title: int(count) for title, count in found}


def _steps() -> Iterator[tuple[str, str, str]]:
    for number, days in enumerate((0, 2, 4, 6, 30), start=1):
        complete = datetime.date(2026, 3, 1)
        yield f"E-{number}", complete.isoformat(), (complete + datetime.timedelta(days)).isoformat()


def test_days_of_a_step_are_those_of_the_middle_case_and_none_below_five_cases() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema staging; create schema publish")
        connection.execute(
            "create table marts.fct_rule_outcome (case_id text, rule_id text, municipality_code text, deadline date, "
            "event_date date, knowable_from date)"
        )
        connection.execute(
            """create table publish.pub_rule as select 'municipal_response' as rule_id, '{"days": 28}' as parameters"""
        )
        connection.execute(
            "create table staging.stg_aid_applications (application_id text, case_id text, municipality_code text, "
            "sent_date date, documented_date date, decided_date date, decision text)"
        )
        for key, complete, decided in _steps():
            connection.execute(
                "insert into staging.stg_aid_applications values (?, ?, '101', '2026-02-01', ?, ?, 'bevilget')",
                [key, key, complete, decided],
            )
        found = {step.name: step for step in facts.steps(connection, ["101"], Span("2026-Q1", "2026-Q4"))}
        whole = found["Fra fuldstændig ansøgning til afgørelse"]
        assert (whole.cases, whole.median) == (5, 4.0)
        assert found["Fra kontakt til kommunens svar"].median is None
        connection.execute("delete from staging.stg_aid_applications where application_id = 'E-1'")
        fewer = {step.name: step for step in facts.steps(connection, ["101"], Span("2026-Q1", "2026-Q4"))}
        assert (fewer[whole.name].cases, fewer[whole.name].median) == (4, None)

"""What the engines write differently (``dbt_project/macros/dialects``) means the same on both."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pipelines.layout import DBT_PROJECT
from pipelines.warehouse import parsed_project
from pipelines.warehouse.dbt_command import invoke
from tests.rules import warehouses
from tests.second_engine import needs_spark, spark_here

DIALECTS = sorted((DBT_PROJECT / "macros" / "dialects").glob("*.sql"))
ENGINES = ("duckdb", "spark")

#: An expression in the models' words, and what it is on every engine.
MEANINGS: dict[str, tuple[str, str | None]] = {
    "a year before a leap day": ("years_before(\"date '2024-02-29'\", 1)", "2023-02-28"),
    "a year after the day before": ("years_after(\"date '2023-02-28'\", 1)", "2024-02-28"),
    "a month after a longer month": ("months_after(\"date '2026-01-31'\", 1)", "2026-02-28"),
    "a month before a longer month": ("months_before(\"date '2026-03-31'\", 1)", "2026-02-28"),
    "days forward": ("days_between(\"date '2026-02-27'\", \"date '2026-03-01'\")", "2"),
    "days back": ("days_between(\"date '2026-03-01'\", \"date '2026-02-27'\")", "-2"),
    "Monday": ("iso_weekday(\"date '2026-11-30'\")", "1"),
    "Sunday": ("iso_weekday(\"date '2026-11-29'\")", "7"),
    "the leading quarter on its last day": ("leading_quarter(\"date '2026-09-30'\")", "2026-Q3"),
    "the leading quarter the day before": ("leading_quarter(\"date '2026-09-29'\")", "2026-Q2"),
    "a number in JSON": ("json_text(\"'{\\\"days\\\": 28}'\", 'days')", "28"),
    "a truth in JSON": ("json_text(\"'{\\\"first\\\": true}'\", 'first')", "true"),
    "a name that JSON has not": ("json_text(\"'{\\\"days\\\": 28}'\", 'years')", None),
    "a place": ("place_among(['late', 'missed'], \"'missed'\")", "2"),
    "no place": ("place_among(['late', 'missed'], \"'met'\")", None),
}
#: A statement of one value, and the value.
STATEMENTS: dict[str, tuple[str, str | None]] = {
    "days in a row": (
        "select count(*) from "
        "{{ dates_from(\"date '1900-01-01'\", \"date '2102-01-31'\", 'interval 1 day') }} as days (day)",
        "73810",
    ),
    "the last of the quarters of a year": (
        "select max(cast(quarters.first_day as date)) from (select date '2026-01-01' as day) as begun, "
        "lateral {{ dates_from('begun.day', \"date '2026-12-31'\", 'interval 3 month') }} as quarters (first_day)",
        "2026-10-01",
    ),
    "a row for each of some values": (
        "select sum(number) from (select {{ one_row_each(['1', '2', '4']) }} as number) as numbers",
        "7",
    ),
    "a row for each of some records": (
        "select max(one.code || ' ' || one.name) from ("
        "select {{ one_row_each([record({'code': \"'a'\", 'name': \"'A'\"}), "
        "record({'code': \"'b'\", 'name': 'given'})]) }} as one from (select 'B' as given) as names) as records",
        "b B",
    ),
    "a value of a map": (
        "select {{ map_of(['held', 'called']) }}['called'] from (select 'h' as held, 'c' as called)",
        "c",
    ),
    "a name that the map has not": ("select {{ map_of(['held']) }}['called'] from (select 'h' as held)", None),
    "texts in an order": (
        "select {{ text_joined('name', \"';'\", order_by='place') }} from (select 'b' as name, 2 as place "
        "union all select 'c', 3 union all select 'a', 1)",
        "a;b;c",
    ),
    "a text in a JSON list": ('select array_contains({{ json_texts("\'[\\"a\\", \\"b\\"]\'") }}, \'b\')', "true"),
    "a text that is not": ("select array_contains({{ json_texts(\"'[]'\") }}, 'b')", "false"),
    "a JSON object with a number exchanged": (
        "select {{ json_patched('object', 'patch') }} from (select max('{\"a\": 1, \"b\": true, \"c\": 3}') as object, "
        "{{ json_object_of('name', 'value') }} as patch from (select 'a' as name, '2' as value)) as patched",
        '{"b":true,"c":3,"a":2}',
    ),
    "a JSON object as it was": (
        "select {{ json_patched('one.object', 'other.patch') }} from "
        '(select \'{"a": 1, "b": "x"}\' as object) as one left join '
        "(select {{ json_object_of('name', 'value') }} as patch "
        "from (select 'a' as name, '2' as value) as named where name = 'b' group by name) as other on true",
        '{"a":1,"b":"x"}',
    ),
}


def _statement() -> str:
    cells = [f"{{{{ {expression} }}}}" for expression, _ in MEANINGS.values()]
    cells += [f"({statement})" for statement, _ in STATEMENTS.values()]
    return "select " + ", ".join(f"cast({cell} as string) as v{place}" for place, cell in enumerate(cells))


@cache
def found(engine: str) -> dict[str, str | None]:
    """What each of them is, by its name, as dbt shows it on an engine."""
    project = parsed_project.load()
    work = warehouses.scratch() / f"dialects-{engine}"
    words = ["show", "--inline", _statement(), "--limit", "-1", "--no-write-json", "--target-path", str(work / "dbt")]
    if engine == "spark":
        with spark_here(work / "catalog"):
            shown = invoke([*words, "--target", "spark"], project.folder, work / "warehouse.duckdb", manifest=None)
    else:
        Path(work).mkdir()
        shown = invoke(words, project.folder, work / "warehouse.duckdb", manifest=project.manifest())
    (row,) = shown.results[0].agate_table.rows
    return dict(zip([*MEANINGS, *STATEMENTS], row, strict=True))


@pytest.mark.parametrize("name", [*MEANINGS, *STATEMENTS])
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=needs_spark)])
def test_an_expression_means_the_same_on_both_engines(engine: str, name: str) -> None:
    assert found(engine)[name] == (MEANINGS | STATEMENTS)[name][1]


@pytest.mark.parametrize("file", DIALECTS, ids=lambda file: file.stem)
def test_each_difference_is_one_macro_that_is_explained_with_one_form_for_each_engine(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    names = re.findall(r"macro (\w+)\(", text)
    for name in (name for name in names if "__" not in name):
        if f"adapter.dispatch('{name}'" in text:
            assert [f"{engine}__{name}" in names for engine in ENGINES] == [True, True], name
        assert re.search(r"#\}\n\{% macro " + name + r"\(", text), f"{name} has no explanation before it"
    assert len(names) == len(set(names))


def test_no_model_asks_which_engine_it_runs_on() -> None:
    for file in [*(DBT_PROJECT / "models").rglob("*.sql"), *(DBT_PROJECT / "tests").rglob("*.sql")]:
        assert not re.search(r"\btarget\.|adapter\.", file.read_text(encoding="utf-8")), file

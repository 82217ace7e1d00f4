"""A build by recorded statements gives what dbt's own gives, and its data tests notice what dbt's would."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.rules import recorded_build, warehouses

COLUMNS = (
    "select schema_name, table_name, column_name, column_index, data_type from duckdb_columns() "
    "where database_name = '{}' and schema_name not in ('raw', 'quarantine') order by all"
)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    target = tmp_path_factory.mktemp("again") / "warehouse.duckdb"
    warehouses.build_from(tables, extract_date, target)
    return target


def test_every_relation_has_the_columns_and_rows_that_dbt_gave_it(again: Path) -> None:
    with duckdb.connect(str(again), read_only=True) as connection:
        connection.execute(f"attach '{warehouses.demo()}' as by_dbt (read_only)")
        own, theirs = (connection.execute(COLUMNS.format(name)).fetchall() for name in ("warehouse", "by_dbt"))
        assert own == theirs
        relations = {tuple(row[:2]) for row in own if row[0] != "restricted" or row[1].startswith("fct")}
        assert len(relations) > 90
        for schema, name in sorted(relations):
            count = "select count(*), sum(hash(t::varchar)) from {}.{}.{} as t"
            pair = [
                connection.execute(count.format(database, schema, f'"{name}"')).fetchall()
                for database in ("warehouse", "by_dbt")
            ]
            assert pair[0] == pair[1], f"{schema}.{name}"


def test_a_data_test_that_does_not_hold_is_named(again: Path, tmp_path: Path) -> None:
    changed = tmp_path / "warehouse.duckdb"
    shutil.copy(again, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("insert into marts.fct_compliance from marts.fct_compliance limit 1")
    tests = [one for one in recorded_build.statements(warehouses.demo().parent) if one.kind == "test"]
    broken = recorded_build.broken_tests(changed, tests)
    assert len(tests) > 60
    assert broken == ["test.god_loesladelse.every_unit_has_every_rule_and_period"]

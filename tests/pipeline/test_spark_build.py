"""What building on the second engine says when it cannot begin; that it builds is seen in ``benchmarks/whole_runs``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelines.warehouse import spark_build
from tests.rules import warehouses


def test_a_warehouse_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "warehouse.duckdb"
    assert spark_build.main([str(missing), str(tmp_path / "files")]) == 1
    assert f"{missing} findes ikke" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_spark_it_says_what_to_install_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("pyspark", "pyspark.sql", "pyspark.errors"):
        monkeypatch.setitem(sys.modules, name, None)
    assert spark_build.main([str(warehouses.demo()), str(tmp_path / "files")]) == 1
    assert "requirements-spark.lock" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_source_that_the_models_read_is_given_to_spark() -> None:
    given = {(schema, table): columns for schema, table, columns in spark_build.sources()}
    held = warehouses.rows(
        warehouses.demo(),
        "select distinct schema_name, table_name from duckdb_columns() where database_name = 'warehouse' "
        "and (schema_name = 'raw' or (schema_name = 'restricted' and table_name = 'infohus'))",
    )
    assert set(held) <= given.keys() and len(held) > 20
    assert all(columns for columns in given.values())

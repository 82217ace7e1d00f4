"""What building on the second engine says when it cannot begin; that it builds is seen in ``benchmarks/whole_runs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pipelines.layout import DBT_PROJECT
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


def test_what_a_model_reads_is_given_to_spark_and_nothing_else() -> None:
    models = [file.read_text(encoding="utf-8") for file in (DBT_PROJECT / "models").rglob("*.sql")]
    models += [file.read_text(encoding="utf-8") for file in (DBT_PROJECT / "macros").rglob("*.sql")]
    named = {pair for text in models for pair in re.findall(r"source\('(\w+)', '(\w+)'\)", text)}
    given = spark_build.sources()
    assert named <= given.keys()
    assert {schema for schema, _ in given} == {"raw", "restricted"}, "rows in quarantine stay where they are"
    assert ("raw", "engangshjaelp") in given and ("restricted", "samarbejdsaftaler_kontakter") not in given
    assert all(columns and all(kind.isalpha() for _, kind in columns) for columns in given.values())

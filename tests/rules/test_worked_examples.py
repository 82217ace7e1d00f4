"""The worked examples beside the models, computed by dbt, and what they must be."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.layout import DBT_PROJECT, SEEDS
from pipelines.warehouse import dbt_build, rule_models
from tests.rules import warehouses

MODELS = DBT_PROJECT / "models"


def unit_tests() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted(MODELS.rglob("*.yml")):
        for test in (yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}).get("unit_tests", ()):
            found.append((file.stem, test))
    return found


def test_every_worked_example_holds(tmp_path: Path) -> None:
    from dbt.cli.main import dbtRunner

    # dbt asks a built warehouse for the columns of what an example leaves out; it writes nothing there.
    before = os.environ.get(dbt_build.BUILD_FILE_VARIABLE)
    os.environ[dbt_build.BUILD_FILE_VARIABLE] = str(warehouses.demo())
    folder = Path.cwd()
    try:
        outcome = dbtRunner(manifest=dbt_build.load_manifest()).invoke(
            [
                "test", "--select", "test_type:unit", "--quiet", "--log-level-file", "none",
                "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(tmp_path),
            ]
        )  # fmt: skip
    finally:
        os.chdir(folder)
        if before is None:
            del os.environ[dbt_build.BUILD_FILE_VARIABLE]
        else:
            os.environ[dbt_build.BUILD_FILE_VARIABLE] = before
    assert outcome.result is not None, outcome.exception
    failed = {result.node.name: result.message for result in outcome.result.results if str(result.status) != "pass"}
    assert not failed
    assert len(outcome.result.results) == len(unit_tests())


@pytest.mark.parametrize("rule_id", rule_models.rules_with_model())
def test_every_rule_has_a_worked_example_told_in_danish(rule_id: str) -> None:
    own = [test for model, test in unit_tests() if model == f"rule_{rule_id}"]
    assert own, "a rule without a worked example"
    for test in own:
        assert test["description"].endswith("."), test["name"]


def test_names_are_sentences_and_none_is_used_for_two_examples_of_a_model() -> None:
    names = [(model, test["name"]) for model, test in unit_tests()]
    assert len(names) == len(set(names))
    assert all(len(name.split("_")) >= 5 for _, name in names)


def test_the_law_an_example_is_judged_by_is_the_catalogues_own() -> None:
    """The numbers stand beside the examples so that they can be read; here they are held to the catalogue."""
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {(row["rule_id"], row["version"]): row for row in csv.DictReader(file)}
    checked = 0
    for _, test in unit_tests():
        for given in test["given"]:
            laws = given.get("rows", []) if given["input"] == "ref('rule_catalogue')" else []
            if len(laws) != 1:
                continue  # an invented amendment
            law = laws[0]
            row = catalogue[law["rule_id"], str(law["version"])]
            assert json.loads(law["parameters"]) == json.loads(row["parameters"]), test["name"]
            for column in ("party", "anchor"):
                assert law[column] == row[column], test["name"]
            assert str(law["counts_forward"]).lower() == row["counts_forward"]
            checked += 1
    assert checked > 50

"""The worked examples beside the models, computed by dbt, and what they must be."""

from __future__ import annotations

import csv
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.layout import DBT_PROJECT, SEEDS
from pipelines.warehouse import dbt_command, parsed_project, rule_models
from tests.made_once import made_once
from tests.rules import warehouses

MODELS = DBT_PROJECT / "models"


@cache
def unit_tests() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted(MODELS.rglob("*.yml")):
        for test in (yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}).get("unit_tests", ()):
            found.append((file.stem, test))
    return found


def examples_run() -> Path:
    """Return the folder in which dbt ran every example, once in a test run: what it compiled, and what came of each."""

    def make(folder: Path) -> None:
        # dbt asks a built warehouse for the columns of what an example leaves out. It writes nothing there, but keeps
        # others from reading it meanwhile.
        built = folder / "warehouse.duckdb"
        shutil.copy(warehouses.demo(), built)
        project = parsed_project.load()
        arguments = ["test", "--select", "test_type:unit", "--target-path", str(folder)]
        results = dbt_command.invoke(arguments, project.folder, built, manifest=project.manifest()).results
        told = [(result.node.name, str(result.status), result.message) for result in results]
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")

    return made_once("worked-examples", make)


def test_every_worked_example_holds() -> None:
    told = json.loads((examples_run() / "told.json").read_text(encoding="utf-8"))
    assert {name: message for name, status, message in told if status != "pass"} == {}
    assert len(told) == len(unit_tests())


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

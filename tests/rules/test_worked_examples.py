"""The worked examples beside the models: that they hold, and what they must be."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.layout import SEEDS
from pipelines.warehouse import dbt_command, parsed_project, rule_models
from tests.rules import warehouses
from tests.rules.recorded_examples import Example, Examples, all_examples


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples(warehouses.demo().parent)


def computed_by_dbt(work: Path, names: Sequence[str] = ("test_type:unit",)) -> dict[str, str]:
    """Let dbt compute the examples of these names (or all) in a folder; return what came of each, by its name."""
    # dbt asks a built warehouse for the columns of what an example leaves out. It writes nothing there, but keeps
    # others from reading it meanwhile.
    built = work / "warehouse.duckdb"
    shutil.copy(warehouses.demo(), built)
    project = parsed_project.load()
    arguments = ["test", "--select", *names, "--target-path", str(work)]
    results = dbt_command.invoke(arguments, project.folder, built, manifest=project.manifest()).results
    # An example's own name follows that of the model, which follows the project's.
    return {
        result.node.unique_id.split(".", 2)[2]: "pass" if result.status == "pass" else result.message
        for result in results
    }


def test_every_worked_example_holds(examples: Examples) -> None:
    found = {str(one): examples.difference(one) for one in all_examples()}
    assert {name: rows for name, rows in found.items() if rows} == {}
    assert len(found) == len(all_examples()) > 100


def test_dbt_has_the_same_examples_and_computes_a_sample_of_them_alike(tmp_path: Path) -> None:
    """``benchmarks/whole_runs/test_worked_examples.py`` lets it compute them all."""
    known = json.loads(parsed_project.load().described)["unit_tests"].values()
    assert sorted(f"{one['model']}.{one['name']}" for one in known) == sorted(str(one) for one in all_examples())
    names = {one.name for one in all_examples()[::12]}
    found = computed_by_dbt(tmp_path, sorted(names))
    assert found == {str(one): "pass" for one in all_examples() if one.name in names}


@pytest.mark.parametrize("example", all_examples()[::25], ids=str)
def test_an_example_that_expects_a_row_less_or_another_value_does_not_hold(
    examples: Examples, example: Example
) -> None:
    first, *others = example.written["expect"]["rows"]
    wrong = first | {next(name for name, value in first.items() if isinstance(value, str)): "noget andet"}
    assert not examples.difference(example)
    for rows in (others, [wrong, *others]):
        changed = replace(example, written={**example.written, "expect": {"rows": rows}})
        assert examples.difference(changed)


def test_what_an_example_gives_of_no_column_or_leaves_out_whole_is_told(examples: Examples) -> None:
    example = next(one for one in all_examples() if one.model == "rule_aid_paid")
    *given, last = example.written["given"]
    with pytest.raises(AssertionError, match="no such columns"):
        misspelt = {**last, "rows": [{"sagid": "1"}]}
        examples.difference(replace(example, written={**example.written, "given": [*given, misspelt]}))
    with pytest.raises(duckdb.Error):
        examples.difference(replace(example, written={**example.written, "given": given}))


@pytest.mark.parametrize("rule_id", rule_models.rules_with_model())
def test_every_rule_has_a_worked_example_told_in_danish(rule_id: str) -> None:
    own = [one for one in all_examples() if one.model == f"rule_{rule_id}"]
    assert own, "a rule without a worked example"
    for one in own:
        assert one.written["description"].endswith("."), one.name


def test_names_are_sentences_and_none_is_used_for_two_examples_of_a_model() -> None:
    names = [(one.model, one.name) for one in all_examples()]
    assert len(names) == len(set(names))
    assert all(len(name.split("_")) >= 5 for _, name in names)


def test_the_law_an_example_is_judged_by_is_the_catalogues_own() -> None:
    """The numbers stand beside the examples so that they can be read; here they are held to the catalogue."""
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {(row["rule_id"], row["version"]): row for row in csv.DictReader(file)}
    checked = 0
    for example in all_examples():
        for given in example.written["given"]:
            laws = given.get("rows", []) if given["input"] == "ref('rule_catalogue')" else []
            if len(laws) != 1:
                continue  # an invented amendment
            law = laws[0]
            row = catalogue[law["rule_id"], str(law["version"])]
            assert json.loads(law["parameters"]) == json.loads(row["parameters"]), example.name
            for column in ("party", "anchor"):
                assert law[column] == row[column], example.name
            assert str(law["counts_forward"]).lower() == row["counts_forward"]
            checked += 1
    assert checked > 50

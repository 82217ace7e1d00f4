"""What must hold for the dbt project: nothing undescribed, no rule half there, no number of the law in a rule."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contract import contract
from pipelines.layout import DBT_PROJECT, SEEDS
from pipelines.rules.documentation import SHARED_STEPS, documentation
from pipelines.rules.gathered import rule_pages
from pipelines.vocabulary import NORMS
from pipelines.warehouse import rule_models
from tests.rules import warehouses

MODELS = sorted((DBT_PROJECT / "models").rglob("*.sql"))
PREFIXES = {"staging": "stg_", "intermediate": "int_", "rules": "rule_", "publish": "pub_"}


@cache
def described(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def catalogue() -> list[dict[str, str]]:
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("model", MODELS, ids=lambda file: file.stem)
def test_every_model_has_its_own_yaml_beside_it_and_a_name_of_its_layer(model: Path) -> None:
    models = described(model.with_suffix(".yml"))["models"]
    assert [one["name"] for one in models] == [model.stem]
    assert models[0]["description"].endswith(".")
    assert model.stem.startswith(PREFIXES.get(model.parent.name, ""))


def test_every_yaml_has_its_model() -> None:
    files = {file.with_suffix(".sql") for file in (DBT_PROJECT / "models").rglob("*.yml") if file.stem != "sources"}
    assert files == set(MODELS)


def test_every_column_in_the_warehouse_is_described_there() -> None:
    silent = warehouses.rows(
        warehouses.demo(),
        "select schema_name, table_name, column_name from duckdb_columns() where comment is null and not internal "
        "and database_name = 'warehouse' and schema_name not in ('raw', 'quarantine') "
        "and table_name not in ('infohus', 'samarbejdsaftaler_kontakter')",
    )
    assert silent == []
    tables = "select schema_name || '.' || table_name from duckdb_tables() where comment is null and not internal "
    views = "select schema_name || '.' || view_name from duckdb_views() where comment is null and not internal "
    ours = "and schema_name not in ('raw', 'quarantine', 'restricted')"
    assert warehouses.rows(warehouses.demo(), tables + ours) == []
    assert warehouses.rows(warehouses.demo(), views + ours) == []


def test_marts_and_published_tables_hold_their_contracts_and_have_no_keys_or_indexes() -> None:
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    for layer in ("marts", "publish"):
        assert project["models"]["god_loesladelse"][layer]["+contract"] == {"enforced": True}
    for file in MODELS:
        if file.parent.name in ("marts", "publish"):
            columns = described(file.with_suffix(".yml"))["models"][0]["columns"]
            assert all(column["data_type"] for column in columns), file
    assert warehouses.rows(warehouses.demo(), "from duckdb_indexes()") == []
    assert warehouses.rows(warehouses.demo(), "from duckdb_constraints() where constraint_type = 'PRIMARY KEY'") == []


def test_a_text_of_several_models_stands_once() -> None:
    texts = Counter(
        column["description"]
        for file in MODELS
        for column in described(file.with_suffix(".yml"))["models"][0]["columns"]
        if not column["description"].startswith("{{")
    )
    assert [text for text, count in texts.items() if count > 1] == []
    blocks = re.findall(r"docs (\w+) %}", (DBT_PROJECT / "models" / "columns.md").read_text(encoding="utf-8"))
    taken = "".join(file.with_suffix(".yml").read_text(encoding="utf-8") for file in MODELS)
    taken += (DBT_PROJECT / "seeds" / "seeds.yml").read_text(encoding="utf-8")
    assert [name for name in blocks if f'doc("{name}")' not in taken] == []


def test_models_take_nothing_from_the_environment_and_have_no_variables() -> None:
    for file in [*MODELS, *(DBT_PROJECT / "macros").rglob("*.sql"), *(DBT_PROJECT / "tests").glob("*.sql")]:
        text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\benv_var\(|\bvar\(|current_date|current_timestamp|\bnow\(\)|\btoday\(\)", text), file


def test_staging_alone_reads_what_was_delivered() -> None:
    for file in MODELS:
        text = file.read_text(encoding="utf-8")
        if file.parent.name in ("intermediate", "rules", "marts", "publish"):
            assert "source(" not in text.replace("source('raw', 'parameter_overrides')", ""), file
        if file.parent.name == "publish":
            assert not re.search(r"ref\('stg_(?!run)", text), file


def test_the_list_of_rule_models_is_what_the_folder_holds() -> None:
    assert rule_models.FILE.read_text(encoding="utf-8") == rule_models.text(), (
        "run: python -m pipelines.warehouse.rule_models"
    )


def test_a_rule_is_a_catalogue_row_a_model_and_its_yaml() -> None:
    in_catalogue = {row["rule_id"] for row in catalogue()}
    with_model = set(rule_models.rules_with_model())
    with_yaml = {file.stem.removeprefix("rule_") for file in rule_models.RULES.glob("rule_*.yml")}
    assert in_catalogue - with_model == set(), "a catalogue row without a model"
    assert with_model - in_catalogue == set(), "a model without a catalogue row"
    assert with_model ^ with_yaml == set(), "a model without its YAML, or the other way round"


@pytest.mark.parametrize("rule_id", rule_models.rules_with_model())
def test_every_rule_says_whom_it_is_about_and_which_facts_it_used(rule_id: str) -> None:
    beside = documentation(rule_id)
    assert beside.population.endswith(".")
    if rule_models.kinds()[rule_id] == "municipality":
        return
    assert beside.steps and beside.evidence
    known = {fact.column for fact in beside.evidence}
    common = {"deadline", "event_date", "knowable_from", "days_available"}
    for step in beside.steps:
        used = set(re.findall(r"\{(\w+)", step.text)) | {*step.has, *step.lacks}
        assert used <= known | common, (step.text, used - known - common)
    assert set(SHARED_STEPS) == {"release"}


def test_every_day_from_2015_to_2035_has_exactly_one_version_of_each_rule() -> None:
    versions: dict[str, list[tuple[date, date]]] = {}
    for row in catalogue():
        span = (date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]))
        versions.setdefault(row["rule_id"], []).append(span)
    day = date(2015, 1, 1)
    while day <= date(2035, 12, 31):
        for rule_id, spans in versions.items():
            assert sum(first <= day <= last for first, last in spans) == 1, (rule_id, day)
        day += timedelta(days=1)


@pytest.mark.parametrize("row", catalogue(), ids=lambda row: f"{row['rule_id']}-{row['version']}")
def test_a_catalogue_row_uses_the_words_that_are_known(row: dict[str, str]) -> None:
    assert row["norm"] in NORMS
    assert row["party"] in ("kriminalforsorgen", "kommune")
    assert set(row["case_types"].split()) <= {"sentence", "supervision", "unit"}
    assert row["anchor"] in ("start", "release", "as_of")
    assert (row["anchor"] == "as_of") == (row["case_types"] == "unit")
    assert row["disclosure"] in ("denominator", "outcome")
    assert row["can_still_be_done"] in ("never", "while_open", "always")
    assert row["restricted"] in ("true", "false") and row["counts_forward"] in ("true", "false")
    model = (rule_models.RULES / f"rule_{row['rule_id']}.sql").read_text(encoding="utf-8")
    assert row["has_own_rate"] == str("'could_act'" in model).lower()
    assert row["text_da"].endswith(".") and row["title_da"] and not row["title_da"].endswith(".")
    assert isinstance(json.loads(row["parameters"]), dict)


def test_every_parameter_of_the_catalogue_is_read_by_its_rule() -> None:
    macros = "".join(file.read_text(encoding="utf-8") for file in (DBT_PROJECT / "macros").glob("*.sql"))
    intermediate = "".join(
        file.read_text(encoding="utf-8") for file in (DBT_PROJECT / "models" / "intermediate").glob("*.sql")
    )
    for row in catalogue():
        model = (rule_models.RULES / f"rule_{row['rule_id']}.sql").read_text(encoding="utf-8")
        for name in json.loads(row["parameters"]):
            assert f"'{name}'" in model + macros + intermediate, (row["rule_id"], name)


def test_no_number_of_the_law_stands_in_a_rule() -> None:
    for file in rule_models.RULES.glob("rule_*.sql"):
        text = re.sub(r"--[^\n]*|'[^']*'", "", file.read_text(encoding="utf-8"))
        numbers = set(re.findall(r"(?<![\w.])\d+(?![\w.])", text))
        # Ranks of statuses, the first row of a window, and the length of a quarter that the ledger is named by.
        assert numbers <= {"1", "2", "3", "4"}, (file.name, numbers)


def test_every_rule_has_a_page_with_examples_and_versions() -> None:
    pages = {page.rule_id: page for page in rule_pages()}
    assert set(pages) == set(rule_models.rules_with_model())
    for page in pages.values():
        assert page.text and page.source and page.population and page.examples and page.versions
        assert page.versions[0].valid_from is None and page.versions[-1].valid_to is None


def test_the_target_groups_are_those_of_the_contract_and_none_is_said_to_be_confirmed() -> None:
    with (SEEDS / "target_groups.csv").open(encoding="utf-8", newline="") as file:
        groups = list(csv.DictReader(file))
    for file_name in ("afsoningssager.csv", "tilsynssager.csv"):
        column = contract().file(file_name).column("maalgruppe")
        assert column.values == {row["target_group"]: row["name_da"] for row in groups}
    assert {row["status"] for row in groups} == {"ikke bekræftet"}

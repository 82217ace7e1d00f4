"""From a delivered column to a figure: the committed page is what the models say, and agrees with dbt's own graph."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from pipelines.contract import contract
from pipelines.rules import lineage
from pipelines.warehouse import parsed_project


@cache
def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parsed_project.load().described)
    return found


@cache
def by_column() -> dict[tuple[str, str], lineage.ColumnLineage]:
    return {(one.file, one.column): one for one in lineage.lineage()}


def rules_below(table: str) -> set[str]:
    """Return the rules that dbt's graph reaches from a delivered table, other than through corrections."""
    children = described()["child_map"]
    waiting = [
        key
        for key in children
        if key.startswith("source.") and key.endswith(f".{table}") and key.split(".")[2] != "quarantine"
    ]
    seen: set[str] = set()
    while waiting:
        for key in children.get(waiting.pop(), []):
            if key.startswith("model.") and key not in seen and not key.endswith(".stg_corrections"):
                seen.add(key)
                waiting.append(key)
    names = {key.split(".")[-1] for key in seen}
    return {name.removeprefix("rule_") for name in names if name.startswith("rule_")}


def test_the_committed_page_is_what_the_models_say() -> None:
    assert lineage.LINEAGE_FILE.read_text(encoding="utf-8") == lineage.page(), "run: python -m pipelines.rules.lineage"


@pytest.mark.parametrize("file", contract().files, ids=lambda file: file.table)
def test_the_rules_of_a_files_columns_are_those_that_dbt_builds_from_the_file(file: Any) -> None:
    told = {rule for (name, _), one in by_column().items() if name == file.name for rule in one.rules}
    assert told == rules_below(file.table)


def test_a_column_changes_what_the_law_says_it_does_and_not_what_it_has_nothing_to_do_with() -> None:
    aid_paid = by_column()["engangshjaelp.csv", "udbetalt"]
    assert "aid_paid" in aid_paid.rules and "contact_sentence" not in aid_paid.rules
    assert aid_paid.becomes == ("stg_aid_applications.paid_date",)
    assert by_column()["infohus.csv", "underrettet"].rules == ("infohus_notified",)
    assert {"pub_compliance", "pub_late_case"} <= set(by_column()["afsoningssager.csv", "institution_kode"].tables)
    assert "pub_breakdown" in by_column()["afsoningssager.csv", "maalgruppe"].tables
    assert by_column()["institutioner.xlsx", "adresse"].tables == ("pub_institution",)
    assert by_column()["afsoningssager.csv", "cpr"].rules == (), "a person's key decides nothing"
    assert "agreement_current" in by_column()["samarbejdsaftaler.xlsx", "opdateret"].rules


def test_every_published_table_is_told_by_the_page_where_a_reader_meets_it() -> None:
    models = {node["name"] for node in described()["nodes"].values() if node["resource_type"] == "model"}
    assert {name for name in models if name.startswith("pub_")} == lineage.PAGES.keys()

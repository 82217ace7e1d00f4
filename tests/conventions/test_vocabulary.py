"""One Danish word for each code, in one place, and no word holds a number that is a parameter."""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from pipelines import vocabulary
from pipelines.contract import contract
from pipelines.layout import DBT_PROJECT, PROJECT
from pipelines.rules.documentation import documentation, reason_words
from pipelines.warehouse import rule_models
from reports.words.readings import ORDER_SENTENCES
from tests.conventions.imports import modules
from tests.rules import warehouses
from tests.shared_material import needs_shared

RULES = rule_models.rules_with_model()
TABLES = {
    name: table
    for name, table in vars(vocabulary).items()
    if name.isupper() and isinstance(table, dict) and name not in ("SPLIT_WORDS", "LATE_IN_ITS_OWN_WAY")
}
#: Words of the delivery's own codes come from the contract, and the interface cuts the lengths of a sentence.
OWN_TABLES = ("NORMS", "STATUSES", "UNIT_STATUSES", "PARTIES", "LEVELS", "PERIOD_TYPES", "CAUSES", "STEPS", "NOTICE")
#: Written words for the outcomes that have been one of several for the same thing.
OTHER_WORDS = re.compile(r"forsømt|ikke opfyldt|\bikke sket\b|udslusningspension", re.IGNORECASE)


def written_reasons(rule_id: str) -> dict[str, Any]:
    content = yaml.safe_load((rule_models.RULES / f"rule_{rule_id}.yml").read_text(encoding="utf-8"))
    return content["models"][0]["config"]["meta"].get("reasons", {})


def model(rule_id: str) -> str:
    return (rule_models.RULES / f"rule_{rule_id}.sql").read_text(encoding="utf-8")


@cache
def sources_of_all() -> str:
    """Return the macros and the facts that rules share."""
    files = [*(DBT_PROJECT / "macros").glob("*.sql"), *(DBT_PROJECT / "models" / "intermediate").glob("*.sql")]
    return "".join(file.read_text(encoding="utf-8") for file in files)


def sources(rule_id: str) -> str:
    """Return all the SQL that a rule's reason can stand in."""
    return model(rule_id) + sources_of_all()


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rules_own_reasons_are_given_by_it_and_are_nobody_elses(rule_id: str) -> None:
    beside = documentation(rule_id)
    assert beside.topic in vocabulary.TOPICS
    assert beside.deed or rule_models.kinds()[rule_id] == "municipality", "what was done, for a page's sentence"
    for code in beside.reasons:
        assert f"'{code}'" in sources(rule_id), code
        assert code not in vocabulary.REASONS, f"{code} has two words"


def test_a_shared_reason_is_given_by_more_than_one_rule() -> None:
    shared = sources_of_all()
    for code in vocabulary.REASONS:
        models = [rule for rule in RULES if f"'{code}'" in model(rule)]
        assert len(models) > 1 or f"'{code}'" in shared, f"{code} belongs in the YAML of {models}"


def judged_reasons(warehouse: Any) -> list[tuple[str, str]]:
    found = []
    for table in ("marts.fct_rule_outcome", "restricted.fct_rule_outcome", "marts.fct_unit_rule"):
        query = f"select distinct rule_id, reason from {table} where reason is not null"
        found += [(rule_id, code) for rule_id, code in warehouses.rows(warehouse, query)]
    return found


def test_every_reason_that_a_case_has_been_given_has_its_word() -> None:
    for rule_id, code in judged_reasons(warehouses.demo()):
        assert reason_words(rule_id, code).word != code, (rule_id, code)


@needs_shared
def test_every_reason_of_the_boundary_cases_has_its_word() -> None:
    for rule_id, code in judged_reasons(warehouses.boundaries(date(2026, 9, 30))):
        assert reason_words(rule_id, code).word != code, (rule_id, code)


def test_no_word_holds_a_number_that_is_a_parameter() -> None:
    texts = [text for name in OWN_TABLES for text in TABLES[name].values()]
    texts += [text for words in vocabulary.REASONS.values() for text in words]
    texts += [text for rule_id in RULES for words in written_reasons(rule_id).values() for text in words.values()]
    assert [text for text in texts if re.search(r"\d", text)] == []
    for rule_id in RULES:
        for words in documentation(rule_id).reasons.values():
            assert not re.search(r"[{}]", words.word + words.clause), words


def test_no_sentence_of_the_reports_holds_a_number_of_days_months_or_years_that_is_a_parameter() -> None:
    """The order's own sentences are quoted; a worklist's 60 days are in the name of its column."""
    quoted = {part for sentence in ORDER_SENTENCES for part in sentence}
    for file in sorted((PROJECT / "reports" / "words").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in quoted:
                told = node.value.replace("inden for 60 dage", "")
                assert not re.search(r"\b\d+ (dage|måneder|år)\b", told), (file.name, node.lineno, node.value)


def test_a_word_follows_the_parameter_it_tells() -> None:
    assert reason_words("contact_sentence", "within_28_days").word == "frist 28 dage efter strafstart"


def test_each_word_stands_as_it_does_in_a_sentence() -> None:
    names = ("Kriminalforsorgen", "Digital Post", "LS/RNR", "Kriminalforsorgsområde", "Under 18", "Indsatte")
    for name in OWN_TABLES:
        for text in TABLES[name].values():
            assert text[0].islower() or text.startswith(names), (name, text)
            assert not text.endswith("."), (name, text)


def test_the_contract_calls_a_code_the_same_in_every_file() -> None:
    called: dict[tuple[str, str], set[str]] = {}
    for file in contract().files:
        for column in file.columns:
            for code, text in column.values.items():
                called.setdefault((column.name, code), set()).add(text)
    assert {key: texts for key, texts in called.items() if len(texts) > 1} == {}


# Codes of the municipalities' files, names of folders, and columns of queries: no words for a reader. The summary in
# English has its own words, in one module.
NO_WORDS = {"replies.form_lines", "units", "reports.words.english"}


def test_no_other_module_has_a_table_of_words_for_the_same_codes() -> None:
    found = []
    codes = {code for table in TABLES.values() for code in table}
    for module, file in modules().items():
        if module == "pipelines.vocabulary" or ".demo." in module or module.removeprefix("pipelines.") in NO_WORDS:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                written = {
                    key.value
                    for key, value in zip(node.keys, node.values)
                    if isinstance(key, ast.Constant)
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and value.value not in codes
                }
                found += [f"{module}:{node.lineno}" for table in TABLES.values() if len(written & table.keys()) > 1]
    assert found == []


def test_an_outcome_is_called_by_its_one_word_everywhere() -> None:
    folders = ("pipelines", "reports", "expectations", "dbt_project", "docs")
    endings = (".py", ".j2", ".typ", ".js", ".yml", ".yaml", ".csv", ".md")
    files = [file for folder in folders for file in (PROJECT / folder).rglob("*") if file.suffix in endings]
    for file in [*files, PROJECT / "README.md"]:
        if "target" not in file.parts and "logs" not in file.parts:
            found = OTHER_WORDS.search(file.read_text(encoding="utf-8"))
            assert found is None, (file, found)

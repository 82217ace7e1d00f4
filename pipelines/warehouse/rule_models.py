"""The list of rule models that the union of all outcomes reads, found in the folder ``dbt_project/models/rules``.

Belongs here: which rules have a model, and keeping ``dbt_project/macros/rule_models.sql`` equal to that. Does not
belong here: what a rule says (its model) and whether it is complete (``tests/conventions``).

dbt must know while it parses which models the union reads, and no macro can look into a folder then. So the list is
written before dbt parses: a new rule is a catalogue row, a model and its YAML, and nobody edits the list.
"""

from __future__ import annotations

import csv

from pipelines.layout import DBT_PROJECT, SEEDS

FILE = DBT_PROJECT / "macros" / "rule_models.sql"
RULES = DBT_PROJECT / "models" / "rules"
_PREFIX = "rule_"


def rules_with_model() -> list[str]:
    """Return the ids of all rules that have a model, sorted."""
    return sorted(path.stem.removeprefix(_PREFIX) for path in RULES.glob(f"{_PREFIX}*.sql"))


def kinds() -> dict[str, str]:
    """Return of each rule in the catalogue whether it judges cases openly, cases restricted, or municipalities."""
    with (SEEDS / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return {row["rule_id"]: _kind(row) for row in csv.DictReader(file)}


def text() -> str:
    """Return the macro as it must be; a rule that is not in the catalogue is left for the tests to find."""
    found = kinds()
    lists = []
    for kind in ("case", "restricted", "municipality"):
        names = "".join(f"\n        '{_PREFIX}{rule}'," for rule in rules_with_model() if found.get(rule) == kind)
        lists.append(f"        '{kind}': [{names.replace(chr(10), chr(10) + '    ')}\n        ],\n")
    return (
        "{# Written by `python -m pipelines.warehouse.rule_models` from models/rules; "
        "a test fails when it differs. #}\n"
        "{% macro rule_models(kind) -%}\n    {{ return({\n" + "".join(lists) + "    }[kind]) }}\n{%- endmacro %}\n"
    )


def refresh() -> bool:
    """Write the macro when it differs from the folder; returns whether it did."""
    wanted = text()
    if FILE.exists() and FILE.read_text(encoding="utf-8") == wanted:
        return False
    FILE.write_text(wanted, encoding="utf-8")
    return True


def _kind(row: dict[str, str]) -> str:
    if row["case_types"] == "unit":
        return "municipality"
    return "restricted" if row["restricted"] == "true" else "case"


if __name__ == "__main__":
    refresh()

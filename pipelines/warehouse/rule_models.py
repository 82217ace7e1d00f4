"""The list of rule models that the union of all outcomes reads, found in the folder ``dbt_project/models/rules``.

Belongs here: which rules have a model, the catalogue's rows as they are, and the macro ``macros/rule_models.sql`` that
says so. Does not belong here: what a rule says (its model) and whether it is complete (``tests/conventions``).

dbt must know while it parses which models the union reads, and no macro can look into a folder then. So a build writes
the list into its own copy of the project before dbt parses (``parsed_project``): a new rule is a catalogue row, a model
and its YAML, and nobody edits the list. The list in the sources is for those who give dbt commands by hand.
"""

from __future__ import annotations

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.layout import DBT_PROJECT as PROJECT

FILE = PROJECT / "macros" / "rule_models.sql"
RULES = PROJECT / "models" / "rules"
_PREFIX = "rule_"


def rules_with_model(project: Path = PROJECT) -> list[str]:
    """Return the ids of all rules that have a model, sorted."""
    models = (project / "models" / "rules").glob(f"{_PREFIX}*.sql")
    return sorted(path.stem.removeprefix(_PREFIX) for path in models)


def catalogue(project: Path = PROJECT) -> list[dict[str, str]]:
    """Return the rows of the rule catalogue, one per version of a rule, in the order of a case."""
    with (project / "seeds" / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parameters(rule_id: str, day: date, project: Path = PROJECT) -> dict[str, Any]:
    """Return the numbers of the law that a rule judges by on a day, as the catalogue has them.

    Raises KeyError when the catalogue has no version of the rule in force on that day.
    """
    for row in catalogue(project):
        if row["rule_id"] == rule_id and row["valid_from"] <= day.isoformat() <= row["valid_to"]:
            return dict(json.loads(row["parameters"]))
    raise KeyError(rule_id)


@cache
def rules_with_own_rate() -> frozenset[str]:
    """Return the rules whose rate holds the lateness of others than their own party, which is told apart from it."""
    return frozenset(row["rule_id"] for row in catalogue() if row["has_own_rate"] == "true")


def kinds(project: Path = PROJECT) -> dict[str, str]:
    """Return of each rule in the catalogue whether it judges cases openly, cases restricted, or municipalities."""
    return {row["rule_id"]: _kind(row) for row in catalogue(project)}


def text(project: Path = PROJECT) -> str:
    """Return the macro as it must be; a rule that is not in the catalogue is left for the tests to find."""
    found = kinds(project)
    lists = []
    for kind in ("case", "restricted", "municipality"):
        rules = [rule for rule in rules_with_model(project) if found.get(rule) == kind]
        names = "".join(f"\n        '{_PREFIX}{rule}'," for rule in rules)
        lists.append(f"        '{kind}': [{names.replace(chr(10), chr(10) + '    ')}\n        ],\n")
    return (
        "{# Written by `python -m pipelines.warehouse.rule_models` from models/rules; "
        "a test fails when it differs. #}\n"
        "{% macro rule_models(kind) -%}\n    {{ return({\n" + "".join(lists) + "    }[kind]) }}\n{%- endmacro %}\n"
    )


def _kind(row: dict[str, str]) -> str:
    if row["case_types"] == "unit":
        return "municipality"
    return "restricted" if row["restricted"] == "true" else "case"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

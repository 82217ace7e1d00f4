"""One page of text per rule for ``metode.html``: what it says, whom it is about, worked examples and versions.

Belongs here: gathering the catalogue and what is written beside each model. Does not belong here: HTML (``reports``)
and the outcomes of any case (``explain``).
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.rules.documentation import documentation
from pipelines.vocabulary import NORMS
from pipelines.warehouse import rule_models


@dataclass(frozen=True)
class RuleVersion:
    """One version of a rule; a date is None where the version is open."""

    version: int
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    text: str
    source: str
    norm: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class WorkedExample:
    """One worked example that a test computes at every change: its name, and what it shows in Danish."""

    name: str
    text: str


@dataclass(frozen=True)
class RulePage:
    """Everything the method page says about one rule."""

    rule_id: str
    title: str
    text: str
    norm: str
    source: str
    party: str
    population: str
    is_restricted: bool
    case_types: tuple[str, ...]
    examples: tuple[WorkedExample, ...]
    versions: tuple[RuleVersion, ...]


def rule_pages() -> list[RulePage]:
    """Return a page per rule in the catalogue's order; raises FileNotFoundError for a rule that is not documented."""
    by_rule: dict[str, list[dict[str, str]]] = {}
    for row in rule_models.catalogue():
        by_rule.setdefault(row["rule_id"], []).append(row)
    with_model = set(rule_models.rules_with_model())
    return [_page(rule_id, versions) for rule_id, versions in by_rule.items() if rule_id in with_model]


def _page(rule_id: str, rows: list[dict[str, str]]) -> RulePage:
    versions = tuple(_version(row) for row in sorted(rows, key=lambda row: int(row["version"])))
    newest = max(rows, key=lambda row: int(row["version"]))
    beside = documentation(rule_id)
    return RulePage(
        rule_id=rule_id,
        title=newest["title_da"],
        text=newest["text_da"],
        norm=NORMS[newest["norm"]],
        source=newest["source"],
        party=newest["party"],
        population=beside.population,
        is_restricted=newest["restricted"] == "true",
        case_types=tuple(newest["case_types"].split()),
        examples=tuple(WorkedExample(example["name"], example["description"]) for example in beside.examples),
        versions=versions,
    )


def _version(row: Mapping[str, str]) -> RuleVersion:
    return RuleVersion(
        version=int(row["version"]),
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        text=row["text_da"],
        source=row["source"],
        norm=NORMS[row["norm"]],
        parameters=json.loads(row["parameters"]),
    )


def _date(text: str) -> datetime.date | None:
    """Return a day of validity; the first and last days that the contract knows mean that the version is open."""
    return None if text in ("1900-01-01", "9999-12-31") else datetime.date.fromisoformat(text)

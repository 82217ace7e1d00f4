"""What the YAML beside each rule model says about the rule: population, explanation, evidence and worked examples.

Belongs here: reading those files. Does not belong here: the Danish texts of the catalogue (a table of the warehouse)
and making sentences of either (``explain``, ``rule_pages``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.warehouse.rule_models import RULES

#: Sentences that several rules share, written once and named in the YAML: how the release date came about.
SHARED_STEPS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "release": (
        {"text": "Løsladelsen skete {actual_release_date}.", "when": {"has": ["actual_release_date"]}},
        {
            "text": "Personen er ikke løsladt. Den forventede løsladelse er {expected_now}, registreret "
            "{expected_now_registered}; efter reglen om fremrykning ventes løsladelsen {release_date}.",
            "when": {"has": ["release_date"], "lacks": ["actual_release_date"]},
        },
    )
}


@dataclass(frozen=True)
class Step:
    """One sentence of an explanation with the facts and reasons under which it is said."""

    text: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One fact that a rule used: its column, its Danish label, and the file it came from."""

    column: str
    label: str
    file: str


@dataclass(frozen=True)
class RuleDocumentation:
    """What is written beside one rule."""

    rule_id: str
    description: str
    population: str
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    examples: tuple[Mapping[str, Any], ...]


@cache
def documentation(rule_id: str) -> RuleDocumentation:
    """Return what the YAML of a rule says; raises FileNotFoundError when the rule has none."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load((RULES / f"rule_{rule_id}.yml").read_text(encoding="utf-8"), Loader=loader)
    model = content["models"][0]
    meta = model["config"]["meta"]
    return RuleDocumentation(
        rule_id=rule_id,
        description=model["description"],
        population=meta["population"],
        steps=tuple(_steps(meta.get("explanation", ()))),
        evidence=tuple(_evidence(model["columns"])),
        examples=tuple(content.get("unit_tests", ())),
    )


def _steps(written: list[Any]) -> Iterator[Step]:
    for item in written:
        for step in SHARED_STEPS[item] if isinstance(item, str) else (item,):
            when = step.get("when", {})
            yield Step(
                step["text"], tuple(when.get("has", ())), tuple(when.get("lacks", ())), tuple(when.get("reason", ()))
            )


def _evidence(columns: list[dict[str, Any]]) -> Iterator[Evidence]:
    for column in columns:
        meta = column.get("config", {}).get("meta", {})
        if "label" in meta:
            yield Evidence(column["name"], meta["label"], meta["file"])

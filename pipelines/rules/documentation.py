"""What the YAML beside each rule model says: topic, deed, reasons, population, explanation, evidence and examples.

Belongs here: reading those files. Does not belong here: the Danish texts of the catalogue (a table of the warehouse)
and making sentences of either (``explain``, ``gathered``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.vocabulary import NEXT_STEPS, REASONS, TOPICS, Reason, reason
from pipelines.warehouse.rule_models import RULES, catalogue

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
class ExplanationStep:
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
    topic: str
    #: What was done, said of "{n} sager"; {kommunen} becomes "kommunerne" on pages of more than one. Empty for a rule
    #: about a municipality, which is not counted in cases.
    deed: str
    #: The reasons of this rule alone, with the numbers of its parameters filled in.
    reasons: Mapping[str, Reason]
    #: The next steps that only this rule names.
    next_steps: Mapping[str, str]
    population: str
    steps: tuple[ExplanationStep, ...]
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
        topic=meta["topic"],
        deed=meta.get("deed", ""),
        reasons=_reasons(rule_id, meta.get("reasons", {})),
        next_steps=meta.get("next_steps", {}),
        population=meta["population"],
        steps=tuple(_steps(meta.get("explanation", ()))),
        evidence=tuple(_evidence(model["columns"])),
        examples=tuple(content.get("unit_tests", ())),
    )


def reason_words(rule_id: str, code: str) -> Reason:
    """Return what a reason is called under a rule; one that nobody has written a word for is shown as its code."""
    beside = _if_written(rule_id)
    own = beside.reasons if beside else {}
    return own.get(code) or REASONS.get(code) or reason(code)


def next_step_word(rule_id: str, code: str) -> str:
    """Return what is to be done about an open duty; a step that nobody has written a word for is shown as its code."""
    beside = _if_written(rule_id)
    own = beside.next_steps if beside else {}
    return own.get(code) or NEXT_STEPS.get(code) or code


def topic(rule_id: str) -> str:
    """Return the topic under which a page shows the rule."""
    beside = _if_written(rule_id)
    return beside.topic if beside and beside.topic in TOPICS else "andre"


def deed(rule_id: str) -> str:
    """Return what was done, as ``RuleDocumentation.deed``; empty when nobody has written it."""
    beside = _if_written(rule_id)
    return beside.deed if beside else ""


def _if_written(rule_id: str) -> RuleDocumentation | None:
    return documentation(rule_id) if (RULES / f"rule_{rule_id}.yml").exists() else None


def _reasons(rule_id: str, written: Mapping[str, Mapping[str, str]]) -> Mapping[str, Reason]:
    numbers = _parameters(rule_id)
    return {
        code: reason(*(words[part].format_map(numbers) for part in ("word", "clause") if part in words))
        for code, words in written.items()
    }


def _parameters(rule_id: str) -> dict[str, str]:
    """Return a rule's parameters as text: the one number, or those of all its versions ("28 eller 21")."""
    found: dict[str, list[str]] = {}
    for row in catalogue():
        if row["rule_id"] == rule_id:
            for name, value in json.loads(row["parameters"]).items():
                numbers = found.setdefault(name, [])
                if str(value) not in numbers:
                    numbers.append(str(value))
    return {name: " eller ".join(numbers) for name, numbers in found.items()}


def _steps(written: list[Any]) -> Iterator[ExplanationStep]:
    for item in written:
        for step in SHARED_STEPS[item] if isinstance(item, str) else (item,):
            when = step.get("when", {})
            yield ExplanationStep(
                step["text"], tuple(when.get("has", ())), tuple(when.get("lacks", ())), tuple(when.get("reason", ()))
            )


def _evidence(columns: list[dict[str, Any]]) -> Iterator[Evidence]:
    for column in columns:
        meta = column.get("config", {}).get("meta", {})
        if "label" in meta:
            yield Evidence(column["name"], meta["label"], meta["file"])

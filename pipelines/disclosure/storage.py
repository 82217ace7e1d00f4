"""Keep a publication's restricted memory: what it printed anew, what was true, and what it decided to hide.

Belongs here: values to JSON text and back. Does not belong here: where the file lies or who may read it - it holds
exact small counts and must never leave the restricted part.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.disclosure.model import (
    HIDDEN,
    Cell,
    Certificate,
    Claim,
    Decision,
    Family,
    FormerPrinted,
    Key,
    Printed,
    Problem,
    Table,
    Target,
)

FORMAT = 3
"""1 (written without a number): rolling years of municipalities too, zeros shown. 2: their calendar years instead. 3: a
family says for which levels it is printed."""
CERTIFICATE_FORMAT = 1
"""1, written with or without its number: tables and claims over cells and their versions. The former design's proofs
have no number either and can be known by their ``insiders``; they claim intervals of other figures."""


class WrittenByLaterProgram(ValueError):
    """A file of a format that only a later version of the program knows; it is never read as if it were known."""


class WrittenByFormerDesign(ValueError):
    """A proof of the former design: only the version that wrote it can read it."""


class Garbled(ValueError):
    """A file that no version of the program has written so: damaged, or changed by hand."""


def printed_to_json(printed: Printed) -> str:
    """One publication as text; the same publication always gives the same text."""
    problem = printed.problem
    content = {
        "format": FORMAT,
        "name": problem.name,
        "windows": problem.windows,
        "years": problem.years,
        "restated": problem.restated,
        "families": [_family(family) for _name, family in sorted(problem.families.items())],
        "parents": [[*place, [list(unit) for unit in units]] for place, units in sorted(problem.parents.items())],
        "counts": [[*place, *parts] for place, parts in sorted(problem.counts.items())],
        "published": [[*key, None if value is HIDDEN else value] for key, value in sorted(printed.published.items())],
        "decisions": [
            [*place, sorted(decision.hidden), [sorted(pool) for pool in decision.pools]]
            for place, decision in sorted(printed.decisions.items())
        ],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def printed_from_json(text: str) -> Printed | FormerPrinted:
    """The publication that ``printed_to_json`` wrote, or one of the former design.

    The one place with the steps between formats. From 1 nothing can be taken over but what was printed, for it did not
    keep what its figures add up: it enters the attack as facts (``FormerPrinted``). Raises WrittenByLaterProgram and
    Garbled.
    """
    content = _known(text, FORMAT)
    try:
        return _printed(content)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Garbled("the file does not say what a publication printed") from None


def _printed(content: dict[str, Any]) -> Printed | FormerPrinted:
    published = {
        Key(*map(_word, key)): HIDDEN if value is None else _whole(value) for *key, value in content["published"]
    }
    if content.get("format", 1) == 1:
        return FormerPrinted(content["name"], published)
    families = {family.name: family for family in map(_read_family, content["families"])}
    problem = Problem(
        name=content["name"],
        families=families,
        parents={(m, quarter): _units(units) for m, quarter, units in content["parents"]},
        counts={(family, m, quarter): tuple(map(_whole, parts)) for family, m, quarter, *parts in content["counts"]},
        windows=tuple(content["windows"]),
        years=tuple(content["years"]),
        restated=tuple(content["restated"]),
    )
    decisions = {
        (family, quarter): Decision(
            frozenset(_units(hidden)), tuple(frozenset(_units(atom) for atom in pool) for pool in pools)
        )
        for family, quarter, hidden, pools in content["decisions"]
    }
    return Printed(problem, published, decisions)


def _known(text: str, newest: int) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        raise Garbled("the file is no JSON") from None
    if not isinstance(content, dict):
        raise Garbled("the file is a JSON of something else")
    found = content.get("format", 1)
    if not isinstance(found, int) or not 1 <= found <= newest:
        raise WrittenByLaterProgram(f"the file has format {found}, and this program knows {newest} and earlier")
    return content


def _units(units: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((level, code) for level, code in units)


def _family(family: Family) -> list[Any]:
    return [
        family.name,
        family.parts,
        [[*figure, list(parts)] for figure, parts in family.figures.items()],
        family.upper,
        family.municipal,
        family.sensitive_upper,
        family.sensitive_municipal,
        family.levels,
    ]


def _read_family(content: list[Any]) -> Family:
    name, parts, figures, upper, municipal, sensitive_upper, sensitive_municipal, *levels = content
    return Family(
        name,
        tuple(parts),
        {(rule, measure): tuple(chosen) for rule, measure, chosen in figures},
        _units(upper),
        _units(municipal),
        tuple(tuple(chosen) for chosen in sensitive_upper),
        tuple(tuple(chosen) for chosen in sensitive_municipal),
        *(tuple(known) for known in levels),
    )


def certificate_to_json(certificate: Certificate) -> str:
    """A certificate as text."""
    content = {
        "format": CERTIFICATE_FORMAT,
        "threshold": certificate.threshold,
        "tables": [[[*cell, count] for cell, count in table.changes] for table in certificate.tables],
        "claims": [[list(claim.target), list(claim.low), list(claim.high)] for claim in certificate.claims],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def certificate_from_json(text: str) -> Certificate:
    """The certificate that ``certificate_to_json`` wrote.

    Raises WrittenByLaterProgram, WrittenByFormerDesign and Garbled. What it returns has the types that it says, so that
    whoever verifies it needs to look at nothing but its numbers.
    """
    content = _known(text, CERTIFICATE_FORMAT)
    if "insiders" in content:
        raise WrittenByFormerDesign("a proof of the former design claims intervals that this one does not know")
    try:
        return Certificate(
            threshold=_whole(content["threshold"]),
            tables=tuple(Table(tuple(_change(*row) for row in table)) for table in content["tables"]),
            claims=tuple(_claim(*claim) for claim in content["claims"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Garbled("the file does not say what a proof says") from None


def _change(
    family: object, municipality: object, quarter: object, version: object, part: object, count: object
) -> tuple[Cell, int]:
    cell = Cell(_word(family), _word(municipality), _word(quarter), _word(version), _whole(part))
    return cell, _whole(count)


def _claim(target: list[Any], low: list[object], high: list[object]) -> Claim:
    *words, parts, version = target
    family, level, unit, period = map(_word, words)
    about = Target(family, level, unit, period, tuple(map(_whole, parts)), _word(version))
    return Claim(about, tuple(map(_whole, low)), tuple(map(_whole, high)))


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no word")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no whole number")
    return value

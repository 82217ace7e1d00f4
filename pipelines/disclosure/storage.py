"""Keep a release's restricted memory: what was printed, what was true, and the tables that proved it safe.

Belongs here: values to JSON text and back. Does not belong here: where the file lies or who may read it - it holds
exact small counts and must never leave the restricted part.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.disclosure.model import (
    HIDDEN,
    Bound,
    Certificate,
    Claim,
    Count,
    Key,
    Printed,
    Problem,
    Table,
    Target,
    Variable,
)


def printed_to_json(printed: Printed) -> str:
    """One release as text; the same release always gives the same text."""
    problem = printed.problem
    content = {
        "name": problem.name,
        "disclosure": dict(sorted(problem.disclosure.items())),
        "parents": [[*place, [list(unit) for unit in units]] for place, units in sorted(problem.parents.items())],
        "window": problem.window,
        "counts": [[*place, *count] for place, count in sorted(problem.counts.items())],
        "shared": [list(group) for group in problem.shared],
        "bounds": [list(bound) for bound in problem.bounds],
        "national_only": sorted(problem.national_only),
        "restatement": problem.restatement,
        "published": [[*key, None if value is HIDDEN else value] for key, value in sorted(printed.published.items())],
        "tables": [_table(table) for table in printed.tables],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def printed_from_json(text: str) -> Printed:
    """The release that ``printed_to_json`` wrote."""
    content = json.loads(text)
    problem = Problem(
        name=content["name"],
        disclosure=content["disclosure"],
        parents={(m, q): tuple((level, unit) for level, unit in units) for m, q, units in content["parents"]},
        window=content["window"],
        counts={(rule, m, q): Count(met, not_met) for rule, m, q, met, not_met in content["counts"]},
        shared=tuple(tuple(group) for group in content["shared"]),
        bounds=tuple(Bound(*bound) for bound in content["bounds"]),
        national_only=frozenset(content["national_only"]),
        restatement=content["restatement"],
    )
    published = {Key(*row[:5]): HIDDEN if row[5] is None else row[5] for row in content["published"]}
    return Printed(problem, published, tuple(_read_table(table) for table in content["tables"]))


def certificate_to_json(certificate: Certificate) -> str:
    """A certificate as text."""
    content = {
        "threshold": certificate.threshold,
        "insiders": certificate.insiders,
        "tables": [_table(table) for table in certificate.tables],
        "claims": [[list(claim.target), list(claim.low), list(claim.high)] for claim in certificate.claims],
        "given_away": [[list(target), reader] for target, reader in certificate.given_away],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def certificate_from_json(text: str) -> Certificate:
    """The certificate that ``certificate_to_json`` wrote."""
    content = json.loads(text)
    return Certificate(
        threshold=content["threshold"],
        insiders=content["insiders"],
        tables=tuple(_read_table(table) for table in content["tables"]),
        claims=tuple(Claim(Target(*target), tuple(low), tuple(high)) for target, low, high in content["claims"]),
        given_away=tuple((Target(*target), reader) for target, reader in content["given_away"]),
    )


def _table(table: Table) -> list[Any]:
    return [[*variable, value] for variable, value in table.changes]


def _read_table(rows: list[list[Any]]) -> Table:
    return Table(tuple((Variable(*row[:5]), row[5]) for row in rows))

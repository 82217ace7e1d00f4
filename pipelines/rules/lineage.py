"""From a delivered column to what it can change on a page: ``python -m pipelines.rules.lineage`` writes it.

Belongs here: following names through the models' own SQL, and the page. Does not belong here: what a rule or a table
means (its YAML and the catalogue).

A column is followed from its staging model through everything that takes it, by the names it has there; where an
expression uses it, what the expression is called carries it on. So the list says what a column can change, and may name
a rule that uses a namesake of it. A test holds the rules of each file against dbt's own graph.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from pipelines.contract import Column, contract
from pipelines.layout import PROJECT
from pipelines.vocabulary import capital
from pipelines.warehouse import parsed_project
from pipelines.warehouse.rule_models import catalogue

LINEAGE_FILE = PROJECT / "docs" / "afstamning.md"

#: Where a reader meets each published table; every ``pub_*`` model is here.
PAGES = {
    "pub_area": "områdernes navne",
    "pub_breakdown": "fordelingen af udfald på en enheds side",
    "pub_compliance": "andele til tiden på alle sider",
    "pub_cooperation": "siden om samarbejdet",
    "pub_data_quality": "siden om datakvalitet",
    "pub_figures": "de åbne data (tal.csv)",
    "pub_institution": "institutionernes navne og oplysninger",
    "pub_late_case": "listen over forsinkede sager",
    "pub_municipality": "kommunernes navne og områder",
    "pub_not_possible": "tallet for frister, der ikke kunne nås",
    "pub_open": "åbne pligter på en enheds side",
    "pub_region": "regionernes navne",
    "pub_release_summary": "hele løsladelser på alle sider",
    "pub_revision": "ændrede tal siden den forrige udgivelse",
    "pub_rule": "pligternes navne og ord",
    "pub_run": "opgørelsesdag og leverance på alle sider",
    "pub_target_group": "målgruppernes navne",
    "pub_undeterminable": "tallet for sager, der ikke kan afgøres",
    "pub_unit_rule": "sammenligningen af enheder",
    "pub_worklist": "arbejdslisten",
}
#: A municipality's approved correction stands for the delivered value it names; the value does not flow through it.
_CORRECTIONS = "stg_corrections"
_COUNTS = re.compile("int_due|fct_|pub_")
_IMPORT = re.compile(r"select \* from \{\{[^}]*\}\}")
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_RAW = "raw."


@dataclass(frozen=True)
class _Model:
    name: str
    takes_from: frozenset[str]
    words: frozenset[str]
    columns: tuple[str, ...]
    has_star: bool
    #: Names given to a macro as texts: what figures are counted by, so every figure of the model follows from them.
    grouped_by: frozenset[str]
    named: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class ColumnLineage:
    """What one column of the delivery becomes, and the rules and published tables it can change."""

    file: str
    column: str
    becomes: tuple[str, ...]
    rules: tuple[str, ...]
    tables: tuple[str, ...]


def lineage() -> list[ColumnLineage]:
    """Return every column of the delivery, in the contract's order."""
    models = _models()
    order = _in_order(models)
    found = []
    for file in contract().files:
        for column in file.columns:
            found.append(_follow(models, order, file.name, file.table, column))
    return found


def page() -> str:
    """Return the page."""
    titles = {row["rule_id"]: row["title_da"] for row in catalogue()}
    parts = [
        "# Fra leverancens kolonner til tal på en side\n\n"
        "Skrevet af modellerne med `python -m pipelines.rules.lineage`; ret modellerne, ikke denne fil. For hver "
        "kolonne: hvad den hedder i datavarehuset, hvilke pligters udfald den kan ændre, og hvor den ellers ses "
        "eller deler tallene op. En pligts udfald bliver til dens andel til tiden på hver side: `rule_…` → "
        "`fct_rule_outcome` → `fct_compliance` → `pub_compliance`. En kolonne, der intet ændrer, er kun til kontrol "
        "af leverancen eller til Direktoratets egne opslag. En kommunes godkendte rettelse træder i stedet for den "
        "værdi, den nævner.\n"
    ]
    by_file: dict[str, list[ColumnLineage]] = {}
    for one in lineage():
        by_file.setdefault(one.file, []).append(one)
    for file, columns in by_file.items():
        rows = "".join(
            f"| `{one.column}` | {', '.join(f'`{name}`' for name in one.becomes) or '–'} "
            f"| {_listed([titles[rule] for rule in one.rules], len(titles))} "
            f"| {_listed([PAGES[table] for table in one.tables], len(PAGES))} |\n"
            for one in columns
        )
        head = "| Kolonne | Bliver til | Pligter | Ses eller deler op i |\n|---|---|---|---|\n"
        parts.append(f"## {file}\n\n{head}{rows}")
    return "\n".join(parts)


def _listed(names: list[str], everything: int) -> str:
    if len(names) == everything:
        return "alle"
    return capital("; ".join(names)) if names else "–"


def _follow(models: Mapping[str, _Model], order: list[str], file: str, table: str, column: Column) -> ColumnLineage:
    stored = column.stored_name
    carried: dict[str, frozenset[str]] = {f"{_RAW}{table}": frozenset({stored})}
    becomes, rules, tables = [], [], []
    for name in order:
        model = models[name]
        taken = frozenset().union(*(carried.get(source, frozenset()) for source in model.takes_from))
        if not taken & model.words and not (model.has_star and taken):
            continue
        if name == _CORRECTIONS:
            continue
        if name.startswith("rule_"):
            if taken & model.words:
                rules.append(name.removeprefix("rule_"))
            continue
        carried[name] = frozenset(_carried(model, taken))
        if name.startswith("stg_"):
            becomes += [f"{name}.{one}" for one in model.columns if one in carried[name]]
        if name.startswith("pub_") and (carried[name] or taken & model.words):
            tables.append(name)
    return ColumnLineage(file, column.name, tuple(becomes), tuple(rules), tuple(tables))


def _carried(model: _Model, taken: frozenset[str]) -> Iterator[str]:
    """Yield the model's columns that hold something of what it takes, through every name that it is given inside."""
    if taken & model.grouped_by:
        yield from model.columns
        return
    inside, grew = set(taken), True
    while grew:
        new = {name for name, words in model.named.items() if words & inside and name not in inside}
        grew = bool(new)
        inside |= new
    for column in model.columns:
        if column in inside and (column in model.words or model.has_star):
            yield column


@cache
def _models() -> dict[str, _Model]:
    described = json.loads(parsed_project.load().described)
    macros = {
        key: one
        for key, one in described["macros"].items()
        if one["package_name"] == described["metadata"]["project_name"]
    }
    nodes = [node for node in described["nodes"].values() if node["resource_type"] == "model"]
    return {node["name"]: _read(node, macros) for node in nodes}


def _read(node: Mapping[str, Any], macros: Mapping[str, Any]) -> _Model:
    own = "\n".join([node["raw_code"], *_bodies(node["depends_on"]["macros"], macros, set())])
    own = _IMPORT.sub("", re.sub(r"--[^\n]*|\{#.*?#\}", "", own, flags=re.DOTALL))
    named: dict[str, set[str]] = {}
    for item in _items(own):
        alias = re.search(r"\bas (\w+)\s*$", item)
        if alias:
            named.setdefault(alias[1], set()).update(frozenset(_WORD.findall(item)) - {alias[1]})
    return _Model(
        name=node["name"],
        takes_from=frozenset(_name(one) for one in node["depends_on"]["nodes"]),
        words=frozenset(_WORD.findall(own)),
        columns=tuple(node["columns"]),
        has_star=bool(re.search(r"(?<![(\w])\*(?!\s*\w)|\.\*", own)),
        grouped_by=frozenset(re.findall(r"'(\w+)'", own)) if _COUNTS.match(node["name"]) else frozenset(),
        named={name: frozenset(words) for name, words in named.items()},
    )


def _bodies(keys: Iterable[str], macros: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    for key in keys:
        if key in macros and key not in seen:
            seen.add(key)
            yield macros[key]["macro_sql"]
            yield from _bodies(macros[key]["depends_on"]["macros"], macros, seen)


def _name(key: str) -> str:
    """Return a model's name from its key in the manifest; a delivered table's, also a restricted one, as ``raw.x``."""
    kind, _, *place = key.split(".")
    if kind != "source":
        return place[0]
    return f"{_RAW}{place[1]}" if place[0] != "quarantine" else ".".join(place)


def _items(text: str) -> Iterator[str]:
    """Yield each piece of a select list: what stands between commas and clauses, parentheses kept together."""
    depth, begun = 0, 0
    for match in re.finditer(r"[(),]|\b(?:select|from|where|join|union|group by|order by)\b", text):
        token = match[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        # A statement inside the parentheses of ``name as (`` is at depth one.
        if token not in "()" and depth <= 1:
            yield text[begun : match.start()].strip()
            begun = match.end()
    yield text[begun:].strip()


def _in_order(models: Mapping[str, _Model]) -> list[str]:
    known = {name: sorted(one for one in model.takes_from if one in models) for name, model in sorted(models.items())}
    return list(TopologicalSorter(known).static_order())


def main() -> None:
    """Write the file."""
    LINEAGE_FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

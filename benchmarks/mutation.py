"""Whether the worked examples notice a change: each number of the law and each comparison changed in turn.

Run by hand: ``python -m benchmarks.mutation``. Every parameter of the catalogue is moved by one up and down, and every
``<``, ``<=``, ``>`` and ``>=`` of the statements that dbt made is exchanged with its neighbour. A change is noticed
when an outcome of the boundary delivery differs from what is expected on either day of assessment, or when a worked
example of the model fails. Printed: how many were noticed, and each one that was not.

dbt compiles once; the changed statements then run alone, about a second a change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from tests.rules import recorded_build, warehouses
from tests.rules.recorded_examples import Example, Examples, all_examples
from tests.shared_material import SHARED

DAYS = (date(2026, 6, 15), date(2026, 9, 30))
#: Models that make no outcome; ``tests/rules/test_figures.py`` and ``test_working_days.py`` hold them.
NOT_RULES = {"int_working_days", "int_period_quarters", "int_units", "int_due_outcomes", "int_rule_versions"}
_COMPARISON = re.compile(r"(?<![<>=-])(<=|>=|<|>)(?![<>=])")
_NEIGHBOUR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


@dataclass(frozen=True)
class Mutant:
    """One change: of a model's statement (a line, which of its equals, and what it becomes), or of a parameter."""

    model: str
    before: str
    after: str
    place: int = 0
    rule_id: str = ""

    def __str__(self) -> str:
        """Return model and change in one line."""
        return f"{self.model}: {self.before.strip()}  ->  {self.after.strip()}"

    def applied(self, statement: str) -> str | None:
        """Return the statement with the change; None when it has nothing to change."""
        if self.rule_id:
            return statement.replace(self.before, self.after) if self.before in statement else None
        lines = statement.splitlines()
        places = [number for number, line in enumerate(lines) if line.strip() == self.before.strip()]
        if len(places) <= self.place:
            return None
        lines[places[self.place]] = self.after
        return "\n".join(lines)


def comparisons(model: str, statement: str) -> Iterator[Mutant]:
    """Yield a mutant per comparison of a statement."""
    seen: dict[str, int] = {}
    for line in statement.splitlines():
        place = seen.get(line.strip(), 0)
        seen[line.strip()] = place + 1
        code = line.split("--")[0]
        for found in _COMPARISON.finditer(code):
            changed = code[: found.start()] + _NEIGHBOUR[found[0]] + code[found.end() :]
            yield Mutant(model, line, changed, place)


def parameters(catalogue: list[tuple[str, str]]) -> Iterator[Mutant]:
    """Yield two mutants per number of the catalogue."""
    for rule_id, text in catalogue:
        values = json.loads(text)
        for name, value in values.items():
            if isinstance(value, bool):
                continue
            for changed in (value - 1, value + 1):
                new = json.dumps(values | {name: changed})
                yield Mutant(f"rule_{rule_id}", text, new, rule_id=rule_id)


class World:
    """The boundary delivery on one day with its statements, run anew with one of them changed."""

    def __init__(self, as_of: date) -> None:
        """Build the day once and keep its delivered rows in memory."""
        built = warehouses.boundaries(as_of)
        self.statements: dict[str, tuple[str, str]] = {}
        for one in recorded_build.statements(warehouses.demo().parent):
            if one.kind in ("table", "view") and one.schema != "publish":
                model = one.node.rpartition(".")[2]
                self.statements[model] = (f'{one.kind} warehouse.{one.schema}."{one.name}"', one.selects)
        self.order = [name for name in self.statements if _makes_outcomes(name)]
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute(f"attach '{built}' as built (read_only)")
        for schema in ("raw", "restricted", "reference", "staging", "intermediate", "rules", "marts"):
            self.connection.execute(f"create schema warehouse.{schema}")
        for schema, table in self.connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built' "
            "and (schema_name in ('raw', 'reference') or (schema_name = 'restricted' and table_name = 'infohus'))"
        ).fetchall():
            place = f'{schema}."{table}"'
            self.connection.execute(f"create table warehouse.{place} as from built.{place}")
        self.connection.execute("detach built")
        expected = SHARED / "examples" / f"boundaries_fair_expected_as_of_{as_of}.csv"
        self.connection.execute("create table expected as from read_csv(?, all_varchar = true)", [str(expected)])
        for name in self.order:
            self._run(name, self.statements[name][1])
        assert not self.differs(), "the unchanged statements must give what is expected"

    def notices(self, mutant: Mutant) -> bool:
        """Whether an outcome differs from what is expected when the change is made."""
        self.connection.execute("begin")
        try:
            if mutant.rule_id:
                self.connection.execute(
                    "update warehouse.reference.rule_catalogue set parameters = ? where rule_id = ?",
                    [mutant.after, mutant.rule_id],
                )
            first = 0 if mutant.rule_id else self.order.index(mutant.model)
            for name in self.order[first:]:
                statement = self.statements[name][1]
                if name == mutant.model and not mutant.rule_id:
                    statement = mutant.applied(statement) or statement
                self._run(name, statement)
            return self.differs()
        except duckdb.Error:
            return True
        finally:
            self.connection.execute("rollback")

    def differs(self) -> bool:
        """Whether the outcomes now differ from the expected ones in any column."""
        columns = [row[0] for row in self.connection.execute("describe expected").fetchall()]
        ours = ", ".join(f"{name}::varchar as {name}" for name in columns)
        both = "(from warehouse.marts.fct_rule_outcome union all by name from warehouse.restricted.fct_rule_outcome)"
        query = f"select count(*) from ((select {ours} from {both}) except (from expected))"
        count = f"select (select count(*) from expected) - (select count(*) from {both})"
        return any(self.connection.execute(one).fetchall() != [(0,)] for one in (query, count))

    def _run(self, name: str, statement: str) -> None:
        self.connection.execute(f"create or replace {self.statements[name][0]} as {statement}")


class ExamplesOfModels:
    """The worked examples, to be computed with a change in the model they are about."""

    def __init__(self) -> None:
        """Compute each of them once without a change."""
        self.examples = Examples(warehouses.demo().parent)
        self.by_model: dict[str, list[Example]] = {}
        for example in all_examples():
            assert not self.examples.difference(example), example
            self.by_model.setdefault(example.model, []).append(example)

    def notices(self, mutant: Mutant) -> bool:
        """Whether an example of the model no longer comes out as it says, in the columns it tells."""
        for example in self.by_model.get(mutant.model, ()):
            try:
                if self.examples.difference(example, lambda text: mutant.applied(text) or text):
                    return True
            except duckdb.Error:
                return True
        return False


def _makes_outcomes(name: str) -> bool:
    is_read = name.startswith(("stg_", "int_", "rule_")) or name in (
        "dim_municipality",
        "fct_rule_outcome",
        "restricted_fct_rule_outcome",
    )
    return is_read and (name not in NOT_RULES or name == "int_working_days") and name != "stg_earlier_figures"


def campaign(every: int = 1) -> tuple[list[Mutant], list[Mutant]]:
    """Try every (or every n-th) change; returns those noticed and those not."""
    worlds = [World(day) for day in DAYS]
    examples = ExamplesOfModels()
    statements = worlds[0].statements
    rows = worlds[0].connection.execute("select rule_id, parameters from warehouse.reference.rule_catalogue")
    mutants = [*parameters(rows.fetchall())]
    for model in worlds[0].order:
        if model.startswith(("int_", "rule_")) and model not in NOT_RULES:
            mutants.extend(comparisons(model, statements[model][1]))
    noticed: list[Mutant] = []
    missed: list[Mutant] = []
    for mutant in mutants[::every]:
        found = any(world.notices(mutant) for world in worlds) or examples.notices(mutant)
        (noticed if found else missed).append(mutant)
    return noticed, missed


def main() -> None:
    """Run the whole campaign and print what was not noticed."""
    noticed, missed = campaign()
    total = len(noticed) + len(missed)
    print(f"{len(noticed)} of {total} changes noticed ({len(noticed) / total:.1%})")
    for mutant in missed:
        print(f"not noticed: {mutant}")


if __name__ == "__main__":
    main()

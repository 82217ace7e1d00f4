"""From the warehouse to disclosure control and back: the problem of one release, and what earlier releases printed.

Belongs here: reading counts and memberships, keeping and finding again what was printed. Does not belong here: hiding
and auditing (``pipelines.disclosure``), and pages.

The truth is kept per rule, municipality and quarter; a municipality's region and area are those of the quarter, so a
membership may only change at the beginning of one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Bound,
    Count,
    Key,
    Place,
    Printed,
    Problem,
    Table,
    Value,
    Variable,
)
from pipelines.errors import UserError

if TYPE_CHECKING:
    import duckdb

PRINTED = "trykt.json.gz"
#: Rules that by their definition judge the same cases with the same deadline, so that a reader knows both dues at once.
SAME_CASES = (("housing_registered", "housing_registered_or_explained"),)
#: Whatever is met under the first rule is met under the second.
NEVER_MORE = (Bound("housing_registered", "housing_registered_or_explained", "met"),)
_QUARTER_STARTS = ((1, 1), (4, 1), (7, 1), (10, 1))

_COUNTS = """
select rule_id, coalesce(municipality_code, ''), year(deadline) || '-Q' || quarter(deadline),
    count(*) filter (status = 'met'), count(*) filter (status <> 'met')
from marts.fct_rule_outcome
where status in ('met', 'late', 'missed') and deadline < as_of
group by all
"""


def problem(
    connection: duckdb.DuckDBPyConnection, name: str, window: str, quarters: Sequence[str], *, restatement: bool = False
) -> Problem:
    """Return the problem of one release: its true counts in the given quarters and how they add up.

    ``quarters`` are those of this window and of every window printed before. Restricted rules are in no shared edition
    and so not in the problem. Raises UserError when a membership changes inside a quarter.
    """
    disclosure = dict(
        connection.execute("select distinct rule_id, disclosure from marts.dim_rule where not restricted").fetchall()
    )
    wanted = set(quarters)
    counts: dict[Place, Count] = {
        (rule, municipality, quarter): Count(met, not_met)
        for rule, municipality, quarter, met, not_met in connection.execute(_COUNTS).fetchall()
        if quarter in wanted and rule in disclosure
    }
    judged = {rule: kind for rule, kind in disclosure.items() if rule in _case_rules(connection)}
    return Problem(
        name=name,
        disclosure=judged,
        parents=_parents(connection, quarters),
        window=window,
        counts=counts,
        shared=tuple(group for group in SAME_CASES if set(group) <= judged.keys()),
        bounds=tuple(bound for bound in NEVER_MORE if {bound.small, bound.large} <= judged.keys()),
        restatement=restatement,
    )


def _case_rules(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("select distinct rule_id from marts.fct_compliance").fetchall()}


def _parents(
    connection: duckdb.DuckDBPyConnection, quarters: Sequence[str]
) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    rows = connection.execute(
        "select code, region_code, area, valid_from, valid_to from marts.dim_municipality"
    ).fetchall()
    for code, _region, _area, valid_from, _valid_to in rows:
        if (valid_from.month, valid_from.day) not in _QUARTER_STARTS:
            raise UserError(
                f"Kommune {code} skifter region eller område den {valid_from:%d-%m-%Y}, midt i et kvartal. Beskyttede "
                "tal kræver, at et skifte sker den første dag i et kvartal. Ret datoen i referencetabellen."
            )
    parents: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for quarter in quarters:
        parents[UNKNOWN, quarter] = (("national", "DK"),)
        first = date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)
        for code, region, area, valid_from, valid_to in rows:
            if valid_from <= first <= valid_to:
                parents[code, quarter] = (("region", region), ("area", area), ("national", "DK"))
    return parents


def without_sparse_rules(whole: Problem, fewest: int, earlier: Sequence[Printed]) -> tuple[Problem, frozenset[str]]:
    """Take out the rules that judge too few cases in the whole country for any of their figures to be shown.

    Suppression would hide nearly all of such a rule anyway, after much search. A rule that shares its cases with
    another goes with it; one that an earlier release printed stays, since what was printed must be reckoned with.
    Returns the problem without them, and their names.
    """
    totals = dict.fromkeys(whole.disclosure, 0)
    window = set(quarters_of(whole.window))
    for (rule, _municipality, quarter), count in whole.counts.items():
        if quarter in window:
            totals[rule] += sum(count)
    printed = {key.rule for release in earlier for key, value in release.published.items() if value is not HIDDEN}
    sparse = {rule for rule, total in totals.items() if total < fewest and rule not in printed}
    for group in whole.shared:
        if sparse.intersection(group) and not printed.intersection(group):
            sparse.update(group)
        elif sparse.intersection(group):
            sparse.difference_update(group)
    return _only(whole, set(whole.disclosure) - sparse), frozenset(sparse)


def _only(whole: Problem, rules: set[str]) -> Problem:
    return replace(
        whole,
        disclosure={rule: kind for rule, kind in whole.disclosure.items() if rule in rules},
        shared=tuple(group for group in whole.shared if rules.issuperset(group)),
        bounds=tuple(bound for bound in whole.bounds if {bound.small, bound.large} <= rules),
        counts={place: count for place, count in whole.counts.items() if place[0] in rules},
    )


def all_hidden(whole: Problem, rules: Iterable[str]) -> dict[Key, Value]:
    """Return every figure of these rules in the release's window, hidden."""
    window = set(quarters_of(whole.window))
    units = {
        unit
        for (municipality, quarter), parents in whole.parents.items()
        if quarter in window
        for unit in ([("municipality", municipality)] if municipality != UNKNOWN else []) + list(parents)
    }
    return {
        Key(rule, level, unit, whole.window, measure): HIDDEN
        for rule in rules
        for level, unit in units
        for measure in ("due", "met")
    }


def related(whole: Problem, rules: Iterable[str]) -> set[str]:
    """Return these rules and those that judge the same cases."""
    wanted = set(rules)
    for group in whole.shared:
        if wanted.intersection(group):
            wanted.update(group)
    return wanted


def quarters_of(window: str) -> list[str]:
    """Return the four quarters of a window, oldest first."""
    last = int(window[:4]) * 4 + int(window[-1]) - 1
    return [f"{number // 4}-Q{number % 4 + 1}" for number in range(last - 3, last + 1)]


def seed_of(secret: bytes, release_id: str) -> bytes:
    """Return the secret seed of a release: the same for the same release, unknown to whoever lacks the key."""
    return hashlib.sha256(b"disclosure" + secret + release_id.encode()).digest()


def keep(folder: Path, printed: Printed) -> None:
    """Keep what a release printed, in its restricted part."""
    problem = printed.problem
    content = {
        "name": problem.name,
        "disclosure": dict(problem.disclosure),
        "parents": [[*place, [list(parent) for parent in parents]] for place, parents in problem.parents.items()],
        "window": problem.window,
        "counts": [[*place, *count] for place, count in sorted(problem.counts.items())],
        "shared": [list(group) for group in problem.shared],
        "bounds": [list(bound) for bound in problem.bounds],
        "national_only": sorted(problem.national_only),
        "restatement": problem.restatement,
        "published": [[*key, None if value is HIDDEN else value] for key, value in sorted(printed.published.items())],
        "tables": [[[*variable, change] for variable, change in table.changes] for table in printed.tables],
    }
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    (folder / PRINTED).write_bytes(gzip.compress(data, mtime=0))


def find(folder: Path) -> Printed | None:
    """Return what a release printed; None when it has no shared edition."""
    file = folder / PRINTED
    if not file.exists():
        return None
    content = json.loads(gzip.decompress(file.read_bytes()))
    published: dict[Key, Value] = {
        Key(*row[:5]): HIDDEN if row[5] is None else int(row[5]) for row in content["published"]
    }
    return Printed(
        problem=Problem(
            name=content["name"],
            disclosure=content["disclosure"],
            parents={(row[0], row[1]): tuple((level, unit) for level, unit in row[2]) for row in content["parents"]},
            window=content["window"],
            counts={(row[0], row[1], row[2]): Count(row[3], row[4]) for row in content["counts"]},
            shared=tuple(tuple(group) for group in content["shared"]),
            bounds=tuple(Bound(*bound) for bound in content["bounds"]),
            national_only=frozenset(content["national_only"]),
            restatement=content["restatement"],
        ),
        published=published,
        tables=tuple(
            Table(tuple((Variable(*change[:5]), int(change[5])) for change in table)) for table in content["tables"]
        ),
    )

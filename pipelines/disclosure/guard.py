"""From the warehouse to disclosure control and back: the problem of one publication, and what earlier ones printed.

Belongs here: reading figures and memberships, leaving out duties with too few cases, what to do when the audit is red,
keeping and finding again what was printed. Does not belong here: hiding and auditing (``pipelines.disclosure``), pages.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.disclosure import storage
from pipelines.disclosure.figures import FiguresDisagree, build_problem, current_figures, window_quarters
from pipelines.disclosure.model import HIDDEN, UNKNOWN, Bound, Certificate, Key, Printed, Problem, Value
from pipelines.errors import UserError

if TYPE_CHECKING:
    import duckdb

    from pipelines.disclosure.audit import AuditResult
    from pipelines.disclosure.protect import Protection

PRINTED, CERTIFICATE = "trykt.json.gz", "attest.json.gz"
#: Rules that by their definition judge the same cases with the same deadline, so that a reader knows both dues at once.
SAME_CASES = (("housing_registered", "housing_registered_or_explained"),)
#: Whatever is met under the first rule is met under the second.
NEVER_MORE = (Bound("housing_registered", "housing_registered_or_explained", "met"),)

_FIGURES = """
select level, unit_code, period_type, period, rule_id, due, met
from marts.fct_compliance where level <> 'institution' and period_type in ('quarter', 'rolling4')
"""
_MEMBERSHIPS = """
select code as municipality_code, region_code, area, valid_from, valid_to from marts.dim_municipality
"""


def problem(connection: duckdb.DuckDBPyConnection, name: str, window: str, earlier: Sequence[Printed]) -> Problem:
    """Return the problem of one publication that leads with the given window (``2026-Q3``).

    Restricted rules are in no shared edition and so not in the problem. Raises UserError when figures or memberships do
    not add up, such as a municipality that changes region inside a quarter.
    """
    disclosure = dict(
        connection.execute(
            "select distinct rule_id, disclosure from marts.dim_rule "
            "where not restricted and rule_id in (select rule_id from marts.fct_compliance)"
        ).fetchall()
    )
    try:
        return build_problem(
            _dicts(connection, _FIGURES),
            _dicts(connection, _MEMBERSHIPS),
            disclosure,
            name=name,
            window=window,
            earlier=earlier,
            shared=[group for group in SAME_CASES if set(group) <= disclosure.keys()],
            bounds=[bound for bound in NEVER_MORE if {bound.small, bound.large} <= disclosure.keys()],
        )
    except FiguresDisagree:
        raise UserError(
            "De beskyttede tal kan ikke dannes: tallene går ikke op med kommunernes region og område. Et skifte af "
            "region eller område skal ske den første dag i et kvartal; se efter i referencetabellerne. Intet udgives."
        ) from None


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row)) for row in found.fetchall()]


def without_sparse_rules(whole: Problem, fewest: int, earlier: Sequence[Printed]) -> tuple[Problem, frozenset[str]]:
    """Take out the rules that judge too few cases in the whole country for any of their figures to be shown.

    Suppression would hide nearly all of such a rule anyway, after much search. A rule that shares its cases with
    another goes with it; one that an earlier publication printed stays, since what was printed must be reckoned with.
    Returns the problem without them, and their names.
    """
    totals = dict.fromkeys(whole.disclosure, 0)
    window = set(window_quarters(whole.window))
    for (rule, _municipality, quarter), count in whole.counts.items():
        if quarter in window:
            totals[rule] += sum(count)
    printed = {
        key.rule for publication in earlier for key, value in publication.published.items() if value is not HIDDEN
    }
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
    """Return every figure of these rules in the publication's window, hidden."""
    window = set(window_quarters(whole.window))
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
    """Return these rules and those that say something about them."""
    wanted = set(rules)
    ties = [*whole.shared, *((bound.small, bound.large) for bound in whole.bounds)]
    while tied := [group for group in ties if wanted.intersection(group) and not wanted.issuperset(group)]:
        wanted.update(*tied)
    return wanted


@dataclass(frozen=True)
class Guarded:
    """A publication that the audit let through, and how it came about.

    ``sparse``: rules of which nothing new is shown since they judge too few cases. ``withheld``: since nothing less
    made them safe. ``unrestated``: rules that keep their figures of earlier windows for the same reason.
    """

    published: Mapping[Key, Value]
    protection: Protection
    verdict: AuditResult
    sparse: frozenset[str]
    withheld: frozenset[str]
    unrestated: frozenset[str]


def guard(whole: Problem, *, threshold: int, fewest: int, seed: bytes, earlier: Sequence[Printed]) -> Guarded:
    """Hide what has to be hidden, and attack the result until nothing falls.

    A rule that falls all the same gives up first its restatements of earlier windows, then all its new figures: a rule
    without new figures gives nothing away that was not known before. Figures of earlier publications stand as printed.
    The verdict may still be red only when a figure is not what was counted (``AuditResult.wrong``).
    """
    from pipelines.disclosure.audit import audit
    from pipelines.disclosure.protect import protect

    shown, sparse = without_sparse_rules(whole, fewest, earlier)
    protection = protect(shown, threshold=threshold, seed=seed, earlier=earlier)
    unrestated: set[str] = set()
    withheld = set(sparse)
    while True:
        new = {
            key: value
            for key, value in protection.published.items()
            if key.rule not in withheld and (key.period == whole.window or key.rule not in unrestated)
        }
        published = dict(sorted((all_hidden(whole, withheld) | current_figures(new, earlier)).items()))
        verdict = audit(published, whole, threshold=threshold, earlier=earlier, hints=protection.tables)
        fallen = related(whole, (finding.target.rule for finding in verdict.red)) - withheld
        if not fallen:
            return Guarded(published, protection, verdict, sparse, frozenset(withheld - sparse), frozenset(unrestated))
        restating = related(whole, (key.rule for key in new if key.period != whole.window))
        withheld |= fallen - restating
        unrestated |= fallen & restating


def keep(folder: Path, printed: Printed) -> None:
    """Keep what a publication printed, in its restricted part."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PRINTED).write_bytes(gzip.compress(storage.printed_to_json(printed).encode(), mtime=0))


def keep_certificate(folder: Path, certificate: Certificate) -> None:
    """Keep the proof, which anyone can verify by adding up (``pipelines.disclosure.certificate``)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CERTIFICATE).write_bytes(gzip.compress(storage.certificate_to_json(certificate).encode(), mtime=0))


def find(folder: Path) -> Printed | None:
    """Return what a publication printed; None when it has no shared edition."""
    file = folder / PRINTED
    return storage.printed_from_json(gzip.decompress(file.read_bytes()).decode()) if file.exists() else None

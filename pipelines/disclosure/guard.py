"""From the warehouse to disclosure control and back: the problem of one publication, and what earlier ones printed.

Belongs here: reading figures and memberships, what to do when the audit is red, keeping and finding again what was
printed. Does not belong here: hiding and attacking themselves (``hiding``, ``attack``), pages.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines import vocabulary
from pipelines.disclosure import storage
from pipelines.disclosure.families import ALL_RELEASES, RELEASES, families_of, of_releases, releases_family
from pipelines.disclosure.figures import FiguresDisagree, build_problem
from pipelines.disclosure.model import (
    HIDDEN,
    Certificate,
    Decision,
    FormerPrinted,
    Key,
    Printed,
    Problem,
    Value,
)
from pipelines.errors import UserError

if TYPE_CHECKING:
    import duckdb

    from pipelines.disclosure.attack.audit import AuditResult
    from pipelines.disclosure.hiding.protect import Protection

Content = TypeVar("Content")

PRINTED, CERTIFICATE = "trykt.json.gz", "attest.json.gz"
#: How many lots are tried for a family before everything new of it is withheld.
LOTS = 6

_FIGURES = """
select level, unit_code, period_type, period, rule_id, due, met, own_due, own_met
from marts.fct_compliance where level <> 'institution'
"""
_RELEASES = """
select
    level, unit_code, period_type, period, place as rule_id,
    sum(releases) as due, 0 as met, sum(with_core_due) as own_due, sum(whole_releases) as own_met
from marts.fct_release_summary
inner join (select unnest(?) as value, unnest(?) as place) as places using (value)
where level <> 'institution' and dimension in ('all', 'housing_at_release')
group by all
"""
_MEMBERSHIPS = """
select code as municipality_code, region_code, area, valid_from, valid_to from marts.dim_municipality
"""


def problem(
    connection: duckdb.DuckDBPyConnection, name: str, window: str, earlier: Sequence[Printed | FormerPrinted]
) -> Problem:
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
    places = {"all": ALL_RELEASES}
    places |= {value: of_releases(place) for value, place in vocabulary.RELEASE_PLACE_OF.items()}
    families = families_of(disclosure)
    try:
        return build_problem(
            [*_dicts(connection, _FIGURES), *_dicts(connection, _RELEASES, [[*places], [*places.values()]])],
            _dicts(connection, _MEMBERSHIPS),
            families | {RELEASES: releases_family([ALL_RELEASES, *map(of_releases, vocabulary.RELEASE_PLACES)])},
            name=name,
            window=window,
            earlier=earlier,
        )
    except FiguresDisagree:
        raise UserError(
            "De beskyttede tal kan ikke dannes: tallene går ikke op med kommunernes region og område. Et skifte af "
            "region eller område skal ske den første dag i et kvartal; se efter i referencetabellerne. Intet udgives."
        ) from None


def _dicts(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[dict[str, object]]:
    found = connection.execute(query, list(values))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row)) for row in found.fetchall()]


@dataclass(frozen=True)
class Guarded:
    """New figures that the audit let through, and how they came about.

    ``withheld``: families of which nothing new is shown, since nothing less made them safe.
    """

    published: Mapping[Key, Value]
    decisions: Mapping[tuple[str, str], Decision]
    protection: Protection
    verdict: AuditResult
    withheld: frozenset[str]


def guard(whole: Problem, *, threshold: int, seed: bytes, earlier: Sequence[Printed | FormerPrinted]) -> Guarded:
    """Hide what has to be hidden, and attack the result until nothing falls.

    A family that falls is drawn again, ``LOTS`` times in all: which figures are hidden besides is a lot, and some lots
    leave a reader with numbers of its own too much. One that falls all the same gives up everything new: its figures
    are hidden and its earlier years are not restated, so that it gives nothing away that was not known before. The
    verdict may still be red when a figure is not what was counted (``AuditResult.wrong``).
    """
    from pipelines.disclosure.attack.audit import audit
    from pipelines.disclosure.hiding.protect import protect

    own_kind = [printed for printed in earlier if isinstance(printed, Printed)]
    protection = protect(whole, threshold=threshold, seed=seed, earlier=own_kind)
    withheld: frozenset[str] = frozenset()
    drawn_again: set[str] = set()
    while True:
        published = _without(whole, protection, withheld)
        decisions = _decisions(whole, protection, withheld)
        verdict = audit(published, whole, threshold=threshold, earlier=earlier, decisions=decisions)
        fallen = {finding.target.family for finding in verdict.red} - withheld
        if not fallen:
            return Guarded(published, decisions, protection, verdict, withheld)
        for name in sorted(fallen):
            alone = replace(whole, families={name: whole.families[name]})
            again = None if name in drawn_again else _another_lot(alone, threshold, seed, own_kind, earlier)
            drawn_again.add(name)
            if again is None:
                withheld |= {name}
            else:
                protection = replace(
                    protection,
                    published={**protection.published, **again.published},
                    decisions={**protection.decisions, **again.decisions},
                    told=protection.told | again.told,
                )


def _another_lot(
    alone: Problem,
    threshold: int,
    seed: bytes,
    own_kind: Sequence[Printed],
    earlier: Sequence[Printed | FormerPrinted],
) -> Protection | None:
    """Draw for one family until the attack opens nothing; None when every further lot falls."""
    from pipelines.disclosure.attack.audit import audit
    from pipelines.disclosure.hiding.protect import protect

    for number in range(1, LOTS):
        lot = protect(alone, threshold=threshold, seed=seed + bytes([number]), earlier=own_kind)
        if audit(lot.published, alone, threshold=threshold, earlier=earlier, decisions=lot.decisions).green:
            return lot
    return None


def _without(whole: Problem, protection: Protection, withheld: frozenset[str]) -> dict[Key, Value]:
    """Return the figures with those of withheld families hidden, and their earlier years left as they were printed.

    What is known not to be small stays: the mark beside it would say what is not so.
    """
    rules = {rule for name in withheld for rule, _measure in whole.families[name].figures}
    return {
        key: HIDDEN if key.rule in rules and key not in protection.told else value
        for key, value in protection.published.items()
        if key.rule not in rules or key.level != "municipality" or key.period not in whole.restated
    }


def _decisions(whole: Problem, protection: Protection, withheld: frozenset[str]) -> dict[tuple[str, str], Decision]:
    """Return what was decided; of a withheld family, that no unit's quarter is shown."""
    decided = dict(protection.decisions)
    for name, quarter in protection.decisions:
        if name in withheld:
            units = {unit for (_m, when), parents in whole.parents.items() if when == quarter for unit in parents}
            decided[name, quarter] = Decision(frozenset(units), decided[name, quarter].pools)
    return decided


def keep(folder: Path, printed: Printed) -> None:
    """Keep what a publication printed, in its restricted part."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PRINTED).write_bytes(gzip.compress(storage.printed_to_json(printed).encode(), mtime=0))


def keep_certificate(folder: Path, certificate: Certificate) -> None:
    """Keep the proof, which anyone can verify by adding up (``pipelines.disclosure.certificate``)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CERTIFICATE).write_bytes(gzip.compress(storage.certificate_to_json(certificate).encode(), mtime=0))


def find(folder: Path) -> Printed | FormerPrinted | None:
    """Return what a publication printed; None when it has no shared edition.

    Raises UserError when a later version of the program wrote it, or it is damaged: what cannot be read cannot be
    reckoned with.
    """
    file = folder / PRINTED
    return _read(file, storage.printed_from_json) if file.exists() else None


def find_certificate(folder: Path) -> Certificate | None:
    """Return the proof of a publication; None when there is none.

    Raises UserError when a later version of the program wrote it, or it is damaged, and
    ``storage.WrittenByFormerDesign``.
    """
    file = folder / CERTIFICATE
    return _read(file, storage.certificate_from_json) if file.exists() else None


def _read(file: Path, read: Callable[[str], Content]) -> Content:
    try:
        return read(gzip.decompress(file.read_bytes()).decode())
    except storage.WrittenByLaterProgram:
        raise UserError(
            f"{file} er skrevet af en nyere version af programmet. Hvad der står i den, kan ikke regnes med, så "
            "der hverken udgives eller efterregnes noget. Brug den nyere version."
        ) from None
    except (storage.Garbled, gzip.BadGzipFile, EOFError, UnicodeDecodeError, zlib.error):
        raise UserError(
            f"{file} er beskadiget og kan ikke læses. Læg udgivelsen tilbage fra sikkerhedskopien."
        ) from None

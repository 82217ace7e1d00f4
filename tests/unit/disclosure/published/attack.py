"""An attack on a folder as it was published: every file is read, and all that they say is put together.

Belongs here: what files say against each other, and what they say as an edition that ``attacker`` takes. Does not
belong here: reading them (``figures``) and the arithmetic (``attacker``).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipelines.disclosure.model import HIDDEN, Key, Value

from .figures import read
from .said import Figure, Reading

REGISTER = Path(__file__).parents[4] / "dbt_project" / "seeds" / "municipalities.csv"
_NOTHING: Mapping[Key, Value] = {}
SHARES = ("rate", "low", "high")


class Said(NamedTuple):
    """What the files of a publication say.

    ``printed``  of every figure asked for: its count, or HIDDEN when any file hides it or none shows it.
    ``beside``   counts that stand in some file though another hides them, or though nobody was to print them.
    ``leaks``    in words: what is shown in one place and hidden in another, what differs, and shares of hidden counts.
    """

    printed: dict[Key, Value]
    beside: list[tuple[Key, float]]
    leaks: list[str]

    def beside_of(self, level: str, unit: str) -> list[tuple[Key, float]]:
        """Return what is shown of a unit though it is hidden elsewhere."""
        return [(key, value) for key, value in self.beside if (key.level, key.unit) == (level, unit)]


@cache
def municipalities() -> Mapping[str, str]:
    """Return the municipalities as everybody knows them, by code."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return {row["municipality_code"]: row["name"] for row in csv.DictReader(file)}


def read_publication(folder: Path, leave_out: Collection[str] = ()) -> Reading:
    """Read all files of a shared edition, but for those with some endings."""
    return read(folder, municipalities(), leave_out)


def said(figures: Iterable[Figure], wanted: Iterable[Key], earlier: Mapping[Key, Value] = _NOTHING) -> Said:
    """Put together what files say of the figures that were to be printed anew, and of any others.

    ``earlier``: what publications before this one printed, which stands in its files again and is no news.
    """
    counts: dict[Key, dict[float | None, str]] = defaultdict(dict)
    shares: dict[Key, dict[float | None, str]] = defaultdict(dict)
    for one in figures:
        key = Key(one.rule, one.level, one.unit, one.period, one.measure)
        kind = shares if one.measure.removeprefix("own_") in SHARES else counts
        kind[key].setdefault(one.value, one.file)
    leaks = [*_of_counts(counts, earlier), *_of_shares(shares, counts)]
    asked = frozenset(wanted)
    printed: dict[Key, Value] = {key: _value(counts.get(key, {})) for key in asked}
    beside = [
        (key, value)
        for key, values in counts.items()
        for value in values
        if value is not None
        and "+" not in key.period
        and (None in values or (printed and key not in printed and earlier.get(key) != value))
    ]
    return Said(printed, beside, leaks)


def _value(said_of_it: Mapping[float | None, str]) -> Value:
    values = [value for value in said_of_it if value is not None]
    return HIDDEN if None in said_of_it or len(values) != 1 else int(values[0])


def _of_counts(counts: Mapping[Key, Mapping[float | None, str]], earlier: Mapping[Key, Value]) -> Iterable[str]:
    for key, values in counts.items():
        if len(values) > 1:
            told = ", ".join(
                f"{'hidden' if value is None else f'{value:g}'} in {file}" for value, file in values.items()
            )
            yield f"{key}: {told}"
        if "+" in key.period:
            both = [key._replace(period=year) for year in key.period.split("+")]
            years = [_value(counts[one]) if one in counts else earlier.get(one, HIDDEN) for one in both]
            wanted = None if HIDDEN in years else sum(one for one in years if isinstance(one, int))
            if [value for value in values if value is not None and value != wanted]:
                yield f"{key}: added up from years that are not shown: {dict(values)}"


def _of_shares(
    shares: Mapping[Key, Mapping[float | None, str]], counts: Mapping[Key, Mapping[float | None, str]]
) -> Iterable[str]:
    """Yield shares of which not both counts are shown: a share of what is hidden says something of it."""
    for key, values in shares.items():
        lead = "own_" if key.measure.startswith("own_") else ""
        both = [_value(counts.get(key._replace(measure=f"{lead}{one}"), {})) for one in ("due", "met")]
        told = {value: file for value, file in values.items() if value is not None}
        if told and HIDDEN in both and "+" not in key.period:
            yield f"{key}: a share of what is hidden: {told}"
        elif told and key.measure.removeprefix("own_") == "rate" and "+" not in key.period:
            due, met = both
            assert isinstance(due, int) and isinstance(met, int)
            exact = 100 * met / due if due else -1
            if any(abs(value - exact) > 0.61 for value in told):
                yield f"{key}: a share that is not that of the counts: {told}"

"""What one publication shows: every figure it prints anew, as a number or as the mark.

Belongs here: the order of the decisions, and turning them into figures. Does not belong here: the conditions.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.disclosure.hiding import quarters, years
from pipelines.disclosure.model import (
    HIDDEN,
    LOWEST_THRESHOLD,
    UNKNOWN,
    Decision,
    Family,
    Key,
    Printed,
    Problem,
    Unit,
    Value,
)


@dataclass(frozen=True)
class Protection:
    """What a publication prints anew, what it decided about its quarters, and how long that took.

    ``told`` are figures of municipalities that are known not to be small whether they are shown or not.
    """

    published: Mapping[Key, Value]
    decisions: Mapping[tuple[str, str], Decision]
    seconds: float
    told: frozenset[Key] = frozenset()


class ThresholdTooLow(ValueError):
    """A threshold under which the method would protect nobody."""


def protect(problem: Problem, *, threshold: int, seed: bytes, earlier: Sequence[Printed] = ()) -> Protection:
    """Return the figures of this publication with everything hidden that has to be.

    ``seed`` is secret and kept with the publication: it draws which figures are hidden besides, so that nobody can
    argue backwards from the choice (the minimality attack). ``earlier`` oldest first. What was hidden once stays so.
    Raises ThresholdTooLow below ``LOWEST_THRESHOLD``.
    """
    if threshold < LOWEST_THRESHOLD:
        raise ThresholdTooLow(f"the threshold is {threshold}, and no setting goes below {LOWEST_THRESHOLD}")
    started = time.perf_counter()
    published: dict[Key, Value] = {}
    decisions: dict[tuple[str, str], Decision] = {}
    told: set[Key] = set()
    before = {place: decision for printed in earlier for place, decision in printed.decisions.items()}
    marked = {(key[:4]) for printed in earlier for key, value in printed.published.items() if value is HIDDEN}
    for name, family in sorted(problem.families.items()):
        draw = _lot(seed, problem.name, name)
        # Other windows than the leading one are the calendar years beside those of municipalities.
        for window in problem.windows if family.municipal else problem.windows[-1:]:
            for quarter in window_quarters(window):
                if (name, quarter) not in decisions:
                    decisions[name, quarter] = quarters.decide(
                        quarters.read_quarter(problem, family, quarter),
                        before.get((name, quarter), Decision()),
                        threshold,
                        draw,
                    )
            published |= _windows(problem, family, window, decisions)
        for year in problem.years if family.municipal else ():
            decided = {quarter: decisions[name, quarter] for quarter in years.quarters_of(year)}
            read = years.read_year(problem, family, year)
            hidden = years.hide(read, decided, threshold, draw)
            rows = _rows(problem, family, year, hidden)
            published |= rows
            known = read.told(decided) - hidden
            told |= {key for key in rows if key.unit in known}
        for year in problem.restated if family.municipal else ():
            published |= _rows(problem, family, year, _still_hidden(problem, family, year, marked, threshold))
    return Protection(dict(sorted(published.items())), decisions, time.perf_counter() - started, frozenset(told))


def _lot(seed: bytes, *names: str) -> np.random.Generator:
    digest = hashlib.sha256(seed + "|".join(names).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def window_quarters(last: str) -> list[str]:
    """Return the four quarters that end with this one, oldest first."""
    number = int(last[:4]) * 4 + int(last[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(number - 3, number + 1)]


def _windows(
    problem: Problem, family: Family, window: str, decisions: Mapping[tuple[str, str], Decision]
) -> dict[Key, Value]:
    """Return the rolling year of the larger units that the family is printed for: shown where each quarter is."""
    wanted = window_quarters(window)
    sums: dict[Unit, list[int]] = {}
    present: dict[Unit, set[str]] = {}
    for (municipality, quarter), parents in problem.parents.items():
        if quarter not in wanted:
            continue
        parts = problem.counts.get((family.name, municipality, quarter), (0,) * len(family.parts))
        for unit in parents:
            sums[unit] = [one + other for one, other in zip(sums.get(unit, [0] * len(parts)), parts, strict=True)]
            if municipality != UNKNOWN:
                present.setdefault(unit, set()).add(quarter)
    found: dict[Key, Value] = {}
    for unit, parts_of_unit in sums.items():
        if unit[0] not in family.levels:
            continue
        is_shown = len(present.get(unit, ())) == len(wanted) and not any(
            unit in decisions[family.name, quarter].hidden for quarter in wanted
        )
        for rule, measure in family.upper:
            value = sum(parts_of_unit[part] for part in family.figures[rule, measure])
            found[Key(rule, *unit, window, measure)] = value if is_shown else HIDDEN
    return found


def _municipal_parts(problem: Problem, family: Family, year: str) -> dict[str, list[int]]:
    wanted = years.quarters_of(year)
    sums: dict[str, list[int]] = {}
    for municipality, quarter in problem.parents:
        if quarter in wanted and municipality != UNKNOWN:
            parts = problem.counts.get((family.name, municipality, quarter), (0,) * len(family.parts))
            before = sums.get(municipality, [0] * len(parts))
            sums[municipality] = [one + other for one, other in zip(before, parts, strict=True)]
    return sums


def _rows(problem: Problem, family: Family, year: str, hidden: frozenset[str]) -> dict[Key, Value]:
    """Return the calendar year of each municipality."""
    return {
        Key(rule, "municipality", municipality, year, measure): HIDDEN
        if municipality in hidden
        else sum(parts[part] for part in family.figures[rule, measure])
        for municipality, parts in _municipal_parts(problem, family, year).items()
        for rule, measure in family.municipal
    }


def _still_hidden(
    problem: Problem,
    family: Family,
    year: str,
    marked: set[tuple[str, str, str, str]],
    threshold: int,
) -> frozenset[str]:
    """Return what a restatement hides: what was hidden before, and what is small as it is counted now.

    No sum of a restated year is printed, so the newly small need no others to hide among.
    """
    rule = family.municipal[0][0]
    return frozenset(
        municipality
        for municipality, parts in _municipal_parts(problem, family, year).items()
        if (rule, "municipality", municipality, year) in marked
        or min(sum(parts[part] for part in chosen) for chosen in family.sensitive_municipal) < threshold
    )

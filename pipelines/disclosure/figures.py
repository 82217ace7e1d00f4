"""From rows of ``marts.fct_compliance`` to a problem, and from printed figures to what a publication shows.

Belongs here: reading the counts and the reference table, checking that they add up, which windows and years are due.
Does not belong here: deciding what is hidden. Institutions are never part of it: they are not published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pipelines.disclosure.families import is_of_releases, parts_of
from pipelines.disclosure.model import (
    NATION,
    UNKNOWN,
    Counts,
    Family,
    FormerPrinted,
    Key,
    Printed,
    Problem,
    Unit,
    Value,
)
from pipelines.quarters import shift

MEASURES = ("due", "met", "own_due", "own_met")
Row = tuple[int, int, int, int]
_Table = dict[tuple[str, str, str, str, str], Row]


class FiguresDisagree(ValueError):
    """The rows do not add up by the reference table, so nothing can be said about what they give away."""


def build_problem(
    rows: Iterable[Mapping[str, Any]],
    memberships: Iterable[Mapping[str, Any]],
    families: Mapping[str, Family],
    *,
    name: str,
    window: str,
    earlier: Sequence[Printed | FormerPrinted] = (),
) -> Problem:
    """Build the problem of the publication ``name``, whose newest complete quarter is that of ``window``.

    ``rows``: level, unit_code, period_type, period, rule_id, due, met (own_due, own_met). The quarters of the
    municipalities and of the nation are the counts; every other row of these rules is added up and must agree.
    ``memberships``: municipality_code, region_code, area, valid_from, valid_to (None: still valid).
    Raises FiguresDisagree.
    """
    table = _table(rows, {rule for family in families.values() for rule, _measure in family.figures})
    present = {place[4] for place in table if place[3] == "quarter"}
    years, restated = due_years(window, [one for one in earlier if isinstance(one, Printed)], present)
    windows = due_windows(window, years, restated, earlier, present)
    quarters = {quarter for last in windows for quarter in window_quarters(last)}
    missing = sorted(quarters - present)
    if missing:
        raise FiguresDisagree(f"no quarterly figures for {', '.join(missing)}")
    quarters |= {quarter for year in restated for quarter in window_quarters(f"{year}-Q4")}
    quarters |= _before_the_change(earlier, quarters) & present
    parents: dict[tuple[str, str], tuple[Unit, ...]] = {}
    members = list(memberships)
    for quarter in sorted(quarters):
        parents.update(_parents(members, quarter))
    counts = _counts(table, families, parents, quarters)
    _check(table, families, parents, counts, quarters)
    return Problem(name, dict(families), parents, counts, windows, years, restated)


def _before_the_change(earlier: Sequence[Printed | FormerPrinted], quarters: Collection[str]) -> set[str]:
    """Return the quarters of windows that the former design printed, where they reach into these quarters."""
    printed = {key.period for one in earlier if isinstance(one, FormerPrinted) for key in one.published}
    reaching = [window for window in printed if set(window_quarters(window)) & set(quarters)]
    return {quarter for window in reaching for quarter in window_quarters(window)}


def due_years(
    window: str, earlier: Sequence[Printed], present: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the calendar years to print for the first time, and those to restate: each once, a year later.

    The newest year that has closed is printed with the first publication that can print it.
    """
    closed = window[:4] if window.endswith("Q4") else str(int(window[:4]) - 1)
    first = {year for printed in earlier for year in printed.problem.years}
    again = {year for printed in earlier for year in printed.problem.restated}
    if closed in first or any(quarter not in present for quarter in window_quarters(f"{closed}-Q4")):
        return (), ()
    old = sorted(year for year in first - again if year < closed)
    return (closed,), tuple(year for year in old if set(window_quarters(f"{year}-Q4")) <= set(present))


HISTORY = 8
"""So many rolling years, the newest included, are told of the nation, an area and a region: what a chart shows."""


def due_windows(
    window: str,
    years: Collection[str],
    restated: Collection[str],
    earlier: Sequence[Printed | FormerPrinted],
    present: Collection[str],
) -> tuple[str, ...]:
    """Return the last quarters of the rolling years to print, oldest first.

    Besides the one that leads: those that municipalities' years are told beside, and of the ``HISTORY`` newest each
    that was never printed, so that the first publication tells the years before it too. Left out of these is a window
    with a quarter of a year that was restated (such rows count on no sum of theirs being printed), or one that the
    former design printed something of, whose windows cannot be taken apart from it.
    """
    own = [one.problem for one in earlier if isinstance(one, Printed)]
    printed = {last for problem in own for last in problem.windows}
    again = {year for problem in own for year in problem.restated} | set(restated)
    former = {key.period for one in earlier if isinstance(one, FormerPrinted) for key in one.published}
    closed = {quarter for year in again for quarter in window_quarters(f"{year}-Q4")}
    closed |= {quarter for last in former for quarter in window_quarters(last)}
    history = {
        last
        for last in (shift(window, -back) for back in range(1, HISTORY))
        if last not in printed and set(window_quarters(last)) <= set(present) - closed
    }
    return (*sorted(history | {f"{year}-Q4" for year in years} - {window}), window)


def window_quarters(last: str) -> list[str]:
    """The four quarters that end with ``last``, oldest first."""
    return [shift(last, -back) for back in (3, 2, 1, 0)]


def current_figures(
    published: Mapping[Key, Value], earlier: Sequence[Printed | FormerPrinted] = ()
) -> dict[Key, Value]:
    """What a publication shows: its own figures, and those of earlier periods as they were printed last.

    Rolling years of municipalities, which the former design printed, are shown no longer, and of releases only the
    newest year is. A larger unit that the newest rolling year does not know, as a region a year after a reform, is told
    of in earlier publications alone.
    """
    figures: dict[Key, Value] = {}
    for printed in earlier:
        figures.update(printed.published)
    figures.update(published)
    newest = max((key.period for key in figures if is_of_releases(key.rule)), default="")
    leading: dict[str, str] = {}
    for key in figures:
        if key.level != "municipality" and not is_of_releases(key.rule):
            leading[key.level] = max(leading.get(key.level, ""), key.period)
    present = {key[1:3] for key in figures if key.period == leading.get(key.level)}

    def is_shown(key: Key) -> bool:
        if is_of_releases(key.rule):
            return key.period == newest
        return "-" not in key.period if key.level == "municipality" else key[1:3] in present

    return {key: value for key, value in figures.items() if is_shown(key)}


def with_calendar_years(figures: Mapping[Key, Value]) -> dict[Key, Value]:
    """Return the figures with those of larger units under the calendar year too, where municipalities have theirs.

    A rolling year that ends with a fourth quarter is the calendar year; it is the same figure by another name.
    """
    years = {(key.rule, key.period) for key in figures if key.level == "municipality"}
    again = {
        key._replace(period=key.period[:4]): value
        for key, value in figures.items()
        if key.period.endswith("-Q4") and (key.rule, key.period[:4]) in years
    }
    return dict(sorted({**figures, **again}.items()))


def _table(rows: Iterable[Mapping[str, Any]], rules: Collection[str]) -> _Table:
    table: _Table = {}
    for row in rows:
        if row["rule_id"] in rules:
            place = (row["rule_id"], row["level"], row["unit_code"], row["period_type"], row["period"])
            table[place] = (
                int(row["due"]),
                int(row["met"]),
                int(row.get("own_due", row["due"]) or 0),
                int(row.get("own_met", row["met"]) or 0),
            )
    return table


def _counts(
    table: _Table,
    families: Mapping[str, Family],
    parents: Mapping[tuple[str, str], tuple[Unit, ...]],
    quarters: Collection[str],
) -> dict[tuple[str, str, str], Counts]:
    """Return every family's parts by municipality and quarter; the unknown municipality is what the nation has more."""
    counts: dict[tuple[str, str, str], Counts] = {}
    codes: dict[str, list[str]] = defaultdict(list)
    for code, quarter in parents:
        if code != UNKNOWN:
            codes[quarter].append(code)
    for family in families.values():
        rules = sorted({rule for rule, _measure in family.figures})
        for quarter in sorted(quarters):
            left = {rule: list(table.get((rule, *NATION, "quarter", quarter), (0, 0, 0, 0))) for rule in rules}
            for code in codes[quarter]:
                own = {
                    rule: table.get((rule, "municipality", code, "quarter", quarter), (0, 0, 0, 0)) for rule in rules
                }
                for rule in rules:
                    left[rule] = [nation - part for nation, part in zip(left[rule], own[rule], strict=True)]
                _put(counts, family, code, quarter, own)
            _put(counts, family, UNKNOWN, quarter, {rule: tuple(row) for rule, row in left.items()})
    return counts


def _put(
    counts: dict[tuple[str, str, str], Counts],
    family: Family,
    code: str,
    quarter: str,
    rows: Mapping[str, Sequence[int]],
) -> None:
    figures = {(rule, measure): row[number] for rule, row in rows.items() for number, measure in enumerate(MEASURES)}
    parts = parts_of(family, figures)
    if parts is None:
        who = code or "the unknown municipality (the municipalities add up to more than the nation)"
        raise FiguresDisagree(f"{family.name} in {quarter} does not add up in {who}")
    if any(parts):
        counts[family.name, code, quarter] = parts


def _days(quarter: str) -> tuple[date, date]:
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return first, after - timedelta(days=1)


def _parents(members: Sequence[Mapping[str, Any]], quarter: str) -> dict[tuple[str, str], tuple[Unit, ...]]:
    first, last = _days(quarter)
    found: dict[tuple[str, str], tuple[Unit, ...]] = {(UNKNOWN, quarter): (NATION,)}
    for row in members:
        begins = row["valid_from"] or date.min
        ends = row["valid_to"] or date.max
        if begins > last or ends < first:
            continue
        code = row["municipality_code"]
        if begins > first or ends < last or (code, quarter) in found:
            # The counts of such a quarter would have to be kept apart by day; no change so far has needed it.
            raise FiguresDisagree(f"municipality {code} changes region or area inside {quarter}")
        units = [NATION]
        if row.get("region_code"):
            units.append(("region", row["region_code"]))
        if row.get("area"):
            units.append(("area", row["area"]))
        found[code, quarter] = tuple(units)
    return found


def _check(
    table: _Table,
    families: Mapping[str, Family],
    parents: Mapping[tuple[str, str], tuple[Unit, ...]],
    counts: Mapping[tuple[str, str, str], Counts],
    quarters: Collection[str],
) -> None:
    """Every row of the warehouse about these quarters must be the sum that a reader would make it."""
    sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (municipality, quarter), units in parents.items():
        own = [("municipality", municipality)] if municipality != UNKNOWN else []
        for family in families.values():
            parts = counts.get((family.name, municipality, quarter))
            if parts is None:
                continue
            for (rule, measure), chosen in family.figures.items():
                value = sum(parts[part] for part in chosen)
                for level, unit in (*own, *units):
                    sums[rule, level, unit, quarter][MEASURES.index(measure)] += value
    measures = {(rule, MEASURES.index(measure)) for family in families.values() for rule, measure in family.figures}
    for (rule, level, unit, kind, period), values in table.items():
        inside = [period] if kind == "quarter" else window_quarters(period if "-" in period else f"{period}-Q4")
        if level == "institution" or not set(inside) <= set(quarters):
            continue
        rows = [sums.get((rule, level, unit, quarter), [0, 0, 0, 0]) for quarter in inside]
        expected = [sum(row[number] for row in rows) for number in range(len(MEASURES))]
        if any(values[number] != expected[number] for one, number in measures if one == rule):
            raise FiguresDisagree(
                f"{rule}, {level} {unit}, {kind} {period} is not the sum of its municipalities and quarters"
            )

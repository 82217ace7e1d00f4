"""From rows of ``marts.fct_compliance`` to a problem, and from protected figures back to rows a page can print.

Belongs here: reading the counts and the reference table, checking that they add up, whole-percent rates and intervals.
Does not belong here: deciding what is hidden. Institutions are never part of it: they are not published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from pipelines.disclosure.model import HIDDEN, UNKNOWN, Bound, Count, Key, Place, Printed, Problem, Value

LEVELS = ("national", "area", "region", "municipality")
_NORMAL_95 = 1.959963984540054


class FiguresDisagree(ValueError):
    """The rows do not add up by the reference table, so nothing can be said about what they give away."""


@dataclass(frozen=True)
class ProtectedRow:
    """One line of a protected table. Rate and interval are whole percents, and only there when both counts are."""

    rule: str
    level: str
    unit: str
    window: str
    due: Value
    met: Value
    rate: int | None
    low: int | None
    high: int | None


def build_problem(
    rows: Iterable[Mapping[str, Any]],
    memberships: Iterable[Mapping[str, Any]],
    disclosure: Mapping[str, str],
    *,
    name: str,
    window: str,
    earlier: Sequence[Printed] = (),
    shared: Sequence[Sequence[str]] = (),
    bounds: Sequence[Bound] = (),
    national_only: Iterable[str] = (),
    restatement: bool = False,
) -> Problem:
    """Build the problem of the release ``name``, whose newest complete window is ``window``.

    ``rows``: level, unit_code, period_type, period, rule_id, due, met. The quarters of the municipalities and of the
    nation are the counts; every other row of these rules is added up from them and must agree.
    ``memberships``: municipality_code, region_code, area, valid_from, valid_to (None: still valid).
    A quarter that is needed for an earlier window but is no longer among the rows is taken as it was when last printed.
    """
    unknown_disclosure = set(disclosure.values()) - {"denominator", "outcome"}
    if unknown_disclosure:
        raise ValueError(f"disclosure is denominator or outcome, not {sorted(unknown_disclosure)}")
    table: dict[tuple[str, str, str, str, str], tuple[int, int]] = {}
    for row in rows:
        if row["rule_id"] in disclosure and row["level"] in LEVELS:
            place = (row["rule_id"], row["level"], row["unit_code"], row["period_type"], row["period"])
            table[place] = (int(row["due"]), int(row["met"]))
    present = {place[4] for place in table if place[3] == "quarter"}
    windows = {window} | {key.period for release in earlier for key in release.published}
    quarters = sorted({quarter for last in windows for quarter in window_quarters(last)})
    missing = [quarter for quarter in window_quarters(window) if quarter not in present]
    if missing:
        raise FiguresDisagree(f"no quarterly figures for {', '.join(missing)}")
    counts: dict[Place, Count] = {}
    parents: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    members = list(memberships)
    restricted = frozenset(national_only)
    for quarter in quarters:
        if quarter not in present:
            _carry_over(earlier, quarter, counts, parents)
            continue
        parents.update(_parents(members, quarter))
        codes = [municipality for municipality, q in parents if q == quarter and municipality != UNKNOWN]
        for rule in disclosure:
            nation = table.get((rule, "national", "DK", "quarter", quarter))
            if nation is None:
                raise FiguresDisagree(f"no national figures for {rule} in {quarter}")
            due, met = nation
            for code in codes:
                own_due, own_met = table.get((rule, "municipality", code, "quarter", quarter), (0, 0))
                if rule in restricted and own_due:
                    raise FiguresDisagree(f"{rule} is for the nation only, but has a row for {code}")
                if own_due:
                    counts[rule, code, quarter] = Count(own_met, own_due - own_met)
                due, met = due - own_due, met - own_met
            if not 0 <= met <= due:
                raise FiguresDisagree(f"the municipalities of {rule} in {quarter} add up to more than the nation")
            if due:
                counts[rule, UNKNOWN, quarter] = Count(met, due - met)
    problem = Problem(
        name=name,
        disclosure=dict(disclosure),
        parents=parents,
        window=window,
        counts=counts,
        shared=tuple(tuple(group) for group in shared),
        bounds=tuple(bounds),
        national_only=restricted,
        restatement=restatement,
    )
    _check(problem, table, set(quarters) & present)
    return problem


def window_quarters(last: str) -> list[str]:
    """The four quarters that end with ``last``, oldest first."""
    number = int(last[:4]) * 4 + int(last[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(number - 3, number + 1)]


def _days(quarter: str) -> tuple[date, date]:
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return first, after - timedelta(days=1)


def _parents(members: Sequence[Mapping[str, Any]], quarter: str) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    first, last = _days(quarter)
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {(UNKNOWN, quarter): (("national", "DK"),)}
    for row in members:
        begins = row["valid_from"] or date.min
        ends = row["valid_to"] or date.max
        if begins > last or ends < first:
            continue
        code = row["municipality_code"]
        if begins > first or ends < last or (code, quarter) in found:
            # The counts of such a quarter would have to be kept apart by day; no change so far has needed it.
            raise FiguresDisagree(f"municipality {code} changes region or area inside {quarter}")
        units = [("national", "DK")]
        if row.get("region_code"):
            units.append(("region", row["region_code"]))
        if row.get("area"):
            units.append(("area", row["area"]))
        found[code, quarter] = tuple(units)
    return found


def _carry_over(
    earlier: Sequence[Printed],
    quarter: str,
    counts: dict[Place, Count],
    parents: dict[tuple[str, str], tuple[tuple[str, str], ...]],
) -> None:
    for release in reversed(earlier):
        then = release.problem
        if any(q == quarter for _, q in then.parents):
            counts.update({place: count for place, count in then.counts.items() if place[2] == quarter})
            parents.update({place: units for place, units in then.parents.items() if place[1] == quarter})
            return
    raise FiguresDisagree(f"no figures for {quarter}, neither now nor in earlier releases")


def _check(
    problem: Problem, table: Mapping[tuple[str, str, str, str, str], tuple[int, int]], present: set[str]
) -> None:
    """Every row of the warehouse must be the sum that a reader would make it."""
    sums: dict[tuple[str, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (rule, municipality, quarter), count in problem.counts.items():
        for level, unit in (("municipality", municipality), *problem.parents[municipality, quarter]):
            place = sums[rule, level, unit, "quarter", quarter]
            place[0] += count.met + count.not_met
            place[1] += count.met
    for (rule, level, unit, kind, period), value in table.items():
        if kind == "quarter" and period in present:
            expected = sums.get((rule, level, unit, kind, period), [0, 0])
        elif kind == "rolling4" and period == problem.window:
            quarters = [
                sums.get((rule, level, unit, "quarter", quarter), [0, 0]) for quarter in window_quarters(period)
            ]
            expected = [sum(quarter[i] for quarter in quarters) for i in (0, 1)]
        else:
            continue
        if rule in problem.national_only and level != "national":
            continue
        if list(value) != expected:
            raise FiguresDisagree(
                f"{rule}, {level} {unit}, {kind} {period} is not the sum of its municipalities and quarters"
            )


def current_figures(published: Mapping[Key, Value], earlier: Sequence[Printed] = ()) -> dict[Key, Value]:
    """What a release shows: its own figures, and earlier windows as they were printed last."""
    figures: dict[Key, Value] = {}
    for release in earlier:
        figures.update(release.published)
    figures.update(published)
    return figures


def protected_rows(published: Mapping[Key, Value], earlier: Sequence[Printed] = ()) -> list[ProtectedRow]:
    """The lines that may be printed, the rolling series included, sorted by rule, level, unit and window."""
    figures = current_figures(published, earlier)
    rows = []
    for rule, level, unit, window in sorted({key[:4] for key in figures}):
        due = figures.get(Key(rule, level, unit, window, "due"), HIDDEN)
        met = figures.get(Key(rule, level, unit, window, "met"), HIDDEN)
        rate = low = high = None
        if isinstance(due, int) and isinstance(met, int) and due > 0:
            rate, low, high = whole_percent(met / due), *wilson(met, due)
        rows.append(ProtectedRow(rule, level, unit, window, due, met, rate, low, high))
    return rows


def whole_percent(share: float) -> int:
    """Round half up; but only all is 100 and only none is 0."""
    percent = int(100 * share + 0.5)
    if share < 1:
        percent = min(percent, 99)
    return max(percent, 1) if share > 0 else percent


def wilson(met: int, due: int) -> tuple[int, int]:
    """The 95 % interval of Wilson (1927, JASA 22:209) in whole percents, rounded outwards."""
    z, n = _NORMAL_95, due
    middle = (met + z * z / 2) / (n + z * z)
    half = z * sqrt(met * (n - met) / n + z * z / 4) / (n + z * z)
    low, high = 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
    return int(low + 1e-9), -int(-(high - 1e-9) // 1)

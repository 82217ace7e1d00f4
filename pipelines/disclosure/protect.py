"""Hide: decide which figures of one release are not shown, so that no reader can work out a small one.

Belongs here: primary hiding, the repair that the attacker leads, and the pruning of what proved unnecessary.
Does not belong here: the verdict. ``audit.py`` judges the result with code of its own, and only its verdict lets a
release out.

The method is that of complementary cell suppression by linear programming (Kelly, Golden & Assad 1992; Robertson 1993;
Castro 2012, "Recent advances in optimization techniques for statistical tabular data protection"). The unknowns are
the unpublished whole numbers below everything else: met and not met of each rule, municipality and quarter. A figure
that was printed, now or in an earlier release, fixes a sum of unknowns. For each hidden figure that must stay
uncertain one programme looks for the cheapest other table in which it lies as far away as needed: moving figures that
are hidden already is free, moving figures printed by earlier releases is impossible, moving a figure of this release
costs its weight - and means hiding it. A figure is safe for an insider (a municipality that knows all its own unknowns)
when there is such a table that leaves the insider's unknowns alone.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, factorial, log2

import highspy
import numpy as np
from scipy import sparse

from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Count,
    Key,
    Mark,
    Printed,
    Problem,
    Table,
    Target,
    Value,
    Variable,
)

LEVEL_WEIGHT = {"municipality": 1.0, "region": 4.0, "area": 4.0, "national": 40.0}
PARTS = ("met", "not_met")
_OUTSIDER = object()
# What moving one person in a figure that is hidden anyway costs: enough to prefer small tables, which leave most
# insiders out, and far too little to prefer hiding another figure.
_MOVEMENT = 1e-3


@dataclass(frozen=True)
class Protection:
    """What a release may show. ``unsolved`` names figures that earlier releases gave away: hiding cannot mend that."""

    published: Mapping[Key, Value]
    cells: int
    hidden_first: int
    hidden_second: int
    restated: tuple[Key, ...]
    unsolved: tuple[tuple[Target, str], ...]
    seconds: float
    programmes: int = 0
    tables: tuple[Table, ...] = field(default=(), repr=False)


def protect(
    problem: Problem,
    *,
    threshold: int = 5,
    seed: bytes,
    earlier: Sequence[Printed] = (),
    insiders: bool = True,
    risk: float = 1e-3,
) -> Protection:
    """Return the figures of this release with everything hidden that has to be.

    ``seed`` is secret and kept with the release: it breaks ties between equally cheap figures, so that nobody can argue
    backwards from the choice (the minimality attack). ``risk``: when the chance is at least this that a window to come
    is small, its part that is known already is kept uncertain downwards now, for what this release gives away no later
    one can take back.
    """
    started = time.perf_counter()
    published: dict[Key, Value] = {}
    first = second = programmes = 0
    restated: list[Key] = []
    unsolved: list[tuple[Target, str]] = []
    tables: list[Table] = []
    for rules in _components(problem):
        chance = np.random.default_rng(
            int.from_bytes(hashlib.sha256(seed + "|".join((problem.name, *rules)).encode()).digest()[:8], "big")
        )
        system = _System(problem, rules, threshold, earlier)
        repair = _Repair(system, threshold, chance, insiders, risk)
        repair.run()
        unsolved += repair.unsolved
        programmes += repair.programmes
        tables += repair.tables()
        for row in system.rows:
            for measure, hidden, primary in (
                ("due", row.due_hidden, row.due_primary),
                ("met", row.met_hidden, row.met_primary),
            ):
                key = Key(*row.place, measure)
                if row.restated and (row.due_hidden or row.met_hidden):
                    continue  # the old figure stays as it was printed: replacing it by a mark would say why
                published[key] = HIDDEN if hidden else row.value[measure]
                first += hidden and primary
                second += hidden and not primary
                if row.restated:
                    restated.append(key)
        published.update(system.standing)
    return Protection(
        published=dict(sorted(published.items())),
        cells=len(published),
        hidden_first=first,
        hidden_second=second,
        restated=tuple(sorted(restated)),
        unsolved=tuple(unsolved),
        seconds=time.perf_counter() - started,
        programmes=programmes,
        tables=tuple(tables),
    )


def _components(problem: Problem) -> list[tuple[str, ...]]:
    """Rules that no reader can set against each other are dealt with apart."""
    leader = {rule: rule for rule in problem.disclosure}

    def find(rule: str) -> str:
        while leader[rule] != rule:
            rule = leader[rule]
        return rule

    for group in [*problem.shared, *((bound.small, bound.large) for bound in problem.bounds)]:
        for rule in group[1:]:
            leader[find(rule)] = find(group[0])
    groups = defaultdict(list)
    for rule in sorted(problem.disclosure):
        groups[find(rule)].append(rule)
    return [tuple(group) for group in groups.values()]


def _number(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[-1]) - 1


def _quarter(number: int) -> str:
    return f"{number // 4}-Q{number % 4 + 1}"


def _window(last: str) -> tuple[str, ...]:
    return tuple(_quarter(_number(last) - back) for back in (3, 2, 1, 0))


def _matrix(rows: Sequence[Mapping[int, float]], width: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(
        (
            np.array([value for row in rows for value in row.values()], dtype=float),
            ([r for r, row in enumerate(rows) for _ in row], [i for row in rows for i in row]),
        ),
        shape=(len(rows), width),
    )


def _without_parts(sums: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Known sums less the known sums inside them: the same knowledge in fewer terms."""
    at: dict[int, list[frozenset[int]]] = defaultdict(list)
    found: dict[frozenset[int], None] = {}
    for ids in sorted(sums, key=lambda chosen: (len(chosen), min(chosen, default=0))):
        left = set(ids)
        inside = {other for i in ids for other in at[i]}
        for other in sorted(inside, key=lambda chosen: (-len(chosen), min(chosen))):
            if other <= left:
                left -= other
        for i in ids:
            at[i].append(ids)
        if left:
            found[frozenset(left)] = None
    return list(found)


@dataclass
class _Row:
    """One rule, unit and window that this release may print: due and met, shown or hidden."""

    place: tuple[str, str, str, str]
    ids: dict[str, list[int]]
    value: dict[str, int]
    restated: bool
    outcome: bool
    due_primary: bool = False
    met_primary: bool = False
    due_hidden: bool = False
    met_hidden: bool = False


@dataclass
class _Goal:
    """A figure that must stay uncertain: it has to be able to fall and to rise by enough, for every reader."""

    target: Target
    ids: frozenset[int]
    value: int
    kind: str
    own: dict[str, int] = field(default_factory=dict)


class _System:
    """The unknowns of rules that belong together, and every sum of them that is or may be printed."""

    def __init__(self, problem: Problem, rules: tuple[str, ...], threshold: int, earlier: Sequence[Printed]) -> None:
        self.problem, self.rules, self.threshold = problem, rules, threshold
        self.variables: list[Variable] = []
        self.truth: list[int] = []
        self.index: dict[Variable, int] = {}
        self.version: dict[tuple[str, str], tuple[str, tuple[Count, ...]]] = {}
        self.revisions: list[tuple[int, int]] = []
        self.frozen: dict[frozenset[int], int] = {}
        self.rows: list[_Row] = []
        self.goals: dict[tuple[frozenset[int], str], _Goal] = {}
        self.standing: dict[Key, Value] = {}
        self.hidden_before: set[str] = set()
        self.units_of: dict[str, frozenset[tuple[str, str]]] = {}
        self.moving: set[str] = set()
        printed: dict[Key, Value] = {}
        for release in earlier:
            new = {
                key: value
                for key, value in release.published.items()
                if key.rule in rules and (key not in printed or printed[key] != value)
            }
            self._read(release.problem, new, printed)
            printed.update(new)
        self.kept_tables = [
            table for release in earlier[-1:] for table in release.tables if table.changes[0][0].rule in rules
        ]
        self.last_printed = max((_number(key.period) for key in printed), default=-1)
        self._offer(printed)

    # -- unknowns ------------------------------------------------------------------------------------------------

    def _places(self, problem: Problem, quarters: Iterable[str]) -> None:
        """Make the unknowns of these quarters as this release counts them; a changed place gets new ones."""
        wanted = set(quarters)
        for municipality, quarter in problem.parents:
            if quarter not in wanted:
                continue
            units = frozenset(problem.parents[municipality, quarter])
            if self.units_of.setdefault(municipality, units) != units:
                self.moving.add(municipality)
            counts = tuple(problem.counts.get((rule, municipality, quarter), Count(0, 0)) for rule in self.rules)
            known = self.version.get((municipality, quarter))
            if known is not None and known[1] == counts:
                continue
            self.version[municipality, quarter] = (problem.name, counts)
            for rule, count in zip(self.rules, counts):
                for part, value in zip(PARTS, count):
                    variable = Variable(rule, municipality, quarter, problem.name, part)
                    self.index[variable] = len(self.variables)
                    if known is not None:
                        before = Variable(rule, municipality, quarter, known[0], part)
                        self.revisions.append((self.index[before], len(self.variables)))
                    self.variables.append(variable)
                    self.truth.append(value)

    def _ids(self, rule: str, places: Iterable[tuple[str, str]], measure: str) -> list[int]:
        parts = PARTS if measure == "due" else (measure,)
        return [
            self.index[Variable(rule, municipality, quarter, self.version[municipality, quarter][0], part)]
            for municipality, quarter in places
            for part in parts
        ]

    def _units(self, problem: Problem, quarters: Sequence[str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """(level, unit) -> the (municipality, quarter) pairs it counts."""
        units: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        wanted = set(quarters)
        for (municipality, quarter), parents in problem.parents.items():
            if quarter not in wanted:
                continue
            units["municipality", municipality].append((municipality, quarter))
            for parent in parents:
                units[parent].append((municipality, quarter))
        return units

    def _sum(self, ids: Iterable[int]) -> int:
        return sum(self.truth[i] for i in ids)

    # -- what was printed, what may be printed ---------------------------------------------------------------------

    def _read(self, problem: Problem, new: Mapping[Key, Value], printed: Mapping[Key, Value]) -> None:
        anew = {(key.rule, key.period) for key in new}
        for last in sorted({period for _, period in anew}, key=_number):
            quarters = _window(last)
            self._places(problem, quarters)
            units = self._units(problem, quarters)
            for (level, unit), places in units.items():
                for rule in self.rules:
                    values = {m: new.get(Key(rule, level, unit, last, m)) for m in ("due", "met")}
                    for measure, value in values.items():
                        if value is None or isinstance(value, Mark):
                            continue
                        ids = frozenset(self._ids(rule, places, measure))
                        if self._sum(ids) != value:
                            raise ValueError(
                                f"{problem.name}: {rule} {level} {unit} {last} {measure} was printed "
                                f"otherwise than it was counted"
                            )
                        self.frozen[ids] = value
                    if level == "municipality" and any(isinstance(value, Mark) for value in values.values()):
                        self.hidden_before.add(unit)
                    if (rule, last) in anew:
                        self._window_goals(problem, rule, level, unit, last, places)
            self._quarter_goals(problem, units, quarters)

    def _offer(self, printed: Mapping[Key, Value]) -> None:
        """The rows that this release may print: its window, and earlier ones that changed enough."""
        problem, k = self.problem, self.threshold
        windows = {key.period for key in printed} | {problem.window}
        for last in sorted(windows, key=_number):
            quarters = _window(last)
            units = self._units(problem, quarters)
            offered: list[tuple[str, str, str, bool]] = []
            for (level, unit), places in units.items():
                if unit == UNKNOWN and level == "municipality":
                    continue
                for rule in self.rules:
                    if rule in problem.national_only and level != "national":
                        continue
                    before = [printed.get(Key(rule, level, unit, last, m)) for m in ("due", "met")]
                    if before == [None, None]:
                        if last == problem.window:
                            offered.append((rule, level, unit, False))
                        continue
                    counts = [problem.counts.get((rule, *place), Count(0, 0)) for place in places]
                    now = [sum(c.met + c.not_met for c in counts), sum(c.met for c in counts)]
                    if any(isinstance(old, Mark) for old in before):
                        changed = problem.restatement
                    else:
                        change = max(abs(new - old) for new, old in zip(now, before) if isinstance(old, int))
                        changed = change >= k or (problem.restatement and change > 0)
                    if changed:
                        offered.append((rule, level, unit, True))
                    elif last == problem.window:
                        for measure, old in zip(("due", "met"), before):
                            if old is not None:
                                self.standing[Key(rule, level, unit, last, measure)] = old
            if not offered:
                continue
            self._places(problem, quarters)
            for rule, level, unit, restated in offered:
                self._make_row(rule, level, unit, last, units[level, unit], restated)
            # Every unit, not only those printed anew: what was hidden before stays hidden as it is counted now.
            for rule in dict.fromkeys(entry[0] for entry in offered):
                for (level, unit), places in units.items():
                    if rule not in problem.national_only or level == "national" or unit == UNKNOWN:
                        self._window_goals(problem, rule, level, unit, last, places)
            if last == problem.window:
                self._tail_goals(units, quarters)
            self._quarter_goals(problem, units, quarters)

    def _make_row(
        self, rule: str, level: str, unit: str, last: str, places: list[tuple[str, str]], restated: bool
    ) -> None:
        k = self.threshold
        ids = {measure: self._ids(rule, places, measure) for measure in ("due", "met", "not_met")}
        value = {measure: self._sum(ids[measure]) for measure in ids}
        outcome = self.problem.disclosure[rule] == "outcome"
        row = _Row((rule, level, unit, last), ids, value, restated, outcome)
        if 0 < value["due"] < k:
            row.due_primary = row.met_primary = True
        elif outcome and (0 < value["met"] < k or 0 < value["not_met"] < k):
            row.met_primary = True
        row.due_hidden, row.met_hidden = row.due_primary, row.met_primary
        self.rows.append(row)

    # -- what must stay uncertain ----------------------------------------------------------------------------------

    def _measures(self, problem: Problem, rule: str) -> tuple[str, ...]:
        return ("due", "met", "not_met") if problem.disclosure.get(rule) == "outcome" else ("due",)

    def _goal(self, kind: str, target: Target, ids: Iterable[int]) -> None:
        chosen = frozenset(ids)
        value = self._sum(chosen)
        if not 0 < value < self.threshold or (chosen, kind) in self.goals:
            return
        goal = _Goal(target, chosen, value, kind)
        for i in chosen:
            if self.truth[i] and self.variables[i].municipality != UNKNOWN:
                municipality = self.variables[i].municipality
                goal.own[municipality] = goal.own.get(municipality, 0) + self.truth[i]
        self.goals[chosen, kind] = goal

    def _window_goals(
        self, problem: Problem, rule: str, level: str, unit: str, last: str, places: Iterable[tuple[str, str]]
    ) -> None:
        for measure in self._measures(problem, rule):
            target = Target(rule, level, unit, "rolling4", last, measure, problem.name)
            self._goal("window", target, self._ids(rule, places, measure))

    def _quarter_goals(
        self, problem: Problem, units: Mapping[tuple[str, str], list[tuple[str, str]]], quarters: Sequence[str]
    ) -> None:
        for (level, unit), places in units.items():
            for quarter in quarters:
                inside = [place for place in places if place[1] == quarter]
                for rule in self.rules:
                    if rule in problem.national_only and level != "national":
                        continue
                    for measure in self._measures(problem, rule):
                        target = Target(rule, level, unit, "quarter", quarter, measure, problem.name)
                        self._goal("quarter", target, self._ids(rule, inside, measure))

    def _tail_goals(self, units: Mapping[tuple[str, str], list[tuple[str, str]]], quarters: Sequence[str]) -> None:
        for (level, unit), places in units.items():
            for length in (1, 2, 3):
                inside = [place for place in places if place[1] in quarters[-length:]]
                for rule in self.rules:
                    if rule in self.problem.national_only and level != "national":
                        continue
                    for measure in self._measures(self.problem, rule):
                        target = Target(rule, level, unit, f"tail{length}", quarters[-1], measure, self.problem.name)
                        self._goal("tail", target, self._ids(rule, inside, measure))


@dataclass
class _Whole:
    """The whole programme as arrays. The first ``movements`` columns move unknowns, the others price figures."""

    matrix: sparse.csc_matrix
    costs: np.ndarray
    most: np.ndarray
    low: np.ndarray
    high: np.ndarray
    movements: int
    defined_by: np.ndarray


class _Programme:
    """The programme with some of its movements, kept warm in the solver."""

    def __init__(self, whole: _Whole, movements: np.ndarray, chance: np.random.Generator) -> None:
        self.whole, self.chance = whole, chance
        # What moves changes figures, whose changes are part of the changes of larger units, and so on upwards.
        priced = np.array([], dtype=int)
        while True:
            self.columns = np.concatenate([movements, priced]).astype(int)
            rows = np.unique(whole.matrix[:, self.columns].indices)
            reached = np.flatnonzero(np.isin(whole.defined_by, rows)) + whole.movements
            if len(reached) == len(priced):
                break
            priced = reached
        self.movements = len(movements)
        matrix = whole.matrix[:, self.columns].tocsr()
        rows = np.flatnonzero(np.diff(matrix.indptr))
        matrix = matrix[rows].tocsc()
        self.row_at = {int(row): place for place, row in enumerate(rows)}
        self.column_at = {int(column): place for place, column in enumerate(self.columns)}
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.columns), len(rows)
        model.col_cost_ = whole.costs[self.columns]
        model.col_lower_, model.col_upper_ = np.zeros(len(self.columns)), whole.most[self.columns]
        model.row_lower_, model.row_upper_ = whole.low[rows], whole.high[rows]
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        self.solver = highspy.Highs()
        seed = int(chance.integers(2**30))
        for option, setting in (("output_flag", False), ("presolve", "off"), ("threads", 1), ("random_seed", seed)):
            self.solver.setOptionValue(option, setting)
        self.solver.passModel(model)

    def set_cost(self, column: int, cost: float) -> None:
        if column in self.column_at:
            self.solver.changeColCost(self.column_at[column], cost)

    def set_most(self, column: int, most: float) -> None:
        if column in self.column_at:
            self.solver.changeColBounds(self.column_at[column], 0.0, most)

    def optimum(self, row: int, low: float, high: float, fixed: Sequence[int]) -> np.ndarray | None:
        """The cheapest table in whole persons with ``row`` between ``low`` and ``high``, in the whole's columns."""
        if row not in self.row_at:
            return None
        place = self.row_at[row]
        still = np.array([self.column_at[column] for column in fixed if column in self.column_at], dtype=np.int32)
        self.solver.changeRowBounds(place, low, high)
        if len(still):
            self.solver.changeColsBounds(len(still), still, np.zeros(len(still)), np.zeros(len(still)))
        found = self._whole_persons()
        self.solver.changeRowBounds(place, -highspy.kHighsInf, highspy.kHighsInf)
        if len(still):
            most = self.whole.most[self.columns[still]]
            self.solver.changeColsBounds(len(still), still, np.zeros(len(still)), most)
        if found is None:
            return None
        result = np.zeros(self.whole.matrix.shape[1])
        result[self.columns] = found
        return result

    def _whole_persons(self) -> np.ndarray | None:
        """A table with halves proves nothing; another corner of nearly the same price is usually whole."""
        columns = np.arange(self.movements, dtype=np.int32)
        usual = self.whole.costs[self.columns[: self.movements]]
        found: np.ndarray | None = None
        changed = False
        for attempt in range(8):
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            found = np.array(self.solver.getSolution().col_value)
            inner = found[: self.movements]
            if np.abs(inner - np.round(inner)).max(initial=0.0) <= 1e-6:
                break
            found = None
            nearby = usual * (1 + self.chance.random(len(columns)) * 2.0**attempt)
            self.solver.changeColsCost(len(columns), columns, nearby)
            changed = True
        else:
            found = self._branch_and_bound(columns)
        if changed:
            self.solver.changeColsCost(len(columns), columns, usual)
        return found

    def _branch_and_bound(self, columns: np.ndarray) -> np.ndarray | None:
        kinds = highspy.HighsVarType
        self.solver.changeColsIntegrality(len(columns), columns, np.full(len(columns), kinds.kInteger))
        limit = self.solver.getRunTime() + 20.0
        for option, setting in (("presolve", "choose"), ("mip_rel_gap", 1.0), ("time_limit", limit)):
            self.solver.setOptionValue(option, setting)
        self.solver.run()
        has_table = self.solver.getInfo().primal_solution_status == 2
        found = np.array(self.solver.getSolution().col_value) if has_table else None
        for option, setting in (("presolve", "off"), ("time_limit", highspy.kHighsInf)):
            self.solver.setOptionValue(option, setting)
        self.solver.changeColsIntegrality(len(columns), columns, np.full(len(columns), kinds.kContinuous))
        return found


class _Repair:
    """The attacker's programme over one system, and what is hidden on his advice."""

    def __init__(
        self, system: _System, threshold: int, chance: np.random.Generator, insiders: bool, risk: float
    ) -> None:
        self.system, self.k, self.chance, self.risk = system, threshold, chance, risk
        self.truth = np.array(system.truth, dtype=float)
        self.municipality = [variable.municipality for variable in system.variables]
        self.readers: tuple[object, ...] = (_OUTSIDER,)
        if insiders:
            self.readers += tuple(sorted(set(self.municipality) - {UNKNOWN}))
        self.unsolved: list[tuple[Target, str]] = []
        self.programmes = 0
        self.pool: list[dict[int, float]] = []
        self.pool_at: dict[int, set[int]] = defaultdict(set)
        self.pool_touches: list[set[str]] = []
        # goal -> tables -> the readers whom these tables convince
        self.proofs: dict[tuple[frozenset[int], str], dict[tuple[int, ...], set[object]]] = {}
        self._measure_slack()

    def run(self) -> None:
        goals = [goal for goal in self.system.goals.values() if self._wanted(goal)]
        goals = [goal for goal in goals if not self._calendar_shift_suffices(goal)]
        if not goals:
            return
        order = {"window": 0, "quarter": 1, "tail": 2}
        goals.sort(key=lambda goal: (order[goal.kind], goal.target))
        self.sought = goals
        self._build(goals)
        self._recall()
        for goal in goals:
            self._secure(goal)
        self._prune(goals)

    def _wanted(self, goal: _Goal) -> bool:
        """Is there a chance worth heeding that a window to come is small and contains this tail?

        The newest n quarters belong to the window 4 - n quarters from now. It is small when the quarters to come bring
        few: a Poisson chance at the present pace.
        """
        if goal.kind != "tail":
            return True
        length = int(goal.target.kind[-1])
        for row in self.system.rows:
            if row.place == (goal.target.rule, goal.target.level, goal.target.unit, goal.target.period):
                pace = row.value[goal.target.measure] / 4 * (4 - length)
                room = self.k - 1 - goal.value
                chance = sum(exp(-pace) * pace**more / factorial(more) for more in range(room + 1))
                return chance >= self.risk
        return True

    # -- the cheapest tables: one season gives to another --------------------------------------------------------

    def _measure_slack(self) -> None:
        """How many each municipality could move from one season to another in every year alike.

        Taking one person out of every first quarter and putting one into every third leaves each sum of four quarters
        as it was, in every release, whether printed or not. It needs a person in every first quarter. Where rules
        belong together they are moved together, so nothing between them changes either.
        """
        least: dict[tuple[str, str, int], float] = {}
        for variable, value in zip(self.system.variables, self.system.truth):
            place = (variable.municipality, variable.part, _number(variable.quarter) % 4)
            least[place] = min(least.get(place, value), value)
        # A larger unit whose members change counts only some of the four quarters, and would notice.
        for municipality in self.system.moving:
            for part in PARTS:
                for season in range(4):
                    least[municipality, part, season] = 0
        self.slack = least

    def _range(self, goal: _Goal) -> dict[str, tuple[float, float]]:
        """How far each municipality can move the goal down and up by moving between its own seasons only."""
        seasons: dict[tuple[str, str], set[int]] = defaultdict(set)
        for i in goal.ids:
            variable = self.system.variables[i]
            seasons[variable.municipality, variable.part].add(_number(variable.quarter) % 4)
        reach: dict[str, tuple[float, float]] = {}
        for (municipality, part), inside in seasons.items():
            down = sum(self.slack.get((municipality, part, season), 0) for season in inside)
            up = sum(self.slack.get((municipality, part, season), 0) for season in range(4) if season not in inside)
            old = reach.get(municipality, (0.0, 0.0))
            reach[municipality] = (old[0] + down, old[1] + up)
        return reach

    def _calendar_shift_suffices(self, goal: _Goal) -> bool:
        if goal.kind == "window":
            return False
        reach = self._range(goal)
        down, up = (sum(pair[side] for pair in reach.values()) for side in (0, 1))
        for reader in (_OUTSIDER, *(self.readers[1:] and reach)):
            own_down, own_up = reach.get(reader, (0.0, 0.0)) if isinstance(reader, str) else (0.0, 0.0)
            rest = goal.value - (goal.own.get(reader, 0) if isinstance(reader, str) else 0)
            if rest <= 0 or reader == UNKNOWN:
                continue
            if goal.kind == "tail":
                if down - own_down < rest - 1:
                    return False
            elif min(down - own_down, rest) + (up - own_up) < self.k - 1:
                return False
        return True

    # -- the programme -------------------------------------------------------------------------------------------

    def _take_everyone(self) -> bool:
        """Let every municipality move all its unknowns, if that is not so already: before anything is given up."""
        if self.everyone:
            return False
        self._build(self.sought, everyone=True)
        return True

    def _build(self, goals: Sequence[_Goal], *, everyone: bool = False) -> None:
        system, chance = self.system, self.chance
        now = _number(system.problem.window)
        extends = now > system.last_printed
        detail = {UNKNOWN} | system.hidden_before | system.moving
        for row in system.rows:
            if row.place[1] == "municipality" and row.met_hidden:
                detail.add(row.place[2])
        for goal in goals:
            if goal.kind != "window" and goal.target.level == "municipality":
                detail.add(goal.target.unit)
        if not extends or not system.frozen:
            detail = set(self.municipality)
        if any(goal.kind != "window" and goal.target.level != "municipality" for goal in goals):
            # The quarters of a larger unit are moved by any of its municipalities.
            wide = {self.municipality[i] for goal in goals if goal.kind != "window" for i in goal.ids}
            detail |= wide
        self.everyone = everyone or detail >= set(self.municipality)
        if self.everyone:
            detail = set(self.municipality)
        # Columns: each a movement of unknowns, up to a limit. Municipalities whose windows were always shown can
        # only change this window by their newest quarter, or by the season shift that leaves earlier windows alone.
        effects: list[dict[int, int]] = []
        limits: list[float] = []
        owner: list[str] = []
        nothing = {i for ids, value in system.frozen.items() if value == 0 for i in ids}
        for i, variable in enumerate(system.variables):
            if i in nothing:
                continue
            if variable.municipality in detail or _number(variable.quarter) == now:
                effects.append({i: 1})
                limits.append(highspy.kHighsInf)
                effects.append({i: -1})
                limits.append(self.truth[i])
                owner += [variable.municipality] * 2
        by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, variable in enumerate(system.variables):
            if variable.municipality not in detail:
                by_place[variable.municipality, variable.part].append(i)
        for (municipality, part), ids in by_place.items():
            for season in range(4):
                limit = self.slack.get((municipality, part, season), 0)
                if season == now % 4 or limit <= 0:
                    continue
                effect = {}
                for i in ids:
                    number = _number(system.variables[i].quarter)
                    if number % 4 == season:
                        effect[i] = -1
                    elif number % 4 == now % 4 and number != now:
                        effect[i] = 1
                effects.append(effect)
                limits.append(limit)
                owner.append(municipality)
        self.effects = effects
        moves = _matrix(effects, len(self.truth)).T.tocsr()
        # Rows: what is printed may not change; what this release may print changes at a price.
        sums: list[Mapping[int, float]] = []
        lower: list[float] = []
        upper: list[float] = []
        for ids in _without_parts(system.frozen):
            if any(self.municipality[i] in detail and i not in nothing for i in ids):
                sums.append(dict.fromkeys(ids, 1.0))
                lower.append(0.0)
                upper.append(0.0)
        for coefficients, low, high in self._relations():
            sums.append(coefficients)
            lower.append(low)
            upper.append(high)
        self.price: list[float] = []
        self.elastic: dict[tuple[int, str], int] = {}
        self.cell_of: list[tuple[int, str]] = []
        slack_entries: list[tuple[int, int, float]] = []
        defined_by: list[int] = []
        changes: list[tuple[str, str, frozenset[int], int]] = []
        order = {"municipality": 0, "region": 1, "area": 2, "national": 3}
        for number, row in sorted(enumerate(system.rows), key=lambda pair: order.get(pair[1].place[1], 4)):
            weight = LEVEL_WEIGHT.get(row.place[1], 1.0) * log2(row.value["due"] + 2) * (1 + 0.2 * chance.random())
            for measure in ("due", "met"):
                self.elastic[number, measure] = len(self.price)
                self.cell_of.append((number, measure))
                # With a hidden due the met goes too, so the due carries the price of both.
                self.price.append(weight if measure == "due" or row.outcome else 0.01 * weight)
                place = self.elastic[number, measure]
                defined_by.append(len(sums))
                slack_entries += [(len(sums), 2 * place, -1.0), (len(sums), 2 * place + 1, 1.0)]
                # The change of a unit is the sum of the changes of the units in it: far fewer terms than unknowns.
                left = set(row.ids[measure])
                for rule, period, ids, other in reversed(changes):
                    if (rule, period) == (row.place[0], row.place[3] + measure) and ids <= left:
                        left -= ids
                        slack_entries += [(len(sums), 2 * other, 1.0), (len(sums), 2 * other + 1, -1.0)]
                changes.append((row.place[0], row.place[3] + measure, frozenset(row.ids[measure]), place))
                sums.append(dict.fromkeys(left, 1.0))
                lower.append(0.0)
                upper.append(0.0)
        self.goal_row: dict[tuple[frozenset[int], str], int] = {}
        for goal in goals:
            self.goal_row[goal.ids, goal.kind] = len(sums)
            sums.append(dict.fromkeys(goal.ids, 1.0))
            lower.append(-highspy.kHighsInf)
            upper.append(highspy.kHighsInf)
        matrix = _matrix(sums, len(self.truth)) @ moves
        count = len(self.price)
        at_rows, at_columns, entries = zip(*slack_entries) if slack_entries else ((), (), ())
        slack = sparse.csr_matrix((entries, (at_rows, at_columns)), shape=(len(sums), 2 * count))
        whole = sparse.hstack([matrix, slack]).tocsc()
        whole.eliminate_zeros()
        self.first_price_column = len(effects)
        # Quarters that windows to come will contain cost more, so that tables found now still agree with those.
        recent = [
            sum(3.0 if _number(system.variables[i].quarter) > now - 3 else 1.0 for i in effect) for effect in effects
        ]
        movement_price = _MOVEMENT * (1 + chance.random(len(effects))) * recent
        self.moves = moves
        self.columns_of: dict[str, list[int]] = defaultdict(list)
        for column, municipality in enumerate(owner):
            self.columns_of[municipality].append(column)
        self.whole = _Whole(
            matrix=whole,
            costs=np.concatenate([movement_price, np.repeat(self.price, 2)]),
            most=np.concatenate([limits, np.full(2 * count, highspy.kHighsInf)]),
            low=np.array(lower),
            high=np.array(upper),
            movements=len(effects),
            defined_by=np.repeat(np.array(defined_by, dtype=int), 2),
        )
        self.programme_of: dict[str | None, _Programme] = {}
        self.home = {}
        for (municipality, quarter), parents in system.problem.parents.items():
            if quarter == system.problem.window:
                self.home[municipality] = next((unit for level, unit in parents if level == "region"), None)
        for number, row in enumerate(system.rows):
            for measure, hidden in (("due", row.due_hidden), ("met", row.met_hidden)):
                if hidden:
                    self._free(number, measure)

    def _relations(self) -> list[tuple[dict[int, float], float, float]]:
        """Relations between rules, and how far a reader may believe a revised count to be from the old one."""
        system = self.system
        problem = system.problem
        found: list[tuple[dict[int, float], float, float]] = []
        at: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, variable in enumerate(system.variables):
            at[variable.municipality, variable.quarter, variable.release][variable.rule].append(i)
        if len(system.rules) > 1:
            for here in at.values():
                for group in problem.shared:
                    inside = [rule for rule in group if rule in here]
                    for rule in inside[1:]:
                        coefficients = dict.fromkeys(here[inside[0]], 1.0) | dict.fromkeys(here[rule], -1.0)
                        if sum(self.truth[i] * sign for i, sign in coefficients.items()):
                            raise ValueError(f"{inside[0]} and {rule} are said to have the same due, but do not")
                        found.append((coefficients, 0.0, 0.0))
                for bound in problem.bounds:
                    if bound.small not in here or bound.large not in here:
                        continue
                    parts = PARTS if bound.measure == "due" else (bound.measure,)
                    chosen = {
                        rule: [i for i in here[rule] if system.variables[i].part in parts]
                        for rule in (bound.small, bound.large)
                    }
                    coefficients = dict.fromkeys(chosen[bound.small], 1.0) | dict.fromkeys(chosen[bound.large], -1.0)
                    room = -sum(self.truth[i] * sign for i, sign in coefficients.items())
                    if room < 0:
                        raise ValueError(f"{bound.measure} of {bound.small} exceeds that of {bound.large}")
                    found.append((coefficients, -highspy.kHighsInf, room))
        for old, new in system.revisions:
            change = self.truth[new] - self.truth[old]
            most = abs(change) + self.k
            found.append(({new: 1.0, old: -1.0}, -most - change, most - change))
        return found

    def _price_columns(self, number: int, measure: str) -> tuple[int, int]:
        first = self.first_price_column + 2 * self.elastic[number, measure]
        return first, first + 1

    def _free(self, number: int, measure: str) -> None:
        for column in self._price_columns(number, measure):
            self.whole.costs[column] = 0.0
            for programme in self.programme_of.values():
                programme.set_cost(column, 0.0)

    def _limit(self, number: int, measure: str, most: float) -> None:
        for column in self._price_columns(number, measure):
            self.whole.most[column] = most
            for programme in self.programme_of.values():
                programme.set_most(column, most)

    def _programme(self, region: str | None) -> _Programme:
        """The programme in which only the municipalities of one region move; of all of them without a region."""
        if region not in self.programme_of:
            columns = np.arange(self.first_price_column)
            if region is not None:
                columns = np.array(
                    sorted(
                        column
                        for municipality, own in self.columns_of.items()
                        if self.home.get(municipality) == region
                        for column in own
                    ),
                    dtype=int,
                )
            self.programme_of[region] = _Programme(self.whole, columns, self.chance)
        return self.programme_of[region]

    def _solve(
        self, goal: _Goal, direction: int, need: float, reader: object
    ) -> tuple[dict[int, float], list[tuple[int, str]]] | None:
        """The cheapest table in which the goal lies ``need`` further in ``direction``, and the figures it costs.

        The neighbours in the region come first: what they can do for nothing nobody can do cheaper.
        """
        row = self.goal_row[goal.ids, goal.kind]
        low, high = (need, highspy.kHighsInf) if direction > 0 else (-highspy.kHighsInf, -need)
        fixed = self.columns_of.get(reader, []) if isinstance(reader, str) else []
        region = self.home.get(goal.target.unit) if goal.target.level == "municipality" else None
        result = None
        for place in dict.fromkeys((region, None)):
            self.programmes += 1
            found = self._programme(place).optimum(row, low, high, fixed)
            if found is None:
                continue
            movement = self.moves @ found[: self.first_price_column]
            table = {int(i): round(float(movement[i])) for i in np.flatnonzero(np.abs(movement) > 0.5)}
            elastic = found[self.first_price_column :]
            spent = np.flatnonzero(elastic[0::2] + elastic[1::2] > 1e-6)
            cost = [self.cell_of[place] for place in spent if not self._is_hidden(*self.cell_of[place])]
            result = table, cost
            if not cost:
                break
        return result

    def _is_hidden(self, number: int, measure: str) -> bool:
        row = self.system.rows[number]
        return row.due_hidden if measure == "due" else row.met_hidden

    def _hide(self, number: int, measure: str) -> None:
        row = self.system.rows[number]
        if not row.met_hidden:
            row.met_hidden = True
            self._free(number, "met")
        if (measure == "due" or not row.outcome) and not row.due_hidden:
            row.due_hidden = True
            self._free(number, "due")

    # -- goals ---------------------------------------------------------------------------------------------------

    def _rest(self, goal: _Goal, reader: object) -> int:
        """What is left of the goal to a reader who subtracts himself; that is what must stay uncertain to him."""
        return goal.value - (goal.own.get(reader, 0) if isinstance(reader, str) else 0)

    def _needs(self, goal: _Goal) -> dict[tuple[object, int], float]:
        """(reader, direction) -> how far he must be able to imagine the goal from where it is: to 1, and to k."""
        needs: dict[tuple[object, int], float] = {}
        for reader in self.readers:
            rest = self._rest(goal, reader)
            if rest > 1:
                needs[reader, -1] = rest - 1
            if rest > 0 and goal.kind == "window":
                needs[reader, 1] = self.k - rest
        return needs

    def _secure(self, goal: _Goal) -> None:
        if goal.kind == "quarter":
            self._settle_spread(goal, [r for r in self.readers if self._rest(goal, r) > 0], repair=True)
        else:
            self._settle(goal, self._needs(goal), repair=True)

    def _candidates(self, goal: _Goal) -> list[int]:
        return sorted(set().union(*(self.pool_at.get(i, ()) for i in goal.ids)))

    def _keep(self, table: dict[int, float]) -> int:
        self.pool.append(table)
        self.pool_touches.append({self.municipality[i] for i in table})
        for i in table:
            self.pool_at[i].add(len(self.pool) - 1)
        return len(self.pool) - 1

    def _moved(self, goal: _Goal, number: int) -> float:
        return sum(change for i, change in self.pool[number].items() if i in goal.ids)

    def _give_up(self, goal: _Goal, reader: object) -> None:
        """Nothing this release could hide would do: earlier releases gave it away. What is left is still protected."""
        entry = (goal.target, reader if isinstance(reader, str) else "outsider")
        if entry not in self.unsolved and goal.kind != "tail":
            self.unsolved.append(entry)

    def _cover(
        self, goal: _Goal, number: int, needs: dict[tuple[object, int], float], proof: dict[object, list[int]]
    ) -> None:
        moved, touched = self._moved(goal, number), self.pool_touches[number]
        for reader, direction in [n for n, need in needs.items() if need <= moved * n[1] and n[0] not in touched]:
            proof[reader].append(number)
            del needs[reader, direction]

    def _settle(self, goal: _Goal, needs: dict[tuple[object, int], float], *, repair: bool) -> bool:
        """Find a table for every reader; with ``repair`` hide what it takes, else say whether nothing is needed."""
        proof: dict[object, list[int]] = defaultdict(list)
        for number in self._candidates(goal):
            if needs:
                self._cover(goal, number, needs, proof)
        while needs:
            reader, direction = next(iter(needs))
            need = needs[reader, direction]
            found = self._solve(goal, direction, need, reader)
            if found is None:
                if not repair:
                    return False
                if self._take_everyone():
                    continue
                self._give_up(goal, reader)
                needs[reader, direction] = need - 1
                if need <= 1:
                    del needs[reader, direction]
                continue
            table, cost = found
            if cost and not repair:
                return False
            for cell in cost:
                self._hide(*cell)
            self._cover(goal, self._keep(table), needs, proof)
            if (reader, direction) in needs:
                raise RuntimeError(f"no progress on {goal.target}")
        self._note(goal, proof)
        return True

    def _note(self, goal: _Goal, proof: Mapping[object, Sequence[int]]) -> None:
        entry = self.proofs.setdefault((goal.ids, goal.kind), {})
        for readers in entry.values():
            readers.difference_update(proof)
        for reader, tables in proof.items():
            entry.setdefault(tuple(tables), set()).add(reader)

    def _settle_spread(self, goal: _Goal, readers: Sequence[object], *, repair: bool) -> bool:
        """An unpublished quarter must keep k possible values; which ones is free, so take what costs least."""
        moves = [(self._moved(goal, number), number) for number in self._candidates(goal)]
        blocked: set[str] | None = None
        usual: list[int] = []
        proof: dict[object, list[int]] = {}
        for reader in readers:
            if blocked is not None and reader not in blocked and reader not in goal.own:
                tables = usual
            else:
                tables = self._spread(reader, moves)
                if tables is None:
                    before = len(self.pool)
                    tables = self._widen(goal, reader, self.k - 1, repair)
                    if tables is None:
                        return False
                    moves += [(self._moved(goal, number), number) for number in range(before, len(self.pool))]
                if blocked is None and reader not in goal.own:
                    usual = tables
                    blocked = set().union(*(self.pool_touches[number] for number in tables))
            proof[reader] = tables
        self._note(goal, proof)
        return True

    def _spread(self, reader: object, moves: Sequence[tuple[float, int]]) -> list[int] | None:
        """The lowest and the highest of these tables that leave the reader alone, when they lie k - 1 apart."""
        least = most = 0.0
        tables: dict[int, int] = {}
        for moved, number in moves:
            if (moved < least or moved > most) and reader not in self.pool_touches[number]:
                if moved < least:
                    least, tables[-1] = moved, number
                else:
                    most, tables[1] = moved, number
                if most - least >= self.k - 1:
                    return list(tables.values())
        return None

    def _widen(self, goal: _Goal, reader: object, wide: int, repair: bool) -> list[int] | None:
        """The cheapest pair of tables that lie ``wide`` apart; narrower when earlier releases leave no such pair."""
        while wide > 0:
            best: list[tuple[dict[int, float], list[tuple[int, str]]]] | None = None
            least = float("inf")
            rest = self._rest(goal, reader)
            for down in sorted(range(min(rest, wide) + 1), key=lambda d: abs(d - (rest - 1))):
                pair = []
                for direction, need in ((-1, down), (1, wide - down)):
                    if need > 0:
                        pair.append(self._solve(goal, direction, need, reader))
                        if pair[-1] is None or (pair[-1][1] and not repair):
                            pair = None
                            break
                if pair is None:
                    continue
                cost = sum(self.price[self.elastic[cell]] for _, cells in pair for cell in cells)
                if cost < least:
                    best, least = pair, cost
                if cost == 0:
                    break
            if best is not None:
                for _, cells in best:
                    for cell in cells:
                        self._hide(*cell)
                return [self._keep(table) for table, _ in best]
            if not repair:
                return None
            if self._take_everyone():
                continue
            self._give_up(goal, reader)
            wide -= 1
        return []

    # -- tables of earlier releases --------------------------------------------------------------------------------

    def _recall(self) -> None:
        """Take up the tables that proved earlier releases, where they agree with this one too.

        A table that changes this window is mended first where possible: the newest quarter, which no earlier release
        knows, takes back what the other three gave.
        """
        system = self.system
        if not system.kept_tables:
            return
        now = _number(system.problem.window)
        newest: dict[tuple[str, str, str], int] = {}
        inside: dict[int, tuple[str, str, str]] = {}
        for row in system.rows:
            if row.place[1] != "national" or row.place[3] != system.problem.window:
                continue
            for part in PARTS:
                for i in row.ids[part]:
                    variable = system.variables[i]
                    place = (variable.rule, variable.municipality, part)
                    inside[i] = place
                    if _number(variable.quarter) == now > system.last_printed:
                        newest[place] = i
        tables: list[dict[int, float]] = []
        for kept in system.kept_tables:
            if any(variable not in system.index for variable, _ in kept.changes):
                continue
            table = {system.index[v]: value - self.truth[system.index[v]] for v, value in kept.changes}
            drift: dict[tuple[str, str, str], float] = defaultdict(float)
            for i, change in table.items():
                if i in inside:
                    drift[inside[i]] += change
            for place, change in drift.items():
                i = newest.get(place)
                if i is not None and change and self.truth[i] - change >= 0:
                    table[i] = table.get(i, 0.0) - change
            tables.append({i: change for i, change in table.items() if change})
        sums = [dict.fromkeys(ids, 1.0) for ids in system.frozen]
        low = [0.0] * len(sums)
        high = [0.0] * len(sums)
        for row in system.rows:
            for measure, hidden in (("due", row.due_hidden), ("met", row.met_hidden)):
                if not hidden:
                    sums.append(dict.fromkeys(row.ids[measure], 1.0))
                    low.append(0.0)
                    high.append(0.0)
        for coefficients, least, most in self._relations():
            sums.append(coefficients)
            low.append(least)
            high.append(most)
        matrix = _matrix(sums, len(self.truth))
        change = _matrix(tables, len(self.truth)).T.tocsc()
        moved = (matrix @ change).toarray()
        agrees = ((moved >= np.array(low)[:, None] - 1e-6) & (moved <= np.array(high)[:, None] + 1e-6)).all(axis=0)
        for number in np.flatnonzero(agrees):
            self._keep(tables[number])

    def tables(self) -> list[Table]:
        """The tables that the proofs rest on, for the releases to come."""
        used = sorted(
            {
                number
                for entry in self.proofs.values()
                for tables, readers in entry.items()
                if readers
                for number in tables
            }
        )
        variables = self.system.variables
        return [
            Table(tuple((variables[i], int(self.truth[i] + change)) for i, change in sorted(self.pool[number].items())))
            for number in used
            if self.pool[number]
        ]

    # -- take back what is not needed ----------------------------------------------------------------------------

    def _prune(self, goals: Sequence[_Goal]) -> None:
        """Show again, dearest first, every figure without which all goals still have their tables."""
        by_key = {(goal.ids, goal.kind): goal for goal in goals}
        rows = [
            number
            for number, row in enumerate(self.system.rows)
            if (row.due_hidden and not row.due_primary) or (row.met_hidden and not row.met_primary)
        ]
        rows.sort(key=lambda number: -self.price[self.elastic[number, "due"]])
        for number in rows:
            row = self.system.rows[number]
            due = row.due_hidden and not row.due_primary
            met = row.met_hidden and not row.met_primary
            choices = [("due", "met")] if due and met else [("due",)] if due else [("met",)]
            if due and met and row.outcome:
                choices.append(("due",))
            for measures in choices:
                if self._unhide(number, measures, by_key):
                    break

    def _unhide(
        self, number: int, measures: tuple[str, ...], by_key: Mapping[tuple[frozenset[int], str], _Goal]
    ) -> bool:
        row = self.system.rows[number]
        inside = {measure: set(row.ids[measure]) for measure in measures}
        broken = {
            table
            for table in set().union(*(self.pool_at.get(i, ()) for ids in inside.values() for i in ids))
            if any(sum(c for i, c in self.pool[table].items() if i in ids) for ids in inside.values())
        }
        for measure in measures:
            self._limit(number, measure, 0.0)
        for table in broken:
            for i in self.pool[table]:
                self.pool_at[i].discard(table)
        lost = {
            key: {reader for tables, readers in entry.items() if not broken.isdisjoint(tables) for reader in readers}
            for key, entry in self.proofs.items()
        }
        lost = {key: readers for key, readers in lost.items() if readers}
        before = {key: {tables: set(readers) for tables, readers in self.proofs[key].items()} for key in lost}
        fine = True
        for key, without in lost.items():
            goal = by_key[key]
            readers = [reader for reader in self.readers if reader in without]
            if goal.kind == "quarter":
                fine = self._settle_spread(goal, readers, repair=False)
            else:
                again = {pair: need for pair, need in self._needs(goal).items() if pair[0] in without}
                fine = self._settle(goal, again, repair=False)
            if not fine:
                break
        if fine:
            for measure in measures:
                if measure == "due":
                    row.due_hidden = False
                else:
                    row.met_hidden = False
            return True
        self.proofs.update(before)
        for measure in measures:
            self._limit(number, measure, highspy.kHighsInf)
        for table in broken:
            for i in self.pool[table]:
                self.pool_at[i].add(table)
        return False

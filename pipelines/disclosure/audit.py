"""Audit: what can a reader work out from what was published, now and before?

Belongs here: the verdict on figures read back from published files, and the tables that prove it. Does not belong
here: choosing what to hide (``protect.py``, with which this module shares no code), nor reading files.

Everything a reader knows is a list of facts: a set of unknowns (met and not met of a rule, municipality and quarter)
and their sum. A figure is protected when there are whole-number tables without negative numbers that agree with every
fact, one in which the figure is at most 1 and one in which it is at least the threshold. For an insider the tables must
agree with his own unknowns as well. An unpublished quarter is protected when two such tables lie threshold - 1 apart,
so that as many values stay possible as there are sensitive ones: which values is nobody's choice, since the difference
of two windows shows the difference of two quarters.

Late and missed need no tables of their own. Neither is ever published at any level, only their sum, not met; so in any
table late may be anything from 0 to not met. A figure of late or missed is thereby as uncertain as that of not met
downwards, and its upper end is that of not met.

Tables are searched from cheap to dear: those of earlier certificates, shifts between the seasons of one municipality,
then linear programmes (HiGHS) over islands: facts are first freed of the facts inside them, and what is connected after
that is an island. A table is only ever believed after all facts have been added up again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import highspy
import numpy as np
import scipy.optimize
import scipy.sparse

from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Certificate,
    Claim,
    Key,
    Printed,
    Problem,
    Table,
    Target,
    Value,
    Variable,
)

OUTSIDER = "outsider"


@dataclass(frozen=True)
class Finding:
    """A figure that ``reader`` can place between ``lowest`` and ``highest`` (None: no upper end)."""

    target: Target
    reader: str
    lowest: int
    highest: int | None

    def __str__(self) -> str:
        where = f"{self.target.rule} {self.target.level} {self.target.unit or '(unknown)'}"
        what = f"{self.target.kind} {self.target.period} {self.target.measure}"
        return f"{where} {what}: {self.reader} can place it in {self.lowest} to {self.highest}"


@dataclass(frozen=True)
class AuditResult:
    """The verdict. ``given_away``: figures that earlier releases opened and this one opens no further."""

    red: tuple[Finding, ...]
    given_away: tuple[Finding, ...]
    wrong: tuple[str, ...]
    cells: int
    hidden_first: int
    hidden_second: int
    targets: int
    narrowest: tuple[int, int | None] | None
    programmes: int
    seconds: float
    certificate: Certificate = field(repr=False)

    @property
    def green(self) -> bool:
        return not self.red and not self.wrong

    def summary(self) -> str:
        return (
            f"{'green' if self.green else 'red'}: {self.cells} cells, hidden first {self.hidden_first}, second "
            f"{self.hidden_second}, {self.targets} figures to keep uncertain, narrowest interval {self.narrowest}, "
            f"{len(self.red)} red, {len(self.given_away)} given away before, {len(self.wrong)} wrong, "
            f"{len(self.certificate.tables)} tables, {self.programmes} programmes, {self.seconds:.1f} s"
        )


def audit(
    publication: Mapping[Key, Value],
    structure: Problem,
    *,
    threshold: int = 5,
    earlier: Sequence[Printed] = (),
    insiders: bool = True,
    hints: Iterable[Table] = (),
) -> AuditResult:
    """Attack ``publication`` (as read back from the files) together with everything printed before.

    ``structure`` gives the identities; its counts serve the witnesses only. ``hints`` are tables to try first; each
    is checked like any other, so a wrong one costs time and nothing else.
    """
    started = time.perf_counter()
    known = [table for release in earlier for table in release.tables] + list(hints)
    by_rule: dict[str, list[Table]] = defaultdict(list)
    for table in known:
        by_rule[table.changes[0][0].rule].append(table)
    red: list[Finding] = []
    given_away: list[Finding] = []
    wrong: list[str] = []
    tables: list[Table] = []
    claims: list[Claim] = []
    narrowest: tuple[int, int | None] | None = None
    targets = programmes = 0
    first_hidden: set[Key] = set()
    for rules in _families(structure):
        ledger = _Ledger(rules, threshold, publication, structure, earlier)
        wrong += ledger.wrong
        if ledger.wrong:
            continue
        search = _Search(ledger, insiders, [table for rule in rules for table in by_rule[rule]])
        exposed = search.run()
        targets += len(ledger.subjects)
        first_hidden |= ledger.small
        interval = search.narrowest()
        if interval is not None and (narrowest is None or _width(interval) < _width(narrowest)):
            narrowest = interval
        if exposed and not earlier:
            red += [search.finding(subject, reader) for subject, reader in exposed]
        elif exposed:
            blank = {key: HIDDEN for key in publication if key.rule in rules}
            before = _Search(_Ledger(rules, threshold, blank, structure, earlier), insiders, [])
            for subject, reader in exposed:
                finding = search.finding(subject, reader)
                (given_away if search.no_worse_than(before, subject, reader) else red).append(finding)
            programmes += before.programmes
        programmes += search.programmes
        shut = {subject.target for subject, _ in exposed}
        search.write(tables, claims, shut)
    hidden = [key for key, value in publication.items() if value is HIDDEN]
    first = sum(key in first_hidden for key in hidden)
    return AuditResult(
        red=tuple(red),
        given_away=tuple(given_away),
        wrong=tuple(wrong),
        cells=len(publication),
        hidden_first=first,
        hidden_second=len(hidden) - first,
        targets=targets,
        narrowest=narrowest,
        programmes=programmes,
        seconds=time.perf_counter() - started,
        certificate=Certificate(
            threshold,
            insiders,
            tuple(tables),
            tuple(claims),
            tuple(sorted({(finding.target, finding.reader) for finding in given_away})),
        ),
    )


def interval_of(
    key: Key,
    publication: Mapping[Key, Value],
    structure: Problem,
    *,
    earlier: Sequence[Printed] = (),
    reader: str = OUTSIDER,
) -> tuple[int, int | None]:
    """The lowest and highest value that ``reader`` must hold possible for one figure of this release.

    ``key.measure`` may be ``not_met`` as well. The highest is None when nothing limits it.
    """
    rules = next(family for family in _families(structure) if key.rule in family)
    ledger = _Ledger(rules, 1, publication, structure, earlier)
    search = _Search(ledger, reader != OUTSIDER, [])
    quarters = _four_quarters(key.period)
    ids = frozenset(
        i
        for i, variable in enumerate(ledger.unknowns)
        if variable.rule == key.rule
        and variable.quarter in quarters
        and key.measure in ("due", variable.part)
        and ledger.state[variable.municipality, variable.quarter][0] == variable.release
        and (key.level, key.unit)
        in {
            ("municipality", variable.municipality),
            *structure.parents[variable.municipality, variable.quarter],
        }
    )
    search.asked[search.home(ids)].append(ids)
    low, high = search.interval(ids, sum(ledger.truth[i] for i in ids), reader)
    return _up(low), None if high is None else _down(high)


def _width(interval: tuple[int, int | None]) -> float:
    return float("inf") if interval[1] is None else interval[1] - interval[0]


def _families(structure: Problem) -> Iterator[tuple[str, ...]]:
    """Rules tied by a shared denominator or a bound, as the smallest sets that are tied to nothing else."""
    left = set(structure.disclosure)
    ties = [set(group) for group in structure.shared] + [{bound.small, bound.large} for bound in structure.bounds]
    while left:
        family = {min(left)}
        while grown := [tie for tie in ties if tie & family and not tie <= family]:
            family = family.union(*grown)
        left -= family
        yield tuple(sorted(family))


def _ordinal(quarter: str) -> int:
    year, number = quarter.split("-Q")
    return 4 * int(year) + int(number)


def _four_quarters(last: str) -> list[str]:
    year, number = int(last[:4]), int(last[6])
    quarters = [f"{year - 1}-Q{n}" for n in range(number + 1, 5)] + [f"{year}-Q{n}" for n in range(1, number + 1)]
    return quarters


@dataclass(frozen=True)
class _Subject:
    """A figure that must stay uncertain. ``own``: how many of it each municipality knows to be its own."""

    target: Target
    ids: frozenset[int]
    value: int
    own: Mapping[str, int]


class _Ledger:
    """Every unknown, every fact about them, and every figure that must stay uncertain, for one family of rules."""

    def __init__(
        self,
        rules: tuple[str, ...],
        threshold: int,
        publication: Mapping[Key, Value],
        structure: Problem,
        earlier: Sequence[Printed],
    ) -> None:
        self.rules, self.threshold = rules, threshold
        self.unknowns: list[Variable] = []
        self.truth: list[int] = []
        self.number: dict[Variable, int] = {}
        self.facts: list[tuple[frozenset[int], int]] = []
        self.between: list[tuple[dict[int, int], float, float]] = []
        self.subjects: dict[frozenset[int], list[_Subject]] = {}
        self.newest: set[Target] = set()
        self.wrong: list[str] = []
        self.small: set[Key] = set()
        self.state: dict[tuple[str, str], tuple[str, list[tuple[int, int]]]] = {}
        seen: dict[Key, Value] = {}
        then: dict[Key, Problem] = {}
        last = len(earlier)
        for position, (problem, published) in enumerate(
            [(release.problem, release.published) for release in earlier] + [(structure, publication)]
        ):
            news = {key: value for key, value in published.items() if key.rule in rules and seen.get(key) != value}
            news = {key: value for key, value in news.items() if not (key in seen and value is HIDDEN)}
            self._enter(problem, news, is_newest=position == last)
            for key, value in news.items():
                seen[key] = value
                then.setdefault(key, problem)

    # -- unknowns ------------------------------------------------------------------------------------------------

    def _count(self, problem: Problem, rule: str, municipality: str, quarter: str) -> tuple[int, int]:
        found = problem.counts.get((rule, municipality, quarter))
        return (found.met, found.not_met) if found is not None else (0, 0)

    def _unknowns(self, problem: Problem, municipality: str, quarter: str) -> str:
        """The release whose unknowns stand for this municipality and quarter now; made anew after a revision."""
        now = [self._count(problem, rule, municipality, quarter) for rule in self.rules]
        state = self.state.get((municipality, quarter))
        if state is not None and state[1] == now:
            return state[0]
        for rule, counts in zip(self.rules, now):
            for part, value in zip(("met", "not_met"), counts):
                variable = Variable(rule, municipality, quarter, problem.name, part)
                new = self.number[variable] = len(self.unknowns)
                self.unknowns.append(variable)
                self.truth.append(value)
                if state is not None:
                    old = self.number[variable._replace(release=state[0])]
                    # A reader may believe that a revision changed no more than it did, and a threshold besides.
                    believed = abs(value - self.truth[old]) + self.threshold
                    self.between.append(({new: 1, old: -1}, -believed, believed))
        self.state[municipality, quarter] = (problem.name, now)
        self._tie(problem, municipality, quarter)
        return problem.name

    def _tie(self, problem: Problem, municipality: str, quarter: str) -> None:
        def of(rule: str, measure: str) -> list[int]:
            parts = ("met", "not_met") if measure == "due" else (measure,)
            return [self.number[Variable(rule, municipality, quarter, problem.name, part)] for part in parts]

        for group in problem.shared:
            for one, other in pairwise(group):
                if one in self.rules:
                    tie = dict.fromkeys(of(one, "due"), 1) | dict.fromkeys(of(other, "due"), -1)
                    self.between.append((tie, 0, 0))
        for bound in problem.bounds:
            if bound.small in self.rules:
                tie = dict.fromkeys(of(bound.small, bound.measure), 1)
                tie |= dict.fromkeys(of(bound.large, bound.measure), -1)
                self.between.append((tie, -highspy.kHighsInf, 0))

    # -- facts -----------------------------------------------------------------------------------------------------

    def _enter(self, problem: Problem, news: Mapping[Key, Value], *, is_newest: bool) -> None:
        for last in sorted({key.period for key in news}, key=_ordinal):
            quarters = _four_quarters(last)
            members: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
            for (municipality, quarter), parents in problem.parents.items():
                if quarter in quarters:
                    release = self._unknowns(problem, municipality, quarter)
                    for unit in {("municipality", municipality), *parents}:
                        members[unit].append((municipality, quarter, release))
            for key, value in news.items():
                if key.period != last or value is HIDDEN:
                    continue
                ids = self._ids(key.rule, members.get((key.level, key.unit), []), key.measure)
                if sum(self.truth[i] for i in ids) != value:
                    self.wrong.append(f"{' '.join(key)} is {value} in the publication, but was counted otherwise")
                self.facts.append((ids, int(value)))
            printed = {key.rule for key in news if key.period == last}
            for (level, unit), places in members.items():
                for rule in self.rules:
                    if rule in problem.national_only and level != "national" and unit != UNKNOWN:
                        continue
                    for measure in self._sensitive(problem, rule):
                        for quarter in quarters:
                            inside = [place for place in places if place[1] == quarter]
                            target = Target(rule, level, unit, "quarter", quarter, measure, problem.name)
                            self._subject(target, self._ids(rule, inside, measure), False)
                        if rule not in printed:
                            continue
                        # Every unit, not only those printed anew: what was hidden before stays hidden as it is now.
                        ids = self._ids(rule, places, measure)
                        if is_newest and 0 < sum(self.truth[i] for i in ids) < self.threshold:
                            self.small.add(Key(rule, level, unit, last, "met"))
                            if measure == "due":
                                self.small.add(Key(rule, level, unit, last, "due"))
                        self._subject(
                            Target(rule, level, unit, "rolling4", last, measure, problem.name), ids, is_newest
                        )

    def _ids(self, rule: str, places: Iterable[tuple[str, str, str]], measure: str) -> frozenset[int]:
        parts = ("met", "not_met") if measure == "due" else (measure,)
        return frozenset(self.number[Variable(rule, *place, part)] for place in places for part in parts)

    def _sensitive(self, problem: Problem, rule: str) -> tuple[str, ...]:
        return ("due", "met", "not_met") if problem.disclosure[rule] == "outcome" else ("due",)

    def _subject(self, target: Target, ids: frozenset[int], is_newest: bool) -> None:
        value = sum(self.truth[i] for i in ids)
        if not 0 < value < self.threshold:
            return
        if is_newest and target.kind == "rolling4":
            self.newest.add(target)
        here = self.subjects.setdefault(ids, [])
        if any((subject.target.kind == "quarter") == (target.kind == "quarter") for subject in here):
            return
        own: dict[str, int] = defaultdict(int)
        for i in ids:
            if self.unknowns[i].municipality != UNKNOWN:
                own[self.unknowns[i].municipality] += self.truth[i]
        here.append(_Subject(target, ids, value, own))


class _Island:
    """A linear programme over the unknowns that hang together, for several subjects: the smallest move that reaches."""

    def __init__(
        self,
        unknowns: Sequence[int],
        facts: Sequence[tuple[dict[int, int], float, float]],
        subjects: Sequence[frozenset[int]],
        truth: Sequence[int],
        municipality: Sequence[str],
    ) -> None:
        self.unknowns = list(unknowns)
        place = {i: position for position, i in enumerate(self.unknowns)}
        size = len(self.unknowns)
        self.row = {ids: len(facts) + position for position, ids in enumerate(subjects)}
        rows, columns, entries = [], [], []
        for r, (coefficients, _, _) in enumerate(facts):
            for i, sign in coefficients.items():
                rows += [r, r]
                columns += [place[i], size + place[i]]
                entries += [sign, -sign]
        for ids, r in self.row.items():
            for i in ids:
                if i in place:
                    rows += [r, r]
                    columns += [place[i], size + place[i]]
                    entries += [1, -1]
        self.matrix = scipy.sparse.csc_matrix(
            (np.array(entries, dtype=float), (rows, columns)), shape=(len(facts) + len(subjects), 2 * size)
        )
        infinite = highspy.kHighsInf
        self.row_low = np.array([low for _, low, _ in facts] + [-infinite] * len(subjects), dtype=float)
        self.row_high = np.array([high for _, _, high in facts] + [infinite] * len(subjects), dtype=float)
        self.most = np.array([infinite] * size + [truth[i] for i in self.unknowns], dtype=float)
        self.columns_of: dict[str, np.ndarray] = {}
        grouped: dict[str, list[int]] = defaultdict(list)
        for i, position in place.items():
            grouped[municipality[i]] += [position, size + position]
        self.columns_of = {name: np.array(positions, dtype=np.int32) for name, positions in grouped.items()}
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * size, self.matrix.shape[0]
        # Unequal weights make one corner the best, and with it the answer the same every time.
        self.chance = np.random.default_rng(len(self.unknowns))
        self.costs = 1 + 0.5 * self.chance.random(2 * size)
        model.col_cost_ = self.costs
        model.col_lower_, model.col_upper_ = np.zeros(2 * size), self.most
        model.row_lower_, model.row_upper_ = self.row_low, self.row_high
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = self.matrix.indptr, self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("threads", 1)
        self.highs.passModel(model)

    def reach(self, ids: frozenset[int], direction: int, need: int, reader: str) -> dict[int, int] | None:
        """The smallest change of the truth that agrees with all facts and moves the subject by ``need``."""
        row = self.row[ids]
        low, high = (need, highspy.kHighsInf) if direction > 0 else (-highspy.kHighsInf, -need)
        self.highs.changeRowBounds(row, low, high)
        own = self.columns_of.get(reader)
        if own is not None:
            self.highs.changeColsBounds(len(own), own, np.zeros(len(own)), np.zeros(len(own)))
        solution = None
        everything = np.arange(len(self.most), dtype=np.int32)
        for spread in (0.0, 1.0, 3.0, 10.0, 30.0):
            if spread:
                # Half a person somewhere: other weights lead to another corner, most of which are whole.
                self.highs.changeColsCost(len(self.most), everything, 1 + spread * self.chance.random(len(self.most)))
            self.highs.run()
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            solution = np.array(self.highs.getSolution().col_value)
            if np.abs(solution - np.round(solution)).max(initial=0) <= 1e-6:
                break
        else:
            solution = self._in_whole_numbers(row, low, high, own)
        if spread:
            self.highs.changeColsCost(len(self.most), everything, self.costs)
        self.highs.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)
        if own is not None:
            self.highs.changeColsBounds(len(own), own, np.zeros(len(own)), self.most[own])
        if solution is None:
            return None
        size = len(self.unknowns)
        change = np.round(solution[:size] - solution[size:]).astype(int)
        return {self.unknowns[position]: int(change[position]) for position in np.flatnonzero(change)}

    def _in_whole_numbers(self, row: int, low: float, high: float, own: np.ndarray | None) -> np.ndarray | None:
        row_low, row_high, most = self.row_low.copy(), self.row_high.copy(), self.most.copy()
        row_low[row], row_high[row] = low, high
        if own is not None:
            most[own] = 0.0
        found = scipy.optimize.milp(
            np.ones(len(most)),
            integrality=np.ones(len(most)),
            bounds=scipy.optimize.Bounds(0.0, most),
            constraints=scipy.optimize.LinearConstraint(self.matrix, row_low, row_high),
            options={"mip_rel_gap": 0.5, "time_limit": 60.0},
        )
        return None if found.x is None else found.x

    def extreme(self, ids: frozenset[int], direction: int, reader: str) -> float | None:
        """How far the subject can move at all; None without end."""
        size = len(self.unknowns)
        place = [position for position, i in enumerate(self.unknowns) if i in ids]
        columns = np.array(place + [size + position for position in place], dtype=np.int32)
        # Two columns move each unknown up and down, so a movement and its own undoing must not look like a gain.
        everything = np.arange(2 * size, dtype=np.int32)
        self.highs.changeColsCost(2 * size, everything, np.full(2 * size, 1e-7))
        signs = np.array([-1.0 * direction] * len(place) + [1.0 * direction] * len(place))
        self.highs.changeColsCost(len(columns), columns, signs + 1e-7)
        own = self.columns_of.get(reader)
        if own is not None:
            self.highs.changeColsBounds(len(own), own, np.zeros(len(own)), np.zeros(len(own)))
        self.highs.run()
        status = self.highs.getModelStatus()
        reached: float | None = None
        if status == highspy.HighsModelStatus.kOptimal:
            solution = np.array(self.highs.getSolution().col_value)
            reached = float(sum(solution[position] - solution[size + position] for position in place)) * direction
        if own is not None:
            self.highs.changeColsBounds(len(own), own, np.zeros(len(own)), self.most[own])
        self.highs.changeColsCost(2 * size, everything, self.costs)
        return reached


class _Search:
    """Tables for every subject and reader of one ledger."""

    def __init__(self, ledger: _Ledger, insiders: bool, hints: Sequence[Table]) -> None:
        self.ledger = ledger
        self.threshold = ledger.threshold
        self.municipality = [variable.municipality for variable in ledger.unknowns]
        self.readers = [OUTSIDER]
        if insiders:
            self.readers += sorted(set(self.municipality) - {UNKNOWN})
        self.programmes = 0
        self.tables: list[dict[int, int]] = []
        self.touches: list[frozenset[str]] = []
        self.tables_at: dict[int, list[int]] = defaultdict(list)
        self.low: dict[Target, list[int]] = {}
        self.high: dict[Target, list[int]] = {}
        self.facts_at: list[list[int]] = [[] for _ in ledger.unknowns]
        for fact, (ids, _) in enumerate(ledger.facts):
            for i in ids:
                self.facts_at[i].append(fact)
        self.ties_at: dict[int, list[int]] = defaultdict(list)
        for tie, (coefficients, _, _) in enumerate(ledger.between):
            for i in coefficients:
                self.ties_at[i].append(tie)
        self._islands()
        self.models: dict[frozenset[int], _Island] = {}
        self._measure_seasons()
        for table in self._read_hints(hints):
            self._try(table)

    # -- islands ---------------------------------------------------------------------------------------------------

    def _islands(self) -> None:
        """Free each fact of the facts inside it, then see what still hangs together."""
        ledger = self.ledger
        facts = sorted(set(ledger.facts), key=lambda fact: len(fact[0]))
        at: dict[int, list[frozenset[int]]] = defaultdict(list)
        reduced: list[dict[int, int]] = []
        zero = {i for ids, value in facts if value == 0 for i in ids}
        kept: set[frozenset[int]] = set()
        for ids, _ in facts:
            left = set(ids)
            # Larger facts first: a region takes its municipalities along.
            inside = {other for i in ids for other in at[i]}
            for other in sorted(inside, key=lambda o: (-len(o), min(o))):
                if other <= left:
                    left -= other
            for i in ids:
                at[i].append(ids)
            rest = frozenset(left - zero)
            if rest and rest not in kept:
                kept.add(rest)
                reduced.append(dict.fromkeys(rest, 1))
        self.zero = zero
        bounds: list[tuple[dict[int, int], float, float]] = [(row, 0.0, 0.0) for row in reduced]
        for coefficients, low, high in ledger.between:
            now = sum(ledger.truth[i] * sign for i, sign in coefficients.items())
            rest_of = {i: sign for i, sign in coefficients.items() if i not in zero}
            if rest_of:
                bounds.append((rest_of, low - now, high - now))
        leader = list(range(len(ledger.unknowns)))

        def find(i: int) -> int:
            while leader[i] != i:
                leader[i] = leader[leader[i]]
                i = leader[i]
            return i

        for row, _, _ in bounds:
            first, *others = row
            for other in others:
                leader[find(other)] = find(first)
        # Met and not met of one municipality are asked for together, so they share an island.
        for i, variable in enumerate(ledger.unknowns):
            if variable.part == "not_met" and i not in zero and i - 1 not in zero:
                leader[find(i)] = find(i - 1)
        self.island_of = [find(i) for i in range(len(ledger.unknowns))]
        self.island_facts: dict[int, list[tuple[dict[int, int], float, float]]] = defaultdict(list)
        for entry in bounds:
            self.island_facts[self.island_of[next(iter(entry[0]))]].append(entry)
        self.island_unknowns: dict[int, list[int]] = defaultdict(list)
        for i, island in enumerate(self.island_of):
            if i not in zero:
                self.island_unknowns[island].append(i)
        self.asked: dict[frozenset[int], list[frozenset[int]]] = defaultdict(list)
        for ids in ledger.subjects:
            self.asked[self.home(ids)].append(ids)

    def home(self, ids: frozenset[int]) -> frozenset[int]:
        return frozenset(self.island_of[i] for i in ids if i not in self.zero)

    def _model(self, ids: frozenset[int]) -> _Island:
        home = self.home(ids)
        if home not in self.models:
            self.models[home] = _Island(
                [i for island in sorted(home) for i in self.island_unknowns[island]],
                [fact for island in sorted(home) for fact in self.island_facts[island]],
                self.asked[home],
                self.ledger.truth,
                self.municipality,
            )
        return self.models[home]

    # -- tables that cost no programme -----------------------------------------------------------------------------

    def _read_hints(self, hints: Sequence[Table]) -> list[dict[int, int]]:
        number, truth = self.ledger.number, self.ledger.truth
        found = []
        for table in hints:
            if all(variable in number for variable, _ in table.changes):
                found.append({number[v]: value - truth[number[v]] for v, value in table.changes})
        return found

    def _agrees(self, table: Mapping[int, int]) -> bool:
        """Add up every fact and tie that the table touches."""
        truth = self.ledger.truth
        moved: dict[int, int] = defaultdict(int)
        for i, change in table.items():
            if truth[i] + change < 0:
                return False
            for fact in self.facts_at[i]:
                moved[fact] += change
        if any(moved.values()):
            return False
        tied = {tie for i in table for tie in self.ties_at.get(i, ())}
        for tie in tied:
            coefficients, low, high = self.ledger.between[tie]
            now = sum((truth[i] + table.get(i, 0)) * sign for i, sign in coefficients.items())
            if not low <= now <= high:
                return False
        return True

    def _try(self, table: Mapping[int, int]) -> int | None:
        """Keep the table when it agrees with every fact; nothing else is ever believed."""
        if not table or not self._agrees(table):
            return None
        return self._keep(dict(table))

    def _keep(self, table: dict[int, int]) -> int:
        self.tables.append(table)
        self.touches.append(frozenset(self.municipality[i] for i in table))
        for i in table:
            self.tables_at[i].append(len(self.tables) - 1)
        return len(self.tables) - 1

    def _measure_seasons(self) -> None:
        """For each municipality, part and season: the unknowns, and the fewest in any year."""
        self.season: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for i, variable in enumerate(self.ledger.unknowns):
            self.season[variable.municipality, variable.part, _ordinal(variable.quarter) % 4].append(i)
        self.fewest = {place: min(self.ledger.truth[i] for i in ids) for place, ids in self.season.items()}

    def _season_table(self, subject: _Subject, direction: int, need: int, without: frozenset[str]) -> int | None:
        """Move people between the seasons of one municipality, in all years and rules alike: no window notices."""
        if subject.target.kind != "quarter":
            return None
        season = _ordinal(subject.target.period) % 4
        pairs = sorted({(self.municipality[i], self.ledger.unknowns[i].part) for i in subject.ids})
        table: dict[int, int] = {}
        for municipality, part in pairs:
            if municipality in without:
                continue
            for other in range(4):
                if other == season:
                    continue
                giver, taker = (season, other) if direction < 0 else (other, season)
                if (municipality, part, taker) not in self.season:
                    continue
                gone = -min((table.get(i, 0) for i in self.season.get((municipality, part, giver), ())), default=0)
                amount = min(need, self.fewest.get((municipality, part, giver), 0) - gone)
                if amount <= 0:
                    continue
                for i in self.season[municipality, part, giver]:
                    table[i] = table.get(i, 0) - amount
                for i in self.season[municipality, part, taker]:
                    table[i] = table.get(i, 0) + amount
                need -= amount
                if need == 0:
                    return self._try({i: change for i, change in table.items() if change})
        return None

    def _moved_table(self, subject: _Subject, direction: int, need: int, reader: str) -> int | None:
        """A table that changes the municipality in another quarter may change it in this one instead.

        What it lacks is taken from, or given to, the municipality's own other quarters of the same window.
        """
        if subject.target.kind != "quarter" or subject.target.level != "municipality":
            return None
        unknowns, truth, ids = self.ledger.unknowns, self.ledger.truth, subject.ids
        beside: dict[str, list[int]] = {
            unknowns[i].part: [
                other
                for season in range(4)
                for other in self.season[self.municipality[i], unknowns[i].part, season]
                if unknowns[other].rule == unknowns[i].rule
            ]
            for i in ids
        }
        tables = sorted({n for others in beside.values() for i in others for n in self.tables_at.get(i, ())})
        for number in tables:
            if reader in self.touches[number]:
                continue
            table = dict(self.tables[number])
            reached = 0
            for i in ids:
                change = sum(table.pop(other, 0) for other in beside[unknowns[i].part])
                if change * direction > 0 and truth[i] + change >= 0:
                    table[i] = change
                    reached += change * direction
                elif change:
                    break
            else:
                if reached <= 0:
                    continue
                for i in ids:
                    for other in beside[unknowns[i].part]:
                        if reached >= need or other == i:
                            continue
                        stock = truth[other] + table.get(other, 0) if direction > 0 else truth[i] + table.get(i, 0)
                        amount = min(stock, need - reached)
                        if amount > 0:
                            table[i] = table.get(i, 0) + direction * amount
                            table[other] = table.get(other, 0) - direction * amount
                            reached += amount
                if reached >= need:
                    found = self._try({i: change for i, change in table.items() if change})
                    if found is not None:
                        return found
        return None

    # -- the search ------------------------------------------------------------------------------------------------

    def _moved(self, subject: _Subject, table: int) -> int:
        return sum(change for i, change in self.tables[table].items() if i in subject.ids)

    def _rest(self, subject: _Subject, reader: str) -> int:
        return subject.value - subject.own.get(reader, 0)

    def _ways(self, subject: _Subject, reader: str) -> list[tuple[int, int]]:
        """(down, up): the pairs of distances any of which protects the subject from the reader."""
        rest = self._rest(subject, reader)
        if subject.target.kind != "quarter":
            return [(rest - 1, self.threshold - rest)]
        wide = self.threshold - 1
        return sorted(((down, wide - down) for down in range(min(rest, wide) + 1)), key=lambda w: abs(w[0] - rest + 1))

    def run(self) -> list[tuple[_Subject, str]]:
        exposed = []
        subjects = [subject for here in self.ledger.subjects.values() for subject in here]
        for subject in sorted(subjects, key=lambda s: (s.target.kind != "rolling4", s.target)):
            self.low[subject.target], self.high[subject.target] = [], []
            waiting = [reader for reader in self.readers if self._rest(subject, reader) > 0]
            waiting = self._served(subject, waiting)
            while waiting:
                reader = waiting[0]
                if not self._serve(subject, reader):
                    exposed.append((subject, reader))
                    waiting = waiting[1:]
                waiting = self._served(subject, waiting)
        return exposed

    def _served(self, subject: _Subject, waiting: Sequence[str]) -> list[str]:
        """Strike out the readers for whom the tables at hand suffice, and note those tables."""
        if not waiting:
            return []
        near = sorted({table for i in subject.ids for table in self.tables_at.get(i, ())})
        moves = [(self._moved(subject, table), table) for table in near]
        falls = sorted((move, table) for move, table in moves if move < 0)
        rises = sorted(((-move, table) for move, table in moves if move > 0))
        left = []
        target = subject.target
        safe: frozenset[str] | None = None
        for reader in waiting:
            if safe is not None and reader not in safe and reader not in subject.own:
                continue  # the tables that convince an outsider leave this reader alone
            fall = next(((-m, t) for m, t in falls if reader not in self.touches[t]), (0, -1))
            rise = next(((-m, t) for m, t in rises if reader not in self.touches[t]), (0, -1))
            if any(fall[0] >= down and rise[0] >= up for down, up in self._ways(subject, reader)):
                for found, store in ((fall, self.low), (rise, self.high)):
                    if found[1] >= 0 and found[1] not in store[target]:
                        store[target].append(found[1])
                if reader not in subject.own and safe is None:
                    safe = frozenset().union(*(self.touches[t] for _, t in (fall, rise) if t >= 0))
            elif reader == OUTSIDER:
                return list(waiting)  # what does not convince an outsider convinces hardly any insider
            else:
                left.append(reader)
        return left

    def _serve(self, subject: _Subject, reader: str) -> bool:
        """Make the tables that this reader needs."""
        without = frozenset({reader})
        for down, up in self._ways(subject, reader):
            for direction, need in ((-1, down), (1, up)):
                if need <= 0 or self._has(subject, direction, need, reader):
                    continue
                if self._season_table(subject, direction, need, without) is not None:
                    continue
                if self._moved_table(subject, direction, need, reader) is not None:
                    continue
                self.programmes += 1
                table = self._model(subject.ids).reach(subject.ids, direction, need, reader)
                if table is None:
                    break
                if self._try(table) is None:
                    raise RuntimeError(f"a table for {subject.target} does not agree with the facts")
            else:
                return True
        return False

    def _has(self, subject: _Subject, direction: int, need: int, reader: str) -> bool:
        near = {table for i in subject.ids for table in self.tables_at.get(i, ())}
        return any(
            self._moved(subject, table) * direction >= need for table in near if reader not in self.touches[table]
        )

    # -- what comes out ----------------------------------------------------------------------------------------------

    def interval(self, ids: frozenset[int], value: int, reader: str) -> tuple[float, float | None]:
        if not self.home(ids):
            return value, value
        model = self._model(ids)
        self.programmes += 2
        down, up = model.extreme(ids, -1, reader), model.extreme(ids, 1, reader)
        return (0.0 if down is None else value - down), (None if up is None else value + up)

    def narrowest(self) -> tuple[int, int | None] | None:
        """The narrowest interval of any hidden figure of the newest release, to a reader from outside."""
        best: tuple[int, int | None] | None = None
        for here in self.ledger.subjects.values():
            for subject in here:
                if subject.target not in self.ledger.newest:
                    continue
                moves = {self._moved(subject, table) for i in subject.ids for table in self.tables_at.get(i, ())}
                if best is not None and max(moves, default=0) - min(moves, default=0) >= _width(best):
                    continue  # tables at hand show it to be no narrower
                low, high = self.interval(subject.ids, subject.value, OUTSIDER)
                whole = (_up(low), None if high is None else _down(high))
                if best is None or _width(whole) < _width(best):
                    best = whole
        return best

    def finding(self, subject: _Subject, reader: str) -> Finding:
        low, high = self.interval(subject.ids, subject.value, reader)
        return Finding(subject.target, reader, _up(low), None if high is None else _down(high))

    def no_worse_than(self, before: _Search, subject: _Subject, reader: str) -> bool:
        """Would the reader know as much without the figures of this release?"""
        ledger = before.ledger
        ids = frozenset(
            ledger.number[self.ledger.unknowns[i]] for i in subject.ids if self.ledger.unknowns[i] in ledger.number
        )
        if len(ids) < len(subject.ids):
            return False
        before.asked[before.home(ids)].append(ids)
        before.models.pop(before.home(ids), None)
        old_low, old_high = before.interval(ids, subject.value, reader)
        new_low, new_high = self.interval(subject.ids, subject.value, reader)
        rest = self._rest(subject, reader)
        own = subject.value - rest
        if subject.target.kind == "quarter":
            span = float("inf") if new_high is None else new_high - new_low
            old_span = float("inf") if old_high is None else old_high - old_low
            return old_span < self.threshold - 1 + 1e-6 and span >= old_span - 1e-6
        low_wanted = max(own + 1.0, old_low)
        high_wanted = float(own + self.threshold)
        if old_high is not None:
            high_wanted = min(high_wanted, old_high)
        return new_low <= low_wanted + 1e-6 and (new_high is None or new_high >= high_wanted - 1e-6)

    def write(self, tables: list[Table], claims: list[Claim], shut: set[Target]) -> None:
        """Append the tables that were needed, and what each figure rests on."""
        place: dict[int, int] = {}
        unknowns, truth = self.ledger.unknowns, self.ledger.truth
        for target in sorted(self.low):
            if target in shut:
                continue
            for number in [*self.low[target], *self.high[target]]:
                if number not in place:
                    place[number] = len(tables)
                    changes = sorted(self.tables[number].items())
                    tables.append(Table(tuple((unknowns[i], truth[i] + change) for i, change in changes)))
            claims.append(
                Claim(
                    target,
                    tuple(place[n] for n in self.low[target]),
                    tuple(place[n] for n in self.high[target]),
                )
            )


def _up(value: float) -> int:
    return int(np.ceil(value - 1e-6))


def _down(value: float) -> int:
    return int(np.floor(value + 1e-6))

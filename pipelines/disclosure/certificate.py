"""Verify a certificate by adding up: no solver, no search, nothing from the programs that hide and audit.

Belongs here: checking that each table of a certificate agrees with everything published, that each figure that must
stay uncertain has tables enough for every reader, and that no such figure was left out. Does not belong here: finding
tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipelines.disclosure.model import UNKNOWN, Certificate, Count, Key, Printed, Problem, Target, Value, Variable


def verify(
    certificate: Certificate, publication: Mapping[Key, Value], structure: Problem, earlier: Sequence[Printed] = ()
) -> list[str]:
    """Return what is wrong with the certificate; empty when it proves what it says."""
    truth: dict[Variable, int] = {}
    sums: list[tuple[set[Variable], str]] = []
    wanted: dict[Target, set[Variable]] = {}
    faults: list[str] = []
    standing: dict[tuple[str, str], tuple[str, tuple[Count, ...]]] = {}
    seen: dict[Key, Value] = {}
    pairs: list[tuple[Variable, Variable]] = []
    family = _families(structure)
    releases = [(release.problem, release.published) for release in earlier]
    for problem, published in [*releases, (structure, publication)]:
        news = {k: v for k, v in published.items() if seen.get(k) != v and not (k in seen and not isinstance(v, int))}
        seen.update(news)
        rules_of: dict[str, set[str]] = defaultdict(set)
        rows_of: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        for key in news:
            rules_of[key.period] |= set(family[key.rule])
            rows_of[key.period].add((key.rule, key.level, key.unit))
        for period in sorted(rules_of):
            quarters = four_quarters(period)
            members: dict[tuple[str, str, str], list[Variable]] = defaultdict(list)
            for (municipality, quarter), parents in problem.parents.items():
                if quarter not in quarters:
                    continue
                for rule in rules_of[period]:
                    place = (rule, municipality, quarter)
                    counts = tuple(problem.counts.get((r, *place[1:]), Count(0, 0)) for r in family[rule])
                    before = standing.get(place)
                    if before is None or before[1] != counts:
                        standing[place] = (problem.name, counts)
                        count = problem.counts.get(place, Count(0, 0))
                        for part, value in (("met", count.met), ("not_met", count.not_met)):
                            truth[Variable(*place, problem.name, part)] = value
                            if before is not None:
                                pairs.append((Variable(*place, before[0], part), Variable(*place, problem.name, part)))
                    for part in ("met", "not_met"):
                        variable = Variable(*place, standing[place][0], part)
                        for level, unit in {("municipality", municipality), *parents}:
                            members[rule, level, unit].append(variable)
            for key, value in news.items():
                if key.period == period and isinstance(value, int):
                    inside = {v for v in members[key[:3]] if key.measure == "due" or v.part == "met"}
                    if sum(truth[v] for v in inside) != value:
                        faults.append(f"the truth does not agree with {' '.join(key)}")
                    sums.append((inside, " ".join(key)))
            for rule, level, unit in members:
                if rule in problem.national_only and level != "national" and unit != UNKNOWN:
                    continue
                if any(row[0] == rule for row in rows_of[period]):
                    _want(
                        wanted,
                        certificate.threshold,
                        truth,
                        problem,
                        (rule, level, unit),
                        "rolling4",
                        period,
                        members[rule, level, unit],
                    )
                for quarter in quarters:
                    inside_quarter = [v for v in members[rule, level, unit] if v.quarter == quarter]
                    _want(
                        wanted,
                        certificate.threshold,
                        truth,
                        problem,
                        (rule, level, unit),
                        "quarter",
                        quarter,
                        inside_quarter,
                    )
    sums_of: dict[Variable, list[int]] = defaultdict(list)
    for number, (inside, _) in enumerate(sums):
        for variable in inside:
            sums_of[variable].append(number)
    relations = _relations(structure, truth, pairs, certificate.threshold)
    relations_of: dict[Variable, list[int]] = defaultdict(list)
    for number, (coefficients, _, _) in enumerate(relations):
        for variable in coefficients:
            relations_of[variable].append(number)
    tables: list[dict[Variable, int]] = []
    for number, table in enumerate(certificate.tables):
        change = {variable: value - truth.get(variable, value) for variable, value in table.changes}
        tables.append(change)
        if any(variable not in truth or value < 0 for variable, value in table.changes):
            faults.append(f"table {number} has a number that nobody counted, or one below zero")
        moved: dict[int, int] = defaultdict(int)
        related: dict[int, int] = defaultdict(int)
        for variable, by in change.items():
            for place_of_sum in sums_of[variable]:
                moved[place_of_sum] += by
            for place_of_relation in relations_of[variable]:
                related[place_of_relation] += by * relations[place_of_relation][0][variable]
        faults += [f"table {number} does not agree with {sums[s][1]}" for s, by in moved.items() if by]
        faults += [
            f"table {number} breaks a relation between counts"
            for r, by in related.items()
            if not relations[r][1] <= by <= relations[r][2]
        ]
    claimed: dict[frozenset[Variable], list[tuple[Target, Sequence[int], Sequence[int]]]] = defaultdict(list)
    for claim in certificate.claims:
        if claim.target not in wanted:
            faults.append(f"a claim about a figure that nobody asked for: {' '.join(claim.target)}")
            continue
        claimed[frozenset(wanted[claim.target])].append((claim.target, claim.low, claim.high))
    away: dict[frozenset[Variable], set[str]] = defaultdict(set)
    for target, reader in certificate.given_away:
        away[frozenset(wanted[target])].add(reader)
    insiders = sorted({variable.municipality for variable in truth} - {UNKNOWN}) if certificate.insiders else []
    for target, inside in wanted.items():
        same = frozenset(inside)
        if same in away:
            continue
        claim_here = next((c for c in claimed[same] if (c[0].kind == "quarter") == (target.kind == "quarter")), None)
        if claim_here is None:
            faults.append(f"no claim for {' '.join(target)}")
            continue
        lows = [(tables[n], sum(tables[n].get(v, 0) for v in inside)) for n in claim_here[1]]
        highs = [(tables[n], sum(tables[n].get(v, 0) for v in inside)) for n in claim_here[2]]
        own: dict[str, int] = defaultdict(int)
        for variable in inside:
            own[variable.municipality] += truth[variable]
        total = sum(truth[v] for v in inside)
        touched = {id(t): {v.municipality for v in t} for t, _ in [*lows, *highs]}
        for reader in [None, *insiders]:
            rest = total - (own[reader] if reader is not None and reader in own else 0)
            if rest == 0:
                continue
            fall = -min([0, *(by for t, by in lows if reader not in touched[id(t)])])
            rise = max([0, *(by for t, by in highs if reader not in touched[id(t)])])
            if target.kind == "quarter":
                fine = fall + rise >= certificate.threshold - 1
            else:
                fine = rest - fall <= 1 and rest + rise >= certificate.threshold
            if not fine:
                faults.append(f"the tables for {' '.join(target)} do not convince {reader or 'an outsider'}")
    return faults


def four_quarters(last: str) -> list[str]:
    year, quarter = int(last[:4]), int(last[-1])
    return [f"{year - (quarter < n)}-Q{n}" for n in (1, 2, 3, 4)]


def _families(structure: Problem) -> dict[str, tuple[str, ...]]:
    """rule -> the rules it is tied to: a revision of one is a revision of all."""
    family = {rule: {rule} for rule in structure.disclosure}
    for group in [*structure.shared, *((bound.small, bound.large) for bound in structure.bounds)]:
        joined = set().union(*(family[rule] for rule in group))
        for rule in joined:
            family[rule] = joined
    return {rule: tuple(sorted(members)) for rule, members in family.items()}


def _want(
    wanted: dict[Target, set[Variable]],
    threshold: int,
    truth: Mapping[Variable, int],
    problem: Problem,
    unit: tuple[str, str, str],
    kind: str,
    period: str,
    inside: Iterable[Variable],
) -> None:
    measures = ("due", "met", "not_met") if problem.disclosure[unit[0]] == "outcome" else ("due",)
    for measure in measures:
        chosen = {variable for variable in inside if measure in ("due", variable.part)}
        if 0 < sum(truth[variable] for variable in chosen) < threshold:
            wanted[Target(*unit, kind, period, measure, problem.name)] = chosen


def _relations(
    structure: Problem, truth: Mapping[Variable, int], pairs: Sequence[tuple[Variable, Variable]], threshold: int
) -> list[tuple[dict[Variable, int], float, float]]:
    """(signs, lowest, highest change) of what is known between rules, and between a count and its revision."""
    found: list[tuple[dict[Variable, int], float, float]] = []
    for old, new in pairs:
        difference = truth[new] - truth[old]
        most = abs(difference) + threshold
        found.append(({new: 1, old: -1}, -most - difference, most - difference))
    for variable in truth:
        if variable.part != "met":
            continue
        for group in structure.shared:
            if variable.rule == group[0]:
                for other in group[1:]:
                    signs = {variable._replace(part=part): 1 for part in ("met", "not_met")}
                    signs |= {variable._replace(rule=other, part=part): -1 for part in ("met", "not_met")}
                    found.append((signs, 0, 0))
        for bound in structure.bounds:
            if variable.rule == bound.small:
                parts = ("met", "not_met") if bound.measure == "due" else (bound.measure,)
                signs = {variable._replace(part=part): 1 for part in parts}
                signs |= {variable._replace(rule=bound.large, part=part): -1 for part in parts}
                room = -sum(truth[v] * sign for v, sign in signs.items())
                found.append((signs, float("-inf"), room))
    return found

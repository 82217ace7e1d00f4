"""Disclosure control over years: what is shown, how long it takes, and what a joint attack finds.

Belongs here: a made country of 98 municipalities over twenty quarters, and the measuring. Does not belong here:
verdicts on real deliveries.

Run: ``python -m benchmarks.disclosure [--sentences 1500] [--quarters 20]``. Prints for each publication figures, share
of municipality rates of authority rules shown, seconds and memory; at the end the audit with everything printed before,
and how many hidden figures two and three municipalities in league can place. The country has late recording,
corrections, a withdrawn delivery, a rule that is amended (fewer cases from then on), the regions merged in 2027, a
municipality that changes area, and the releases beside the duties. ``--unhide 100`` shows so many hidden figures of any
level at random, one at a time, and counts red audits.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from pipelines import vocabulary
from pipelines.disclosure import certificate, guard
from pipelines.disclosure.attack.audit import audit
from pipelines.disclosure.attack.ledger import read_ledger
from pipelines.disclosure.attack.tables import Tables
from pipelines.disclosure.families import ALL_RELEASES, RELEASES, families_of, of_releases, releases_family
from pipelines.disclosure.figures import HISTORY
from pipelines.disclosure.model import HIDDEN, NATION, UNKNOWN, Counts, Family, Key, Printed, Problem, Unit, Value

REGION_SIZES = (29, 17, 22, 19, 11)
AREA_OF_REGION = ("Øst", "Øst", "Vest", "Vest", "Vest")
OF_SENTENCES = {
    "contact_sentence": 0.75,
    "municipal_response": 0.95,
    "client_informed": 0.75,
    "handle_municipality_clarified": 0.8,
    "release_advanced": 0.7,
    "release_meeting_called": 0.3,
    "release_meeting_held": 0.63,
    "supervision_invited": 0.14,
    "contact_supervision": 0.55,
    "aid_applied": 0.39,
    "aid_decided": 0.39,
    "aid_paid": 0.22,
    "rent_help_applied": 0.22,
    "rent_alternative_examined": 0.06,
    "housing_need_clarified": 0.85,
    "housing_registered": 0.4,
    "homelessness_notified": 0.31,
    "housing_renewed": 0.03,
    "risk_assessment_handed_over": 0.57,
}
"""Share of a year's sentences that each duty falls due for, as in the synthetic delivery."""
RELEASED = 0.95
"""Share of a year's sentences that end with a release in the year."""
OUTCOME = {"housing_need_clarified", "homelessness_notified", "housing_renewed", "risk_assessment_handed_over"}
WITHOUT_MUNICIPALITY = 0.02


def quarter_codes(first: str, count: int) -> list[str]:
    """Return so many quarters from the first."""
    start = int(first[:4]) * 4 + int(first[-1]) - 1
    return [f"{n // 4}-Q{n % 4 + 1}" for n in range(start, start + count)]


class Country:
    """Made counts by family, municipality and quarter, and what happens to them between publications."""

    def __init__(self, seed: int, sentences: int, quarters: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.quarters = quarter_codes("2022-Q2", quarters + HISTORY + 2)
        disclosure = {rule: "outcome" if rule in OUTCOME else "denominator" for rule in OF_SENTENCES}
        disclosure |= dict.fromkeys(("housing_registered", "housing_registered_or_explained"), "outcome")
        self.families = families_of(disclosure)
        self.families[RELEASES] = releases_family([ALL_RELEASES, *map(of_releases, vocabulary.RELEASE_PLACES)])
        self.codes = [f"{101 + 2 * n}" for n in range(sum(REGION_SIZES))]
        sizes = self.chance.lognormal(0.0, 0.85, len(self.codes))
        self.share = dict(zip(self.codes, sizes / sizes.sum() * (1 - WITHOUT_MUNICIPALITY), strict=True))
        self.share[UNKNOWN] = WITHOUT_MUNICIPALITY
        self.home = [region for region, size in enumerate(REGION_SIZES) for _ in range(size)]
        self.mover, self.moves = self.codes[5], "2026-Q3"
        self.amended, self.amended_from = "release_meeting_held", "2027-Q1"
        self.kept = {
            name: self.chance.dirichlet(np.linspace(4, 1.5, len(f.parts))) for name, f in self.families.items()
        }
        self.counts: dict[tuple[str, str, str], Counts] = {}
        for quarter in self.quarters:
            for name in self.families:
                for code in (*self.codes, UNKNOWN):
                    self._add(name, code, quarter, self._mean(name, code, quarter, sentences))

    def _mean(self, name: str, code: str, quarter: str, sentences: int) -> float:
        season = 1 + 0.15 * ((int(quarter[-1]) % 2) - 0.5)
        amended = 0.6 if name == self.amended and quarter >= self.amended_from else 1.0
        share = RELEASED if name == RELEASES else OF_SENTENCES[name]
        return sentences / 4 * self.share[code] * share * season * amended

    def _add(self, name: str, code: str, quarter: str, mean: float) -> None:
        more = self.chance.multinomial(self.chance.poisson(mean), self.kept[name])
        before = self.counts.get((name, code, quarter), (0,) * len(more))
        parts = tuple(int(one + other) for one, other in zip(before, more, strict=True))
        if any(parts):
            self.counts[name, code, quarter] = parts

    def units(self, code: str, quarter: str) -> tuple[Unit, ...]:
        """Return what counts a municipality in a quarter."""
        if code == UNKNOWN:
            return (NATION,)
        region = self.home[self.codes.index(code)]
        area = AREA_OF_REGION[region]
        if code == self.mover and quarter >= self.moves:
            area = "Vest" if area == "Øst" else "Øst"
        merged = region < 2 and quarter >= "2027"
        return NATION, ("region", "OESTDANMARK" if merged else f"108{region}"), ("area", area)

    def problems(self) -> Iterator[Problem]:
        """Yield each quarter's publication as it is counted then; the first tells the rolling years before it too."""
        printed: dict[str, int] = {}
        first = HISTORY + 2
        for number in range(first, len(self.quarters)):
            window = self.quarters[number]
            windows = tuple(self.quarters[3 if number == first else number : number + 1])
            closing = (window[:4],) if window.endswith("Q4") else ()
            again = tuple(year for year, times in printed.items() if times == 1) if closing else ()
            wanted = set(self.quarters[0 if number == first else number - 3 : number + 1])
            wanted |= {quarter for quarter in self.quarters if quarter[:4] in again}
            yield Problem(
                name=f"{window} ({number})",
                families=self.families,
                parents={(c, q): self.units(c, q) for q in sorted(wanted) for c in (*self.codes, UNKNOWN)},
                counts={place: parts for place, parts in self.counts.items() if place[2] in wanted},
                windows=windows,
                years=closing,
                restated=again,
            )
            printed |= dict.fromkeys(again, 2) | dict.fromkeys(closing, 1)
            before = dict(self.counts)
            self._record_late(number)
            if number % 7 == 0:
                self.counts = before  # the delivery was withdrawn, with what it had recorded late

    def _record_late(self, number: int) -> None:
        for name in self.families:
            for code in self.codes:
                for quarter in self.quarters[max(0, number - 6) : number + 1]:
                    if self.chance.random() < 0.01:
                        self._add(name, code, quarter, 0.8)


def share_shown(problem: Problem, published: dict[Key, Value], threshold: int) -> str:
    """Return how many municipality rates of authority rules with enough cases are shown, of the year that closes."""
    shown = total = 0
    for key, value in published.items():
        if key.level != "municipality" or key.period not in problem.years or key.rule in OUTCOME:
            continue
        if not key.measure.endswith("due") or key.rule.startswith("housing_registered"):
            continue
        family = problem.families[key.rule]
        due = sum(
            problem.counts.get((key.rule, key.unit, f"{key.period}-Q{n}"), (0,) * len(family.parts))[part]
            for n in (1, 2, 3, 4)
            for part in family.figures[key.rule, key.measure]
        )
        total += due >= threshold
        shown += due >= threshold and value is not HIDDEN
    return f", rates shown {shown} of {total} ({shown / total:.1%})" if total else ""


def in_league(
    problem: Problem, published: dict[Key, Value], earlier: list[Printed], threshold: int, count: int
) -> tuple[int, int]:
    """Return how many hidden municipalities some others of their own region can place together, and of how many asked.

    ``count`` are so many in league; the most that know something are those hidden in the region themselves.
    """
    narrowed = asked = 0
    chance = random.Random(1)
    for name in chance.sample(sorted(problem.families.keys() - {RELEASES}), 4):
        ledger = read_ledger(problem.families[name], threshold, published, problem, earlier)
        search = Tables(ledger)
        rows = [
            s for s in ledger.subjects.values() if s.target.level == "municipality" and s.target.period in problem.years
        ]
        hidden = {s.target.unit for s in rows}
        for subject in chance.sample(sorted(rows, key=lambda s: s.target), min(10, len(rows))):
            if subject.value >= threshold - 1:
                continue
            asked += 1
            home = problem.parents[subject.target.unit, f"{subject.target.period}-Q4"]
            others = [u for u in sorted(hidden) if u != subject.target.unit]
            others = [u for u in others if problem.parents[u, f"{subject.target.period}-Q4"] == home][:8]
            need = threshold - 1 - subject.value
            narrowed += any(search.find(subject, need, 1, some) is None for some in combinations(others, count))
    return narrowed, asked


def counted(problem: Problem, family: Family, key: Key) -> int:
    """Return what a figure really is."""
    end = int(key.period[:4]) * 4 + (int(key.period[-1]) if "Q" in key.period else 4)
    wanted = {f"{n // 4}-Q{n % 4 + 1}" for n in range(end - 4, end)}
    return sum(
        problem.counts.get((family.name, municipality, quarter), (0,) * len(family.parts))[part]
        for (municipality, quarter), units in problem.parents.items()
        if quarter in wanted and ((key.level, key.unit) in units or key[1:3] == ("municipality", municipality))
        for part in family.figures[key.rule, key.measure]
    )


class Unhidden(NamedTuple):
    """Hidden rows that were shown one at a time: how many, of how many the audit was red, and its attack alone."""

    tried: int
    red: int
    by_the_attack_alone: int


def unhide(
    problem: Problem, done: guard.Guarded, earlier: list[Printed], threshold: int, times: int
) -> dict[str, Unhidden]:
    """Show random hidden rows, each alone, and return what the audit says of them, by level."""
    chance = random.Random(2)
    published = done.published
    rows = sorted({key[:4] for key, value in published.items() if value is HIDDEN})
    found: dict[str, Unhidden] = {}
    for row in chance.sample(rows, min(times, len(rows))):
        family = next(f for f in problem.families.values() if any(row[0] == one for one, _measure in f.figures))
        alone = replace(problem, families={family.name: family})
        own = {key: value for key, value in published.items() if key.rule in {one for one, _m in family.figures}}
        own |= {key: counted(problem, family, key) for key in own if key[:4] == row}
        kind = f"{row[1]} (releases)" if family.name == RELEASES else row[1]
        verdict = audit(own, alone, threshold=threshold, earlier=earlier, decisions=done.decisions)
        attacked = audit(own, alone, threshold=threshold, earlier=earlier)
        so_far = found.get(kind, Unhidden(0, 0, 0))
        found[kind] = Unhidden(
            so_far.tried + 1, so_far.red + (not verdict.green), so_far.by_the_attack_alone + (not attacked.green)
        )
    return found


def main() -> None:
    """Play the years and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threshold", type=int, default=5)
    parser.add_argument("--unhide", type=int, default=0)
    options = parser.parse_args()
    earlier: list[Printed] = []
    for problem in Country(options.seed, options.sentences, options.quarters).problems():
        started = time.process_time()
        done = guard.guard(problem, threshold=options.threshold, seed=b"benchmark", earlier=list(earlier))
        seconds = time.process_time() - started
        published = dict(done.published)
        faults = certificate.verify(done.verdict.certificate, published, problem, earlier)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{problem.name}: {done.verdict.summary()}; {len(faults)} faults of the certificate; protection and attack "
            f"{seconds:.1f} s of processor time, {memory} MB{share_shown(problem, published, options.threshold)}"
            + (f", withheld {sorted(done.withheld)}" if done.withheld else ""),
            flush=True,
        )
        for finding in done.verdict.red[:3]:
            print(f"  {finding}", flush=True)
        if problem.years and not earlier:
            for count, name in ((2, "two"), (3, "three")):
                narrowed, asked = in_league(problem, published, earlier, options.threshold, count)
                print(f"  {name} in league: {narrowed} of {asked} hidden figures asked for can be placed", flush=True)
            if options.unhide:
                shown = unhide(problem, done, earlier, options.threshold, options.unhide)
                tried, red, alone = (sum(numbers) for numbers in zip(*shown.values(), strict=True))
                told = ", ".join(f"{kind} {one.red} of {one.tried}" for kind, one in sorted(shown.items()))
                print(f"  {red} of {tried} shown hidden figures turn the audit red: {told}; the attack alone {alone}")
        earlier.append(Printed(problem, done.published, done.decisions))
    last = earlier.pop()
    started = time.process_time()
    verdict = audit(last.published, last.problem, threshold=options.threshold, earlier=earlier, everything=True)
    print(f"everything once more: {verdict.summary()}, {time.process_time() - started:.1f} s of processor time")


if __name__ == "__main__":
    main()

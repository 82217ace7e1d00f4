"""How often the rules for topics speak in worlds of pure chance, and how often they find what was planted.

Run by hand: ``python -m benchmarks.proposals [worlds]``. Prints one line per question, and the table of whether a
figure moved that docs/samarbejdsmoeder.md has. The test suite asks the same of
100 small worlds; these are as large as an area (48 municipalities, 30 institutions, 20 duties).
"""

from __future__ import annotations

import sys
import time

from reports.meetings import asking
from reports.meetings.control_chart import DOWN, DRIFT, UP, control_chart
from reports.meetings.proposals import change_topic, gap_topic, good_practice
from reports.meetings.published_move import published_move
from tests.meetings.chance_world import AREA, Planted, World, world
from tests.meetings.quarter_worlds import MEETING, UNMOVED, in_years, moved

SIZE = {"rules": 20, "municipalities": 48, "institutions": 30, "cases": 1500}
# Quarters before the meeting, after it, and duties in each.
SIZES = ((8, 4, 40), (8, 8, 40), (12, 8, 40), (12, 8, 150))


def main(worlds: int) -> None:
    """Print the shares."""
    started = time.perf_counter()
    gaps = changes = either = practice = 0
    for seed in range(worlds):
        made = world(seed, **SIZE)
        gap, change = _topics(made)
        gaps += gap
        changes += change
        either += gap or change
        practice += bool(good_practice(made.municipality_changes))
    seconds = time.perf_counter() - started
    print(f"pure chance, {worlds} worlds: gap {gaps}, change {changes}, either {either}, good practice {practice}")
    print(f"seconds a world: {seconds / worlds:.2f}")
    for name, planted in _plants():
        found = 0
        for seed in range(worlds // 4):
            made = world(seed, planted=planted, **SIZE)
            topic = (gap_topic(made.area_gaps, made.unit_gaps), change_topic(made.area_changes, made.unit_changes))
            wanted = next(iter(planted))[:2]
            found += any(one is not None and (one.found.rule_id, one.found.unit) == wanted for one in topic)
        print(f"planted, {name}: found in {found} of {worlds // 4}")


def movements(worlds: int) -> None:
    """Print how often a figure is told to have moved, in worlds where nothing did and where something did."""
    print("| Verden | " + " | ".join(f"{before} + {after} kvartaler à {due}" for before, after, due in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for name, made in [*UNMOVED.items(), *((f"flyttet {points} point", moved(points)) for points in (10, 20, 30))]:
        cells = []
        for size in SIZES:
            verdicts = [control_chart(made(seed, *size), MEETING).verdict for seed in range(worlds)]
            told, drift = verdicts.count(UP) + verdicts.count(DOWN), verdicts.count(DRIFT)
            cells.append(f"{told} ({drift})")
        print(f"| {name} | " + " | ".join(cells) + " |")


def published_movements(worlds: int) -> None:
    """Print the same of published years, of which there are few."""
    sizes = ((8, 4, 40), (12, 4, 40), (12, 8, 40), (12, 8, 150))
    print(
        "| Verden | "
        + " | ".join(f"{before // 4} + {after // 4} år à {4 * due}" for before, after, due in sizes)
        + " |"
    )
    print("|---|" + "---|" * len(sizes))
    for name, made in [*UNMOVED.items(), *((f"flyttet {points} point", moved(points)) for points in (10, 20, 30))]:
        cells = []
        for size in sizes:
            verdicts = [published_move(*in_years(made(seed, *size))).verdict for seed in range(worlds)]
            cells.append(f"{verdicts.count(UP) + verdicts.count(DOWN)} ({verdicts.count(DRIFT)})")
        print(f"| {name} | " + " | ".join(cells) + " |")


def asking_table(worlds: int) -> None:
    """Print how often what can be asked about speaks in worlds of chance, and finds a gap of 20 points planted."""
    print("| Verden | topemne | samlet | på listen | højt niveau |")
    print("|---|---|---|---|---|")
    # With 1500 cases the sixth municipality has about 100 of them, the tenth about 50.
    for name, code in (("ren tilfældighed", None), ("20 point, 100 forfaldne", "5"), ("20 point, 50 forfaldne", "9")):
        unit = ("municipality", code or "")
        counts = [0, 0, 0, 0]
        for seed in range(worlds):
            planted = {("rule_03", unit, "now"): _share(seed) - 0.2} if code else None
            made, past = world(seed, planted=planted, **SIZE), world(seed + 100_000, **SIZE)
            own = [one for one in made.unit_gaps if one.unit[0] == "municipality"]
            top, pooled = gap_topic(made.area_gaps, made.unit_gaps), asking.pooled_topic(own)
            listed = [(one.found.rule_id, one.found.unit) for one in asking.worth_asking(made.unit_gaps)]
            wanted = ("rule_03", unit)
            counts[0] += (
                (top is not None and (top.found.rule_id, top.found.unit) == wanted) if code else top is not None
            )
            counts[1] += (pooled is not None and pooled.unit == unit) if code else pooled is not None
            counts[2] += wanted in listed if code else bool(listed)
            counts[3] += bool(asking.steadily_high(own, past.unit_gaps))
        print(f"| {name} | " + " | ".join(str(one) for one in counts) + " |")


def _share(seed: int) -> float:
    """Return the common share of the rule that a gap is planted in: that of the area in the world without one."""
    made = world(seed, **SIZE)
    return next(one.now.rate for one in made.area_gaps if one.rule_id == "rule_03")


def _topics(made: World) -> tuple[bool, bool]:
    gap = gap_topic(made.area_gaps, made.unit_gaps)
    change = change_topic(made.area_changes, made.unit_changes)
    return gap is not None, change is not None


def _plants() -> list[tuple[str, Planted]]:
    large, house = ("municipality", "0"), ("institution", "3")
    return [
        ("area, change of 10 points", {("rule_03", AREA, "before"): 0.60, ("rule_03", AREA, "now"): 0.70}),
        (
            "large municipality, change of 25 points",
            {("rule_03", large, "before"): 0.50, ("rule_03", large, "now"): 0.75},
        ),
        (
            "institution of 50 cases, change of 45 points",
            {("rule_03", house, "before"): 0.40, ("rule_03", house, "now"): 0.85},
        ),
    ]


if __name__ == "__main__":
    WORLDS = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    movements(WORLDS)
    published_movements(WORLDS)
    asking_table(WORLDS)
    main(WORLDS)

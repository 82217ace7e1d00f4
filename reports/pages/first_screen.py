"""What a page opens with: four lines, each a link to its table, found by one procedure over all duties at once.

Belongs here: what is compared on one unit's page, and the order of the lines. Does not belong here: the procedure
(``figures.standing_out``) and the sentences (``words.first_screen``). A unit is judged by the duties of its own party
and by its own rates; hidden figures are compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipelines.units import NATION, Key
from reports.figures.data import Figure, ReportData, Rule, Unit, Window
from reports.figures.judged import MISSION, is_judged, judged
from reports.figures.standing_out import (
    LEVEL,
    NORM_RANK,
    Compared,
    Count,
    Finding,
    Level,
    findings,
    leading,
    lowest,
)
from reports.words import first_screen as words

# A change and a difference share the chance that pure chance gives either.
FAMILIES = 2


class Line(NamedTuple):
    """One line: what it answers, the answer, and the place on the page where its table stands."""

    label: str
    text: str
    link: str


def lines(own: ReportData, others: ReportData, unit: Unit, rules: Iterable[Rule]) -> list[Line]:
    """Return the lowest level, the change and the difference of a unit; the mission where neither of those stands."""
    by_id = {rule.rule_id: rule for rule in rules}
    mine = [rule for rule in by_id.values() if is_judged(unit.level, rule) and not rule.restricted]
    bottom = lowest(
        [
            Level(rule.rule_id, count, NORM_RANK.get(rule.norm, len(NORM_RANK)))
            for rule in mine
            if (count := told(rule, own.year(unit.key, rule.rule_id))) is not None
        ]
    )
    rule = by_id[bottom.found.rule_id] if bottom else None
    made = [Line("Lavest niveau", words.lowest_line(bottom, rule, unit.level), _link(rule))]
    compared = changes(own, unit.key, mine)
    changed = findings("change", compared, LEVEL / FAMILIES)
    first = leading(changed)
    rule = by_id[first.found.rule_id] if first else None
    text = words.change_line(first, rule, unit.level, _able(compared), len(changed) - 1)
    made.append(Line("Siden året før", text, _link(rule)))
    if unit.level == "national":
        text, differ = _spread(others, mine)
        made.append(Line("Forskelle i landet", text, "forskelle" if differ else "kommuner"))
        stands = bool(changed or differ)
    else:
        apart = gaps(own, others, unit.key, mine)
        differing = findings("gap", apart, LEVEL / FAMILIES)
        made.append(_gap(differing, apart, by_id, others, own, unit))
        stands = bool(changed or differing)
    if not stands:
        counts = [
            (by_id[rule_id], count)
            for rule_id in MISSION
            if rule_id in by_id and (count := told(by_id[rule_id], own.year(unit.key, rule_id))) is not None
        ]
        if counts:
            made.append(Line("Intet skiller sig ud", words.mission_line(counts, unit.level), "overblik"))
    return made


def told(rule: Rule, figure: Figure | None) -> Count | None:
    """Return the count by which a unit is judged under a duty; None where it is hidden or not there."""
    if figure is None:
        return None
    shown = judged(rule, figure)
    return None if shown.due is None or shown.met is None else Count(shown.due, shown.met)


def changes(own: ReportData, key: Key, rules: Iterable[Rule], window: Window | None = None) -> list[Compared]:
    """Return a unit's duties in a year (the leading one unless another is given) beside those a year earlier."""
    now = window or own.window(key[0])
    figures = (
        (rule, own.figure(key, rule.rule_id, *now), own.figure(key, rule.rule_id, *now.before)) for rule in rules
    )
    return _pairs(key, figures, rest=False)


def gaps(own: ReportData, others: ReportData, key: Key, rules: Iterable[Rule]) -> list[Compared]:
    """Return a unit's duties beside those of the rest of the country in the same year."""
    window = own.window(key[0])
    return _pairs(
        key,
        (
            (rule, own.figure(key, rule.rule_id, *window), others.figure(NATION, rule.rule_id, *window))
            for rule in rules
        ),
        rest=True,
    )


def _pairs(key: Key, figures: Iterable[tuple[Rule, Figure | None, Figure | None]], *, rest: bool) -> list[Compared]:
    pairs = []
    for rule, first, second in figures:
        now, other = told(rule, first), told(rule, second)
        if now is not None and other is not None:
            beside = other.without(now) if rest else other
            pairs.append(Compared(rule.rule_id, key, now, beside, NORM_RANK.get(rule.norm, len(NORM_RANK))))
    return pairs


def _able(compared: list[Compared]) -> int:
    return sum(one.is_large_enough for one in compared)


def _gap(
    differing: list[Finding],
    apart: list[Compared],
    by_id: dict[str, Rule],
    others: ReportData,
    own: ReportData,
    unit: Unit,
) -> Line:
    first = leading(differing)
    rule = by_id[first.found.rule_id] if first else None
    window = own.window(unit.level)
    nation = told(rule, others.figure(NATION, rule.rule_id, *window)) if rule else None
    text = words.gap_line(first, rule, unit.level, nation, _able(apart), len(differing) - 1)
    return Line("I forhold til hele landet", text, _link(rule))


def _spread(data: ReportData, rules: list[Rule]) -> tuple[str, int]:
    """Return how many municipalities and institutions differ from the rest of the country in a duty of their own.

    The two share the chance that a unit's own page gives to a difference.
    """
    told_of = []
    for level, one, many in (("municipality", "kommune", "kommuner"), ("institution", "institution", "institutioner")):
        found, compared = apart(data, level, rules)
        told_of.append((one, many, len({finding.found.unit for finding in found}), compared))
    return words.spread_line(told_of), sum(differing for _one, _many, differing, _compared in told_of)


def apart(data: ReportData, level: str, rules: Iterable[Rule]) -> tuple[list[Finding], int]:
    """Return how units of a level differ from the rest of the country in duties of their own, and how many could."""

    def found() -> tuple[list[Finding], int]:
        own = [rule for rule in rules if is_judged(level, rule)]
        pairs = [pair for unit in data.units_of(level) for pair in gaps(data, data, unit.key, own)]
        units = {pair.unit for pair in pairs if pair.is_large_enough}
        return findings("gap", pairs, LEVEL / FAMILIES / 2), len(units)

    known: tuple[list[Finding], int] = data.remember(f"apart {level}", found)
    return known


def _link(rule: Rule | None) -> str:
    return rule.rule_id if rule else "overblik"

"""Rules that a reader can set against each other, and the disjoint kinds of outcomes that their figures add up.

Belongs here: which rules go together and what their figures have in common. Does not belong here: reading counts, and
what is hidden.

The bounds between figures are in the parts themselves: what is met under the stricter of two rules is met under the
other, an own figure is never more than the whole, and what a party missed was missed. (Not so for own_met and met: an
outcome that moved with its date counts as kept by the party, though the citizen did not get it in time.)

Releases are a family beside the duties: how many there were, how many of them had a duty of the core that fell due
(``own_due``), how many of those had every one in time (``own_met``), and where people were released to. They are facts
about persons and printed for the nation and the areas alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pipelines.disclosure.model import Counts, Family
from pipelines.warehouse.rule_models import rules_with_own_rate

SAME_CASES = (("housing_registered", "housing_registered_or_explained"),)
"""Pairs of rules that judge the same cases with the same deadline; what is met under the first is met under both."""
RELEASES = "releases"
"""The family of the releases; the names of its figures all begin so."""
ALL_RELEASES = f"{RELEASES}_all"
DISCLOSURES = ("denominator", "outcome")

FigureName = tuple[str, str]
"""What a figure counts, and which measure of it (due, met, own_due, own_met)."""


def families_of(
    disclosure: Mapping[str, str],
    *,
    same_cases: Collection[tuple[str, str]] = SAME_CASES,
    own_figures: Collection[str] | None = None,
) -> dict[str, Family]:
    """Return the families of these rules (rule -> ``denominator`` or ``outcome``), by name.

    ``denominator``: how many were due is sensitive (rules about the authority); ``outcome``: how many were met and not
    met as well (rules about the person), so that a rate of 0 or 100 % is never shown. ``own_figures``: rules where a
    party's own figures differ from the whole (as the catalogue says, when not given): municipalities show the own ones,
    larger units both.
    """
    own_figures = rules_with_own_rate() if own_figures is None else own_figures
    unknown = set(disclosure.values()) - set(DISCLOSURES)
    if unknown:
        raise ValueError(f"disclosure is denominator or outcome, not {sorted(unknown)}")
    found: dict[str, Family] = {}
    paired: set[str] = set()
    for strict, lenient in same_cases:
        if {strict, lenient} <= disclosure.keys():
            paired |= {strict, lenient}
            found[strict] = _pair(strict, lenient, "outcome" in (disclosure[strict], disclosure[lenient]))
    for rule in sorted(disclosure.keys() - paired):
        about_person = disclosure[rule] == "outcome"
        found[rule] = _own(rule, about_person) if rule in own_figures else _single(rule, about_person)
    return found


def _single(rule: str, about_person: bool) -> Family:
    figures = {(rule, "due"): (0, 1), (rule, "met"): (0,)}
    sensitive: tuple[Counts, ...] = ((0, 1), (0,), (1,)) if about_person else ((0, 1),)
    return Family(rule, ("met", "not_met"), figures, tuple(figures), tuple(figures), sensitive, sensitive)


def _pair(strict: str, lenient: str, about_person: bool) -> Family:
    figures = {
        (strict, "due"): (0, 1, 2),
        (strict, "met"): (0,),
        (lenient, "due"): (0, 1, 2),
        (lenient, "met"): (0, 1),
    }
    sensitive: tuple[Counts, ...] = ((0, 1, 2),)
    if about_person:
        sensitive = ((0, 1, 2), (0,), (1, 2), (0, 1), (2,))
    parts = ("met", "met_by_the_lenient_only", "not_met")
    return Family(strict, parts, figures, tuple(figures), tuple(figures), sensitive, sensitive)


def _own(rule: str, about_person: bool) -> Family:
    figures = {
        (rule, "due"): (0, 1, 2, 3, 4),
        (rule, "met"): (0, 3),
        (rule, "own_due"): (0, 1, 2),
        (rule, "own_met"): (0, 1),
    }
    upper: tuple[Counts, ...] = ((0, 1, 2, 3, 4), (0, 1, 2))
    municipal: tuple[Counts, ...] = ((0, 1, 2),)
    if about_person:
        upper += ((0, 3), (1, 2, 4), (0, 1), (2,))
        municipal += ((0, 1), (2,))
    parts = ("own_met_and_met", "own_met_not_met", "own_not_met", "others_met", "others_not_met")
    return Family(rule, parts, figures, tuple(figures), ((rule, "own_due"), (rule, "own_met")), upper, municipal)


def of_releases(value: str) -> str:
    """Return the name of the figures of the releases with one value."""
    return f"{RELEASES}_{value}"


def is_of_releases(rule: str) -> bool:
    """Say whether a figure is about releases and not about a duty."""
    return rule.startswith(f"{RELEASES}_")


def releases_family(names: Sequence[str]) -> Family:
    """Return the family of the releases: ``names`` are those of all of them and of each value they are split by.

    The parts are the values, each by whether every duty of the core was in time, some were not, or none fell due. Of a
    value only the releases are printed, so that the mark stands for a place to which few were released; which of them
    had every duty in time is told of all together.
    """
    whole, *values = names
    if not is_of_releases(whole) or not all(map(is_of_releases, values)):
        raise ValueError(f"figures of releases begin with {RELEASES}_, not {names}")
    count = len(values)
    in_time, not_in_time, none_due = (tuple(range(kind, 3 * count, 3)) for kind in range(3))
    figures: dict[FigureName, Counts] = {
        (whole, "due"): tuple(range(3 * count)),
        (whole, "own_due"): tuple(sorted(in_time + not_in_time)),
        (whole, "own_met"): in_time,
    }
    for place, value in enumerate(values):
        figures[value, "due"] = (3 * place, 3 * place + 1, 3 * place + 2)
        figures[value, "own_due"] = (3 * place, 3 * place + 1)
        figures[value, "own_met"] = (3 * place,)
    printed = [(whole, "due"), (whole, "own_due"), (whole, "own_met"), *((value, "due") for value in values)]
    sensitive = (in_time, not_in_time, none_due, *(figures[value, "due"] for value in values))
    parts = [f"{value}, {kind}" for value in values for kind in ("all_in_time", "not_all_in_time", "none_due")]
    return Family(RELEASES, tuple(parts), figures, tuple(printed), (), sensitive, (), ("national", "area"))


def parts_of(family: Family, figures: Mapping[FigureName, int]) -> Counts | None:
    """Return how many of each part a municipality's figures are; None when no such numbers exist."""
    rule = family.name
    if rule == RELEASES:
        return _parts_of_releases(family, figures)
    due, met = figures[rule, "due"], figures[rule, "met"]
    if family.parts[1] == "not_met":
        parts: Counts = (met, due - met)
    elif family.parts[1] == "met_by_the_lenient_only":
        lenient = next(one for one, _measure in family.figures if one != rule)
        if figures[lenient, "due"] != due:
            return None
        parts = (met, figures[lenient, "met"] - met, due - figures[lenient, "met"])
    else:
        own_due, own_met = figures[rule, "own_due"], figures[rule, "own_met"]
        both = min(own_met, met)
        parts = (both, own_met - both, own_due - own_met, met - both, 0)
        parts = (*parts[:4], due - sum(parts))
    return parts if min(parts) >= 0 else None


def _parts_of_releases(family: Family, figures: Mapping[FigureName, int]) -> Counts | None:
    whole, *values = dict.fromkeys(rule for rule, _measure in family.figures)
    parts: list[int] = []
    for value in values:
        releases, with_due, in_time = (figures[value, measure] for measure in ("due", "own_due", "own_met"))
        parts += [in_time, with_due - in_time, releases - with_due]
    adds_up = all(
        sum(parts[part] for part in family.figures[whole, measure]) == figures[whole, measure]
        for measure in ("due", "own_due", "own_met")
    )
    return tuple(parts) if adds_up and min(parts) >= 0 else None

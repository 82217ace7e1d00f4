"""What the method page tells an attacker, written down again: what a figure counts, and which sums may not be small.

Belongs here: tables of the tests' own, by kind of outcome. Does not belong here: anything that the program reckons with
(``pipelines.disclosure.families``), so that a fault there is not repeated here.

A table says of each kind of outcome in which figures it is counted. The kinds are the headings that the counts of a
municipality stand under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Figure = tuple[str, str]
Kinds = frozenset[str]

MADE_RULE_ABOUT_PERSONS = "person"
"""Of the made-up worlds of these tests; their other rules are about the authority."""
ABOUT_PERSONS = {
    "housing_need_clarified",
    "housing_registered",
    "housing_registered_or_explained",
    "housing_renewed",
    "homelessness_notified",
    "risk_assessment_handed_over",
    MADE_RULE_ABOUT_PERSONS,
}
"""The duties of which the page says that due and outcomes are protected, and not due alone."""
OWN_RATE = {"aid_applied", "aid_decided", "aid_paid", "homelessness_notified"}
"""The duties of which municipalities show the party's own figures, and larger units both."""
LENIENT_OF = {"housing_registered": "housing_registered_or_explained"}
"""Two duties about the same cases: registered, and registered or the reason why not explained."""
RELEASES, ALL_RELEASES = "releases", "releases_all"

ONE_DUTY = {
    "met": "due met",
    "not_met": "due",
}
WITH_OWN_RATE = {
    "own_met_and_met": "due met own_due own_met",
    "own_met_not_met": "due own_due own_met",
    "own_not_met": "due own_due",
    "others_met": "due met",
    "others_not_met": "due",
}
STRICT = {
    "met": "due met",
    "met_by_the_lenient_only": "due",
    "not_met": "due",
}
LENIENT = {
    "met": "due met",
    "met_by_the_lenient_only": "due met",
    "not_met": "due",
}
RELEASED = {
    "all_in_time": "due own_due own_met",
    "not_all_in_time": "due own_due",
    "none_due": "due",
}


@dataclass(frozen=True)
class Page:
    """What the page says of figures that can be set against each other.

    ``counted``    (rule, measure) -> the kinds of outcomes it counts.
    ``larger``     sums that are at least the threshold in each quarter of a year that is shown of a larger unit.
    ``municipal``  sums that are at least the threshold in a municipality's year that is shown.
    """

    counted: dict[Figure, Kinds]
    larger: tuple[Kinds, ...]
    municipal: tuple[Kinds, ...]


def read(name: str, headings: Sequence[str], *, about_persons: bool | None = None) -> Page:
    """Return what the page says of a duty and those about the same cases, or of the releases.

    ``headings`` are those of a municipality's counts: for releases they name the places. ``about_persons`` is for
    made-up duties of which the tests decide it.
    """
    if name == RELEASES:
        return _of_releases(headings)
    persons = name in ABOUT_PERSONS if about_persons is None else about_persons
    if name in LENIENT_OF:
        tables = {name: STRICT, LENIENT_OF[name]: LENIENT}
    else:
        tables = {name: WITH_OWN_RATE if name in OWN_RATE else ONE_DUTY}
    counted = {
        (rule, measure): _with(table, measure)
        for rule, table in tables.items()
        for measure in ("due", "met", "own_due", "own_met")
        if _with(table, measure)
    }
    whole = [(counted[rule, "due"], counted[rule, "met"]) for rule in tables]
    own = [(counted[rule, "own_due"], counted[rule, "own_met"]) for rule in tables if rule in OWN_RATE]
    return Page(counted, _sums([*whole, *own], persons), _sums(own or whole, persons))


def _with(table: dict[str, str], measure: str) -> Kinds:
    return frozenset(kind for kind, measures in table.items() if measure in measures.split())


def _sums(rates: Sequence[tuple[Kinds, Kinds]], persons: bool) -> tuple[Kinds, ...]:
    found = dict.fromkeys(due for due, _met in rates)
    if persons:
        found |= dict.fromkeys(one for due, met in rates for one in (met, due - met))
    return tuple(found)


def _of_releases(headings: Sequence[str]) -> Page:
    """All in time, not all, none due, and each place: "hvert af de viste antal og dem uden forfaldne pligter"."""
    kind_of = {heading: heading.split(", ")[1] for heading in headings}
    counted = {
        (ALL_RELEASES, m): frozenset(h for h in headings if m in RELEASED[kind_of[h]].split()) for m in _MEASURES
    }
    places = {heading.split(", ")[0] for heading in headings}
    counted |= {(place, "due"): frozenset(h for h in headings if h.split(", ")[0] == place) for place in places}
    kinds = [frozenset(h for h in headings if kind_of[h] == kind) for kind in RELEASED]
    return Page(counted, (*kinds, *(counted[place, "due"] for place in sorted(places))), ())


_MEASURES = ("due", "own_due", "own_met")

"""Traps made by hand, each of them one way in which a hidden figure was or could be worked out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.disclosure import certificate
from pipelines.disclosure.attack.audit import audit
from pipelines.disclosure.families import families_of
from pipelines.disclosure.hiding.protect import ThresholdTooLow, protect
from pipelines.disclosure.hiding.room import rows_have_room
from pipelines.disclosure.model import HIDDEN, NATION, Decision, Key, Printed, Unit

from .attacker import Attacker, insiders
from .worlds import RULE, K, one_year, parents_of, publish, renamed, window_of

EAST: tuple[Unit, Unit] = (("region", "R1"), ("area", "East"))
WEST: tuple[Unit, Unit] = (("region", "R2"), ("area", "West"))
WEST_TOO: tuple[Unit, Unit] = (("region", "R3"), ("area", "West"))


def homes(east: str, west: str = "", west_too: str = "") -> dict[str, tuple[Unit, Unit]]:
    return dict.fromkeys(east, EAST) | dict.fromkeys(west, WEST) | dict.fromkeys(west_too, WEST_TOO)


def key(municipality: str, measure: str = "due") -> Key:
    return Key(RULE, "municipality", municipality, "2026", measure)


def attack(problems: list, *, about_persons: bool = False) -> list:
    done = publish(problems)
    attacker = Attacker(
        [(printed.problem, printed.published) for printed, _ in done], RULE, about_persons=about_persons
    )
    assert all(guarded.verdict.green and not guarded.withheld for _, guarded in done)
    return attacker.exposed(["", *insiders(problems[-1])])


def test_ten_hidden_of_one_each_are_not_known_to_be_one_each() -> None:
    """Region Syddanmark on 2026-03-31: 10 due, ten municipalities hidden, the rest shown as none: each was one."""
    due = {m: [1, 0, 0, 0] if m < "f" else [0, 0, 1, 0] for m in "abcdefghij"} | {m: [0] * 4 for m in "klmn"}
    due |= {m: [20, 20, 20, 20] for m in "xyz"}
    problem = one_year(homes("abcdefghijklmn", "xyz"), due)
    assert attack([problem]) == []


def test_a_municipality_without_cases_is_hidden_like_one_with_few() -> None:
    due = {m: [9] * 4 for m in "defghi"} | {"a": [0] * 4, "b": [1] * 4, "c": [0, 4, 0, 0]}
    published = publish([one_year(homes("abcdefghi"), due)])[0][1].published
    assert {published[key(m)] for m in "abc"} == {HIDDEN}
    assert {published[key(m, "met")] for m in "abc"} == {HIDDEN}


def test_one_small_municipality_is_hidden_among_others_of_its_region_from_each_of_them_too() -> None:
    due = {m: [9] * 4 for m in "bcdefg"} | {"a": [1] * 4} | {m: [12] * 4 for m in "uvw"}
    problem = one_year(homes("abcdefg", "uvw"), due)
    published = publish([problem])[0][1].published
    assert sum(published[key(m)] is HIDDEN for m in "abcdefg") >= 3
    assert not any(published[key(m)] is HIDDEN for m in "uvw")
    assert attack([problem]) == []


def test_the_only_municipality_of_its_region_with_cases_does_not_learn_that_it_is_the_only_one() -> None:
    due = {m: [0] * 4 for m in "bcdef"} | {"a": [10] * 4} | {m: [12] * 4 for m in "uvwxyz"}
    problem = one_year(homes("abcdef", "uvw", "xyz"), due)
    done = publish([problem])[0][1]
    assert done.published[Key(RULE, "region", "R1", "2026-Q4", "due")] is HIDDEN
    assert attack([problem]) == []


def test_a_regions_small_quarter_is_not_the_rest_of_its_municipalities_years() -> None:
    due = {m: [12, 12, 1, 12] for m in "abcd"} | {m: [12] * 4 for m in "uvwxyz"}
    problem = one_year(homes("abcd", "uvw", "xyz"), due)
    assert attack([problem]) == []
    assert publish([problem])[0][1].published[Key(RULE, *NATION, "2026-Q4", "due")] == 4 * 37 + 6 * 48


def test_a_rate_of_none_or_all_is_hidden_where_it_is_about_the_person_and_shown_where_it_is_about_the_authority() -> (
    None
):
    due = {m: [9] * 4 for m in "abcdefghijkl"}
    met = {m: [5] * 4 for m in due} | {"a": [9] * 4, "b": [0] * 4}
    about_persons = one_year(homes("abcdefghijkl"), due, met=met, disclosure="outcome")
    published = publish([about_persons])[0][1].published
    assert {published[key(m, measure)] for m in "ab" for measure in ("due", "met")} == {HIDDEN}
    assert attack([about_persons], about_persons=True) == []
    published = publish([one_year(homes("abcdefghijkl"), due, met=met)])[0][1].published
    assert [published[key(m, "met")] for m in "ab"] == [36, 0]


def test_overlapping_windows_of_a_small_unit_are_never_printed() -> None:
    problem = one_year(homes("abcdef", "uvw"), {m: [9] * 4 for m in "abcdefuvw"})
    next_quarter = replace(
        problem,
        name="second",
        parents=parents_of(homes("abcdef", "uvw"), window_of("2027-Q1")),
        counts={(RULE, m, q): (9, 0) for m in "abcdefuvw" for q in window_of("2027-Q1")},
        windows=("2027-Q1",),
        years=(),
    )
    first, second = (guarded for _, guarded in publish([problem, next_quarter]))
    assert {one.period for one in first.published if one.level == "municipality"} == {"2026"}
    assert not any(one.level == "municipality" for one in second.published)


@pytest.mark.parametrize("recorded_late", [1, 2, 30])
def test_a_correction_shows_nothing_that_was_hidden_and_hides_what_has_become_small(recorded_late: int) -> None:
    due = {m: [9] * 4 for m in "cdefgh"} | {"a": [1] * 4, "b": [2] * 4} | {m: [12] * 4 for m in "uvw"}
    first = one_year(homes("abcdefgh", "uvw"), due)
    counts = dict(first.counts) | {(RULE, "a", "2026-Q2"): (recorded_late, 0)}
    counts |= {(RULE, "h", quarter): (1, 0) for quarter in window_of("2026-Q4")}
    restated = renamed(first, "a year later", counts=counts, windows=(), years=(), restated=("2026",))
    done = publish([first, restated])
    hidden = {one.unit for one, value in done[0][1].published.items() if value is HIDDEN and len(one.period) == 4}
    again = done[1][1].published
    assert all(again[key(m)] is HIDDEN for m in hidden)
    assert again[key("h")] is HIDDEN
    assert Attacker([(p.problem, p.published) for p, _ in done], RULE).exposed(["", *insiders(first)]) == []


def test_showing_later_what_was_hidden_turns_the_audit_red() -> None:
    due = {m: [9] * 4 for m in "cdefgh"} | {"a": [1] * 4, "b": [2] * 4}
    first = one_year(homes("abcdefgh"), due)
    printed, guarded = publish([first])[0]
    secondary = next(one for one, value in guarded.published.items() if value is HIDDEN and one.unit in tuple("cdefgh"))
    restated = renamed(first, "a year later", windows=(), years=(), restated=("2026",))
    shown = {one: 36 if one.unit == secondary.unit else HIDDEN for one in guarded.published if len(one.period) == 4}
    assert not audit(shown, restated, threshold=K, earlier=[printed]).green


def test_own_figures_stand_for_municipalities_and_both_for_larger_units() -> None:
    families = families_of({"aid_decided": "denominator"})
    base = one_year(homes("abcdef", "uvw"), {m: [9] * 4 for m in "abcdefuvw"})
    own = (4, 1, 1, 2, 3)
    counts = {("aid_decided", m, quarter): own for _, m, quarter in base.counts}
    done = publish([renamed(base, "own", families=families, counts=counts)])[0][1]
    assert done.published[Key("aid_decided", "municipality", "a", "2026", "own_due")] == 24
    assert done.published[Key("aid_decided", "municipality", "a", "2026", "own_met")] == 20
    assert Key("aid_decided", "municipality", "a", "2026", "due") not in done.published
    assert done.published[Key("aid_decided", "region", "R1", "2026-Q4", "due")] == 6 * 44
    assert done.published[Key("aid_decided", "region", "R1", "2026-Q4", "own_met")] == 6 * 20


def test_no_threshold_below_three_is_taken() -> None:
    problem = one_year(homes("abcdef"), {m: [9] * 4 for m in "abcdef"})
    with pytest.raises(ThresholdTooLow):
        protect(problem, threshold=2, seed=b"x")
    assert protect(problem, threshold=3, seed=b"x").published


def test_a_figure_that_is_not_what_was_counted_is_wrong() -> None:
    problem = one_year(homes("abcdef"), {m: [9] * 4 for m in "abcdef"})
    published = dict(publish([problem])[0][1].published)
    published[key("a")] = 37
    verdict = audit(published, problem, threshold=K)
    assert verdict.wrong
    assert not verdict.green


def test_a_window_is_wrong_when_it_holds_a_quarter_in_which_its_unit_was_to_be_hidden() -> None:
    """Also where nothing can be worked out yet: publications to come reckon with it."""
    problem = one_year(homes("abcdef", "uvw"), {m: [9] * 4 for m in "abcdefuvw"})
    published = publish([problem])[0][1].published
    hidden = {(RULE, "2026-Q2"): Decision(frozenset({("region", "R1")}))}
    assert audit(published, problem, threshold=K).green
    for verdict in (
        audit(published, problem, threshold=K, decisions=hidden),
        audit(published, problem, threshold=K, earlier=[Printed(renamed(problem, "before"), {}, hidden)]),
    ):
        assert verdict.wrong and not verdict.red
        assert all("region R1 2026-Q4" in one and "2026-Q2" in one for one in verdict.wrong)
    closed = {one: HIDDEN if one.unit == "R1" else value for one, value in published.items()}
    assert audit(closed, problem, threshold=K, decisions=hidden).green


def test_a_certificate_with_a_table_too_few_is_not_believed() -> None:
    due = {m: [9] * 4 for m in "cdefgh"} | {"a": [1] * 4, "b": [2] * 4}
    problem = one_year(homes("abcdefgh"), due)
    printed, guarded = publish([problem])[0]
    proof = guarded.verdict.certificate
    assert certificate.verify(proof, printed.published, problem) == []
    claim = next(one for one in proof.claims if one.low)
    without = replace(proof, claims=tuple(one._replace(low=()) if one == claim else one for one in proof.claims))
    assert certificate.verify(without, printed.published, problem)
    forged = proof.tables[0].changes[0]
    tables = (proof.tables[0]._replace(changes=((forged[0], forged[1] + 7),)), *proof.tables[1:])
    assert certificate.verify(replace(proof, tables=tables), printed.published, problem)


def test_a_pool_has_room_from_three_rows_and_only_without_its_largest() -> None:
    assert not rows_have_room([(9,), (9,)], K)
    assert rows_have_room([(0,), (4,), (4,)], K)
    assert not rows_have_room([(0,), (3,), (30,)], K)
    assert not rows_have_room([(2,), (2,), (3,)], K)
    assert not rows_have_room([(5, 5), (5, 0), (5, 3)], K)


def test_a_row_that_lay_elsewhere_for_a_part_of_the_year_is_not_one_of_the_three() -> None:
    assert not rows_have_room([(0,), (4,), (40,)], K, movers=1)
    assert rows_have_room([(0,), (4,), (40,), (7,)], K, movers=1)


def test_the_same_seed_gives_the_same_figures_and_another_seed_hides_others() -> None:
    due = {m: [9] * 4 for m in "bcdefghijklmnop"} | {"a": [1] * 4}
    problem = one_year(homes("abcdefghijklmnop"), due)
    by_seed = [protect(problem, threshold=K, seed=bytes([n])).published for n in range(6)]
    assert protect(problem, threshold=K, seed=bytes([0])).published == by_seed[0]
    assert len({tuple(one for one, value in published.items() if value is HIDDEN) for published in by_seed}) > 1


def test_what_was_printed_is_kept_and_found_again() -> None:
    from pipelines.disclosure import storage

    due = {m: [9] * 4 for m in "cdefgh"} | {"a": [1] * 4, "b": [2] * 4}
    printed, guarded = publish([one_year(homes("abcdefgh"), due)])[0]
    again = storage.printed_from_json(storage.printed_to_json(printed))
    assert isinstance(again, Printed)
    assert again == printed
    proof = guarded.verdict.certificate
    assert storage.certificate_from_json(storage.certificate_to_json(proof)) == proof

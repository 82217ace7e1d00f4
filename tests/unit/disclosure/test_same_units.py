"""An area and a region of the same municipalities are one to the attack and one to the proof, by the same name."""

from __future__ import annotations

from pipelines.disclosure import certificate, guard
from pipelines.disclosure.model import Unit

from .worlds import K, one_year

ALIKE: tuple[Unit, ...] = (("region", "R1"), ("area", "East"))
OTHER: tuple[Unit, ...] = (("region", "R2"), ("area", "West"))


def test_a_small_quarter_of_both_has_its_claim_in_whatever_order_the_units_come() -> None:
    due = {m: [0, 1, 0, 0] for m in "abc"} | {m: [9, 9, 9, 9] for m in "defghij"}
    homes = dict.fromkeys("abc", ALIKE) | dict.fromkeys("defghij", OTHER)
    for order in (ALIKE, ALIKE[::-1]):
        problem = one_year(homes | dict.fromkeys("abc", order), due)
        parents = dict(reversed(problem.parents.items()))
        for chosen in (problem.parents, parents):
            asked = type(problem)(**{**vars(problem), "parents": chosen})
            done = guard.guard(asked, threshold=K, seed=b"x", earlier=[])
            assert done.verdict.green
            assert certificate.verify(done.verdict.certificate, done.published, asked) == []
            mixed = dict(sorted(done.published.items(), key=lambda figure: figure[0].unit))
            assert certificate.verify(done.verdict.certificate, mixed, asked) == []

"""A sample of the mutation campaign (``benchmarks/mutation.py``): a changed number or comparison is noticed."""

from __future__ import annotations

from benchmarks.mutation import campaign
from tests.shared_material import needs_shared


@needs_shared
def test_every_eightieth_change_of_a_number_or_a_comparison_is_noticed() -> None:
    noticed, missed = campaign(every=80)
    assert len(noticed) + len(missed) >= 2
    assert not missed, [str(mutant) for mutant in missed]

"""How much the hidden must be able to hide: the conditions on a pool, as sums and comparisons.

Belongs here: the conditions and why they are what they are. Does not belong here: choosing what to hide.

A pool is what a reader knows the sum of and no more. K is the threshold. Each condition is stated for the reader in
the worst place, who knows the largest contribution because it is his own.
"""

from __future__ import annotations

from collections.abc import Sequence


def units_have_room(total: int, largest: int, threshold: int) -> bool:
    """Say whether hidden regions or areas with this sum keep 0 to K - 1 open, to whoever knows the largest part."""
    return total - largest >= threshold - 1


SMALLEST_POOL = 3
"""With two, either subtracts itself and knows the other. A row that lay elsewhere in the year too is not counted: it
cannot take over all of a quarter."""


def rows_have_room(rows: Sequence[Sequence[int]], threshold: int, *, movers: int = 0) -> bool:
    """Say whether hidden municipalities of one pool keep 0 to K - 1 open for each other, and for everyone else.

    ``rows``: of each hidden municipality the sums that may not be small; ``movers`` of them lay elsewhere too. K - 1
    must be left without the largest, who subtracts itself; and 2(K - 1) in all, so that a table in which one of them
    has K - 1 leaves as much to the others.
    """
    if len(rows) - movers < SMALLEST_POOL:
        return False
    return all(
        sum(values) >= 2 * (threshold - 1) and sum(values) - max(values) >= threshold - 1
        for values in zip(*rows, strict=True)
    )

"""Exact tests of counts, and what is left of them when many are made at once.

Belongs here: probabilities. Does not belong here: which counts are compared (``standing_out``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def exact_p_values(
    met_a: Sequence[int], due_a: Sequence[int], met_b: Sequence[int], due_b: Sequence[int]
) -> list[float]:
    """Return for each pair the chance of shares at least as different, were there no difference.

    Fisher's exact test, two-sided by doubling the smaller tail, which is never too small. All pairs at once, since a
    meeting compares thousands.
    """
    from scipy.stats import hypergeom

    if not met_a:
        return []
    a, n_a, b, n_b = (np.asarray(values, dtype=np.int64) for values in (met_a, due_a, met_b, due_b))
    low = hypergeom.cdf(a, n_a + n_b, a + b, n_a)
    high = hypergeom.sf(a - 1, n_a + n_b, a + b, n_a)
    return [float(value) for value in np.minimum(1.0, 2 * np.minimum(low, high))]


def held_by_holm(p_values: Sequence[float], level: float) -> list[bool]:
    """Return which findings stand when the chance of even one false one is kept at ``level`` (Holm 1979).

    Holds whatever the dependence between the tests; municipalities share cases with their area, and rules share cases
    with one another.
    """
    stands = [False] * len(p_values)
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        if p_values[place] > level / (len(p_values) - rank):
            break
        stands[place] = True
    return stands

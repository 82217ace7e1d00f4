"""Exact tests of counts, and what is left of them when many are made at once.

Belongs here: probabilities. Does not belong here: which counts are compared (``standing_out``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln


def exact_p_values(
    met_a: Sequence[int], due_a: Sequence[int], met_b: Sequence[int], due_b: Sequence[int]
) -> list[float]:
    """Return for each pair the chance of shares at least as different, were there no difference.

    Fisher's exact test, two-sided by doubling the smaller tail, which is never too small. All pairs at once, since a
    meeting compares thousands.
    """
    if not met_a:
        return []
    a, n_a, b, n_b = (np.asarray(values, dtype=np.int64) for values in (met_a, due_a, met_b, due_b))
    low, high = _tails(a, n_a, b, n_b)
    return [float(value) for value in np.minimum(1.0, 2 * np.minimum(low, high))]


def _tails(a: np.ndarray, n_a: np.ndarray, b: np.ndarray, n_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the hypergeometric chances of at most, and of at least, as many met among the first.

    Summed over all counts there could be, for all pairs at once. ``scipy.stats.hypergeom`` gives the same to nine
    digits (a test holds it); to import that package alone takes every process of the pages some seconds.
    """
    met = a + b
    fewest, most = np.maximum(0, met - n_b), np.minimum(n_a, met)
    counts = most - fewest + 1
    pair = np.repeat(np.arange(len(a)), counts)
    first_of_pair = np.repeat(np.cumsum(counts) - counts, counts)
    could_be = np.arange(counts.sum()) - first_of_pair + fewest[pair]
    chance = np.exp(
        _log_choices(met[pair], could_be)
        + _log_choices((n_a + n_b - met)[pair], n_a[pair] - could_be)
        - _log_choices(n_a + n_b, n_a)[pair]
    )
    low = np.bincount(pair, weights=chance * (could_be <= a[pair]), minlength=len(a))
    high = np.bincount(pair, weights=chance * (could_be >= a[pair]), minlength=len(a))
    return low, high


def _log_choices(of: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the logarithm of in how many ways so many can be chosen."""
    return np.asarray(gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1))


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

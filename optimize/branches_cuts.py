"""Cuts for packings of places: of any three places, at most one group can hold two or three.

Subset-row inequalities on three rows (Jepsen, Petersen, Spoorendonk and Pisinger 2008,
doi:10.1287/opre.1070.0449); found by looking at the pairs that share a group in the relaxation.
"""

from collections.abc import Iterator

import numpy as np

from optimize.branches_master import Columns
from optimize.problem import FloatArray, IntArray

_VIOLATED = 0.02
_MOST = 150  # cuts of one round
_PER_PLACE = 6  # cuts of one round that a place may be in


def find_triples(columns: Columns, value: FloatArray, known: IntArray, n_places: int) -> IntArray:
    """Find the triples whose cut the relaxation violates most, int64 (q, 3), each ascending.

    Parameters
    ----------
    value
        float64 (k,), how much of each group the relaxation takes.
    known
        int64 (p, 3), triples that have their cut already.
    """
    taken = np.flatnonzero((value > 1e-6) & (value < 1 - 1e-6))
    groups = [np.sort(row[row >= 0]).tolist() for row in columns.places[taken]]
    together = np.zeros((n_places, n_places))
    all_three: dict[tuple[int, int, int], float] = {}
    for group, share in zip(groups, value[taken].tolist(), strict=True):
        together[np.ix_(group, group)] += share
        for triple in _triples(group):
            all_three[triple] = all_three.get(triple, 0.0) + share
    np.fill_diagonal(together, 0.0)
    done = {(int(a), int(b), int(c)) for a, b, c in known}
    found = {}
    for triple in _paths(together):
        if triple not in done and triple not in found:
            a, b, c = triple
            pairs = together[a, b] + together[b, c] + together[a, c]
            excess = float(pairs) - 2 * all_three.get(triple, 0.0) - 1
            if excess > _VIOLATED:
                found[triple] = excess
    return _spread(sorted(found, key=lambda triple: (-found[triple], triple)), n_places)


def _triples(group: list[int]) -> Iterator[tuple[int, int, int]]:
    for i, a in enumerate(group):
        for j, b in enumerate(group[i + 1 :], start=i + 1):
            for c in group[j + 1 :]:
                yield a, b, c


def _paths(together: FloatArray) -> Iterator[tuple[int, int, int]]:
    """List the triples of which two pairs share groups; pairs taken whole have nothing to cut."""
    beside = [np.flatnonzero(row > 1e-6).tolist() for row in together]
    for middle, near in enumerate(beside):
        for i, one in enumerate(near):
            for other in near[i + 1 :]:
                a, b, c = sorted((one, middle, other))
                yield a, b, c


def _spread(ordered: list[tuple[int, int, int]], n_places: int) -> IntArray:
    """Take the first triples, so that none of their places is in too many."""
    used = np.zeros(n_places, np.int64)
    taken = []
    for triple in ordered:
        if used[list(triple)].max() < _PER_PLACE:
            used[list(triple)] += 1
            taken.append(triple)
        if len(taken) == _MOST:
            break
    return np.array(taken, np.int64).reshape(-1, 3)

"""Compounds that are divided between grids."""

import numpy as np
from numba import float64, int32, int64, njit

from optimize.arrays import ints, members
from optimize.costs.cost import Cost
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


@njit(float64[::1](int64[::1], int32[::1], int64[::1], int64[::1]), cache=True, nogil=True)
def _splits(starts: np.ndarray, cells: np.ndarray, compound: np.ndarray, size: np.ndarray) -> np.ndarray:
    n_groups = len(starts) - 1
    total = np.zeros(n_groups)
    inside = np.zeros(len(size), np.int64)
    for group in range(n_groups):
        for at in range(starts[group], starts[group + 1]):
            if compound[cells[at]] >= 0:
                inside[compound[cells[at]]] += 1
        value = 0.0
        for at in range(starts[group], starts[group + 1]):
            which = compound[cells[at]]
            if which >= 0 and inside[which] > 0:
                value += (size[which] - inside[which]) / size[which]
                inside[which] = 0
        total[group] = value
    return total


def compound_splits(problem: Problem, groups: Groups) -> FloatArray:
    """Give each group's share in the divided compounds.

    A compound in p grids costs p - 1 splits. To add up over grids, each grid bears, for each compound it
    touches, the share of that compound's cells that lie elsewhere: over p grids these shares sum to
    exactly p - 1, and a grid of whole compounds costs nothing.

    A compound of 5 cells in grids of 2, 1 and 2 of them: 3/5 + 4/5 + 3/5 = 2 splits.
    """
    size = np.bincount(problem.compound_idx[problem.compound_idx >= 0], minlength=1)
    return np.asarray(
        _splits(ints(groups.indptr), members(groups.members), ints(problem.compound_idx), ints(size))
    )


def _least(problem: Problem, _n_grids: int) -> float:
    """Count the splits that no plan avoids: a compound of h households lies in at least ⌈h/max⌉ grids."""
    known = problem.compound_idx >= 0
    load = np.bincount(problem.compound_idx[known], weights=problem.households[known], minlength=1)
    return float(np.maximum(np.ceil(load / problem.max_households) - 1, 0).sum())


# Going round a compound of ordinary size instead of through it takes some 300 m more of border.
COMPOUND_SPLITS = Cost(
    name="compound_splits",
    factor="territory",
    unit="splits",
    metres_per_unit=300.0,
    per_group=compound_splits,
    least=_least,
)

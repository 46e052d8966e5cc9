"""Households that change grid against today's grids."""

import numpy as np
from numba import float64, int32, int64, njit

from optimize.arrays import ints, members
from optimize.costs.cost import Cost
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


@njit(float64[::1](int64[::1], int32[::1], int64[::1], int64[::1], int64[::1]), cache=True, nogil=True)
def _moved(
    starts: np.ndarray, cells: np.ndarray, households: np.ndarray, today: np.ndarray, size: np.ndarray
) -> np.ndarray:
    n_groups = len(starts) - 1
    total = np.zeros(n_groups)
    inside = np.zeros(len(size), np.int64)
    for group in range(n_groups):
        known = 0
        for at in range(starts[group], starts[group + 1]):
            cell = cells[at]
            if today[cell] >= 0:
                inside[today[cell]] += households[cell]
                known += households[cell]
        kept = 0
        for at in range(starts[group], starts[group + 1]):
            which = today[cells[at]]
            if which >= 0:
                if 2 * inside[which] > size[which] and inside[which] > kept:
                    kept = inside[which]
                inside[which] = 0
        total[group] = known - kept
    return total


def moved(problem: Problem, groups: Groups) -> FloatArray:
    """Give the households of each group that change grid.

    A grid continues today's grid of which it holds more than half of the households (the largest such,
    if it holds several); all its other households move. No two grids can hold more than half of one, so
    the rule is a matching and adds up over grids. The best matching (Hungarian) can only be lower, and
    is equal where every continued grid keeps more than half. Cells without a grid today move nobody.

    Today's grids of 100 + 30 and of 60 households, new ones of 100 and of 30 + 60: 0 and 30 move.
    """
    known = problem.today_idx >= 0
    size = np.zeros(int(problem.today_idx.max(initial=0)) + 1, np.int64)
    np.add.at(size, problem.today_idx[known], problem.households[known])
    return np.asarray(
        _moved(
            ints(groups.indptr),
            members(groups.members),
            ints(problem.households),
            ints(problem.today_idx),
            size,
        )
    )


# 100 households with a new grid worker weigh as much as 200 m of border.
MOVED = Cost(name="moved", factor="residents", unit="households", metres_per_unit=2.0, per_group=moved)

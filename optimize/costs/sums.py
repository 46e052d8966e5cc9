"""Sums over the cells of each group."""

import numpy as np

from optimize.groups import Groups
from optimize.problem import FloatArray, IntArray


def sum_cells(values: FloatArray, groups: Groups) -> FloatArray:
    """Sum float64 (n,) values of cells over each group, float64 (k,)."""
    running = np.concatenate([[0.0], np.cumsum(values[groups.members])])
    return np.asarray(running[groups.indptr[1:]] - running[groups.indptr[:-1]])


def count_cells(values: IntArray, groups: Groups) -> IntArray:
    """Sum int64 (n,) values of cells over each group, int64 (k,), without rounding."""
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(values[groups.members], dtype=np.int64)])
    return np.asarray(running[groups.indptr[1:]] - running[groups.indptr[:-1]])

"""Lengths of the outlines of groups; what a metre counts is the caller's affair."""

import numpy as np
from numba import float64, int32, int64, njit

from optimize.arrays import floats, ints, members
from optimize.graph import build_graph
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def measure_outlines(
    problem: Problem, groups: Groups, border_length: FloatArray, outer_length: FloatArray
) -> FloatArray:
    """Sum the lengths around each group, float64 (k,).

    Parameters
    ----------
    border_length
        float64 (m,), length of each border between cells; counted where it has the group on one side only.
    outer_length
        float64 (n,), length of each cell's border with no cell beyond; always counted.
    """
    graph = build_graph(problem.n_cells, problem.edges)
    return np.asarray(
        _outlines(
            ints(groups.indptr),
            members(groups.members),
            ints(graph.indptr),
            ints(graph.indices),
            floats(border_length[graph.edge_idx]),
            floats(outer_length),
        )
    )


@njit(
    float64[::1](int64[::1], int32[::1], int64[::1], int64[::1], float64[::1], float64[::1]),
    cache=True,
    nogil=True,
)
def _outlines(
    starts: np.ndarray,
    cells: np.ndarray,
    indptr: np.ndarray,
    neighbours: np.ndarray,
    length: np.ndarray,
    outer: np.ndarray,
) -> np.ndarray:
    n_groups = len(starts) - 1
    total = np.zeros(n_groups)
    seen = np.full(len(outer), -1, np.int64)
    for group in range(n_groups):
        for at in range(starts[group], starts[group + 1]):
            seen[cells[at]] = group
        value = 0.0
        for at in range(starts[group], starts[group + 1]):
            cell = cells[at]
            value += outer[cell]
            for entry in range(indptr[cell], indptr[cell + 1]):
                if seen[neighbours[entry]] != group:
                    value += length[entry]
        total[group] = value
    return total

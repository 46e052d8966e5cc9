"""Length of a grid's boundary, where metres along good borders count less."""

import numpy as np
from numba import float64, int32, int64, njit

from optimize.arrays import floats, ints, members
from optimize.costs.cost import Cost
from optimize.graph import build_graph
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


@njit(
    float64[::1](int64[::1], int32[::1], int64[::1], int64[::1], float64[::1], float64[::1]),
    cache=True,
    nogil=True,
)
def _perimeters(
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


def boundary(problem: Problem, groups: Groups) -> FloatArray:
    """Measure the boundary of each group in metres.

    Borders with other cells of the community count `border_m * border_factor`, the community's own
    outline counts in full. With all factors 1 this is the grid's perimeter, which anyone can measure on
    the map. Summed over a plan, the outline is a constant and each inner border counts twice, once for
    the grid on either side.
    """
    graph = build_graph(problem.n_cells, problem.edges)
    length = (problem.border_m * problem.border_factor)[graph.edge_idx]
    return np.asarray(
        _perimeters(
            ints(groups.indptr),
            members(groups.members),
            ints(graph.indptr),
            ints(graph.indices),
            floats(length),
            floats(problem.outer_m),
        )
    )


BOUNDARY = Cost(name="boundary", unit="m", metres_per_unit=1.0, per_group=boundary)

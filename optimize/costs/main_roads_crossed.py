"""Main roads, rivers and railways inside a grid: the grid worker has to cross them."""

import numpy as np
from numba import float64, int32, int64, njit

from optimize.arrays import floats, ints, members
from optimize.costs.cost import Cost
from optimize.graph import build_graph
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


@njit(float64[::1](int64[::1], int32[::1], int64[::1], int64[::1], float64[::1]), cache=True, nogil=True)
def _inside(
    starts: np.ndarray, cells: np.ndarray, indptr: np.ndarray, neighbours: np.ndarray, length: np.ndarray
) -> np.ndarray:
    n_groups = len(starts) - 1
    total = np.zeros(n_groups)
    seen = np.full(len(indptr) - 1, -1, np.int64)
    for group in range(n_groups):
        value = 0.0
        for at in range(starts[group], starts[group + 1]):
            cell = cells[at]
            for entry in range(indptr[cell], indptr[cell + 1]):
                if seen[neighbours[entry]] == group:
                    value += length[entry]
            seen[cell] = group
        total[group] = value
    return total


def main_roads_crossed(problem: Problem, groups: Groups) -> FloatArray:
    """Measure the borders along main roads, rivers and railways that have the group on both sides, in metres.

    Only lines that cells end at can be seen; what runs through a cell is inside every grid that holds it.

    Three square cells of 100 m in a row with a main road after the first: the grid of all three, and that of
    the first two, cross 100 m; the grid of the last two crosses nothing.
    """
    heavy = problem.heavy
    graph = build_graph(problem.n_cells, problem.edges[heavy])
    return np.asarray(
        _inside(
            ints(groups.indptr),
            members(groups.members),
            ints(graph.indptr),
            ints(graph.indices),
            floats(problem.border_m[heavy][graph.edge_idx]),
        )
    )


# A border along a main road costs both its grids 0.2 to 0.3 of its length, 0.6 at most: at 1 m a metre it is
# cheaper to end there than to cross, and what is crossed weighs as much as half the border on open ground.
MAIN_ROADS_CROSSED = Cost(
    name="main_roads_crossed",
    factor="territory",
    unit="m",
    metres_per_unit=1.0,
    per_group=main_roads_crossed,
)

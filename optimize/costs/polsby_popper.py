"""How far a grid's shape is from a disc, by area and perimeter."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.perimeters import measure_outlines
from optimize.costs.sums import sum_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def polsby_popper(problem: Problem, groups: Groups) -> FloatArray:
    """Give 1 - 4π A / P² of each group, A its area and P its true perimeter; 0 is a disc, near 1 a strip.

    A square of 100 m has 1 - 4π 10,000 / 400² = 1 - π / 4 = 0.215. An area larger than its outline can hold,
    which only made-up arrays have, counts as a disc.

    References
    ----------
    Polsby, Popper (1991), The third criterion: compactness as a procedural safeguard against partisan
    gerrymandering, Yale Law & Policy Review 9(2).
    """
    between = np.bincount(problem.edges.ravel(), np.repeat(problem.border_m, 2), problem.n_cells)
    # The outline beyond all cells, true also where the problem is a part of a community.
    beyond = np.maximum(problem.perimeter_m - between, 0.0)
    around = measure_outlines(problem, groups, problem.border_m, beyond)
    safe = np.where(around > 0, around, 1.0)
    ratio = np.where(around > 0, 4.0 * np.pi * sum_cells(problem.area_m2, groups) / safe**2, 1.0)
    return np.asarray(np.maximum(1.0 - ratio, 0.0))


# Of two grids of 0.1 km², a square has 0.21 and a rectangle three times as long as wide 0.41, with 200 m
# more of perimeter: 0.2 cost as much as those 200 m.
POLSBY_POPPER = Cost(
    name="polsby_popper", factor="territory", unit="ratio", metres_per_unit=1000.0, per_group=polsby_popper
)

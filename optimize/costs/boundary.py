"""Length of a grid's boundary, where metres along good borders count less."""

from optimize.costs.cost import Cost
from optimize.costs.perimeters import measure_outlines
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def boundary(problem: Problem, groups: Groups) -> FloatArray:
    """Measure the boundary of each group in metres.

    Borders with other cells of the community count `border_m * border_factor`, the community's own
    outline counts in full. With all factors 1 this is the grid's perimeter, which anyone can measure on
    the map. Summed over a plan, the outline is a constant and each inner border counts twice, once for
    the grid on either side.

    Two square cells of 100 m side by side, the border between them along a road of factor 0.25: each alone
    has 300 + 0.25 x 100 = 325, both together have 600.
    """
    return measure_outlines(problem, groups, problem.border_m * problem.border_factor, problem.outer_m)


def _least(problem: Problem, _n_grids: int) -> float:
    return float(problem.outer_m.sum())


BOUNDARY = Cost(
    name="boundary", factor="territory", unit="m", metres_per_unit=1.0, per_group=boundary, least=_least
)

"""How unevenly institutions are shared among grids."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.sums import count_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def institutions(problem: Problem, groups: Groups) -> FloatArray:
    """Give |institutions - community's mean per grid| of each group, in institutions.

    The mean is a number of the problem: that of the plan at hand would change with the other grids, and no
    proof could add it up. With a mean of 4, grids with 1, 4 and 9 institutions give 3, 0 and 5.
    """
    return np.asarray(np.abs(count_cells(problem.institutions, groups) - problem.institutions_per_grid))


def _least(problem: Problem, n_grids: int) -> float:
    return float(abs(int(problem.institutions.sum()) - n_grids * problem.institutions_per_grid))


# Five institutions more or fewer weigh as much as 50 households off the target: 100 m.
INSTITUTIONS = Cost(
    name="institutions",
    factor="institutions",
    unit="institutions",
    metres_per_unit=20.0,
    per_group=institutions,
    least=_least,
)

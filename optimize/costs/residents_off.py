"""How far a grid's residents are from the reference."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.sums import count_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def residents_off(problem: Problem, groups: Groups) -> FloatArray:
    """Give |residents - reference| of each group: 900 and 1,200 residents against 1,000 give 100 and 200."""
    residents = count_cells(problem.residents, groups)
    return np.abs(residents - problem.residents_reference).astype(np.float64)


def _least(problem: Problem, n_grids: int) -> float:
    return float(abs(int(problem.residents.sum()) - n_grids * problem.residents_reference))


# A household of 2.5 residents then weighs as much here as in `target_size`.
RESIDENTS_OFF = Cost(
    name="residents_off",
    factor="residents",
    unit="residents",
    metres_per_unit=0.8,
    per_group=residents_off,
    least=_least,
)

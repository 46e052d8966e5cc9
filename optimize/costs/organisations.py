"""Grids without any organisation on their ground."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.sums import count_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def organisations(problem: Problem, groups: Groups) -> FloatArray:
    """Give 1 for each group without an organisation, else 0: with 0, 1 and 4 of them, grids give 1, 0, 0."""
    return np.asarray(count_cells(problem.organisations, groups) == 0, np.float64)


def _least(problem: Problem, n_grids: int) -> float:
    return float(max(0, n_grids - int(problem.organisations.sum())))


# Less than the 300 m of a grid that cannot carry a branch: an organisation can be founded, members cannot.
ORGANISATIONS = Cost(
    name="organisations",
    factor="organisations",
    unit="grids",
    metres_per_unit=200.0,
    per_group=organisations,
    least=_least,
)

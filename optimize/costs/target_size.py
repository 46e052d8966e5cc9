"""How far a grid's households are from the wished size."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def target_size(problem: Problem, groups: Groups) -> FloatArray:
    """Give |households - target| of each group, in households: 300 and 450 against 400 give 100 and 50."""
    return np.abs(groups.households - problem.target_households).astype(np.float64)


def _least(problem: Problem, n_grids: int) -> float:
    return float(abs(int(problem.households.sum()) - n_grids * problem.target_households))


# 50 households off the target weigh as much as 100 m of border: a noticeable detour of a grid of about 1
# km round.
TARGET_SIZE = Cost(
    name="target_size",
    factor="residents",
    unit="households",
    metres_per_unit=2.0,
    per_group=target_size,
    least=_least,
)

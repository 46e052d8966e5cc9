"""How far a grid's households are from the wished size."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def target_size(problem: Problem, groups: Groups) -> FloatArray:
    """Give |households - target| of each group, in households."""
    return np.abs(groups.households - problem.target_households).astype(np.float64)


# 50 households off the target weigh as much as 100 m of border: a noticeable detour of a grid of about 1
# km round.
TARGET_SIZE = Cost(name="target_size", unit="households", metres_per_unit=2.0, per_group=target_size)

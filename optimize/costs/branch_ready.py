"""Grids with too few formal members for a branch of their own."""

import numpy as np

from optimize.costs.cost import Cost
from optimize.costs.sums import count_cells
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem


def branch_ready(problem: Problem, groups: Groups) -> FloatArray:
    """Give 1 for each group with fewer formal members than an organisation needs, else 0.

    With 3 needed (党章 Art. 30; 支部工作条例 Art. 4), grids with 0, 2, 3 and 40 members give 1, 1, 0, 0. How
    many members a grid has beyond that does not matter.
    """
    return (count_cells(problem.formal_members, groups) < problem.members_needed).astype(np.float64)


def _least(problem: Problem, n_grids: int) -> float:
    if problem.members_needed == 0:
        return 0.0
    return float(max(0, n_grids - int(problem.formal_members.sum()) // problem.members_needed))


# A grid without a branch of its own needs a joint one with a neighbour: as bad as a compound split.
BRANCH_READY = Cost(
    name="branch_ready",
    factor="members",
    unit="grids",
    metres_per_unit=300.0,
    per_group=branch_ready,
    least=_least,
)

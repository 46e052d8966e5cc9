"""The costs a planner can weigh; to add one, write a file with a `Cost` beside these and one line in `COSTS`.

The objective of a plan is the sum over its grids of weight x metres per unit x value, in metres of
border. A cost with weight 0, or absent from `Problem.weights`, is off. Form, documentation, tests and
exports read this registry.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from optimize.costs.boundary import BOUNDARY
from optimize.costs.branch_ready import BRANCH_READY
from optimize.costs.compactness import COMPACTNESS
from optimize.costs.compound_splits import COMPOUND_SPLITS
from optimize.costs.cost import Cost
from optimize.costs.institutions import INSTITUTIONS
from optimize.costs.main_roads_crossed import MAIN_ROADS_CROSSED
from optimize.costs.moved import MOVED
from optimize.costs.organisations import ORGANISATIONS
from optimize.costs.polsby_popper import POLSBY_POPPER
from optimize.costs.residents_off import RESIDENTS_OFF
from optimize.costs.target_size import TARGET_SIZE
from optimize.groups import Groups
from optimize.problem import FloatArray, Problem

__all__ = ["COSTS", "Cost", "Groups", "cost_columns", "total_cost"]

COSTS: Mapping[str, Cost] = MappingProxyType(
    {
        cost.name: cost
        for cost in (
            BOUNDARY,
            MAIN_ROADS_CROSSED,
            COMPACTNESS,
            POLSBY_POPPER,
            COMPOUND_SPLITS,
            MOVED,
            TARGET_SIZE,
            RESIDENTS_OFF,
            BRANCH_READY,
            ORGANISATIONS,
            INSTITUTIONS,
        )
    }
)
"""Every cost by name, in the order of the form: territory first, then who lives and works there."""


def total_cost(problem: Problem, groups: Groups) -> FloatArray:
    """Give the weighted cost of each group in metres of border, float64 (k,)."""
    total = np.zeros(len(groups))
    for name, weight in problem.weights.items():
        if weight:
            cost = COSTS[name]
            total += weight * cost.metres_per_unit * cost.per_group(problem, groups)
    return total


def cost_columns(problem: Problem, groups: Groups) -> Mapping[str, FloatArray]:
    """Give every cost's unweighted value of each group, those that are off included: name → float64 (k,)."""
    return {name: cost.per_group(problem, groups) for name, cost in COSTS.items()}

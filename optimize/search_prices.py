"""What the boundary moves believe a border and a household off the target to cost.

Boundary length and target size are exact. Costs that do not add up over borders enter by a rough price on the
borders that matter to them. That only steers: plans are compared, and parts solved, by their true total cost.
"""

from typing import NamedTuple

import numpy as np

from optimize.costs import COSTS
from optimize.problem import FloatArray, Problem


class Prices(NamedTuple):
    """Prices in metres of border.

    Attributes
    ----------
    edge_cost
        float64 (m,), cost of ending a grid at each border.
    size_price
        Cost of one household away from the target size.
    """

    edge_cost: FloatArray
    size_price: float


def build_prices(problem: Problem) -> Prices:
    """Price the borders of a problem by the costs in force; a border counts once, for both grids."""
    edge_cost = 2.0 * _rate(problem, "boundary") * problem.border_m * problem.border_factor
    edge_cost += _compactness_price(problem)
    heavy = problem.heavy
    saved = _rate(problem, "main_roads_crossed") * problem.border_m[heavy]
    edge_cost[heavy] = np.maximum(edge_cost[heavy] - saved, 0.0)
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    compound = problem.compound_idx
    size = np.maximum(np.bincount(compound[compound >= 0], minlength=1), 1)
    same = (compound[a] >= 0) & (compound[a] == compound[b])
    # A split crosses about as many borders as the compound is wide in cells.
    edge_cost[same] += _rate(problem, "compound_splits") / np.sqrt(size[compound[a[same]]])
    today = problem.today_idx
    stays = (today[a] >= 0) & (today[a] == today[b])
    lighter = np.minimum(problem.households[a], problem.households[b])
    edge_cost[stays] += 0.5 * _rate(problem, "moved") * lighter[stays]
    return Prices(edge_cost=edge_cost, size_price=_rate(problem, "target_size"))


def _rate(problem: Problem, name: str) -> float:
    """Give the metres of border that one unit of a cost is worth under the weights in force."""
    return float(problem.weights.get(name, 0.0)) * COSTS[name].metres_per_unit


def _compactness_price(problem: Problem) -> FloatArray:
    """Spread what compactness costs over plain border length: a shorter border is nearly always rounder.

    A metre more around two grids of ordinary shape costs each about 1 / around in Polsby-Popper's measure.
    """
    grid_area = problem.area_m2.sum() * problem.target_households / max(int(problem.households.sum()), 1)
    around = 2.0 * np.sqrt(np.pi * max(float(grid_area), 1.0))
    rate = _rate(problem, "compactness") + 2.0 * _rate(problem, "polsby_popper")
    return np.asarray(rate * problem.border_m / around)

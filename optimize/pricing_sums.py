"""What a group costs beyond its borders and compounds: functions of sums over its units."""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.costs import COSTS
from optimize.problem import FloatArray, IntArray, Problem
from optimize.units import Units

HOUSEHOLDS, RESIDENTS, MEMBERS, ORGANISATIONS, INSTITUTIONS = 0, 1, 2, 3, 4
AREA, FIRST_X, FIRST_Y, SECOND, OUTLINE = 5, 6, 7, 8, 9
N_SUMS = 10

SHAPE, STRIP, FAR, FEW, NONE, UNEVEN = 0, 1, 2, 3, 4, 5
"""Rates: compactness, Polsby-Popper, residents off, too few members, no organisation, institutions off."""

_RATES = ("compactness", "polsby_popper", "residents_off", "branch_ready", "organisations", "institutions")
_FOUR_PI = 4.0 * np.pi


class Sums(NamedTuple):
    """What a group is made of, and what that costs.

    Attributes
    ----------
    amount
        float64 (u, 10), what each unit adds; of an outline, the part that borders on no other unit.
    rate
        float64 (6,), metres for one of each cost.
    reference
        float64 (6,), what the cost compares with: residents, members and institutions; 0 elsewhere.
    """

    amount: FloatArray
    rate: FloatArray
    reference: FloatArray


def build_sums(problem: Problem, units: Units, unit_of: IntArray) -> Sums:
    """Add up over the cells of each unit; `unit_of` is int64 (n,), -1 outside the part."""
    area = problem.area_m2
    x, y = problem.x_m - problem.x_m.mean(), problem.y_m - problem.y_m.mean()
    between = np.bincount(problem.edges.ravel(), np.repeat(problem.border_m, 2), problem.n_cells)
    columns = (
        problem.households,
        problem.residents,
        problem.formal_members,
        problem.organisations,
        problem.institutions,
        area,
        area * x,
        area * y,
        area * (x * x + y * y) + area * area / (2.0 * np.pi),
        np.maximum(problem.perimeter_m - between, 0.0),
    )
    mine = unit_of >= 0
    amount = np.stack(
        [np.bincount(unit_of[mine], np.asarray(values, np.float64)[mine], len(units)) for values in columns],
        axis=1,
    )
    ends = unit_of[problem.edges]
    for side in (0, 1):
        leaving = (ends[:, side] >= 0) & (ends[:, 1 - side] < 0)
        np.add.at(amount[:, OUTLINE], ends[leaving, side], problem.border_m[leaving])
    reference = np.zeros(6)
    reference[FAR] = problem.residents_reference
    reference[FEW] = problem.members_needed
    reference[UNEVEN] = problem.institutions_per_grid
    rate = np.array([float(problem.weights.get(name, 0.0)) * COSTS[name].metres_per_unit for name in _RATES])
    if problem.members_needed <= 0:
        rate[FEW] = 0.0
    return Sums(amount=np.ascontiguousarray(amount), rate=rate, reference=reference)


@njit(cache=True)
def cost_of_sums_kernel(sums: Sums, total: np.ndarray) -> float:
    """Give what a group with these sums costs beyond borders, compounds, size and today's grids."""
    rate, reference = sums.rate, sums.reference
    cost, area = 0.0, total[AREA]
    if rate[SHAPE] > 0 and area > 0:
        inertia = total[SECOND] - (total[FIRST_X] ** 2 + total[FIRST_Y] ** 2) / area
        cost += rate[SHAPE] * max(2.0 * np.pi * inertia / area**2 - 1.0, 0.0)
    if rate[STRIP] > 0 and total[OUTLINE] > 0:
        cost += rate[STRIP] * max(1.0 - _FOUR_PI * area / total[OUTLINE] ** 2, 0.0)
    cost += rate[FAR] * abs(total[RESIDENTS] - reference[FAR])
    cost += rate[UNEVEN] * abs(total[INSTITUTIONS] - reference[UNEVEN])
    if total[MEMBERS] < reference[FEW] - 0.5:
        cost += rate[FEW]
    if total[ORGANISATIONS] < 0.5:
        cost += rate[NONE]
    return float(cost)

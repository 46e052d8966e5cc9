"""Costs that depend on sums over a group alone, and floors of them that a minimum cut can carry.

Residents, members, organisations and institutions cost convex functions of sums, or no less than one: a
tangent is a floor, and which tangent is a price that may be moved at will. Of the Polsby-Popper ratio planes
over area and outline are a floor (`Bend`); compactness counts nothing in a floor.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.costs import COSTS
from optimize.problem import FloatArray, IntArray, Problem
from optimize.units import Units

HOUSEHOLDS, RESIDENTS, MEMBERS, ORGANISATIONS, INSTITUTIONS = 0, 1, 2, 3, 4
AREA, FIRST_X, FIRST_Y, SECOND, OUTLINE, KEPT = 5, 6, 7, 8, 9, 10
N_SUMS = 11

SHAPE, STRIP, FAR, FEW, NONE, UNEVEN, PLANES = 0, 1, 2, 3, 4, 5, 6
"""Rates: compactness, Polsby-Popper, residents off, too few members, no organisation, institutions off, and
Polsby-Popper by its planes only."""

SHAPES = frozenset({"compactness", "polsby_popper"})
"""Costs whose floors are well below them."""

N_PRICES = 9
PRICE_SIZE, PRICE_FAR, PRICE_UNEVEN, PRICE_FEW, PRICE_NONE = 0, 1, 2, 3, 4
PRICE_PLANES, PRICE_MIX, PRICE_OUTLINE, PRICE_KEPT = 5, 6, 7, 8

_RATES = ("compactness", "polsby_popper", "residents_off", "branch_ready", "organisations", "institutions")
_FOUR_PI = 4.0 * np.pi


class Bend(NamedTuple):
    """Where the planes touch: outlines up to `most` metres make a range each, ascending, with a `touch` each.

    Where 1 - 4πA / P² is not negative, and P is at most m, it is at least (2 t P - t² - 4πA) / (2 t m - t²)
    for any 0 < t <= m: both are linear in the area, at no area the one is 1 and the other at most 1, and on a
    disc the one is 0 and the other not above. Where P is beyond m, it is at least 1 - 4πA / m².
    """

    touch: tuple[float, ...]
    most: tuple[float, ...]


class Sums(NamedTuple):
    """What a group is made of, and what that costs.

    Attributes
    ----------
    amount
        float64 (u, 11), what each unit adds; of an outline, the part that borders on no other unit.
    rate
        float64 (7,), metres for one of each cost.
    reference
        float64 (7,), what the cost compares with: residents, members and institutions; 0 elsewhere.
    bend
        float64 (2, ranges), touch and most of the planes.
    kept
        float64 (1,), households of today's grid that a group holds at least where it continues it.
    """

    amount: FloatArray
    rate: FloatArray
    reference: FloatArray
    bend: FloatArray
    kept: FloatArray


def build_sums(problem: Problem, units: Units, unit_of: IntArray, bend: Bend | None) -> Sums:
    """Add up over the cells of each unit.

    Parameters
    ----------
    unit_of
        int64 (n,), -1 outside the part.
    bend
        Count the shape by planes only; None to count it in full.
    """
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
        np.zeros(problem.n_cells),
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
    reference = np.zeros(7)
    reference[FAR] = problem.residents_reference
    reference[FEW] = problem.members_needed
    reference[UNEVEN] = problem.institutions_per_grid
    return Sums(
        amount=np.ascontiguousarray(amount),
        rate=_rates(problem, bend),
        reference=reference,
        bend=np.array(bend or Bend((1.0,), (1.0,))),
        kept=np.zeros(1),
    )


def _rates(problem: Problem, bend: Bend | None) -> FloatArray:
    rate = np.array(
        [float(problem.weights.get(name, 0.0)) * COSTS[name].metres_per_unit for name in _RATES] + [0.0]
    )
    if problem.members_needed <= 0:
        rate[FEW] = 0.0
    if bend is not None:
        rate[PLANES] = rate[STRIP]
        rate[SHAPE] = rate[STRIP] = 0.0
    return rate


@njit(cache=True)
def _shape_kernel(rate: np.ndarray, total: np.ndarray) -> float:
    """Give what compactness and Polsby-Popper cost."""
    cost, area = 0.0, total[AREA]
    if rate[SHAPE] > 0 and area > 0:
        inertia = total[SECOND] - (total[FIRST_X] ** 2 + total[FIRST_Y] ** 2) / area
        cost += rate[SHAPE] * max(2.0 * np.pi * inertia / area**2 - 1.0, 0.0)
    if rate[STRIP] > 0 and total[OUTLINE] > 0:
        cost += rate[STRIP] * max(1.0 - _FOUR_PI * area / total[OUTLINE] ** 2, 0.0)
    return float(cost)


@njit(cache=True)
def planes_kernel(bend: np.ndarray, area: float, outline: float) -> float:
    """Give the floor of the Polsby-Popper cost that the planes make, not below 0."""
    value = 0.0
    for at in range(bend.shape[1]):
        touch, most = bend[0, at], bend[1, at]
        if outline <= most:
            rise = (touch * (2.0 * outline - touch) - _FOUR_PI * area) / (touch * (2.0 * most - touch))
            return float(max(value, rise))
        value = max(value, 1.0 - _FOUR_PI * area / most**2)
    return float(value)


@njit(cache=True)
def cost_of_sums_kernel(sums: Sums, total: np.ndarray) -> float:
    """Give what a group with these sums costs beyond borders, compounds, size and today's grids."""
    rate, reference = sums.rate, sums.reference
    cost = _shape_kernel(rate, total)
    if rate[PLANES] > 0:
        cost += rate[PLANES] * planes_kernel(sums.bend, total[AREA], total[OUTLINE])
    cost += rate[FAR] * abs(total[RESIDENTS] - reference[FAR])
    cost += rate[UNEVEN] * abs(total[INSTITUTIONS] - reference[UNEVEN])
    if total[MEMBERS] < reference[FEW] - 0.5:
        cost += rate[FEW]
    if total[ORGANISATIONS] < 0.5:
        cost += rate[NONE]
    return float(cost)


def price_limits(sums: Sums, where: int) -> FloatArray:
    """Give the least and the largest value of each price, float64 (9, 2); what has no limit gets 1e300.

    `where` is the range of outlines: all but the first have a plane from below, all but the last one from
    above.
    """
    rate, limits = sums.rate, np.zeros((N_PRICES, 2))
    limits[PRICE_SIZE] = (-1e300, 1e300)
    limits[PRICE_FAR] = (-rate[FAR], rate[FAR])
    limits[PRICE_UNEVEN] = (-rate[UNEVEN], rate[UNEVEN])
    limits[PRICE_FEW, 1] = rate[FEW] / max(sums.reference[FEW], 1.0)
    limits[PRICE_NONE, 1] = rate[NONE]
    limits[PRICE_PLANES, 1] = rate[PLANES]
    limits[PRICE_MIX] = (float(where == sums.bend.shape[1]), float(where > 0))
    limits[PRICE_OUTLINE, 1] = 1e300 if rate[PLANES] and where < sums.bend.shape[1] else 0.0
    limits[PRICE_KEPT, 1] = 1e300 if sums.kept[0] else 0.0
    return limits


@njit(cache=True)
def _plane_kernel(sums: Sums, where: int, mix: float) -> tuple[float, float, float]:
    """Give the plane for a range of outlines: per area, per outline, constant.

    `mix` is the share of the plane that holds from the range's lower end on.
    """
    per_area = per_outline = fixed = 0.0
    if where < sums.bend.shape[1]:
        touch, most = sums.bend[0, where], sums.bend[1, where]
        scale = (1.0 - mix) / (touch * (2.0 * most - touch))
        per_area, per_outline, fixed = -_FOUR_PI * scale, 2.0 * touch * scale, -touch * touch * scale
    if where > 0:
        per_area -= mix * _FOUR_PI / sums.bend[1, where - 1] ** 2
        fixed += mix
    return per_area, per_outline, fixed


@njit(cache=True)
def floor_kernel(sums: Sums, where: int, price: np.ndarray, coefficient: np.ndarray) -> float:
    """Write the coefficients of the sums at some prices; give the constant, that of the size aside.

    For every group with such an outline, coefficient · sums plus the constant is at most what its sums cost,
    less price x households, whatever the prices within their limits.
    """
    reference = sums.reference
    coefficient[:] = 0.0
    coefficient[HOUSEHOLDS] = -price[PRICE_SIZE]
    coefficient[RESIDENTS] = price[PRICE_FAR]
    coefficient[INSTITUTIONS] = price[PRICE_UNEVEN]
    coefficient[MEMBERS] = -price[PRICE_FEW]
    coefficient[ORGANISATIONS] = -price[PRICE_NONE]
    coefficient[KEPT] = -price[PRICE_KEPT]
    constant = price[PRICE_FEW] * reference[FEW] + price[PRICE_NONE] + price[PRICE_KEPT] * sums.kept[0]
    constant -= price[PRICE_FAR] * reference[FAR] + price[PRICE_UNEVEN] * reference[UNEVEN]
    per_area, per_outline, fixed = _plane_kernel(sums, where, price[PRICE_MIX])
    coefficient[AREA] = price[PRICE_PLANES] * per_area
    coefficient[OUTLINE] = price[PRICE_PLANES] * per_outline
    constant += price[PRICE_PLANES] * fixed
    if where < sums.bend.shape[1]:
        # Beyond the limit the plane does not hold; there it may not be the least.
        coefficient[OUTLINE] += price[PRICE_OUTLINE]
        constant -= price[PRICE_OUTLINE] * sums.bend[1, where]
    return float(constant)


@njit(cache=True)
def slope_kernel(
    sums: Sums, where: int, price: np.ndarray, total: np.ndarray, size: float, slope: np.ndarray
) -> None:
    """Write by how much the floor of a group with these sums rises with each price."""
    reference = sums.reference
    area, outline = total[AREA], total[OUTLINE]
    slope[PRICE_SIZE] = size - total[HOUSEHOLDS]
    slope[PRICE_FAR] = total[RESIDENTS] - reference[FAR]
    slope[PRICE_UNEVEN] = total[INSTITUTIONS] - reference[UNEVEN]
    slope[PRICE_FEW] = reference[FEW] - total[MEMBERS]
    slope[PRICE_NONE] = 1.0 - total[ORGANISATIONS]
    per_area, per_outline, fixed = _plane_kernel(sums, where, price[PRICE_MIX])
    slope[PRICE_PLANES] = per_area * area + per_outline * outline + fixed
    per_area, per_outline, fixed = _plane_kernel(sums, where, 1.0)
    other_area, other_outline, other_fixed = _plane_kernel(sums, where, 0.0)
    slope[PRICE_MIX] = price[PRICE_PLANES] * (
        (per_area - other_area) * area + (per_outline - other_outline) * outline + fixed - other_fixed
    )
    slope[PRICE_OUTLINE] = outline - sums.bend[1, min(where, sums.bend.shape[1] - 1)]
    slope[PRICE_KEPT] = sums.kept[0] - total[KEPT]

"""Planes below what groups cost, that hold inside a box, whatever the prices."""

import numpy as np
from numba import njit

from optimize.diagram import Diagram
from optimize.diagram_terms import (
    AREA_SIDE,
    FAR_AWAY,
    INSTITUTIONS_SIDE,
    KEPT_SIDE,
    MEMBERS_SIDE,
    MIX,
    ORGANISATIONS_SIDE,
    OUTLINE_SIDE,
    RESIDENTS_SIDE,
    SIZE_SIDE,
    SUM_OF,
    X_SIDE,
    Y_SIDE,
    Grain,
    Tables,
    Terms,
)
from optimize.pricing_sums import (
    AREA,
    FAR,
    FEW,
    FIRST_X,
    FIRST_Y,
    HOUSEHOLDS,
    N_SUMS,
    NONE,
    OUTLINE,
    SECOND,
    SHAPE,
    STRIP,
    UNEVEN,
)


@njit(cache=True)
def fill_kernel(diagram: Diagram, offset: np.ndarray, terms: Terms, table: np.ndarray) -> None:
    """Write what each decision costs by itself: units, borders and compounds."""
    for layer in range(len(diagram.order)):
        near = diagram.near_pair[diagram.near_first[layer] : diagram.near_first[layer + 1]]
        teams = diagram.team[diagram.team_first[layer] : diagram.team_first[layer + 1]]
        for case in range(offset[layer + 1] - offset[layer]):
            leave, take = 0.0, terms.alone[diagram.order[layer]]
            for place in range(len(near)):
                if (case >> place) & 1:
                    leave += terms.cut[near[place]]
                    take += terms.crossed[near[place]]
                else:
                    take += terms.cut[near[place]]
            for place in range(len(teams)):
                if (case >> (len(near) + place)) & 1:
                    take += terms.team_price[teams[place]]
            table[offset[layer] + case, 0] = leave
            table[offset[layer] + case, 1] = take


@njit(cache=True)
def _cost_kernel(terms: Terms, side: int, value: float) -> float:
    """Give what an amount costs by itself."""
    rate, reference = terms.sums.rate, terms.sums.reference
    if side == RESIDENTS_SIDE:
        return float(rate[FAR] * abs(value - reference[FAR]))
    if side == INSTITUTIONS_SIDE:
        return float(rate[UNEVEN] * abs(value - reference[UNEVEN]))
    if side == MEMBERS_SIDE:
        return float(rate[FEW] if value < reference[FEW] - 0.5 else 0.0)
    if side == ORGANISATIONS_SIDE:
        return float(rate[NONE] if value < 0.5 else 0.0)
    return 0.0


@njit(cache=True)
def _turn_kernel(terms: Terms, side: int) -> float:
    """Give the amount at which a cost turns or steps; a number below zero where it does not."""
    reference = terms.sums.reference
    if side == RESIDENTS_SIDE:
        return float(reference[FAR])
    if side == INSTITUTIONS_SIDE:
        return float(reference[UNEVEN])
    if side == MEMBERS_SIDE:
        return float(reference[FEW])
    return 1.0 if side == ORGANISATIONS_SIDE else -1.0


@njit(cache=True)
def _least_size_kernel(by_size: np.ndarray, price: float, low: float, high: float) -> tuple[float, float]:
    """Give the least that a size between the limits costs less its price, and that size."""
    best, at = FAR_AWAY, low
    for size in range(int(low), int(high) + 1):
        value = by_size[size] - price * size
        if value < best:
            best, at = value, float(size)
    return best, at


@njit(cache=True)
def _least_kernel(terms: Terms, side: int, price: float, low: float, high: float) -> tuple[float, float]:
    """Give the least that an amount between the limits costs less its price, and that amount."""
    turn = _turn_kernel(terms, side)
    best, at = FAR_AWAY, low
    # The cost is linear between these; below a step, one less is as dear as anything.
    for value in (low, high, turn, turn - 1.0):
        if low <= value <= high:
            cost = _cost_kernel(terms, side, value) - price * value
            if cost < best:
                best, at = cost, value
    return best, at


@njit(cache=True)
def _strip_kernel(sides: np.ndarray, mix: float) -> tuple[float, float, float]:
    """Give the plane under 1 - 4πA / P²: per area, per outline, constant.

    The function is linear in A, concave in P, and its least over the corners of the box is convex along the
    diagonal from (least A, most P) to (most A, least P); either plane through three corners is below it.
    """
    a0, a1 = sides[AREA_SIDE, 0], sides[AREA_SIDE, 1]
    p0, p1 = sides[OUTLINE_SIDE, 0], sides[OUTLINE_SIDE, 1]
    k = 4.0 * np.pi
    if p0 <= 0 or k * a0 >= p1 * p1:
        return 0.0, 0.0, 0.0  # no cost is below zero
    low, high = k / p0**2, k / p1**2
    long = p1 - p0
    # Near corner (a0, p0), and far corner (a1, p1).
    per_area = -(1.0 - mix) * low - mix * high
    per_outline = 0.0
    if long > 0:
        per_outline = ((1.0 - mix) * a0 + mix * a1) * (low - high) / long
    fixed = (1.0 - mix) * (1.0 - low * a0) + mix * (1.0 - high * a1)
    fixed -= (1.0 - mix) * (-low * a0 + (a0 * (low - high) / long if long > 0 else 0.0) * p0)
    fixed -= mix * (-high * a1 + (a1 * (low - high) / long if long > 0 else 0.0) * p1)
    return per_area, per_outline, fixed


@njit(cache=True)
def _level_kernel(grain: Grain, sides: np.ndarray, level: int) -> tuple[float, float]:
    """Give the least and most households of a level in a box."""
    low = max(sides[SIZE_SIDE, 0], np.ceil(grain.sizes[level, 0] - 1e-6))
    return low, min(sides[SIZE_SIDE, 1], np.floor(grain.sizes[level, 1] + 1e-6))


@njit(cache=True)
def _shape_kernel(terms: Terms, sides: np.ndarray, mix: float, per: np.ndarray) -> float:
    """Add the planes under compactness and Polsby-Popper to the coefficients; give their constant.

    With J the moment of inertia about the centre, compactness is 2π (J - A² / 2π) / A². J is at least what
    secants between the sides make of the squares of the centre, A² at most what its secant makes of it; what
    is left is divided by the largest A².
    """
    rate, fixed = terms.sums.rate, 0.0
    if rate[STRIP] > 0:
        per_area, per_outline, constant = _strip_kernel(sides, mix)
        per[AREA] += rate[STRIP] * per_area
        per[OUTLINE] += rate[STRIP] * per_outline
        fixed += rate[STRIP] * constant
    a0, a1 = sides[AREA_SIDE, 0], sides[AREA_SIDE, 1]
    if rate[SHAPE] > 0 and a1 > 0:
        scale = 2.0 * np.pi * rate[SHAPE] / a1**2
        x0, x1, y0, y1 = sides[X_SIDE, 0], sides[X_SIDE, 1], sides[Y_SIDE, 0], sides[Y_SIDE, 1]
        per[SECOND] += scale
        per[FIRST_X] -= scale * (x0 + x1)
        per[FIRST_Y] -= scale * (y0 + y1)
        per[AREA] += scale * (x0 * x1 + y0 * y1 - (a0 + a1) / (2.0 * np.pi))
        fixed += scale * a0 * a1 / (2.0 * np.pi)
    return fixed


@njit(cache=True)
def _plane_kernel(
    of: tuple[Terms, Grain], sides: np.ndarray, price: np.ndarray, per: np.ndarray, end: np.ndarray
) -> float:
    """Write the coefficients of the sums at some prices; give the constant.

    For every group in the box, coefficients · sums plus the constant is at most what its size and its sums
    cost, whatever the prices. What the size of each level costs is written to `end`.
    """
    terms, grain = of
    per[:] = 0.0
    fixed = terms.fixed[0]
    per[HOUSEHOLDS] = price[SIZE_SIDE]
    for level in range(len(end)):
        low, high = _level_kernel(grain, sides, level)
        end[level], _ = _least_size_kernel(terms.by_size, price[SIZE_SIDE], low, high)
    for side in range(1, len(SUM_OF)):
        per[SUM_OF[side]] += price[side]
        least, _ = _least_kernel(terms, side, price[side], sides[side, 0], sides[side, 1])
        fixed += least
    for side, sum_of in ((X_SIDE, FIRST_X), (Y_SIDE, FIRST_Y)):
        per[sum_of] += price[side]
        per[AREA] -= price[side] * (sides[side, 1] if price[side] > 0 else sides[side, 0])
    for side in range(KEPT_SIDE, len(price)):
        per[N_SUMS + side - KEPT_SIDE] = price[side]
        fixed -= price[side] * (sides[side, 1] if price[side] > 0 else sides[side, 0])
    return float(fixed + _shape_kernel(terms, sides, price[MIX], per))


@njit(cache=True)
def plane_tables_kernel(
    diagram: Diagram,
    of: tuple[Terms, Grain],
    sides: np.ndarray,
    price: np.ndarray,
    tables: Tables,
    end: np.ndarray,
) -> float:
    """Write what each decision and each end cost under a plane; give its constant."""
    terms = of[0]
    n_kept = terms.kept.shape[1]
    per = np.zeros(N_SUMS + n_kept)
    fixed = _plane_kernel(of, sides, price, per, end)
    alone = terms.alone.copy()
    for unit in range(len(alone)):
        for at in range(N_SUMS):
            alone[unit] += per[at] * terms.sums.amount[unit, at]
        for at in range(n_kept):
            alone[unit] += per[N_SUMS + at] * terms.kept[unit, at]
    plane = Terms(
        alone,
        terms.cut + per[OUTLINE] * terms.outline,
        terms.crossed,
        terms.outline,
        terms.team_price,
        terms.by_size,
        terms.kept,
        terms.fixed,
        terms.sums,
    )
    fill_kernel(diagram, tables.offset, plane, tables.pay)
    return fixed


@njit(cache=True)
def add_up_kernel(terms: Terms, pairs: np.ndarray, inside: np.ndarray, total: np.ndarray) -> None:
    """Write the sums of a group, float64 (10 + t,)."""
    total[:] = 0.0
    for unit in range(len(inside)):
        if inside[unit]:
            for at in range(N_SUMS):
                total[at] += terms.sums.amount[unit, at]
            for at in range(terms.kept.shape[1]):
                total[N_SUMS + at] += terms.kept[unit, at]
    for pair in range(len(pairs)):
        if inside[pairs[pair, 0]] != inside[pairs[pair, 1]]:
            total[OUTLINE] += terms.outline[pair]


@njit(cache=True)
def _beyond_kernel(value: float, low: float, high: float, price: float) -> float:
    """Give the slope of a price that two limits share."""
    if price > 0 or (price == 0 and value > high):
        return float(value - high)
    return float(value - low) if price < 0 or value < low else 0.0


@njit(cache=True)
def slope_kernel(
    of: tuple[Terms, Grain],
    sides: np.ndarray,
    price: np.ndarray,
    inside: np.ndarray,
    total: np.ndarray,
    slope: np.ndarray,
) -> None:
    """Write by how much the bound rises with each price at a group with these sums."""
    terms, grain = of
    low, high = _level_kernel(grain, sides, int((grain.weight * inside).sum()))
    _, at = _least_size_kernel(terms.by_size, price[SIZE_SIDE], low, high)
    slope[SIZE_SIDE] = total[HOUSEHOLDS] - at
    for side in range(1, len(SUM_OF)):
        value, low, high = total[SUM_OF[side]], sides[side, 0], sides[side, 1]
        if side in (AREA_SIDE, OUTLINE_SIDE):
            slope[side] = _beyond_kernel(value, low, high, price[side])
        else:
            _, at = _least_kernel(terms, side, price[side], low, high)
            slope[side] = value - at
    for side, sum_of in ((X_SIDE, FIRST_X), (Y_SIDE, FIRST_Y)):
        low, high = sides[side, 0] * total[AREA], sides[side, 1] * total[AREA]
        slope[side] = _beyond_kernel(total[sum_of], low, high, price[side])
    for side in range(KEPT_SIDE, len(price)):
        value = total[N_SUMS + side - KEPT_SIDE]
        slope[side] = _beyond_kernel(value, sides[side, 0], sides[side, 1], price[side])
    near_area, near_outline, near_fixed = _strip_kernel(sides, 0.0)
    far_area, far_outline, far_fixed = _strip_kernel(sides, 1.0)
    gained = (far_area - near_area) * total[AREA] + (far_outline - near_outline) * total[OUTLINE]
    slope[MIX] = terms.sums.rate[STRIP] * (gained + far_fixed - near_fixed)

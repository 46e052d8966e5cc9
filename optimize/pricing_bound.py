"""Bound all groups of a branch from below, and choose the unit to decide on next."""

import numpy as np
from numba import njit

from optimize.pricing_net import (
    FREE,
    INSIDE,
    OUTSIDE,
    Net,
    Stack,
    push_kernel,
    reprice_kernel,
    unary_kernel,
    wish_kernel,
)
from optimize.pricing_sums import N_PRICES, N_SUMS, PRICE_SIZE, floor_kernel, slope_kernel

_STEPS = 4  # prices tried at each branch
_ROOT_STEPS = 60
_MARGIN = 5.0  # metres beyond reach that a change of prices aims at
_MOST_STEPS = 4.0  # in sizes of a price's changes, that it moves at once
_FAR = 1e300


@njit(cache=True)
def _best_size_kernel(by_size: np.ndarray, price: float, low: int, high: int) -> tuple[float, int]:
    """Give the least that a size between the limits costs, with its price, and that size."""
    best, at = _FAR, low
    for size in range(low, high + 1):
        value = by_size[size] + price * size
        if value < best:
            best, at = value, size
    return best, at


@njit(cache=True)
def _move_prices_kernel(net: Net, stack: Stack, depth: int, slope: np.ndarray, missing: float) -> bool:
    """Move the prices up their slope, within their limits; tell whether any has moved.

    The direction leans on the last one, its length is what would make up for what is missing (Camerini,
    Fratta, Maffioli 1975, doi:10.1007/BFb0120697).
    """
    price, way = stack.price[depth], stack.way[depth]
    along = length = 0.0
    for at in range(N_PRICES):
        low, high = net.limits[at]
        slope[at] *= net.step[at]
        if low == high or (price[at] <= low and slope[at] < 0) or (price[at] >= high and slope[at] > 0):
            slope[at] = 0.0
        along += slope[at] * way[at]
        length += way[at] ** 2
    lean = max(0.0, -1.5 * along / length) if length > 0 else 0.0
    length = 0.0
    for at in range(N_PRICES):
        way[at] = slope[at] + lean * way[at]
        length += way[at] ** 2
    if length < 1e-12:
        return False
    for at in range(N_PRICES):
        low, high = net.limits[at]
        change = missing / length * way[at]
        change = min(max(change, -_MOST_STEPS), _MOST_STEPS) * net.step[at]
        if low < high:
            price[at] = min(max(price[at] + change, low), high)
    return True


@njit(cache=True)
def is_beyond_kernel(
    net: Net, stack: Stack, depth: int, by_size: np.ndarray, limits: tuple[int, int], reach: float
) -> bool:
    """Tell whether every group of the branch is out of reach, trying several prices."""
    tries = _ROOT_STEPS if depth == 0 else _STEPS
    coefficient, slope = np.zeros(N_SUMS), np.zeros(N_PRICES)
    price = stack.price[depth]
    stack.way[depth] = 0.0
    best_bound, best_price = -_FAR, price.copy()
    for attempt in range(tries):
        last = attempt == tries - 1
        if last:
            price[:] = best_price
        constant = floor_kernel(net.sums, net.where[0], price, coefficient)
        reprice_kernel(net, stack, depth, coefficient)
        best, size = _best_size_kernel(by_size, price[PRICE_SIZE], limits[0], limits[1])
        constant += best
        bound = unary_kernel(stack, depth) + constant
        if bound <= reach:
            push_kernel(net, stack, depth, reach - bound + 1e-6)
            bound = unary_kernel(stack, depth) + constant
        if bound > reach:
            return True
        wish_kernel(net, stack, depth)
        if last:
            return False
        if bound > best_bound:
            best_bound = bound
            best_price[:] = price
        slope_kernel(net.sums, net.where[0], price, stack.total[depth], float(size), slope)
        if not _move_prices_kernel(net, stack, depth, slope, reach - bound + _MARGIN):
            return False
    return False


@njit(cache=True)
def choose_unit_kernel(net: Net, stack: Stack, depth: int) -> int:
    """Give the unit to decide on next, or -1: first a root, then the unit of the border that matters most."""
    side, term, capacity = stack.side[depth], stack.term[depth], stack.capacity[depth]
    best, best_score = -1, -_FAR
    for unit in range(len(net.households)):
        if side[unit] != FREE:
            continue
        score = -term[unit]
        if stack.begun[depth] == 1:
            touches = False
            for p in range(net.near_start[unit], net.near_start[unit + 1]):
                touches = touches or side[net.near[p]] == INSIDE
            if not touches:
                continue
            score = abs(term[unit]) * 1e3
            for arc in range(net.start[unit], net.start[unit + 1]):
                if side[net.head[arc]] == INSIDE:
                    score += capacity[net.back[arc]]
                elif side[net.head[arc]] == OUTSIDE:
                    score += capacity[arc]
        if score > best_score:
            best, best_score = unit, score
    return best

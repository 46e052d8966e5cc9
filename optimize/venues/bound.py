"""Lower bounds for a median model by Lagrangian relaxation of "everyone goes to exactly one site".

With a price on each demand, every site is worth what it saves on the demand near it, and choosing sites is
a knapsack by their costs. The best prices are climbed to by subgradients.
Narula, Ogbu, Samuelsson (1977), doi:10.1287/opre.25.4.709; Beasley (1993), doi:10.1016/0377-2217(93)90118-7.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

FREE, OPEN, CLOSED = 0, 1, 2
"""States of a site."""

_FAR = 1e300


class Net(NamedTuple):
    """A median model for the kernels: what each demand pays at each site, nearest first.

    start: int64 (n + 1,), site: int32 (k,), pay: float64 (k,), rising within a demand; pays above `none` are
    left out. The other fields are those of `Median`.
    """

    start: np.ndarray
    site: np.ndarray
    pay: np.ndarray
    none: np.ndarray
    extra: np.ndarray
    cost: np.ndarray
    budget: float


@njit(cache=True)
def _worth_kernel(net: Net, price: np.ndarray, state: np.ndarray, worth: np.ndarray) -> float:
    """Fill in what each site adds to what is paid, below zero if it saves; give the sum without any."""
    worth[:] = net.extra
    total = 0.0
    for i in range(len(price)):
        # A demand that goes nowhere pays `none`: its price need never be higher.
        total += price[i]
        for k in range(net.start[i], net.start[i + 1]):
            if net.pay[k] >= price[i]:
                break
            if state[net.site[k]] != CLOSED:
                worth[net.site[k]] += net.pay[k] - price[i]
    return total


@njit(cache=True)
def choose_kernel(
    cost: np.ndarray, budget: float, worth: np.ndarray, state: np.ndarray, share: np.ndarray
) -> tuple[float, float]:
    """Choose sites for the budget by what they save for their cost; give the saving, and the price of budget.

    `share` is filled in with how much of each site is taken; at most one is taken in part.
    """
    left = budget
    saved = 0.0
    share[:] = 0.0
    ratio = np.full(len(worth), 0.0)
    for j in range(len(worth)):
        if state[j] == OPEN:
            share[j] = 1.0
            left -= cost[j]
            saved += worth[j]
        elif state[j] == FREE and worth[j] < 0.0:
            ratio[j] = worth[j] / max(cost[j], 1e-12)
    price = 0.0
    for j in np.argsort(ratio):
        if ratio[j] >= 0.0:
            break
        if left <= 1e-9 * budget:
            price = -ratio[j]
            break
        part = min(1.0, left / cost[j]) if cost[j] > 0.0 else 1.0
        share[j] = part
        saved += part * worth[j]
        left -= part * cost[j]
        if part < 1.0:
            price = -ratio[j]
            break
    return saved, price


@njit(cache=True)
def _slope_kernel(net: Net, price: np.ndarray, share: np.ndarray, slope: np.ndarray) -> float:
    """Fill in how much each demand is served too little, and give the sum of the squares."""
    square = 0.0
    for i in range(len(price)):
        taken = 0.0
        for k in range(net.start[i], net.start[i + 1]):
            if net.pay[k] >= price[i]:
                break
            taken += share[net.site[k]]
        slope[i] = 1.0 - taken
        if slope[i] > 0.0 and price[i] >= net.none[i]:
            slope[i] = 0.0  # its price is as high as it may be
        square += slope[i] * slope[i]
    return square


@njit(cache=True)
def climb_kernel(
    net: Net,
    price: np.ndarray,
    state: np.ndarray,
    upper: float,
    steps: int,
    scale: float,
    shares: np.ndarray,
) -> tuple[float, float]:
    """Climb to better prices; give the best bound, and the price of budget there.

    price: float64 (n,), in and out: the prices of the best bound. shares: float64 (m,), out.
    The climb ends early once the bound has passed `upper`.
    """
    n, m = len(price), len(net.cost)
    at, best = price.copy(), price.copy()
    worth, share, slope = np.zeros(m), np.zeros(m), np.zeros(n)
    most, best_budget = -_FAR, 0.0
    idle = 0
    for _ in range(steps):
        total = _worth_kernel(net, at, state, worth)
        saved, budget_price = choose_kernel(net.cost, net.budget, worth, state, share)
        bound = total + saved
        if bound > most + 1e-9 * abs(most):
            most, best_budget = bound, budget_price
            best[:] = at
            shares[:] = share
            idle = 0
        else:
            idle += 1
            if idle >= 15:
                scale *= 0.6
                idle = 0
        if most > upper or scale < 1e-4:
            break
        square = _slope_kernel(net, at, share, slope)
        if square < 1e-12:
            break
        step = scale * (1.05 * max(upper, most) - bound + 1e-9) / square
        for i in range(n):
            at[i] = min(net.none[i], max(0.0, at[i] + step * slope[i]))
    price[:] = best
    return most, best_budget


@njit(cache=True)
def fix_kernel(
    net: Net, price: np.ndarray, state: np.ndarray, bound: float, budget_price: float, upper: float
) -> int:
    """Open and close the free sites without or with which no plan can be below `upper`; count them."""
    m = len(net.cost)
    worth = np.zeros(m)
    _worth_kernel(net, price, state, worth)
    fixed = 0
    for j in range(m):
        if state[j] != FREE:
            continue
        reduced = worth[j] + budget_price * net.cost[j]
        if reduced > 0.0 and bound + reduced > upper:
            state[j] = CLOSED
            fixed += 1
        elif reduced < 0.0 and bound - reduced > upper:
            state[j] = OPEN
            fixed += 1
    return fixed

"""Prices of demands at which sites with rooms bound every choice, where demands are many and small.

What a site would hold is filled up by what is saved for the room it takes, the last demand in part: with
dozens of demands a site that bounds nearly as well as whole demands, and costs microseconds a site.
The direction of a step remembers those before it. Dantzig (1957), doi:10.1287/opre.5.2.266;
Crainic, Frangioni, Gendron (2001), doi:10.1016/S0166-218X(00)00310-3.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.venues.bound import CLOSED, choose_kernel

_KEPT = 0.8  # of the direction before
_IDLE, _SHRINK = 10, 0.6  # steps without a better bound, after which steps grow shorter


class Halls(NamedTuple):
    """A capacitated model for the kernels; the fields are those of `Capacitated`, needs above zero."""

    pay: np.ndarray
    need: np.ndarray
    room: np.ndarray
    cost: np.ndarray
    budget: float


class _Holdings(NamedTuple):
    """What each site would hold at some prices: the first `n_items` of `items`, the last of them in part."""

    items: np.ndarray  # int64 (m, n)
    n_items: np.ndarray  # int64 (m,)
    part: np.ndarray  # float64 (m,)
    worth: np.ndarray  # float64 (m,), not above zero


@njit(cache=True)
def _fill_kernel(halls: Halls, price: np.ndarray, j: int, into: _Holdings) -> None:
    """Fill in what one site would hold."""
    pay, need, room = halls.pay[j], halls.need, halls.room[j]
    items = into.items[j]
    count, total, saved = 0, 0.0, 0.0
    for i in range(len(price)):
        if pay[i] < price[i] and need[i] <= room:
            items[count] = i
            count += 1
            total += need[i]
            saved += price[i] - pay[i]
    into.part[j] = 1.0
    if total > room:
        own = items[:count].copy()
        left, saved = room, 0.0
        order = np.argsort((pay[own] - price[own]) / need[own])
        for k in range(count):
            i = own[order[k]]
            items[k] = i
            part = min(1.0, left / need[i])
            saved += part * (price[i] - pay[i])
            left -= part * need[i]
            if part < 1.0:
                into.part[j] = part
                count = k + 1
                break
    into.n_items[j] = count
    into.worth[j] = -saved


@njit(cache=True)
def _slope_kernel(into: _Holdings, share: np.ndarray, slope: np.ndarray) -> None:
    """Fill in how much each demand is served too little."""
    slope[:] = 1.0
    for j in range(len(share)):
        if share[j] > 0.0:
            for k in range(into.n_items[j]):
                last = k == into.n_items[j] - 1
                slope[into.items[j, k]] -= share[j] * (into.part[j] if last else 1.0)


@njit(cache=True)
def climb_halls_kernel(
    halls: Halls,
    price: np.ndarray,
    state: np.ndarray,
    upper: float,
    steps: int,
    scale: float,
    usual: np.ndarray,
) -> tuple[float, float]:
    """Climb to better prices; give the best bound, and the price of budget there.

    price: float64 (n,), in and out: the prices of the best bound. usual: float64 (m,), out: the share of each
    site that is taken on the way, on average. The climb ends early once the bound has passed `upper`.
    """
    m, n = halls.pay.shape
    into = _Holdings(np.zeros((m, n), np.int64), np.zeros(m, np.int64), np.ones(m), np.zeros(m))
    at, best = price.copy(), price.copy()
    share, slope, ahead = np.zeros(m), np.zeros(n), np.zeros(n)
    most, best_budget, idle, weight = -np.inf, 0.0, 0, 0.0
    usual[:] = 0.0
    for step in range(steps):
        for j in range(m):
            if state[j] != CLOSED:
                _fill_kernel(halls, at, j, into)
        saved, budget_price = choose_kernel(halls.cost, halls.budget, into.worth, state, share)
        bound = at.sum() + saved
        usual += (step + 1) * share
        weight += step + 1
        idle = 0 if bound > most + 1e-5 * abs(most) else idle + 1
        if bound > most:
            most, best_budget = bound, budget_price
            best[:] = at
        if idle >= _IDLE:
            scale *= _SHRINK
            idle = 0
            at[:] = best
        if most > upper or scale < 1e-4:
            break
        _slope_kernel(into, share, slope)
        ahead = slope + _KEPT * ahead
        square = (ahead * ahead).sum()
        if square < 1e-12:
            break
        at += scale * (1.05 * max(upper, most) - bound) / square * ahead
    usual /= weight
    price[:] = best
    return most, best_budget


@njit(cache=True)
def worth_of_halls(halls: Halls, price: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Give what each site that is not closed saves at some prices, float64 (m,), not above zero."""
    m, n = halls.pay.shape
    into = _Holdings(np.zeros((m, n), np.int64), np.zeros(m, np.int64), np.ones(m), np.zeros(m))
    for j in range(m):
        if state[j] != CLOSED:
            _fill_kernel(halls, price, j, into)
    return into.worth

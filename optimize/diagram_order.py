"""An order of units that leaves few of them open at any time: decided on, with neighbours that are not."""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.bitsets import bits
from optimize.graph import build_graph
from optimize.problem import IntArray
from optimize.units import Units

_SWEEPS = 256  # orders tried from each unit; a good one halves all later work
_FREE, _BESIDE, _PLACED = 0, 1, 2


class _Sweep(NamedTuple):
    """One order in the making: the state of each unit, int8 (u,), and its neighbours that are not placed."""

    near_first: IntArray
    near: IntArray
    state: np.ndarray
    open_of: IntArray


def find_order(units: Units) -> IntArray:
    """Order the units so that few of those decided on have neighbours that are not, int64 (u,)."""
    pairs = [(unit, other) for unit, mask in enumerate(units.near) for other in bits(mask) if unit < other]
    graph = build_graph(len(units), np.array(pairs, np.int64).reshape(-1, 2))
    chance = np.random.default_rng(0).random((_SWEEPS, len(units)))
    return np.asarray(_find_order_kernel(graph.indptr, graph.indices, chance))


@njit(cache=True)
def _widen_kernel(sweep: _Sweep, unit: int) -> int:
    """Give by how many units more are open once a unit is placed."""
    closed = opens = 0
    for p in range(sweep.near_first[unit], sweep.near_first[unit + 1]):
        other = sweep.near[p]
        if sweep.state[other] != _PLACED:
            opens = 1
        elif sweep.open_of[other] == 1:
            closed += 1
    return opens - closed


@njit(cache=True)
def _choose_kernel(sweep: _Sweep, chance: np.ndarray) -> int:
    """Give the unit beside those placed that leaves fewest open, by chance among equals."""
    best, least = -1, np.inf
    for unit in range(len(sweep.state)):
        if sweep.state[unit] == _BESIDE:
            score = _widen_kernel(sweep, unit) + 0.5 * chance[unit]
            if score < least:
                best, least = unit, score
    # Where nothing is beside, the rest hangs together with nothing placed.
    return best if best >= 0 else int(np.argmin(sweep.state))


@njit(cache=True)
def _sweep_kernel(sweep: _Sweep, chance: np.ndarray, most: float, order: np.ndarray) -> float:
    """Place all units, the one beside first; give the states to expect, or `most` when there are more."""
    load, width = 0.0, 0
    for at in range(len(order)):
        unit = _choose_kernel(sweep, chance)
        width += _widen_kernel(sweep, unit)
        load += 2.0**width
        if load >= most:
            return most
        order[at] = unit
        sweep.state[unit] = _PLACED
        for p in range(sweep.near_first[unit], sweep.near_first[unit + 1]):
            other = sweep.near[p]
            sweep.open_of[other] -= 1
            if sweep.state[other] == _FREE:
                sweep.state[other] = _BESIDE
    return load


@njit(cache=True)
def _find_order_kernel(near_first: np.ndarray, near: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Sweep from every unit several times; give the best order."""
    n_units = len(near_first) - 1
    best_load, best = np.inf, np.arange(n_units)
    for start in range(n_units):
        for turn in range(len(chance)):
            sweep = _Sweep(near_first, near, np.zeros(n_units, np.int8), near_first[1:] - near_first[:-1])
            sweep.state[start] = _BESIDE
            order = np.zeros(n_units, np.int64)
            load = _sweep_kernel(sweep, chance[turn], best_load, order)
            if load < best_load:
                best_load, best = load, order
    return best

"""New grids from good ones: up to two units go out and up to two come in, and the band holds again.

Where the band is tight, no single unit can change sides; pairs of trades that balance can, and are few enough
to be tried all. Which of them are worth keeping is judged by their reduced cost under the duals of the grids
known so far: a heuristic pricing, as in column generation.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimize.graph import Graph
from optimize.problem import FloatArray, IntArray
from optimize.search_board import Board
from optimize.search_nest import Nest, claim_kernel

_WHOLE = 24  # grids of more units only let units at their rim go
_MOST_PAIRS = 1500  # beyond, single units alone are traded


class Steer(NamedTuple):
    """What a grid is believed to cost beyond what its units pay.

    Attributes
    ----------
    per_border
        Per price of a border on the board.
    per_unit
        float64 (u,), for each unit inside, its dual taken off.
    constant
        For each grid.
    reach
        Grids above this are not worth keeping.
    """

    per_border: float
    per_unit: FloatArray
    constant: float
    reach: float


class _Trades(NamedTuple):
    """Sets of up to two units, int64 (p, 2) with -1 for none, by ascending households, int64 (p,)."""

    units: IntArray
    load: IntArray


def trade(board: Board, nest: Nest, key: NDArray[np.uint64], inside: NDArray[np.bool_], steer: Steer) -> None:
    """Put every grid within reach that differs from one grid by a trade into the nest.

    Parameters
    ----------
    key
        uint64 (u,), the numbers that make up a grid's token.
    inside
        bool (u,), the grid; contiguous.
    """
    graph = board.graph
    rim = np.unique(_around(graph, np.flatnonzero(inside)))
    first = rim[~inside[rim]]
    members = np.flatnonzero(inside)
    if len(members) > _WHOLE:
        back = _around(graph, first)
        members = np.unique(back[inside[back]])
    second = np.unique(_around(graph, first))
    second = np.setdiff1d(second[~inside[second]], first)
    leaving = _list_trades(board.load, members, members)
    coming = _list_trades(board.load, first, np.concatenate([first, second]))
    _trade_kernel(board, nest, key, inside.copy(), leaving, coming, steer)


def _around(graph: Graph, units: IntArray) -> IntArray:
    """Give the neighbours of some units, repeated as they come."""
    pieces = [graph.indices[graph.indptr[unit] : graph.indptr[unit + 1]] for unit in units.tolist()]
    return np.concatenate([np.zeros(0, np.int64), *pieces])


def _list_trades(load: IntArray, ones: IntArray, others: IntArray) -> _Trades:
    """List nothing, every one alone, and each with any of the others (which begin with the ones)."""
    alone = np.column_stack([ones, np.full(len(ones), -1)])
    units = [np.array([[-1, -1]]), alone]
    if len(ones) * len(others) <= _MOST_PAIRS:
        i, j = np.triu_indices(len(ones), 1, len(others))
        units.append(np.column_stack([ones[i], others[j]]))
    pairs = np.concatenate(units).astype(np.int64)
    total = np.where(pairs >= 0, load[pairs], 0).sum(axis=1)
    order = np.argsort(total, kind="stable")
    return _Trades(units=pairs[order], load=total[order])


@njit(cache=True)
def _trade_kernel(
    board: Board,
    nest: Nest,
    key: NDArray[np.uint64],
    inside: NDArray[np.bool_],
    leaving: _Trades,
    coming: _Trades,
    steer: Steer,
) -> None:
    """Try all pairs of trades that end inside the band."""
    load, token = 0, np.uint64(0)
    stamp, queue = np.zeros(len(inside) + 1, np.int64), np.zeros(len(inside), np.int64)
    for unit in range(len(inside)):
        if inside[unit]:
            load += board.load[unit]
            token ^= key[unit]
    for out in range(len(leaving.load)):
        rest = load - leaving.load[out]
        _turn_kernel(inside, leaving.units[out])
        at = np.searchsorted(coming.load, board.low - rest)
        while at < len(coming.load) and coming.load[at] <= board.high - rest:
            _turn_kernel(inside, coming.units[at])
            changed = token ^ _token_kernel(key, leaving.units[out]) ^ _token_kernel(key, coming.units[at])
            _keep_kernel(board, nest, changed, inside, steer, stamp, queue)
            _turn_kernel(inside, coming.units[at])
            at += 1
        _turn_kernel(inside, leaving.units[out])


@njit(cache=True)
def _turn_kernel(inside: NDArray[np.bool_], units: IntArray) -> None:
    for unit in units:
        if unit >= 0:
            inside[unit] = not inside[unit]


@njit(cache=True)
def _token_kernel(key: NDArray[np.uint64], units: IntArray) -> np.uint64:
    token = np.uint64(0)
    for unit in units:
        if unit >= 0:
            token ^= key[unit]
    return token


@njit(cache=True)
def _keep_kernel(
    board: Board,
    nest: Nest,
    token: np.uint64,
    inside: NDArray[np.bool_],
    steer: Steer,
    stamp: IntArray,
    queue: IntArray,
) -> None:
    """Keep a grid if there is room, it is within reach, hangs together and is new."""
    if nest.held[0] >= len(nest.sets) or _price_kernel(board, inside, steer) > steer.reach:
        return
    if not _hangs_together_kernel(board.graph, inside, stamp, queue) or not claim_kernel(nest.table, token):
        return
    at = nest.held[0]
    for unit in range(len(inside)):
        if inside[unit]:
            nest.sets[at, unit >> 6] |= np.uint64(1) << np.uint64(unit & 63)
    nest.held[0] += 1


@njit(cache=True)
def _price_kernel(board: Board, inside: NDArray[np.bool_], steer: Steer) -> float:
    """Give the reduced cost that a grid is believed to have."""
    value = steer.constant
    for unit in range(len(inside)):
        if inside[unit]:
            value += steer.per_unit[unit]
            for p in range(board.graph.indptr[unit], board.graph.indptr[unit + 1]):
                if not inside[board.graph.indices[p]]:
                    value += steer.per_border * board.cost[board.graph.edge_idx[p]]
    return value


@njit(cache=True)
def _hangs_together_kernel(graph: Graph, inside: NDArray[np.bool_], stamp: IntArray, queue: IntArray) -> bool:
    """Tell whether a grid is contiguous and not empty."""
    stamp[-1] += 1
    mark, tail, size = stamp[-1], 0, 0
    for unit in range(len(inside)):
        if inside[unit]:
            size += 1
            if tail == 0:
                queue[0], stamp[unit], tail = unit, mark, 1
    head = 0
    while head < tail:
        here = queue[head]
        head += 1
        for p in range(graph.indptr[here], graph.indptr[here + 1]):
            near = graph.indices[p]
            if inside[near] and stamp[near] != mark:
                stamp[near] = mark
                queue[tail] = near
                tail += 1
    return tail == size and size > 0

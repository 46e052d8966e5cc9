"""Working state of the search's moves, and the single flip that all of them are made of."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimize.graph import can_leave_kernel
from optimize.problem import FloatArray, IntArray
from optimize.search_board import Board


class Walk(NamedTuple):
    """A plan that changes, kept in step by `flip_kernel`.

    Attributes
    ----------
    labels
        int64 (u,), grid of each unit.
    load, size
        int64 (k,), households and units of each grid.
    cut, cut_at
        int64 (e,): the borders between grids, first `n_cut[0]` places; where each border stands there, or -1.
    n_cut
        int64 (1,).
    cost, miss
        float64 (1,): cost of the plan in units of the mean border; households outside the bands, where a pair
        that must be apart and is not counts as a full grid.
    best, best_score
        The best plan met, int64 (u,), and its (miss, cost), float64 (2,).
    stamp, queue
        Work space of the contiguity test.
    key, token
        uint64 (u,) and (k,): a random number of each unit, and those of a grid's units combined, by which
        grids are told apart.
    """

    labels: IntArray
    load: IntArray
    size: IntArray
    cut: IntArray
    cut_at: IntArray
    n_cut: IntArray
    cost: FloatArray
    miss: FloatArray
    best: IntArray
    best_score: FloatArray
    stamp: IntArray
    queue: IntArray
    key: NDArray[np.uint64]
    token: NDArray[np.uint64]


def build_walk(board: Board, labels: IntArray, k: int) -> Walk:
    """Start from a plan of k contiguous grids."""
    units, borders = len(labels), len(board.edges)
    load = np.bincount(labels, weights=board.load, minlength=k).astype(np.int64)
    between = labels[board.edges[:, 0]] != labels[board.edges[:, 1]]
    cut_at = np.where(between, np.cumsum(between) - 1, -1).astype(np.int64)
    cut = np.zeros(borders, dtype=np.int64)
    cut[: int(between.sum())] = np.flatnonzero(between)
    owner = np.repeat(np.arange(units), np.diff(board.apart_indptr))
    clashes = np.count_nonzero(labels[owner] == labels[board.apart]) / 2
    miss = np.maximum(load - board.high, 0).sum() + np.maximum(board.low - load, 0).sum()
    miss = float(miss + clashes * clash_price(board))
    cost = float(board.cost[between].sum() + board.size_price * np.abs(load - board.target).sum())
    key = unit_keys(units)
    token = np.zeros(k, dtype=np.uint64)
    np.bitwise_xor.at(token, labels, key)
    return Walk(
        labels=labels.astype(np.int64),
        load=load,
        size=np.bincount(labels, minlength=k).astype(np.int64),
        cut=cut,
        cut_at=cut_at,
        n_cut=np.array([between.sum()], dtype=np.int64),
        cost=np.array([cost]),
        miss=np.array([miss]),
        best=labels.astype(np.int64),
        best_score=np.array([miss, cost]),
        stamp=np.zeros(units + 1, dtype=np.int64),
        queue=np.zeros(units, dtype=np.int64),
        key=key,
        token=token,
    )


def unit_keys(units: int) -> NDArray[np.uint64]:
    """Give the random number of each unit, the same for every walk."""
    return np.random.SeedSequence(0).generate_state(units, np.uint64).astype(np.uint64)


def clash_price(board: Board) -> float:
    """Give the households that a broken `apart` counts for."""
    return float(max(board.high, 1))


@njit(cache=True)
def price_borders_kernel(
    indptr: IntArray,
    indices: IntArray,
    edge_idx: IntArray,
    price: FloatArray,
    labels: IntArray,
    unit: int,
    new: int,
) -> float:
    """Give what the borders of a unit cost more when it moves to another grid.

    Takes arrays one by one: an array taken out of a tuple inside a loop costs as much as all the rest.
    """
    old = labels[unit]
    cost = 0.0
    for p in range(indptr[unit], indptr[unit + 1]):
        label = labels[indices[p]]
        if label == old:
            cost += price[edge_idx[p]]
        elif label == new:
            cost -= price[edge_idx[p]]
    return cost


@njit(cache=True)
def price_band_kernel(before: int, after: int, load: int, low: int, high: int) -> int:
    """Give how many households more miss the band when so many move from one grid to another."""
    miss = max(0, before - load - high) + max(0, low - before + load)
    miss += max(0, after + load - high) + max(0, low - after - load)
    miss -= max(0, before - high) + max(0, low - before) + max(0, after - high) + max(0, low - after)
    return miss


@njit(cache=True)
def price_flip_kernel(board: Board, walk: Walk, unit: int, new: int) -> tuple[float, float]:
    """Give the change of cost and of miss when a unit moves to another grid."""
    old, graph = walk.labels[unit], board.graph
    cost = price_borders_kernel(
        graph.indptr, graph.indices, graph.edge_idx, board.cost, walk.labels, unit, new
    )
    load = board.load[unit]
    miss = price_band_kernel(walk.load[old], walk.load[new], load, board.low, board.high)
    if board.size_price > 0.0:
        off = abs(walk.load[old] - load - board.target) - abs(walk.load[old] - board.target)
        off += abs(walk.load[new] + load - board.target) - abs(walk.load[new] - board.target)
        cost += board.size_price * off
    clashes = 0
    for p in range(board.apart_indptr[unit], board.apart_indptr[unit + 1]):
        label = walk.labels[board.apart[p]]
        if label == new:
            clashes += 1
        elif label == old:
            clashes -= 1
    return cost, float(miss + clashes * max(board.high, 1))


@njit(cache=True)
def may_flip_kernel(board: Board, walk: Walk, unit: int) -> bool:
    """Tell whether a unit may leave its grid without breaking or emptying it."""
    if walk.size[walk.labels[unit]] < 2:
        return False
    return can_leave_kernel(board.graph, walk.labels, unit, walk.stamp, walk.queue)


@njit(cache=True)
def flip_kernel(board: Board, walk: Walk, unit: int, new: int, cost: float, miss: float) -> None:
    """Move a unit to another grid; `cost` and `miss` are the changes that `price_flip_kernel` gave."""
    old = walk.labels[unit]
    walk.labels[unit] = new
    walk.load[old] -= board.load[unit]
    walk.load[new] += board.load[unit]
    walk.size[old] -= 1
    walk.size[new] += 1
    walk.token[old] ^= walk.key[unit]
    walk.token[new] ^= walk.key[unit]
    walk.cost[0] += cost
    walk.miss[0] += miss
    graph = board.graph
    walk.n_cut[0] = list_borders_kernel(
        graph.indptr, graph.indices, graph.edge_idx, walk.labels, unit, walk.cut, walk.cut_at, walk.n_cut[0]
    )


@njit(cache=True)
def list_borders_kernel(  # noqa: PLR0913, PLR0917 - see `price_borders_kernel`
    indptr: IntArray,
    indices: IntArray,
    edge_idx: IntArray,
    labels: IntArray,
    unit: int,
    cut: IntArray,
    cut_at: IntArray,
    n_cut: int,
) -> int:
    """Put the borders of a unit on the list of those between grids, or take them off; give the new length.

    A border is taken off by moving the last into its place.
    """
    for p in range(indptr[unit], indptr[unit + 1]):
        border = edge_idx[p]
        at = cut_at[border]
        if labels[indices[p]] == labels[unit]:
            if at >= 0:
                n_cut -= 1
                last = cut[n_cut]
                cut[at] = last
                cut_at[last] = at
                cut_at[border] = -1
        elif at < 0:
            cut_at[border] = n_cut
            cut[n_cut] = border
            n_cut += 1
    return n_cut


@njit(cache=True)
def keep_best_kernel(walk: Walk) -> None:
    """Remember the plan at hand when it misses the bands by less, or costs less at the same miss."""
    miss, cost = walk.miss[0], walk.cost[0]
    if miss < walk.best_score[0] - 1e-6 or (
        miss < walk.best_score[0] + 1e-6 and cost < walk.best_score[1] - 1e-9
    ):
        walk.best[:] = walk.labels
        walk.best_score[0] = miss
        walk.best_score[1] = cost

"""The search's view of a problem: cells that must move together become one unit, all else plain arrays."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from optimize.graph import Graph, build_graph
from optimize.locks import SettledLocks
from optimize.problem import FloatArray, IntArray, Problem
from optimize.search_prices import Prices
from optimize.verify import order_labels


class Board(NamedTuple):
    """u units and the borders between them; a named tuple, because numba takes it as an argument.

    Attributes
    ----------
    graph
        Rook adjacency of the units.
    edges
        int64 (e, 2), adjacent units, each pair once.
    cost
        float64 (e,), what it costs to end a grid at this border, in units of the mean border.
    load
        int64 (u,), households of each unit.
    x, y
        float64 (u,), centroid in metres.
    apart_indptr, apart
        int64, compressed lists of the units that must not share a grid with a unit.
    low, high, target
        The band and the wished size.
    size_price
        Cost of one household away from `target`, in units of the mean border.
    """

    graph: Graph
    edges: IntArray
    cost: FloatArray
    load: IntArray
    x: FloatArray
    y: FloatArray
    apart_indptr: IntArray
    apart: IntArray
    low: int
    high: int
    target: int
    size_price: float


class Contraction(NamedTuple):
    """How the cells of a problem became units.

    Attributes
    ----------
    unit_of
        int64 (n,), unit of each cell; -1 in a settled grid.
    fixed
        The settled grids, each an int64 array of cells: fixed whole by a person, or around a cell too large.
    """

    unit_of: IntArray
    fixed: tuple[IntArray, ...]

    def to_cells(self, labels: IntArray) -> IntArray:
        """Spread the labels of units over their cells; settled grids come last, then all are renumbered."""
        cells = np.full(len(self.unit_of), -1, dtype=np.int64)
        free = self.unit_of >= 0
        cells[free] = labels[self.unit_of[free]]
        first = int(labels.max(initial=-1)) + 1
        for offset, members in enumerate(self.fixed):
            cells[members] = first + offset
        return order_labels(cells)

    def to_units(self, labels: IntArray) -> tuple[IntArray, int] | None:
        """Give the labels of units in a plan of cells, numbered from 0, and their number.

        None where the plan parts the cells of a unit, as an exactly solved part may.
        """
        free = self.unit_of >= 0
        values, compact = np.unique(labels[free], return_inverse=True)
        units = np.zeros(int(self.unit_of.max()) + 1, dtype=np.int64)
        units[self.unit_of[free]] = compact
        return (units, len(values)) if (units[self.unit_of[free]] == compact).all() else None


def build_board(
    problem: Problem, fixed: Sequence[frozenset[int]], locks: SettledLocks, prices: Prices
) -> tuple[Board, Contraction]:
    """Contract what is locked together and drop the grids that are settled.

    Parameters
    ----------
    fixed
        The settled grids, as sets of cells.
    locks
        The locks that can hold at once.
    prices
        What the moves believe a border and a household off the target to cost.
    """
    units = _build_units(problem, fixed, locks)
    edge_cost = prices.edge_cost
    count = int(units.unit_of.max(initial=-1)) + 1
    pairs, owner = _unit_edges(units.unit_of[problem.edges], count)
    used = owner >= 0
    cost = np.bincount(owner[used], weights=edge_cost[used], minlength=len(pairs))
    mean = float(cost[cost > 0].mean()) if (cost > 0).any() else 1.0
    free = np.flatnonzero(units.unit_of >= 0)
    unit = units.unit_of[free]
    size = np.maximum(np.bincount(unit, minlength=count), 1)
    apart_indptr, apart = _apart_lists(locks.apart, units.unit_of, count)
    board = Board(
        graph=build_graph(count, pairs),
        edges=pairs,
        cost=cost / mean,
        load=np.bincount(unit, weights=problem.households[free], minlength=count).astype(np.int64),
        x=np.bincount(unit, weights=problem.x_m[free], minlength=count) / size,
        y=np.bincount(unit, weights=problem.y_m[free], minlength=count) / size,
        apart_indptr=apart_indptr,
        apart=apart,
        low=int(problem.min_households),
        high=int(problem.max_households),
        target=int(problem.target_households),
        size_price=float(prices.size_price / mean),
    )
    return board, units


def _build_units(problem: Problem, fixed: Sequence[frozenset[int]], locks: SettledLocks) -> Contraction:
    """Form the units; a set that is locked together but does not touch is joined by the lightest path.

    The path narrows the search, never the question: bounds are computed from the problem itself.
    """
    n = problem.n_cells
    settled = tuple(np.array(sorted(cells), dtype=np.int64) for cells in fixed)
    free = np.ones(n, dtype=np.bool_)
    for members in settled:
        free[members] = False
    joined = [pair for cells in locks.clusters for pair in pairwise(sorted(cells))]
    joined = [(a, b) for a, b in joined if free[a] and free[b]]
    joined += _bridges(problem, free, joined)
    ends = np.array(joined, dtype=np.int64).reshape(-1, 2)
    matrix = coo_matrix((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, group = connected_components(matrix, directed=False)
    unit_of = np.full(n, -1, dtype=np.int64)
    unit_of[free] = group[free]
    return Contraction(unit_of=order_labels(unit_of), fixed=settled)


def _bridges(problem: Problem, free: np.ndarray, joined: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Find the cells on the path with fewest households between two cells that are locked together."""
    n = problem.n_cells
    a, b = problem.edges[:, 0], problem.edges[:, 1]
    open_edges = free[a] & free[b]
    a, b = a[open_edges], b[open_edges]
    if not joined or not len(a):
        return []
    weight = problem.households.astype(np.float64) + 1.0  # a step is never free, so that paths stay short
    matrix = coo_matrix((np.r_[weight[b], weight[a]], (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
    sources = sorted({first for first, _ in joined})
    _, before = dijkstra(matrix, indices=sources, return_predecessors=True)
    row = dict(zip(sources, before, strict=True))
    found: list[tuple[int, int]] = []
    for source, goal in joined:
        here = goal
        while row[source][here] >= 0:
            found.append((here, int(row[source][here])))
            here = int(row[source][here])
    return found


def _unit_edges(ends: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Merge parallel borders; owner is the merged border of each, -1 inside a unit or at a fixed grid."""
    low, high = ends.min(axis=1, initial=count), ends.max(axis=1, initial=-1)
    used = (low >= 0) & (low != high)
    keys, inverse = np.unique(low[used] * count + high[used], return_inverse=True)
    owner = np.full(len(ends), -1, dtype=np.int64)
    owner[used] = inverse
    return np.stack([keys // max(count, 1), keys % max(count, 1)], axis=1).astype(np.int64), owner


def _apart_lists(
    pairs: Sequence[tuple[int, int]], unit_of: IntArray, count: int
) -> tuple[IntArray, IntArray]:
    """Compress the pairs that must stay apart; pairs inside one unit contradict the locks: left out."""
    lists: list[set[int]] = [set() for _ in range(count)]
    for a, b in pairs:
        u, v = int(unit_of[a]), int(unit_of[b])
        if u >= 0 and v >= 0 and u != v:
            lists[u].add(v)
            lists[v].add(u)
    indptr = np.zeros(count + 1, dtype=np.int64)
    np.cumsum([len(entry) for entry in lists], out=indptr[1:])
    return indptr, np.array([v for entry in lists for v in sorted(entry)], dtype=np.int64)

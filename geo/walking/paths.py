"""Ways between places along the network: Dijkstra from each place, no further than asked.

Own kernel because scipy's fills a row of all nodes for every place: with a limit of some streets around,
that is a thousand times more than what is reached.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.walking.network import Network
from geo.walking.snap import Snapped

_FAR = 1e300


class _Graph(NamedTuple):
    """Rows of neighbours, as in `Network`."""

    start: np.ndarray
    head: np.ndarray
    way_m: np.ndarray


@njit(cache=True, nogil=True)
def _push_kernel(heap_m: np.ndarray, heap: np.ndarray, size: int, key: float, node: int) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap_m[above] <= key:
            break
        heap_m[at], heap[at] = heap_m[above], heap[above]
        at = above
    heap_m[at], heap[at] = key, node
    return size + 1


@njit(cache=True, nogil=True)
def _pop_kernel(heap_m: np.ndarray, heap: np.ndarray, size: int) -> int:
    """Take the first off the heap; what it was has been read before."""
    size -= 1
    key, node = heap_m[size], heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap_m[below + 1] < heap_m[below]:
            below += 1
        if heap_m[below] >= key:
            break
        heap_m[at], heap[at] = heap_m[below], heap[below]
        at = below
    heap_m[at], heap[at] = key, node
    return size


class _Desk(NamedTuple):
    """Room to work in: metres to each node (`_FAR` between walks), nodes reached, and the heap."""

    done_m: np.ndarray
    reached: np.ndarray
    heap_m: np.ndarray
    heap: np.ndarray


@njit(cache=True, nogil=True)
def _reach_kernel(graph: _Graph, seeds: np.ndarray, seeds_m: np.ndarray, limit_m: float, desk: _Desk) -> int:
    """Fill in the metres to every node within the limit; give how many, listed in `reached`.

    seeds: int64 (s,), nodes to begin at, so many metres in.
    """
    done_m, reached, heap_m, heap = desk.done_m, desk.reached, desk.heap_m, desk.heap
    start, head, way_m = graph.start, graph.head, graph.way_m
    size = count = 0
    for k in range(len(seeds)):
        if seeds_m[k] <= limit_m and seeds_m[k] < done_m[seeds[k]]:
            if done_m[seeds[k]] == _FAR:
                reached[count] = seeds[k]
                count += 1
            done_m[seeds[k]] = seeds_m[k]
            size = _push_kernel(heap_m, heap, size, seeds_m[k], seeds[k])
    while size > 0:
        key, node = heap_m[0], heap[0]
        size = _pop_kernel(heap_m, heap, size)
        if key > done_m[node]:
            continue
        for p in range(start[node], start[node + 1]):
            value, other = key + way_m[p], head[p]
            if value <= limit_m and value < done_m[other]:
                if done_m[other] == _FAR:
                    reached[count] = other
                    count += 1
                done_m[other] = value
                size = _push_kernel(heap_m, heap, size, value, other)
    return count


@njit(cache=True, nogil=True)
def _meet_kernel(
    done_m: np.ndarray,
    reached: np.ndarray,
    at_node: tuple[np.ndarray, np.ndarray, np.ndarray],
    limit_m: float,
    best_m: np.ndarray,
    met: np.ndarray,
) -> int:
    """Fill in the metres to the targets beside reached nodes; give how many, listed in `met`."""
    first, target, ahead_m = at_node
    count = 0
    for node in reached:
        for p in range(first[node], first[node + 1]):
            value = done_m[node] + ahead_m[p]
            if value <= limit_m and value < best_m[target[p]]:
                if best_m[target[p]] == _FAR:
                    met[count] = target[p]
                    count += 1
                best_m[target[p]] = value
    return count


@njit(cache=True, nogil=True)
def _walk_kernel(
    graph: _Graph,
    ends: np.ndarray,
    ends_m: np.ndarray,
    at_node: tuple[np.ndarray, np.ndarray, np.ndarray],
    n_targets: int,
    limit_m: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk from every origin; give the ways as rows: starts, targets, metres."""
    n_nodes, n_ways, n_origins = len(graph.start) - 1, len(graph.head), len(ends)
    desk = _Desk(
        np.full(n_nodes, _FAR),
        np.zeros(n_nodes, np.int64),
        np.zeros(n_ways + 2),
        np.zeros(n_ways + 2, np.int64),
    )
    best_m, met = np.full(n_targets, _FAR), np.zeros(n_targets, np.int64)
    rows = np.zeros(n_origins + 1, np.int64)
    columns, metres = np.zeros(1024, np.int64), np.zeros(1024)
    for i in range(n_origins):
        count = _reach_kernel(graph, ends[i], ends_m[i], limit_m, desk)
        n_met = _meet_kernel(desk.done_m, desk.reached[:count], at_node, limit_m, best_m, met)
        rows[i + 1] = rows[i] + n_met
        while rows[i + 1] > len(columns):
            columns = np.concatenate((columns, np.zeros(len(columns), np.int64)))
            metres = np.concatenate((metres, np.zeros(len(metres))))
        for k in range(n_met):
            columns[rows[i] + k] = met[k]
            metres[rows[i] + k] = best_m[met[k]]
            best_m[met[k]] = _FAR
        for k in range(count):
            desk.done_m[desk.reached[k]] = _FAR
    return rows, columns[: rows[-1]], metres[: rows[-1]]


def walk(network: Network, origins: Snapped, targets: Snapped, limit_m: float) -> csr_matrix:
    """Measure the ways from origins to targets along the streets, the steps to and from the street included.

    Returns
    -------
    csr_matrix
        (origins, targets), metres of those within the limit; a pair without an entry is further or has no
        way. An entry can be zero: look at the structure, not at the values.
    """
    shape = (len(origins.edge), len(targets.edge))
    if len(network.edges) == 0:
        return csr_matrix(shape)
    ends = network.edges[np.maximum(origins.edge, 0)]
    ends_m = np.stack(
        [origins.along_m, network.length_m[np.maximum(origins.edge, 0)] - origins.along_m], axis=1
    )
    ends_m = np.where(origins.edge[:, None] >= 0, ends_m + origins.aside_m[:, None], np.inf)
    rows, columns, metres = _walk_kernel(
        _Graph(network.start, network.head, network.way_m),
        ends,
        ends_m,
        _beside_nodes(network, targets),
        len(targets.edge),
        float(limit_m),
    )
    found = csr_matrix((metres, columns, rows), shape=shape)
    return _with_same_street(found, origins, targets, limit_m)


def _beside_nodes(
    network: Network, targets: Snapped
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """List, node by node, the targets on the streets that begin or end there, and the metres on to them."""
    own = np.flatnonzero(targets.edge >= 0)
    edge = targets.edge[own]
    node = np.concatenate([network.edges[edge, 0], network.edges[edge, 1]])
    back_m = network.length_m[edge] - targets.along_m[own]
    ahead_m = np.concatenate([targets.along_m[own], back_m]) + np.tile(targets.aside_m[own], 2)
    order = np.argsort(node, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(node, minlength=len(network.nodes_m)))])
    return first.astype(np.int64), np.tile(own, 2)[order], ahead_m[order]


def _with_same_street(found: csr_matrix, origins: Snapped, targets: Snapped, limit_m: float) -> csr_matrix:
    """Let those on the same piece of street walk straight along it."""
    order = np.argsort(targets.edge, kind="stable")
    known = targets.edge[order]
    low = np.searchsorted(known, origins.edge, "left")
    high = np.where(origins.edge >= 0, np.searchsorted(known, origins.edge, "right"), low)
    i = np.repeat(np.arange(len(low)), high - low)
    offset = np.arange(len(i)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    j = order[np.repeat(low, high - low) + offset]
    metres = np.abs(origins.along_m[i] - targets.along_m[j]) + origins.aside_m[i] + targets.aside_m[j]
    near = metres <= limit_m
    all_i = np.concatenate([np.repeat(np.arange(len(low)), np.diff(found.indptr)), i[near]])
    all_j = np.concatenate([found.indices, j[near]])
    all_m = np.concatenate([found.data, metres[near]])
    by_pair = np.lexsort((all_m, all_j, all_i))
    all_i, all_j, all_m = all_i[by_pair], all_j[by_pair], all_m[by_pair]
    first = np.ones(len(all_i), np.bool_)
    first[1:] = (np.diff(all_i) != 0) | (np.diff(all_j) != 0)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(all_i[first], minlength=len(low)))])
    return csr_matrix((all_m[first], all_j[first], indptr), shape=found.shape)


def reach(network: Network, origins: Snapped, limit_m: float) -> NDArray[np.float64]:
    """Measure how far every node is from the nearest of some places.

    Returns
    -------
    float64 (k,), metres for each node of the network, the step to the street included; infinite beyond the
    limit.
    """
    metres = np.full(len(network.nodes_m), np.inf)
    own = np.flatnonzero(origins.edge >= 0)
    if len(network.edges) == 0 or len(own) == 0:
        return metres
    edge, along, aside = origins.edge[own], origins.along_m[own], origins.aside_m[own]
    n_nodes, n_ways = len(network.start) - 1, len(network.head)
    desk = _Desk(
        np.full(n_nodes, _FAR),
        np.zeros(n_nodes, np.int64),
        np.zeros(n_ways + 2 * len(own) + 2),
        np.zeros(n_ways + 2 * len(own) + 2, np.int64),
    )
    count = _reach_kernel(
        _Graph(network.start, network.head, network.way_m),
        network.edges[edge].ravel(),
        np.stack([along + aside, network.length_m[edge] - along + aside], axis=1).ravel(),
        float(limit_m),
        desk,
    )
    at = desk.reached[:count]
    metres[at] = desk.done_m[at]
    return metres

"""Who borders whom: compressed adjacency of cells, and the contiguity tests that every engine shares.

Arrays are int64 throughout, so that numba compiles each kernel once. Kernels (names ending in `_kernel`) take
plain arrays and are called from other kernels; the functions above them take and give values.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from optimize.problem import IntArray


class Graph(NamedTuple):
    """Compressed rook adjacency; a named tuple, because numba takes it as an argument.

    Attributes
    ----------
    indptr
        int64 (n + 1,), where the neighbours of each cell start in `indices`.
    indices
        int64 (2m,), neighbours of cell 0, then of cell 1 and so on, ascending within a cell.
    edge_idx
        int64 (2m,), position in the list of edges of each entry of `indices`.
    """

    indptr: IntArray
    indices: IntArray
    edge_idx: IntArray

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.indptr) - 1


def build_graph(n: int, edges: IntArray) -> Graph:
    """Turn a list of pairs into compressed adjacency.

    Parameters
    ----------
    n
        Number of cells.
    edges
        int64 (m, 2), each adjacent pair once, in any order; no loops.
    """
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    target = np.concatenate([pairs[:, 1], pairs[:, 0]])
    edge_idx = np.tile(np.arange(len(pairs), dtype=np.int64), 2)
    order = np.lexsort((target, source))
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=indptr[1:])
    return Graph(indptr=indptr, indices=target[order], edge_idx=edge_idx[order])


def label_components(n: int, edges: IntArray, labels: IntArray) -> tuple[int, IntArray]:
    """Find the connected pieces of every label: two cells share one when a path of one label joins them.

    Parameters
    ----------
    labels
        int64 (n,), grid of each cell; any integers, -1 included, form labels of their own.

    Returns
    -------
    n_pieces, piece
        piece is int64 (n,).
    """
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    inside = pairs[labels[pairs[:, 0]] == labels[pairs[:, 1]]]
    matrix = coo_matrix((np.ones(len(inside), dtype=np.int8), (inside[:, 0], inside[:, 1])), shape=(n, n))
    count, piece = connected_components(matrix, directed=False)
    return int(count), piece.astype(np.int64)


def find_components(n: int, edges: IntArray) -> tuple[int, IntArray]:
    """Find the connected pieces of the whole graph; piece is int64 (n,)."""
    return label_components(n, edges, np.zeros(n, dtype=np.int64))


def is_contiguous(graph: Graph, members: IntArray) -> bool:
    """Tell whether a group of cells hangs together by shared borders; an empty group does not."""
    inside = np.zeros(graph.n, dtype=np.bool_)
    inside[members] = True
    return len(members) > 0 and bool(
        _count_reachable_kernel(graph, inside, int(members[0])) == np.count_nonzero(inside)
    )


@njit(cache=True)
def _count_reachable_kernel(graph: Graph, inside: np.ndarray, start: int) -> int:
    """Count the cells of a set that can be reached from one of them."""
    seen = np.zeros(len(inside), dtype=np.bool_)
    queue = np.empty(len(inside), dtype=np.int64)
    queue[0] = start
    seen[start] = True
    head, tail = 0, 1
    while head < tail:
        cell = queue[head]
        head += 1
        for p in range(graph.indptr[cell], graph.indptr[cell + 1]):
            other = graph.indices[p]
            if inside[other] and not seen[other]:
                seen[other] = True
                queue[tail] = other
                tail += 1
    return tail


@njit(cache=True)
def can_leave_kernel(graph: Graph, labels: IntArray, cell: int, stamp: IntArray, queue: IntArray) -> bool:
    """Tell whether a grid stays contiguous, and is not emptied, when one of its cells leaves.

    Searches from one neighbour in the grid until all others are met: a few steps on a planar map, because
    neighbours of a cell nearly always border each other.

    Parameters
    ----------
    stamp
        int64 (n + 1,), work space; the last place counts the calls. Zeros at first.
    queue
        int64 (n,), work space.
    """
    return stays_whole_kernel(graph.indptr, graph.indices, labels, cell, stamp, queue)


@njit(cache=True)
def stays_whole_kernel(
    indptr: IntArray, indices: IntArray, labels: IntArray, cell: int, stamp: IntArray, queue: IntArray
) -> bool:
    """Answer for `can_leave_kernel`, array by array: taking them out of tuples costs more than the search."""
    stamp[-1] += 1
    mark = stamp[-1]
    own = labels[cell]
    missing = 0
    for p in range(indptr[cell], indptr[cell + 1]):
        other = indices[p]
        if labels[other] == own:
            stamp[other] = -mark  # to be met
            queue[0] = other
            missing += 1
    if missing == 0:
        return False
    stamp[cell] = mark
    stamp[queue[0]] = mark
    missing -= 1
    head, tail = 0, 1
    while head < tail and missing > 0:
        here = queue[head]
        head += 1
        for p in range(indptr[here], indptr[here + 1]):
            other = indices[p]
            if labels[other] == own and stamp[other] != mark:
                if stamp[other] == -mark:
                    missing -= 1
                stamp[other] = mark
                queue[tail] = other
                tail += 1
    return missing == 0

"""Random spanning trees of an area of the board, and the tree edge whose cut divides it best.

Wilson (1996), Generating random spanning trees more quickly than the cover time, doi:10.1145/237814.237880;
recursive bipartition and recombination: DeFord, Duchin, Solomon (2021), Recombination: a family of Markov
chains for redistricting, doi:10.1162/99608f92.eb30390f.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.problem import IntArray
from optimize.search_board import Board
from optimize.search_chance import ChanceArray, draw_kernel

_FAR = 1 << 60  # more households than any miss
_SHARE_TRIES = 1  # how far from the proportional share of grids a side is tried


class Tree(NamedTuple):
    """Work space for trees on parts of a board with u units; all int64 (u,) unless said.

    Attributes
    ----------
    node
        The units of the area at hand, first `count` places.
    mark
        Area that each unit was last part of; `mark[-1]` (length u + 1) counts the areas.
    parent, step, inside, children, order
        Of the tree: parent (-1 at the root), Wilson's last step, whether already in the tree, children
        not yet folded, leaves-first order.
    below
        Households of the subtree.
    side, best
        1 on the subtree's side of the cut, else 0; the same for the best of several trees.
    """

    node: IntArray
    mark: IntArray
    parent: IntArray
    step: IntArray
    inside: IntArray
    children: IntArray
    order: IntArray
    below: IntArray
    side: IntArray
    best: IntArray


def build_tree(count: int) -> Tree:
    """Make the work space for a board of `count` units."""
    column = [np.zeros(count, dtype=np.int64) for _ in range(9)]
    return Tree(column[0], np.zeros(count + 1, dtype=np.int64), *column[1:])


@njit(cache=True)
def excess_kernel(load: int, grids: int, low: int, high: int) -> int:
    """Count the households by which a load misses the band of a number of grids."""
    return max(0, load - grids * high) + max(0, grids * low - load)


@njit(cache=True)
def mark_area_kernel(board: Board, tree: Tree, labels: IntArray, start: int, other: int) -> int:
    """Collect the units, connected to `start`, of its label or of the label `other`; count them."""
    tree.mark[-1] += 1
    mark = tree.mark[-1]
    own = labels[start]
    tree.node[0] = start
    tree.mark[start] = mark
    head, count = 0, 1
    while head < count:
        unit = tree.node[head]
        head += 1
        for p in range(board.graph.indptr[unit], board.graph.indptr[unit + 1]):
            near = board.graph.indices[p]
            if tree.mark[near] != mark and (labels[near] == own or labels[near] == other):
                tree.mark[near] = mark
                tree.node[count] = near
                count += 1
    return count


@njit(cache=True)
def _random_step_kernel(board: Board, tree: Tree, unit: int, chance: ChanceArray) -> int:
    """Step to a random neighbour inside the area."""
    first = board.graph.indptr[unit]
    degree = board.graph.indptr[unit + 1] - first
    mark = tree.mark[-1]
    while True:
        near = board.graph.indices[first + draw_kernel(chance, degree)]
        if tree.mark[near] == mark:
            return int(near)


@njit(cache=True)
def grow_tree_kernel(board: Board, tree: Tree, count: int, chance: ChanceArray) -> None:
    """Draw a uniform spanning tree of the area by loop-erased walks."""
    for i in range(count):
        tree.inside[tree.node[i]] = 0
        tree.children[tree.node[i]] = 0
        tree.below[tree.node[i]] = board.load[tree.node[i]]
    root = tree.node[draw_kernel(chance, count)]
    tree.inside[root] = 1
    tree.parent[root] = -1
    for i in range(count):
        unit = tree.node[i]
        while tree.inside[unit] == 0:
            tree.step[unit] = _random_step_kernel(board, tree, unit, chance)
            unit = tree.step[unit]
        unit = tree.node[i]
        while tree.inside[unit] == 0:
            tree.inside[unit] = 1
            tree.parent[unit] = tree.step[unit]
            tree.children[tree.parent[unit]] += 1
            unit = tree.parent[unit]


@njit(cache=True)
def _fold_kernel(tree: Tree, count: int) -> None:
    """Order the tree leaves first and sum the households below each unit."""
    done = 0
    for i in range(count):
        unit = tree.node[i]
        while unit >= 0 and tree.children[unit] == 0:
            tree.order[done] = unit
            done += 1
            tree.children[unit] = -1
            parent = tree.parent[unit]
            if parent >= 0:
                tree.below[parent] += tree.below[unit]
                tree.children[parent] -= 1
            unit = parent


@njit(cache=True)
def cut_tree_kernel(board: Board, tree: Tree, count: int, grids: int, chance: ChanceArray) -> tuple[int, int]:
    """Cut the tree so that its two sides can carry `grids` grids between them; fills `side`.

    Returns
    -------
    share, miss
        The number of grids of side 1, and the households by which both sides miss their bands; ties are
        broken at random.
    """
    _fold_kernel(tree, count)
    total = tree.below[tree.order[count - 1]]
    pick, share, miss, ties = -1, 1, _FAR, 0
    for i in range(count):
        unit = tree.node[i]
        if tree.parent[unit] < 0:
            continue
        part = tree.below[unit]
        guess = round(part * grids / max(total, 1))
        for k in range(max(1, guess - _SHARE_TRIES), min(grids - 1, guess + _SHARE_TRIES) + 1):
            off = excess_kernel(part, k, board.low, board.high)
            off += excess_kernel(total - part, grids - k, board.low, board.high)
            if off < miss:
                ties = 0
            if off <= miss:
                ties += 1
                if draw_kernel(chance, ties) == 0:
                    pick, share, miss = unit, k, off
    _paint_side_kernel(tree, count, pick)
    return share, miss


@njit(cache=True)
def _paint_side_kernel(tree: Tree, count: int, pick: int) -> None:
    """Mark the subtree below `pick` with 1, parents first, the rest with 0."""
    for i in range(count - 1, -1, -1):
        unit = tree.order[i]
        parent = tree.parent[unit]
        if unit == pick:
            tree.side[unit] = 1
        elif parent < 0:
            tree.side[unit] = 0
        else:
            tree.side[unit] = tree.side[parent]

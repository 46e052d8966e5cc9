"""Annealed recombination: two neighbouring grids are merged and divided anew along a random tree.

DeFord, Duchin, Solomon (2021), doi:10.1162/99608f92.eb30390f; here with a price on missing the band.
"""

import math

from numba import njit

from optimize.search_board import Board
from optimize.search_chance import ChanceArray, draw_kernel
from optimize.search_flips import Heat, Now, Span, accept_kernel, cool_kernel
from optimize.search_trees import Tree, cut_tree_kernel, grow_tree_kernel, mark_area_kernel
from optimize.search_walk import Walk, flip_kernel, keep_best_kernel, price_flip_kernel

_TREES = 3


@njit(cache=True)
def recombine_kernel(
    board: Board, walk: Walk, tree: Tree, heat: Heat, span: Span, chance: ChanceArray
) -> None:
    """Make recombinations on the walk and keep the best plan met in it."""
    for move in range(span.first, span.last):
        if walk.n_cut[0] == 0:
            return
        now = cool_kernel(heat, span, move)
        border = walk.cut[draw_kernel(chance, walk.n_cut[0])]
        unit, other = board.edges[border, 0], board.edges[border, 1]
        a, b = walk.labels[unit], walk.labels[other]
        count = mark_area_kernel(board, tree, walk.labels, unit, b)
        _draw_side_kernel(board, tree, count, now.price, chance)
        _match_kernel(walk, tree, count, a, b)
        if _repaint_kernel(board, walk, tree, count, now, chance):
            keep_best_kernel(walk)


@njit(cache=True)
def _draw_side_kernel(board: Board, tree: Tree, count: int, price: float, chance: ChanceArray) -> None:
    """Draw a few trees of the area and keep the division that costs least in `tree.best`."""
    least = math.inf
    for _ in range(_TREES):
        grow_tree_kernel(board, tree, count, chance)
        _, miss = cut_tree_kernel(board, tree, count, 2, chance)
        score = price * miss
        for i in range(count):
            unit = tree.node[i]
            for p in range(board.graph.indptr[unit], board.graph.indptr[unit + 1]):
                near = board.graph.indices[p]
                if near > unit and tree.mark[near] == tree.mark[-1] and tree.side[near] != tree.side[unit]:
                    score += board.cost[board.graph.edge_idx[p]]
        if score < least:
            least = score
            tree.best[:] = tree.side


@njit(cache=True)
def _match_kernel(walk: Walk, tree: Tree, count: int, a: int, b: int) -> None:
    """Turn the sides in `tree.best` into labels, so that most units keep theirs."""
    same = 0
    for i in range(count):
        unit = tree.node[i]
        if (tree.best[unit] == 1) == (walk.labels[unit] == a):
            same += 1
    one, zero = (a, b) if 2 * same >= count else (b, a)
    for i in range(count):
        unit = tree.node[i]
        tree.best[unit] = one if tree.best[unit] == 1 else zero


@njit(cache=True)
def _repaint_kernel(board: Board, walk: Walk, tree: Tree, count: int, now: Now, chance: ChanceArray) -> bool:
    """Paint the new division as flips, so that the state stays in step; paint back if it is not accepted."""
    cost, miss = walk.cost[0], walk.miss[0]
    for i in range(count):
        unit = tree.node[i]
        tree.order[i] = walk.labels[unit]  # the tree is done with: its order now remembers the old plan
        _paint_kernel(board, walk, unit, tree.best[unit])
    if accept_kernel(walk.cost[0] - cost + now.price * (walk.miss[0] - miss), now.temperature, chance):
        return True
    for i in range(count):
        _paint_kernel(board, walk, tree.node[i], tree.order[i])
    return False


@njit(cache=True)
def _paint_kernel(board: Board, walk: Walk, unit: int, label: int) -> None:
    """Move a unit without asking for contiguity, which the whole painting restores."""
    if walk.labels[unit] != label:
        cost, miss = price_flip_kernel(board, walk, unit, label)
        flip_kernel(board, walk, unit, label, cost, miss)

"""One round of the search: anneal recombinations, then boundary moves, and give the best plan met."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimize.problem import IntArray
from optimize.search_board import Board
from optimize.search_chance import new_chance
from optimize.search_flips import Heat, Span, anneal_kernel
from optimize.search_nest import Nest
from optimize.search_recombine import recombine_kernel
from optimize.search_trees import build_tree
from optimize.search_walk import Walk, build_walk
from optimize.starts import power_start, tree_start
from optimize.stop import Stop

Start = Callable[[Board, IntArray, IntArray, int], IntArray]

STARTS: tuple[Start, ...] = (power_start, tree_start)

_FLIPS_PER_CALL = 100_000  # some 50 ms: how long a stop may have to wait
_TREES_PER_CALL = 100
_MOST_FLIPS = 1_500_000
_HOT = (1.0, 2.0, 3.5)
_DEAR = (30.0, 300.0, 3000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a round walks.

    Attributes
    ----------
    flips_per_unit
        Boundary moves per unit of the board.
    trees_per_grid
        Recombinations per grid.
    """

    flips_per_unit: int
    trees_per_grid: int


RACE = Effort(flips_per_unit=300, trees_per_grid=15)
FULL = Effort(flips_per_unit=3000, trees_per_grid=40)


def walk_round(  # noqa: PLR0913 - each says how to walk
    board: Board, labels: IntArray, k: int, *, effort: Effort, turn: int, seed: int, stop: Stop, nest: Nest
) -> Walk:
    """Anneal from a plan of contiguous grids; give the walk that met the best plan.

    Parameters
    ----------
    labels
        int64 (u,), every one of the k grids contiguous and not empty.
    turn
        Which mix of temperature and price to use; turns cycle through all of them.
    nest
        Takes the grids met.
    """
    mean_load = max(float(board.load.mean()), 1.0)
    hot, dear = _HOT[turn % len(_HOT)], _DEAR[turn // len(_HOT) % len(_DEAR)]
    chance = new_chance(seed)
    trees = 50 + effort.trees_per_grid * k
    walk = build_walk(board, labels, k)
    tree = build_tree(len(labels))
    heat = Heat(2.0 * hot, 0.3, 2.0 / mean_load, 0.1 * dear / mean_load, 0.0)
    for span in _spans(trees, _TREES_PER_CALL):
        recombine_kernel(board, walk, tree, heat, span, chance)
        if stop():
            return walk
    best = walk
    flips = min(5000 + effort.flips_per_unit * len(labels), _MOST_FLIPS)
    for attempt in range(3):
        heat = Heat(hot, 0.08, 1.0 / mean_load, dear * 10.0**attempt / mean_load, 0.2)
        walk = build_walk(board, walk.labels if attempt == 0 else best.best, k)
        for span in _spans(flips, _FLIPS_PER_CALL):
            anneal_kernel(board, walk, nest, heat, span, chance)
            if stop():
                break
        best = min(best, walk, key=lambda entry: tuple(entry.best_score.tolist()))
        if best.best_score[0] <= 0 or stop():
            break  # else the band still gives: make it dearer
    return best


def _spans(total: int, size: int) -> list[Span]:
    """Divide an annealing into parts."""
    return [Span(first, min(first + size, total), total) for first in range(0, total, size)]


def shake(board: Board, labels: IntArray, k: int, seed: int) -> IntArray:
    """Disturb a plan by a few hot recombinations, to search on from near it."""
    walk: Walk = build_walk(board, labels, k)
    mean_load = max(float(board.load.mean()), 1.0)
    heat = Heat(3.0, 3.0, 5.0 / mean_load, 5.0 / mean_load, 0.0)
    moves = max(3, k // 2)
    recombine_kernel(board, walk, build_tree(len(labels)), heat, Span(0, moves, moves), new_chance(seed))
    return walk.labels


def count_options(
    board: Board, piece: IntArray, n_grids: int | None, ranges: list[tuple[int, int]]
) -> list[IntArray]:
    """Give the numbers of grids worth trying, one number per piece; the one nearest to the target size first.

    Parameters
    ----------
    n_grids
        The number wanted in all, or None when it is free.
    ranges
        For each piece, the fewest and the most grids (`optimize.starts.grid_range`).
    """
    fewest = np.array([low for low, _ in ranges], dtype=np.int64)
    most = np.array([high for _, high in ranges], dtype=np.int64)
    load = np.bincount(piece, weights=board.load, minlength=len(ranges))
    size = np.bincount(piece, minlength=len(ranges))
    if n_grids is not None:
        return [_share_grids(n_grids, fewest, load, size)]
    wished = np.clip(np.round(load / max(board.target, 1)).astype(np.int64), fewest, most)
    options = [wished, *(np.minimum(fewest + extra, most) for extra in range(3)), most]
    return [np.array(entry) for entry in dict.fromkeys(tuple(option.tolist()) for option in options)]


def _share_grids(n_grids: int, fewest: IntArray, load: np.ndarray, size: IntArray) -> IntArray:
    """Share a fixed number of grids among pieces: one more for the piece with most households per grid."""
    share = np.minimum(fewest, size)
    while share.sum() < n_grids and (share < size).any():
        share[np.where(share < size, load / share, -1.0).argmax()] += 1
    while share.sum() > n_grids and (share > 1).any():
        share[np.where(share > 1, -load / share, -np.inf).argmax()] -= 1
    return share

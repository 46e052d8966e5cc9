"""Anneal a large board patch by patch: some neighbouring grids at a time, all others at rest.

One long annealing of everything ends somewhere between good and bad in every corner; a patch that got better
is kept and one that got worse is put back, so every corner keeps its best. A patch also fits the processor's
fastest memory.
"""

from dataclasses import dataclass

import numpy as np

from optimize.graph import build_graph
from optimize.problem import IntArray
from optimize.search_board import Board
from optimize.search_chance import new_chance
from optimize.search_flips import Heat, Span, anneal_kernel
from optimize.search_nest import no_nest
from optimize.search_walk import build_walk

FLIPS_PER_UNIT = 3000
"""Boundary moves per unit of a patch."""

GRIDS = 40
"""Grids of a patch: enough to move them as a whole."""

_HEATS = ((1.0, 0.15), (0.7, 0.15), (1.5, 0.15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Some neighbouring grids of a board as a board of their own.

    Attributes
    ----------
    board
        Borders with the rest are left out: their cost stays the same.
    units
        int64 (p,), the units on the whole board, ascending.
    grids
        int64, labels of the grids on the whole board, ascending.
    labels
        int64 (p,), 0..len(grids)-1.
    """

    board: Board
    units: IntArray
    grids: IntArray
    labels: IntArray


def cut_patch(board: Board, labels: IntArray, k: int, middle: int, grids: int = GRIDS) -> Patch:
    """Cut out the grids whose centres are nearest to that of one grid.

    They need not hang together: a grid only ever trades with those that it touches.
    """
    size = np.maximum(np.bincount(labels, minlength=k), 1)
    x = np.bincount(labels, board.x, k) / size
    y = np.bincount(labels, board.y, k) / size
    square = (x - x[middle]) ** 2 + (y - y[middle]) ** 2
    chosen = np.sort(np.argsort(square, kind="stable")[:grids])
    place = np.full(k, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    units = np.flatnonzero(place[labels] >= 0)
    return Patch(board=_sub_board(board, units), units=units, grids=chosen, labels=place[labels[units]])


def _sub_board(board: Board, units: IntArray) -> Board:
    """Keep some units and what lies between them."""
    place = np.full(len(board.load), -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    ends = place[board.edges]
    inside = (ends >= 0).all(axis=1)
    owner = np.repeat(place, np.diff(board.apart_indptr))
    apart = place[board.apart]
    both = (owner >= 0) & (apart >= 0)
    indptr = np.zeros(len(units) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner[both], minlength=len(units)), out=indptr[1:])
    return board._replace(
        graph=build_graph(len(units), ends[inside]),
        edges=ends[inside],
        cost=board.cost[inside],
        load=board.load[units],
        x=board.x[units],
        y=board.y[units],
        apart_indptr=indptr,
        apart=apart[both],
    )


def anneal_patch(board: Board, labels: IntArray, k: int, middle: int, seed: int) -> tuple[IntArray, int]:
    """Anneal the grids around one grid; give the plan, unless it got worse, and the number of moves made."""
    patch = cut_patch(board, labels, k, middle)
    walk = build_walk(patch.board, patch.labels, len(patch.grids))
    before = walk.miss[0], walk.cost[0]
    moves = FLIPS_PER_UNIT * len(patch.units)
    mean_load = max(float(board.load.mean()), 1.0)
    hot, cold = _HEATS[seed % len(_HEATS)]
    heat = Heat(hot, cold, 3.0 / mean_load, 30.0 / mean_load, 0.0)
    # The walk's first plan is its best so far; an equal one is welcome, or the plan would never drift.
    walk.best_score[1] += 1e-6
    anneal_kernel(patch.board, walk, no_nest(), heat, Span(0, moves, moves), new_chance(seed))
    if (walk.best_score[0], walk.best_score[1]) > (before[0], before[1] + 1e-7):
        return labels, moves
    out = labels.copy()
    out[patch.units] = patch.grids[walk.best]
    return out, moves

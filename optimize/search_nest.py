"""Grids met on a walk, kept to put better plans together: a walk passes many good grids on its way.

Balance may be so tight that hardly any plan holds it; single grids inside the band are met all the time, and
the exact choice among them (`partition`) finds plans that no walk has stood on.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimize.problem import FloatArray, IntArray
from optimize.search_board import Board
from optimize.search_walk import Walk

_ROOM = 1 << 16  # grids that a nest can hold
_WORD = 64


class Nest(NamedTuple):
    """Grids inside the band, each once; changed by `gather_kernel`.

    Attributes
    ----------
    table
        uint64 (t,), tokens of the grids held, by open addressing; 0 is free.
    sets
        uint64 (room, words), units of each grid as bits.
    held
        int64 (1,), how many grids are held.
    limit
        float64 (1,), cost of the walk above which its grids are not worth keeping.
    """

    table: NDArray[np.uint64]
    sets: NDArray[np.uint64]
    held: IntArray
    limit: FloatArray


def build_nest(units: int, room: int = _ROOM) -> Nest:
    """Make a nest for grids of a board of so many units; it takes everything until its limit is lowered."""
    return Nest(
        table=np.zeros(4 * max(room, 1), dtype=np.uint64),
        sets=np.zeros((room, -(-units // _WORD)), dtype=np.uint64),
        held=np.zeros(1, dtype=np.int64),
        limit=np.array([np.inf if room else -np.inf]),
    )


def no_nest() -> Nest:
    """Make a nest that takes nothing."""
    return build_nest(0, room=0)


def nest_rows(nest: Nest, units: int) -> NDArray[np.bool_]:
    """Give the grids held, bool (k, units)."""
    sets = np.ascontiguousarray(nest.sets[: nest.held[0]])
    bits = np.unpackbits(sets.view(np.uint8), axis=1, bitorder="little", count=units)
    return bits.astype(np.bool_)


@njit(cache=True)
def claim_kernel(table: NDArray[np.uint64], token: np.uint64) -> bool:
    """Put a token into the table; False where it is there already."""
    mask = np.uint64(len(table) - 1)
    at = token & mask
    while table[at] != np.uint64(0):
        if table[at] == token:
            return False
        at = (at + np.uint64(1)) & mask
    table[at] = token
    return True


@njit(cache=True)
def gather_kernel(board: Board, walk: Walk, nest: Nest, grid: int) -> None:
    """Keep a grid of the walk if it is inside the band and new."""
    if walk.cost[0] > nest.limit[0] or nest.held[0] >= len(nest.sets):
        return
    if walk.load[grid] < board.low or walk.load[grid] > board.high:
        return
    if claim_kernel(nest.table, walk.token[grid]):
        at = nest.held[0]
        for unit in range(len(walk.labels)):
            if walk.labels[unit] == grid:
                nest.sets[at, unit >> 6] |= np.uint64(1) << np.uint64(unit & 63)
        nest.held[0] += 1

"""Annealed boundary moves: a cell changes to the grid next door, or two cells change places.

While it is hot the walk may leave the band at a price per household; the price rises until the band is hard.
"""

import math
from typing import NamedTuple

from numba import njit

from optimize.search_board import Board
from optimize.search_chance import ChanceArray, draw_kernel, share_kernel
from optimize.search_walk import Walk, flip_kernel, keep_best_kernel, may_flip_kernel, price_flip_kernel

_PARTNER_TRIES = 8


class Heat(NamedTuple):
    """How an annealing runs; costs are in units of the mean border.

    Attributes
    ----------
    hot, cold
        Temperature at the start and at the end.
    cheap, dear
        Price of one household outside the band at the start and at the end.
    swaps
        Share of the moves that exchange two units.
    """

    hot: float
    cold: float
    cheap: float
    dear: float
    swaps: float


class Span(NamedTuple):
    """The part of an annealing to run now, moves `first` to `last` of `total`: one can stop between parts."""

    first: int
    last: int
    total: int


class Now(NamedTuple):
    """Temperature and price of one household outside the band at one moment of an annealing."""

    temperature: float
    price: float


@njit(cache=True)
def cool_kernel(heat: Heat, span: Span, move: int) -> Now:
    """Give temperature and price at a move; both change by a constant factor."""
    done = move / span.total
    return Now(heat.hot * (heat.cold / heat.hot) ** done, heat.cheap * (heat.dear / heat.cheap) ** done)


@njit(cache=True)
def accept_kernel(change: float, temperature: float, chance: ChanceArray) -> bool:
    """Decide as Metropolis does."""
    return change <= 0.0 or share_kernel(chance) < math.exp(-change / temperature)


@njit(cache=True)
def anneal_kernel(board: Board, walk: Walk, heat: Heat, span: Span, chance: ChanceArray) -> None:
    """Make boundary moves on the walk and keep the best plan met in it."""
    if walk.n_cut[0] == 0:
        return
    now = cool_kernel(heat, span, span.first)
    for move in range(span.first, span.last):
        if (move - span.first) % 512 == 0:
            now = cool_kernel(heat, span, move)
        border = walk.cut[draw_kernel(chance, walk.n_cut[0])]
        side = draw_kernel(chance, 2)
        unit, other = board.edges[border, side], board.edges[border, 1 - side]
        if share_kernel(chance) < heat.swaps:
            moved = _swap_kernel(board, walk, unit, other, now, chance)
        else:
            moved = _flip_or_not_kernel(board, walk, unit, walk.labels[other], now, chance)
        if moved:
            keep_best_kernel(walk)
        if walk.n_cut[0] == 0:
            return


@njit(cache=True)
def _flip_or_not_kernel(board: Board, walk: Walk, unit: int, new: int, now: Now, chance: ChanceArray) -> bool:
    """Move one unit to the grid across a border if the change is accepted and its grid stays whole."""
    cost, miss = price_flip_kernel(board, walk, unit, new)
    if not accept_kernel(cost + now.price * miss, now.temperature, chance) or not may_flip_kernel(
        board, walk, unit
    ):
        return False
    flip_kernel(board, walk, unit, new, cost, miss)
    return True


@njit(cache=True)
def _swap_kernel(board: Board, walk: Walk, unit: int, other: int, now: Now, chance: ChanceArray) -> bool:
    """Move one unit across, and another one back; undo both if the change is not accepted."""
    old, new = walk.labels[unit], walk.labels[other]
    if not may_flip_kernel(board, walk, unit):
        return False
    cost, miss = price_flip_kernel(board, walk, unit, new)
    flip_kernel(board, walk, unit, new, cost, miss)
    partner = _partner_kernel(board, walk, unit, old, chance)
    if partner >= 0 and may_flip_kernel(board, walk, partner):
        back, back_miss = price_flip_kernel(board, walk, partner, old)
        if accept_kernel(cost + back + now.price * (miss + back_miss), now.temperature, chance):
            flip_kernel(board, walk, partner, old, back, back_miss)
            return True
    flip_kernel(board, walk, unit, old, -cost, -miss)
    return False


@njit(cache=True)
def _partner_kernel(board: Board, walk: Walk, unit: int, old: int, chance: ChanceArray) -> int:
    """Draw a unit, other than `unit`, of the grid just entered that borders on the grid just left."""
    new = walk.labels[unit]
    if walk.n_cut[0] == 0:
        return -1
    for _ in range(_PARTNER_TRIES):
        border = walk.cut[draw_kernel(chance, walk.n_cut[0])]
        a, b = board.edges[border, 0], board.edges[border, 1]
        if walk.labels[a] == new and walk.labels[b] == old and a != unit:
            return int(a)
        if walk.labels[b] == new and walk.labels[a] == old and b != unit:
            return int(b)
    return -1

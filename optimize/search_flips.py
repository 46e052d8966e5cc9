"""Annealed boundary moves: a cell changes to the grid next door, or two cells change places.

While it is hot the walk may leave the band at a price per household; the price rises until the band is hard.
"""

import math
from typing import NamedTuple

from numba import njit

from optimize.graph import stays_whole_kernel
from optimize.search_board import Board
from optimize.search_chance import ChanceArray, draw_kernel, share_kernel
from optimize.search_nest import Nest, gather_kernel
from optimize.search_walk import (
    Walk,
    flip_kernel,
    keep_best_kernel,
    list_borders_kernel,
    may_flip_kernel,
    price_band_kernel,
    price_borders_kernel,
    price_flip_kernel,
)

_PARTNER_TRIES = 8
_BLOCK = 512  # moves at one temperature
_SAME = 1e-9
_HOPELESS = 16.0  # temperatures above which a change is never accepted


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
    if change <= 0.0:
        return True
    return change < _HOPELESS * temperature and share_kernel(chance) < math.exp(-change / temperature)


@njit(cache=True)
def anneal_kernel(board: Board, walk: Walk, nest: Nest, heat: Heat, span: Span, chance: ChanceArray) -> None:
    """Make boundary moves on the walk and keep the best plan met in it, and the grids met in the nest."""
    is_plain = board.size_price == 0.0 and len(board.apart) == 0
    for first in range(span.first, span.last, _BLOCK):
        last = min(first + _BLOCK, span.last)
        swaps = round(heat.swaps * (last - first))
        now = cool_kernel(heat, span, first)
        if is_plain:
            _flip_fast_kernel(board, walk, nest, now, last - first - swaps, chance)
        else:
            _flip_kernel(board, walk, nest, now, last - first - swaps, chance)
        for _ in range(swaps):
            if walk.n_cut[0] > 0:
                _swap_kernel(board, walk, nest, now, chance)


@njit(cache=True)
def _flip_kernel(board: Board, walk: Walk, nest: Nest, now: Now, moves: int, chance: ChanceArray) -> None:
    """Flip under everything a walk knows of: also sizes and units that must be apart."""
    for _ in range(moves):
        if walk.n_cut[0] == 0:
            return
        border, side = walk.cut[draw_kernel(chance, walk.n_cut[0])], draw_kernel(chance, 2)
        unit, new = board.edges[border, side], walk.labels[board.edges[border, 1 - side]]
        old = walk.labels[unit]
        cost, miss = price_flip_kernel(board, walk, unit, new)
        if accept_kernel(cost + now.price * miss, now.temperature, chance) and may_flip_kernel(
            board, walk, unit
        ):
            flip_kernel(board, walk, unit, new, cost, miss)
            _note_kernel(board, walk, nest, old, new)


@njit(cache=True)
def _note_kernel(board: Board, walk: Walk, nest: Nest, one: int, other: int) -> None:
    """Take note of a plan and of the two grids that a move has changed."""
    keep_best_kernel(walk)
    gather_kernel(board, walk, nest, one)
    gather_kernel(board, walk, nest, other)


@njit(cache=True)
def _flip_fast_kernel(
    board: Board, walk: Walk, nest: Nest, now: Now, moves: int, chance: ChanceArray
) -> None:
    """Flip where only borders and the band count; many times as fast, as no tuple is opened in the loop."""
    graph, edges, price, load = board.graph, board.edges, board.cost, board.load
    indptr, indices, edge_idx = graph.indptr, graph.indices, graph.edge_idx
    labels, held, size, key, token = walk.labels, walk.load, walk.size, walk.key, walk.token
    cut, cut_at, stamp, queue = walk.cut, walk.cut_at, walk.stamp, walk.queue
    n_cut, miss_now, cost_now = walk.n_cut[0], walk.miss[0], walk.cost[0]
    least_miss, least_cost = walk.best_score[0], walk.best_score[1]
    low, high, gathers = board.low, board.high, nest.limit[0] > 0.0
    price_of_miss, temperature = now.price, now.temperature
    for _ in range(moves):
        if n_cut == 0:
            break
        border, side = cut[draw_kernel(chance, n_cut)], draw_kernel(chance, 2)
        unit = edges[border, side]
        old, new = labels[unit], labels[edges[border, 1 - side]]
        cost = price_borders_kernel(indptr, indices, edge_idx, price, labels, unit, new)
        miss = price_band_kernel(held[old], held[new], load[unit], low, high)
        if not accept_kernel(cost + price_of_miss * miss, temperature, chance):
            continue
        if size[old] < 2 or not stays_whole_kernel(indptr, indices, labels, unit, stamp, queue):
            continue
        labels[unit] = new
        held[old] -= load[unit]
        held[new] += load[unit]
        size[old] -= 1
        size[new] += 1
        token[old] ^= key[unit]
        token[new] ^= key[unit]
        cost_now += cost
        miss_now += miss
        n_cut = list_borders_kernel(indptr, indices, edge_idx, labels, unit, cut, cut_at, n_cut)
        if miss_now <= least_miss + _SAME and (cost_now < least_cost - _SAME or miss_now < least_miss - 0.5):
            walk.best[:] = labels
            least_miss, least_cost = miss_now, cost_now
        if gathers:
            walk.cost[0] = cost_now
            gather_kernel(board, walk, nest, old)
            gather_kernel(board, walk, nest, new)
    walk.n_cut[0], walk.miss[0], walk.cost[0] = n_cut, miss_now, cost_now
    walk.best_score[0], walk.best_score[1] = least_miss, least_cost


@njit(cache=True)
def _swap_kernel(board: Board, walk: Walk, nest: Nest, now: Now, chance: ChanceArray) -> None:
    """Move one unit across a border, and another one back; undo both if the change is not accepted."""
    border, side = walk.cut[draw_kernel(chance, walk.n_cut[0])], draw_kernel(chance, 2)
    unit, other = board.edges[border, side], board.edges[border, 1 - side]
    old, new = walk.labels[unit], walk.labels[other]
    if not may_flip_kernel(board, walk, unit):
        return
    cost, miss = price_flip_kernel(board, walk, unit, new)
    flip_kernel(board, walk, unit, new, cost, miss)
    partner = _partner_kernel(board, walk, unit, old, chance)
    if partner >= 0 and may_flip_kernel(board, walk, partner):
        back, back_miss = price_flip_kernel(board, walk, partner, old)
        if accept_kernel(cost + back + now.price * (miss + back_miss), now.temperature, chance):
            flip_kernel(board, walk, partner, old, back, back_miss)
            _note_kernel(board, walk, nest, old, new)
            return
    flip_kernel(board, walk, unit, old, -cost, -miss)


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

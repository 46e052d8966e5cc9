"""Better sites by exchanging one for another, adding one or dropping one, while the budget allows.

Whitaker (1983), doi:10.1080/03155986.1983.11731889.
Resende and Werneck (2007), doi:10.1007/s10732-007-9013-3.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.problem import FloatArray, IntArray

_LEAST = 1e-9  # what an exchange must save


class Board(NamedTuple):
    """A median model for exchanges; the fields are those of `Median`, `movable` the sites that are free."""

    pay: np.ndarray
    none: np.ndarray
    extra: np.ndarray
    cost: np.ndarray
    budget: float
    movable: np.ndarray


class _Near(NamedTuple):
    """What each demand pays at the best and the second-best open site, and which the best is (-1: none)."""

    first: np.ndarray
    second: np.ndarray
    of: np.ndarray


@njit(cache=True)
def _look_kernel(board: Board, is_open: np.ndarray, near: _Near) -> float:
    """Fill in `near`, and give what everyone pays."""
    n, m = board.pay.shape
    total = float(board.extra[is_open].sum())
    for i in range(n):
        a, b, at = board.none[i], board.none[i], -1
        for j in range(m):
            if not is_open[j]:
                continue
            value = board.pay[i, j]
            if value < a:
                a, b, at = value, a, j
            elif value < b:
                b = value
        near.first[i], near.second[i], near.of[i] = a, b, at
        total += a
    return total


@njit(cache=True)
def _gain_kernel(board: Board, near: _Near, site: int, again: np.ndarray) -> float:
    """Give what opening a site saves; fill in what of it is lost no more when another is closed for it."""
    gain = -float(board.extra[site])
    again[:] = 0.0
    for i in range(len(near.of)):
        value, at = board.pay[i, site], near.of[i]
        if value < near.first[i]:
            gain += near.first[i] - value
            if at >= 0:
                again[at] += near.second[i] - near.first[i]
        elif value < near.second[i] and at >= 0:
            again[at] += near.second[i] - value
    return gain


@njit(cache=True)
def _best_move_kernel(board: Board, near: _Near, is_open: np.ndarray) -> tuple[int, int]:
    """Give the site that the best move opens and the one it closes (-1: none)."""
    m = len(board.cost)
    lost, again = -board.extra, np.zeros(m)
    for i in range(len(near.of)):
        if near.of[i] >= 0:
            lost[near.of[i]] += near.second[i] - near.first[i]
    room = board.budget * (1.0 + 1e-9) - board.cost[is_open].sum()
    closable = is_open & board.movable
    opened, closed = -1, int(np.where(closable, lost, np.inf).argmin())
    best = lost[closed] if closable[closed] else np.inf
    if best > -_LEAST:
        best, closed = -_LEAST, -1
    for j in range(m):
        if is_open[j] or not board.movable[j]:
            continue
        gain = _gain_kernel(board, near, j, again)
        if board.cost[j] <= room and -gain < best:
            best, opened, closed = -gain, j, -1
        for k in range(m):
            if not closable[k]:
                continue
            change = lost[k] - again[k] - gain
            if change < best and board.cost[j] - board.cost[k] <= room:
                best, opened, closed = change, j, k
    return opened, closed


@njit(cache=True)
def improve_kernel(board: Board, is_open: np.ndarray) -> float:
    """Exchange sites until no exchange helps; `is_open` is changed; give what everyone pays then."""
    n = len(board.none)
    near = _Near(np.zeros(n), np.zeros(n), np.zeros(n, np.int64))
    total = _look_kernel(board, is_open, near)
    for _ in range(1000):
        opened, closed = _best_move_kernel(board, near, is_open)
        if opened < 0 and closed < 0:
            break
        if opened >= 0:
            is_open[opened] = True
        if closed >= 0:
            is_open[closed] = False
        total = _look_kernel(board, is_open, near)
    return total


def fill_up(cost: FloatArray, budget: float, order: IntArray, is_open: np.ndarray) -> None:
    """Open sites in the order given while the budget lasts."""
    room = budget * (1 + 1e-9) - cost[is_open].sum()
    for site in order.tolist():
        if not is_open[site] and cost[site] <= room:
            is_open[site] = True
            room -= cost[site]

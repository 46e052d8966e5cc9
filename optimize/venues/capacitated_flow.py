"""Everyone to some open sites with rooms, demands divided where a room is full: what no assignment is below.

The cheapest division is found by moving what is too much along the shortest ways from site to site
(Edmonds and Karp 1972, doi:10.1145/321694.321699); few demands end divided, and are then sent as a whole.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.problem import FloatArray, IntArray
from optimize.venues.assign import Rooms, settle_kernel
from optimize.venues.capacitated_climb import Halls

_FINES = (1.5, 3.0, 6.0)  # of the dearest room, for what is too much, before nothing may be


class Flow(NamedTuple):
    """What goes where, float64 (p, n), the price of room at each site, and what no assignment is below.

    `bound` is infinite where there is no way to serve everyone.
    """

    amount: FloatArray
    price: FloatArray
    bound: float


class _Board(NamedTuple):
    """The division so far, and for each pair of sites what a unit moved costs and which demand it is of."""

    amount: np.ndarray
    load: np.ndarray
    step: np.ndarray
    carrier: np.ndarray


@njit(cache=True)
def _steps_kernel(halls: Halls, sites: np.ndarray, board: _Board, s: int) -> None:
    """Fill in what it costs to move a unit away from a site."""
    board.step[s] = np.inf
    for i in range(len(halls.need)):
        if board.amount[s, i] > 0.0:
            for t in range(len(sites)):
                if t != s and halls.need[i] <= halls.room[sites[t]]:
                    value = (halls.pay[sites[t], i] - halls.pay[sites[s], i]) / halls.need[i]
                    if value < board.step[s, t]:
                        board.step[s, t] = value
                        board.carrier[s, t] = i


@njit(cache=True)
def _ways_kernel(board: _Board, room: np.ndarray, way: np.ndarray, following: np.ndarray) -> None:
    """Fill in the cheapest way from each site to one with room to spare, and its first step."""
    p = len(room)
    following[:] = -1
    for s in range(p):
        way[s] = 0.0 if board.load[s] < room[s] * (1.0 - 1e-9) else np.inf
    for _ in range(p):
        changed = False
        for s in range(p):
            for t in range(p):
                if board.step[s, t] + way[t] < way[s] - 1e-9:
                    way[s] = board.step[s, t] + way[t]
                    following[s] = t
                    changed = True
        if not changed:
            break


@njit(cache=True)
def _move_kernel(
    halls: Halls, sites: np.ndarray, board: _Board, source: int, following: np.ndarray, largest: float
) -> bool:
    """Move what is too much at a site along its way, as far as it goes; tell whether anything was."""
    room = halls.room
    amount, s, length = board.load[source] - room[sites[source]], source, 0
    while following[s] >= 0 and length <= len(sites):
        amount = min(amount, board.amount[s, board.carrier[s, following[s]]])
        s = following[s]
        length += 1
    amount = min(amount, room[sites[s]] - board.load[s])
    if amount <= 1e-12 * largest or length > len(sites):
        return False
    s = source
    while following[s] >= 0:
        t = following[s]
        i = board.carrier[s, t]
        left = board.amount[s, i] - amount
        board.amount[s, i] = left if left > 1e-12 * largest else 0.0
        board.amount[t, i] += amount
        board.load[s] -= amount
        board.load[t] += amount
        s = t
    s = source
    while s >= 0:
        _steps_kernel(halls, sites, board, s)
        s = following[s]
    return True


@njit(cache=True)
def _bound_kernel(halls: Halls, sites: np.ndarray, price: np.ndarray) -> float:
    """Give what no assignment to the sites is below at any prices of room."""
    total = 0.0
    for s in range(len(sites)):
        total -= price[s] * halls.room[sites[s]]
    for i in range(len(halls.need)):
        least = np.inf
        for s in range(len(sites)):
            if halls.need[i] <= halls.room[sites[s]]:
                least = min(least, halls.pay[sites[s], i] + price[s] * halls.need[i])
        total += least
    return total


@njit(cache=True)
def _place_kernel(halls: Halls, sites: np.ndarray, board: _Board) -> bool:
    """Send everyone where it is cheapest, full or not; tell whether everyone fits somewhere."""
    for i in range(len(halls.need)):
        at = -1
        for s in range(len(sites)):
            fits = halls.need[i] <= halls.room[sites[s]]
            if fits and (at < 0 or halls.pay[sites[s], i] < halls.pay[sites[at], i]):
                at = s
        if at < 0:
            return False
        board.amount[at, i] = halls.need[i]
        board.load[at] += halls.need[i]
    for s in range(len(sites)):
        _steps_kernel(halls, sites, board, s)
    return True


@njit(cache=True)
def _fullest_kernel(board: _Board, room: np.ndarray, way: np.ndarray) -> int:
    """Give the site with too much that has the cheapest way to one with room to spare; -1 without any."""
    source = -1
    for s in range(len(room)):
        if board.load[s] > room[s] * (1.0 + 1e-9) and (source < 0 or way[s] < way[source]):
            source = s
    return source


@njit(cache=True)
def flow_kernel(halls: Halls, sites: np.ndarray) -> Flow:
    """Divide the demands among some sites as cheaply as can be."""
    p, n = len(sites), len(halls.need)
    room = halls.room[sites]
    board = _Board(np.zeros((p, n)), np.zeros(p), np.full((p, p), np.inf), np.zeros((p, p), np.int64))
    way, following = np.zeros(p), np.zeros(p, np.int64)
    if not _place_kernel(halls, sites, board):
        return Flow(board.amount, way, np.inf)
    for _ in range(50 * n):
        _ways_kernel(board, room, way, following)
        source = _fullest_kernel(board, room, way)
        if source < 0:
            break
        if way[source] == np.inf:
            return Flow(board.amount, np.zeros(p), np.inf)
        if not _move_kernel(halls, sites, board, source, following, halls.need.max()):
            break
    # Any prices bound what is paid; these do so exactly.
    for s in range(p):
        way[s] = max(0.0, way[s]) if way[s] < np.inf else 0.0
    return Flow(board.amount, way, _bound_kernel(halls, sites, way))


def send_whole(halls: Halls, sites: IntArray, flow: Flow) -> IntArray | None:
    """Send every demand to one site, int64 (n,), positions in `sites`; None where not everyone was placed."""
    of = np.asarray(flow.amount.argmax(axis=0), np.int64)
    dearest = float(flow.price.max(initial=0.0))
    last = 2.0 * float(halls.pay.max()) / max(float(halls.need.mean()), 1e-9)
    for fine in (*(share * dearest for share in _FINES), last):
        load = np.bincount(of, halls.need, len(sites))
        if (load <= halls.room[sites] * (1 + 1e-9)).all():
            break
        settle_kernel(Rooms(halls.pay, halls.need, halls.room, fine), sites, of)
    load = np.bincount(of, halls.need, len(sites))
    return of if (load <= halls.room[sites] * (1 + 1e-9)).all() else None

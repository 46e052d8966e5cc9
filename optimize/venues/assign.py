"""Send every demand to one of some open sites, each of which has only so much room."""

from typing import NamedTuple

import numpy as np
from numba import njit

_FAR = 1e300


class Rooms(NamedTuple):
    """What assigning needs: pay float64 (m, n) by site, need (n,), room (m,), `fine` for a unit too much."""

    pay: np.ndarray
    need: np.ndarray
    room: np.ndarray
    fine: float


@njit(cache=True)
def _over(load: float, room: float) -> float:
    return max(0.0, load - room)


@njit(cache=True)
def _fined(rooms: Rooms, site: int, load: float, change: float) -> float:
    """Give by how much the fine of a site changes with its load."""
    room = rooms.room[site]
    return rooms.fine * (_over(load + change, room) - _over(load, room))


@njit(cache=True)
def _two_best_kernel(rooms: Rooms, sites: np.ndarray, left: np.ndarray, i: int) -> tuple[float, float, int]:
    """Give what a demand would pay at its best and second-best site, fines included, and the best."""
    a, b, at = _FAR, _FAR, -1
    for k in range(len(sites)):
        value = rooms.pay[sites[k], i] + rooms.fine * max(0.0, rooms.need[i] - max(left[k], 0.0))
        if value < a:
            a, b, at = value, a, k
        elif value < b:
            b = value
    return a, b, at


@njit(cache=True)
def assign_kernel(rooms: Rooms, sites: np.ndarray, of: np.ndarray) -> None:
    """Send every demand to an open site, the one with most to lose first.

    sites: int64 (p,). of: int64 (n,), out, positions in `sites`.
    """
    n = rooms.pay.shape[1]
    left = rooms.room[sites].astype(np.float64)
    of[:] = -1
    for _ in range(n):
        who, where, regret = -1, -1, -_FAR
        for i in range(n):
            if of[i] < 0:
                a, b, at = _two_best_kernel(rooms, sites, left, i)
                if b - a > regret:
                    who, where, regret = i, at, b - a
        of[who] = where
        left[where] -= rooms.need[who]
    settle_kernel(rooms, sites, of)


@njit(cache=True)
def _shift_kernel(rooms: Rooms, sites: np.ndarray, of: np.ndarray, load: np.ndarray) -> bool:
    """Send demands to other sites where that pays; tell whether one was."""
    moved = False
    for i in range(len(of)):
        for t in range(len(sites)):
            s, need = of[i], rooms.need[i]
            if t == s:
                continue
            change = rooms.pay[sites[t], i] - rooms.pay[sites[s], i]
            change += _fined(rooms, sites[s], load[s], -need) + _fined(rooms, sites[t], load[t], need)
            if change < -1e-9:
                load[s] -= need
                load[t] += need
                of[i] = t
                moved = True
    return moved


@njit(cache=True)
def _exchange_kernel(rooms: Rooms, sites: np.ndarray, of: np.ndarray, load: np.ndarray) -> bool:
    """Exchange two demands of different sites where that pays; tell whether two were."""
    moved = False
    for a in range(len(of)):
        for b in range(a + 1, len(of)):
            s, t = of[a], of[b]
            if s == t:
                continue
            x, y = sites[s], sites[t]
            change = rooms.pay[y, a] - rooms.pay[x, a] + rooms.pay[x, b] - rooms.pay[y, b]
            shift = rooms.need[b] - rooms.need[a]
            change += _fined(rooms, x, load[s], shift) + _fined(rooms, y, load[t], -shift)
            if change < -1e-9:
                load[s] += shift
                load[t] -= shift
                of[a], of[b] = t, s
                moved = True
    return moved


@njit(cache=True)
def settle_kernel(rooms: Rooms, sites: np.ndarray, of: np.ndarray) -> None:
    """Shift and exchange demands until nothing helps."""
    load = np.zeros(len(sites))
    for i in range(len(of)):
        load[of[i]] += rooms.need[i]
    for _ in range(200):
        shifted = _shift_kernel(rooms, sites, of, load)
        if not (_exchange_kernel(rooms, sites, of, load) or shifted):
            break


@njit(cache=True)
def recentre_kernel(
    rooms: Rooms, sites: np.ndarray, of: np.ndarray, free: np.ndarray, cost: np.ndarray, spare: float
) -> bool:
    """Move each site that is free to where what it serves pays least; tell whether one moved.

    `spare` is what may be spent beyond the cost of the sites.
    """
    changed = False
    for k in range(len(sites)):
        if not free[sites[k]]:
            continue
        own = np.flatnonzero(of == k)
        load = rooms.need[own].sum()
        at, best = sites[k], _FAR
        for j in range(len(free)):
            if not free[j] or (j != sites[k] and (sites == j).any()):
                continue
            if cost[j] - cost[sites[k]] > spare:
                continue
            value = rooms.fine * _over(load, rooms.room[j])
            for i in own:
                value += rooms.pay[j, i]
            if value < best - 1e-9 or (j == sites[k] and value <= best):
                best, at = value, j
        if at != sites[k]:
            spare -= cost[at] - cost[sites[k]]
            sites[k] = at
            changed = True
    return changed

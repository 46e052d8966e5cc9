"""What each site would hold at given prices: one knapsack a site, all in one kernel."""

import numpy as np
from numba import njit


@njit(cache=True)
def _candidates_kernel(
    pay: np.ndarray, price: np.ndarray, need: np.ndarray, room: int, items: np.ndarray
) -> tuple[int, int]:
    """List the demands that a site gains by and has room for; give how many, and what they need in all."""
    count, total = 0, 0
    for i in range(len(price)):
        if pay[i] < price[i] and need[i] <= room:
            items[count] = i
            count += 1
            total += need[i]
    return count, total


@njit(cache=True)
def _fill_kernel(gain: np.ndarray, need: np.ndarray, value: np.ndarray, taken: np.ndarray) -> None:
    """Fill in the value of the best holding of every size, and which items it takes."""
    value[:] = 0.0
    size = len(value) - 1
    for k in range(len(gain)):
        taken[k, : size + 1] = False
        for load in range(size, need[k] - 1, -1):
            if value[load - need[k]] + gain[k] > value[load]:
                value[load] = value[load - need[k]] + gain[k]
                taken[k, load] = True


@njit(cache=True)
def hold_kernel(
    pay: np.ndarray,
    price: np.ndarray,
    need: np.ndarray,
    room: np.ndarray,
    held: np.ndarray,
    worth: np.ndarray,
) -> None:
    """Fill in the demands that each site would hold, and what they save, for the best of all holdings.

    pay: float64 (m, n), by site. price: float64 (n,). need: int64 (n,), room: int64 (m,): whole units.
    held: bool (m, n), worth: float64 (m,) not above zero; both out.
    """
    m, n = pay.shape
    items = np.zeros(n, np.int64)
    table = np.zeros((n, room.max() + 1), np.bool_)
    held[:] = False
    for j in range(m):
        count, total = _candidates_kernel(pay[j], price, need, room[j], items)
        own = items[:count]
        gain = price[own] - pay[j][own]
        if total <= room[j]:
            worth[j] = -gain.sum()
            for i in own:
                held[j, i] = True
            continue
        value = np.zeros(room[j] + 1)
        _fill_kernel(gain, need[own], value, table)
        worth[j] = -value[room[j]]
        load = room[j]
        for k in range(count - 1, -1, -1):
            if table[k, load]:
                held[j, own[k]] = True
                load -= need[own[k]]


@njit(cache=True)
def loose_hold_kernel(
    pay: np.ndarray,
    price: np.ndarray,
    need: np.ndarray,
    room: np.ndarray,
    held: np.ndarray,
    worth: np.ndarray,
) -> None:
    """Fill in the same with the last demand taken in part: never less saved, nearly the same for small needs.

    `held` leaves out the one taken in part. need, room: float64. Dantzig (1957), doi:10.1287/opre.5.2.266.
    """
    m = len(pay)
    held[:] = False
    for j in range(m):
        own = np.flatnonzero((pay[j] < price) & (need <= room[j]))
        gain = price[own] - pay[j][own]
        left, saved = room[j], 0.0
        for k in np.argsort(-gain / np.maximum(need[own], 1e-12)):
            if need[own[k]] <= left:
                held[j, own[k]] = True
                saved += gain[k]
                left -= need[own[k]]
            else:
                saved += gain[k] * left / need[own[k]]
                break
        worth[j] = -saved

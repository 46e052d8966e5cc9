"""Good plans of joint branches by simulated annealing: places move between groups, or change places.

Every place is in exactly one group, alone or with others within reach; a group that may not have a branch
leaves its members uncovered, at a cost. Steps that make the plan dearer are taken less and less often
(Kirkpatrick, Gelatt and Vecchi 1983, doi:10.1126/science.220.4598.671).
"""

import math
from collections.abc import Iterator

import numpy as np
from numba import njit

from optimize.arrays import ints
from optimize.branches_master import Columns, measure_columns
from optimize.branches_price import Ground
from optimize.problem import IntArray
from optimize.search_chance import ChanceArray, draw_kernel, new_chance, share_kernel
from optimize.stop import Stop

Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # near, step, members, anchor
Limits = tuple[int, int, int]  # fewest and most members, most places
Costs = tuple[float, float, float]  # of a member uncovered, of a new branch, of a hole in a group
State = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # group of place, places of group, sizes, costs

_SCHEDULE = ((9_000.0, 12_000.0, 80.0, 1_500.0, 0.6), (20_000.0, 20_000.0, 0.0, 200.0, 0.4))
"""Metres for a member uncovered, a new branch and a hole in a group; first temperature; share of the steps.

At first full groups count as cheaper, so that what is left over gathers until a branch can be saved.
"""
_LAST = (20.0, 15.0)  # temperatures in the end
_PIECE = 1_000_000  # steps between two questions whether to stop
_HASTY_STEPS_PER_PLACE = 750  # of each half where there is no time left: there is a plan in any case


@njit(cache=True)
def _cost_kernel(part: Part, limits: Limits, costs: Costs, group: np.ndarray, size: int) -> float:
    """Cost a group."""
    _, step, held_by, anchor = part
    if size == 0:
        return 0.0
    held, host = 0, -1
    for at in range(size):
        held += held_by[group[at]]
        if anchor[group[at]]:
            host = group[at]
    if host < 0 and held < limits[0]:
        return float(costs[0] * held)
    least = np.inf
    for at in range(size):
        if host < 0 or group[at] == host:
            metres = 0.0
            for other in range(size):
                if other != at:
                    metres += step[group[at], group[other]]
            least = min(least, metres)
    if host >= 0:
        return float(least)
    return float(least + costs[1] + costs[2] * (limits[2] * limits[2] - size * size))


@njit(cache=True)
def _fits_kernel(part: Part, limits: Limits, group: np.ndarray, size: int, out: int, place: int) -> bool:
    """Tell whether a place may be in a group in the place of another of it (-1: beside all of them)."""
    held = part[2][place]
    for at in range(size):
        if group[at] != out:
            if not part[0][place, group[at]]:
                return False
            held += part[2][group[at]]
    return bool(held <= limits[1])


@njit(cache=True)
def _without_kernel(group: np.ndarray, size: int, out: int, into: np.ndarray) -> int:
    """Copy a group without one of its places; give how many are left."""
    kept = 0
    for at in range(size):
        if group[at] != out:
            into[kept] = group[at]
            kept += 1
    return kept


@njit(cache=True)
def _store_kernel(state: State, number: int, group: np.ndarray, size: int, cost: float) -> None:
    group_of, places, sizes, cost_of = state
    for at in range(size):
        places[number, at] = group[at]
        group_of[group[at]] = number
    sizes[number], cost_of[number] = size, cost


@njit(cache=True)
def _try_kernel(
    part: Part,
    limits: Limits,
    costs: Costs,
    state: State,
    step: tuple[int, int, int, int, float],
    work: tuple[np.ndarray, np.ndarray],
) -> bool:
    """Move a place out of one group into another, in exchange for one of its places (-1: for none).

    `step` holds the place, the two groups, the place that comes back and what the step may cost.
    """
    place, old, new, back, allowed = step
    left, right = work
    _, places, sizes, cost_of = state
    n_left = _without_kernel(places[old], sizes[old], place, left)
    n_right = _without_kernel(places[new], sizes[new], back, right)
    if n_right >= limits[2] or not _fits_kernel(part, limits, right, n_right, -1, place):
        return False
    if back >= 0:
        if not _fits_kernel(part, limits, left, n_left, -1, back):
            return False
        left[n_left] = back
        n_left += 1
    right[n_right] = place
    n_right += 1
    one = _cost_kernel(part, limits, costs, left, n_left)
    two = _cost_kernel(part, limits, costs, right, n_right)
    if one + two - cost_of[old] - cost_of[new] > allowed:
        return False
    _store_kernel(state, old, left, n_left, one)
    _store_kernel(state, new, right, n_right, two)
    return True


@njit(cache=True)
def _anneal_kernel(
    part: Part,
    limits: Limits,
    costs: Costs,
    state: State,
    beside: tuple[np.ndarray, np.ndarray],
    heat: tuple[float, float, int],
    chance: ChanceArray,
) -> None:
    """Take so many steps while cooling from one temperature to another."""
    starts, near = beside
    hot, cold, steps = heat
    group_of, places, sizes, _ = state
    anchor, n = part[3], len(part[2])
    work = (np.zeros(limits[2] + 1, np.int64), np.zeros(limits[2] + 1, np.int64))
    for turn in range(steps):
        place = draw_kernel(chance, n)
        count = starts[place + 1] - starts[place]
        if anchor[place] or count == 0:
            continue
        old = group_of[place]
        lot = share_kernel(chance)
        new = group_of[near[starts[place] + int(count * lot * lot)]]  # the nearer, the likelier
        back = -1
        if new == old:  # out of its group, to be alone
            new = 0
            while sizes[new] > 0:
                new += 1
        elif sizes[new] >= limits[2] or share_kernel(chance) < 0.5:
            back = places[new, draw_kernel(chance, sizes[new])]
            if anchor[back]:
                continue
        warm = hot * (cold / hot) ** (turn / steps)
        allowed = -warm * np.log(1.0 - share_kernel(chance))
        _try_kernel(part, limits, costs, state, (place, old, new, back, allowed), work)


def anneal(ground: Ground, steps: int, seed: int, stop: Stop) -> Columns:
    """Find a good plan in so many steps; stopped early, it cools in a hurry. The same seed, the same plan."""
    state = _first_state(ground)
    part = (
        np.require(ground.near, np.bool_, ["C", "W"]),
        ints(ground.step),
        ints(ground.members),
        np.require(ground.anchor, np.bool_, ["C", "W"]),
    )
    limits = (ground.min_members, ground.max_members, ground.max_places)
    at, near = np.nonzero(ground.near)
    near = near[np.lexsort((ground.step[at, near], at))]
    starts = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=ground.n_places))])
    beside, chance = (ints(starts), ints(near)), new_chance(seed)
    for (uncovered, branch, hole, hot, share), cold in zip(_SCHEDULE, _LAST, strict=True):
        costs = (uncovered, branch, hole)
        for number in range(ground.n_places):
            size = int(state[2][number])
            state[3][number] = _cost_kernel(part, limits, costs, state[1][number], size)
        hasty = _HASTY_STEPS_PER_PLACE * ground.n_places
        for heat in _pieces(hot, cold, int(share * steps), hasty, stop):
            _anneal_kernel(part, limits, costs, state, beside, heat, chance)
    return _columns(ground, state)


def _pieces(
    hot: float, cold: float, steps: int, hasty: int, stop: Stop
) -> Iterator[tuple[float, float, int]]:
    """Cool in pieces, (temperature before, after, steps); once stopped, in few steps all the way."""
    count = max(1, math.ceil(steps / _PIECE))
    ratio, done = (cold / hot) ** (1 / count), 0
    for at in range(count):
        warm, upto = hot * ratio**at, steps * (at + 1) // count
        if stop():
            yield warm, cold, min(hasty, steps - done)
            return
        yield warm, warm * ratio, upto - done
        done = upto


def _first_state(ground: Ground) -> State:
    """Put every place in a group of its own."""
    n = ground.n_places
    group_of, sizes = np.arange(n), np.ones(n, np.int64)
    places = np.zeros((n, ground.max_places + 1), np.int64)
    places[:, 0] = np.arange(n)
    return ints(group_of), ints(places), ints(sizes), np.zeros(n)


def _columns(ground: Ground, state: State) -> Columns:
    """Give the groups that may have a branch, each under its best host."""
    rows = []
    for group, size in zip(state[1], state[2].tolist(), strict=True):
        own = group[:size]
        anchors = own[ground.anchor[own]]
        enough = len(anchors) or int(ground.members[own].sum()) >= ground.min_members
        if size and enough and not (len(anchors) and size == 1):
            rows.append(_hosted(ground, own, anchors))
    return measure_columns(ground, np.array(rows, np.int32).reshape(-1, ground.max_places))


def _hosted(ground: Ground, group: IntArray, anchors: IntArray) -> list[int]:
    hosts = anchors if len(anchors) else group
    cost = [int(ground.step[host, group[group != host]].sum()) for host in hosts]
    host = int(hosts[int(np.argmin(cost))])
    rest = [int(place) for place in group if place != host]
    return [host, *rest, *[-1] * (ground.max_places - 1 - len(rest))]

"""Choose groups that cover every unit once by trying them all, with everything pruned that costs too much.

A plan of a community has few grids, so that covering the unit with the fewest groups left, again and again,
ends soon, also where the linear relaxation leaves thousands of groups within reach and an integer programme
branches for minutes (exact cover as in Knuth 2000, arXiv:cs/0011047, pruned by reduced costs).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from optimize.arrays import floats, ints, members
from optimize.pool import Pool
from optimize.problem import FloatArray, IntArray

_SHARE = 1e-9  # a plan must be cheaper by this share to count as cheaper

_GROUPS = "Tuple((int64[::1], int32[::1], float64[::1]))"
_LISTS = "Tuple((int32[:, ::1], int32[:, ::1]))"
_SIDES = "Tuple((float64[:, ::1], float64[::1], float64[::1]))"
_STATE = "Tuple((boolean[:, ::1], int64[:, ::1]))"

GroupArrays = tuple[np.ndarray, np.ndarray, np.ndarray]  # starts, units and reduced costs
Lists = tuple[np.ndarray, np.ndarray]  # open groups and groups to branch on, by depth
State = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The cheapest plan found below a given cost.

    `chosen` are positions in the pool, ascending, empty where nothing cheaper was found; `finished` says
    that nothing cheaper is among the groups given.
    """

    chosen: IntArray
    finished: bool


@njit(f"int64(int32[:, ::1], int64, int64, boolean[::1], {_GROUPS}, float64)", cache=True, nogil=True)
def _keep_open(
    lists: np.ndarray, depth: int, size: int, covered: np.ndarray, groups: GroupArrays, room: float
) -> int:
    """Copy to the next depth the groups that meet nothing covered and cost no more than there is room for."""
    indptr, cells, reduced = groups
    kept = 0
    for at in range(size):
        group = lists[depth, at]
        if reduced[group] >= room:
            break  # groups come in the order of their reduced costs
        free = True
        for place in range(indptr[group], indptr[group + 1]):
            if covered[cells[place]]:
                free = False
                break
        if free:
            lists[depth + 1, kept] = group
            kept += 1
    return kept


@njit(f"int64(int32[:, ::1], int64, int64, boolean[::1], {_GROUPS}, float64)", cache=True, nogil=True)
def _find_rarest(
    lists: np.ndarray, depth: int, size: int, covered: np.ndarray, groups: GroupArrays, room: float
) -> int:
    """Give the unit in the fewest groups; -1 where one is in none, or in none that there is room for."""
    indptr, cells, reduced = groups
    count = np.zeros(len(covered), np.int64)
    least = np.full(len(covered), np.inf)
    for at in range(size):
        group = lists[depth, at]
        for place in range(indptr[group], indptr[group + 1]):
            unit = cells[place]
            count[unit] += 1
            least[unit] = min(least[unit], reduced[group])
    rarest = -1
    for unit in range(len(covered)):
        if covered[unit]:
            continue
        if least[unit] >= room:
            return -1
        if rarest < 0 or count[unit] < count[rarest]:
            rarest = unit
    return rarest


@njit(f"int64({_LISTS}, int64, int64, int64, {_GROUPS})", cache=True, nogil=True)
def _branch(lists: Lists, depth: int, size: int, unit: int, groups: GroupArrays) -> int:
    """List the groups at a depth that hold a unit, in order."""
    open_lists, branches = lists
    indptr, cells, _ = groups
    found = 0
    for at in range(size):
        group = open_lists[depth, at]
        for place in range(indptr[group], indptr[group + 1]):
            if cells[place] == unit:
                branches[depth, found] = group
                found += 1
                break
    return found


@njit(
    f"boolean(int64[::1], int64, {_SIDES})",
    cache=True,
    nogil=True,
)
def _holds_sides(chosen: np.ndarray, count: int, sides: tuple[np.ndarray, np.ndarray, np.ndarray]) -> bool:
    coefficient, lower, upper = sides
    for side in range(len(lower)):
        value = 0.0
        for at in range(count):
            value += coefficient[side, chosen[at]]
        if value < lower[side] - 1e-9 or value > upper[side] + 1e-9:
            return False
    return True


@njit(f"int64({_LISTS}, {_STATE}, int64, int64, {_GROUPS}, float64)", cache=True, nogil=True)
def _descend(lists: Lists, state: State, depth: int, group: int, groups: GroupArrays, room: float) -> int:
    """Cover what a group holds and list, one deeper, what may follow; give how many, -1 for a dead end.

    `state` holds the covered units of each depth, and as rows how many groups are open, how many branch, at
    which of them it stands and how many units are covered.
    """
    covered, counts = state
    indptr, cells, _ = groups
    covered[depth + 1] = covered[depth]
    for place in range(indptr[group], indptr[group + 1]):
        covered[depth + 1, cells[place]] = True
    kept = _keep_open(lists[0], depth, counts[0, depth], covered[depth + 1], groups, room)
    unit = _find_rarest(lists[0], depth + 1, kept, covered[depth + 1], groups, room)
    if unit < 0:
        return -1
    counts[0, depth + 1], counts[2, depth + 1] = kept, 0
    counts[1, depth + 1] = _branch(lists, depth + 1, kept, unit, groups)
    counts[3, depth + 1] = counts[3, depth] + indptr[group + 1] - indptr[group]
    return kept


@njit(
    f"Tuple((int64[::1], boolean))({_GROUPS}, float64[::1], {_SIDES}, "
    "Tuple((float64, float64)), Tuple((int64, int64, int64)))",
    cache=True,
    nogil=True,
)
def _search(
    groups: GroupArrays,
    cost: np.ndarray,
    sides: tuple[np.ndarray, np.ndarray, np.ndarray],
    start: tuple[float, float],
    limits: tuple[int, int, int],
) -> tuple[np.ndarray, bool]:
    """Try all plans of groups that come in the order of their reduced costs.

    Parameters
    ----------
    sides
        Coefficients float64 (sides, k), lower and upper float64 (sides,).
    start
        Bound of every plan, to which the reduced costs of its groups add; cost that a plan must stay below.
    limits
        Number of units, most groups in a plan, groups looked at before giving up.
    """
    indptr, _, reduced = groups
    bound, best = start
    n_units, deepest, work_left = limits
    lists = (np.empty((deepest + 1, len(cost)), np.int32), np.empty((deepest + 1, len(cost)), np.int32))
    state = (np.zeros((deepest + 1, n_units), np.bool_), np.zeros((4, deepest + 1), np.int64))
    counts, sums = state[1], np.zeros((2, deepest + 1))
    chosen, plan = np.zeros(deepest + 1, np.int64), np.zeros(0, np.int64)
    lists[0][0] = np.arange(len(cost))
    counts[0, 0] = len(cost)
    unit = _find_rarest(lists[0], 0, len(cost), state[0][0], groups, np.inf)
    counts[1, 0] = _branch(lists, 0, len(cost), unit, groups)
    depth = 0
    while depth >= 0 and work_left > 0:
        if counts[2, depth] == counts[1, depth]:
            depth -= 1
            continue
        group = lists[1][depth, counts[2, depth]]
        counts[2, depth] += 1
        room = best * (1.0 - _SHARE) - bound - sums[0, depth] - reduced[group]
        if room <= 0:
            counts[2, depth] = counts[1, depth]  # those after it cost more
            continue
        chosen[depth] = group
        paid = sums[1, depth] + cost[group]
        if counts[3, depth] + indptr[group + 1] - indptr[group] == n_units:
            if paid < best * (1.0 - _SHARE) and _holds_sides(chosen, depth + 1, sides):
                best, plan = paid, chosen[: depth + 1].copy()
        elif depth + 1 < deepest:
            work_left -= counts[0, depth]
            kept = _descend(lists, state, depth, group, groups, room)
            if kept >= 0:
                work_left -= 4 * kept
                sums[0, depth + 1], sums[1, depth + 1] = sums[0, depth] + reduced[group], paid
                depth += 1
    return plan, depth < 0


def cover(pool: Pool, reduced: FloatArray, bound: float, below: float, most_work: int) -> Cover:
    """Find the cheapest plan of a pool below some cost.

    Parameters
    ----------
    reduced
        float64 (k,), what each group adds to `bound` at least.
    bound
        What every plan costs at least.
    below
        Cost that a plan must stay below; may be infinite.
    most_work
        Groups looked at, some 50 million a second, before giving up.
    """
    if len(reduced) == 0:
        return Cover(chosen=np.zeros(0, np.int64), finished=True)
    order = np.argsort(reduced, kind="stable")
    groups = pool.groups.take(order)
    sides = pool.sides
    coefficient = np.array([side.coefficient[order] for side in sides]).reshape(len(sides), len(order))
    found, finished = _search(
        # A reduced cost below zero is noise, or a plan of many such groups would seem free.
        (ints(groups.indptr), members(groups.members), floats(np.maximum(reduced[order], 0.0))),
        floats(pool.cost[order]),
        (
            floats(coefficient),
            floats([side.lower for side in sides]),
            floats([side.upper for side in sides]),
        ),
        (float(bound), float(below)),
        (pool.n_units, min(pool.n_units, pool.max_chosen), most_work),
    )
    return Cover(chosen=np.sort(order[found]), finished=bool(finished))

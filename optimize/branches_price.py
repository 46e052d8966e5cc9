"""Find groups of places that may share a branch, cheapest first under given prices of the places.

A group has a host, where the branch sits; what it costs adds up over the other places, each by itself
against the host. So the groups of a host are sets of its neighbours, all within reach of each other, and a
depth-first search over neighbours in the order of their value finds the best of them, or all below a limit,
without listing the rest. Cuts on three places only ever make a group dearer, so what bounds the search
without them bounds it with them.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from optimize.arrays import floats, ints, members
from optimize.groups import MemberArray
from optimize.problem import BoolArray, FloatArray, IntArray

_PART = "Tuple((boolean[:, ::1], int64[:, ::1], int64[::1], boolean[::1]))"
_PRICES = "Tuple((float64, float64, float64, float64[::1], boolean))"
_CUTS = "Tuple((int64[::1], int64[::1], float64[::1]))"
_LIMITS = "Tuple((int64, int64, int64))"
_FOUND = "Tuple((int32[:, ::1], float64[::1], int64[::1]))"
_WORK = "Tuple((int32[:, ::1], float64[::1], int8[::1]))"
_QUESTION = f"Tuple(({_PART}, {_PRICES}, {_CUTS}, {_LIMITS}))"

PartArrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
PriceValues = tuple[float, float, float, np.ndarray, bool]
CutArrays = tuple[
    np.ndarray, np.ndarray, np.ndarray
]  # starts by place, cuts of each place, price of each cut
FoundArrays = tuple[np.ndarray, np.ndarray, np.ndarray]
WorkArrays = tuple[np.ndarray, np.ndarray, np.ndarray]
Question = tuple[PartArrays, PriceValues, CutArrays, tuple[int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The places of one connected part: who may share a branch with whom, and under which limits.

    Attributes
    ----------
    near
        bool (n, n), whether two places may share a branch; never true on the diagonal or for two anchors.
    step
        int64 (n, n), what place j adds to a branch that sits at place i, in metres.
    members
        int64 (n,), formal members; of an anchor those its branch has already.
    anchor
        bool (n,), whether the place stands for a joint branch that exists and may take in others.
    """

    near: BoolArray
    step: IntArray
    members: IntArray
    anchor: BoolArray
    min_members: int
    max_members: int
    max_places: int

    @property
    def n_places(self) -> int:
        """Number of places."""
        return len(self.members)

    @property
    def weight(self) -> IntArray:
        """Members that a branch would newly cover at each place, int64 (n,): none at an anchor."""
        return np.where(self.anchor, 0, self.members)

    def take(self, places: IntArray) -> "Ground":
        """Give the ground of some of the places."""
        return Ground(
            near=self.near[np.ix_(places, places)],
            step=self.step[np.ix_(places, places)],
            members=self.members[places],
            anchor=self.anchor[places],
            min_members=self.min_members,
            max_members=self.max_members,
            max_places=self.max_places,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a group costs: per member covered, per new branch, per metre, less what its places pay.

    Attributes
    ----------
    triples, fined
        int64 (q, 3) and float64 (q,): a group with two or three places of a triple pays its fine, at least 0.
    once
        List every set of places under one host only, for costs that do not depend on the host.
    """

    per_member: float
    per_branch: float
    per_metre: float
    paid: FloatArray
    triples: IntArray
    fined: FloatArray
    once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Groups found: `places` int32 (k, max_places), the host first, padded by -1; their priced cost.

    `complete` says that no group below the limit was left out; `least` gives the least priced cost of each
    host, or the limit where none is below it, float64 (n,).
    """

    places: MemberArray
    cost: FloatArray
    complete: bool
    least: FloatArray


@njit(f"float64({_PRICES}, {_PART}, int64)", cache=True, nogil=True)
def _host_cost(prices: PriceValues, part: PartArrays, host: int) -> float:
    per_member, per_branch, _, paid, _ = prices
    if part[3][host]:
        return float(-paid[host])
    return float(per_member * part[2][host] + per_branch - paid[host])


@njit(f"int64({_PRICES}, {_PART}, int64, int32[::1], float64[::1])", cache=True, nogil=True)
def _sort_neighbours(
    prices: PriceValues, part: PartArrays, host: int, order: np.ndarray, value: np.ndarray
) -> int:
    """List the neighbours of a host by what each adds to a group; give how many there are."""
    per_member, _, per_metre, paid, once = prices
    near, step, weight, anchor = part
    count = 0
    for place in range(len(weight)):
        if near[host, place] and not anchor[place] and (place > host or anchor[host] or not once):
            value[place] = per_member * weight[place] + per_metre * step[host, place] - paid[place]
            order[count] = place
            count += 1
    order[:count] = order[:count][np.argsort(value[order[:count]], kind="mergesort")]
    return count


@njit("float64(int32[::1], float64[::1], int64, int64, int64)", cache=True, nogil=True)
def _best_rest(listed: np.ndarray, value: np.ndarray, start: int, size: int, more: int) -> float:
    """Bound what the next places of a list can still save."""
    total = 0.0
    for at in range(start, min(size, start + more)):
        gain = value[listed[at]]
        if gain >= 0:
            break
        total += gain
    return total


@njit(f"float64({_CUTS}, int8[::1], int64, int64)", cache=True, nogil=True)
def _touch(cuts: CutArrays, hit: np.ndarray, place: int, change: int) -> float:
    """Count a place in or out of its cuts; give the fines that fall due when it comes in."""
    starts, of_place, fined = cuts
    fine = 0.0
    for at in range(starts[place], starts[place + 1]):
        cut = of_place[at]
        hit[cut] += change
        if change > 0 and hit[cut] == 2:
            fine += fined[cut]
    return fine


@njit(f"float64({_FOUND}, Tuple((int64, int64)), int32[::1], float64, float64)", cache=True, nogil=True)
def _keep(found: FoundArrays, room: tuple[int, int], group: np.ndarray, cost: float, limit: float) -> float:
    """Take in a group, for the dearest of this host once it has enough; give the new limit of the host.

    `room` says where the groups of this host begin, and how many are enough.
    """
    places, costs, count = found
    first, keep = room
    at = count[0]
    if keep > 0 and at - first >= keep:
        at = first + int(np.argmax(costs[first : count[0]]))
    else:
        count[0] += 1
    places[at] = -1
    places[at, : len(group)] = group
    costs[at] = cost
    if keep > 0 and count[0] - first >= keep:
        return float(costs[first : count[0]].max())
    return limit


@njit("int64(boolean[:, ::1], int32[:, ::1], int64, int64, int64)", cache=True, nogil=True)
def _narrow(near: np.ndarray, lists: np.ndarray, depth: int, start: int, size: int) -> int:
    """List, one deeper, the places of a list after some place that are near it; give how many."""
    place, kept = lists[depth, start - 1], 0
    for at in range(start, size):
        if near[place, lists[depth, at]]:
            lists[depth + 1, kept] = lists[depth, at]
            kept += 1
    return kept


@njit(
    f"Tuple((boolean, float64))({_QUESTION}, int64, Tuple((float64, int64)), {_FOUND}, {_WORK})",
    cache=True,
    nogil=True,
)
def _search_host(
    question: Question, host: int, wanted: tuple[float, int], found: FoundArrays, work: WorkArrays
) -> tuple[bool, float]:
    """Search the groups of one host; tell whether there was room for all, and the least cost.

    `wanted` is what a group must stay below, and how many to keep.
    """
    part, prices, cuts, limits = question
    near, _, held_by, anchor = part
    min_members, max_members, max_places = limits
    limit, keep = wanted
    lists, value, hit = work
    size, at = np.zeros(max_places + 1, np.int64), np.zeros(max_places + 1, np.int64)
    cost, held = np.zeros(max_places + 1, np.float64), np.zeros(max_places + 1, np.int64)
    group = np.empty(max_places, np.int32)
    first, bar, least, depth = found[2][0], limit, limit, 0
    size[0] = _sort_neighbours(prices, part, host, lists[0], value)
    cost[0], held[0], group[0] = _host_cost(prices, part, host), held_by[host], host
    _touch(cuts, hit, host, 1)
    if not anchor[host] and held[0] >= min_members and cost[0] < bar:
        bar = _keep(found, (first, keep), group[:1], cost[0], limit)
        least = cost[0]
    while depth >= 0:
        if found[2][0] >= len(found[1]) or at[depth] >= size[depth] or depth + 1 >= max_places:
            _touch(cuts, hit, group[depth], -1)
            depth -= 1
            continue
        place = lists[depth, at[depth]]
        at[depth] += 1
        total = cost[depth] + value[place]
        rest = _best_rest(lists[depth], value, at[depth], size[depth], max_places - depth - 2)
        if total + rest >= bar:
            at[depth] = size[depth]  # those after it add no less
            continue
        if held[depth] + held_by[place] > max_members:
            continue
        total += _touch(cuts, hit, place, 1)
        if total + rest >= bar:
            _touch(cuts, hit, place, -1)
            continue
        group[depth + 1] = place
        cost[depth + 1], held[depth + 1] = total, held[depth] + held_by[place]
        if total < bar and (anchor[host] or held[depth + 1] >= min_members):
            bar = _keep(found, (first, keep), group[: depth + 2], total, limit)
            least = min(least, total)
        size[depth + 1] = _narrow(near, lists, depth, at[depth], size[depth])
        at[depth + 1] = 0
        depth += 1
    return found[2][0] < len(found[1]), least


@njit(
    f"Tuple((int32[:, ::1], float64[::1], boolean, float64[::1]))({_QUESTION}, float64, int64, int64)",
    cache=True,
    nogil=True,
)
def _search(
    question: Question, limit: float, keep: int, most: int
) -> tuple[np.ndarray, np.ndarray, bool, np.ndarray]:
    n, max_places = len(question[0][2]), question[3][2]
    found = (np.empty((most, max_places), np.int32), np.empty(most, np.float64), np.zeros(1, np.int64))
    hit = np.zeros(len(question[2][2]), np.int8)
    work = (np.empty((max_places + 1, n), np.int32), np.empty(n, np.float64), hit)
    least = np.full(n, limit)
    complete = True
    for host in range(n):
        complete, least[host] = _search_host(question, host, (limit, keep), found, work)
        if not complete:
            break
    return found[0][: found[2][0]].copy(), found[1][: found[2][0]].copy(), complete, least


def find_groups(ground: Ground, prices: Prices, *, below: float, keep: int, most: int) -> Found:
    """Find groups whose priced cost is below a limit.

    Parameters
    ----------
    keep
        How many to give a host, the cheapest; 0 for all.
    most
        How many to give in all; more than that, and the answer is not complete.
    """
    part = (
        np.require(ground.near, np.bool_, ["C", "W"]),
        ints(ground.step),
        ints(ground.members),
        np.require(ground.anchor, np.bool_, ["C", "W"]),
    )
    values = (
        float(prices.per_member),
        float(prices.per_branch),
        float(prices.per_metre),
        floats(prices.paid),
        bool(prices.once),
    )
    limits = (ground.min_members, ground.max_members, ground.max_places)
    cuts = _cuts_by_place(prices, ground.n_places)
    places, cost, complete, least = _search((part, values, cuts, limits), float(below), keep, most + 1)
    return Found(places=members(places), cost=floats(cost), complete=bool(complete), least=floats(least))


def _cuts_by_place(prices: Prices, n_places: int) -> tuple[IntArray, IntArray, FloatArray]:
    """List the cuts of each place that cost anything: starts, cuts, and the fine of each cut."""
    real = np.flatnonzero(prices.fined > 0)
    places = prices.triples[real].ravel()
    order = np.argsort(places, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=n_places))])
    return ints(starts), ints(np.repeat(np.arange(len(real)), 3)[order]), floats(prices.fined[real])

"""List the groups within reach where no diagram holds them: a tree of decisions, bounded by minimum cuts.

Groups grow from a root unit by units of their border, each taken in or left out for good, so that no group
is met twice. A branch is cut as soon as no group in it can be in reach: bounded by a minimum cut for the
borders, the duals and the compounds, with a multiplier for the households that the band allows.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from optimize.pricing_duals import Duals
from optimize.pricing_floors import Floors
from optimize.pricing_net import (
    FREE,
    INSIDE,
    OUTSIDE,
    Net,
    Stack,
    build_net,
    build_stack,
    push_kernel,
    reprice_kernel,
    unary_kernel,
    wish_kernel,
)
from optimize.problem import FloatArray
from optimize.stop import Stop
from optimize.units import Units

_NODES_PER_CALL = 3000
_STEPS = 2  # prices of a household tried at each branch
_ROOT_STEPS = 60
_FIRST_STEP = 0.2  # share of what a household brings by which its price is changed at first
_NOISE = 1e-9  # relative to the sum of all terms: sums of float64 can err by a thousandth of it
_FAR = 1e300


@njit(cache=True)
def _best_size_kernel(by_size: np.ndarray, price: float, low: int, high: int) -> tuple[float, int]:
    """Give the least that a size between the limits costs, with its price, and that size."""
    best, at = _FAR, low
    for size in range(low, high + 1):
        value = by_size[size] + price * size
        if value < best:
            best, at = value, size
    return best, at


@njit(cache=True)
def _flood_kernel(net: Net, stack: Stack, depth: int, room: int) -> int:
    """Mark in `before` what the group can reach before it is full; give the households of all that.

    A group that holds a unit holds a way to it, too, so the way of fewest households must fit into the room.
    `before` is -1, or twice the households of that way, plus one while the unit waits in the queue, a ring.
    """
    side, away, queue = stack.side[depth], stack.before, stack.queue
    n_units = len(net.households)
    head = waiting = total = 0
    for unit in range(n_units):
        away[unit] = -1
        if side[unit] == INSIDE:
            away[unit] = 1
            queue[waiting] = unit
            waiting += 1
            total += net.households[unit]
    while waiting > 0:
        unit = queue[head]
        head = (head + 1) % n_units
        waiting -= 1
        away[unit] -= 1
        for p in range(net.near_start[unit], net.near_start[unit + 1]):
            other = net.near[p]
            way = away[unit] // 2 + net.households[other]
            if side[other] != FREE or way > room or (away[other] >= 0 and away[other] // 2 <= way):
                continue
            if away[other] < 0:
                total += net.households[other]
            if away[other] < 0 or away[other] % 2 == 0:
                queue[(head + waiting) % n_units] = other
                waiting += 1
            away[other] = 2 * way + 1
    return total


@njit(cache=True)
def _reach_kernel(net: Net, stack: Stack, depth: int, high: int) -> int:
    """Leave out what the group cannot reach or hold any more; give the households it could still have."""
    side = stack.side[depth]
    room = high - stack.load[depth]
    total = 0
    for unit in range(len(net.households)):
        if side[unit] == FREE and net.households[unit] > room:
            side[unit] = OUTSIDE
        if side[unit] != OUTSIDE:
            total += net.households[unit]
    if stack.begun[depth] == 0:
        return total
    total = _flood_kernel(net, stack, depth, room)
    for unit in range(len(net.households)):
        if stack.before[unit] < 0:
            side[unit] = OUTSIDE
    return total


@njit(cache=True)
def _is_beyond_kernel(
    net: Net, stack: Stack, depth: int, by_size: np.ndarray, limits: tuple[int, int], reach: float
) -> bool:
    """Tell whether every group of the branch is out of reach, trying several prices of a household."""
    step = net.step[0]
    last = 0
    tries = _ROOT_STEPS if depth == 0 else _STEPS
    for attempt in range(tries):
        best, size = _best_size_kernel(by_size, stack.price[depth], limits[0], limits[1])
        bound = unary_kernel(stack, depth) + best
        if bound <= reach:
            push_kernel(net, stack, depth, reach - bound + 1e-6)
            bound = unary_kernel(stack, depth) + best
        if bound > reach:
            return True
        slope = size - wish_kernel(net, stack, depth)
        if slope == 0 or attempt == tries - 1:
            return False
        turn = 1 if slope > 0 else -1
        if last != 0:
            step *= 1.5 if turn == last else 0.5
        last = turn
        reprice_kernel(net, stack, depth, turn * step)
    return False


@njit(cache=True)
def _choose_branch_kernel(net: Net, stack: Stack, depth: int) -> int:
    """Give the unit to decide on next, or -1: first a root, then the unit of the border that matters most.

    The heaviest root leaves a group least room, and what is left without it brings least.
    """
    side, term, capacity = stack.side[depth], stack.term[depth], stack.capacity[depth]
    best, best_score = -1, -_FAR
    for unit in range(len(net.households)):
        if side[unit] != FREE:
            continue
        score = float(net.households[unit])
        if stack.begun[depth] == 1:
            touches = False
            for p in range(net.near_start[unit], net.near_start[unit + 1]):
                touches = touches or side[net.near[p]] == INSIDE
            if not touches:
                continue
            score = abs(term[unit]) * 1e3
            for arc in range(net.start[unit], net.start[unit + 1]):
                if side[net.head[arc]] == INSIDE:
                    score += capacity[net.back[arc]]
                elif side[net.head[arc]] == OUTSIDE:
                    score += capacity[arc]
        if score > best_score:
            best, best_score = unit, score
    return best


@njit(cache=True)
def _descend_kernel(net: Net, stack: Stack, depth: int, cut_price: np.ndarray) -> None:
    """Make the next child of a branch: first with its unit inside, then with it outside."""
    unit, child = stack.branch[depth], depth + 1
    stack.capacity[child] = stack.capacity[depth]
    stack.term[child] = stack.term[depth]
    stack.side[child] = stack.side[depth]
    stack.paid[child] = stack.paid[depth]
    stack.price[child] = stack.price[depth]
    stack.load[child] = stack.load[depth]
    stack.begun[child] = stack.begun[depth]
    if stack.turn[depth] == 2:
        stack.side[child, unit] = OUTSIDE
        return
    stack.side[child, unit] = INSIDE
    stack.load[child] += net.households[unit]
    stack.begun[child] = 1
    for other in range(len(net.households)):
        if net.apart[unit, other] and stack.side[child, other] == FREE:
            stack.side[child, other] = OUTSIDE
    first_cut = len(net.term) - len(cut_price)
    for p in range(net.cut_start[unit], net.cut_start[unit + 1]):
        cut = net.cut_of[p]
        if not stack.paid[child, cut]:
            # From now on a second unit of the cut must be paid for.
            stack.paid[child, cut] = True
            stack.term[child, first_cut + cut] += cut_price[cut]
            stack.capacity[child, net.cut_arcs[p, 0]] += cut_price[cut]
            stack.capacity[child, net.cut_arcs[p, 1]] += cut_price[cut]


@njit(cache=True)
def _resume_kernel(
    net: Net,
    stack: Stack,
    place: np.ndarray,
    by_size: np.ndarray,
    cut_price: np.ndarray,
    reach: float,
    found: np.ndarray,
) -> int:
    """List on until done, `place[3]` branches were looked at or `found` is full; give the groups found.

    place: int64 (4,): depth (-1 when done), low, high, branches of this call.
    """
    count = nodes = 0
    depth, low, high = place[0], place[1], place[2]
    n_units = len(net.households)
    while depth >= 0 and nodes < place[3] and count < len(found):
        if stack.turn[depth] == 0:
            nodes += 1
            most = min(high, _reach_kernel(net, stack, depth, high))
            least = max(low, stack.load[depth])
            if least > most or _is_beyond_kernel(net, stack, depth, by_size, (least, most), reach):
                depth -= 1
                continue
            stack.branch[depth] = _choose_branch_kernel(net, stack, depth)
            if stack.branch[depth] < 0:
                if stack.begun[depth] == 1 and stack.load[depth] >= low:
                    found[count] = stack.side[depth, :n_units] == INSIDE
                    count += 1
                depth -= 1
                continue
        if stack.turn[depth] == 2:
            depth -= 1
            continue
        stack.turn[depth] += 1
        _descend_kernel(net, stack, depth, cut_price)
        depth += 1
        stack.turn[depth] = 0
    place[0] = depth
    return count


def list_by_cuts(
    units: Units,
    floors: Floors,
    band: tuple[int, int],
    duals: Duals,
    reach: float,
    stop: Stop,
    most: tuple[int, int],
) -> tuple[list[np.ndarray], int, bool]:
    """List the groups in a band that may be in reach, cut off beyond so many branches or groups.

    Returns
    -------
    groups
        Rows of booleans.
    n_nodes, complete
    """
    step = _FIRST_STEP * float(np.abs(duals.unit).sum()) / max(units.total, 1)
    net = build_net(units, floors, duals.cuts, step)
    sets: list[np.ndarray] = []
    n_nodes = 0
    for variant in floors.variants:
        task = _Task(net=net, extra=variant, by_size=floors.by_size, duals=duals, reach=reach)
        found, nodes, done = _list_variant(task, band, stop, (most[0] - n_nodes, most[1] - len(sets)))
        sets += found
        n_nodes += nodes
        if not done:
            return sets, n_nodes, False
    return sets, n_nodes, True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One variant of the floors, to be listed."""

    net: Net
    extra: FloatArray
    by_size: FloatArray
    duals: Duals
    reach: float


def _list_variant(
    task: _Task, band: tuple[int, int], stop: Stop, most: tuple[int, int]
) -> tuple[list[np.ndarray], int, bool]:
    """List one variant; give the groups as rows of booleans, the branches looked at, and whether done."""
    net, duals = task.net, task.duals
    stack = build_stack(net)
    n_units = len(net.households)
    stack.capacity[0] = net.capacity
    stack.term[0] = net.term
    stack.term[0, :n_units] += task.extra - duals.unit
    noise = _NOISE * float(np.abs(stack.term[0]).sum() + np.abs(task.by_size).max() + net.capacity.sum())
    place = np.array([0, max(band[0], 0), band[1], _NODES_PER_CALL], np.int64)
    sets: list[np.ndarray] = []
    nodes = 0
    sink = np.zeros((2000, n_units), np.bool_)
    while place[0] >= 0:
        count = _resume_kernel(
            net, stack, place, task.by_size, duals.cut_price, task.reach + duals.grid + noise, sink
        )
        sets += list(sink[:count].copy())
        nodes += _NODES_PER_CALL
        if place[0] >= 0 and (nodes >= most[0] or len(sets) > most[1] or stop()):
            return sets, nodes, False
    return sets, nodes, True

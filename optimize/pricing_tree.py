"""Walk the tree of decisions: which units a group takes in, which it leaves out for good."""

import numpy as np
from numba import njit

from optimize.pricing_bound import choose_unit_kernel, is_beyond_kernel
from optimize.pricing_net import FREE, INSIDE, OUTSIDE, Net, Stack, unary_kernel
from optimize.pricing_sums import cost_of_sums_kernel


@njit(cache=True)
def _flood_kernel(net: Net, stack: Stack, depth: int) -> int:
    """Mark in `before` what can be reached from the units inside; give its households."""
    side, seen, queue = stack.side[depth], stack.before, stack.queue
    tail = 0
    for unit in range(len(net.households)):
        seen[unit] = 0
        if tail == 0 and side[unit] == INSIDE:
            queue[0] = unit
            tail = 1
            seen[unit] = 1
    total = at = 0
    while at < tail:
        unit = queue[at]
        at += 1
        total += net.households[unit]
        for p in range(net.near_start[unit], net.near_start[unit + 1]):
            other = net.near[p]
            if seen[other] == 0 and side[other] != OUTSIDE:
                seen[other] = 1
                queue[tail] = other
                tail += 1
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
    total = _flood_kernel(net, stack, depth)
    for unit in range(len(net.households)):
        if stack.before[unit] == 0:
            side[unit] = OUTSIDE
    return total


@njit(cache=True)
def _copy_kernel(stack: Stack, depth: int) -> None:
    """Copy a branch to the next depth."""
    child = depth + 1
    stack.capacity[child] = stack.capacity[depth]
    stack.term[child] = stack.term[depth]
    stack.side[child] = stack.side[depth]
    stack.paid[child] = stack.paid[depth]
    stack.price[child] = stack.price[depth]
    stack.coefficient[child] = stack.coefficient[depth]
    stack.load[child] = stack.load[depth]
    stack.begun[child] = stack.begun[depth]


@njit(cache=True)
def _descend_kernel(net: Net, stack: Stack, depth: int, cut_price: np.ndarray) -> None:
    """Make the next child of a branch: first with its unit inside, then with it outside."""
    _copy_kernel(stack, depth)
    unit, child = stack.branch[depth], depth + 1
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
def _exact_kernel(net: Net, stack: Stack, depth: int, by_size: np.ndarray) -> float:
    """Give the reduced cost of the one group that is left."""
    total = stack.total[depth]
    linear = unary_kernel(stack, depth) - np.dot(stack.coefficient[depth], total)
    return float(linear + by_size[stack.load[depth]] + cost_of_sums_kernel(net.sums, total))


@njit(cache=True)
def resume_kernel(
    net: Net,
    stack: Stack,
    place: np.ndarray,
    by_size: np.ndarray,
    cut_price: np.ndarray,
    reach: float,
    found: np.ndarray,
) -> int:
    """List on until done, `place[3]` branches were looked at or `found` is full; give the groups found.

    place: int64 (4,): depth (-1 when done), low, high, branches of this call; then those looked at.
    """
    count = nodes = 0
    depth, low, high = place[0], place[1], place[2]
    n_units = len(net.households)
    while depth >= 0 and nodes < place[3] and count < len(found):
        if stack.turn[depth] == 0:
            nodes += 1
            most = min(high, _reach_kernel(net, stack, depth, high))
            least = max(low, stack.load[depth])
            if least > most or is_beyond_kernel(net, stack, depth, by_size, (least, most), reach):
                depth -= 1
                continue
            unit = choose_unit_kernel(net, stack, depth)
            if unit < 0:
                if (
                    stack.begun[depth] == 1
                    and stack.load[depth] >= low
                    and _exact_kernel(net, stack, depth, by_size) <= reach
                ):
                    found[count] = stack.side[depth, :n_units] == INSIDE
                    count += 1
                depth -= 1
                continue
            stack.branch[depth] = unit
        if stack.turn[depth] == 2:
            depth -= 1
            continue
        stack.turn[depth] += 1
        _descend_kernel(net, stack, depth, cut_price)
        depth += 1
        stack.turn[depth] = 0
    place[0], place[3] = depth, nodes
    return count

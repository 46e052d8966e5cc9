"""The network whose minimum cut bounds the reduced cost of every group that a branch can still reach.

An energy over sets S, unary terms plus c·[u inside, v outside] for arcs, is rewritten without changing its
value: moving f along a path of arcs raises the term of its first node and lowers that of its last (a flow,
Picard and Ratliff 1975, doi:10.1002/net.3230050405). At any time the sum of the negative terms is a lower
bound, whatever the flow; the maximum flow makes it largest. So float noise costs sharpness at most by what
sums of floats can err.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.graph import build_graph
from optimize.pricing_floors import Floors
from optimize.problem import FloatArray, IntArray
from optimize.units import Units

FREE, INSIDE, OUTSIDE = 0, 1, 2
_EMPTY = 1e-9  # metres; less on an arc or a node is not worth moving


class Net(NamedTuple):
    """What does not change while groups are listed; nodes are units, then teams, then cuts.

    Attributes
    ----------
    start, head, back, capacity
        Arcs of each node (n + 1,), where they lead, the opposite arc, and their capacities.
    term
        float64 (n,), unary terms before any duals.
    near_start, near
        Neighbouring units of each unit.
    households
        int64 (u,).
    apart
        bool (u, u), units that must not share a group.
    cut_start, cut_of, cut_arcs
        For each unit the cuts that it is in, and the arcs of the other two units to the cut's node.
    step
        float64 (1,), by how much to change the price of a household at first.
    """

    start: IntArray
    head: IntArray
    back: IntArray
    capacity: FloatArray
    term: FloatArray
    near_start: IntArray
    near: IntArray
    households: IntArray
    apart: np.ndarray
    cut_start: IntArray
    cut_of: IntArray
    cut_arcs: IntArray
    step: FloatArray


class Stack(NamedTuple):
    """One row per depth of the tree of decisions.

    Attributes
    ----------
    capacity, term
        The energy as rewritten so far, float64 (d, arcs) and (d, n).
    side
        int8 (d, n): free, inside or outside.
    price
        float64 (d,), multiplier of the households inside.
    load
        int64 (d,), households of the units that are inside.
    begun, turn, branch
        int64 (d,): whether a unit is inside; children looked at; unit decided on.
    paid
        bool (d, cuts), whether a unit of the cut is inside.
    before, queue
        Work space, int64 (n,).
    """

    capacity: FloatArray
    term: FloatArray
    side: np.ndarray
    price: FloatArray
    load: IntArray
    begun: IntArray
    turn: IntArray
    branch: IntArray
    paid: np.ndarray
    before: IntArray
    queue: IntArray


def build_net(units: Units, floors: Floors, cuts: IntArray, step: float) -> Net:
    """Lay the network of some floors and cuts, int64 (c, 3): triples of units."""
    n_units, n_teams = len(units), len(floors.team_price)
    first_cut = n_units + n_teams
    tails = [floors.pairs[:, 0], floors.team_units, cuts.ravel()]
    heads = [
        floors.pairs[:, 1],
        n_units + floors.team_of,
        np.repeat(first_cut + np.arange(len(cuts)), 3),
    ]
    forth = [floors.length, floors.team_price[floors.team_of], np.zeros(cuts.size)]
    back = [floors.length, np.zeros(len(floors.team_of)), np.zeros(cuts.size)]
    tail, head = np.concatenate(tails).astype(np.int64), np.concatenate(heads).astype(np.int64)
    count = len(tail)
    source = np.concatenate([tail, head])
    order = np.argsort(source, kind="stable")
    place = np.empty(2 * count, np.int64)
    place[order] = np.arange(2 * count)
    opposite = np.concatenate([place[count:], place[:count]])
    n_nodes = first_cut + len(cuts)
    cut_start, cut_of, cut_arcs = _index_cuts(n_units, cuts, place[count - cuts.size : count])
    graph = build_graph(n_units, floors.pairs if len(floors.pairs) else np.zeros((0, 2), np.int64))
    return Net(
        start=np.searchsorted(source[order], np.arange(n_nodes + 1)).astype(np.int64),
        head=np.concatenate([head, tail])[order],
        back=opposite[order],
        capacity=np.concatenate([*forth, *back])[order],
        term=np.concatenate([floors.alone, floors.team_price, np.zeros(len(cuts))]),
        near_start=graph.indptr,
        near=graph.indices,
        households=units.households.astype(np.int64),
        apart=np.array([[bool(mask >> o & 1) for o in range(n_units)] for mask in units.apart], np.bool_),
        cut_start=cut_start,
        cut_of=cut_of,
        cut_arcs=cut_arcs,
        step=np.array([step]),
    )


def _index_cuts(n_units: int, cuts: IntArray, arcs: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """List for each unit its cuts, and the arcs from the cut's other two units."""
    by_cut = arcs.reshape(-1, 3)
    member = cuts.ravel()
    order = np.argsort(member, kind="stable")
    others = np.stack([by_cut[:, [1, 2]], by_cut[:, [0, 2]], by_cut[:, [0, 1]]], axis=1).reshape(-1, 2)
    start = np.searchsorted(member[order], np.arange(n_units + 1)).astype(np.int64)
    return start, np.repeat(np.arange(len(cuts)), 3)[order].astype(np.int64), others[order].astype(np.int64)


def build_stack(net: Net) -> Stack:
    """Make room for the deepest tree of decisions."""
    depth, n_nodes, n_arcs = len(net.households) + 2, len(net.term), len(net.head)
    n_cuts = len(net.cut_of) // 3
    return Stack(
        capacity=np.zeros((depth, n_arcs)),
        term=np.zeros((depth, n_nodes)),
        side=np.zeros((depth, n_nodes), np.int8),
        price=np.zeros(depth),
        load=np.zeros(depth, np.int64),
        begun=np.zeros(depth, np.int64),
        turn=np.zeros(depth, np.int64),
        branch=np.zeros(depth, np.int64),
        paid=np.zeros((depth, n_cuts), np.bool_),
        before=np.zeros(n_nodes, np.int64),
        queue=np.zeros(n_nodes, np.int64),
    )


@njit(cache=True)
def _find_path_kernel(net: Net, stack: Stack, depth: int) -> int:
    """Find a path from a node that gains by being inside to one that loses; give its last node or -1."""
    side, term, capacity = stack.side[depth], stack.term[depth], stack.capacity[depth]
    before, queue = stack.before, stack.queue
    tail = 0
    for node in range(len(term)):
        before[node] = -2
        if side[node] == INSIDE or (side[node] == FREE and term[node] < -_EMPTY):
            before[node] = -1
            queue[tail] = node
            tail += 1
    at = 0
    while at < tail:
        node = queue[at]
        at += 1
        for arc in range(net.start[node], net.start[node + 1]):
            other = net.head[arc]
            if before[other] != -2 or capacity[arc] <= _EMPTY:
                continue
            before[other] = arc
            if side[other] == OUTSIDE or term[other] > _EMPTY:
                return int(other)
            queue[tail] = other
            tail += 1
    return -1


@njit(cache=True)
def push_kernel(net: Net, stack: Stack, depth: int, wanted: float) -> float:
    """Move flow until none can be moved or `wanted` is reached; give how much the bound rose."""
    side, term, capacity = stack.side[depth], stack.term[depth], stack.capacity[depth]
    before = stack.before
    gain = 0.0
    while gain < wanted:
        last = _find_path_kernel(net, stack, depth)
        if last < 0:
            break
        amount = np.inf if side[last] == OUTSIDE else term[last]
        node = last
        while before[node] >= 0:
            amount = min(amount, capacity[before[node]])
            node = net.head[net.back[before[node]]]
        if side[node] == FREE:
            amount = min(amount, -term[node])
        term[node] += amount
        term[last] -= amount
        node = last
        while before[node] >= 0:
            arc = before[node]
            capacity[arc] -= amount
            capacity[net.back[arc]] += amount
            node = net.head[net.back[arc]]
        gain += amount
    return gain


@njit(cache=True)
def unary_kernel(stack: Stack, depth: int) -> float:
    """Sum what must be paid and what may be gained by the nodes."""
    total = 0.0
    for node in range(stack.term.shape[1]):
        side, term = stack.side[depth, node], stack.term[depth, node]
        if side == INSIDE or (side == FREE and term < 0):
            total += term
    return total


@njit(cache=True)
def wish_kernel(net: Net, stack: Stack, depth: int) -> int:
    """Count the households that the bound's set holds."""
    total = 0
    for unit in range(len(net.households)):
        side = stack.side[depth, unit]
        if side == INSIDE or (side == FREE and stack.term[depth, unit] < -_EMPTY):
            total += net.households[unit]
    return total


@njit(cache=True)
def reprice_kernel(net: Net, stack: Stack, depth: int, change: float) -> None:
    """Change the multiplier of the households inside."""
    stack.price[depth] += change
    for unit in range(len(net.households)):
        stack.term[depth, unit] -= change * net.households[unit]

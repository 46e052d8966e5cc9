"""Find groups of low reduced cost fast: walks by single units, tabu style, that keep contiguity and band.

Glover (1989), Tabu search, part I, doi:10.1287/ijoc.1.3.190. Nothing rests on what is found here but speed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from optimize.graph import build_graph
from optimize.pricing_duals import Duals
from optimize.pricing_floors import Floors
from optimize.pricing_sums import N_SUMS, OUTLINE, Sums, cost_of_sums_kernel
from optimize.problem import FloatArray, IntArray, Problem
from optimize.units import Units

_FAR = 1e300
_SAME = 1e-9


class Hill(NamedTuple):
    """The reduced cost under one variant, laid out for changes by one unit.

    Attributes
    ----------
    near_start, near, length, outline
        Neighbouring units, what is paid at the border and by how much it lengthens the outline.
    term
        float64 (u,), paid for each unit inside.
    ties_start, ties
        For each unit its teams and cuts.
    tie_price, tie_from
        float64 and int64 (ties,): paid once so many units of the tie are inside: 1 for a team, 2 for a cut.
    households, by_size
        Of each unit; what a size costs.
    band
        int64 (2,).
    sums
        Costs that depend on sums alone.
    """

    near_start: IntArray
    near: IntArray
    length: FloatArray
    outline: FloatArray
    term: FloatArray
    ties_start: IntArray
    ties: IntArray
    tie_price: FloatArray
    tie_from: IntArray
    households: IntArray
    by_size: FloatArray
    band: IntArray
    sums: Sums


class Walker(NamedTuple):
    """A group that changes.

    `held` is int64 (ties,), `total` (2,): households and units; `cost` float64 (1,), sums and sizes aside;
    `made` float64 (10,): its sums.
    """

    inside: np.ndarray
    held: IntArray
    total: IntArray
    cost: FloatArray
    touching: IntArray
    shared: FloatArray
    around: FloatArray
    stamp: IntArray
    queue: IntArray
    made: FloatArray
    work: FloatArray


def build_hill(
    problem: Problem, units: Units, floors: Floors, duals: Duals, variant: int, team_price: FloatArray
) -> Hill:
    """Lay out the reduced cost of one variant under some duals."""
    n_units, n_teams = len(units), len(floors.team_price)
    graph = build_graph(n_units, floors.pairs)
    # What both inside pay is shared between them; it need not be paid at the border then.
    half = floors.crossed / 2
    alone = floors.bare + np.bincount(floors.pairs.ravel(), np.repeat(half, 2), n_units)
    unit = np.concatenate([floors.team_units, duals.cuts.ravel()])
    tie = np.concatenate([floors.team_of, n_teams + np.repeat(np.arange(len(duals.cuts)), 3)])
    order = np.argsort(unit, kind="stable")
    return Hill(
        near_start=graph.indptr,
        near=graph.indices,
        length=(floors.cut - half)[graph.edge_idx] if len(floors.pairs) else np.zeros(0),
        outline=floors.outline[graph.edge_idx] if len(floors.pairs) else np.zeros(0),
        term=alone + floors.variants[variant] - duals.unit,
        ties_start=np.searchsorted(unit[order], np.arange(n_units + 1)).astype(np.int64),
        ties=tie[order].astype(np.int64),
        tie_price=np.concatenate([team_price, duals.cut_price]),
        tie_from=np.repeat(np.array([1, 2], np.int64), [n_teams, len(duals.cuts)]),
        households=units.households.astype(np.int64),
        by_size=floors.target,
        band=np.array([problem.min_households, problem.max_households], np.int64),
        sums=floors.sums,
    )


@njit(cache=True)
def _start_kernel(hill: Hill, group: np.ndarray) -> Walker:
    """Begin at a group."""
    n_units = len(hill.term)
    walker = Walker(
        np.zeros(n_units, np.bool_),
        np.zeros(len(hill.tie_price), np.int64),
        np.zeros(2, np.int64),
        np.zeros(1),
        np.zeros(n_units, np.int64),
        np.zeros(n_units),
        np.zeros(n_units),
        np.zeros(n_units, np.int64),
        np.zeros(n_units, np.int64),
        np.zeros(N_SUMS),
        np.zeros(N_SUMS),
    )
    for unit in range(n_units):
        for p in range(hill.near_start[unit], hill.near_start[unit + 1]):
            walker.around[unit] += hill.length[p]
    for unit in group:
        _flip_kernel(hill, walker, unit, _change_kernel(hill, walker, unit))
    return walker


@njit(cache=True)
def _change_kernel(hill: Hill, walker: Walker, unit: int) -> float:
    """Give the change of cost, sizes aside, when a unit comes in or goes out."""
    change = walker.around[unit] - 2.0 * walker.shared[unit] + hill.term[unit]
    out = 1 if walker.inside[unit] else 0
    for p in range(hill.ties_start[unit], hill.ties_start[unit + 1]):
        tie = hill.ties[p]
        if walker.held[tie] - out + 1 == hill.tie_from[tie]:
            change += hill.tie_price[tie]
    return float(-change if walker.inside[unit] else change)


@njit(cache=True)
def _remake_kernel(hill: Hill, walker: Walker, unit: int) -> None:
    """Write to `work` the sums after a unit has come in or gone out."""
    sign = -1.0 if walker.inside[unit] else 1.0
    for at in range(N_SUMS):
        walker.work[at] = walker.made[at] + sign * hill.sums.amount[unit, at]
    for p in range(hill.near_start[unit], hill.near_start[unit + 1]):
        walker.work[OUTLINE] += (
            -sign * hill.outline[p] if walker.inside[hill.near[p]] else sign * hill.outline[p]
        )


@njit(cache=True)
def _flip_kernel(hill: Hill, walker: Walker, unit: int, change: float) -> None:
    _remake_kernel(hill, walker, unit)
    walker.made[:] = walker.work
    sign = -1 if walker.inside[unit] else 1
    walker.inside[unit] = not walker.inside[unit]
    walker.total[0] += sign * hill.households[unit]
    walker.total[1] += sign
    walker.cost[0] += change
    for p in range(hill.near_start[unit], hill.near_start[unit + 1]):
        walker.shared[hill.near[p]] += sign * hill.length[p]
        walker.touching[hill.near[p]] += sign
    for p in range(hill.ties_start[unit], hill.ties_start[unit + 1]):
        walker.held[hill.ties[p]] += sign


@njit(cache=True)
def _can_leave_kernel(hill: Hill, walker: Walker, unit: int, mark: int) -> bool:
    """Tell whether the group hangs together without a unit of it."""
    if walker.touching[unit] == 1:
        return True
    tail = 0
    walker.stamp[unit] = mark
    for p in range(hill.near_start[unit], hill.near_start[unit + 1]):
        if tail == 0 and walker.inside[hill.near[p]]:
            walker.queue[0] = hill.near[p]
            walker.stamp[hill.near[p]] = mark
            tail = 1
    at = 0
    while at < tail:
        here = walker.queue[at]
        at += 1
        for p in range(hill.near_start[here], hill.near_start[here + 1]):
            other = hill.near[p]
            if walker.inside[other] and walker.stamp[other] != mark:
                walker.stamp[other] = mark
                walker.queue[tail] = other
                tail += 1
    return bool(tail == walker.total[1] - 1)


@njit(cache=True)
def _weigh_kernel(hill: Hill, walker: Walker, free_from: np.ndarray, step: int, best: float) -> np.ndarray:
    """Give the cost after each single change, or infinity where it is not allowed."""
    score = np.full(len(hill.term), np.inf)
    for unit in range(len(score)):
        inside = walker.inside[unit]
        if (inside and walker.total[1] < 2) or (not inside and walker.touching[unit] == 0):
            continue
        load = walker.total[0] + (-hill.households[unit] if inside else hill.households[unit])
        if load > hill.band[1] or (inside and load < hill.band[0]):
            continue
        value = walker.cost[0] + _change_kernel(hill, walker, unit) + hill.by_size[load]
        _remake_kernel(hill, walker, unit)
        value += cost_of_sums_kernel(hill.sums, walker.work)
        if free_from[unit] <= step or value < best - _SAME:
            score[unit] = value
    return score


@njit(cache=True)
def climb_kernel(hill: Hill, group: np.ndarray, steps: int, tenure: int, found: np.ndarray) -> int:
    """Walk from a group; keep the last `len(found)` records, and give how many there are."""
    walker = _start_kernel(hill, group)
    free_from = np.zeros(len(hill.term), np.int64)
    best, count, mark = np.inf, 0, 0
    for step in range(steps):
        load = walker.total[0]
        value = walker.cost[0] + hill.by_size[load] + cost_of_sums_kernel(hill.sums, walker.made)
        if hill.band[0] <= load and value < best - _SAME:
            best = value
            found[count % len(found)] = walker.inside
            count += 1
        score = _weigh_kernel(hill, walker, free_from, step, best)
        unit = -1
        while True:
            unit = int(np.argmin(score))
            if score[unit] == np.inf:
                return min(count, len(found))
            mark += 1
            if not walker.inside[unit] or _can_leave_kernel(hill, walker, unit, mark):
                break
            score[unit] = np.inf
        _flip_kernel(hill, walker, unit, _change_kernel(hill, walker, unit))
        free_from[unit] = step + 1 + tenure + unit % (tenure + 1)
    return min(count, len(found))


def climb(hills: Sequence[Hill], starts: Sequence[IntArray], steps: int) -> np.ndarray:
    """Walk from every start over every hill; give the groups met, bool (k, u), each once.

    Parameters
    ----------
    starts
        Contiguous groups inside the band, as positions of units.
    """
    n_units = len(hills[0].term)
    found = np.zeros((4, n_units), np.bool_)
    rows = [np.zeros((0, n_units), np.bool_)]
    for hill in hills:
        for start in starts:
            count = climb_kernel(hill, start, steps, 5, found)
            rows.append(found[:count].copy())
    return np.unique(np.concatenate(rows), axis=0)

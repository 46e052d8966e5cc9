"""Bound the plans of a part too wide for a diagram, and put better ones together, from grids met on walks.

A linear programme shares the units out among the groups known. Groups that lower it are taken first from
those that the search met, then found by short walks, and at last by listing all that are cheaper than they
bring by more than some metres (`pricing_tree`): where there is none, every plan is bounded. The metres are
many at first and few at last, so that there is a bound at any moment (Lasdon's bound; Lübbecke and Desrosiers
2005, Selected topics in column generation, doi:10.1287/opre.1050.0234).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimize.columns_climb import build_hill, climb
from optimize.columns_master import Answer, Master, to_rows
from optimize.columns_task import Task, list_counts, open_task, to_plan
from optimize.groups import Groups
from optimize.partition import TOLERANCE, choose
from optimize.parts import PartPlan, with_count
from optimize.pool import Pool
from optimize.pricing import Pricing
from optimize.pricing_duals import Duals
from optimize.pricing_ground import price_teams
from optimize.problem import FloatArray, IntArray, Problem
from optimize.stop import AnyOf, Stop
from optimize.units import Units, join_dead_ends

_LADDER = (0.02, 0.002)  # shares of the cost of a plan that its groups may lack in all, step by step
_ENOUGH = 0.002  # share of the cost of a plan by which more exact duals can raise the bound at most
_NODES = 2_000_000  # branches of one listing, a minute or two
_AT_ONCE = 100  # groups listed after which the duals are found anew
_ADDED = 150  # groups added at once
_SMOOTH = 0.5  # share of the former duals (Wentges 1997, doi:10.1016/S0969-6016(97)00001-4)
_STEPS = 40  # of a walk
_WALKED = 150  # groups walked from at once
_ROUNDS = 400
_CHOSEN = 2_000  # groups that a plan is chosen from
_PATIENCE = 400  # questions whether to stop, some seconds, after which choosing is given up
_AT_A_TIME = 20_000  # groups measured at once
_LEAST = 1e-6  # metres that a group must save


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """Groups that the search met, bool (k, u), and what they cost, float64 (k,)."""

    rows: NDArray[np.bool_]
    weights: NDArray[np.float32]
    cost: FloatArray

    def lowest(self, duals: Duals) -> IntArray:
        """Give the groups that save most under some duals."""
        reduced = self.cost - duals.grid - self.weights @ duals.unit.astype(np.float32)
        count = min(_ADDED, len(reduced))
        if count == 0:
            return np.zeros(0, np.int64)
        order = np.argpartition(reduced, count - 1)[:count]
        return np.asarray(order[reduced[order] < -_LEAST])


class _Questions:
    """Stop after so many questions: unlike a clock, the same in every run."""

    def __init__(self, most: int) -> None:
        self._left = most

    def __call__(self) -> bool:
        """Say whether the questions are used up."""
        self._left -= 1
        return self._left < 0


def bound_part(
    problem: Problem,
    units: Units,
    start: Sequence[Sequence[int]],
    met: NDArray[np.bool_],
    stop: Stop,
    n_grids: int | None = None,
) -> PartPlan:
    """Bound all plans of a part, and improve on the plan at hand; cut off, what is known by then holds.

    Parameters
    ----------
    units
        The part, not joined yet.
    start
        Cells of the grids of a plan that holds the band and all locks; may be empty.
    met
        Groups of cells that are likely to be of use, bool (k, n_cells).
    n_grids
        The number of grids, or None when it is free.
    """
    units = join_dead_ends(units, problem.min_households)
    task = open_task(problem, units, start, stop, None)
    counts = list_counts(problem, units, len(task.best), n_grids)
    if units.is_torn or not counts:
        return to_plan(task, 0.0, proven=False)
    pool = _take_in(task, met)
    tried: set[int] = set()
    while not stop():
        bound, count = min((_bound_by_known(task, count), count) for count in counts)
        if count in tried or task.cost - bound <= TOLERANCE * abs(task.cost):
            break
        tried.add(count)
        _bound_count(task, pool, count)
    bound = min(task.cost, *(_bound_by_known(task, count) for count in counts))
    return to_plan(task, bound, proven=bool(task.cost - bound <= TOLERANCE * abs(task.cost)))


def _take_in(task: Task, met: NDArray[np.bool_]) -> _Met:
    """Turn groups of cells into groups of units that hold the band and all locks, each with its cost."""
    problem, units = task.problem, task.units
    size = np.array([len(cells) for cells in units.cells])
    held = np.stack([met[:, list(cells)].sum(axis=1) for cells in units.cells], axis=1)
    rows = held == size
    rows = rows[(rows | (held == 0)).all(axis=1)]
    load = rows @ units.households
    rows = rows[(load >= problem.min_households) & (load <= problem.max_households)]
    rows = np.unique(task.store.unseen(rows), axis=0) if len(rows) else rows
    pricing = Pricing.build(problem, units, 1)
    cost = [
        pricing.cost(Groups.from_rows(rows[first : first + _AT_A_TIME], units.households))
        for first in range(0, len(rows), _AT_A_TIME)
    ]
    return _Met(rows=rows, weights=rows.astype(np.float32), cost=np.concatenate([np.zeros(0), *cost]))


def _bound_by_known(task: Task, count: int) -> float:
    """Bound the plans of a number of grids by all duals that are certain."""
    return max((_bound_by(duals, below, count) for duals, below in task.certain), default=0.0)


def _bound_by(duals: Duals, below: float, count: int) -> float:
    """Give what plans of so many grids cost at least, if no group has a reduced cost below `-below`."""
    terms = float(np.abs(duals.unit).sum() + count * abs(duals.grid))
    return duals.value(count) - count * below - 1e-9 * terms


def _bound_count(task: Task, met: _Met, count: int) -> None:
    """Bound the plans of so many grids ever closer; put plans together from the groups found."""
    pricing = Pricing.build(task.problem, task.units, count)
    floors = pricing.floors
    most = float(np.abs(floors.alone).sum() + floors.length.sum() + np.abs(floors.by_size).max())
    scale = abs(task.cost) if np.isfinite(task.cost) else most
    master = Master(task.store, count, scale, pricing.marks)
    for share in _LADDER:
        _close(task, pricing, master, met, share * scale / count)
        if task.stop():
            return


def _close(task: Task, pricing: Pricing, master: Master, met: _Met, below: float) -> None:
    """Move the duals until no group has a reduced cost below `-below`, or there is no more time."""
    count, is_first = master.n_grids, True
    while True:
        answer = _settle(task, pricing, master, met)
        if answer is None or task.stop():
            return
        if is_first:
            _choose_within(task, answer.duals, count)
            is_first = False
        listed = pricing.list_within(answer.duals, -below, task.stop, max_nodes=_NODES, max_groups=_AT_ONCE)
        if listed.complete:
            # All groups that lie further below are known, so it is certain how far.
            task.certain.append((answer.duals, max(below, -float(listed.reduced.min(initial=0.0)))))
        if len(listed.groups) == 0:
            return
        master.add(task.store.add(to_rows(listed.groups, len(task.units)), listed.cost))
        if listed.complete and task.certain[-1][1] * count <= _ENOUGH * abs(answer.value):
            return


def _settle(task: Task, pricing: Pricing, master: Master, met: _Met) -> Answer | None:
    """Add groups that were met or that short walks find, until there are none; None when the solver fails."""
    centre: Duals | None = None
    answer = master.solve()
    for _ in range(_ROUNDS):
        if answer is None or task.stop():
            return answer
        if answer.is_plan:
            task.offer(answer.taken)
        guide = answer.duals if centre is None else _mix(centre, answer.duals)
        added = _add(task, pricing, master, guide, met.rows[met.lowest(guide)])
        if added < _ADDED // 3:
            added += _add(task, pricing, master, guide, _walk(task, pricing, guide, answer.taken))
        if added == 0 and guide is answer.duals:
            return answer
        centre = guide if added else None
        answer = master.solve() if added else answer
    return answer


def _mix(centre: Duals, duals: Duals) -> Duals:
    """Mix the duals with former ones, which keeps them from jumping."""
    return replace(
        duals,
        unit=_SMOOTH * centre.unit + (1 - _SMOOTH) * duals.unit,
        grid=_SMOOTH * centre.grid + (1 - _SMOOTH) * duals.grid,
    )


def _walk(task: Task, pricing: Pricing, duals: Duals, places: IntArray) -> NDArray[np.bool_]:
    """Walk from some groups, each under the variant of the floors that suits it best."""
    variants = pricing.floors.variants
    team_price = price_teams(pricing.floors, None, duals)
    suited: dict[int, list[IntArray]] = {}
    for place in places[:_WALKED].tolist():
        start = np.flatnonzero(task.store.rows[place])
        suited.setdefault(int(variants[:, start].sum(axis=1).argmin()), []).append(start)
    found = [
        climb([build_hill(task.problem, task.units, pricing.floors, duals, variant, team_price)], own, _STEPS)
        for variant, own in sorted(suited.items())
    ]
    return np.concatenate([np.zeros((0, len(task.units)), np.bool_), *found])


def _add(task: Task, pricing: Pricing, master: Master, duals: Duals, rows: NDArray[np.bool_]) -> int:
    """Add the new groups of the lowest reduced costs, if below zero; give how many."""
    rows = task.store.unseen(rows) if len(rows) else rows
    if len(rows) == 0:
        return 0
    groups = Groups.from_rows(rows, task.units.households)
    cost = pricing.cost(groups)
    reduced = duals.reduce(groups, cost)
    order = np.argsort(reduced, kind="stable")[:_ADDED]
    keep = order[reduced[order] < -_LEAST]
    places = task.store.add(rows[keep], cost[keep])
    master.add(places)
    return len(places)


def _choose_within(task: Task, duals: Duals, count: int) -> None:
    """Choose a plan from the groups known that one cheaper than the best can hold."""
    groups = task.store.groups(np.arange(len(task.store.rows)))
    cost = np.array(task.store.cost)
    reduced = duals.reduce(groups, cost)
    order = np.argsort(reduced, kind="stable")[:_CHOSEN]
    near = np.sort(order[reduced[order] <= task.cost - duals.value(count)])
    pool = Pool(groups=groups.take(near), n_units=len(task.units), cost=cost[near], max_chosen=count)
    choice = choose(with_count(pool, count), AnyOf(task.stop, _Questions(_PATIENCE)))
    if len(choice.chosen):
        task.offer(near[choice.chosen])

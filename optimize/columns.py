"""Prove a plan, or find a better one, where there are too many groups to list: column generation.

The linear programme over the groups found so far gives duals; groups that would lower it are looked for by
short walks (`columns_settle`) and, to be certain, by listing all within reach (`pricing`). Rows for what all
plans have in common (`pricing_ground`), and cuts, bring it near the best plan. Then every group that a
cheaper plan could hold has a reduced cost below the difference of the two: these are few, they are all
listed, and the best plan is chosen from them with proof.

Barnhart et al. (1998), Branch-and-price: column generation for solving huge integer programs,
doi:10.1287/opre.46.3.316; the last step after Baldacci, Christofides, Mingozzi (2008),
doi:10.1007/s10107-007-0178-5. Each number of grids is solved by itself.
"""

from collections.abc import Sequence

import numpy as np

from optimize.columns_master import Master, to_rows
from optimize.columns_settle import settle
from optimize.columns_task import Task, list_counts, open_task, to_plan
from optimize.groups import Groups
from optimize.partition import TOLERANCE, choose
from optimize.parts import PartPlan, with_count
from optimize.pool import Pool
from optimize.pricing import Listed, Pricing
from optimize.pricing_duals import Duals
from optimize.pricing_ground import Ground
from optimize.problem import FloatArray, IntArray, Problem
from optimize.stop import Stop
from optimize.units import Units, join_dead_ends

_MOST_COUNTS = 12  # numbers of grids that are worth proving one by one
_MOST_NODES = 1_000_000  # branches looked at for the likeliest number of grids, some twenty seconds
_NODES_ASIDE = 200_000  # same for any other number
_NODES_AT_ONCE = 400_000
_MOST_NODES_ON_GROUND = 3_000_000
_MOST_GROUPS = 60_000
_CUT_ROUNDS = 12
_PROOF_LEVELS = 6  # rounds of cuts under which the listing is tried
_NEAR = 0.03  # share of the cost above which listing waits for the next round of cuts
_PRICE_ROUNDS = 12
_PRICE_ROUNDS_ON_GROUND = 40
_ROUGH = 0.02  # share of the cost of a plan that groups are looked for below zero at first
_SHARP = 3e-4  # share of the cost of a plan that reduced costs may be below zero in all
_AT_ONCE = 40  # groups below zero after which the duals are found anew
_LITTLE = 1e-3  # share of the cost of a plan up to which what is missing is listed while pricing
_CHOSEN = 6_000  # groups above which choosing a plan before the proof takes too long


def prove_part(
    problem: Problem,
    units: Units,
    start: Sequence[Sequence[int]],
    stop: Stop,
    n_grids: int | None = None,
    ground: Ground | None = None,
) -> PartPlan:
    """Prove that a plan of a part is best, or find a better one; cut off, give the best with a valid bound.

    Parameters
    ----------
    units
        The part, not joined yet.
    start
        Cells of the grids of a plan that holds the band and all locks; may be empty.
    n_grids
        The number of grids, or None when it is free.
    ground
        What `lay_ground` made of the part; without it, minimum cuts bound the groups.
    """
    units = join_dead_ends(units, problem.min_households)
    task = open_task(problem, units, start, stop, ground)
    counts = list_counts(problem, units, len(task.best), n_grids)
    if units.is_torn or not 0 < len(counts) <= _MOST_COUNTS:
        return to_plan(task, 0.0, proven=False)
    bound = _bound_counts(task, counts)
    return to_plan(task, bound, proven=bool(task.cost - bound <= TOLERANCE * abs(task.cost)))


def _bound_counts(task: Task, counts: Sequence[int]) -> float:
    """Bound the plans of every number of grids."""
    if task.ground is None:
        return _bound_aside_first(task, counts)
    bounds = []
    for at, count in enumerate(counts):
        known = _bound_by_known(task, count)
        if known < task.cost:
            pricing = Pricing.build(task.problem, task.units, count, task.ground)
            task.nodes_left = _MOST_NODES_ON_GROUND if at == 0 else _MOST_NODES_ON_GROUND // 4
            known = max(known, _bound_count(task, pricing, _climb_up(task, pricing, count), count))
            known = max(known, _bound_by_known(task, count))
        bounds.append(known)
    # A bound found against a dearer plan may lie above the best one.
    return min(*bounds, task.cost)


def _bound_aside_first(task: Task, counts: Sequence[int]) -> float:
    """Bound the plans of every number of grids; those of the likeliest last, as they take most."""
    likeliest = Pricing.build(task.problem, task.units, counts[0])
    levels = _climb_up(task, likeliest, counts[0])
    bounds = []
    for count in counts[1:]:
        pricing = Pricing.build(task.problem, task.units, count)
        task.nodes_left = _NODES_ASIDE
        bounds.append(_bound_count(task, pricing, _climb_up(task, pricing, count), count))
    task.nodes_left = _MOST_NODES
    bounds.append(_bound_count(task, likeliest, levels, counts[0]))
    return min(*bounds, task.cost)


def _bound_by_known(task: Task, count: int) -> float:
    """Bound the plans of a number of grids by duals of another: what is certain of groups holds for both."""
    return max((_bound_by(duals, below, count) for duals, below in task.certain), default=0.0)


def _bound_by(duals: Duals, below: float, count: int) -> float:
    """Give what plans of so many grids cost at least, if no group has a reduced cost below `-below`."""
    bound = duals.value(count) - count * below
    terms = float(np.abs(duals.unit).sum() + count * abs(duals.grid) + duals.cut_price.sum())
    return bound - 1e-9 * (terms + count * float(np.abs(duals.mark_price).sum()))


def _bound_count(task: Task, pricing: Pricing, levels: Sequence[IntArray], count: int) -> float:
    """Bound all plans of so many grids; by the cost of the best plan, once there is none cheaper."""
    bound = 0.0
    for at, cuts in enumerate(levels):
        if task.stop() or task.nodes_left <= 0:
            break
        master = Master(task.store, count, _penalty(task, pricing), pricing.marks)
        master.cut(cuts)
        is_last = at == len(levels) - 1
        had_plan = len(task.best) > 0
        level_bound, done = _prove_level(task, pricing, master, count, is_last=is_last)
        if not had_plan and not done:
            # Pricing has found the groups of a first plan; what it proved can be used against that.
            _choose_found(task, count)
            level_bound, done = _prove_level(task, pricing, master, count, is_last=is_last)
        bound = max(bound, level_bound)
        if done:
            return max(bound, task.cost)
    return bound


def _penalty(task: Task, pricing: Pricing) -> float:
    """Give a cost above that of any group that a good plan holds."""
    if np.isfinite(task.cost):
        return task.cost
    floors = pricing.floors
    return float(np.abs(floors.alone).sum() + floors.length.sum() + np.abs(floors.by_size).max())


def _climb_up(task: Task, pricing: Pricing, count: int) -> list[IntArray]:
    """Add rounds of cuts as long as they may lead to a cheaper plan; give the cuts of each."""
    master = Master(task.store, count, _penalty(task, pricing), pricing.marks)
    levels = [master.cuts]
    for _ in range(_CUT_ROUNDS):
        answer = settle(task, pricing, master)
        if answer is None or task.stop():
            return levels[:_PROOF_LEVELS]
        if answer.is_plan:
            task.offer(answer.taken)
        if answer.is_plan or answer.value >= task.cost:
            return levels[:_PROOF_LEVELS]
        cuts = master.find_cuts(answer)
        if len(cuts) == 0:
            break
        master.cut(cuts)
        levels.append(np.concatenate([answer.duals.cuts, cuts]))
    _choose_found(task, count)
    return levels[:_PROOF_LEVELS]


def _choose_found(task: Task, count: int) -> None:
    """Choose a plan from the groups found so far."""
    if len(task.store.rows) > _CHOSEN:
        return
    pool = _pool(task, task.store.groups(np.arange(len(task.store.rows))), np.array(task.store.cost), count)
    choice = choose(pool, task.stop)
    if len(choice.chosen):
        task.offer(choice.chosen)


def _pool(task: Task, groups: Groups, cost: FloatArray, count: int) -> Pool:
    return with_count(Pool(groups=groups, n_units=len(task.units), cost=cost, max_chosen=count), count)


def _prove_level(
    task: Task, pricing: Pricing, master: Master, count: int, *, is_last: bool
) -> tuple[float, bool]:
    """Bound all plans by the duals under some cuts; tell whether nothing cheaper than the best can exist."""
    priced = _price_out(task, pricing, master, count)
    if priced is None:
        return 0.0, False
    duals, below, known = priced
    task.certain.append((duals, below))
    bound = _bound_by(duals, below, count)
    gap = task.cost - bound
    if np.isinf(gap) or gap <= 0.5 * TOLERANCE * abs(task.cost):
        return bound, bool(np.isfinite(gap))
    if task.stop() or (not is_last and gap > _NEAR * abs(task.cost)):
        return bound, False
    # Reduced costs of a cheaper plan add up to less than this, and none of the others is below `-below`.
    reach = _reach(task, duals, count, below)
    listed = known[0] if known is not None and known[1] >= reach else _list(task, pricing, duals, reach)
    return _choose_listed(task, listed, count, bound) if listed.complete else (bound, False)


def _choose_listed(task: Task, listed: Listed, count: int, bound: float) -> tuple[float, bool]:
    """Choose from all groups that a cheaper plan can hold; give a bound, and whether all is settled."""
    choice = choose(_pool(task, listed.groups, listed.cost, count), task.stop)
    if len(choice.chosen):
        rows = to_rows(listed.groups.take(choice.chosen), len(task.units))
        task.store.add(rows, listed.cost[choice.chosen])
        task.offer(task.store.places(rows))
    if choice.status in {"best", "impossible"}:
        return bound, True
    return max(bound, min(choice.bound, task.cost)), False


def _reach(task: Task, duals: Duals, count: int, below: float) -> float:
    """Give how far the groups of a cheaper plan can reach, if no group has a reduced cost below `-below`."""
    return task.cost - duals.value(count) + (count - 1) * below + 1e-7 * abs(task.cost)


def _price_out(
    task: Task, pricing: Pricing, master: Master, count: int
) -> tuple[Duals, float, tuple[Listed, float] | None] | None:
    """Find duals under which no group has a reduced cost below -x, certain; give them and x, or None.

    Where little is missing, the groups that a cheaper plan can hold are listed by the way, and given with how
    far they reach.
    """
    coarse = 1.0
    for _ in range(_PRICE_ROUNDS if pricing.ground is None else _PRICE_ROUNDS_ON_GROUND):
        answer = settle(task, pricing, master)
        if answer is None or task.stop():
            return None
        duals = answer.duals
        scale = max(abs(task.cost) if np.isfinite(task.cost) else abs(answer.value), 1e-9)
        spare = duals.value(count) - task.cost if np.isfinite(task.cost) else -np.inf
        below = max(_SHARP * scale, 0.9 * spare) / count
        reach, most = -below, _MOST_GROUPS
        if pricing.ground is not None:
            rough = coarse * _ROUGH * scale / count
            if 0 <= -spare <= _LITTLE * scale:
                reach = _reach(task, duals, count, below)
            elif rough > below:
                reach, most = -rough, _AT_ONCE
            else:
                most = _AT_ONCE
        listed = _list(task, pricing, duals, reach, most)
        fresh = np.flatnonzero(listed.reduced < -below)
        if len(fresh) == 0 and reach < -below and listed.complete:
            task.certain.append((duals, -reach))
            coarse /= 5  # nothing that far below zero: look closer
            continue
        if len(fresh) == 0:
            return (duals, below, (listed, reach)) if listed.complete else None
        groups = listed.groups.take(fresh)
        master.add(task.store.add(to_rows(groups, len(task.units)), listed.cost[fresh]))
        if not listed.complete and task.nodes_left <= 0:
            return None
    return None


def _list(task: Task, pricing: Pricing, duals: Duals, reach: float, most: int = _MOST_GROUPS) -> Listed:
    left = min(_NODES_AT_ONCE, task.nodes_left)
    listed = pricing.list_within(duals, reach, task.stop, max_nodes=left, max_groups=most)
    task.nodes_left -= listed.n_nodes
    return listed

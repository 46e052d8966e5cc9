"""Improve a plan of joint branches where not every group can be listed.

One neighbourhood after the other is planned anew by a small integer programme over the groups that the
relaxation likes best (large neighbourhood search, Shaw 1998, doi:10.1007/3-540-49481-2_30).
"""

import math
from dataclasses import replace

import numpy as np

from optimize.branches_master import NO_CUTS, Columns, Goal, choose_groups, join_columns
from optimize.branches_price import Ground
from optimize.branches_relax import Bound, near_groups
from optimize.problem import BoolArray, IntArray
from optimize.stop import Stop

_NEIGHBOURHOOD = 40  # places planned anew at once
_PER_HOST = 20  # groups of each host in a neighbourhood
_ONE_LOOK_S = 4.0  # of CPU time; hardly any needs a quarter of it
_PER_HOLE = 100  # metres
_SAVING_LOOKS, _NEARER_LOOKS = 0.01, 0.15
"""Neighbourhoods planned anew per place, to save a branch and for less distance.

Counted and not timed: the same seed gives the same plan on any machine. The first are dear, and seldom help
where the annealing did not; what is uncovered is looked at before all else.
"""
_LEAST_LOOKS = 10
_STALL = 2  # times that every place may be planned anew without success


def improve(ground: Ground, goal: Goal, plan: Columns, bound: Bound, stop: Stop, seed: int) -> Columns:
    """Plan neighbourhoods anew until the bound is met or nothing gets better for a while.

    While the plan misses what the goal asks for, full groups count as cheaper: places left over gather, until
    a branch can be saved. A plan that still misses something after that is better made nearer once it is
    known how little can be had, so it comes back as it is.
    """
    rng = np.random.default_rng(seed)
    for hole, per_place in ((_PER_HOLE, _SAVING_LOOKS), (0, _NEARER_LOOKS)):
        misses = goal.value(plan) > int(plan.metres.sum())
        if misses == (hole > 0):
            looks = max(_LEAST_LOOKS, math.ceil(per_place * ground.n_places))
            plan = _improve(ground, (replace(goal, per_hole=hole), goal), plan, bound, stop, (looks, rng))
    return plan


def _improve(
    ground: Ground,
    goals: tuple[Goal, Goal],
    plan: Columns,
    bound: Bound,
    stop: Stop,
    how: tuple[int, np.random.Generator],
) -> Columns:
    aim, goal = goals
    left, rng = how
    stale, waiting = 0, _centres(ground, plan, rng)
    while left > 0 and stale < _STALL * ground.n_places / _NEIGHBOURHOOD and not stop():
        left -= 1
        missed = goal.value(plan) - int(plan.metres.sum())
        if goal.value(plan) <= bound.whole or (aim.per_hole and missed == 0):
            break
        if not waiting:
            waiting = _centres(ground, plan, rng)
        better = _plan_anew(ground, aim, plan, bound, waiting.pop(), stop)
        plan, stale = (better, 0) if aim.value(better) < aim.value(plan) else (plan, stale + 1)
    return plan


def _centres(ground: Ground, plan: Columns, rng: np.random.Generator) -> list[int]:
    """List places to plan around, the last first: those in no group, those in small ones, the rest."""
    size = np.zeros(ground.n_places, np.int64)
    real = plan.places >= 0
    size[plan.places[real]] = np.repeat(real.sum(axis=1), real.sum(axis=1))
    shuffled = rng.permutation(ground.n_places)
    return [int(place) for place in shuffled[np.argsort(-size[shuffled], kind="stable")]]


def _plan_anew(ground: Ground, goal: Goal, plan: Columns, bound: Bound, centre: int, stop: Stop) -> Columns:
    """Choose anew among near groups of the places around a centre, the rest of the plan as it is."""
    free, own = _neighbourhood(ground, plan, centre)
    fixed = plan.take(~own)
    local = np.full(ground.n_places + 1, -1, np.int64)
    local[free] = np.arange(len(free))
    now = plan.take(own)
    groups = join_columns(
        replace(now, places=local[now.places].astype(np.int32)),
        near_groups(ground, goal, bound.duals, _PER_HOST, free),
    )
    answer = choose_groups(groups, len(free), goal.without(fixed), NO_CUTS, stop, _ONE_LOOK_S)
    chosen = groups.take(answer.columns)
    back = np.append(free, -1)[chosen.places].astype(np.int32)
    better = join_columns(fixed, replace(chosen, places=back))
    return better if goal.value(better) < goal.value(plan) else plan


def _neighbourhood(ground: Ground, plan: Columns, centre: int) -> tuple[IntArray, BoolArray]:
    """Give the places nearest to one, whole groups only and those in none, and which groups they are."""
    group_of = np.full(ground.n_places, -1, np.int64)
    real = plan.places >= 0
    group_of[plan.places[real]] = np.repeat(np.arange(len(plan)), real.sum(axis=1))
    own, free = np.zeros(len(plan), np.bool_), np.zeros(ground.n_places, np.bool_)
    for place in np.argsort(ground.step[centre], kind="stable").tolist():
        if free.sum() >= _NEIGHBOURHOOD:
            break
        free[place] = True
        if group_of[place] >= 0:
            own[group_of[place]] = True
            free[plan.places[group_of[place]][real[group_of[place]]]] = True
    return np.flatnonzero(free), own

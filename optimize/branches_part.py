"""Joint branches for one connected part of the places: three goals one after the other, each with its bound.

Each goal is a set packing over groups of places. Column generation and cuts give a lower bound; a group too
dear to be in a better plan is left out (reduced-cost fixing, Nemhauser and Wolsey 1988, ch. II.5), and what
is left is settled by an integer programme where it can be listed whole.
"""

from dataclasses import dataclass, replace

import numpy as np

from optimize.branches_anneal import anneal
from optimize.branches_master import NO_CUTS, Columns, Goal, choose_groups, measure_columns
from optimize.branches_price import Ground, Prices, find_groups
from optimize.branches_relax import Bound, first_groups, list_within, relax_goal
from optimize.branches_search import improve
from optimize.stop import Stop

_FEW = 3_000  # groups up to which every goal is settled over all of them at once
_MOST_LISTED = 60_000  # groups within reach up to which an integer programme settles a goal
_MISSING, _EXTRA = 200_000, 20_000  # metres for a member too few, and for a branch too many
_LAST_WORD_S = 30.0  # of CPU time
_GRACE_ROUNDS = 60  # of column generation that a bound is given once the time is up
_AT_ONCE = 12_000  # groups within reach that are settled before anything else is tried
_STEPS_PER_PLACE, _MOST_STEPS = 45_000, 45_000_000  # of the annealing: one long one beats three short ones


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """The groups chosen, and a whole lower bound for each goal: members uncovered, new branches, metres.

    The bounds of the second and third goal hold for plans that do in the goals before as well as this one.
    """

    groups: Columns
    bounds: tuple[int, int, int]


def solve_part(ground: Ground, stop: Stop, seed: int = 0, few: int = _FEW) -> PartPlan:
    """Plan one part: fewest members uncovered, then fewest new branches, then least distance."""
    everything = _all_groups(ground, few)
    if everything is not None:
        return _solve_listed(ground, everything, stop)
    return _solve_searched(ground, stop, seed)


def _all_groups(ground: Ground, most: int) -> Columns | None:
    free = Prices(
        per_member=0.0,
        per_branch=0.0,
        per_metre=0.0,
        paid=np.zeros(ground.n_places),
        triples=NO_CUTS,
        fined=np.zeros(0),
        once=False,
    )
    found = find_groups(ground, free, below=1.0, keep=0, most=max(most, 1))
    return measure_columns(ground, found.places) if found.complete else None


def _solve_listed(ground: Ground, groups: Columns, stop: Stop) -> PartPlan:
    """Settle every goal over all groups there are."""
    total = int(ground.weight.sum())
    plan, covered_bound = _best_of(ground, groups, Goal(per_member=-1), -total, stop)
    covered = int(plan.members.sum())
    plan, branch_bound = _best_of(ground, groups, Goal(per_branch=1, covered=covered), 0, stop, plan)
    goal = Goal(
        per_metre=1, covered=covered, branches=int(plan.branches.sum()), missing=_MISSING, extra=_EXTRA
    )
    plan, metre_bound = _best_of(ground, groups, goal, 0, stop, plan)
    return PartPlan(groups=plan, bounds=(total + covered_bound, branch_bound, metre_bound))


def _best_of(
    ground: Ground, groups: Columns, goal: Goal, least: int, stop: Stop, plan: Columns | None = None
) -> tuple[Columns, int]:
    """Find the best plan for a goal among all groups; a plan at hand that meets `least` is not bettered."""
    plan = groups.take(np.zeros(0, np.int64)) if plan is None else plan
    if goal.value(plan) <= least:
        return plan, least
    answer = choose_groups(groups, ground.n_places, goal, NO_CUTS, stop, _LAST_WORD_S)
    found = groups.take(answer.columns)
    best = found if goal.value(found) <= goal.value(plan) else plan
    if answer.finished:
        return best, goal.value(best)
    bound = relax_goal(ground, goal, groups, stop, goal.value(best)).whole
    return best, min(max(least, bound), goal.value(best))


def _solve_searched(ground: Ground, stop: Stop, seed: int) -> PartPlan:
    """Bound every goal, search for a plan that meets the first two bounds, and prove what can be proven."""
    total = int(ground.weight.sum())
    first = relax_goal(ground, Goal(per_member=-1), first_groups(ground), stop, enough=-total)
    most, pool = -max(first.whole, -total), first.pool
    plan = pool.take(np.zeros(0, np.int64))
    aim = most
    while True:
        few = relax_goal(ground, Goal(per_branch=1, covered=aim), pool, stop)
        plan, last = _search(ground, plan, _nearest(aim, few.whole), few.pool, (stop, seed))
        pool = last.pool
        if int(plan.members.sum()) >= aim:
            break
        plan, settled = _settle(ground, plan, Goal(per_member=-1), first, stop)
        aim = int(plan.members.sum())
        most = aim if settled else most
    branches = int(plan.branches.sum())
    if branches > few.whole:
        plan, settled = _settle(ground, plan, Goal(per_branch=1, covered=aim), few, stop)
        branches = int(plan.branches.sum())
        plan, last = _search(ground, plan, _nearest(aim, branches), pool, (stop, seed))
        few = replace(few, value=float(branches)) if settled else few
    plan, settled = _settle(ground, plan, _nearest(aim, branches), last, stop)
    metres = int(plan.metres.sum())
    return PartPlan(
        groups=plan, bounds=(total - most, min(few.whole, branches), metres if settled else last.whole)
    )


def _nearest(covered: int, branches: int) -> Goal:
    """Give the goal of the least distance among plans that cover so many with so few branches."""
    return Goal(per_metre=1, covered=covered, branches=branches, missing=_MISSING, extra=_EXTRA)


def _search(
    ground: Ground, plan: Columns, goal: Goal, pool: Columns, how: tuple[Stop, int]
) -> tuple[Columns, Bound]:
    """Bound a goal and search for a good plan, from one at hand; settled at once where little is left.

    The bound given back is the plan's own cost where no plan is better.
    """
    stop, seed = how
    bound = relax_goal(ground, goal, pool, _patient(stop), goal.value(plan))
    if len(plan) == 0:
        plan = anneal(ground, min(_STEPS_PER_PLACE * ground.n_places, _MOST_STEPS), seed, stop)
    plan, settled = _settle(ground, plan, goal, bound, stop, most=_AT_ONCE)
    if settled:
        return plan, replace(bound, value=float(goal.value(plan)))
    return improve(ground, goal, plan, bound, stop, seed), bound


def _patient(stop: Stop) -> Stop:
    """Give a bound some rounds more than the search: they cost little and without them it says nothing."""
    grace = iter(range(_GRACE_ROUNDS))
    return lambda: stop() and next(grace, None) is None


def _settle(
    ground: Ground, plan: Columns, goal: Goal, bound: Bound, stop: Stop, most: int = _MOST_LISTED
) -> tuple[Columns, bool]:
    """Find the best plan for a goal among all groups a better one can hold; tell whether it is proven."""
    value = goal.value(plan)
    if value <= bound.whole:
        return plan, True
    listed = None if stop() else list_within(ground, goal, bound, value - 1, most)
    if listed is None:
        return plan, False
    answer = choose_groups(listed, ground.n_places, goal, bound.duals.triples, stop, _LAST_WORD_S)
    found = listed.take(answer.columns)
    return (found if goal.value(found) < value else plan), answer.finished

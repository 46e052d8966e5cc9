"""Solve one part of a community exactly: list its groups, price them, choose; say what could not be done."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimize.checks import count_range
from optimize.costs import total_cost
from optimize.enumerate import list_groups
from optimize.groups import Groups
from optimize.params import Params
from optimize.partition import Choice, choose
from optimize.pool import Pool, Side
from optimize.problem import FloatArray, IntArray, Problem
from optimize.result import Reason
from optimize.stop import Stop
from optimize.units import Units, join_dead_ends

_AT_ONCE = 200_000  # the cells of millions of groups at once would take gigabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """What came of one attempt at a part.

    Attributes
    ----------
    outcome
        `best`: proven; `some`: a plan, not proven; `impossible`: proven that there is none; `too_many`:
        not every group could be listed; `unknown`: stopped before anything was known.
    grids
        Cells of each grid; empty without a plan.
    bound
        Lower bound on the cost of every plan asked for.
    reasons
        Why the plan breaks rules, where it does.
    """

    outcome: str
    grids: tuple[tuple[int, ...], ...] = ()
    bound: float = 0.0
    n_groups: int = 0
    n_columns: int = 0
    engine: str = "exact"
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All groups of a band that a plan may use, as groups of units; `complete` says that none is missing."""

    units: Units
    pool: Pool
    complete: bool

    def expand(self, chosen: IntArray) -> Groups:
        """Give the chosen groups as groups of cells."""
        return self.units.expand(self.pool.groups.take(chosen))


def list_pool(problem: Problem, units: Units, band: tuple[int, int], params: Params, stop: Stop) -> Listed:
    """List the groups of a band and their costs; groups that no plan can use are left out."""
    low, high = band
    units = join_dead_ends(units, low)
    if units.is_torn:
        listing_groups, complete = Groups.from_sets([], units.households), True
    else:
        listing = list_groups(units, low, high, params.max_groups, stop)
        listing_groups, complete = listing.groups, listing.complete
    pool = Pool(
        groups=listing_groups,
        n_units=len(units),
        # The costs of a listing that was cut off would be waste: nothing can be proven from it.
        cost=_measure(problem, units, listing_groups) if complete else np.zeros(len(listing_groups)),
        max_chosen=min(len(units), max(1, count_range(units.total, low, high)[1])),
    )
    return Listed(units=units, pool=pool, complete=complete)


def _measure(problem: Problem, units: Units, groups: Groups) -> FloatArray:
    return np.concatenate([np.zeros(0), *(total_cost(problem, some) for some in expand_some(units, groups))])


def expand_some(units: Units, groups: Groups) -> Iterator[Groups]:
    """Turn groups of units into groups of cells, some at a time, in order."""
    for at in range(0, len(groups), _AT_ONCE):
        yield units.expand(groups.take(np.arange(at, min(at + _AT_ONCE, len(groups)))))


def with_count(pool: Pool, n_grids: int | None) -> Pool:
    """Ask for so many grids, if a number is given."""
    if n_grids is None:
        return pool
    row = Side(coefficient=np.ones(len(pool.groups)), lower=float(n_grids), upper=float(n_grids))
    return replace(pool, max_chosen=n_grids, sides=(*pool.sides, row))


def solve_part(
    problem: Problem, units: Units, params: Params, stop: Stop, n_grids: int | None = None
) -> PartPlan:
    """Find the best plan of a part that holds the band and every lock."""
    listed = list_pool(problem, units, (problem.min_households, problem.max_households), params, stop)
    if not listed.complete:
        outcome = "unknown" if stop() else "too_many"
        return PartPlan(outcome=outcome, n_groups=len(listed.pool.groups))
    return to_plan(listed, choose(with_count(listed.pool, n_grids), stop))


def to_plan(listed: Listed, choice: Choice) -> PartPlan:
    """Turn the chosen groups into grids of cells."""
    chosen = listed.expand(choice.chosen)
    grids = tuple(tuple(chosen.cells(group).tolist()) for group in range(len(chosen)))
    return PartPlan(
        outcome=choice.status,
        grids=grids,
        bound=choice.bound,
        n_groups=len(listed.pool.groups),
        n_columns=choice.n_columns,
    )


def solve_least(listed: Listed, penalty: FloatArray, stop: Stop) -> tuple[float, PartPlan]:
    """Find, among the plans with the least total penalty, the cheapest.

    Parameters
    ----------
    penalty
        float64 (k,), not negative: what each group of the pool breaks, in whole or half units.

    Returns
    -------
    least, plan
        The plan's outcome is `best` only when both steps were proven.
    """
    # Costs below a quarter in all break ties, or every group without a penalty would stay within reach.
    top = float(listed.pool.cost.max(initial=0.0)) or 1.0
    ties = 0.24 / (top * listed.pool.max_chosen) * listed.pool.cost
    first = choose(replace(listed.pool, cost=penalty + ties), stop)
    if first.status != "best":
        broken = float(penalty[first.chosen].sum()) if len(first.chosen) else first.cost
        return broken, to_plan(listed, replace(first, bound=0.0))
    least = float(penalty[first.chosen].sum())
    keep = np.flatnonzero(penalty <= least + 0.25)
    row = Side(coefficient=penalty[keep], lower=-np.inf, upper=least + 0.25)
    pool = replace(
        listed.pool, groups=listed.pool.groups.take(keep), cost=listed.pool.cost[keep], sides=(row,)
    )
    second = choose(pool, stop)
    if len(second.chosen):
        return least, to_plan(listed, replace(second, chosen=keep[second.chosen]))
    return least, to_plan(listed, replace(first, status="some", bound=second.bound))

"""When a part has no plan: the smallest thing that must give, and the best plan once it has.

Locks give first, if a plan inside the band exists without them: the plan breaks the fewest. Otherwise
the band gives: the plan has the fewest households outside it in all. Either way the cheapest such plan
is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.bitsets import bits
from optimize.checks import count_range, explain_part
from optimize.enumerate import count_inside
from optimize.groups import Groups
from optimize.params import Params
from optimize.partition import choose
from optimize.parts import Listed, PartPlan, list_pool, solve_least
from optimize.problem import FloatArray, Problem
from optimize.result import Reason
from optimize.stop import Stop
from optimize.units import Units

_MOST_GROUPS_FOR_LIMITS = 300_000  # above this, the smallest limits would take longer than the plan itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The best plan around what had to give, and why."""

    plan: PartPlan
    reasons: tuple[Reason, ...]


def relax_part(problem: Problem, units: Units, params: Params, stop: Stop) -> Relaxed:
    """Find the best plan of a part for which none holds the band and every lock."""
    if units.has_locks and explain_part(problem, units) is None:
        relaxed = _give_locks(problem, units, params, stop)
        if relaxed is not None:
            return relaxed
    return _give_band(problem, units, params, stop)


def _give_locks(problem: Problem, units: Units, params: Params, stop: Stop) -> Relaxed | None:
    """Keep the band and break the fewest locks; None when no plan holds the band even so."""
    band = (problem.min_households, problem.max_households)
    listed = list_pool(problem, units.without_locks(), band, params, stop)
    if not listed.complete:
        return Relaxed(plan=PartPlan(outcome="unknown" if stop() else "too_many"), reasons=())
    least, plan = solve_least(listed, _count_broken(units, listed, problem.n_cells), stop)
    if plan.outcome == "impossible":
        return None
    reasons = [
        Reason(code="locks_conflict", cells=cells, facts={"lock": lock, "why": "no_plan", "n_broken": least})
        for lock, cells in _locks(units)
        if _is_broken(lock, set(cells), plan)
    ]
    return Relaxed(plan=plan, reasons=tuple(reasons))


def _locks(units: Units) -> Sequence[tuple[str, tuple[int, ...]]]:
    """List the locks of a part by their cells: each pair of units kept apart, each tied set."""
    apart = [
        ("apart", (units.cells[unit][0], units.cells[other][0]))
        for unit, mask in enumerate(units.apart)
        for other in bits(mask)
        if unit < other
    ]
    tied = [("together", tuple(units.cells[unit][0] for unit in bits(mask))) for mask in units.tied]
    return [*apart, *tied]


def _is_broken(lock: str, cells: set[int], plan: PartPlan) -> bool:
    if lock == "apart":
        return any(cells <= set(grid) for grid in plan.grids)
    return any(cells & set(grid) and not cells <= set(grid) for grid in plan.grids)


def _count_broken(units: Units, listed: Listed, n_cells: int) -> FloatArray:
    """Count the locks that each group breaks; a set torn between p grids counts p halves."""
    groups = listed.expand(np.arange(len(listed.pool.groups)))
    broken = np.zeros(len(groups))
    for lock, cells in _locks(units):
        inside = count_inside(groups, sum(1 << cell for cell in cells), n_cells)
        if lock == "apart":
            broken += inside == 2
        else:
            broken += 0.5 * ((inside > 0) & (inside < len(cells)))
    return broken


def _give_band(problem: Problem, units: Units, params: Params, stop: Stop) -> Relaxed:
    """Widen the band until the plan with the fewest households outside it is certain to be found.

    A plan with v households outside the band in all has no grid further than v outside it. So once the
    best plan of a band widened by d has v <= d, nothing beyond can be better.
    """
    reason = explain_part(problem, units) or Reason(
        code="no_combination",
        cells=units.all_cells(),
        facts={
            "households": units.total,
            "min_households": problem.min_households,
            "max_households": problem.max_households,
        },
    )
    widen = _least_shortfall(problem, units)
    while True:
        listed = _list_wider(problem, units, widen, params, stop)
        if not listed.complete:
            return Relaxed(plan=PartPlan(outcome="unknown" if stop() else "too_many"), reasons=(reason,))
        outside, plan = solve_least(listed, _measure_outside(problem, listed.pool.groups), stop)
        if plan.outcome == "impossible" and widen > units.total:
            # Locks and band together allow nothing at all: the locks must give as well.
            return _give_band(problem, units.without_locks(), params, stop)
        if plan.outcome == "unknown" or outside <= widen:
            break
        widen = int(np.ceil(outside)) if np.isfinite(outside) else 2 * widen
    if not plan.grids:  # stopped before there was one
        return Relaxed(plan=plan, reasons=(reason,))
    sizes = [int(problem.households[list(grid)].sum()) for grid in plan.grids]
    facts = {
        **reason.facts,
        "outside_band": int(outside),
        # The band that this plan holds, and how far one limit alone would have to give.
        "plan_min": min(sizes),
        "plan_max": max(sizes),
        **_smallest_limits(problem, listed, stop),
    }
    return Relaxed(plan=plan, reasons=(replace(reason, facts=facts),))


def _least_shortfall(problem: Problem, units: Units) -> int:
    """Give the households outside the band that arithmetic alone asks for, at least 1."""
    total, low, high = units.total, problem.min_households, problem.max_households
    fewest, most = count_range(total, low, high)
    if fewest <= most:
        return 1
    return max(1, min(fewest * low - total, total - most * high if most > 0 else low))


def _list_wider(problem: Problem, units: Units, widen: int, params: Params, stop: Stop) -> Listed:
    # A grid of no households at all would be no grid, so the lower limit stays at 1 unless nobody lives here.
    low = min(max(1, problem.min_households - widen), units.total)
    return list_pool(problem, units, (low, problem.max_households + widen), params, stop)


def _measure_outside(problem: Problem, groups: Groups) -> FloatArray:
    below = problem.min_households - groups.households
    above = groups.households - problem.max_households
    return np.maximum(0, np.maximum(below, above)).astype(np.float64)


def _smallest_limits(problem: Problem, listed: Listed, stop: Stop) -> dict[str, object]:
    """Find how far one limit alone must give, where the groups at hand can tell."""
    sizes = listed.pool.groups.households
    if len(sizes) > _MOST_GROUPS_FOR_LIMITS:
        return {}
    low, high = problem.min_households, problem.max_households
    lower = np.unique(sizes[sizes < low])[::-1]
    higher = np.unique(sizes[sizes > high])
    facts: dict[str, object] = {}
    for name, limits, ranges in (
        ("min_that_works", lower, [(int(limit), high) for limit in lower]),
        ("max_that_works", higher, [(low, int(limit)) for limit in higher]),
    ):
        at = _first_that_works(listed, ranges, stop)
        if at is not None:
            facts[name] = int(limits[at])
    return facts


def _first_that_works(listed: Listed, ranges: list[tuple[int, int]], stop: Stop) -> int | None:
    """Find the first of ever wider bands that has a plan, by bisection."""
    first, last = 0, len(ranges)
    while first < last:
        middle = (first + last) // 2
        works = _has_plan(listed, ranges[middle], stop)
        if works is None:
            return None
        first, last = (first, middle) if works else (middle + 1, last)
    return first if first < len(ranges) else None


def _has_plan(listed: Listed, band: tuple[int, int], stop: Stop) -> bool | None:
    sizes = listed.pool.groups.households
    keep = np.flatnonzero((sizes >= band[0]) & (sizes <= band[1]))
    pool = replace(listed.pool, groups=listed.pool.groups.take(keep), cost=np.zeros(len(keep)))
    status = choose(pool, stop).status
    return None if status == "unknown" else status != "impossible"

"""The default engine: exact wherever every group can be listed; where not, search, then proof by columns."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optimize.checks import explain_part
from optimize.costs import total_cost
from optimize.exact import Fallback, run
from optimize.groups import Groups
from optimize.params import OnStep, Params, Step
from optimize.part import restrict
from optimize.partition import TOLERANCE
from optimize.parts import PartPlan
from optimize.pricing_floors import SHARP
from optimize.problem import Problem
from optimize.result import Result
from optimize.stop import AnyOf, Stop
from optimize.units import Units

if TYPE_CHECKING:
    from optimize.pricing_ground import Ground

_LARGE = 500  # units from which on the search anneals all at once, and meets no groups to prove with
_WIDE = 100  # units from which on a part without a diagram is bounded from the grids that the search met
_SHORT = 12  # reports of a search after which its plan is good enough to prove from


def solve_automatically(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Solve each part of a community exactly, by listing its groups or, if they are too many, by columns."""
    fallback = _by_columns(problem, params, stop, int(rng.integers(2**31)), on_step)
    return run(problem, params, stop=stop, on_step=on_step, fallback=fallback)


def solve_by_columns(
    problem: Problem,
    params: Params,
    *,
    stop: Stop,
    rng: np.random.Generator,
    on_step: OnStep | None = None,
) -> Result:
    """Solve each part by search and columns, without trying to list its groups."""
    fallback = _by_columns(problem, params, stop, int(rng.integers(2**31)), on_step)
    return run(problem, replace(params, max_groups=0), stop=stop, on_step=on_step, fallback=fallback)


def _by_columns(problem: Problem, params: Params, stop: Stop, seed: int, on_step: OnStep | None) -> Fallback:
    """Make the planner of a part whose groups are too many to list."""

    def search_part(
        units: Units, n_grids: int | None, stop: Stop, on_step: OnStep | None
    ) -> tuple[PartPlan, NDArray[np.bool_]]:
        from optimize.search import search_groups  # noqa: PLC0415 - its kernels load only where they are needed

        part = restrict(problem, units.all_cells(), n_grids)
        # A generator of its own: one part's search must not depend on how much chance another one used.
        chance = np.random.default_rng(seed)
        found, rows = search_groups(part, params, stop=stop, rng=chance, on_step=on_step)
        met = np.zeros((len(rows), problem.n_cells), np.bool_)
        met[:, list(units.all_cells())] = rows
        return _translate(problem, part, units.all_cells(), found), met

    def plan_part(units: Units, n_grids: int | None) -> PartPlan:
        if len(units) >= _LARGE or explain_part(problem, units) is not None:
            return search_part(units, n_grids, stop, on_step)[0]
        short = _Steps(_SHORT, on_step)
        first, met = search_part(units, n_grids, AnyOf(stop, short), short.count)
        proven = _prove(problem, units, first, met, n_grids, stop)
        if proven.outcome == "best" or stop():
            return proven
        longer, _ = search_part(units, n_grids, stop, on_step)
        return _better(problem, proven, longer)

    return plan_part


class _Steps:
    """Stop after so many reports of a search: unlike a clock, the same in every run."""

    def __init__(self, most: int, on_step: OnStep | None) -> None:
        self._left = most
        self._tell = on_step

    def count(self, step: Step) -> None:
        """Take note of a report and pass it on."""
        self._left -= 1
        if self._tell is not None:
            self._tell(step)

    def __call__(self) -> bool:
        """Say whether the reports are used up."""
        return self._left <= 0


def _prove(
    problem: Problem,
    units: Units,
    plan: PartPlan,
    met: NDArray[np.bool_],
    n_grids: int | None,
    stop: Stop,
) -> PartPlan:
    """Improve on a plan found by search, and prove it or bring its bound closer, while there is time."""
    from optimize.columns import prove_part  # noqa: PLC0415 - its kernels load only where they are needed
    from optimize.pricing_ground import lay_ground  # noqa: PLC0415 - same
    from optimize.search_columns import bound_part  # noqa: PLC0415 - same

    if plan.outcome == "best" or stop():
        return plan
    ground = lay_ground(problem, units)
    if ground is None and len(units) >= _WIDE:
        return _take_proven(problem, plan, bound_part(problem, units, plan.grids, met, stop, n_grids))
    if any(weight and name not in SHARP for name, weight in problem.weights.items()):
        plan = _prove_sharp(problem, units, plan, n_grids, stop, ground)
    if plan.outcome == "best":
        return plan
    return _take_proven(problem, plan, prove_part(problem, units, plan.grids, stop, n_grids, ground))


def _take_proven(problem: Problem, plan: PartPlan, proven: PartPlan) -> PartPlan:
    """Take in what a proof says of a plan, or the better plan that it found."""
    if proven.outcome == "best" or not plan.grids:
        return proven
    bound = max(plan.bound, proven.bound)
    if not proven.grids:
        return replace(plan, bound=bound)
    # What the search said of its plan may not hold of the new one: this one keeps every rule.
    return _settle(problem, replace(proven, bound=bound, engine="search"))


def _prove_sharp(
    problem: Problem, units: Units, plan: PartPlan, n_grids: int | None, stop: Stop, ground: "Ground | None"
) -> PartPlan:
    """Solve for the costs that are bounded sharply: no cost is below zero, so their bound holds for all."""
    from optimize.columns import prove_part  # noqa: PLC0415 - its kernels load only where they are needed
    from optimize.pricing_ground import weigh_ground  # noqa: PLC0415 - same

    weights = {name: weight for name, weight in problem.weights.items() if name in SHARP}
    sharp = replace(problem, weights=weights)
    found = prove_part(sharp, units, plan.grids, stop, n_grids, weigh_ground(ground, sharp, units))
    if not found.grids:
        return replace(plan, bound=max(plan.bound, found.bound)) if plan.grids else plan
    # Best for those costs, it is no more than a plan for all of them.
    return _settle(problem, _better(problem, plan, replace(found, outcome="some", engine="search")))


def _settle(problem: Problem, plan: PartPlan) -> PartPlan:
    """Call a plan that keeps every rule best once its bound has reached its cost."""
    cost = float(total_cost(problem, Groups.from_sets(plan.grids, problem.households)).sum())
    reached = cost - plan.bound <= TOLERANCE * abs(cost)
    return replace(plan, outcome="best" if reached else plan.outcome, bound=min(plan.bound, cost))


def _better(problem: Problem, plan: PartPlan, other: PartPlan) -> PartPlan:
    """Give the cheaper of two plans that keep the rules; a bound of either holds for both."""
    bound = max(plan.bound, other.bound)
    if other.outcome == "best":
        return other
    costs = [
        float(total_cost(problem, Groups.from_sets(entry.grids, problem.households)).sum())
        for entry in (plan, other)
    ]
    holds = [bool(entry.grids) and _is_inside(problem, entry) for entry in (plan, other)]
    takes_other = holds[1] and (not holds[0] or costs[1] < costs[0])
    return replace(other if takes_other or not plan.grids else plan, bound=bound)


def _is_inside(problem: Problem, plan: PartPlan) -> bool:
    """Tell whether every grid holds the band."""
    size = Groups.from_sets(plan.grids, problem.households).households
    return bool(((size >= problem.min_households) & (size <= problem.max_households)).all())


def _translate(problem: Problem, part: Problem, cells: tuple[int, ...], found: Result) -> PartPlan:
    """Turn a search's result on a part into grids of the whole, and shift its bound by what differs."""
    n_grids = int(found.labels.max(initial=-1)) + 1
    grids = tuple(
        tuple(cells[at] for at in np.flatnonzero(found.labels == grid).tolist()) for grid in range(n_grids)
    )
    cost = float(total_cost(problem, Groups.from_sets(grids, problem.households)).sum())
    # All costs but `moved` differ by a constant between a part and the whole.
    constant = part.n_cells == problem.n_cells or not problem.weights.get("moved", 0.0)
    bound = found.lower_bound + cost - found.objective if constant and found.status != "relaxed" else 0.0
    outcome = "unknown" if n_grids == 0 else "best" if constant and found.proven else "some"
    reasons = tuple(
        replace(reason, cells=tuple(cells[at] for at in reason.cells))
        for reason in found.reasons
        if reason.code != "stopped"  # said once, for the whole
    )
    return PartPlan(outcome=outcome, grids=grids, bound=max(0.0, bound), engine="search", reasons=reasons)

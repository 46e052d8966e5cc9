"""Live answers on a prepared community: the best plan under locks and weights, and the price of an edit.

Locks only take groups away, so the duals found without them still bound every plan: few groups lie within
reach of a good plan, and only those are filtered and chosen from. What the pool cannot answer goes to the
engine, and says in its result what it could not prove.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimize.costs import COSTS, cost_columns, total_cost
from optimize.engines import solve
from optimize.exact import assemble_plans, refuse_count
from optimize.groups import Groups
from optimize.partition import TOLERANCE, Choice, choose
from optimize.parts import PartPlan, with_count
from optimize.pool import Pool, Side
from optimize.prepared import Prepared, Priced, price_groups, to_factors
from optimize.problem import IntArray, Locks, Problem
from optimize.question import Question, ask
from optimize.result import Reason, Result, Violation
from optimize.stop import Stop
from optimize.validate import validate_problem
from optimize.verify import find_violations, order_labels

_NOTHING: IntArray = np.zeros(0, np.int64)
_WIDER = 8  # times as many groups are looked at when no plan was among the first


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPrice:
    """What a person's plan costs against the best one.

    Attributes
    ----------
    objective
        Weighted cost of the person's plan, in metres.
    best
        The best plan under the same locks and weights, with its certificate.
    best_free
        The best plan without locks.
    extra, extra_free
        (objective - best) / best for each of them; None where that plan breaks rules or costs nothing.
        It may be below zero only for a plan that breaks rules.
    at_most
        The same against the lower bound: equal to `extra` where the best plan is proven.
    by_cost
        Cost name → the person's plan less the best one, in the cost's own unit; `by_cost_m` weighted, in
        metres.
    violations
        Hard rules and locks that the person's plan breaks.
    """

    objective: float
    best: Result
    best_free: Result
    extra: float | None
    extra_free: float | None
    at_most: float | None
    by_cost: Mapping[str, float]
    by_cost_m: Mapping[str, float]
    violations: tuple[Violation, ...]


def complete(prepared: Prepared, locks: Locks, weights: Mapping[str, float], *, stop: Stop) -> Result:
    """Find the best plan of a prepared community under locks, and prove it.

    Parameters
    ----------
    weights
        Those of `prepared.priced` take no time; others are weighed anew.

    Raises
    ------
    ProblemError
        A lock or weight makes no sense.
    Cancelled
        Stopped before any plan was found.
    """
    problem = replace(prepared.problem, locks=locks, weights=dict(weights))
    validate_problem(problem)
    question = ask(prepared, problem)
    if question is None:
        return _solve_anew(prepared, problem, stop)
    started = time.process_time()
    choice, reasons = choose_counted(prepared, reprice(prepared, weights, stop), question, stop)
    if len(choice.chosen) == 0:
        # Stopped before there was a plan: the search has one at once.
        return _solve_anew(
            prepared, problem, stop, engine=None if choice.status == "impossible" else "search"
        )
    return to_result(
        prepared, problem, choice, reasons=(*question.reasons, *reasons), stop=stop, started=started
    )


def reprice(prepared: Prepared, weights: Mapping[str, float], stop: Stop) -> Priced:
    """Give the prices under some weights, which may be those at hand."""
    if (to_factors(weights) == to_factors(prepared.priced.weights)).all():
        return prepared.priced
    return price_groups(prepared, weights, stop)


def _solve_anew(prepared: Prepared, problem: Problem, stop: Stop, engine: str | None = None) -> Result:
    params = replace(prepared.params, engine=engine or prepared.params.engine)
    return solve(problem, params, stop=stop, rng=np.random.default_rng(prepared.seed))


def choose_counted(
    prepared: Prepared, priced: Priced, question: Question, stop: Stop, start: IntArray = _NOTHING
) -> tuple[Choice, tuple[Reason, ...]]:
    """Choose for the number of grids asked for, or the nearest that works, which is a reason then."""
    wanted = question.n_grids
    choice = choose_within(prepared, priced, question, stop, start=start)
    if wanted is None or choice.status != "impossible":
        return choice, ()
    counts = range(max(1, len(question.whole)), prepared.max_chosen + 1)
    for count in sorted(counts, key=lambda count: (abs(count - wanted), count)):
        choice = choose_within(prepared, priced, replace(question, n_grids=count), stop)
        if choice.status != "impossible":
            nearest = count + len(prepared.fixed)
            asked = replace(prepared.problem, locks=Locks(n_grids=wanted + len(prepared.fixed)))
            return choice, (refuse_count(asked, nearest=nearest),)
    return choice, ()


def choose_within(
    prepared: Prepared,
    priced: Priced,
    question: Question,
    stop: Stop,
    *,
    sides: Sequence["SideOf"] = (),
    start: IntArray = _NOTHING,
) -> Choice:
    """Choose the cheapest plan that a question allows, from ever more groups until nothing can be missed.

    Every plan with a group left out costs at least `priced.bound` plus that group's reduced cost.

    Parameters
    ----------
    start
        A plan that the question allows, where one is known: positions of the prepared groups.

    Returns
    -------
    Choice
        Positions are those of the prepared groups.
    """
    reach, size = priced.near, 0
    while True:
        near = np.flatnonzero(priced.reduced <= reach)
        left_out = priced.bound + reach if len(near) < len(priced.reduced) else np.inf
        near = np.union1d(near[question.allows(prepared.masks[near])], start)
        pool = _pool(prepared, priced, question, near, sides)
        choice = choose(pool, stop, np.searchsorted(near, start))
        choice = replace(choice, chosen=near[choice.chosen])
        if len(choice.chosen) == 0 and choice.status == "impossible" and np.isfinite(left_out):
            size = _WIDER * max(size, int(np.count_nonzero(priced.reduced <= reach)), 1)
            reach = _reach_of(priced, size)
            continue
        bound = max(min(choice.bound, left_out), priced.bound)
        if choice.status != "best" or choice.cost - bound <= TOLERANCE * abs(choice.cost):
            return replace(choice, bound=min(bound, choice.cost))
        # A better plan may hold a group further out, but none beyond the gap.
        reach, start = choice.cost - priced.bound, choice.chosen


def _reach_of(priced: Priced, size: int) -> float:
    """Give the reduced cost that about so many groups stay below."""
    if size >= len(priced.reduced):
        return np.inf
    return float(np.partition(priced.reduced, size)[size])


@dataclass(frozen=True, slots=True, kw_only=True)
class SideOf:
    """One more thing asked of a plan: the sum of a value over its grids is at least `lower`."""

    value: "ValueOf"
    lower: float


class ValueOf:
    """Measures groups of cells under some problem."""

    def __init__(self, name: str, problem: Problem) -> None:
        self._measure, self._problem = COSTS[name].per_group, problem

    def __call__(self, groups: Groups) -> np.ndarray:
        """Give the value of each group."""
        return self._measure(self._problem, groups)


def _pool(
    prepared: Prepared, priced: Priced, question: Question, near: IntArray, sides: Sequence[SideOf]
) -> Pool:
    groups = prepared.groups.take(near)
    pool = Pool(
        groups=groups,
        n_units=len(prepared.units),
        cost=priced.cost[near],
        max_chosen=prepared.max_chosen,
        sides=tuple(
            Side(coefficient=side.value(prepared.units.expand(groups)), lower=side.lower, upper=np.inf)
            for side in sides
        ),
    )
    return with_count(pool, question.n_grids)


def to_result(
    prepared: Prepared,
    problem: Problem,
    choice: Choice,
    *,
    reasons: Sequence[Reason],
    stop: Stop,
    started: float,
) -> Result:
    """Turn a choice into a result for the whole community, settled and stuck parts included."""
    chosen = prepared.units.expand(prepared.groups.take(choice.chosen))
    plan = PartPlan(
        outcome=choice.status,
        grids=tuple(tuple(chosen.cells(group).tolist()) for group in range(len(chosen))),
        bound=choice.bound,
        n_groups=len(prepared.groups),
        n_columns=choice.n_columns,
    )
    stuck = prepared.stuck
    return assemble_plans(
        problem,
        prepared.fixed,
        [plan, *(part.plan for part in stuck)],
        reasons=[*reasons, *(reason for part in stuck for reason in part.reasons)],
        stop=stop,
        cpu_s=time.process_time() - started,
    )


def price_edit(
    prepared: Prepared, labels: IntArray, locks: Locks, weights: Mapping[str, float], *, stop: Stop
) -> EditPrice:
    """Say what a person's plan costs against the best plan, with the locks and without.

    Parameters
    ----------
    labels
        int64 (n,), the person's plan in any numbering, -1 where unassigned.
    """
    problem = replace(prepared.problem, locks=locks, weights=dict(weights))
    best = complete(prepared, locks, weights, stop=stop)
    free = best if locks == Locks() else complete(prepared, Locks(), weights, stop=stop)
    labels = order_labels(labels)
    groups = Groups.from_labels(labels, problem.households)
    objective = float(total_cost(problem, groups).sum())
    by_cost = {
        name: float(values.sum() - best.costs[name].sum())
        for name, values in cost_columns(problem, groups).items()
    }
    factors = dict(zip(COSTS, to_factors(weights).tolist(), strict=True))
    return EditPrice(
        objective=objective,
        best=best,
        best_free=free,
        extra=_extra(objective, best, best.objective),
        extra_free=_extra(objective, free, free.objective),
        at_most=_extra(objective, best, best.lower_bound),
        by_cost=by_cost,
        by_cost_m={name: factors[name] * value for name, value in by_cost.items()},
        violations=find_violations(problem, labels),
    )


def _extra(objective: float, best: Result, against: float) -> float | None:
    holds = best.status in {"optimal", "feasible"}
    return (objective - against) / against if holds and against > 0 else None

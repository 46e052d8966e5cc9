"""The exact engine against every plan there is, on hundreds of small random communities."""

import numpy as np
import pytest

from optimize.engines import Never, Params, solve
from optimize.exact import solve_exactly as engine
from optimize.verify import breaks_rules, find_contradictions
from tests.optimize.oracle import (
    all_plans,
    contiguous_sets,
    households_of,
    outside_band,
    plan_cost,
    plans_that_hold,
    random_problem,
)


def solve_exactly(problem, **options):
    return solve(problem, Params(engine="exact", **options), stop=Never(), rng=np.random.default_rng(0))


def as_plan(labels):
    return [frozenset(np.flatnonzero(labels == grid).tolist()) for grid in range(labels.max() + 1)]


def check_against_all_plans(problem):
    result = solve_exactly(problem)
    assert find_contradictions(problem, result) == ()
    plans = plans_that_hold(problem)
    if not plans:
        assert not result.proven
        assert breaks_rules(result.violations)
        assert result.reasons
        return False
    best = min(plan_cost(problem, plan) for plan in plans)
    assert result.proven, (result.status, result.reasons)
    assert result.objective == pytest.approx(best, rel=1e-6)
    assert result.lower_bound <= best * (1 + 1e-6)
    assert plan_cost(problem, as_plan(result.labels)) == pytest.approx(result.objective, rel=1e-9)
    return True


@pytest.mark.parametrize("batch", range(10))
def test_best_plan_of_random_communities_with_locks(batch):
    rng = np.random.default_rng(batch)
    solvable = [check_against_all_plans(random_problem(rng)) for _ in range(40)]
    assert 3 <= sum(solvable) <= 37  # the draw holds both kinds


@pytest.mark.parametrize("batch", range(5))
def test_best_plan_of_random_communities_without_locks(batch):
    rng = np.random.default_rng(100 + batch)
    solvable = [check_against_all_plans(random_problem(rng, locks=False)) for _ in range(40)]
    assert sum(solvable) >= 5


def test_fewest_households_outside_the_band_when_no_plan_holds_it():
    """Without locks and oversize cells, no plan has fewer households outside, or as few at less cost."""
    rng = np.random.default_rng(7)
    tried = 0
    while tried < 60:
        problem = random_problem(rng, locks=False, n_cells=rng.integers(3, 8))
        if problem.households.max() > problem.max_households or plans_that_hold(problem):
            continue
        tried += 1
        result = solve_exactly(problem)
        assert result.status == "relaxed"
        assert find_contradictions(problem, result) == ()
        groups = [
            g for g in contiguous_sets(problem) if households_of(problem, g) > 0 or len(g) == problem.n_cells
        ]
        key = (
            min(
                (sum(outside_band(problem, g) for g in plan), plan_cost(problem, plan))
                for plan in all_plans(problem.n_cells, groups)
                if plan
            )
            if _covers(problem, groups)
            else None
        )
        if key is None:
            continue  # a piece without any households is a grid of its own, which this oracle leaves out
        ours = as_plan(result.labels)
        assert sum(outside_band(problem, g) for g in ours) == key[0]
        assert result.objective == pytest.approx(key[1], rel=1e-6)


def _covers(problem, groups):
    return next(iter(all_plans(problem.n_cells, groups)), None) is not None


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 5, 8])
def test_stopping_at_any_moment_never_proves_too_much(calls):
    rng = np.random.default_rng(calls)
    for _ in range(25):
        problem = random_problem(rng)
        left = [calls]

        def stop(left=left):
            left[0] -= 1
            return left[0] < 0

        result = engine(problem, Params(), stop=stop, rng=rng)
        assert find_contradictions(problem, result) == ()
        plans = plans_that_hold(problem)
        if result.proven:
            assert result.objective == pytest.approx(min(plan_cost(problem, p) for p in plans), rel=1e-6)
        elif plans and not breaks_rules(result.violations):
            assert result.lower_bound <= min(plan_cost(problem, p) for p in plans) * (1 + 1e-9)


@pytest.mark.parametrize("max_groups", [1, 2, 5])
def test_a_listing_that_was_cut_off_proves_nothing(max_groups):
    rng = np.random.default_rng(max_groups)
    cut = 0
    for _ in range(60):
        problem = random_problem(rng)
        result = solve_exactly(problem, max_groups=max_groups)
        assert find_contradictions(problem, result) == ()
        if result.stats.truncated:
            cut += 1
            assert not result.proven
            assert result.status in {"none", "relaxed"}
    assert cut > 10

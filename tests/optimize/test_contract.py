"""What every engine promises, whatever its method."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest

from optimize.engines import ENGINES, Never, Params, solve
from optimize.errors import Cancelled, ProblemError
from optimize.problem import Locks
from optimize.verify import breaks_rules, find_contradictions, find_violations
from tests.optimize.oracle import draw, plan_cost, plans_that_hold, random_problem, read_map

TOWN = """
120 130  90 140
110 100 150 100
 90 160 120 130
"""


def run(problem, engine, seed=0, **options):
    return solve(problem, Params(engine=engine, **options), stop=Never(), rng=np.random.default_rng(seed))


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def test_a_plan_holds_every_rule_and_says_so_truly(engine):
    problem = read_map(TOWN)
    result = run(problem, engine)
    assert find_contradictions(problem, result) == ()
    assert result.status in {"optimal", "feasible"}
    assert find_violations(problem, result.labels) == ()


def test_random_communities_are_answered_truly(engine):
    rng = np.random.default_rng(11)
    for _ in range(8 if engine == "search" else 40):
        problem = random_problem(rng)
        result = run(problem, engine)
        assert find_contradictions(problem, result) == ()
        plans = plans_that_hold(problem)
        costs = [plan_cost(problem, plan) for plan in plans]
        if result.status in {"optimal", "feasible"}:
            assert result.lower_bound <= min(costs) * (1 + 1e-6)
            assert result.objective >= min(costs) * (1 - 1e-9)
        if result.proven:
            assert result.objective == pytest.approx(min(costs), rel=1e-6)
        if not plans:
            assert breaks_rules(result.violations)


def test_same_seed_same_plan(engine):
    problem = read_map(TOWN, weights={"boundary": 1.0, "target_size": 0.5})
    first, second = run(problem, engine, seed=3), run(problem, engine, seed=3)
    assert first.labels.tolist() == second.labels.tolist()
    assert first.objective == second.objective


def test_the_problem_is_left_as_it_was(engine):
    problem = read_map(TOWN)
    names = [name for name in problem.__slots__ if isinstance(getattr(problem, name), np.ndarray)]
    before = {name: getattr(problem, name).copy() for name in names}
    run(problem, engine)
    for name in names:
        assert np.array_equal(getattr(problem, name), before[name])


def test_locks_are_kept(engine):
    locks = Locks(together=((0, 1),), apart=((2, 3),), whole=(frozenset({8, 9, 10}),))
    problem = read_map(TOWN, locks=locks)
    result = run(problem, engine)
    assert find_contradictions(problem, result) == ()
    assert not any(v.code == "lock_broken" for v in result.violations), draw(result.labels, TOWN)


def test_the_number_of_grids_is_kept(engine):
    for count in (3, 4):
        problem = read_map(TOWN, locks=Locks(n_grids=count))
        assert run(problem, engine).labels.max() + 1 == count


def test_one_cell_is_one_grid(engine):
    result = run(read_map("400"), engine)
    assert result.labels.tolist() == [0]
    assert result.status in {"optimal", "feasible"}


def test_no_household_at_all_is_one_grid_below_the_minimum(engine):
    problem = read_map("0 0\n0 0")
    result = run(problem, engine)
    assert result.status == "relaxed"
    assert {v.code for v in result.violations} == {"below_minimum"}


def test_stopped_at_once(engine):
    problem = read_map(TOWN)
    with contextlib.suppress(Cancelled):  # an engine without any plan says so
        result = solve(problem, Params(engine=engine), stop=lambda: True, rng=np.random.default_rng(0))
        assert find_contradictions(problem, result) == ()


def test_out_of_time_is_said(engine):
    problem = read_map(TOWN)
    result = run(problem, engine, time_limit_s=0.0)
    assert find_contradictions(problem, result) == ()
    assert result.proven or "time_limit" in {reason.code for reason in result.reasons}


def test_steps_are_told(engine):
    steps = []
    solve(
        read_map(TOWN),
        Params(engine=engine),
        stop=Never(),
        rng=np.random.default_rng(0),
        on_step=steps.append,
    )
    assert steps
    assert all(0.0 <= step.done <= 1.0 for step in steps)


def test_every_fault_of_a_problem_is_named_at_once(engine):
    problem = replace(
        read_map(TOWN),
        x_m=np.zeros(3),
        min_households=600,
        weights={"colour": 1.0},
        locks=Locks(apart=((2, 2),), together=((0, 99),)),
    )
    with pytest.raises(ProblemError) as caught:
        run(problem, engine)
    assert set(caught.value.facts["faults"]) == {
        ("wrong_shape", "x_m"),
        ("bad_band", "min_households"),
        ("unknown_cost", "colour"),
        ("out_of_range", "together"),
        ("cell_apart_from_itself", "apart"),
    }


def test_an_unknown_engine_is_refused():
    with pytest.raises(ProblemError, match="unknown_engine"):
        run(read_map(TOWN), "oracle")

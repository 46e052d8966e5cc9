"""First answers: soon, by the rules, with a bound that holds, and never called proven without a proof."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimize.engines import Never, Params, solve
from optimize.first import place_new_cells, solve_first
from optimize.problem import Locks
from tests.optimize.oracle import make_problem
from tests.optimize.towns import draw_town

QUICK = settings(max_examples=15, deadline=None)


@QUICK
@given(st.integers(0, 10_000), st.booleans())
def test_the_bound_holds_and_proven_is_best(seed: int, with_start: bool) -> None:
    problem = draw_town(seed, 20, all_costs=True)
    start = np.arange(problem.n_cells) // 5 if with_start else None
    found, is_last = solve_first(problem, start, limit_s=0.2, stop=Never(), seed=1)
    best = solve(problem, Params(time_limit_s=None), stop=Never(), rng=np.random.default_rng(1))
    assert not found.proven or best.proven
    if best.proven and found.status != "relaxed":
        assert found.lower_bound <= best.objective * (1 + 1e-9)
        assert found.objective >= best.objective * (1 - 1e-9)
        assert not found.proven or found.objective == pytest.approx(best.objective)
    if is_last:
        np.testing.assert_array_equal(found.labels, best.labels)


def test_the_plan_that_was_there_is_the_beginning() -> None:
    problem = draw_town(3, 140)
    params = Params(engine="search", time_limit_s=3.0)
    before = solve(problem, params, stop=Never(), rng=np.random.default_rng(1))
    found, is_last = solve_first(problem, before.labels, limit_s=0.05, stop=Never(), seed=1)
    assert not is_last
    assert not found.proven
    assert found.objective <= before.objective * (1 + 1e-9)


def test_new_cells_join_their_smallest_neighbour() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (0, 4), (3, 5), (5, 6)]
    problem = make_problem([10, 10, 90, 90, 5, 5, 5], edges)
    placed = place_new_cells(problem, np.array([0, 0, 1, 1, -1, -1, -1]))
    assert placed.tolist() == [0, 0, 1, 1, 0, 1, 1]
    assert (place_new_cells(problem, np.full(7, -1)) == 0).all()


def test_a_number_of_grids_asked_for_is_kept() -> None:
    problem = draw_town(2, 30, locks=Locks(n_grids=5))
    found, _ = solve_first(problem, np.arange(30) // 5, limit_s=0.3, stop=Never(), seed=1)
    assert found.status == "relaxed" or int(found.labels.max()) + 1 == 5

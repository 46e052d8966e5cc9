"""The best plan of another number of grids agrees with listing every plan there is."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.engines import Never, Params
from optimize.other_counts import plan_with
from optimize.prepared import prepare
from optimize.problem import Locks
from optimize.verify import find_contradictions
from tests.optimize.oracle import plan_cost, plans_that_hold, read_map

SQUARE = """
60 90 70
80 60 90
70 80 60
"""
BAND = {"min_households": 120, "max_households": 340, "weights": {"boundary": 1.0, "target_size": 0.5}}


@pytest.mark.parametrize("locks", [Locks(), Locks(together=((0, 8),)), Locks(apart=((4, 5), (4, 3)))])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_it_is_the_best_of_all_plans_of_so_many_grids(locks: Locks, count: int) -> None:
    problem = read_map(SQUARE, **BAND, locks=locks)
    rng = np.random.default_rng(0)
    prepared = prepare(replace(problem, locks=Locks()), Params(), stop=Never(), rng=rng)
    found = plan_with(prepared, problem, count, stop=Never())
    costs = [
        plan_cost(problem, plan)
        for plan in plans_that_hold(replace(problem, locks=replace(locks, n_grids=count)))
    ]
    if not costs:
        assert found is None
        return
    assert found is not None
    wanted = replace(problem, locks=replace(locks, n_grids=count))
    assert find_contradictions(wanted, found) == ()
    assert found.objective == pytest.approx(min(costs))
    assert found.proven

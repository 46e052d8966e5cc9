"""Bounds of parts too wide for a diagram: never above the best plan, at any moment of the search for them."""

import numpy as np
import pytest

from optimize import auto, pricing_ground
from optimize.engines import Params, solve
from optimize.stop import Never
from optimize.verify import find_contradictions
from tests.optimize.oracle import plan_cost, plans_that_hold, random_problem


class AfterQuestions:
    """Stop at the nth question."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.fixture(autouse=True)
def all_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every part for one that is too wide."""
    monkeypatch.setattr(auto, "_WIDE", 0)
    monkeypatch.setattr(pricing_ground, "lay_ground", lambda *_: None)


@pytest.mark.parametrize("questions", [None, 25])
def test_no_bound_is_above_the_best_plan(questions: int | None) -> None:
    bounded = proven = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, n_cells=int(rng.integers(5, 11)))
        best = min((plan_cost(problem, plan) for plan in plans_that_hold(problem)), default=None)
        if best is None:
            continue
        stop = Never() if questions is None else AfterQuestions(questions)
        result = solve(problem, Params(max_groups=0), stop=stop, rng=np.random.default_rng(seed))
        assert find_contradictions(problem, result) == ()
        if result.status in ("optimal", "feasible"):
            slack = 1e-6 * (1 + abs(best))
            assert result.lower_bound <= best + slack <= result.objective + 2 * slack
            assert not result.proven or result.objective <= best + slack
            bounded += result.lower_bound > 0
            proven += result.proven
    assert bounded > 5

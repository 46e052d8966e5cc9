"""The default engine searches only what cannot be listed; and the checker that all engines must pass."""

from dataclasses import replace

import numpy as np
import pytest

import optimize.columns
import optimize.exact
from optimize.checks import lay_out
from optimize.costs import total_cost
from optimize.engines import Never, Params, solve
from optimize.groups import Groups
from optimize.part import restrict
from optimize.parts import PartPlan
from optimize.problem import Locks
from optimize.stop import AnyOf
from optimize.verify import find_contradictions, find_violations, order_labels
from tests.optimize.oracle import plan_cost, plans_that_hold, random_problem, read_map

SQUARE = "100 100 100 100\n" * 4


def run(problem, **options):
    return solve(problem, Params(**options), stop=Never(), rng=np.random.default_rng(0))


def test_what_can_be_listed_is_proven():
    result = run(read_map(SQUARE))
    assert result.stats.engine == "exact"
    assert result.proven


def test_what_cannot_be_listed_is_searched():
    problem = read_map(SQUARE)
    result = run(problem, max_groups=5)
    assert result.stats.engine == "search"
    assert result.stats.truncated
    assert result.status in {"feasible", "optimal"}
    assert result.objective == pytest.approx(3200)
    codes = {reason.code for reason in result.reasons}
    # A slow machine may run out of time besides.
    assert result.proven or "too_many_groups" in codes <= {"too_many_groups", "time_limit"}
    assert result.lower_bound <= 3200


def test_parts_are_searched_one_by_one():
    """The oversize cell cuts a row in two; the long end is searched, the short end stays proven."""
    town = "200 200 900 " + " ".join(["100"] * 12)
    problem = read_map(town)
    result = run(problem, max_groups=3)
    assert find_contradictions(problem, result) == ()
    assert {v.code for v in result.violations} == {"above_maximum"}
    assert result.lower_bound <= result.objective


def test_random_communities_with_tiny_listings():
    rng = np.random.default_rng(3)
    for _ in range(12):
        problem = random_problem(rng)
        result = run(problem, max_groups=2, time_limit_s=5.0)
        assert find_contradictions(problem, result) == ()
        plans = plans_that_hold(problem)
        if plans and result.status != "relaxed":
            assert result.lower_bound <= min(plan_cost(problem, plan) for plan in plans) * (1 + 1e-6)


def test_a_part_alone_costs_the_same_but_for_a_constant():
    rng = np.random.default_rng(4)
    for _ in range(50):
        problem = replace(random_problem(rng, locks=False), today_idx=np.full(20, -1)[:0])
        problem = replace(problem, today_idx=np.full(problem.n_cells, -1))
        cells = tuple(sorted(rng.choice(problem.n_cells, problem.n_cells // 2 + 1, replace=False).tolist()))
        part = restrict(problem, cells, None)
        differences = []
        for _ in range(3):
            labels = order_labels(rng.integers(0, 3, part.n_cells))
            inside = Groups.from_labels(labels, part.households)
            sets = [[cells[at] for at in np.flatnonzero(labels == grid)] for grid in range(labels.max() + 1)]
            outside = Groups.from_sets(sets, problem.households)
            differences.append(total_cost(problem, outside).sum() - total_cost(part, inside).sum())
        assert differences == pytest.approx([differences[0]] * 3, rel=1e-9, abs=1e-6)


def lie(result, **changes):
    return replace(result, **changes)


def test_the_checker_catches_every_kind_of_lie():
    problem = read_map(SQUARE)
    truth = run(problem)
    assert find_contradictions(problem, truth) == ()
    lies = {
        "objective": {"objective": truth.objective * 0.9},
        "bound": {"lower_bound": truth.objective * 1.1},
        "gap": {"gap": -0.1},
        "labels_order": {"labels": truth.labels.max() - truth.labels},
        "costs": {"costs": {name: values + 1 for name, values in truth.costs.items()}},
        "proven": {"status": "feasible"},
        "status": {"proven": False},
    }
    for name, changes in lies.items():
        assert name in find_contradictions(problem, lie(truth, **changes)), name
    one_grid = lie(truth, labels=np.zeros(16, np.int64))
    assert "violations" in find_contradictions(problem, one_grid)


@pytest.mark.parametrize(
    ("labels", "locks", "codes"),
    [
        ([0, 0, 0, 0, 1, 1, 1, 1], Locks(), set()),
        ([0, 0, 0, 0, 1, 1, 1, -1], Locks(), {"unassigned"}),
        ([0, 0, 0, 1, 1, 1, 1, 0], Locks(), {"not_contiguous"}),
        ([0, 0, 1, 1, 1, 1, 1, 1], Locks(), {"below_minimum", "above_maximum"}),
        ([0, 0, 0, 0, 1, 1, 1, 1], Locks(together=((3, 4),)), {"lock_broken"}),
        ([0, 0, 0, 0, 1, 1, 1, 1], Locks(apart=((0, 3),)), {"lock_broken"}),
        ([0, 0, 0, 0, 1, 1, 1, 1], Locks(whole=(frozenset({0, 1}),)), {"lock_broken"}),
        ([0, 0, 0, 0, 1, 1, 1, 1], Locks(n_grids=3), {"n_grids"}),
    ],
)
def test_every_broken_rule_is_found(labels, locks, codes):
    problem = read_map("100 100 100 100 100 100 100 100", locks=locks)
    assert {v.code for v in find_violations(problem, np.array(labels))} == codes


def test_a_stop_is_heard_while_listing():
    """A big community lists for seconds; a stop after a few questions ends it at once."""
    problem = read_map("20 20 20 20 20 20 20 20 20 20\n" * 10)

    result = solve(
        problem, Params(engine="exact", time_limit_s=0.5), stop=Never(), rng=np.random.default_rng(0)
    )
    assert result.status == "none"
    assert {reason.code for reason in result.reasons} <= {"time_limit", "too_many_groups"}
    assert lay_out(problem).parts[0].total == 2000


def test_a_proof_that_runs_out_of_time_leaves_a_plan_to_the_search(monkeypatch):
    """The clock used to end the proof and the run: a community that could be planned got no plan at all."""
    patience = []

    def give_up(_problem, _units, _params, stop, _n_grids):
        patience.append(stop)
        return PartPlan(outcome="unknown", bound=3000.0)

    monkeypatch.setattr(optimize.exact, "solve_part", give_up)
    monkeypatch.setattr(optimize.columns, "prove_part", lambda *_: PartPlan(outcome="unknown"))
    problem = read_map(SQUARE)
    result = run(problem, time_limit_s=20.0)
    assert find_contradictions(problem, result) == ()
    assert result.status == "feasible"
    assert result.lower_bound >= 3000.0  # what the proof knew is kept
    assert "time_limit" in [reason.code for reason in result.reasons]
    assert isinstance(patience[0], AnyOf)

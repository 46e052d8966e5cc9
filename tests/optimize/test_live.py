"""Live answers on prepared communities: against every plan there is, and through chains of edits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import optimize.live
from optimize.costs import total_cost
from optimize.engines import Never, Params
from optimize.groups import Groups
from optimize.live import complete, price_edit
from optimize.prepared import prepare
from optimize.problem import Locks
from optimize.question import ask
from optimize.verify import breaks_rules, find_contradictions, find_violations
from tests.optimize.oracle import METRES, plan_cost, plans_that_hold, random_problem, read_map


def prepared(problem, **options):
    return prepare(problem, Params(**options), stop=Never(), rng=np.random.default_rng(0))


def draw_locks(rng, problem):
    return random_problem(rng, n_cells=problem.n_cells).locks


def check(problem, result):
    """Compare with every plan there is; tell whether there is one."""
    assert find_contradictions(problem, result) == ()
    plans = plans_that_hold(problem)
    if not plans:
        assert not result.proven
        assert breaks_rules(result.violations)
        return False
    best = min(plan_cost(problem, plan) for plan in plans)
    assert result.proven, (result.status, result.reasons)
    assert result.objective == pytest.approx(best, rel=1e-6)
    return True


@pytest.mark.parametrize("batch", range(6))
def test_one_preparation_answers_all_locks_and_weights(batch):
    rng = np.random.default_rng(batch)
    solvable = asked = from_pool = 0
    for _ in range(12):
        problem = random_problem(rng, locks=False)
        ready = prepared(problem)
        for _ in range(5):
            weights = {name: float(rng.choice([0.0, 0.5, 2.0])) for name in METRES} | {"boundary": 1.0}
            wanted = replace(problem, locks=draw_locks(rng, problem), weights=weights)
            asked += 1
            from_pool += ask(ready, wanted) is not None
            solvable += check(wanted, complete(ready, wanted.locks, weights, stop=Never()))
    assert solvable >= 3
    assert from_pool > asked / 6  # the pool answers, not the engine behind it


@pytest.mark.parametrize("near", [1, 3])
def test_looking_at_few_groups_first_misses_nothing(near, monkeypatch):
    monkeypatch.setattr("optimize.prepared._NEAR", near)
    rng = np.random.default_rng(near)
    solvable = 0
    for _ in range(60):
        problem = random_problem(rng, locks=False)
        locked = replace(problem, locks=draw_locks(rng, problem))
        solvable += check(locked, complete(prepared(problem), locked.locks, locked.weights, stop=Never()))
    assert solvable > 10


SQUARE = """
100 100 100 100
100 100 100 100
100 100 100 100
"""


def test_locks_of_every_kind_are_answered_from_the_pool(monkeypatch):
    def refuse(*_rest, **_options):
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(optimize.live, "solve", refuse)
    problem = read_map(SQUARE)
    ready = prepared(problem)
    for locks in (
        Locks(),
        Locks(together=((0, 1),)),
        Locks(together=((0, 6),)),
        Locks(apart=((0, 1),)),
        Locks(whole=(frozenset({0, 1, 2}),)),
        Locks(n_grids=4),
        Locks(whole=(frozenset({0, 1, 2, 3}),), apart=((4, 7),), together=((5, 9),), n_grids=3),
    ):
        result = complete(ready, locks, problem.weights, stop=Never())
        assert result.proven, locks
        check(replace(problem, locks=locks), result)


def test_a_number_of_grids_that_cannot_be_gives_the_nearest_and_says_so():
    problem = read_map(SQUARE)
    result = complete(prepared(problem), Locks(n_grids=7), problem.weights, stop=Never())
    assert result.status == "relaxed"
    assert result.labels.max() + 1 == 4
    assert [(reason.code, reason.facts["nearest"]) for reason in result.reasons] == [("locks_conflict", 4)]


def test_a_locked_grid_outside_the_band_is_kept():
    problem = read_map(SQUARE)
    locks = Locks(whole=(frozenset({0, 1}),))
    result = complete(prepared(problem), locks, problem.weights, stop=Never())
    assert result.labels[0] == result.labels[1]
    assert np.count_nonzero(result.labels == result.labels[0]) == 2
    assert find_contradictions(replace(problem, locks=locks), result) == ()


def test_what_cannot_be_listed_is_answered_all_the_same():
    problem = read_map(SQUARE)
    ready = prepared(problem, max_groups=3, time_limit_s=5.0)
    assert not ready.complete
    locks = Locks(apart=((0, 1),))
    result = complete(ready, locks, problem.weights, stop=Never())
    assert result.status in {"optimal", "feasible"}
    assert find_contradictions(replace(problem, locks=locks), result) == ()


def test_stopped_at_once_nothing_is_proven_too_much():
    rng = np.random.default_rng(5)
    for _ in range(30):
        problem = random_problem(rng, locks=False)
        ready = prepared(problem)
        locked = replace(problem, locks=draw_locks(rng, problem))
        left = [int(rng.integers(0, 6))]

        def stop(left=left):
            left[0] -= 1
            return left[0] < 0

        try:
            result = complete(ready, locked.locks, locked.weights, stop=stop)
        except optimize.errors.Cancelled:
            continue
        assert find_contradictions(locked, result) == ()
        plans = plans_that_hold(locked)
        if result.proven:
            assert result.objective == pytest.approx(min(plan_cost(locked, p) for p in plans), rel=1e-6)
        elif plans and not breaks_rules(result.violations):
            assert result.lower_bound <= min(plan_cost(locked, p) for p in plans) * (1 + 1e-9)


def test_the_price_of_an_edit():
    problem = read_map(SQUARE, weights={"boundary": 1.0, "target_size": 1.0})
    ready = prepared(problem)
    best = complete(ready, Locks(), problem.weights, stop=Never())
    same = price_edit(ready, best.labels, Locks(), problem.weights, stop=Never())
    assert same.extra == pytest.approx(0.0, abs=1e-9)
    assert same.violations == ()
    rows = np.repeat([0, 1, 2], 4)  # one grid a row: long borders
    price = price_edit(ready, rows, Locks(), problem.weights, stop=Never())
    assert price.violations == ()
    assert price.extra > 0
    assert price.at_most == price.extra  # the best plan is proven
    assert price.objective == pytest.approx(best.objective * (1 + price.extra))
    assert sum(price.by_cost_m.values()) == pytest.approx(price.objective - best.objective)
    locked = price_edit(ready, rows, Locks(whole=(frozenset(range(4)),)), problem.weights, stop=Never())
    assert 0 <= locked.extra <= locked.extra_free == pytest.approx(price.extra)


def test_the_price_of_an_edit_names_the_rules_it_breaks():
    problem = read_map(SQUARE)
    ready = prepared(problem)
    labels = np.array([0] * 7 + [1, 1, 2, 2, 2])
    price = price_edit(ready, labels, Locks(together=((0, 11),)), problem.weights, stop=Never())
    assert {v.code for v in price.violations} == {
        "above_maximum",
        "below_minimum",
        "lock_broken",
        "not_contiguous",
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(["lock", "free", "edit", "weigh"]), max_size=6)
)
def test_any_sequence_of_steps_keeps_every_rule_or_reports_it(seed, steps):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, locks=False)
    ready = prepared(problem)
    locks, weights = Locks(), problem.weights
    labels = complete(ready, locks, weights, stop=Never()).labels
    for step in steps:
        if step == "lock":
            locks = draw_locks(rng, problem)
        elif step == "free":
            locks = Locks()
        elif step == "weigh":
            weights = {"boundary": 1.0, "target_size": float(rng.choice([0.0, 2.0]))}
        else:
            labels = labels.copy()
            labels[rng.integers(problem.n_cells)] = rng.integers(-1, labels.max() + 2)
        asked = replace(problem, locks=locks, weights=weights)
        price = price_edit(ready, labels, locks, weights, stop=Never())
        assert find_contradictions(asked, price.best) == ()
        assert price.best.proven or price.best.reasons
        violations = find_violations(asked, price_labels(labels))
        assert {(v.code, v.grid) for v in price.violations} == {(v.code, v.grid) for v in violations}
        groups = Groups.from_labels(price_labels(labels), problem.households)
        assert price.objective == pytest.approx(float(total_cost(asked, groups).sum()))
        if price.extra is not None and not breaks_rules(price.violations):
            assert price.extra >= -1e-6


def price_labels(labels):
    """Number grids 0, 1, … in the order of their first cell, by another way than the code's own."""
    names = list(dict.fromkeys(label for label in labels.tolist() if label >= 0))
    return np.array([names.index(label) if label >= 0 else -1 for label in labels.tolist()])

"""Alternatives: all different, none dominated, each the best under its own weights."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.alternatives import LEAST_DIFFERENT, OWN, PRESETS, count_apart, dominates, find_alternatives
from optimize.engines import Never, Params
from optimize.errors import Cancelled
from optimize.verify import breaks_rules, find_contradictions
from tests.optimize.oracle import plan_cost, plans_that_hold, random_problem, read_map

BLOCK = """
60 90 70 80 60
80 60 90 70 90
70 80 60 90 60
90 70 80 60 80
"""


def find(problem, **options):
    return find_alternatives(problem, Params(**options), stop=Never(), rng=np.random.default_rng(0))


def block(**changes):
    plain = {
        "today_idx": np.repeat([0, 1, 2, 3], 5),
        "compound_idx": np.array([0, 0, -1, 1, 1] * 4),
        "weights": {"boundary": 1.0, "target_size": 1.0},
    }
    return read_map(BLOCK, **(plain | changes))


def test_every_wish_gets_its_best_plan_and_none_is_dominated():
    found = find(block())
    assert 3 <= len(found) <= 6
    assert found[0].presets[0] == OWN
    assert found[0].apart_hh == 0
    named = [name for item in found for name in item.presets]
    assert len(named) == len(set(named))
    assert set(named) <= {OWN, *PRESETS, "other_1", "other_2"}
    concerned = {name for item in found for name in item.weights}
    for item in found:
        assert find_contradictions(replace(block(), weights=item.weights), item.result) == ()
        assert item.result.proven == (item.best_apart is None)
        assert not breaks_rules(item.result.violations)
        wished = [other for other in found if other.best_apart is None and other is not item]
        if item.best_apart is None:
            assert not any(dominates(other.totals, item.totals, sorted(concerned)) for other in wished)
    stable = next(item for item in found if "stable" in item.presets)
    assert stable.totals["moved"] == min(item.totals["moved"] for item in found)


def test_plans_are_best_under_their_own_weights_by_trying_all():
    rng = np.random.default_rng(2)
    tried = 0
    while tried < 15:
        problem = random_problem(rng)
        plans = plans_that_hold(problem)
        if not plans:
            continue
        tried += 1
        for item in find(problem):
            asked = replace(problem, weights=item.weights)
            least = min(plan_cost(asked, plan) for plan in plans)
            if item.best_apart is None:
                assert item.result.proven
                assert item.result.objective == pytest.approx(least, rel=1e-6)
            else:
                assert item.result.lower_bound <= least * (1 + 1e-6) <= item.result.objective * (1 + 2e-6)


def test_plans_added_to_make_three_differ_enough_and_are_the_cheapest_that_do():
    rng = np.random.default_rng(6)
    seen = 0
    while seen < 8:
        problem = random_problem(rng, locks=False, n_cells=9)
        plans = plans_that_hold(problem)
        if len(plans) < 4:
            continue
        found = find(problem)
        for at, item in enumerate(found):
            if item.best_apart is None:
                continue
            seen += 1
            least = LEAST_DIFFERENT * problem.households.sum()
            before = [other.result.labels for other in found[:at]]
            assert all(count_apart(problem, item.result.labels, labels) >= least for labels in before)
            costs = [
                plan_cost(problem, plan)
                for plan in plans
                if all(count_apart(problem, as_labels(problem, plan), labels) >= least for labels in before)
            ]
            assert item.best_apart
            assert item.result.objective == pytest.approx(min(costs), rel=1e-6)


def as_labels(problem, plan):
    labels = np.zeros(problem.n_cells, np.int64)
    for grid, cells in enumerate(plan):
        labels[sorted(cells)] = grid
    return labels


def test_wishes_that_mean_nothing_here_are_left_out():
    nowhere = np.full(20, -1, np.int64)
    named = [name for item in find(block(today_idx=nowhere, compound_idx=nowhere)) for name in item.presets]
    assert not {"stable", "whole_compounds"} & set(named)


def test_the_same_seed_gives_the_same_plans():
    first, second = find(block()), find(block())
    assert [item.presets for item in first] == [item.presets for item in second]
    assert all(np.array_equal(a.result.labels, b.result.labels) for a, b in zip(first, second, strict=True))


def test_what_cannot_be_listed_is_searched_and_says_so():
    found = find(block(), max_groups=5, time_limit_s=3.0)
    assert found
    for item in found:
        assert find_contradictions(replace(block(), weights=item.weights), item.result) == ()
        assert item.best_apart is None


def test_stopped_at_once_what_is_there_is_true():
    for after in range(4):
        left = [after]

        def stop(left=left):
            left[0] -= 1
            return left[0] < 0

        try:
            found = find_alternatives(block(), Params(), stop=stop, rng=np.random.default_rng(0))
        except Cancelled:
            continue
        assert found
        for item in found:
            assert find_contradictions(replace(block(), weights=item.weights), item.result) == ()

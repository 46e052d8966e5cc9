"""Bounds under lower costs: planes never exceed Polsby-Popper, and no bound exceeds the true optimum."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.columns import improve_part, prove_part
from optimize.costs import COSTS, total_cost
from optimize.engines import Never, Params
from optimize.groups import Groups
from optimize.parts import list_pool, solve_part
from optimize.pricing import Pricing
from optimize.pricing_bend import bend_for
from optimize.pricing_duals import Duals
from optimize.pricing_sums import Bend, planes_kernel
from optimize.units import join_dead_ends
from tests.optimize.oracle import plan_cost, random_problem
from tests.optimize.test_columns import AfterCalls, parts_of, some_plan, weigh
from tests.optimize.towns import draw_town


def draw_bend(rng, scale):
    most = np.sort(rng.uniform(0.3, 2.0, int(rng.integers(1, 5)))) * scale
    return Bend(tuple((most * rng.uniform(0.3, 1.0, len(most))).tolist()), tuple(most.tolist()))


def test_planes_never_exceed_the_polsby_popper_cost():
    rng = np.random.default_rng(0)
    for _ in range(400):
        bend = np.array(draw_bend(rng, 1000.0))
        area, outline = rng.uniform(0, 400_000, 50), rng.uniform(1, 3000, 50)
        area[:10] = outline[:10] ** 2 / (4 * np.pi)  # discs, where the cost begins
        for a, p in zip(area.tolist(), outline.tolist(), strict=True):
            assert planes_kernel(bend, a, p) <= max(0.0, 1 - 4 * np.pi * a / p**2) + 1e-9


def test_lower_costs_never_exceed_the_full_costs():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        problem = weigh(random_problem(rng, n_cells=9, locks=False), rng, COSTS)
        for part, _ in parts_of(problem):
            listed = list_pool(problem, part, (1, 10**6), Params(), Never())
            groups = listed.pool.groups
            pricing = Pricing.build(problem, listed.units, draw_bend(rng, 1500.0))
            lower = pricing.cost(groups)
            cells = listed.units.expand(groups)
            for at in rng.choice(len(groups), min(20, len(groups)), replace=False).tolist():
                group = frozenset(cells.cells(at).tolist())
                assert lower[at] <= _cost_of(problem, group) + 1e-6


def _cost_of(problem, group):
    return float(total_cost(problem, Groups.from_sets([sorted(group)], problem.households))[0])


@pytest.mark.parametrize("seed", range(12))
def test_listing_under_lower_costs_finds_every_group_within_reach(seed):
    rng = np.random.default_rng(seed)
    town = draw_town(seed, 16, mean=100, min_households=200, max_households=400)
    problem = weigh(town, rng, COSTS)
    for part, _ in parts_of(problem):
        units = join_dead_ends(part, 200)
        groups = list_pool(problem, part, (200, 400), Params(), Never()).pool.groups
        pricing = Pricing.build(problem, units, draw_bend(rng, 1500.0))
        cost = pricing.cost(groups)
        cuts = np.array([rng.choice(len(units), 3, replace=False) for _ in range(6)], np.int64)
        dual = rng.uniform(0, 2 * cost.mean() / 4, len(units))
        duals = Duals(unit=dual, grid=50.0, cuts=cuts, cut_price=rng.uniform(0, 300, 6))
        reduced = duals.reduce(groups, cost)
        reach = float(np.median(reduced))
        wanted = {frozenset(groups.cells(at).tolist()) for at in np.flatnonzero(reduced < reach - 1e-6)}
        found = pricing.list_within(duals, reach, Never(), max_nodes=10**7, max_groups=10**6)
        assert found.complete
        assert wanted <= {frozenset(found.groups.cells(at).tolist()) for at in range(len(found.groups))}


def test_bounds_under_lower_costs_hold_on_small_communities_with_locks():
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        problem = weigh(random_problem(rng, n_cells=int(rng.integers(4, 13))), rng, COSTS)
        for part, n_grids in parts_of(problem):
            exact = solve_part(problem, part, Params(), Never(), n_grids)
            start = some_plan(problem, part, n_grids)
            bend = bend_for(problem, start) if seed % 2 else draw_bend(rng, 1000.0)
            stop = AfterCalls(int(rng.integers(0, 40))) if seed % 4 == 0 else Never()
            found = prove_part(problem, part, start, stop, n_grids, bend)
            if exact.outcome == "best" and found.grids:
                assert found.bound <= exact.bound + 2e-6 * abs(exact.bound) + 1e-6
                held += found.bound > 0
    assert held > 40


def test_walks_alone_improve_a_plan_and_keep_its_cells():
    town = draw_town(4, 24, mean=100, min_households=250, max_households=450, all_costs=True)
    for part, n_grids in parts_of(town):
        start = some_plan(town, part, n_grids)
        found = improve_part(town, part, start, Never(), n_grids)
        costs = [
            float(total_cost(town, Groups.from_sets(grids, town.households)).sum())
            for grids in (start, found.grids)
        ]
        assert costs[1] <= costs[0] + 1e-6
        assert sorted(cell for grid in found.grids for cell in grid) == list(part.all_cells())
        assert found.outcome == "some"
        assert plan_cost(replace(town, weights={}), [frozenset(grid) for grid in found.grids]) == 0

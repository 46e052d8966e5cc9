"""Proof beyond listing: it agrees with the exact engine where that can list, and never claims too much."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.checks import explain_part, lay_out
from optimize.columns import prove_part
from optimize.costs import COSTS, total_cost
from optimize.engines import Never, Params, solve
from optimize.groups import Groups
from optimize.parts import list_pool, solve_part
from optimize.pricing import Pricing
from optimize.pricing_duals import Duals, no_marks
from optimize.pricing_ground import lay_ground
from optimize.units import join_dead_ends
from optimize.verify import find_contradictions
from tests.optimize.oracle import random_problem
from tests.optimize.towns import draw_town

LINEAR = ("boundary", "main_roads_crossed", "compound_splits", "moved", "target_size", "residents_off")


class AfterCalls:
    """Stop at the n-th question."""

    def __init__(self, calls):
        self.left = calls

    def __call__(self):
        self.left -= 1
        return self.left < 0


def weigh(problem, rng, names):
    return replace(problem, weights={name: float(rng.choice([0.0, 0.5, 1.0, 3.0])) for name in names})


def parts_of(problem):
    layout = lay_out(problem)
    n_grids = problem.locks.n_grids if len(layout.parts) == 1 and not layout.fixed else None
    return [(part, n_grids) for part in layout.parts if explain_part(problem, part) is None]


def some_plan(problem, part, n_grids):
    """Give a plan that keeps every rule and is best for other borders."""
    borders = np.random.default_rng(len(problem.edges)).uniform(20, 150, len(problem.edges))
    other = replace(problem, weights={"boundary": 1.0}, border_m=borders)
    return solve_part(other, part, Params(), Never(), n_grids).grids


def unmarked(units):
    return {"marks": no_marks(len(units)), "mark_price": np.zeros(0)}


def check_claims(problem, part, n_grids, found):
    """Hold a proof against the exact engine."""
    exact = solve_part(problem, part, Params(), Never(), n_grids)
    if exact.outcome == "impossible":
        assert found.outcome == "unknown"
        return exact.outcome, found.outcome
    assert exact.outcome == "best"
    assert found.outcome != "impossible"
    noise = 2e-6 * abs(exact.bound) + 1e-6
    if not found.grids:
        return exact.outcome, found.outcome
    assert found.bound <= exact.bound + noise
    cost = float(total_cost(problem, Groups.from_sets(found.grids, problem.households)).sum())
    assert cost >= exact.bound - noise
    assert sorted(cell for grid in found.grids for cell in grid) == list(part.all_cells())
    if found.outcome == "best":
        assert cost <= exact.bound + noise
    return exact.outcome, found.outcome


@pytest.mark.parametrize("on_ground", [False, True], ids=["cuts", "diagram"])
def test_agrees_with_the_exact_engine_on_small_communities_with_locks(on_ground):
    proven = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        problem = weigh(random_problem(rng, n_cells=int(rng.integers(4, 13))), rng, COSTS)
        for part, n_grids in parts_of(problem):
            start = some_plan(problem, part, n_grids) if seed % 3 else ()
            ground = lay_ground(problem, part) if on_ground else None
            found = prove_part(problem, part, start, Never(), n_grids, ground)
            proven += check_claims(problem, part, n_grids, found) == ("best", "best")
    assert proven > 50


@pytest.mark.parametrize("on_ground", [False, True], ids=["cuts", "diagram"])
@pytest.mark.parametrize("seed", range(24))
def test_proves_towns_that_can_be_listed(seed, on_ground):
    rng = np.random.default_rng(seed)
    town = draw_town(seed, int(rng.integers(14, 28)), mean=100, min_households=250, max_households=450)
    problem = weigh(town, rng, LINEAR)
    problem = replace(problem, heavy=rng.random(len(problem.edges)) < 0.2)
    for part, n_grids in parts_of(problem):
        ground = lay_ground(problem, part) if on_ground else None
        found = prove_part(problem, part, some_plan(problem, part, n_grids), Never(), n_grids, ground)
        assert check_claims(problem, part, n_grids, found) in {("best", "best"), ("impossible", "unknown")}


@pytest.mark.parametrize("calls", [0, 1, 3, 10, 30, 100, 300])
@pytest.mark.parametrize("on_ground", [False, True], ids=["cuts", "diagram"])
def test_stopped_at_any_moment_its_claims_hold(calls, on_ground):
    for seed in range(8):
        problem = draw_town(seed, 22, mean=100, min_households=250, max_households=450)
        for part, n_grids in parts_of(problem):
            start = some_plan(problem, part, n_grids)
            ground = lay_ground(problem, part) if on_ground else None
            found = prove_part(problem, part, start, AfterCalls(calls), n_grids, ground)
            assert bool(found.grids) or not start
            check_claims(problem, part, n_grids, found)


@pytest.mark.parametrize("names", [LINEAR, tuple(COSTS)], ids=["linear", "all"])
@pytest.mark.parametrize("seed", range(12))
def test_pricing_lists_every_group_within_reach(seed, names):
    rng = np.random.default_rng(seed)
    town = draw_town(seed, 16, mean=100, min_households=200, max_households=400)
    problem = weigh(replace(town, heavy=rng.random(len(town.edges)) < 0.3), rng, names)
    for part, _ in parts_of(problem):
        listed = list_pool(problem, part, (200, 400), Params(), Never())
        units = join_dead_ends(part, 200)
        assert units.cells == listed.units.cells
        cuts = np.array([rng.choice(len(units), 3, replace=False) for _ in range(6)], np.int64)
        dual = rng.uniform(0, 2 * listed.pool.cost.mean() / 4, len(units))
        duals = Duals(unit=dual, grid=50.0, cuts=cuts, cut_price=rng.uniform(0, 300, 6), **unmarked(units))
        reduced = duals.reduce(listed.pool.groups, listed.pool.cost)
        reach = float(np.median(reduced))
        wanted = {
            frozenset(listed.pool.groups.cells(at).tolist()) for at in np.flatnonzero(reduced < reach - 1e-6)
        }
        limits = {"max_nodes": 10**7, "max_groups": 10**6}
        found = Pricing.build(problem, units, 4).list_within(duals, reach, Never(), **limits)
        assert found.complete
        # The listing of the exact engine leaves out groups whose rest cannot be divided; pricing may not.
        assert wanted <= {frozenset(found.groups.cells(at).tolist()) for at in range(len(found.groups))}
        assert np.allclose(found.reduced, duals.reduce(found.groups, found.cost))


def test_a_listing_that_is_cut_off_says_so():
    problem = draw_town(1, 40, mean=60, min_households=250, max_households=450)
    part, _ = parts_of(problem)[0]
    units = join_dead_ends(part, 250)
    none = np.zeros((0, 3), np.int64)
    duals = Duals(unit=np.zeros(len(units)), grid=0.0, cuts=none, cut_price=np.zeros(0), **unmarked(units))
    pricing = Pricing.build(problem, units, 5)
    for limits in ({"max_nodes": 3000, "max_groups": 10**6}, {"max_nodes": 10**6, "max_groups": 5}):
        assert not pricing.list_within(duals, 1e6, Never(), **limits).complete
    assert not pricing.list_within(duals, 1e6, lambda: True, max_nodes=10**6, max_groups=10**6).complete


def test_floors_never_exceed_costs():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        town = draw_town(seed, 14, mean=100, min_households=200, max_households=400)
        problem = weigh(replace(town, heavy=rng.random(len(town.edges)) < 0.3), rng, COSTS)
        for part, _ in parts_of(problem):
            units = join_dead_ends(part, 200)
            pricing = Pricing.build(problem, units, int(rng.integers(1, 6)))
            groups = list_pool(problem, part, (200, 400), Params(), Never()).pool.groups
            for at, cost in enumerate(pricing.cost(groups).tolist()):
                assert floor_of(pricing.floors, units.households, groups.cells(at)) <= cost + 1e-6 * max(
                    1.0, abs(cost)
                )


def floor_of(floors, households, inside):
    held = np.isin(floors.pairs, inside).sum(axis=1)
    teams = np.unique(floors.team_of[np.isin(floors.team_units, inside)])
    size = int(households[inside].sum())
    alone = floors.alone[inside].sum() + floors.variants[:, inside].sum(axis=1).min()
    return alone + floors.length[held == 1].sum() + floors.team_price[teams].sum() + floors.by_size[size]


def test_engine_gives_the_same_plan_for_the_same_seed_and_matches_exact():
    problem = draw_town(3, 34, mean=80, min_households=300, max_households=500)
    first, second = (
        solve(
            problem, Params(engine="columns", time_limit_s=None), stop=Never(), rng=np.random.default_rng(5)
        )
        for _ in range(2)
    )
    exact = solve(
        problem, Params(engine="exact", time_limit_s=None), stop=Never(), rng=np.random.default_rng(5)
    )
    assert (first.labels == second.labels).all()
    assert find_contradictions(problem, first) == ()
    assert first.proven
    assert exact.proven
    assert first.objective == pytest.approx(exact.objective, rel=2e-6)


def test_a_bound_for_some_costs_alone_proves_nothing_of_a_plan_that_pays_others():
    """Boundary is bounded sharply, compactness is not: what is best for the one may not be for both."""
    for seed in range(6):
        problem = draw_town(seed, 24, mean=100, min_households=250, max_households=450)
        problem = replace(problem, weights={"boundary": 1.0, "compactness": 3.0, "moved": 1.0})
        exact, columns = (
            solve(problem, Params(engine=name, time_limit_s=None), stop=Never(), rng=np.random.default_rng(1))
            for name in ("exact", "columns")
        )
        assert find_contradictions(problem, columns) == ()
        assert columns.lower_bound <= exact.objective * (1 + 2e-6)
        assert columns.objective >= exact.objective * (1 - 2e-6)
        assert not columns.proven or columns.objective == pytest.approx(exact.objective, rel=2e-6)

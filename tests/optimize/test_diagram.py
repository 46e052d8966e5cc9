"""Pricing by a diagram lists exactly the groups in reach, under any prices and locks, however it halves."""

from dataclasses import replace

import numpy as np
import pytest

import optimize.diagram_list as listing
from optimize.bitsets import bits
from optimize.checks import lay_out
from optimize.costs import COSTS
from optimize.diagram import DEAD, DONE
from optimize.engines import Never
from optimize.groups import Groups
from optimize.pricing import Pricing
from optimize.pricing_duals import Duals
from optimize.pricing_floors import SHARP
from optimize.pricing_ground import lay_ground, weigh_ground
from optimize.units import join_dead_ends
from tests.optimize.oracle import plans_that_hold, random_problem
from tests.optimize.towns import draw_town

NO_LIMITS = {"max_nodes": 10**9, "max_groups": 10**9}


def contiguous(units):
    """List every contiguous set of units by trying all of them, as bit sets."""
    found = []
    for mask in range(1, 1 << len(units)):
        reached = mask & -mask
        while True:
            more = reached
            for unit in bits(reached):
                more |= units.near[unit] & mask
            if more == reached:
                break
            reached = more
        if reached == mask:
            found.append(mask)
    return found


def usable(problem, units):
    """List the contiguous groups in the band that keep all locks."""
    sets = [
        list(bits(mask))
        for mask in contiguous(units)
        if not any(units.apart[unit] & mask for unit in bits(mask))
        and all(mask & tied in {0, tied} for tied in units.tied)
    ]
    groups = Groups.from_sets(sets, units.households)
    fits = (groups.households >= problem.min_households) & (groups.households <= problem.max_households)
    return groups.take(np.flatnonzero(fits))


def draw_duals(rng, units, marks, cost):
    scale = (float(cost.mean()) if len(cost) else 100.0) / len(units) * 2
    n_cuts = int(rng.integers(0, 3)) if len(units) >= 3 else 0
    sign = np.where(np.isfinite(marks.upper), -1.0, 1.0)
    return Duals(
        unit=rng.normal(1, 1, len(units)) * scale,
        grid=float(rng.normal() * scale),
        cuts=np.array([rng.choice(len(units), 3, replace=False) for _ in range(n_cuts)], np.int64).reshape(
            -1, 3
        ),
        cut_price=rng.uniform(0, 100, n_cuts),
        marks=marks,
        mark_price=sign * rng.uniform(0, 400, len(sign)) * (rng.random(len(sign)) < 0.7),
    )


def grounds(problem):
    for part in lay_out(problem).parts:
        units = join_dead_ends(part, problem.min_households)
        ground = lay_ground(problem, part)
        if not units.is_torn:
            assert ground is not None
            yield units, ground


def check_listing(problem, rng):
    """Compare what is listed with all there is, at several reaches; give how many listings were compared."""
    compared = 0
    for units, ground in grounds(problem):
        groups = usable(problem, units)
        pricing = Pricing.build(problem, units, 2, ground)
        duals = draw_duals(rng, units, pricing.marks, pricing.cost(groups))
        reduced = duals.reduce(groups, pricing.cost(groups))
        reaches = np.quantile(reduced, [0, 0.1, 0.5, 1]) if len(reduced) else [0.0, 1000.0]
        for reach in [float(reach) + 1e-6 * abs(float(reach)) for reach in reaches]:
            listed = pricing.list_within(duals, reach, Never(), **NO_LIMITS)
            assert listed.complete
            ours = {tuple(listed.groups.cells(at).tolist()) for at in range(len(listed.groups))}
            assert ours == {tuple(groups.cells(at).tolist()) for at in np.flatnonzero(reduced <= reach)}
            compared += 1
    return compared


@pytest.mark.parametrize("batch", range(4))
def test_lists_exactly_the_groups_in_reach(batch):
    rng = np.random.default_rng(batch)
    assert (
        sum(check_listing(random_problem(rng, n_cells=int(rng.integers(3, 11))), rng) for _ in range(40)) > 60
    )


@pytest.mark.parametrize(("few", "blunt"), [(1.0, 300.0), (10.0, 200.0)])
def test_halving_and_telling_sizes_apart_lose_nothing(monkeypatch, few, blunt):
    monkeypatch.setattr(listing, "_FEW_WAYS", few)
    monkeypatch.setattr(listing, "_BLUNT", blunt)
    rng = np.random.default_rng(int(blunt))
    compared = 0
    for seed in range(4):
        problem = random_problem(rng, n_cells=int(rng.integers(4, 7)))
        compared += check_listing(problem, rng)
        town = draw_town(seed, 8, mean=100, min_households=200, max_households=400, all_costs=True)
        compared += check_listing(replace(town, heavy=rng.random(len(town.edges)) < 0.3), rng)
    assert compared > 12


def test_a_bound_on_the_edge_of_the_reach_leaves_something_or_nothing_at_all(monkeypatch):
    """A part without states used to be looked at, beyond the end of its arrays."""
    tasks, left = [], []
    start, bound_from_below, look = listing._start, listing.raise_kernel, listing._raise

    def reach_the_bound(*args):
        found = bound_from_below(*args)
        if args[4] > 1:
            tasks[-1].reach = found[0]
        return found

    def note(*args):
        raised = look(*args)
        left.append(None if raised is None else len(raised[0].child))
        return raised

    monkeypatch.setattr(listing, "_start", lambda *args: tasks.append(start(*args)) or tasks[-1])
    monkeypatch.setattr(listing, "raise_kernel", reach_the_bound)
    monkeypatch.setattr(listing, "_raise", note)
    rng = np.random.default_rng(0)
    for _ in range(60):
        problem = random_problem(rng, n_cells=int(rng.integers(3, 8)))
        for units, ground in grounds(problem):
            pricing = Pricing.build(problem, units, 2, ground)
            duals = draw_duals(rng, units, pricing.marks, pricing.cost(usable(problem, units)))
            assert pricing.list_within(duals, 1e5, Never(), **NO_LIMITS).complete
    assert 0 not in left
    assert left.count(None) > 3


def test_ways_are_the_contiguous_sets():
    rng = np.random.default_rng(3)
    for _ in range(40):
        problem = random_problem(rng, n_cells=int(rng.integers(2, 10)))
        for units, ground in grounds(problem):
            child = ground.diagram.child
            ways = np.zeros(len(child), np.int64)
            for state in range(len(child) - 1, -1, -1):
                for to in child[state].tolist():
                    ways[state] += 1 if to == DONE else 0 if to == DEAD else ways[to]
            assert ways[0] == len(contiguous(units))


def test_every_plan_has_its_marks():
    """So rows for them cut off no plan."""
    rng = np.random.default_rng(5)
    marked = 0
    for _ in range(150):
        problem = random_problem(rng, n_cells=int(rng.integers(4, 9)))
        problem = replace(problem, weights=dict.fromkeys(COSTS, 1.0))
        plans = plans_that_hold(problem)
        for units, ground in grounds(problem):
            own = set().union(*units.cells)
            for plan in plans[:20]:
                groups = [
                    [at for at, cells in enumerate(units.cells) if set(cells) <= grid]
                    for grid in plan
                    if grid <= own
                ]
                count = ground.marks.find(Groups.from_sets(groups, units.households)).sum(axis=0)
                assert (count >= ground.marks.lower).all()
                assert (count <= ground.marks.upper).all()
                marked += int(count.sum())
    assert marked > 100


def test_a_ground_weighed_anew_is_as_if_laid_anew():
    marked = 0
    for seed in range(20):
        town = draw_town(seed, 12, mean=100, min_households=200, max_households=300, all_costs=True)
        sharp = replace(town, weights={name: town.weights[name] for name in SHARP})
        for part in lay_out(town).parts:
            ground = lay_ground(town, part)
            for other, same in ((sharp, lay_ground(sharp, part)), (town, ground)):
                ours = weigh_ground(ground, other, part)
                assert same is not None
                for name in ("box", "mark_team", "mark_variant"):
                    assert np.array_equal(getattr(ours, name), getattr(same, name)), name
                for field in same.diagram._fields:
                    assert np.array_equal(getattr(ours.diagram, field), getattr(same.diagram, field)), field
                for field in ("weight", "least", "lower", "upper"):
                    assert np.array_equal(getattr(ours.marks, field), getattr(same.marks, field)), field
            marked += len(ground.marks.least) > len(weigh_ground(ground, sharp, part).marks.least) > 0
    assert marked > 10

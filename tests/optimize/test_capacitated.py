"""Many small demands at sites with rooms: the cheapest division, the choice of sites, stopped at times."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from optimize.stop import Never
from optimize.venues.capacitated_climb import Halls
from optimize.venues.capacitated_columns import Capacitated
from optimize.venues.capacitated_flow import flow_kernel, send_whole
from optimize.venues.capacitated_sites import search_sites, settle_leaves
from tests.optimize.test_venues import AfterCalls


def draw_model(seed, *, n=80, m=7, by_budget=False):
    """Draw many small demands about a few sites, of which some must be open and one cannot."""
    rng = np.random.default_rng(seed)
    here, there = rng.uniform(0, 2000, (n, 2)), rng.uniform(0, 2000, (m, 2))
    metres = np.hypot(*(there[:, None] - here[None]).transpose(2, 0, 1))
    need = rng.integers(1, 30, n).astype(float)
    room = rng.uniform(0.25, 0.6, m) * need.sum()
    return Capacitated(
        pay=np.ascontiguousarray(metres * need[None, :]),
        need=need,
        room=room,
        cost=rng.integers(1, 4, m).astype(float) if by_budget else np.ones(m),
        budget=float(rng.integers(5, 10)) if by_budget else 4.0,
        must=np.arange(m) == 0,
        closed=np.arange(m) == 1,
    )


def divide(model, sites):
    """Divide demands among sites by a linear programme; infinite where that cannot be."""
    p, n = len(sites), len(model.need)
    once = np.tile(np.eye(n), p)
    loads = np.kron(np.eye(p), model.need[None, :])
    found = linprog(model.pay[sites].ravel(), A_ub=loads, b_ub=model.room[sites], A_eq=once, b_eq=np.ones(n))
    return found.fun if found.status == 0 else np.inf


def choices(model):
    """List every choice of sites that may be made."""
    for picked in itertools.product((False, True), repeat=len(model.room)):
        is_open = np.array(picked)
        kept = is_open[model.must].all() and not is_open[model.closed].any()
        if kept and is_open.any() and model.cost[is_open].sum() <= model.budget:
            yield np.flatnonzero(is_open)


def halls_of(model):
    return Halls(model.pay, model.need, model.room, model.cost, model.budget)


def test_a_division_is_as_cheap_as_a_linear_programme_finds():
    impossible = 0
    for seed in range(25):
        model = draw_model(seed, n=40, m=5)
        sites = np.arange(5)[: 2 + seed % 4]
        best, flow = divide(model, sites), flow_kernel(halls_of(model), sites)
        assert flow.bound == pytest.approx(best, rel=1e-7)
        if not np.isfinite(best):
            impossible += 1
            continue
        assert flow.amount.sum(axis=0) == pytest.approx(model.need)
        assert (flow.amount.sum(axis=1) <= model.room[sites] * (1 + 1e-6)).all()
        paid = (flow.amount / model.need * model.pay[sites]).sum()
        assert paid == pytest.approx(best, rel=1e-7)
        of = send_whole(halls_of(model), sites, flow)
        if of is not None:
            assert (np.bincount(of, model.need, len(sites)) <= model.room[sites] * (1 + 1e-6)).all()
    assert 0 < impossible < 20


@pytest.mark.parametrize("by_budget", [False, True])
def test_no_choice_of_sites_is_below_the_bound(by_budget):
    solved = near = 0
    for seed in range(12):
        model = draw_model(seed, by_budget=by_budget)
        best = min((divide(model, sites) for sites in choices(model)), default=np.inf)
        found = search_sites(model, Never())
        if not np.isfinite(best):
            assert found.cost == found.lower_bound == np.inf
            continue
        solved += 1
        # Divided demands pay no more than whole ones; the best division is one of the leaves.
        assert found.lower_bound == pytest.approx(best, rel=1e-6)
        assert best * (1 - 1e-9) <= found.cost
        near += found.cost <= 1.05 * best
        settled = settle_leaves(model, found, AfterCalls(300))
        assert found.lower_bound * (1 - 1e-9) <= settled.lower_bound <= settled.cost <= found.cost
        if np.isfinite(settled.cost):
            assert (np.bincount(settled.of, model.need, len(model.room)) <= model.room * (1 + 1e-6)).all()
            assert model.cost[np.union1d(settled.of, [0])].sum() <= model.budget
    assert solved > 5
    assert near > 4


@pytest.mark.parametrize("calls", [0, 1, 2, 5])
def test_stopped_while_choosing_sites_its_bound_holds(calls):
    for seed in range(8):
        model = draw_model(seed, m=9)
        best = min(divide(model, sites) for sites in choices(model))
        found = search_sites(model, AfterCalls(calls))
        assert found.lower_bound <= best * (1 + 1e-9)
        assert found.cost >= best * (1 - 1e-9)

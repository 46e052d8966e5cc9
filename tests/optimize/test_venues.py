"""Venue models against every choice there is, their bounds, their edges and what cannot be."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from optimize.errors import ProblemError
from optimize.stop import Never
from optimize.venues.models import MODELS, solve_siting
from optimize.venues.siting import Siting


class AfterCalls:
    """Stop at the n-th question."""

    def __init__(self, calls):
        self.left = calls

    def __call__(self):
        self.left -= 1
        return self.left < 0


def draw_siting(rng, *, n=None, m=None):
    """Draw a small district: some pairs without a way, some sites kept, some closed."""
    n, m = n or int(rng.integers(3, 12)), m or int(rng.integers(2, 8))
    here, there = rng.uniform(0, 2000, (n, 2)), rng.uniform(0, 2000, (m, 2))
    distance = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)).round(int(rng.integers(0, 2)))
    distance[rng.random((n, m)) < 0.1] = np.inf
    state = rng.choice(3, m, p=[0.7, 0.15, 0.15])
    weight = rng.integers(0, 40, n).astype(float) + (rng.random() < 0.3) * rng.random(n)
    by_budget = rng.random() < 0.4
    return Siting(
        weight=weight,
        distance_m=distance,
        cost=rng.integers(0, 6, m).astype(float),
        must=state == 1,
        closed=state == 2,
        bonus_m=rng.choice([0.0, 0.0, 500.0], m),
        n_open=None if by_budget else int(rng.integers(1, m + 1)),
        budget=float(rng.integers(1, 14)) if by_budget else None,
        reach_m=float(rng.choice([400, 800, 1200])),
        far_m=3000.0,
    )


def choices(siting):
    """List every choice of sites that keeps the rules."""
    m = len(siting.cost)
    for picked in itertools.product((False, True), repeat=m):
        is_open = np.array(picked)
        if (siting.must & ~is_open).any() or (siting.closed & is_open).any():
            continue
        if siting.n_open is not None and is_open.sum() > siting.n_open:
            continue
        if siting.budget is not None and siting.cost[is_open].sum() > siting.budget:
            continue
        yield is_open


def nearest(siting, is_open):
    return np.array([min(row[is_open], default=np.inf) for row in siting.distance_m])


def walked(siting, is_open):
    ways = np.minimum(nearest(siting, is_open), siting.far_m)
    return float((siting.weight * ways).sum() - siting.bonus_m[is_open].sum())


def missed(siting, is_open):
    return float(siting.weight[nearest(siting, is_open) > siting.reach_m].sum())


def spent(siting, is_open):
    return float(siting.cost[is_open].sum() if siting.cost.any() else is_open.sum())


def longest(siting, is_open):
    usable = np.where(siting.closed, np.inf, siting.distance_m)
    asked = (siting.weight > 0) & np.isfinite(usable).any(axis=1)
    return max(nearest(siting, is_open)[asked], default=np.inf)


def best_value(siting, model):
    """Give the best value over all choices, or None where none holds the model's own demand."""
    allowed = (1 - (siting.share or 1.0)) * siting.weight.sum() + 1e-6

    def kept(one):
        return siting.share == 0 or missed(siting, one) <= allowed

    values = {
        "p_median": lambda one: walked(siting, one) if kept(one) else np.inf,
        "mclp": lambda one: missed(siting, one) if kept(one) else np.inf,
        "lscp": lambda one: spent(siting, one) if missed(siting, one) <= allowed else np.inf,
        "p_centre": lambda one: longest(siting, one) if kept(one) else np.inf,
    }[model]
    return min((values(one) for one in choices(siting)), default=np.inf)


@pytest.mark.parametrize("model", ["p_median", "mclp", "lscp", "p_centre"])
def test_agrees_with_every_choice_there_is(model):
    solved = 0
    for seed in range(150):
        siting = draw_siting(np.random.default_rng(seed))
        if model == "lscp":
            siting = replace(siting, n_open=None)
        best = best_value(siting, model)
        answer = solve_siting(siting, model, stop=Never(), rng=np.random.default_rng(1))
        if answer.status == "none":
            assert answer.reasons
            assert not np.isfinite(best) or siting.weight.sum() == 0 or siting.closed.all() or not best
            continue
        solved += 1
        assert answer.proven
        assert answer.objective == pytest.approx(best, rel=1e-5, abs=1e-5)
        assert answer.lower_bound <= best + 1e-5 * abs(best) + 1e-6
        assert any((answer.is_open == one).all() for one in choices(siting))
    assert solved > 30


@pytest.mark.parametrize("model", ["p_median", "mclp", "p_centre"])
def test_a_share_in_reach_agrees_with_every_choice(model):
    solved = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        siting = replace(draw_siting(rng), share=float(rng.choice([0.5, 0.8, 0.95, 1.0])))
        best = best_value(siting, model)
        answer = solve_siting(siting, model, stop=Never(), rng=rng)
        if answer.status == "none":
            assert not np.isfinite(best) or not siting.weight.any() or siting.closed.all()
            assert answer.reasons
            assert answer.reasons[0].code not in ("share_not_found", "time_too_short")
            continue
        solved += 1
        assert answer.proven
        assert missed(siting, answer.is_open) <= (1 - siting.share) * siting.weight.sum() + 1e-6
        assert answer.objective == pytest.approx(best, rel=1e-5, abs=1e-5)
        assert answer.lower_bound <= best + 1e-5 * abs(best) + 1e-6
        assert any((answer.is_open == one).all() for one in choices(siting))
    assert solved > 25


def test_rooms_and_a_share_in_reach_agree_with_every_assignment():
    solved = impossible = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        siting = draw_siting(rng, n=int(rng.integers(3, 7)), m=int(rng.integers(2, 5)))
        weight = np.maximum(siting.weight, 1)
        ways = np.where(np.isfinite(siting.distance_m), siting.distance_m, 2900.0)
        room = rng.uniform(0.4, 1.2, len(siting.cost)) * weight.sum()
        siting = replace(siting, weight=weight, distance_m=ways, room=room, budget=None, n_open=2)
        siting = replace(siting, must=np.zeros(len(room), np.bool_), share=float(rng.choice([0.4, 0.7])))
        allowed, best = (1 - siting.share) * weight.sum() + 1e-6, np.inf
        for of in itertools.product(np.flatnonzero(~siting.closed).tolist(), repeat=len(weight)):
            load = np.bincount(of, weight, len(room))
            walked_m = ways[np.arange(len(of)), of]
            within = weight[walked_m > siting.reach_m].sum() <= allowed
            if len(set(of)) <= 2 and (load <= room + 1e-9).all() and within:
                best = min(best, float(weight @ walked_m))
        answer = solve_siting(siting, "capacitated", stop=Never(), rng=rng)
        if answer.status == "none":
            assert not np.isfinite(best)
            assert answer.reasons[0].code != "no_assignment_found"
            impossible += answer.reasons[0].code == "no_assignment_in_reach"
            continue
        solved += 1
        assert answer.proven
        walked_m = ways[np.arange(len(weight)), answer.of]
        assert weight[walked_m > siting.reach_m].sum() <= allowed
        assert (np.bincount(answer.of, weight, len(room)) <= room * (1 + 1e-6)).all()
        assert answer.objective == pytest.approx(best, rel=1e-5)
        assert answer.lower_bound <= best * (1 + 1e-6)
    assert solved > 15
    assert impossible


def test_a_share_to_cover_agrees_with_every_choice():
    for seed in range(100):
        rng = np.random.default_rng(seed)
        siting = replace(draw_siting(rng), n_open=None, share=float(rng.choice([0.5, 0.8])))
        best = best_value(siting, "lscp")
        answer = solve_siting(siting, "lscp", stop=Never(), rng=rng)
        if answer.status == "none":
            assert not np.isfinite(best) or not siting.weight.any() or siting.closed.all()
        else:
            assert answer.proven
            assert answer.objective == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("many", [15.0, 0.0], ids=["columns", "sites first"])
def test_rooms_are_kept_and_their_bound_holds(monkeypatch, many):
    monkeypatch.setattr("optimize.venues.capacitated_sites._MANY", many)
    solved = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        siting = draw_siting(rng, n=int(rng.integers(3, 7)), m=int(rng.integers(2, 5)))
        weight = np.maximum(siting.weight, 1)
        ways = np.where(np.isfinite(siting.distance_m), siting.distance_m, 2900.0)
        room = rng.uniform(0.4, 1.2, len(siting.cost)) * weight.sum()
        siting = replace(siting, weight=weight, distance_m=ways, room=room, budget=None, n_open=2)
        siting = replace(siting, must=np.zeros(len(room), np.bool_))
        best = np.inf
        for of in itertools.product(np.flatnonzero(~siting.closed).tolist(), repeat=len(weight)):
            load = np.bincount(of, weight, len(room))
            if len(set(of)) <= 2 and (load <= room + 1e-9).all():
                pay = sum(weight[i] * ways[i, j] for i, j in enumerate(of))
                best = min(best, pay)
        answer = solve_siting(siting, "capacitated", stop=Never(), rng=rng)
        if answer.status == "none":
            assert not np.isfinite(best)
            continue
        solved += 1
        assert answer.proven
        load = np.bincount(answer.of, weight, len(room))
        assert (load <= room * (1 + 1e-6)).all()
        assert len(set(answer.of.tolist())) <= 2
        assert answer.objective >= best - 1e-6 * best
        assert answer.lower_bound <= best * (1 + 1e-6)
        assert answer.objective == pytest.approx(best, rel=1e-5)
    assert solved > 30


@pytest.mark.parametrize(
    ("most_steps", "many"),
    [(2e8, 15.0), (0.0, 15.0), (2e8, 0.0)],
    ids=["whole demands", "one in part", "sites first"],
)
def test_rooms_are_kept_within_a_budget_and_its_bound_holds(monkeypatch, most_steps, many):
    monkeypatch.setattr("optimize.venues.holdings._MOST_STEPS", most_steps)
    monkeypatch.setattr("optimize.venues.capacitated_sites._MANY", many)
    solved = proven = 0
    for seed in range(80):
        rng = np.random.default_rng(1000 + seed)
        siting = draw_siting(rng, n=int(rng.integers(3, 6)), m=int(rng.integers(2, 5)))
        weight = np.maximum(siting.weight, 1)
        ways = np.where(np.isfinite(siting.distance_m), siting.distance_m, 2900.0)
        room = rng.uniform(0.4, 1.2, len(siting.cost)) * weight.sum()
        budget = float(rng.integers(1, 12))
        siting = replace(siting, weight=weight, distance_m=ways, room=room, n_open=None, budget=budget)
        best = np.inf
        for of in itertools.product(np.flatnonzero(~siting.closed).tolist(), repeat=len(weight)):
            load = np.bincount(of, weight, len(room))
            spent = siting.cost[(load > 0) | siting.must].sum()
            if spent <= budget and (load <= room + 1e-9).all():
                best = min(best, sum(weight[i] * ways[i, j] for i, j in enumerate(of)))
        answer = solve_siting(siting, "capacitated", stop=Never(), rng=rng)
        if answer.status == "none":
            assert not np.isfinite(best)
            assert answer.reasons[0].code != "no_assignment_found"
            continue
        solved += 1
        proven += answer.proven
        assert (np.bincount(answer.of, weight, len(room)) <= room * (1 + 1e-6)).all()
        assert siting.cost[answer.is_open].sum() <= budget * (1 + 1e-9)
        assert answer.is_open[siting.must].all()
        assert answer.objective >= best - 1e-6 * best
        assert answer.lower_bound <= best * (1 + 1e-6)
        if answer.proven:
            assert answer.objective == pytest.approx(best, rel=1e-5)
    assert solved > 30
    assert proven == solved


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("calls", [0, 1, 3])
def test_stopped_at_any_moment_its_claims_hold(model, calls):
    for seed in range(20):
        siting = draw_siting(np.random.default_rng(seed), n=10, m=6)
        siting = replace(siting, budget=None, n_open=siting.n_open or 3)
        best = best_value(siting, model) if model != "capacitated" else None
        answer = solve_siting(siting, model, stop=AfterCalls(calls), rng=np.random.default_rng(1))
        if answer.status != "none" and best is not None:
            assert answer.lower_bound <= best + 1e-5 * abs(best) + 1e-6
            assert not answer.proven or answer.objective == pytest.approx(best, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_says_why_nothing_can_be_chosen(model):
    siting = replace(draw_siting(np.random.default_rng(0), n=4, m=3), n_open=2, budget=None)
    free = replace(siting, must=np.zeros(3, np.bool_), closed=np.zeros(3, np.bool_))

    def code_of(changed):
        answer = solve_siting(changed, model, stop=Never(), rng=np.random.default_rng(1))
        assert answer.status == "none"
        return answer.reasons[0].code

    assert code_of(replace(free, closed=np.ones(3, np.bool_))) == "no_candidates"
    assert code_of(replace(free, weight=np.zeros(4))) == "no_demand"
    assert code_of(replace(free, must=np.ones(3, np.bool_))) == "more_kept_than_open"
    dear = replace(free, n_open=None, budget=1.0, cost=np.full(3, 2.0))
    assert code_of(dear) == "budget_below_cheapest"
    assert code_of(replace(dear, must=np.array([True, False, False]))) == "budget_below_kept"


def test_every_fault_of_the_arrays_is_named_at_once():
    siting = draw_siting(np.random.default_rng(0), n=4, m=3)
    bad = replace(
        siting, weight=np.array([1.0, -1.0, 2.0, 3.0]), cost=np.array([1.0, np.nan, 2.0]), reach_m=0.0
    )
    with pytest.raises(ProblemError) as refused:
        solve_siting(bad, "mclp", stop=Never(), rng=np.random.default_rng(1))
    assert refused.value.code == "bad_siting"
    assert refused.value.facts["fields"] == ["weight", "cost", "reach_m"]
    with pytest.raises(ProblemError, match="unknown_model"):
        solve_siting(siting, "oracle", stop=Never(), rng=np.random.default_rng(1))


def test_who_is_not_served_and_who_never_can_be():
    distance = np.array([[100.0, 900.0], [np.inf, np.inf], [700.0, 5000.0], [200.0, 100.0]])
    siting = Siting(
        weight=np.array([5.0, 3.0, 2.0, 0.0]),
        distance_m=distance,
        cost=np.zeros(2),
        must=np.zeros(2, np.bool_),
        closed=np.zeros(2, np.bool_),
        bonus_m=np.zeros(2),
        n_open=1,
        reach_m=500.0,
    )
    answer = solve_siting(siting, "mclp", stop=Never(), rng=np.random.default_rng(1))
    assert answer.is_open.tolist() == [True, False]
    assert answer.objective == 5.0
    assert answer.unserved.tolist() == [1, 2]
    assert answer.no_way.tolist() == [1, 2]

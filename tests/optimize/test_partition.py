"""Choosing groups from a pool, against a table of the best cover of every subset."""

from dataclasses import replace

import numpy as np
import pytest

from optimize import partition
from optimize.cuts import find_cuts
from optimize.engines import Never
from optimize.groups import Groups
from optimize.highs import choose_columns
from optimize.partition import choose
from optimize.pool import Pool, Side
from optimize.relaxation import price, relax


def random_pool(rng):
    n_units = int(rng.integers(3, 11))
    sets = {
        tuple(sorted(rng.choice(n_units, int(rng.integers(1, min(5, n_units + 1))), replace=False).tolist()))
        for _ in range(int(rng.integers(5, 120)))
    }
    cost = rng.integers(1, 30, len(sets)) * float(rng.choice([1e-4, 1.0, 1e5]))
    groups = Groups.from_sets(sorted(sets), np.ones(n_units, np.int64))
    return Pool(groups=groups, n_units=n_units, cost=cost.astype(float), max_chosen=n_units)


def best_cover(pool, count=None):
    """Give the least cost of covering all units once, with `count` groups if given, by a table of subsets."""
    masks = [sum(1 << int(u) for u in pool.groups.cells(at)) for at in range(len(pool.groups))]
    best = {(0, 0): 0.0}
    for mask in range(1, 1 << pool.n_units):
        low = mask & -mask
        for group, cost in zip(masks, pool.cost, strict=True):
            if group & low and group & mask == group:
                for used in range(pool.n_units):
                    rest = best.get((mask ^ group, used))
                    if rest is not None and rest + cost < best.get((mask, used + 1), np.inf):
                        best[mask, used + 1] = rest + cost
    full = (1 << pool.n_units) - 1
    counts = range(pool.n_units + 1) if count is None else [count]
    return min((best.get((full, used), np.inf) for used in counts), default=np.inf)


@pytest.mark.parametrize("many", [0, 10**9], ids=["cuts", "no cuts"])
def test_the_best_cover_of_random_pools(many, monkeypatch):
    monkeypatch.setattr(partition, "_MANY", many)
    monkeypatch.setattr(partition, "_FIRST_GAP", 0.0)
    rng = np.random.default_rng(many % 97)
    seen = {"best": 0, "impossible": 0}
    for _ in range(120):
        pool = random_pool(rng)
        count = int(rng.integers(1, 6)) if rng.random() < 0.3 else None
        if count is not None:
            row = Side(coefficient=np.ones(len(pool.groups)), lower=float(count), upper=float(count))
            pool = replace(pool, sides=(row,), max_chosen=count)
        expected = best_cover(pool, count)
        choice = choose(pool, Never())
        seen[choice.status] += 1
        assert (choice.status == "best") == np.isfinite(expected)
        if choice.status == "best":
            assert choice.cost == pytest.approx(expected, rel=1e-9)
            assert choice.bound <= expected * (1 + 1e-6)
    assert min(seen.values()) > 10


def test_cuts_hold_for_every_cover_and_cut_something_off():
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(200):
        pool = random_pool(rng)
        relaxed = relax(pool, Never())
        for cut in find_cuts(pool, relaxed.columns, relaxed.value):
            found += 1
            assert relaxed.value @ cut.coefficient[relaxed.columns] > 1.01
            # Two groups of the cut always share a unit, so no cover holds both.
            sharing = [set(pool.groups.cells(int(at)).tolist()) for at in np.flatnonzero(cut.coefficient)]
            assert all(a & b for a in sharing for b in sharing)
    assert found > 10


def test_bounds_with_cuts_are_valid_for_any_duals():
    rng = np.random.default_rng(9)
    for _ in range(60):
        pool = random_pool(rng)
        relaxed = relax(pool, Never())
        pool = replace(pool, sides=find_cuts(pool, relaxed.columns, relaxed.value))
        expected = best_cover(pool)
        for scale in (0.1, 10.0):
            dual = rng.normal(0, scale * pool.cost.mean(), pool.n_units + len(pool.sides))
            assert price(pool, dual)[2] <= expected
        assert relax(pool, Never()).bound <= expected * (1 + 1e-9)


def test_stopped_at_any_call_nothing_wrong_is_said():
    rng = np.random.default_rng(10)
    for calls in (0, 1, 2, 4, 8):
        for _ in range(20):
            pool = random_pool(rng)
            left = [calls]

            def stop(left=left):
                left[0] -= 1
                return left[0] < 0

            choice, expected = choose(pool, stop), best_cover(pool)
            if choice.status == "best":
                assert choice.cost == pytest.approx(expected)
            elif choice.status == "impossible":
                assert not np.isfinite(expected)
            else:
                assert choice.bound <= expected * (1 + 1e-9)


def test_groups_without_a_plan_that_the_solver_once_failed_on():
    """HiGHS 1.16 drops rows when it presolves these, and then fails on its own plan."""
    drawn = """
    0 1 3 4 5 6 7:923 0 1 3 4 5 6 8:1042 0 1 3 4 5 7 8:914 0 1 3 4 5 8:828 0 1 3 4 6 7:729
    0 1 3 4 6 7 8:894 0 1 3 6 7 8:913 0 1 4 5 6 7 8:1013 0 1 4 5 7 8:852 0 1 5 6 7 8:1032
    0 3 4 5 6 7 8:852 0 3 5 6 7 8:906 0 3 6 11 12:1168 1 3 4 5 6 7 8:887 1 4 5 6 7 8:828
    2 5 19 20 21:1410 2 18 19 20 21 22:1223 2 18 19 21:1274 3 4 5 6 7 8:599 9 15 16 17 23 24:1876
    9 21 22 23 24 25 28:2171 9 19 21 26 27:1616 10 24 25 27 28:2499 10 25 26 27 28:2191
    10 26 27 28:1457 11 12 13 14:849 11 12 13 14 16:1772 11 13 14 15 16:1774 11 13 15 16 17:2469
    15 16 17 23:1360 18 19 20 21 22:943
    """
    sets, costs, units = [], [], []
    for word in drawn.split():
        unit, _, cost = word.partition(":")
        units.append(int(unit))
        if cost:
            sets.append(units)
            costs.append(float(cost))
            units = []
    groups = Groups.from_sets(sets, np.ones(29, np.int64))
    pool = Pool(groups=groups, n_units=29, cost=np.array(costs), max_chosen=9)
    assert not covers(pool, frozenset(range(29)))
    answer = choose_columns(pool, np.arange(len(sets)), Never())
    assert answer.finished
    assert len(answer.chosen) == 0
    assert choose(pool, Never()).status == "impossible"


def covers(pool, left):
    """Tell whether some groups cover all that is left once, by trying them all."""
    if not left:
        return True
    sets = [frozenset(pool.groups.cells(at).tolist()) for at in range(len(pool.groups))]
    return any(covers(pool, left - cells) for cells in sets if min(left) in cells and cells <= left)

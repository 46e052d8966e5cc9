"""Searching a pool through, against a table of the best cover of every subset."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.cover import cover
from optimize.engines import Never
from optimize.pool import Side
from optimize.relaxation import relax
from tests.optimize.test_partition import best_cover, random_pool


def test_the_cheapest_cover_below_a_cost_is_found_and_nothing_is_missed():
    rng = np.random.default_rng(3)
    seen = {"cheaper": 0, "nothing": 0}
    for _ in range(200):
        pool = random_pool(rng)
        count = int(rng.integers(1, 6)) if rng.random() < 0.3 else None
        if count is not None:
            row = Side(coefficient=np.ones(len(pool.groups)), lower=float(count), upper=float(count))
            pool = replace(pool, sides=(row,), max_chosen=count)
        relaxed = relax(pool, Never())
        expected = best_cover(pool, count)
        below = expected * float(rng.choice([0.9, 1.1, np.inf])) if np.isfinite(expected) else np.inf
        found = cover(pool, relaxed.reduced, relaxed.bound, below, 10**9)
        assert found.finished
        cheaper = np.isfinite(expected) and expected < below
        seen["cheaper" if cheaper else "nothing"] += 1
        if cheaper:
            assert pool.cost[found.chosen].sum() == pytest.approx(expected, rel=1e-9)
            assert (np.bincount(pool.groups.take(found.chosen).members, minlength=pool.n_units) == 1).all()
            assert count in {None, len(found.chosen)}
        else:
            assert len(found.chosen) == 0
    assert min(seen.values()) > 20


def test_a_search_that_gives_up_says_so():
    rng = np.random.default_rng(4)
    gave_up = 0
    for _ in range(40):
        pool = random_pool(rng)
        relaxed = relax(pool, Never())
        found = cover(pool, relaxed.reduced, relaxed.bound, np.inf, 5)
        gave_up += not found.finished
        if found.finished and len(found.chosen) == 0:
            assert not np.isfinite(best_cover(pool))
    assert gave_up > 20


def test_of_no_groups_there_is_no_plan():
    pool = random_pool(np.random.default_rng(1)).take(np.zeros(0, np.int64))
    found = cover(pool, np.zeros(0), 0.0, np.inf, 100)
    assert found.finished
    assert len(found.chosen) == 0

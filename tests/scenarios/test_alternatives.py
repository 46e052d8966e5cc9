from pathlib import Path

import numpy as np
import pytest

from scenarios import store
from scenarios.alternatives import FEWEST, OTHER, OWN, PRESETS, adopt, find
from scenarios.errors import RuleError
from scenarios.locks.wanted import GridLocks, check_locks, locks_of
from scenarios.propose import Settings, propose
from scenarios.workers import Workers

COMMUNITY = "999001001001"


def ask(path: Path, workers: Workers, **changes: object):
    settings = Settings(**changes)
    return find(path, settings, COMMUNITY, stop=lambda: False, on_progress=lambda _: None, workers=workers)


def test_alternatives_differ_and_none_is_dominated(small_project: Path, workers: Workers) -> None:
    answer = ask(small_project, workers)
    found = answer.plans
    assert (len(found) < FEWEST) == bool(answer.why_few)
    assert found[0].presets[0] == OWN
    names = [name for item in found for name in item.presets]
    assert len(set(names)) == len(names)
    assert {name for name in names if not name.startswith(OTHER)} <= {OWN, *PRESETS}
    assert 2 <= len(found) <= 6
    assert found[0].households_apart == 0
    plans = [
        {frozenset(c for c, g in item.plan.grid_of_cell.items() if g == code) for code in item.plan.facts}
        for item in found
    ]
    assert all(one != other for at, one in enumerate(plans) for other in plans[:at])
    looked_at = sorted({cost for weights in PRESETS.values() for cost in weights})
    wished = [item for item in found if not item.presets[0].startswith("other_")]
    values = [np.array([item.totals[cost] for cost in looked_at]) for item in wished]
    for at, mine in enumerate(values[1:], start=1):
        others = [value for where, value in enumerate(values) if where != at]
        assert not any((o <= mine).all() and (o < mine - 1e-3).any() for o in others)
    for item in found:
        (certificate,) = item.plan.certificates
        assert certificate.lower_bound <= certificate.objective * (1 + 1e-6)
        # What is offered only because it differs is not best, unless among the plans of as many grids.
        assert certificate.proven == (item in wished or "count" in item.presets[0])


def test_adopting_one_changes_its_community_alone(small_project: Path, workers: Workers) -> None:
    before = propose(
        small_project, Settings(), stop=lambda: False, on_progress=lambda _: None, workers=workers
    )
    chosen = ask(small_project, workers).plans[-1]
    adopt(small_project, "base", chosen)
    after = store.require_outcome(small_project)
    other = before.cells["community_code"] != COMMUNITY
    assert after.cells.loc[other, "grid_code"].tolist() == before.cells.loc[other, "grid_code"].tolist()
    mine = after.cells.loc[~other]
    assert dict(zip(mine["cell_id"], mine["grid_code"], strict=True)) == dict(chosen.plan.grid_of_cell)
    assert [item.community_code for item in after.certificates] == [
        item.community_code for item in before.certificates
    ]


def test_locks_hold_in_a_proposal(small_project: Path, workers: Workers) -> None:
    whole = frozenset({"001-00", "001-01"})
    locks = GridLocks(counts={COMMUNITY: 4}, whole=(whole,), together=(("001-22", "001-23"),))
    outcome = propose(
        small_project, Settings(locks=locks), stop=lambda: False, on_progress=lambda _: None, workers=workers
    )
    grid_of = dict(zip(outcome.cells["cell_id"], outcome.cells["grid_code"], strict=True))
    members = {cell for cell, code in grid_of.items() if code == grid_of["001-00"]}
    assert members == whole
    assert grid_of["001-22"] == grid_of["001-23"]
    assert outcome.certificates[0].n_grids == 4


def test_locks_are_told_apart_by_community() -> None:
    locks = GridLocks(counts={"A": 2}, whole=(frozenset({"b1", "b2"}),), apart=(("a1", "a2"),))
    assert locks_of(locks, "A", ["a1", "a2"]).apart == ((0, 1),)
    assert locks_of(locks, "A", ["a1", "a2"]).whole == ()
    assert locks_of(locks, "B", ["b0", "b1", "b2"]).whole == (frozenset({1, 2}),)
    assert locks_of(locks, "B", ["b0", "b1", "b2"]).n_grids is None


@pytest.mark.parametrize(
    ("locks", "code"),
    [
        (GridLocks(whole=(frozenset({"x"}),)), "unknown_cells"),
        (GridLocks(together=(("a1", "b1"),)), "lock_across_communities"),
        (GridLocks(counts={"C": 1}), "unknown_community"),
        (GridLocks(counts={"A": 0}), "lock_count_too_small"),
    ],
)
def test_impossible_locks_are_refused(locks: GridLocks, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_locks(locks, {"a1": "A", "b1": "B"})
    assert caught.value.code == code

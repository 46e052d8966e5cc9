"""A community at hand, from a project: the same plans as a proposal, and what an edit costs, in words."""

from pathlib import Path

import pytest

from scenarios.errors import RuleError
from scenarios.live import complete_plan, open_live, price_plan
from scenarios.locks.wanted import GridLocks
from scenarios.propose import Settings, propose
from scenarios.workers import Workers

COMMUNITY = "999001001001"


def never() -> bool:
    return False


def test_the_best_plan_is_that_of_a_proposal(small_project: Path, workers: Workers) -> None:
    locks = GridLocks(together=(("001-22", "001-23"),))
    proposed = propose(
        small_project, Settings(locks=locks), stop=never, on_progress=lambda _: None, workers=workers
    )
    live = open_live(small_project, Settings(), COMMUNITY, stop=never)
    plan = complete_plan(live, locks, stop=never)
    assert plan.certificates[0].proven
    assert plan.certificates[0].objective == pytest.approx(proposed.certificates[0].objective)
    own = proposed.cells[proposed.cells["community_code"] == COMMUNITY]
    assert plan.grid_of_cell == dict(zip(own["cell_id"], own["grid_code"], strict=True))


def test_the_price_of_the_best_plan_is_nothing_and_of_another_something(small_project: Path) -> None:
    live = open_live(small_project, Settings(), COMMUNITY, stop=never)
    best = complete_plan(live, GridLocks(), stop=never)
    assert price_plan(live, best.grid_of_cell, GridLocks(), stop=never).extra == pytest.approx(0, abs=1e-9)
    locks = GridLocks(counts={COMMUNITY: 4})
    other = complete_plan(live, locks, stop=never)
    price = price_plan(live, other.grid_of_cell, locks, stop=never)
    assert price.extra == pytest.approx(0, abs=1e-9)
    assert price.extra_free >= 0
    assert price.violations == ()


def test_broken_rules_are_told_by_code_and_cell(small_project: Path) -> None:
    live = open_live(small_project, Settings(), COMMUNITY, stop=never)
    best = dict(complete_plan(live, GridLocks(), stop=never).grid_of_cell)
    first = next(iter(best))
    kept = best.pop(first)
    price = price_plan(live, best, GridLocks(), stop=never)
    found = {code: (grid, facts) for code, grid, facts in price.violations}
    assert found["unassigned"][0] is None
    assert found["unassigned"][1]["cells"] == [first]
    assert all(grid in {None, *best.values(), kept} for grid, _ in found.values())


def test_what_is_not_there_is_refused(small_project: Path) -> None:
    with pytest.raises(RuleError, match="unknown_community"):
        open_live(small_project, Settings(), "nowhere", stop=never)
    live = open_live(small_project, Settings(), COMMUNITY, stop=never)
    with pytest.raises(RuleError, match="unknown_cells"):
        complete_plan(live, GridLocks(together=(("001-00", "nowhere"),)), stop=never)
    with pytest.raises(RuleError, match="unknown_weight"):
        complete_plan(live, GridLocks(), {"beauty": 1.0}, stop=never)

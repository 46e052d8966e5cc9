"""What is locked while something is computed, or asked for besides the desk, is never set aside."""

import pytest

from scenarios.alternatives import adopt, find
from scenarios.desk.desk import do_edit, open_desk
from scenarios.desk.resolve import accept, best_around
from scenarios.desk.value import Desk
from scenarios.errors import RuleError
from scenarios.locks.kept import keep_lock_list
from scenarios.locks.listed import join_list, lock_count
from scenarios.propose import Progress, Settings, propose
from scenarios.workers import Workers


def settings_of(desk: Desk, **changes: object) -> Settings:
    return Settings(rules=desk.rules, weights=dict(desk.terms.weights), **changes)


def some_move(desk: Desk) -> tuple[str, str]:
    """Give a cell at a border and the grid on the other side."""
    for cell in desk.ground.cell_ids:
        for other, _, _ in desk.ground.neighbours(cell):
            same = desk.ground.community_of(cell) == desk.ground.community_of(other)
            if same and desk.plan.grid_of_cell[cell] != desk.plan.grid_of_cell[other]:
                return cell, str(desk.plan.grid_of_cell[other])
    raise AssertionError("every community is one grid")


def test_a_proposal_leaves_what_was_locked_while_it_ran(desk: Desk, workers: Workers) -> None:
    path, done = desk.path, []
    cell, grid = some_move(desk)

    def lock_now(progress: Progress) -> None:
        if progress.stage == "solve" and progress.done == 1 and not done:
            given = do_edit(open_desk(path), "give", {"cells": [cell], "grid": grid}, author="甲")
            done.append(do_edit(given, "lock", {"cells": [cell], "grids": [grid]}, author="甲"))

    outcome = propose(path, settings_of(desk), stop=lambda: False, on_progress=lock_now, workers=workers)
    after = open_desk(path)
    held = done[0].plan
    assert after.plan.grid_of_cell[cell] == grid
    assert {c for c, g in after.plan.grid_of_cell.items() if g == grid} == {
        c for c, g in held.grid_of_cell.items() if g == grid
    }
    assert after.plan.locks == held.locks
    community = desk.ground.community_of(cell)
    said = next(item for item in outcome.certificates if item.community_code == community)
    assert "locks_changed" in [code for code, _ in said.reasons]
    assert not said.proven


def test_an_alternative_found_under_other_locks_is_not_taken(desk: Desk, workers: Workers) -> None:
    cell, _ = some_move(desk)
    community = desk.ground.community_of(cell)
    found = find(
        desk.path,
        settings_of(desk),
        community,
        stop=lambda: False,
        on_progress=lambda _: None,
        workers=workers,
    )
    locked = do_edit(desk, "lock", {"grids": [desk.plan.grid_of_cell[cell]]}, author="甲")
    for item in found.plans:
        with pytest.raises(RuleError, match="locks_changed"):
            adopt(desk.path, desk.scenario, item)
    assert open_desk(desk.path).plan == locked.plan


def test_the_best_plan_around_edits_keeps_the_wishes_too(desk: Desk, workers: Workers) -> None:
    cell, grid = some_move(desk)
    community = desk.ground.community_of(cell)
    wanted = len(desk.measures.communities[community].grids) + 1
    locks = (lock_count(community, wanted),)
    keep_lock_list(desk.path, desk.scenario, locks)
    propose(
        desk.path,
        settings_of(desk, locks=join_list(locks)),
        stop=lambda: False,
        on_progress=lambda _: None,
        workers=workers,
    )
    now = open_desk(desk.path)
    n_grids = len(now.measures.communities[community].grids)
    cell, grid = some_move(now)
    given = do_edit(now, "give", {"cells": [cell], "grid": grid}, author="甲")
    offer = best_around(given, [community], stop=lambda: False, workers=workers)
    after = given if offer.is_empty else accept(given, offer, author="甲")
    assert len(after.measures.communities[community].grids) == n_grids
    known = next(item for item in after.certificates if item.community_code == community)
    before = next(item for item in now.certificates if item.community_code == community)
    assert known.locks == before.locks != ""


def test_a_bound_under_wishes_and_locks_goes_with_the_locks(desk: Desk, workers: Workers) -> None:
    cell, _ = some_move(desk)
    community = desk.ground.community_of(cell)
    wish = join_list([lock_count(community, len(desk.measures.communities[community].grids))])
    locked = do_edit(desk, "lock", {"cells": [cell]}, author="甲")
    propose(
        locked.path,
        settings_of(desk, locks=wish),
        stop=lambda: False,
        on_progress=lambda _: None,
        workers=workers,
    )
    held = open_desk(desk.path)
    freed = do_edit(held, "unlock", {"cells": [cell]}, author="甲")
    assert not next(item for item in freed.certificates if item.community_code == community).proven

"""What a proposal keeps: proofs only of the same question, and what a person locked on the desk."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimize.costs import COSTS
from optimize.result import Result, Stats
from scenarios import store
from scenarios.alternatives import Alternatives, adopt, find
from scenarios.desk.desk import do_edit, open_desk, read_history
from scenarios.desk.forks import delete_scenario, fork_scenario, rename_scenario
from scenarios.desk.resolve import best_around
from scenarios.differing import best_first, drop_worse, find_gain
from scenarios.errors import RuleError
from scenarios.locks.kept import keep_lock_list, read_lock_list
from scenarios.locks.listed import lock_count
from scenarios.locks.wanted import GridLocks
from scenarios.outcome import Certificate
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.workers import Workers

FIRST, SECOND = "999001001001", "999001001002"


def ask(path: Path, workers: Workers, **changes: object):
    settings = Settings(**changes)
    return propose(path, settings, stop=lambda: False, on_progress=lambda _: None, workers=workers)


def certificate(outcome, community: str = FIRST) -> Certificate:
    return next(item for item in outcome.certificates if item.community_code == community)


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": {"boundary": 2.0}},
        {"rules": GridRules().with_band(290, 510)},
        {"locks": GridLocks(together=(("001-00", "001-01"),))},
    ],
    ids=["weights", "limits", "locks"],
)
def test_another_question_unproves_what_is_kept(small_project: Path, workers: Workers, changes) -> None:
    before = ask(small_project, workers)
    assert certificate(before).proven
    after = ask(small_project, workers, communities=(SECOND,), **changes)
    kept = certificate(after)
    assert not kept.proven
    assert [code for code, _ in kept.reasons] == ["kept_from_before"]
    again = ask(small_project, workers, **changes)
    assert certificate(again).proven


def test_what_is_kept_may_break_the_new_limits(small_project: Path, workers: Workers) -> None:
    before = ask(small_project, workers)
    least = int(before.grids.loc[before.grids["community_code"] == FIRST, "households"].min())
    after = ask(small_project, workers, communities=(SECOND,), rules=GridRules().with_band(least + 1, 500))
    assert certificate(after).status == "broken"  # its smallest grid is too small now
    after = ask(small_project, workers, communities=(SECOND,), rules=GridRules().with_band(least - 9, 500))
    assert certificate(after).status == "broken"  # nobody has looked at it since


def test_the_same_question_keeps_the_proof(small_project: Path, workers: Workers) -> None:
    locks = GridLocks(together=(("001-00", "001-01"),))
    ask(small_project, workers, locks=locks, weights={"boundary": 1.0, "moved": 0.0})
    after = ask(
        small_project,
        workers,
        communities=(SECOND,),
        locks=GridLocks(together=(("001-01", "001-00"),)),
        weights={"boundary": 1.0},
    )
    assert certificate(after).proven
    assert store.require_outcome(small_project).weights == {"boundary": 1.0}


def test_a_grid_locked_on_the_desk_keeps_cells_code_and_name(small_project: Path, workers: Workers) -> None:
    ask(small_project, workers)
    desk = open_desk(small_project)
    code = desk.plan.grid_of_cell["001-23"]
    members = {cell for cell, grid in desk.plan.grid_of_cell.items() if grid == code}
    desk = do_edit(desk, "rename", {"grid": code, "name": "老街网格"}, author="甲")
    do_edit(desk, "lock", {"grids": [code]}, author="甲")
    after = ask(small_project, workers, weights={"target_size": 5.0})
    cells = after.cells
    assert set(cells.loc[cells["grid_code"] == code, "cell_id"]) == members
    assert after.grids.set_index("code").loc[code, "name"] == "老街网格"


def test_a_grid_that_is_wished_to_stay_keeps_its_code_and_name(small_project: Path, workers: Workers) -> None:
    ask(small_project, workers)
    desk = open_desk(small_project)
    code = desk.plan.grid_of_cell["001-23"]
    do_edit(desk, "rename", {"grid": code, "name": "老街网格"}, author="甲")
    members = frozenset(cell for cell, grid in desk.plan.grid_of_cell.items() if grid == code)
    locks = GridLocks(whole=(members,), counts={FIRST: 4})
    after = ask(small_project, workers, locks=locks, weights={"compactness": 5.0})
    cells = after.cells
    assert set(cells.loc[cells["grid_code"] == code, "cell_id"]) == members
    assert after.grids.set_index("code").loc[code, "name"] == "老街网格"


def test_cells_locked_on_the_desk_stay_in_their_grids(small_project: Path, workers: Workers) -> None:
    before = ask(small_project, workers)
    home = dict(zip(before.cells["cell_id"], before.cells["grid_code"], strict=True))
    held = ["001-00", "001-23"]
    do_edit(open_desk(small_project), "lock", {"cells": held}, author="甲")
    after = ask(small_project, workers, weights={"target_size": 5.0, "compactness": 3.0})
    now = dict(zip(after.cells["cell_id"], after.cells["grid_code"], strict=True))
    assert [now[cell] for cell in held] == [home[cell] for cell in held]


def test_a_cell_locked_outside_all_grids_stays_there(small_project: Path, workers: Workers) -> None:
    ask(small_project, workers)
    desk = do_edit(open_desk(small_project), "assign", {"to": {"001-00": None}}, author="甲")
    desk = do_edit(desk, "lock", {"cells": ["001-00"]}, author="甲")
    offer = best_around(desk, stop=lambda: False, workers=workers)
    assert FIRST in offer.untouched
    after = ask(small_project, workers)
    assert after.cells.set_index("cell_id")["grid_code"].isna()["001-00"]
    assert "desk_locks_hold" in [code for code, _ in certificate(after).reasons]
    assert not certificate(after).proven


def test_a_community_locked_on_the_desk_is_left_alone(small_project: Path, workers: Workers) -> None:
    before = ask(small_project, workers)
    do_edit(open_desk(small_project), "lock", {"communities": [FIRST]}, author="甲")
    after = ask(small_project, workers, weights={"compactness": 5.0})
    own = before.cells["community_code"] == FIRST
    assert after.cells.loc[own, "grid_code"].tolist() == before.cells.loc[own, "grid_code"].tolist()
    assert not certificate(after).proven
    with pytest.raises(RuleError, match="all_locked"):
        ask(small_project, workers, communities=(FIRST,))


def test_an_alternative_taken_is_certified_under_the_scenario_s_own_weights(
    small_project: Path, workers: Workers
) -> None:
    weights = {"compactness": 2.0}
    before = ask(small_project, workers, weights=weights)
    answer = find(
        small_project,
        Settings(weights=weights),
        FIRST,
        stop=lambda: False,
        on_progress=lambda _: None,
        workers=workers,
    )
    assert answer.plans[0].extra == pytest.approx(0.0)
    other = next(plan for plan in answer.plans if "short_borders" in plan.presets)
    assert other.extra is not None
    after = certificate(adopt(small_project, "base", other))
    own = certificate(before)
    assert after.lower_bound == pytest.approx(own.lower_bound)
    assert after.objective == pytest.approx(own.objective * (1 + other.extra))
    assert not after.proven
    assert after.status == "feasible"
    assert after.reasons[-1][1]["wish"] == other.presets[0]
    # The bound speaks of every plan under the same rules and weights, so taking the first proves it again.
    assert certificate(adopt(small_project, "base", answer.plans[0])).proven


def test_the_log_says_who_proposed_and_who_took_an_alternative(small_project: Path, workers: Workers) -> None:
    once = {"stop": lambda: False, "on_progress": lambda _: None, "workers": workers}
    propose(small_project, Settings(), author="王", **once)
    plan = find(small_project, Settings(), FIRST, **once).plans[-1]
    adopt(small_project, "base", plan, author="李")
    assert [entry.author for entry in read_history(small_project)] == ["王", "李"]


def test_an_edit_is_no_longer_what_was_chosen(small_project: Path, workers: Workers) -> None:
    ask(small_project, workers)
    answer = find(
        small_project, Settings(), FIRST, stop=lambda: False, on_progress=lambda _: None, workers=workers
    )
    adopt(small_project, "base", answer.plans[-1])
    desk = open_desk(small_project)
    cell, other = (
        "001-00",
        next(
            code
            for code in desk.plan.grids
            if code.startswith(FIRST) and code != desk.plan.grid_of_cell["001-00"]
        ),
    )
    desk = do_edit(desk, "give", {"cells": [cell], "grid": other}, author="甲")
    assert all(code != "chosen_plan" for item in desk.certificates for code, _ in item.reasons)


def test_a_fork_has_the_same_locks(small_project: Path, workers: Workers) -> None:
    ask(small_project, workers)
    keep_lock_list(small_project, "base", (lock_count(FIRST, 4),))
    fork_scenario(small_project, "base", "另一方案")
    keep_lock_list(small_project, "base", ())
    assert read_lock_list(small_project, "另一方案") == (lock_count(FIRST, 4),)
    rename_scenario(small_project, "另一方案", "新名")
    assert read_lock_list(small_project, "新名") == (lock_count(FIRST, 4),)
    delete_scenario(small_project, "新名")
    assert read_lock_list(small_project, "新名") == ()


def test_cells_locked_by_hand_stay_even_where_no_plan_keeps_the_limits_with_them(
    small_project: Path, workers: Workers
) -> None:
    before = ask(small_project, workers)
    desk = open_desk(small_project)
    code = desk.plan.grid_of_cell["001-00"]
    held = [cell for cell, grid in desk.plan.grid_of_cell.items() if grid == code]
    do_edit(desk, "lock", {"cells": held}, author="甲")
    after = ask(small_project, workers, rules=GridRules().with_band(100, 200))  # all of them are too many
    own = before.cells["community_code"] == FIRST
    assert after.cells.loc[own, "grid_code"].tolist() == before.cells.loc[own, "grid_code"].tolist()
    assert "desk_locks_hold" in [code for code, _ in certificate(after).reasons]
    assert not certificate(after).proven


def made_by_hand(labels: list[int], **totals: float) -> Result:
    """A plan with these totals; the costs not named are nil."""
    costs = {name: np.array([totals.get(name, 0.0)]) for name in COSTS}
    return Result(
        status="feasible",
        labels=np.array(labels),
        objective=1.0,
        lower_bound=0.0,
        gap=1.0,
        proven=False,
        costs=costs,
        stats=Stats(engine="exact", seed=1, cpu_s=0.0),
    )


def test_a_plan_offered_only_because_it_differs_is_not_worse_in_everything() -> None:
    best = made_by_hand([0, 0, 1], boundary=10.0, moved=5.0)
    worse = made_by_hand([0, 1, 1], boundary=11.0, moved=5.0)
    other = made_by_hand([0, 1, 1], boundary=11.0, moved=4.0)
    fewer = made_by_hand([0, 0, 0], boundary=11.0, moved=5.0)  # another number of grids is another question
    wished = (("own",), best)
    assert drop_worse([wished, (("other_1",), worse)]) == (wished,)
    assert len(drop_worse([wished, (("other_1",), other), (("other_2",), fewer)])) == 3
    assert len(drop_worse([wished, (("compact",), worse)])) == 2  # the best of its wish stays
    assert find_gain(other, best) == "moved"
    assert find_gain(fewer, best) == "n_grids"
    assert find_gain(worse, best) == ""


def test_a_cheaper_plan_found_for_another_wish_is_the_planner_s_own() -> None:
    own = replace(made_by_hand([0, 0, 1], boundary=10.0), objective=10.0, lower_bound=8.0)
    rival = made_by_hand([0, 1, 1], boundary=9.0)
    best = best_first({"own": own, "compact": rival}, {"boundary": 1.0})["own"]
    assert best.labels.tolist() == [0, 1, 1]
    assert (best.objective, best.lower_bound) == (9.0, 8.0)
    assert best.gap == pytest.approx(1 / 9)
    assert (
        best_first({"own": own, "compact": made_by_hand([0, 1, 1], boundary=11.0)}, {"boundary": 1.0})["own"]
        is own
    )


def test_few_alternatives_are_explained(small_project: Path, workers: Workers) -> None:
    def look(**changes: object) -> Alternatives:
        return find(
            small_project,
            Settings(**changes),
            FIRST,
            stop=lambda: False,
            on_progress=lambda _: None,
            workers=workers,
        )

    one = look(rules=GridRules().with_band(700, 1500))
    assert (len(one.plans), one.why_few) == (1, "one_grid")
    fewer = look(weights={"boundary": 2.0})
    assert fewer.plans[-1].gain in ("n_grids", "")
    tied = look(locks=GridLocks(whole=tuple(WHOLE)))
    assert (len(tied.plans), tied.why_few) == (1, "same")


WHOLE = [frozenset(f"001-{row}{column}" for column in range(4)) for row in range(3)]

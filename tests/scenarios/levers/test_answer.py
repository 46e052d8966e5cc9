"""Answers: only what a lever reaches is solved anew, digests tell every change, equal digests equal plans."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.memo import Memo
from optimize.problem import Locks
from scenarios import store
from scenarios.desk.desk import do_edit, open_desk
from scenarios.desk.forks import delete_scenario, fork_scenario, rename_scenario
from scenarios.errors import RuleError
from scenarios.levers import stand as module
from scenarios.levers.answer import Answered, answer, is_stale
from scenarios.levers.errors import LeverError
from scenarios.levers.known import plan_from_json, plan_to_json
from scenarios.levers.marks import Asked, mark
from scenarios.levers.pose import pose, read_filed
from scenarios.levers.registry import parse_lever
from scenarios.levers.rows import LeverRow, line_of, read_row, write_row
from scenarios.levers.stand import stand
from scenarios.outcome import Outcome
from scenarios.project.connect import reading, writing
from scenarios.propose import Progress, ProposalStopped, Settings, propose
from scenarios.rules import GridRules
from scenarios.stability import list_moves
from scenarios.workers import Workers
from tests.scenarios.levers.town import A, B, C, at, town

RULES = GridRules().with_band(200, 350)


def set_levers(path: Path, name: str, *texts: str) -> None:
    with writing(path) as connection:
        row = read_row(connection, name)
        levers = tuple(parse_lever(text) for text in texts)
        write_row(connection, name, replace_levers(row, levers))


def replace_levers(row: LeverRow, levers: Sequence[object]) -> LeverRow:
    return replace(row, levers=tuple(levers))  # type: ignore[arg-type]


def go(path: Path, name: str) -> Answered:
    return answer(path, name, stop=lambda: False, on_progress=lambda _: None, workers=None)


@pytest.fixture(scope="module")
def solved_once(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> bytes:
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    store.create_project(path, town())
    propose(path, Settings(rules=RULES), stop=lambda: False, on_progress=lambda _: None, workers=workers)
    return path.read_bytes()


@pytest.fixture
def project(tmp_path: Path, solved_once: bytes) -> Path:
    """The town with a plan, and a scenario made from it."""
    path = tmp_path / "town.gpkg"
    path.write_bytes(solved_once)
    fork_scenario(path, "base", "方案")
    return path


def part(outcome: Outcome, code: str) -> pd.DataFrame:
    cells = outcome.cells[outcome.cells["community_code"] == code].reset_index(drop=True)
    return pd.DataFrame(cells).assign(geometry=cells.geometry.to_wkb())


def test_only_the_community_that_a_lever_reaches_is_solved(project: Path) -> None:
    base = store.require_outcome(project)
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    assert is_stale(project, "方案")
    found = go(project, "方案")
    assert (found.solved, found.known, set(found.kept)) == ((B,), (), {A, C})
    assert not is_stale(project, "方案")
    after = store.require_outcome(project, "方案")
    for code in (A, C):
        pd.testing.assert_frame_equal(part(base, code), part(after, code))
    assert int(part(after, B)["households"].sum()) == int(part(base, B)["households"].sum()) + 210
    assert after.cells["grid_code"].notna().all()


def test_nobody_in_a_compound_yet_to_be_built_changes_grid(project: Path) -> None:
    lever = f"new_compound=临江二期,210,{at(450, 225)}"
    set_levers(project, "方案", lever)
    found = go(project, "方案")
    after = found.outcome
    ground = stand(project, [parse_lever(lever)]).ground
    new = after.cells["compound_id"] == "NEW-临江二期"
    assert new.any()
    assert not ground.today[new.to_numpy()].notna().any()
    assert ground.today[~new.to_numpy()].notna().all()
    own = after.cells[~new]
    known = pd.Series(ground.today.to_numpy()[~new.to_numpy()], index=own.index, dtype=object)
    assert after.summary["households_moved"] == int(list_moves(own, known)["households"].sum())


def test_the_parent_is_left_as_it_was(project: Path) -> None:
    before = store.require_outcome(project)
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}", "band=150,400")
    go(project, "方案")
    after = store.require_outcome(project)
    for code in (A, B, C):
        pd.testing.assert_frame_equal(part(before, code), part(after, code))
    assert before.certificates == after.certificates
    assert before.rules == after.rules


def test_what_was_solved_once_is_known_to_every_scenario(project: Path) -> None:
    lever = f"new_compound=临江二期,210,{at(450, 225)}"
    set_levers(project, "方案", lever)
    first = go(project, "方案").outcome
    fork_scenario(project, "base", "另一个")
    set_levers(project, "另一个", lever)
    second = go(project, "另一个")
    assert (second.solved, second.known) == ((), (B,))
    pd.testing.assert_frame_equal(part(first, B), part(second.outcome, B))


def test_a_lever_taken_back_brings_the_parents_plan_back(project: Path) -> None:
    base = store.require_outcome(project)
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    go(project, "方案")
    set_levers(project, "方案")
    assert is_stale(project, "方案")
    found = go(project, "方案")
    assert found.solved == ()
    for code in (A, B, C):
        pd.testing.assert_frame_equal(part(base, code), part(found.outcome, code))


def test_edits_by_hand_stay_where_no_lever_reaches(project: Path) -> None:
    desk = open_desk(project, "方案")
    own = [cell for cell in desk.plan.grid_of_cell if cell.startswith("P7") or cell == "P7"]
    desk = do_edit(desk, "new_grid", {"cells": own}, author="王")
    edited = store.require_outcome(project, "方案")
    set_levers(project, "方案", "counts=P5,households:170")
    found = go(project, "方案")
    assert found.solved == (B,)
    pd.testing.assert_frame_equal(part(edited, C), part(found.outcome, C))


def test_a_grandchild_inherits_and_follows_its_parents_levers(project: Path) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    go(project, "方案")
    fork_scenario(project, "方案", "孙")
    assert not is_stale(project, "孙")
    set_levers(project, "孙", "counts=P7,households:200")
    assert go(project, "孙").solved == (C,)
    set_levers(project, "方案", f"new_compound=临江二期,180,{at(450, 225)}")
    assert is_stale(project, "孙")
    found = go(project, "孙")
    assert int(part(found.outcome, B)["households"].sum()) == 150 + 160 + 180
    assert not is_stale(project, "方案")


def test_children_keep_the_levers_of_a_parent_that_goes(project: Path) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    go(project, "方案")
    fork_scenario(project, "方案", "孙")
    rename_scenario(project, "方案", "旧方案")
    assert not is_stale(project, "孙")
    before = store.require_outcome(project, "孙")
    delete_scenario(project, "旧方案")
    assert go(project, "孙").solved == ()
    pd.testing.assert_frame_equal(part(before, B), part(store.require_outcome(project, "孙"), B))
    with reading(project) as connection:
        assert len(read_row(connection, "孙").levers) == 1


def test_the_desk_stands_on_the_scenarios_own_cells(project: Path) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    go(project, "方案")
    desk = open_desk(project, "方案")
    assert "NEW-临江二期" in desk.ground.cell_ids
    assert "NEW-临江二期" not in open_desk(project).ground.cell_ids
    code = next(iter(desk.plan.grids))
    desk = do_edit(desk, "rename", {"grid": code, "name": "新名"}, author="王")
    assert store.require_outcome(project, "方案").grids.set_index("code").loc[code, "name"] == "新名"


def test_a_proposal_for_a_scenario_stands_on_its_cells(project: Path, workers: Workers) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    go(project, "方案")
    wanted = Settings(scenario="方案", rules=RULES)
    outcome = propose(project, wanted, stop=lambda: False, on_progress=lambda _: None, workers=workers)
    assert "NEW-临江二期" in set(outcome.cells["cell_id"])


def test_merged_communities_are_planned_as_one(project: Path) -> None:
    set_levers(project, "方案", f"merge_community={A},{B}")
    found = go(project, "方案")
    assert found.solved == (B,)
    assert set(found.outcome.cells["community_code"]) == {B, C}
    assert [item.community_code for item in found.outcome.certificates] == [B, C]
    assert set(store.require_outcome(project, "方案").communities["code"]) == {B, C}


def test_todays_grids_are_kept_as_far_as_asked(project: Path) -> None:
    set_levers(project, "方案", "keep_today=0", "band=1,2000")
    certificates = go(project, "方案").outcome.certificates
    said = {code for item in certificates for code, _ in item.reasons}
    assert said & {"keep_today_by_weight"} or go(project, "方案").outcome.summary["households_moved"] == 0
    moved = store.require_outcome(project, "方案").summary["households_moved"]
    assert moved == 0


def test_a_stop_leaves_the_scenario_as_it_was_and_remembers_what_was_found(project: Path) -> None:
    set_levers(project, "方案", "band=150,400")
    before = store.require_outcome(project, "方案")
    finished: list[str] = []

    def listen(step: Progress) -> None:
        if step.community is not None:
            finished.append(step.community)

    with pytest.raises(ProposalStopped):
        answer(project, "方案", stop=lambda: bool(finished), on_progress=listen, workers=None)
    after = store.require_outcome(project, "方案")
    assert before.rules == after.rules
    assert is_stale(project, "方案")


@pytest.mark.parametrize(
    "text", ["demolition=nobody", "rule.min_households=5000", f"merge_community={A},{C}"]
)
def test_a_lever_that_cannot_be_pulled_leaves_everything_as_it_was(project: Path, text: str) -> None:
    set_levers(project, "方案", text)
    before = store.require_outcome(project, "方案")
    with pytest.raises((LeverError, RuleError)):
        go(project, "方案")
    after = store.require_outcome(project, "方案")
    pd.testing.assert_frame_equal(part(before, A), part(after, A))


def test_a_ring_of_parents_is_cut_open() -> None:
    ring: Mapping[str, str | None] = {"a": "b", "b": "c", "c": "a"}
    assert sorted(line_of(ring, "a")) == ["a", "b", "c"]


def asked_of(path: Path) -> Asked:
    posed = pose(path, read_filed(path, "base"), time_limit_s=60)
    return posed.asked[A]


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_changes_in_a_problem_changes_its_digest(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, solved_once: bytes
) -> None:
    path = tmp_path_factory.mktemp("m") / "t.gpkg"
    path.write_bytes(solved_once)
    asked = asked_of(path)
    known = mark(asked)
    assert known == mark(asked_of(path))
    names = [item.name for item in fields(asked.problem) if item.name != "name"]
    name = data.draw(st.sampled_from(names))
    value = getattr(asked.problem, name)
    if isinstance(value, np.ndarray):
        changed = value.copy()
        place = data.draw(st.integers(0, changed.size - 1))
        changed.flat[place] = (not changed.flat[place]) if changed.dtype == bool else changed.flat[place] + 1
    elif isinstance(value, Locks):
        changed = Locks(together=((0, 1),))
    elif isinstance(value, dict):
        changed = {**value, "moved": 0.5}
    else:
        changed = value + 1
    assert mark(replace(asked, problem=replace(asked.problem, **{name: changed}))) != known


def test_the_rest_of_a_question_is_in_the_digest_too(project: Path) -> None:
    asked = asked_of(project)
    known = mark(asked)
    others = [
        replace(asked, seed=asked.seed + 1),
        replace(asked, most_moved=0.1),
        replace(asked, params=replace(asked.params, time_limit_s=1.0)),
        replace(asked, params=replace(asked.params, engine="ward")),
        replace(asked, community=replace(asked.community, name="别名")),
        replace(asked, taken=[*asked.taken, f"{A}009"]),
        replace(asked, today=asked.today.map(lambda _: None)),
    ]
    assert len({known, *map(mark, others)}) == len(others) + 1
    free = replace(asked.problem, weights={**asked.problem.weights, "moved": 0.0})
    assert mark(replace(asked, problem=free)) == known


def test_equal_digests_mean_equal_plans(project: Path) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    first = part(go(project, "方案").outcome, B)
    with writing(project) as connection:
        connection.exec_driver_sql("DELETE FROM gridplan_answers")
        row = read_row(connection, "方案")
        write_row(connection, "方案", replace(row, marks={}, asked=""))
    again = go(project, "方案")
    assert again.solved == (B,)
    pd.testing.assert_frame_equal(first, part(again.outcome, B))


def test_a_plan_survives_its_file() -> None:
    outcome_plan = plan_from_json(
        {"cells": {"a": "1", "b": None}, "grids": {"1": ["甲", "base", {"cost_x": None}]}, "certificates": []}
    )
    assert json.loads(plan_to_json(outcome_plan))["cells"] == {"a": "1", "b": None}


def test_cells_kept_in_the_file_are_not_cut_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_levers(project, "方案", f"new_compound=临江二期,210,{at(450, 225)}")
    before = go(project, "方案").outcome
    monkeypatch.setattr(module, "_SHELF", Memo(12))

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(module, "cut_surveyed", never)
    with reading(project) as connection:
        levers = read_row(connection, "方案").answered
    cells = stand(project, levers).ground.stored.cells
    assert cells.geometry.to_wkb().tolist() == before.cells.geometry.to_wkb().tolist()

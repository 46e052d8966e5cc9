"""Undo, redo, stepping back, forks: nothing is lost, and the log says who, when and why."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import which

import pyogrio
import pytest

from scenarios import store
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk, read_history, redo, step_back, undo
from scenarios.desk.forks import delete_scenario, fork_desk, fork_scenario, rename_scenario
from scenarios.errors import EditConflict, EditRefused, RuleError, ScenarioError, UnknownScenario
from scenarios.propose import Settings, propose
from scenarios.rules import GridRules
from scenarios.workers import Workers
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN


def rename(desk: Desk, name: str, note: str = "") -> Desk:
    return do_edit(desk, "rename", {"grid": min(desk.plan.grids), "name": name}, author="王", note=note)


def lone_cell(desk: Desk, at: int = 0) -> Desk:
    return do_edit(desk, "new_grid", {"cells": [desk.ground.cells_of(PLAIN)[at]]}, author="李")


def same(one: Desk, other: Desk) -> bool:
    """Whether two desks hold the same plan with the same proofs and figures."""
    return (one.plan, one.certificates, one.terms, dict(one.summary), one.measures) == (
        other.plan,
        other.certificates,
        other.terms,
        dict(other.summary),
        other.measures,
    )


def test_every_step_is_there_after_a_restart(desk: Desk) -> None:
    after = lone_cell(rename(desk, "一"))
    again = open_desk(desk.path)
    assert same(again, after)
    assert (again.version, again.stacks, again.codes) == (after.version, after.stacks, after.codes)


def test_undo_and_redo_bring_back_everything_across_restarts(desk: Desk) -> None:
    steps = [desk]
    for at in range(3):
        steps.append(lone_cell(steps[-1], at))
    now = steps[-1]
    for before in reversed(steps[:-1]):
        now = undo(open_desk(desk.path), author="王")
        assert same(now, before)
    assert not now.can_undo
    for after in steps[1:]:
        now = redo(open_desk(desk.path), author="王")
        assert same(now, after)
    assert not now.can_redo


def test_an_edit_after_an_undo_ends_the_redo(desk: Desk) -> None:
    undone = undo(lone_cell(desk), author="")
    assert undone.can_redo
    after = rename(undone, "别的")
    assert not after.can_redo
    with pytest.raises(EditRefused):
        redo(after, author="")


def test_there_is_nothing_before_the_first_plan(desk: Desk) -> None:
    with pytest.raises(EditRefused) as caught:
        undo(desk, author="")
    assert caught.value.code == "nothing_to_undo"


def test_the_history_says_who_when_what_and_why(desk: Desk) -> None:
    rename(desk, "一", note="居民建议")
    first, second = read_history(desk.path)
    assert (first.kind, first.author) == ("origin", "")
    assert (second.kind, second.author, second.note) == ("rename", "王", "居民建议")
    assert second.facts["name"] == "一"
    assert second.at.endswith("Z")
    assert (second.n_cells, second.n_grids, second.undone) == (0, 1, False)


def test_the_history_marks_what_is_undone(desk: Desk) -> None:
    now = undo(rename(desk, "一"), author="")
    assert [item.undone for item in read_history(desk.path)] == [False, True, False]
    redo(now, author="")
    assert [item.undone for item in read_history(desk.path)] == [False, False, True, False]


def test_stepping_back_is_an_edit_that_can_be_undone(desk: Desk) -> None:
    first = lone_cell(desk)
    latest = rename(undo(lone_cell(first, 1), author=""), "三")
    seq = read_history(desk.path)[1].seq
    back = step_back(latest, seq, author="王", note="回到会前")
    assert same(back, first)
    assert [item.undone for item in read_history(desk.path)] == [False, False, True, True, True, False]
    assert same(undo(back, author="王"), latest)
    history = read_history(desk.path)
    assert history[-2].kind == "step_back"
    # Undoing the way back brings the name back, and what had been undone before stays undone.
    assert [item.undone for item in history] == [False, False, True, False, False, True, False]


def test_stepping_back_to_nowhere_is_refused(desk: Desk) -> None:
    with pytest.raises(EditRefused) as caught:
        step_back(desk, 99, author="")
    assert caught.value.code == "no_such_entry"
    with pytest.raises(EditRefused):
        step_back(rename(desk, "一"), 0, author="")  # before the first plan


def test_a_proposal_is_an_entry_and_undoing_it_brings_back_rules_and_proofs(
    desk: Desk, workers: Workers
) -> None:
    edited = lone_cell(desk)
    rules = GridRules().with_band(200, 400)
    settings = Settings(rules=rules, weights={"boundary": 2.0})
    propose(desk.path, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    proposed = open_desk(desk.path)
    assert proposed.rules == rules
    assert read_history(desk.path)[-1].kind == "proposal"
    back = undo(proposed, author="王")
    assert same(back, edited)
    assert store.require_outcome(desk.path).rules["max_households"] == 500
    assert same(redo(back, author="王"), proposed)


def test_the_outcome_after_edits_is_that_of_the_same_plan_stored_whole(desk: Desk, tmp_path: Path) -> None:
    after = undo(lone_cell(lone_cell(desk), 5), author="")
    outcome = store.require_outcome(desk.path)
    other = Path(shutil.copy(desk.path, tmp_path / "other.gpkg"))
    store.save_outcome(other, replace(outcome, scenario="again"), after.terms.weights)
    again = store.require_outcome(other, "again")
    assert again.grids.drop(columns="geometry").equals(outcome.grids.drop(columns="geometry"))
    assert again.cells["grid_code"].tolist() == [after.plan.grid_of_cell[c] for c in outcome.cells["cell_id"]]
    for code, item in after.measures.grids.items():
        row = outcome.grids.set_index("code").loc[code]
        assert (row["households"], row["n_cells"], row["contiguous"], row["in_band"]) == (
            item.households,
            item.n_cells,
            item.contiguous,
            item.in_band,
        )
        assert row["area_m2"] == pytest.approx(item.area_m2, rel=1e-6)
        assert row["perimeter_m"] == pytest.approx(item.perimeter_m, rel=1e-6)


def test_the_second_writer_is_told_what_changed(desk: Desk) -> None:
    mine = open_desk(desk.path)
    theirs = lone_cell(rename(desk, "一"))
    before = desk.path.read_bytes()
    with pytest.raises(EditConflict) as caught:
        rename(mine, "二")
    assert caught.value.code == "changed_meanwhile"
    assert [entry.kind for entry in caught.value.entries] == ["rename", "new_grid"]
    assert desk.path.read_bytes() == before
    # Mine on top of theirs:
    fresh = catch_up(mine)
    assert same(fresh, theirs)
    assert (fresh.version, fresh.stacks, fresh.codes) == (theirs.version, theirs.stacks, theirs.codes)
    assert rename(fresh, "二").plan.grids[min(desk.plan.grids)].name == "二"
    # Mine kept as a scenario of its own:
    kept = rename(fork_desk(mine, "我的"), "二")
    assert kept.measures.grids.keys() == mine.measures.grids.keys()
    assert open_desk(desk.path, "我的").plan == kept.plan


def test_catching_up_on_a_proposal_gives_what_opening_gives(desk: Desk, workers: Workers) -> None:
    settings = Settings(rules=GridRules().with_band(200, 400))
    propose(desk.path, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    assert same(catch_up(desk), open_desk(desk.path))
    assert catch_up(catch_up(desk)).version == 2


def test_a_fork_keeps_plan_locks_and_proofs_and_says_where_it_is_from(desk: Desk) -> None:
    locked = do_edit(desk, "lock", {"communities": [OVERSIZE]}, author="王")
    fork = fork_scenario(desk.path, "base", "比选", author="王")
    assert (fork.plan, fork.certificates) == (locked.plan, locked.certificates)
    assert same(open_desk(desk.path, "比选"), fork)
    assert store.require_outcome(desk.path, "比选").grids.equals(store.require_outcome(desk.path).grids)
    (entry,) = read_history(desk.path, "比选")
    assert (entry.kind, entry.facts) == ("fork", {"from": "base", "version": locked.version})
    rename(fork, "只在这里")
    assert open_desk(desk.path).plan == locked.plan
    with pytest.raises(ScenarioError) as caught:
        fork_scenario(desk.path, "base", "比选")
    assert caught.value.code == "scenario_exists"
    with pytest.raises(RuleError):
        fork_scenario(desk.path, "base", "  ")


def test_a_scenario_is_renamed_with_its_log_and_deleted_with_it(desk: Desk) -> None:
    fork = rename(fork_scenario(desk.path, "base", "甲"), "一")
    rename_scenario(desk.path, "甲", "乙")
    moved = open_desk(desk.path, "乙")
    assert same(moved, fork)
    assert same(undo(moved, author=""), replace(desk, measures=desk.measures))
    delete_scenario(desk.path, "乙")
    assert store.list_scenarios(desk.path) == ("base",)
    assert read_history(desk.path, "乙") == ()
    with pytest.raises(UnknownScenario):
        open_desk(desk.path, "乙")
    with pytest.raises(ScenarioError) as caught:
        delete_scenario(desk.path, "base")
    assert caught.value.code == "scenario_is_base"
    with pytest.raises(ScenarioError):
        rename_scenario(desk.path, "base", "x")


def make_old(path: Path) -> None:
    """Make a project what it was in format 1."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for table in ("gridplan_desks", "gridplan_edits", "gridplan_locks"):
            connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        connection.execute("ALTER TABLE gridplan_grids DROP COLUMN institution_id")
        connection.execute("DELETE FROM gridplan_meta WHERE key IN ('touched', 'known_digests')")
        connection.commit()


def test_a_project_of_format_1_opens_and_gains_its_tables_at_the_first_edit(desk: Desk) -> None:
    make_old(desk.path)
    before = desk.path.read_bytes()
    old = open_desk(desk.path)
    assert same(old, desk)
    assert (old.version, old.can_undo) == (0, False)
    assert read_history(desk.path) == ()
    assert store.require_outcome(desk.path).grids["name"].notna().all()
    assert desk.path.read_bytes() == before
    after = rename(old, "一")
    assert same(open_desk(desk.path), after)
    assert same(undo(after, author=""), old)
    assert same(step_back(rename(open_desk(desk.path), "二"), 0, author=""), old)


def test_other_programs_read_the_log(desk: Desk) -> None:
    rename(desk, "一")
    names = {str(name) for name, _ in pyogrio.list_layers(desk.path)}
    assert {"gridplan_edits", "gridplan_desks"} <= names
    edits = pyogrio.read_dataframe(desk.path, layer="gridplan_edits")
    assert edits["kind"].tolist() == ["origin", "rename"]
    with closing(sqlite3.connect(desk.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(which("ogrinfo") is None, reason="ogrinfo is not installed")
def test_ogrinfo_reads_the_log_without_a_warning(desk: Desk) -> None:
    rename(desk, "一")
    said = subprocess.run(
        ["ogrinfo", "-so", desk.path, "gridplan_edits"], capture_output=True, text=True, check=True
    )
    assert "Feature Count: 2" in said.stdout
    assert said.stderr == ""


def test_a_desk_whose_row_was_deleted_is_told_by_the_log(desk: Desk) -> None:
    # The next edit was refused as "cannot write, IntegrityError": its version was in the log already.
    gone = lone_cell(desk, 3)
    code = max(gone.plan.grids)
    after = do_edit(undo(gone, author=""), "lock", {"grids": [min(desk.plan.grids)]}, author="王")
    with closing(sqlite3.connect(desk.path)) as file, file:
        file.execute("DELETE FROM gridplan_desks")
    again = open_desk(desk.path)
    assert (again.version, again.plan) == (after.version, after.plan)
    assert code in again.codes  # a code that was given up never comes to mean another place
    edited = rename(again, "一")
    assert edited.version == after.version + 1
    assert not any(item.proven for item in lone_cell(edited, 11).certificates if item.community_code == PLAIN)

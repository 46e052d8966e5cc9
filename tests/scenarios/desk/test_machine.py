"""Any sequence of edits, undo, redo, locks, wishes, solving, restarts: rules as reported, and a way back."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scenarios import store
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk, read_history, redo, step_back, undo
from scenarios.desk.plan import DeskPlan
from scenarios.desk.resolve import accept, best_around_live, open_on_desk
from scenarios.desk.wishes import change_wishes
from scenarios.errors import EditRefused
from scenarios.locks.kept import read_lock_list
from scenarios.locks.listed import lock_count
from tests.scenarios.desk.conftest import PLAIN
from tests.scenarios.desk.recount import recount
from tests.scenarios.desk.test_history import same

AT = st.integers(0, 10_000)


def pick(values: Any, at: int) -> Any:
    ordered = sorted(values)
    return ordered[at % len(ordered)]


class AtTheDesk(RuleBasedStateMachine):
    """One person's session; `before` and `after` are what undo and redo must bring back, the next last."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(shutil.copy(self.template, Path(self.folder.name) / "desk.gpkg"))
        self.desk = self.start = open_desk(self.path)
        self.cells = store.require_outcome(self.path).cells
        self.before: list[Desk] = []
        self.after: list[Desk] = []
        self.jumps: list[tuple[DeskPlan, DeskPlan]] = []
        self.plans: dict[int, DeskPlan] = {}
        self.note()

    def note(self) -> None:
        """Keep the plan under the number of its entry, for stepping back to it."""
        self.plans[read_history(self.path)[-1].seq] = self.desk.plan

    def edit(self, kind: str, /, **facts: Any) -> None:
        self.act(lambda: do_edit(self.desk, kind, facts, author="测试"))

    def act(self, step: Callable[[], Desk]) -> None:
        known = self.desk
        try:
            self.desk = step()
        except EditRefused:
            assert open_desk(self.path).version == known.version
            return
        self.before.append(known)
        self.after.clear()
        self.note()

    @rule(at=AT, size=st.integers(1, 3), to=AT)
    def give(self, at: int, size: int, to: int) -> None:
        ids = self.desk.ground.cell_ids
        cells = [ids[(at + n) % len(ids)] for n in range(size)]
        self.edit("give", cells=cells, grid=pick(self.desk.plan.grids, to))

    @rule(at=AT, to=AT)
    def give_to_a_neighbour(self, at: int, to: int) -> None:
        cell = pick(self.desk.ground.cell_ids, at)
        grids = {self.desk.plan.grid_of_cell[other] for other, _, _ in self.desk.ground.neighbours(cell)}
        near = grids - {None}
        if near:
            self.edit("give", cells=[cell], grid=pick(near, to))

    @rule(at=AT, size=st.integers(1, 4))
    def new_grid(self, at: int, size: int) -> None:
        ids = self.desk.ground.cell_ids
        self.edit("new_grid", cells=[ids[(at + n) % len(ids)] for n in range(size)])

    @rule(one=AT, other=AT)
    def merge(self, one: int, other: int) -> None:
        self.edit("merge", grids=[pick(self.desk.plan.grids, one), pick(self.desk.plan.grids, other)])

    @rule(at=AT)
    def split(self, at: int) -> None:
        self.edit("split", grid=pick(self.desk.plan.grids, at))

    @rule(at=AT, spread=st.booleans())
    def dissolve(self, at: int, spread: bool) -> None:
        if len(self.desk.plan.grids) > 1:
            self.edit("dissolve", grid=pick(self.desk.plan.grids, at), spread=spread)

    @rule(at=AT, name=st.sampled_from(["一", "二", " "]))
    def rename(self, at: int, name: str) -> None:
        self.edit("rename", grid=pick(self.desk.plan.grids, at), name=name)

    @rule(at=AT)
    def recode(self, at: int) -> None:
        self.edit("recode", grid=pick(self.desk.plan.grids, at), code=f"X{at % 7}")

    @rule(at=AT, kind=st.sampled_from(["base", "dedicated"]))
    def dedicate(self, at: int, kind: str) -> None:
        self.edit("dedicate", grid=pick(self.desk.plan.grids, at), kind=kind)

    @rule()
    def complete_contiguity(self) -> None:
        self.edit("complete_contiguity")

    @rule()
    def assign_rest(self) -> None:
        self.edit("assign_rest")

    @rule(
        kind=st.sampled_from(["lock", "unlock"]),
        at=AT,
        what=st.sampled_from(["cells", "grids", "communities"]),
    )
    def lock(self, kind: str, at: int, what: str) -> None:
        known = {
            "cells": self.desk.ground.cell_ids,
            "grids": self.desk.plan.grids,
            "communities": self.desk.ground.members,
        }
        self.edit(kind, **{what: [pick(known[what], at)]})

    @rule()
    def unlock_everything(self) -> None:
        self.edit("unlock", everything=True)

    @rule(count=st.integers(0, 4))
    def wish(self, count: int) -> None:
        wanted = (lock_count(PLAIN, count),) if count else ()
        if read_lock_list(self.path, self.desk.scenario) == wanted:
            return
        known = self.desk
        change_wishes(self.path, known.scenario, lambda _known: wanted, author="测试")
        self.desk = catch_up(known)
        assert same(self.desk, known)
        self.before.append(known)
        self.after.clear()
        self.note()

    @rule(at=AT)
    def solve(self, at: int) -> None:
        code = pick(self.desk.ground.members, at)
        live = open_on_desk(self.desk, code, stop=lambda: False)
        offer = best_around_live(self.desk, live, stop=lambda: False)
        self.act(lambda: accept(self.desk, offer, author="测试"))

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        self.after.append(self.desk)
        self.desk = undo(self.desk, author="测试")
        assert same(self.desk, self.before.pop())
        self.note()

    @precondition(lambda self: self.after)
    @rule()
    def redo(self) -> None:
        self.before.append(self.desk)
        self.desk = redo(self.desk, author="测试")
        assert same(self.desk, self.after.pop())
        self.note()

    @rule(at=AT)
    def step_back(self, at: int) -> None:
        seq = pick([item.seq for item in read_history(self.path)], at)
        known = self.desk
        self.act(lambda: step_back(self.desk, seq, author="测试"))
        assert self.desk.plan == self.plans[seq]
        self.jumps.append((known.plan, self.desk.plan))

    @rule()
    def reload(self) -> None:
        again = open_desk(self.path)
        assert same(again, self.desk)
        assert (again.version, again.stacks) == (self.desk.version, self.desk.stacks)
        assert again.codes == self.desk.codes
        self.desk = again

    @rule()
    def follow(self) -> None:
        assert same(catch_up(self.start), self.desk)

    @invariant()
    def rules_are_as_reported(self) -> None:
        reported = {(rule.code, rule.grid) for rule in self.desk.measures.broken}
        assert reported == recount(self.desk.plan, self.cells, self.desk.rules)

    @invariant()
    def the_plan_is_whole(self) -> None:
        plan = self.desk.plan
        used = {code for code in plan.grid_of_cell.values() if code is not None}
        assert used == plan.grids.keys() <= self.desk.codes
        assert plan.grid_of_cell.keys() == self.start.plan.grid_of_cell.keys()
        home = {}
        for cell, code in plan.grid_of_cell.items():
            if code is not None:
                community = self.desk.ground.community_of(cell)
                assert home.setdefault(code, community) == community

    @invariant()
    def what_is_locked_has_not_moved(self) -> None:
        locks = self.desk.plan.locks
        # A step back gives the plan there was, whatever was unlocked, moved and locked again since.
        if self.before and not self.after and (self.before[-1].plan, self.desk.plan) not in self.jumps:
            was = self.before[-1]
            for cell in locks.cells & was.plan.locks.cells:
                grid, old = self.desk.plan.grid_of_cell[cell], was.plan.grid_of_cell[cell]
                assert grid == old or self.desk.plan.grids[grid] == was.plan.grids[old]  # recoded

    @invariant()
    def proofs_are_those_of_the_plan(self) -> None:
        broken = {rule.community_code for rule in self.desk.measures.broken}
        for item in self.desk.certificates:
            assert not item.proven or item.community_code not in broken
            assert not item.proven or item.status == "optimal"
            if item.status in ("optimal", "feasible"):
                assert item.community_code not in broken
                assert not item.objective < item.lower_bound - 1e-3

    def teardown(self) -> None:
        while self.desk.can_undo:
            self.desk = undo(self.desk, author="测试")
        assert same(self.desk, self.start)
        assert same(open_desk(self.path), self.start)
        assert read_lock_list(self.path, self.start.scenario) == ()
        outcome = store.require_outcome(self.path)
        assert outcome.cells["grid_code"].tolist() == self.cells["grid_code"].tolist()
        self.folder.cleanup()


@pytest.mark.parametrize("steps", [30])
def test_any_session_keeps_its_promises(solved_template: Path, steps: int) -> None:
    machine = type("Session", (AtTheDesk,), {"template": solved_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

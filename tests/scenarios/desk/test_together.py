"""Several people on one file at once, in threads as on a server and in processes as in an office."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from scenarios import propose, store
from scenarios.desk.change import apply_change, reverse
from scenarios.desk.desk import Desk, catch_up, do_edit, open_desk, read_history
from scenarios.desk.log import read_changes_after
from scenarios.errors import EditConflict
from scenarios.project.connect import reading
from scenarios.workers import Workers
from tests.scenarios.desk.conftest import OVERSIZE, PLAIN
from tests.scenarios.desk.test_history import same

EACH = 6


def rename_often(path: Path, person: str, scenario: str = "base") -> int:
    """Rename a grid again and again, on top of whatever the others did; give the conflicts met."""
    desk, conflicts = open_desk(path, scenario), 0
    grid = min(desk.plan.grids)
    for number in range(EACH):
        while True:
            try:
                facts = {"grid": grid, "name": f"{person} {number}"}
                desk = do_edit(desk, "rename", facts, author=person)
                break
            except EditConflict:
                conflicts += 1
                desk = catch_up(desk)
    return conflicts


def check(start: Desk, people: Sequence[str]) -> None:
    """Every edit of everybody is there, in each one's order, and the log leads back to the start."""
    now = open_desk(start.path, start.scenario)
    history = read_history(start.path, start.scenario)[-len(people) * EACH :]
    for person in people:
        names = [item.facts["name"] for item in history if item.author == person]
        assert names == [f"{person} {number}" for number in range(EACH)]
    assert now.version == start.version + len(people) * EACH
    assert same(catch_up(start), now)
    plan = now.plan
    with reading(start.path) as connection:
        for _, change in read_changes_after(connection, start.scenario, history[0].seq - 1):
            plan = apply_change(plan, reverse(change))
    assert plan == start.plan
    with closing(sqlite3.connect(start.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_threads_of_one_server_lose_nothing(desk: Desk) -> None:
    people = [f"t{number}" for number in range(4)]
    with ThreadPoolExecutor(5) as pool:
        # One who only looks, meanwhile, reads whole plans.
        looking = pool.submit(lambda: [store.require_outcome(desk.path) for _ in range(12)])
        list(pool.map(lambda person: rename_often(desk.path, person), people))
        seen = looking.result()
    assert all(outcome.cells["grid_code"].notna().all() for outcome in seen)
    check(desk, people)


def test_processes_on_one_file_lose_nothing(desk: Desk) -> None:
    people = ["p0", "p1"]
    with Workers(2) as pool:
        for answer in [pool.submit(rename_often, desk.path, person) for person in people]:
            answer.result(120)
    check(desk, people)


def test_an_edit_made_while_a_proposal_is_stored_is_not_lost(
    desk: Desk, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = min(code for code in desk.plan.grids if code.startswith(OVERSIZE))
    summarise = propose.summarise

    def edit_first(*arguments: object, **named: object) -> object:
        if open_desk(desk.path).plan.grids[grid].name != "改过":
            do_edit(open_desk(desk.path), "rename", {"grid": grid, "name": "改过"}, author="王")
        return summarise(*arguments, **named)

    monkeypatch.setattr(propose, "summarise", edit_first)
    settings = propose.Settings(communities=(PLAIN,))
    propose.propose(desk.path, settings, stop=lambda: False, on_progress=lambda _step: None, workers=workers)
    assert open_desk(desk.path).plan.grids[grid].name == "改过"
    assert [item.kind for item in read_history(desk.path)] == ["origin", "rename", "proposal"]

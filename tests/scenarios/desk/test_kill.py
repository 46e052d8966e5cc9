"""Killed at any moment, the file holds every acknowledged edit, and none in part."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from scenarios import store
from scenarios.desk.change import apply_change, reverse
from scenarios.desk.desk import open_desk, read_history
from scenarios.desk.log import read_changes_after
from scenarios.desk.measure import measure_plan
from scenarios.project.connect import reading

WORKER = Path(__file__).with_name("kill_worker.py")
ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("GRIDPLAN_KILLS", "15"))


class Nursery:
    """Begets processes that edit, and kills them."""

    def __init__(self, path: Path, told: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._told = told
        self._parent = subprocess.Popen(
            [sys.executable, WORKER, path, told],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Nursery":
        assert self._hear() == "ready"
        return self

    def __exit__(self, *_error: object) -> None:
        self._parent.communicate()

    def edit_until_killed(self, seed: int, after_s: float) -> list[str]:
        """Let a process edit for so long, kill it, and give what had been acknowledged to it."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{seed}\n")
        self._parent.stdin.flush()
        child = int(self._hear())
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        assert self._hear() == "dead"
        return self._told.read_text().split("\n")[:-1]  # the last piece is empty, or a line cut off

    def _hear(self) -> str:
        assert self._parent.stdout is not None
        return self._parent.stdout.readline().strip()


def check(path: Path, acknowledged: list[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    desk = open_desk(path)
    history = read_history(path)
    assert [item.version for item in history] == list(range(1, desk.version + 1))
    told = {int(line.split(" ", 1)[0]): line.split(" ", 1)[1] for line in acknowledged}
    # At most the edit that was under way is there besides.
    assert desk.version - max(told, default=desk.version) in (0, 1)
    plan = desk.plan
    with reading(path) as connection:
        changes = read_changes_after(connection, "base", 0)
    for version, (_, change) in zip(range(desk.version, 0, -1), changes, strict=True):
        written = ",".join(f"{cell}={code}" for cell, code in sorted(plan.grid_of_cell.items()))
        assert told.get(version, written) == written
        plan = apply_change(plan, reverse(change))
    # Every table is of the same version: what is stored beside the plan is what the plan gives.
    assert desk.measures == measure_plan(desk.plan, desk.ground, desk.rules)
    outcome = store.require_outcome(path)
    assert set(outcome.grids["code"]) == desk.plan.grids.keys()
    assert desk.summary["n_grids"] == len(desk.plan.grids)
    assert [item.n_grids for item in desk.certificates] == [
        len(part.grids) for part in desk.measures.communities.values()
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor kills so")
def test_a_killed_process_loses_no_acknowledged_edit(solved_template: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(solved_template, tmp_path / "desk.gpkg"))
    draw = np.random.default_rng(20261124)
    edits = hot = 0
    with Nursery(path, tmp_path / "told") as nursery:
        for seed in range(KILLS):
            acknowledged = nursery.edit_until_killed(seed, draw.uniform(0.0, 0.6))
            hot += path.with_name(path.name + "-journal").exists()
            edits += len(acknowledged)
            check(path, acknowledged)
    assert edits > KILLS // 3
    sys.stderr.write(f"{KILLS} kills, {edits} acknowledged edits, {hot} kills inside a transaction\n")

import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

import scenarios.ground
from geo.layers import Tiling
from optimize.problem import Problem
from scenarios import store
from scenarios.errors import RuleError
from scenarios.propose import Progress, ProposalStopped, Settings, propose
from scenarios.rules import GridRules
from scenarios.workers import Workers


def never() -> bool:
    return False


def quiet(_step: Progress) -> None:
    return


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_plan_holds_the_rules_and_says_why_where_it_cannot(small_project: Path, workers: Workers) -> None:
    outcome = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    first, second = outcome.certificates
    assert first.proven
    assert first.status == "optimal"
    assert first.lower_bound <= first.objective
    assert not second.proven
    assert second.status == "relaxed"
    assert next(code for code, _ in second.reasons) == "oversize_cell"
    assert second.reasons[0][1]["cells"] == ["002-01"]
    own = outcome.grids[outcome.grids["community_code"] == "999001001001"]
    assert own["in_band"].all()
    assert outcome.grids["contiguous"].all()
    # The oversize parcel stands alone, its neighbours still form grids inside the band.
    other = outcome.grids[outcome.grids["community_code"] == "999001001002"]
    assert sorted(other["households"]) == [300, 380, 700]


def test_same_seed_same_plan(small_project: Path, workers: Workers) -> None:
    first = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    second = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    assert first.cells["grid_code"].tolist() == second.cells["grid_code"].tolist()


def fail_in(community: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the engine stumble over one community."""
    build = scenarios.ground.build_problem

    def spoil(tiling: Tiling, code: str, **rest: object) -> Problem:
        problem = build(tiling, code, **rest)
        return replace(problem, border_m=problem.border_m[:-1]) if code == community else problem

    monkeypatch.setattr(scenarios.ground, "build_problem", spoil)


@pytest.mark.parametrize("band", [(300, 500), (290, 510)])
def test_an_engine_that_fails_leaves_the_plan_that_was_there(
    small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch, band: tuple[int, int]
) -> None:
    before = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    fail_in("999001001001", monkeypatch)
    settings = Settings(rules=GridRules().with_band(*band))
    for _ in range(2):  # the second failure says no more than the first
        after = propose(small_project, settings, stop=never, on_progress=quiet, workers=workers)
    own = before.cells["community_code"] == "999001001001"
    assert after.cells.loc[own, "grid_code"].tolist() == before.cells.loc[own, "grid_code"].tolist()
    old, new = before.certificates[0], after.certificates[0]
    assert old.proven
    # Proven under the old limits says nothing under others.
    assert new.proven == (band == (300, 500))
    told = [code for code, _ in new.reasons[len(old.reasons) :]]
    assert told == (["engine_failed"] if new.proven else ["kept_from_before", "engine_failed"])


def test_an_engine_that_fails_in_one_community_does_not_stop_the_others(
    small_project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_in("999001001002", monkeypatch)
    outcome = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    assert [item.status for item in outcome.certificates] == ["optimal", "none"]
    assert outcome.certificates[1].reasons[0][0] == "engine_failed"
    assert outcome.cells["grid_code"].isna().sum() == 6


def test_workers_replace_a_process_that_died() -> None:
    with Workers(1) as workers:
        with pytest.raises(BrokenProcessPool):
            workers.submit(os._exit, 3).result()
        assert workers.submit(len, "abc").result() == 3


def test_progress_names_each_community(small_project: Path, workers: Workers) -> None:
    steps: list[Progress] = []
    propose(small_project, Settings(), stop=never, on_progress=steps.append, workers=workers)
    assert {step.community for step in steps if step.community} == {"999001001001", "999001001002"}
    assert steps[0].stage == "cells"
    assert steps[-1].stage == "store"


def test_one_community_alone_keeps_the_plan_of_the_other(small_project: Path, workers: Workers) -> None:
    before = propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    narrow = Settings(communities=("999001001001",), rules=GridRules().with_band(200, 420))
    after = propose(small_project, narrow, stop=never, on_progress=quiet, workers=workers)
    kept = before.cells["community_code"] == "999001001002"
    assert after.cells.loc[kept, "grid_code"].tolist() == before.cells.loc[kept, "grid_code"].tolist()
    own = after.grids[after.grids["community_code"] == "999001001001"]
    assert own["households"].between(200, 420).all()


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"weights": {"beauty": 1.0}}, "unknown_weight"),
        ({"weights": {"boundary": -1.0}}, "weight_out_of_range"),
        ({"weights": {"boundary": float("nan")}}, "weight_out_of_range"),
        ({"communities": ("nowhere",)}, "unknown_community"),
        ({"scenario": ""}, "scenario_name_empty"),
        ({"scenario": " "}, "scenario_name_empty"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(
    small_project: Path, workers: Workers, settings: dict[str, object], code: str
) -> None:
    before = digest(small_project)
    with pytest.raises(RuleError) as caught:
        propose(small_project, Settings(**settings), stop=never, on_progress=quiet, workers=workers)
    assert caught.value.code == code
    assert digest(small_project) == before


def test_cancelled_at_once_the_project_keeps_its_plan(small_project: Path, workers: Workers) -> None:
    with pytest.raises(ProposalStopped):
        propose(small_project, Settings(), stop=lambda: True, on_progress=quiet, workers=workers)
    assert store.read_outcome(small_project) is None


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("wait_s", [0.3, 1.2, 2.0, 2.6])
def test_a_killed_run_leaves_the_project_as_it_was(
    small_project: Path, workers: Workers, wait_s: float
) -> None:
    propose(small_project, Settings(), stop=never, on_progress=quiet, workers=workers)
    before = store.require_outcome(small_project).cells["grid_code"].tolist()
    command = [sys.executable, "-m", "gridplan", "grids", str(small_project), "--min-households", "100"]
    run = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(wait_s)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    after = store.require_outcome(small_project)
    low = after.rules["min_households"]
    # Either the old plan or the whole new one, never a mixture.
    assert (after.cells["grid_code"].tolist() == before) == (low == 300)
    assert not list(small_project.parent.glob(".gridplan-*"))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_reaches_the_engines_through_the_parent_only(workers: Workers) -> None:
    running = workers.submit(time.sleep, 1.0)
    for process in active_children():
        os.kill(process.pid, signal.SIGINT)
    assert running.result() is None


KILLED = """
import sys, time
from scenarios.workers import Workers

if __name__ == "__main__":
    workers = Workers(1)
    print(workers.submit(__import__("os").getpid).result(), flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(KILLED, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2:3]

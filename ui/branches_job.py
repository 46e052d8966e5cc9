"""Ask for a proposal of branches in a worker process, watch it, stop it; a refresh loses nothing."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from scenarios.branches.propose import plan_in_worker
from scenarios.branches.table import save_plan
from scenarios.branches.values import BranchSettings
from scenarios.propose import Progress, ProposalStopped
from scenarios.run import run_one
from ui.boundary import show_error
from ui.jobs import Job, JobView, Told, Work, all_jobs, all_workers, watch_job
from ui.state import State
from ui.texts.catalog import Texts

_TIME_LIMIT_S = 60.0
_PARTS = 1000  # of the whole, in which progress is told

Key = tuple[str, str, str]


def draw_propose(texts: Texts, state: State, settings: BranchSettings) -> None:
    """Offer to propose; while that is under way show how far it is and offer to stop."""
    job = find_job(state)
    if job is not None and job.view().state == "running":
        watch_job(_key(state), "stop_branches", partial(_progress, texts))
        return
    if st.button(texts("branches.propose"), type="primary", width="stretch") and state.project:
        all_jobs().start(_key(state), _work(state.project, state.scenario, settings))
        st.rerun()
    if job is not None:
        _tell(texts, job)
        all_jobs().forget(_key(state))


def find_job(state: State) -> Job | None:
    """Give the latest proposal for the scenario shown that has not been told of yet."""
    return all_jobs().find(_key(state))


def _key(state: State) -> Key:
    return "branches", str(state.project), state.scenario


def _work(path: Path, scenario: str, settings: BranchSettings) -> Work:
    workers = all_workers()

    def work(stop: Callable[[], bool], listen: Callable[[Progress], None]) -> None:
        plan = run_one(
            plan_in_worker,
            path,
            settings,
            scenario,
            _TIME_LIMIT_S,
            stop=stop,
            on_share=lambda share: listen(Progress(stage="solve", done=round(_PARTS * share), total=_PARTS)),
            workers=workers,
        )
        if stop():
            raise ProposalStopped("stopped")
        save_plan(path, plan)

    return work


def _progress(texts: Texts, view: JobView) -> Told:
    said = texts("branches.proposing", share=texts.percent(view.share, 0), seconds=int(view.elapsed_s))
    return Told(view.share, said, texts("branches.stopping" if view.stopping else "branches.stop"))


def _tell(texts: Texts, job: Job) -> None:
    """Say how a proposal ended, unless it ended well: then the page shows it."""
    view = job.view()
    if view.error is not None:
        show_error(texts, view.error)
    elif view.state == "stopped":
        st.info(texts("branches.stopped"))

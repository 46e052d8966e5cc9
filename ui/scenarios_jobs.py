"""Scenarios worked out in the background, one after the other, with progress and a stop."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from scenarios.levers.answer import answer
from scenarios.propose import Progress, ProposalStopped
from ui.boundary import escape_markdown, show_error
from ui.jobs import Job, Work, all_jobs, all_workers
from ui.state import State, get_state
from ui.texts.catalog import Texts

_POLL_S = 0.3
Counts = dict[str, tuple[int, int, int]]
"""Scenario → communities that stay, that were known, that were solved."""


def start_answers(project: Path, names: Sequence[str]) -> None:
    """Work out some scenarios, unless that is under way already."""
    if names:
        all_jobs().start(_key(project), _work(project, tuple(names)))


def draw_answers(texts: Texts, state: State) -> bool:
    """Show the work under way; tell whether there is any. Its end is told once."""
    if state.project is None:
        return False
    job = all_jobs().find(_key(state.project))
    if job is None:
        return False
    view = job.view()
    if view.state == "running":
        _watch(texts.language)
        return True
    all_jobs().forget(_key(state.project))
    if view.error is not None:
        show_error(texts, view.error)
    elif isinstance(view.answer, dict):
        for name, (kept, known, solved) in view.answer.items():
            facts = {"kept": kept, "known": known, "solved": solved}
            st.caption(escape_markdown(f"{name}: {texts('scenarios_page.reach_kept', **facts)}"))
    return False


@st.fragment(run_every=_POLL_S)
def _watch(language: str) -> None:
    texts, state = Texts(language), get_state()
    job = _job(state)
    if job is None or job.view().state != "running":
        st.rerun()
        return
    view = job.view()
    step = view.progress or Progress(stage="cells", done=0, total=1)
    name = step.community or ""
    text = texts("scenarios_page.working", name=name, done=step.done, total=step.total)
    st.progress(step.done / step.total if step.total else 0.0, text=escape_markdown(text))
    if st.button(texts("scenarios_page.stop"), key="stop_answers", disabled=view.stopping):
        job.cancel()


def _job(state: State) -> Job | None:
    return all_jobs().find(_key(state.project)) if state.project is not None else None


def _key(project: Path) -> tuple[str, str]:
    return ("scenarios", str(project))


def _work(project: Path, names: tuple[str, ...]) -> Work:
    workers = all_workers()

    def run(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> Counts:
        counts: Counts = {}
        for at, name in enumerate(names):
            if stop():
                raise ProposalStopped("stopped")
            on_progress(Progress(stage="solve", done=at, total=len(names), community=name))
            found = answer(project, name, stop=stop, on_progress=lambda _: None, workers=workers)
            counts[name] = (len(found.kept), len(found.known), len(found.solved))
        return counts

    return run

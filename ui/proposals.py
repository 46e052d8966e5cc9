"""Ask for a proposal, watch it, stop it."""

from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

import streamlit as st

from scenarios.locks.listed import join_list
from scenarios.outcome import Outcome
from scenarios.propose import DEFAULT_WEIGHTS, Progress, Settings, propose
from scenarios.rules import GridRules
from scenarios.settings import same_weights
from ui.boundary import show_error
from ui.frame import community_names
from ui.jobs import Job, JobView, Told, Work, all_jobs, all_workers, watch_job
from ui.lock_state import usable_locks
from ui.state import State, get_state
from ui.texts.catalog import Texts


def start_proposal(state: State, outcome: Outcome | None) -> None:
    """Start a proposal by the form's rules for the open project, unless one is under way there."""
    if state.project is not None:
        settings = settings_in_force(state, outcome)
        all_jobs().start(str(state.project), _work(state.project, settings, state.author))


def find_job(state: State) -> Job | None:
    """Give the open project's latest proposal that has not been told of yet."""
    return all_jobs().find(str(state.project)) if state.project else None


def settings_in_force(state: State, outcome: Outcome | None) -> Settings:
    """Give what the form and the locks ask for."""
    alone = state.only_community and state.community is not None
    return Settings(
        scenario=state.scenario,
        rules=rules_in_force(state, outcome),
        weights=weights_in_force(state, outcome),
        communities=(state.community,) if alone and state.community else (),
        locks=join_list(usable_locks(state, outcome)),
    )


def rules_in_force(state: State, outcome: Outcome | None) -> GridRules:
    """Give the rules of the plan shown, or the defaults, with the limits that the planner has changed.

    Raises
    ------
    RuleError
        When a limit is out of range or the band is upside down.
    """
    rules = GridRules()
    if outcome is not None:
        names = {item.name for item in fields(GridRules)}
        rules = rules.with_values({name: float(str(v)) for name, v in outcome.rules.items() if name in names})
    return rules.with_values(state.limits or {})


def weights_in_force(state: State, outcome: Outcome | None) -> dict[str, float]:
    """Give the weights that the planner has set, or those of the plan shown, or the defaults."""
    if state.weights is not None:
        return dict(state.weights)
    return dict((outcome.weights if outcome is not None else None) or DEFAULT_WEIGHTS)


def asks_otherwise(state: State, outcome: Outcome) -> bool:
    """Tell whether limits or weights are no longer those that the plan shown was made under."""
    settings = settings_in_force(state, outcome)
    same = same_weights(settings.weights, outcome.weights or DEFAULT_WEIGHTS)
    return not same or any(outcome.rules.get(name) != value for name, value in asdict(settings.rules).items())


def draw_progress(texts: Texts) -> bool:
    """Show the proposal under way, if there is one; tell whether there is.

    The end of a job is told once: its error as a sentence, its success by the new map.
    """
    state = get_state()
    job = find_job(state)
    if job is None:
        return False
    if job.view().state == "running":
        names = community_names(state)
        watch_job(str(state.project), "stop_proposal", partial(_progress, texts, names))
        return True
    view = job.view()
    all_jobs().forget(str(state.project))
    if view.error is not None:
        show_error(texts, view.error)
    elif view.state == "stopped":
        st.info(texts("grids_page.stopped"))
    elif view.told_to_stop:
        st.info(texts("grids_page.stopped_kept"))
    return False


def _progress(texts: Texts, names: dict[str, str], view: JobView) -> Told:
    stop = texts("grids_page.stopping" if view.stopping else "grids_page.stop")
    return Told(share_done(view), progress_sentence(texts, view, names), stop)


def share_done(view: JobView) -> float:
    """Give how much of the work is done, 0 to 1: cutting cells and storing count for a tenth each."""
    step = view.progress
    if step is None:
        return 0.0
    start, width = {"cells": (0.0, 0.1), "solve": (0.1, 0.8), "store": (0.9, 0.1)}[step.stage]
    return start + width * view.share


def progress_sentence(texts: Texts, view: JobView, names: dict[str, str]) -> str:
    """Say what the work is at, and for how long it has run."""
    seconds = int(view.elapsed_s)
    step = view.progress or Progress(stage="cells", done=0, total=1)
    if step.stage != "solve":
        return texts(f"grids_page.progress.{step.stage}", seconds=seconds)
    if step.community is None:
        return texts("grids_page.progress.solve", done=step.done, total=step.total, seconds=seconds)
    return texts(
        "grids_page.progress.solved",
        done=step.done,
        total=step.total,
        community=names.get(step.community, step.community),
        seconds=seconds,
    )


def _work(path: Path, settings: Settings, author: str) -> Work:
    workers = all_workers()
    return lambda stop, on_progress: propose(
        path, settings, stop=stop, on_progress=on_progress, workers=workers, author=author
    )

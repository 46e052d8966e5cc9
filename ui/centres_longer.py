"""A longer search for a question that was not proven at once: beside the page, with progress and a stop."""

import time
from collections.abc import Callable, Hashable
from functools import partial

import streamlit as st

from scenarios.project.codec import to_json
from scenarios.propose import Progress
from scenarios.venues.plan import VenuePlan
from scenarios.venues.propose import place_venues
from scenarios.venues.question import VenueGround
from scenarios.venues.settings import VenueSettings, to_document
from ui.boundary import show_error
from ui.jobs import JobView, Told, Work, all_jobs, watch_job
from ui.texts.catalog import Texts

_LONGER_S = 120.0


def longer_key(token: str, settings: VenueSettings) -> Hashable:
    """Name the search for a question on a ground."""
    return ("centres_longer", token, to_json(to_document(settings)))


def better_of(plan: VenuePlan, key: Hashable) -> VenuePlan:
    """Give the answer of the longer search where it has ended, else the one that was found at once."""
    job = all_jobs().find(key)
    answer = job.view().answer if job is not None else None
    return answer if isinstance(answer, VenuePlan) else plan


def draw_longer(texts: Texts, ground: VenueGround, plan: VenuePlan, key: Hashable) -> None:
    """Offer to search on where the answer is not proven, or show the search under way."""
    job = all_jobs().find(key)
    if job is not None and job.view().state == "running":
        watch_job(key, "stop_centres_longer", partial(_progress, texts))
        return
    error = job.view().error if job is not None else None
    if error is not None:
        show_error(texts, error)
    if plan.certificate["proven"] or plan.certificate["status"] == "none":
        return
    if st.button(texts("centres.longer", n=round(_LONGER_S / 60)), key="centres_longer", width="stretch"):
        all_jobs().forget(key)
        all_jobs().start(key, _work(ground, plan.settings))
        st.rerun()


def _progress(texts: Texts, view: JobView) -> Told:
    said = texts("centres.searching", n=round(view.elapsed_s))
    return Told(min(view.elapsed_s / _LONGER_S, 1.0), said, texts("centres.enough"))


def _work(ground: VenueGround, settings: VenueSettings) -> Work:
    def run(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> VenuePlan:  # noqa: ARG001 - a Work
        end = time.monotonic() + _LONGER_S
        return place_venues(ground, settings, stop=lambda: stop() or time.monotonic() > end)

    return run

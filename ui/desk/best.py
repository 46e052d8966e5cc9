"""Tab "best": solve anew around what is locked, show the difference on the map, take it or leave it."""

from collections.abc import Callable, Hashable, Sequence
from math import isfinite

import streamlit as st

from scenarios.desk.desk import Desk
from scenarios.desk.resolve import CommunityOffer, Offer, best_around, desk_locks
from scenarios.propose import Progress, ProposalStopped
from ui.boundary import escape_markdown, show_error
from ui.desk.buttons import draw_answer
from ui.desk.session import DeskSession, desk_session
from ui.jobs import JobView, Work, all_jobs, all_workers
from ui.state import change_state
from ui.texts.catalog import Texts

_POLL_S = 0.5
_MOST_COMMUNITIES = 6


def draw_best(texts: Texts, session: DeskSession, desk: Desk, community: str | None) -> None:
    """Draw the request, its progress, or what was found."""
    job = all_jobs().find(_key(desk))
    if job is not None and job.view().state == "running":
        _watch(texts.language)
        return
    if job is not None:
        _take_in(texts, session, desk, job.view())
    if session.offer is not None:
        _draw_offer(texts, desk, session.offer)
        return
    st.caption(texts("desk.best.about"))
    if community is not None:
        name = desk.ground.community_names.get(community, community)
        st.button(
            escape_markdown(texts("desk.best.community", community=name)),
            key="desk_best_community",
            type="primary",
            width="stretch",
            on_click=_start,
            args=(desk, (community,)),
        )
    st.button(texts("desk.best.all"), key="desk_best_all", width="stretch", on_click=_start, args=(desk, ()))


def _take_in(texts: Texts, session: DeskSession, desk: Desk, view: JobView) -> None:
    """Tell the end of a job once."""
    all_jobs().forget(_key(desk))
    if view.error is not None:
        show_error(texts, view.error)
    elif view.state == "stopped":
        st.caption(texts("desk.best.stopped"))
    elif isinstance(view.answer, Offer):
        if view.answer.version == desk.version:
            session.offer = view.answer
            st.rerun()  # the map shows it
        st.caption(texts("desk.best.outdated"))


def _draw_offer(texts: Texts, desk: Desk, offer: Offer) -> None:
    if offer.is_empty:
        st.info(texts(f"desk.best.{why_empty(desk, offer)}"))
        st.button(texts("desk.best.good"), key="desk_best_leave", width="stretch", on_click=_leave)
        return
    st.info(texts("desk.best.looking", cells=len(offer.moves)))
    lines = [_line(texts, item) for item in offer.communities if item.n_cells]
    st.markdown("\n".join(lines[:_MOST_COMMUNITIES]))
    draw_answer(texts, "best", ("accept", {"offer": offer}), _leave)


def why_empty(desk: Desk, offer: Offer) -> str:
    """Tell why an offer changes nothing: `all_locked`, `already` the best by proof, or `no_better` found."""
    open_still = [code for code in offer.untouched if desk_locks(desk, code) is not None]
    if not offer.communities and not open_still:
        return "all_locked"
    proven = not open_still and all(item.after.proven for item in offer.communities)
    return "already" if proven else "no_better"


def _line(texts: Texts, item: CommunityOffer) -> str:
    """Say what differs in a community: cells, households, cost, and what is known of the new plan."""
    name = item.after.community_name
    said = texts("desk.best.differs", community=name, cells=item.n_cells, households=item.households)
    if isfinite(item.saved) and item.before.objective > 0:
        said += texts("desk.best.cost", share=texts.percent(-item.saved / item.before.objective))
    said += texts("desk.best.proven" if item.after.proven else "desk.best.not_proven")
    return f"- {escape_markdown(said)}"


@st.fragment(run_every=_POLL_S)
def _watch(language: str) -> None:
    texts, desk = Texts(language), desk_session().desk
    job = all_jobs().find(_key(desk)) if desk is not None else None
    if job is None or job.view().state != "running":
        st.rerun()
        return
    view = job.view()
    step = view.progress
    done, total = (step.done, step.total) if step is not None else (0, 1)
    told = "desk.best.stopping" if view.stopping else "desk.best.progress"
    said = texts(told, done=done, total=total, seconds=int(view.elapsed_s))
    st.progress(done / max(total, 1), text=said)
    if st.button(texts("grids_page.stop"), key="desk_best_stop", disabled=view.stopping, width="stretch"):
        job.cancel()


def _start(desk: Desk, communities: Sequence[str]) -> None:
    all_jobs().start(_key(desk), _work(desk, communities))
    change_state(outlined=())


def _work(desk: Desk, communities: Sequence[str]) -> Work:
    workers = all_workers()

    def work(stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> Offer:
        def count(code: str, done: int, total: int) -> None:
            on_progress(Progress(stage="solve", done=done, total=total, community=code))

        on_progress(Progress(stage="solve", done=0, total=len(communities) or len(desk.ground.members)))
        offer = best_around(desk, communities, stop=stop, on_done=count, workers=workers)
        if stop() and offer.is_empty:
            raise ProposalStopped("stopped")
        return offer

    return work


def _leave() -> None:
    desk_session().offer = None


def _key(desk: Desk) -> Hashable:
    return ("best", str(desk.path), desk.scenario)

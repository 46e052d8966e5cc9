"""Adjusting a plan by hand: the map on which cells are picked, and the panel beside it."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from scenarios.desk.change import apply_change
from scenarios.desk.desk import Desk
from scenarios.desk.ground import DeskGround
from scenarios.desk.plan import DeskPlan
from scenarios.desk.steps import read_steps
from scenarios.errors import ScenarioError
from ui.boundary import show_error
from ui.desk.delta import differ
from ui.desk.news import tell_news, watch_others
from ui.desk.panel import draw_desk_panel
from ui.desk.session import DeskSession, desk_session
from ui.desk.steps import grant_wishes, redo_words, tell_error, undo_words
from ui.desk.table import draw_desk_table
from ui.map.assets import publish
from ui.map.desk_content import desk_content
from ui.map.geometry import place_of, to_document
from ui.map.show import Delta, asked_view, show_map
from ui.state import State, change_state, get_state
from ui.texts.catalog import Texts


def draw_mode(texts: Texts, state: State) -> None:
    """Draw the switch between looking at the plan and adjusting it."""
    st.session_state["desk_mode"] = "adjust" if state.adjusting else "look"
    st.segmented_control(
        texts("desk.mode"),
        ["look", "adjust"],
        key="desk_mode",
        format_func=lambda mode: texts(f"desk.mode_{mode}"),
        on_change=_set_mode,
        label_visibility="collapsed",
        width="stretch",
    )


def draw_desk(
    texts: Texts, state: State, project: Path, places: tuple[DeltaGenerator, DeltaGenerator], height: int
) -> None:
    """Draw the desk: the map at the first place, the panel at the second, the table below both."""
    granted = grant_wishes(state)
    state = get_state()
    session = desk_session()
    left, column = places
    # Above the panel, which scrolls: whoever has gone down to a button must see that it was refused.
    notice = column.container()
    right = column.container(height=height, border=False)
    with right:
        draw_mode(texts, state)
    try:
        desk = session.open(project, state.scenario)
        session.refresh()
    except ScenarioError as error:
        with right:
            show_error(texts, error)  # beside the switch that leads to where a plan is proposed anew
        return
    desk = session.desk or desk
    tell_news(texts, session)
    with left:
        _draw_map(texts, state, session, desk, height)
    if granted:
        # The map has its answer. Everything else follows in a run of the whole page, whose top line says what
        # can be undone now.
        st.rerun()
    with notice:
        tell_error(texts)
    with right:
        draw_desk_panel(texts, state, session, desk)
    draw_desk_table(texts, state, desk)
    watch_others()


def _draw_map(texts: Texts, state: State, session: DeskSession, desk: Desk, height: int) -> None:
    plan, changed = _looked_at(session, desk)
    if session.drawn is None:
        raise LookupError("the desk has not been opened")
    session.drawn, told = differ(session.drawn, desk, plan)
    steps = read_steps(desk.path, desk.scenario)
    delta = Delta(
        source=_published(str(desk.path), desk.ground.key, texts.language, desk.ground),
        outlined=state.outlined,
        view=asked_view(state),
        desk={
            **told,
            "done": session.done,
            "version": desk.version,
            "changed": list(changed),
            "select": {"seq": session.select[0], "ids": list(session.select[1])},
            "undo": undo_words(texts, steps) if steps.undo else None,
            "redo": redo_words(texts, steps) if steps.redo else None,
            "visit": session.visit,
            "who": state.author,
            "only": state.community,
        },
    )
    show_map(delta, key="grids_map", height=height, on_desk=_hear)


def _looked_at(session: DeskSession, desk: Desk) -> tuple[DeskPlan, tuple[str, ...]]:
    """Give the plan that the map shows, and the cells that differ in it from the one on the desk."""
    if session.offer is not None:
        changed = tuple(move.cell_id for move in session.offer.moves)
        return apply_change(desk.plan, session.offer.change), changed
    if session.split is not None:
        return desk.plan, session.split[1]
    return desk.plan, ()


def _hear(said: object, number: int) -> None:
    if isinstance(said, dict):
        session = desk_session()
        session.hear(said, number)
        named = said.get("who")
        if isinstance(named, str) and named and not get_state().author:
            change_state(author=named)


def _set_mode() -> None:
    adjusting = st.session_state.get("desk_mode") == "adjust"
    change_state(adjusting=adjusting, preview=None, outlined=(), selected=None)


@st.cache_resource(show_spinner=False, max_entries=8)
def _published(path: str, key: str, language: str, _ground: DeskGround) -> str:  # noqa: ARG001 - part of the key
    place = place_of(path)
    return publish(to_document(desk_content(_ground, Texts(language), place)))

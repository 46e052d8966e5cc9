"""The panel beside the map of a plan under adjustment: name, figures, and what can be done."""

import streamlit as st

from scenarios.desk.desk import Desk
from ui.boundary import boundary
from ui.desk.best import draw_best
from ui.desk.cells import draw_cells
from ui.desk.figures import draw_figures
from ui.desk.grid import draw_grid
from ui.desk.locks import draw_desk_locks
from ui.desk.session import DeskSession, community_at_hand, desk_session
from ui.state import State, change_state
from ui.texts.catalog import Texts


def draw_desk_panel(texts: Texts, state: State, session: DeskSession, desk: Desk) -> None:
    """Draw the panel."""
    # A place of its own: whatever is said there, what follows stays where it is.
    with st.container():
        _ask_name(texts, state)
    community = community_at_hand(session, desk, state.community)
    with st.container():
        draw_figures(texts, session, desk, community)
    parts = ("cells", "grid", "locks", "best")
    cells, grid, locks, best = st.tabs([texts(f"desk.tab.{name}") for name in parts])
    with cells, boundary(texts):
        draw_cells(texts, session, desk)
    with grid, boundary(texts):
        draw_grid(texts, session, desk)
    with locks, boundary(texts):
        draw_desk_locks(texts, session, desk, community)
    with best, boundary(texts):
        draw_best(texts, session, desk, community)
    _ask_why(texts, state, session)


def _ask_name(texts: Texts, state: State) -> None:
    if not state.author:
        st.text_input(
            texts("desk.name"), key="desk_author", placeholder=texts("desk.name_hint"), on_change=_keep_name
        )


def _ask_why(texts: Texts, state: State, session: DeskSession) -> None:
    # Only where it differs: written anew, it would wipe out what the person is typing.
    if st.session_state.get("desk_note") != session.note:
        st.session_state["desk_note"] = session.note
    st.text_input(
        texts("desk.note"),
        key="desk_note",
        placeholder=texts("desk.note_hint"),
        on_change=_keep_note,
        label_visibility="collapsed",
    )
    if state.author:
        said, change = st.columns([3, 1], vertical_alignment="center")
        said.caption(texts("desk.author", name=state.author))
        change.button(
            texts("desk.rename_author"), key="desk_rename_author", type="tertiary", on_click=_ask_again
        )


def _keep_name() -> None:
    change_state(author=str(st.session_state["desk_author"]).strip())


def _keep_note() -> None:
    desk_session().note = str(st.session_state["desk_note"]).strip()


def _ask_again() -> None:
    change_state(author="")

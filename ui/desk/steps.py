"""Undo and redo in the top line of every page, and what is said when a wish could not be granted."""

import streamlit as st

from scenarios.desk.steps import Steps, read_steps
from scenarios.errors import ScenarioError
from ui.boundary import escape_markdown, show_error
from ui.desk.cost import stop_price
from ui.desk.session import desk_session
from ui.desk.words import say_edit
from ui.messages import error_text
from ui.state import State, change_state
from ui.texts.catalog import Texts


def grant_wishes(state: State) -> bool:
    """Deal with what the visitor wishes for; tell whether there was anything."""
    session = desk_session()
    if not session.wishes or state.project is None:
        return False
    try:
        stop_price(session.open(state.project, state.scenario))
    except ScenarioError as error:
        session.wishes.clear()
        session.refuse(error)
    else:
        if session.grant(state.author):
            change_state(outlined=())
    return True


def draw_steps(texts: Texts, state: State) -> None:
    """Draw undo and redo, each saying what it would do."""
    steps = _steps(state)
    undo, redo = st.columns(2, gap="small")
    with undo:
        _button(texts, "undo", steps.undo is not None, undo_words(texts, steps))
    with redo:
        _button(texts, "redo", steps.redo is not None, redo_words(texts, steps))


def undo_words(texts: Texts, steps: Steps) -> str:
    """Say what undo would take back."""
    if steps.undo is None:
        return texts("steps.nothing_to_undo")
    return texts("steps.undo_what", edit=say_edit(texts, steps.undo))


def redo_words(texts: Texts, steps: Steps) -> str:
    """Say what redo would bring back."""
    if steps.redo is None:
        return texts("steps.nothing_to_redo")
    return texts("steps.redo_what", edit=say_edit(texts, steps.redo))


def tell_error(texts: Texts, *, briefly: bool = False) -> None:
    """Say why a wish was not granted: here, until the person goes on, or once in a corner of the page."""
    session = desk_session()
    if session.error is None:
        return
    if not briefly:
        show_error(texts, session.error)
    elif not session.told:
        said = error_text(session.error, texts)
        st.toast(escape_markdown(f"{said.what} {said.mend}"), duration="long")
    session.told = True


def _steps(state: State) -> Steps:
    if state.project is None:
        return Steps()
    try:
        return read_steps(state.project, state.scenario)
    except ScenarioError:
        return Steps()  # the page says what is wrong with the project; the frame stays usable


def _button(texts: Texts, kind: str, usable: bool, words: str) -> None:
    session = desk_session()
    st.button(
        texts(f"steps.{kind}"),
        key=f"frame_{kind}",
        help=words,
        disabled=not usable,
        width="stretch",
        on_click=session.wish_for,
        args=(kind, {}),
    )

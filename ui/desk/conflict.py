"""Another person was faster: what they did, and what shall become of the visitor's own edit."""

import streamlit as st

from exports.texts import scenario_title
from scenarios.errors import ScenarioError
from ui.boundary import escape_markdown, show_error
from ui.desk.session import ON_NEWEST, Conflict, desk_session
from ui.desk.words import local_time, reader_zone, say_edit, say_wish
from ui.state import State, change_state, get_state
from ui.texts.catalog import Texts

_MOST_TOLD = 8


def draw_conflict(texts: Texts, state: State) -> None:
    """Ask what shall become of an edit that came too late, if there is one."""
    session = desk_session()
    if session.conflict is not None and state.project is not None:
        # Made anew on each run, because its title is in the reader's language.
        st.dialog(texts("conflict.title"), width="medium", dismissible=False)(_ask)(texts, session.conflict)


def _ask(texts: Texts, conflict: Conflict) -> None:
    zone = reader_zone()
    st.markdown(escape_markdown(texts("conflict.theirs", n=len(conflict.entries))))
    known = {record.seq: record for record in conflict.entries}
    told = [
        texts(
            "conflict.entry",
            author=record.author or texts("edits.nobody"),
            time=local_time(record.at, zone, texts),
            edit=say_edit(texts, record, known.get),
        )
        for record in conflict.entries[-_MOST_TOLD:]
    ]
    st.markdown("\n".join(f"- {escape_markdown(line)}" for line in told))
    mine = say_wish(texts, conflict.wish.kind, conflict.wish.facts)
    st.markdown(escape_markdown(texts("conflict.mine", edit=mine)))
    if conflict.wish.kind not in ON_NEWEST and st.button(
        texts("conflict.on_top"), key="conflict_on_top", type="primary", width="stretch"
    ):
        desk_session().settle_on_top(get_state().author)
        st.rerun()
    name, keep = st.columns([1.5, 1], vertical_alignment="bottom")
    name.text_input(texts("conflict.name"), key="conflict_name", value=_name(texts))
    if keep.button(texts("conflict.apart"), key="conflict_apart", width="stretch"):
        _keep_apart()
    if st.button(texts("conflict.drop"), key="conflict_drop", width="stretch"):
        desk_session().settle_without()
        st.rerun()
    error = desk_session().error
    if isinstance(error, ScenarioError):
        show_error(texts, error)
        desk_session().error = None


def _keep_apart() -> None:
    name = str(st.session_state["conflict_name"]).strip()
    scenario = desk_session().settle_apart(name, get_state().author)
    if scenario is not None:
        change_state(scenario=scenario)
        st.rerun()


def _name(texts: Texts) -> str:
    return texts("conflict.new_name", scenario=scenario_title(texts, get_state().scenario))

"""What other people do to the plan on the desk: it appears by itself, and a line in the corner says so."""

import streamlit as st

from scenarios.errors import ScenarioError
from scenarios.project.plans import plan_version
from ui.boundary import escape_markdown
from ui.desk.session import DeskSession, desk_session
from ui.desk.words import say_edit
from ui.texts.catalog import Texts

_POLL_S = 3.0


def tell_news(texts: Texts, session: DeskSession) -> None:
    """Say once what others have done since the visitor last saw the plan."""
    entries, session.news = session.news, ()
    if not entries:
        return
    last = entries[-1]
    known = {record.seq: record for record in entries}
    said = texts(
        "desk.news",
        author=last.author or texts("edits.nobody"),
        edit=say_edit(texts, last, known.get),
    )
    if len(entries) > 1:
        said += texts("desk.more_news", n=len(entries) - 1)
    st.toast(escape_markdown(said))


@st.fragment(run_every=_POLL_S)
def watch_others() -> None:
    """Look every few seconds whether the plan has another version, which takes a millisecond; show it."""
    session = desk_session()
    desk = session.desk
    if desk is None or session.conflict is not None or session.wishes:
        return
    try:
        version = plan_version(desk.path, desk.scenario)
    except ScenarioError:
        return  # the next run of the page says what is wrong with the file
    if version != desk.version:
        st.rerun()

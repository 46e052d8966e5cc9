"""Scenarios: what if … The tree, the levers of the one at hand, and scenarios side by side."""

import streamlit as st

from scenarios.levers.causes import place_names
from scenarios.levers.stand import stand
from scenarios.tree import read_tree
from ui import workspace
from ui.boundary import boundary
from ui.scenarios_compare import draw_compare
from ui.scenarios_curve import draw_curve
from ui.scenarios_jobs import draw_answers, start_answers
from ui.scenarios_tree import draw_panel, draw_tree
from ui.state import get_state
from ui.texts.catalog import Texts

_VIEWS = ("tree", "compare", "sensitivity")
_HEIGHT = 520


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None or workspace.load_outcome(state.project, "base") is None:
        st.info(texts("scenarios_page.none"))
        return
    nodes = read_tree(state.project)
    with boundary(texts):
        busy = draw_answers(texts, state)
        left, right = st.columns([3, 1], vertical_alignment="center")
        with left:
            view = st.segmented_control(
                texts("scenarios_page.title"),
                _VIEWS,
                default=_VIEWS[0],
                format_func=lambda name: texts(f"scenarios_page.{name}"),
                key="scenarios_view",
                label_visibility="collapsed",
            )
        stale = [node.name for node in nodes if node.stale and node.parent and not node.archived]
        with right:
            label = texts("scenarios_page.solve_all", n=len(stale))
            if stale and not busy and st.button(label, width="stretch"):
                start_answers(state.project, stale)
                st.rerun()
        if view == "compare":
            draw_compare(texts, state, state.project, nodes)
            return
        if view == "sensitivity":
            draw_curve(texts, state, state.project)
            return
        names = place_names(stand(state.project))
        tree, panel = st.columns([1.9, 1], gap="medium")
        with tree:
            draw_tree(texts, state, nodes, names)
        with panel, st.container(height=_HEIGHT, border=False), boundary(texts):
            draw_panel(texts, state, state.project, nodes, names)


if __name__ == "__main__":
    import app

    app.main()

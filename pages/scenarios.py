"""Scenarios: what if … The tree, the levers of the one at hand, and scenarios side by side."""

from pathlib import Path

import streamlit as st

from scenarios.levers.causes import place_names
from scenarios.levers.stand import stand
from scenarios.tree import Node, read_tree
from ui import workspace
from ui.boundary import boundary
from ui.scenarios_compare import draw_compare
from ui.scenarios_curve import draw_curve
from ui.scenarios_form import chosen_kind
from ui.scenarios_jobs import draw_answers, start_answers, warm_up
from ui.scenarios_pair import draw_short
from ui.scenarios_place import draw_place_map, has_place
from ui.scenarios_tree import draw_panel, draw_tree, form_layers
from ui.state import get_state
from ui.texts.catalog import Texts

_VIEWS = ("tree", "compare", "sensitivity")
_HEIGHT = 560
_MAP_HEIGHT = 290


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    if state.project is None or workspace.load_outcome(state.project, "base") is None:
        st.info(texts("scenarios_page.none"))
        return
    warm_up(state.project)
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
        stale = [
            node.name
            for node in nodes
            if (node.stale or node.pending) and node.parent is not None and not node.archived
        ]
        with right:
            label = texts("scenarios_page.solve_all", n=len(stale))
            if stale and not busy and st.button(label, width="stretch"):
                start_answers(state.project, stale, state.author)
                st.rerun()
        if view == "compare":
            draw_compare(texts, state, state.project, nodes)
            return
        if view == "sensitivity":
            draw_curve(texts, state, state.project)
            return
        names = place_names(stand(state.project))
        tree, panel = st.columns([2.2, 1], gap="medium")
        with tree:
            draw_tree(texts, state, nodes, names)
            _draw_beside(texts, state.project, next((n for n in nodes if n.name == state.scenario), None))
        with panel, st.container(height=_HEIGHT, border=False), boundary(texts):
            draw_panel(texts, state, state.project, nodes, names, busy=busy)


def _draw_beside(texts: Texts, project: Path, node: Node | None) -> None:
    """Draw below the tree where a lever is put, or what the scenario at hand changes against its parent."""
    if node is None or node.parent is None:
        return
    kind = chosen_kind()
    with boundary(texts):
        if kind is not None and has_place(kind):
            draw_place_map(texts, project, form_layers(project, node), kind, _MAP_HEIGHT)
            return
        own, parent = (workspace.load_outcome(project, name) for name in (node.name, node.parent))
        if own is not None and parent is not None and (node.levers or node.pending):
            draw_short(texts, project, parent, own, _MAP_HEIGHT)


if __name__ == "__main__":
    import app

    app.main()

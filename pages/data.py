"""Data: open a project, bring in files, see on the map and in the report what they hold."""

import streamlit as st

from ui import workspace
from ui.boundary import boundary
from ui.imports import draw_import
from ui.map.show import Delta, View, show_map
from ui.map.sources import map_source
from ui.state import State, get_state
from ui.tables import draw_fault_table, draw_layer_table
from ui.texts.catalog import Texts

_MAP_HEIGHT = 560


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    left, right = st.columns([2, 1], gap="medium")
    with right:
        holds, bring = st.tabs([texts("data_page.tab.project"), texts("data_page.tab.import")])
        with bring, boundary(texts):
            draw_import(texts)
        with holds, boundary(texts):
            _draw_project(texts, state)
    with left, boundary(texts):
        _draw_map(texts, state)
    report = get_state().report
    if report:
        counts = {
            kind: sum(fault.severity == kind for fault in report) for kind in ("fault", "repair", "notice")
        }
        with st.expander(texts("data_page.fault.title", **counts), expanded=True), boundary(texts):
            draw_fault_table(texts, report)


def _draw_project(texts: Texts, state: State) -> None:
    if state.project is None:
        st.info(texts("data_page.no_project", folder=str(workspace.home())))
        return
    draw_layer_table(texts, workspace.load_layers(state.project))
    st.caption(texts("data_page.folder", folder=str(state.project.parent)))


def _draw_map(texts: Texts, state: State) -> None:
    if state.project is None:
        st.info(texts("data_page.no_map"))
        return
    view = View(seq=str(state.view_count), layer=state.view[0], id=state.view[1]) if state.view else None
    show_map(
        Delta(source=map_source(state.project, None, state.language), view=view),
        key="data_map",
        height=_MAP_HEIGHT,
    )


if __name__ == "__main__":
    import app

    app.main()

"""Data: open a project, bring in files, see on the map and in the report what they hold."""

import streamlit as st

from ui import workspace
from ui.boundary import boundary
from ui.imports import draw_import
from ui.map.show import Delta, asked_view, show_map
from ui.map.sources import map_source
from ui.state import State, get_state
from ui.tables import draw_fault_table, draw_layer_table
from ui.texts.catalog import Texts

_MAP_HEIGHT = 560


def render() -> None:
    """Draw the page."""
    state = get_state()
    texts = Texts(state.language)
    refused = state.refusal is not None
    titles = [texts("data_page.tab.project"), texts("data_page.tab.import")]
    left, right = st.columns([2, 1], gap="medium")
    with right:
        holds, bring = st.tabs(
            titles, default=titles[state.project is None or refused], key=f"data_tabs_{state.imports}"
        )
        with bring, boundary(texts):
            draw_import(texts)
        with holds, boundary(texts):
            _draw_project(texts, state)
    # Refused files have nothing to show, so what is wrong with them takes the map's place.
    with left, boundary(texts):
        if refused:
            _draw_report(texts, state)
        else:
            _draw_map(texts, state)
    if state.report and not refused:
        with st.expander(_report_title(texts, state), expanded=True), boundary(texts):
            draw_fault_table(texts, state.report)


def _draw_report(texts: Texts, state: State) -> None:
    st.markdown(f"**{_report_title(texts, state)}**")
    draw_fault_table(texts, state.report)


def _report_title(texts: Texts, state: State) -> str:
    kinds = ("fault", "repair", "notice")
    counts = {kind: sum(fault.severity == kind for fault in state.report) for kind in kinds}
    return texts("data_page.fault.title", **counts)


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
    show_map(
        Delta(source=map_source(state.project, None, state.language), view=asked_view(state)),
        key="data_map",
        height=_MAP_HEIGHT,
    )


if __name__ == "__main__":
    import app

    app.main()

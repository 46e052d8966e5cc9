"""Take a plan away as a file."""

import tempfile
from pathlib import Path

import streamlit as st

from exports.formats import FORMATS, export
from scenarios import store
from ui import workspace
from ui.boundary import boundary
from ui.state import State
from ui.texts.catalog import Texts

QUICK = tuple(ending for ending, kind in FORMATS.items() if not kind.is_drawn)
"""The formats made while the visitor waits; what is drawn is made in a job of the export page."""


def draw_downloads(texts: Texts, state: State) -> None:
    """Offer the formats that are made at once; the file is made once it has been chosen."""
    ending = st.selectbox(
        texts("grids_page.export.format"),
        QUICK,
        index=None,
        placeholder=texts("grids_page.export.choose"),
        format_func=lambda item: texts(f"exports.format.{item.lstrip('.')}"),
    )
    st.caption(texts("grids_page.export.drawn"))
    if ending is None or state.project is None:
        return
    with boundary(texts):
        data = _file(
            str(state.project), store.project_digest(state.project), state.scenario, ending, texts.language
        )
        st.download_button(
            texts("grids_page.export.download"),
            data,
            file_name=f"{state.project.stem}-{state.scenario}{ending}",
            on_click="ignore",
            width="stretch",
        )


@st.cache_resource(show_spinner=False, max_entries=8)
def _file(path: str, digest: str, scenario: str, ending: str, language: str) -> bytes:  # noqa: ARG001  # part of the key
    outcome = workspace.load_outcome(Path(path), scenario)
    if outcome is None:
        raise LookupError("a download is offered only for a plan")
    layers = workspace.load_layers(Path(path)).frames
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        target = Path(folder) / f"plan{ending}"
        export(outcome, target, Texts(language), layers=layers)
        return target.read_bytes()

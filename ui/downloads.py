"""Take a plan away as a file."""

import tempfile
from dataclasses import replace
from pathlib import Path

import streamlit as st

from exports.formats import FORMATS
from exports.order import Order, fill, name_file
from scenarios import store
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
        to = Path(f"{state.project.stem}{ending}")
        order = Order(project=state.project, scenario=state.scenario, to=to, texts=texts)
        data = _file(order, store.project_digest(state.project), repr(order))
        st.download_button(
            texts("grids_page.export.download"),
            data,
            file_name=name_file(order),
            on_click="ignore",
            width="stretch",
        )


@st.cache_resource(show_spinner=False, max_entries=8)
def _file(_order: Order, digest: str, words: str) -> bytes:  # noqa: ARG001  # both are the key
    """Make the file as the export page makes it with the usual choices."""
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        order = replace(_order, to=Path(folder) / f"plan{_order.to.suffix}")
        fill(order)
        return order.to.read_bytes()

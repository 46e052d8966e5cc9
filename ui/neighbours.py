"""Which cells lie side by side, read once per version of the project."""

from pathlib import Path

import streamlit as st

from scenarios import store
from ui import workspace

Pairs = tuple[tuple[str, str], ...]


def load_neighbours(project: Path) -> Pairs:
    """Give the pairs of cells that share a border; none where the cells are to be cut anew."""
    return _neighbours(str(project), store.project_digest(project))


@st.cache_resource(show_spinner=False, max_entries=8)
def _neighbours(path: str, digest: str) -> Pairs:  # noqa: ARG001  # the digest is part of the key
    tiling = store.read_tiling(Path(path), workspace.load_layers(Path(path)))
    if tiling is None:
        return ()
    ids, links = tiling.cells["cell_id"].astype(str).tolist(), tiling.links
    return tuple((ids[a], ids[b]) for a, b in zip(links["a"].tolist(), links["b"].tolist(), strict=True))

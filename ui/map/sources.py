"""Geometry files of the open project, made once for each version of the project and each language."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from scenarios import store
from scenarios.outcome import Outcome
from ui import workspace
from ui.map.assets import publish
from ui.map.content import layers_content, plan_content
from ui.map.geometry import place_of, to_document
from ui.map.pick_content import pick_content
from ui.texts.catalog import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The plan that a map shows, a text that differs between plans, and the grids that a person fixed.

    `picking` asks for a map on which the cells answer to clicks and not the grids.
    """

    outcome: Outcome
    token: str
    locked: frozenset[str] = frozenset()
    picking: bool = False


def map_source(project: Path, shown: Shown | None, language: str) -> str:
    """Publish what a map shows, a plan or else the layers; give the file's name."""
    token = (shown.token, str(shown.picking), *sorted(shown.locked)) if shown is not None else ()
    return _published(str(project), store.project_digest(project), token, language, shown)


@st.cache_resource(show_spinner=False, max_entries=32)
def _published(path: str, digest: str, token: tuple[str, ...], language: str, _shown: Shown | None) -> str:  # noqa: ARG001  # part of the key
    layers, texts = workspace.load_layers(Path(path)), Texts(language)
    place = place_of(path)
    content = (
        layers_content(layers, texts, place)
        if _shown is None
        else (pick_content if _shown.picking else plan_content)(
            layers, _shown.outcome, texts, place, _shown.locked
        )
    )
    return publish(to_document(content))

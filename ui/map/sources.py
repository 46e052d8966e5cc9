"""Geometry files of the open project, made once for each version of the project and each language."""

import hashlib
from pathlib import Path

import streamlit as st

from scenarios import store
from ui import workspace
from ui.map.assets import publish
from ui.map.content import layers_content, plan_content
from ui.map.geometry import to_document
from ui.texts.catalog import Texts


def map_source(project: Path, scenario: str | None, language: str) -> str:
    """Publish what a map shows, the plan of a scenario or else the layers; give the file's name."""
    return _published(str(project), store.project_digest(project), scenario, language)


@st.cache_resource(show_spinner=False, max_entries=32)
def _published(path: str, digest: str, scenario: str | None, language: str) -> str:  # noqa: ARG001  # part of the key
    project, texts = Path(path), Texts(language)
    layers = workspace.load_layers(project)
    outcome = workspace.load_outcome(project, scenario) if scenario is not None else None
    place = hashlib.sha256(path.encode()).hexdigest()[:12]
    content = (
        layers_content(layers, texts, place)
        if outcome is None
        else plan_content(layers, outcome, texts, place)
    )
    return publish(to_document(content))

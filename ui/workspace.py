"""Which projects there are, and their content read once per version."""

import os
import re
from pathlib import Path

import streamlit as st

from geo.layers import Layers
from scenarios import store
from scenarios.outcome import Outcome

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def home() -> Path:
    """Give the workspace folder, made on first use: `GRIDPLAN_HOME`, or Gridplan in the user's home."""
    folder = Path(os.environ.get("GRIDPLAN_HOME") or Path.home() / "Gridplan")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def first_project() -> Path | None:
    """Give the project that the command line asked to open, if it is there."""
    named = os.environ.get("GRIDPLAN_PROJECT")
    path = Path(named) if named else None
    return path if path is not None and path.is_file() else None


def list_projects() -> tuple[Path, ...]:
    """List the projects of the workspace by name, the one the command line asked for first."""
    asked = first_project()
    found = sorted(path for path in home().glob("*.gpkg") if asked is None or not path.samefile(asked))
    return tuple([asked, *found] if asked else found)


def project_titles() -> dict[str, Path]:
    """Give the projects by title: the name of the file, with its folder where two have the same name."""
    titles: dict[str, Path] = {}
    for path in reversed(list_projects()):  # those of the workspace first: they keep their plain names
        titles[f"{path.stem} ({path.parent})" if path.stem in titles else path.stem] = path
    return dict(reversed(titles.items()))


def find_project(title: str | None) -> Path | None:
    """Find a project by its title; only those listed can be opened."""
    return project_titles().get(title or "")


def project_title(path: Path) -> str:
    """Give the title of a project."""
    return next((title for title, known in project_titles().items() if known == path), path.stem)


def new_project_path(name: str) -> Path | None:
    """Give the file of a project to be made, or None where the name is empty or cannot be a file's name."""
    plain = name.strip().strip(".")
    if not plain or _NOT_IN_NAMES.search(plain) or len(plain) > 80:
        return None
    return home() / f"{plain}.gpkg"


def load_layers(path: Path) -> Layers:
    """Read a project's layers, once for each state of them: an edit to a plan leaves them as they are."""
    known = store.known_layers_digest(path)
    if known is not None:
        return _layers(str(path), known, None)
    read, digest = _read(str(path), store.project_digest(path))
    return _layers(str(path), digest, read)


def load_outcome(path: Path, scenario: str) -> Outcome | None:
    """Read a scenario's outcome, once for each version of the project's file."""
    return _outcome(str(path), store.project_digest(path), scenario)


# Cached as resources: the values are frozen, and copying their frames on each run would cost seconds.
@st.cache_resource(show_spinner=False, max_entries=8)
def _layers(path: str, digest: str, _read: Layers | None) -> Layers:  # noqa: ARG001  # the digest is part of the key
    return store.read_layers(Path(path)) if _read is None else _read


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(path: str, digest: str) -> tuple[Layers, str]:  # noqa: ARG001  # same
    layers = store.read_layers(Path(path))
    return layers, store.layers_digest(layers)


@st.cache_resource(show_spinner=False, max_entries=16)
def _outcome(path: str, digest: str, scenario: str) -> Outcome | None:  # noqa: ARG001  # same
    return store.read_outcome(Path(path), scenario)

"""Bring uploaded files into a new project: the form, the reading, and the report of everything found."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import streamlit as st

from geo.errors import LayerError
from geo.read import read_layers
from scenarios.store import create_project
from ui import workspace
from ui.boundary import boundary, show_error
from ui.questions import Answers, draw_questions
from ui.state import change_state, get_state, write_state
from ui.texts.catalog import Texts

ENDINGS = (
    *("gpkg", "geojson", "json", "zip", "shp", "shx", "dbf", "prj", "cpg"),
    *("parquet", "kml", "csv", "xlsx", "xls"),
)
_SYSTEMS = ("CGCS2000", "WGS84", "GCJ-02", "BD-09")
_OTHER = "other"


class Upload(Protocol):
    """A file as the browser sent it."""

    @property
    def name(self) -> str:
        """Its name."""

    def getvalue(self) -> bytes:
        """Give its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """An upload under another name."""

    name: str
    data: bytes

    def getvalue(self) -> bytes:
        """Give its bytes."""
        return self.data


def draw_import(texts: Texts) -> None:
    """Draw the form of a new project: files, coordinate system, columns by hand where needed, name."""
    st.markdown(texts("data_page.import.note"))
    visit = get_state().imports
    refusal = get_state().refusal
    if refusal is not None:
        show_error(texts, refusal)
    files = st.file_uploader(
        texts("data_page.import.files"), type=list(ENDINGS), accept_multiple_files=True, key=f"files_{visit}"
    )
    crs = choose_system(texts)
    answers = draw_questions(texts, get_state().questions)
    name = st.text_input(texts("data_page.import.name"), key=f"name_{visit}", max_chars=80)
    if st.button(texts("data_page.import.read"), type="primary", width="stretch", disabled=not files):
        with boundary(texts), st.spinner(texts("data_page.import.reading")):
            _import(texts, files or [], name, crs, answers)


def choose_system(texts: Texts) -> str | None:
    """Let the person choose the coordinate system of a file; None is what the file says."""

    def title(option: str) -> str:
        return texts(f"data_page.crs.{option}") if texts.has(f"data_page.crs.{option}") else option

    chosen = st.selectbox(
        texts("data_page.import.crs"),
        ["auto", *_SYSTEMS, _OTHER],
        format_func=title,
        help=texts("data_page.import.crs_help"),
    )
    if chosen == _OTHER:
        return st.text_input(texts("data_page.import.epsg"), value="EPSG:4547").strip() or None
    return None if chosen == "auto" else chosen


def rename_uploads(files: Sequence[Upload], layer_of: Mapping[str, str]) -> Sequence[Upload]:
    """Give the uploads, those whose layer was chosen by hand under that layer's name."""
    renamed: list[Upload] = []
    for file in files:
        layer = layer_of.get(file.name)
        ending = Path(file.name).suffix
        renamed.append(Renamed(name=f"{layer}{ending}", data=file.getvalue()) if layer else file)
    return renamed


def _import(texts: Texts, files: Sequence[Upload], name: str, crs: str | None, answers: Answers) -> None:
    path = workspace.new_project_path(name)
    if path is None:
        st.warning(texts("data_page.import.name_needed"))
        return
    if path.exists():
        st.warning(texts("data_page.import.name_taken", name=path.stem))
        return
    try:
        with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
            paths = save_uploads(rename_uploads(files, answers.layer_of), Path(folder))
            layers = read_layers(paths, crs=crs, mapping=answers.mapping)
        create_project(path, layers)
    except LayerError as error:
        faults = error.facts.get("faults", ())
        found = tuple(faults) if isinstance(faults, list | tuple) else ()
        change_state(report=found, refusal=error, questions=get_state().questions.after(found))
    else:
        state = get_state().opening(path)
        write_state(replace(state, report=layers.faults, imports=state.imports + 1))
    st.rerun()  # the form asks for what the report found missing, the page shows the report


def save_uploads(files: Sequence[Upload], folder: Path) -> list[Path]:
    """Write uploads into a folder under their own names; give what is to be read.

    The parts of a Shapefile lie beside each other there, so only its `.shp` is read.
    """
    paths: list[Path] = []
    for file in files:
        # A browser may send a path, on Windows with backslashes; only the last part is a name.
        plain = file.name.replace("\\", "/").rsplit("/", 1)[-1].lstrip(".") or "file"
        path = folder / plain
        path.write_bytes(file.getvalue())
        paths.append(path)
    beside = {path.stem for path in paths if path.suffix.lower() == ".shp"}
    parts = (".shx", ".dbf", ".prj", ".cpg")
    return [path for path in paths if not (path.suffix.lower() in parts and path.stem in beside)]

"""Bring uploaded files into a new project: the form, the reading, and the report of everything found."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import streamlit as st

from geo.errors import LayerError
from geo.layers import Fault
from geo.read import read_layers
from geo.schema import LAYERS
from scenarios.store import create_project
from ui import workspace
from ui.boundary import boundary, escape_markdown
from ui.messages import layer_name
from ui.state import change_state, get_state, write_state
from ui.tables import column_name
from ui.texts.catalog import Texts

ENDINGS = (
    *("gpkg", "geojson", "json", "zip", "shp", "shx", "dbf", "prj", "cpg"),
    *("parquet", "kml", "csv", "xlsx", "xls"),
)
_SYSTEMS = ("CGCS2000", "WGS84", "GCJ-02", "BD-09")
_OTHER = "other"
_UNMAPPED = ("column_missing", "column_ambiguous")


class Upload(Protocol):
    """A file as the browser sent it."""

    @property
    def name(self) -> str:
        """Its name."""

    def getvalue(self) -> bytes:
        """Give its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are to be read: coordinate system, and layer → source header → column."""

    crs: str | None
    mapping: Mapping[str, Mapping[str, str]]


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
    files = st.file_uploader(
        texts("data_page.import.files"), type=list(ENDINGS), accept_multiple_files=True, key="import_files"
    )
    crs = _choose_system(texts)
    report = get_state().report
    layer_of = _draw_layer_choice(texts, report)
    mapping = _draw_mapping(texts, report)
    name = st.text_input(texts("data_page.import.name"), key="import_name", max_chars=80)
    if st.button(texts("data_page.import.read"), type="primary", width="stretch", disabled=not files):
        with boundary(texts), st.spinner(texts("data_page.import.reading")):
            _import(texts, rename_uploads(files or [], layer_of), name, Reading(crs=crs, mapping=mapping))


def _choose_system(texts: Texts) -> str | None:
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


def _draw_mapping(texts: Texts, report: Sequence[Fault]) -> dict[str, dict[str, str]]:
    """Ask which header holds a column that was not recognised; give layer → header → column."""
    mapping: dict[str, dict[str, str]] = {}
    for layer, column in unmapped(report):
        headers = spare_headers(report, layer)
        if not headers:
            continue
        label = texts(
            "data_page.import.column_of", layer=layer_name(layer, texts), column=column_name(texts, column)
        )
        header = st.selectbox(
            escape_markdown(label),
            headers,
            index=None,
            placeholder=texts("data_page.import.pick_header"),
            key=f"map_{layer}_{column}",
        )
        if header is not None:
            mapping.setdefault(layer, {})[header] = column
    return mapping


def _draw_layer_choice(texts: Texts, report: Sequence[Fault]) -> dict[str, str]:
    """Ask what is in a file whose name tells no layer; give file name → layer."""
    chosen: dict[str, str] = {}
    for file in dict.fromkeys(str(fault.facts["file"]) for fault in report if fault.code == "layer_unknown"):
        layer = st.selectbox(
            escape_markdown(texts("data_page.import.layer_of", file=file)),
            list(LAYERS),
            index=None,
            format_func=lambda name: layer_name(name, texts),
            placeholder=texts("data_page.import.pick_layer"),
            key=f"layer_{file}",
        )
        if layer is not None:
            chosen[file] = layer
    return chosen


def rename_uploads(files: Sequence[Upload], layer_of: Mapping[str, str]) -> Sequence[Upload]:
    """Give the uploads, those whose layer was chosen by hand under that layer's name."""
    renamed: list[Upload] = []
    for file in files:
        layer = layer_of.get(file.name)
        ending = Path(file.name).suffix
        renamed.append(Renamed(name=f"{layer}{ending}", data=file.getvalue()) if layer else file)
    return renamed


def unmapped(report: Sequence[Fault]) -> list[tuple[str, str]]:
    """List the (layer, column) pairs that no header was recognised for, each once."""
    pairs = [(fault.layer, fault.column) for fault in report if fault.code in _UNMAPPED and fault.column]
    return list(dict.fromkeys(pairs))


def spare_headers(report: Sequence[Fault], layer: str) -> list[str]:
    """List the headers of a layer's file that were not used for any column."""
    found: list[str] = []
    for fault in report:
        if fault.layer == layer and fault.code == "column_ignored":
            found.append(str(fault.facts["header"]))
        if fault.layer == layer and fault.code == "column_ambiguous":
            headers = fault.facts["headers"]
            found += [str(item) for item in headers] if isinstance(headers, list | tuple) else []
    return list(dict.fromkeys(found))


def _import(texts: Texts, files: Sequence[Upload], name: str, reading: Reading) -> None:
    path = workspace.new_project_path(name)
    if path is None:
        st.warning(texts("data_page.import.name_needed"))
        return
    if path.exists():
        st.warning(texts("data_page.import.name_taken", name=path.stem))
        return
    try:
        with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
            layers = read_layers(save_uploads(files, Path(folder)), crs=reading.crs, mapping=reading.mapping)
        create_project(path, layers)
    except LayerError as error:
        faults = error.facts.get("faults", ())
        change_state(report=tuple(faults) if isinstance(faults, list | tuple) else ())
        raise
    write_state(get_state().opening(path))
    change_state(report=layers.faults)
    st.rerun()


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

"""Bring uploaded files into a new project: the form, the reading, and the report of everything found."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import streamlit as st

from geo.errors import LayerError
from geo.layers import Fault
from geo.read import read_layers
from scenarios.store import create_project
from ui import workspace
from ui.boundary import boundary, escape_markdown
from ui.messages import layer_name
from ui.tables import column_name
from ui.state import change_state, get_state, write_state
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

    name: str

    def getvalue(self) -> bytes:
        """Give its bytes."""


def draw_import(texts: Texts) -> None:
    """Draw the form of a new project: files, coordinate system, columns by hand where needed, name."""
    st.markdown(texts("data_page.import.note"))
    files = st.file_uploader(
        texts("data_page.import.files"), type=list(ENDINGS), accept_multiple_files=True, key="import_files"
    )
    crs = _choose_system(texts)
    mapping = _draw_mapping(texts, get_state().report)
    name = st.text_input(texts("data_page.import.name"), key="import_name", max_chars=80)
    if st.button(texts("data_page.import.read"), type="primary", width="stretch", disabled=not files):
        with boundary(texts), st.spinner(texts("data_page.import.reading")):
            _import(texts, files or [], name, crs, mapping)


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
    """Ask which header holds a column that was not recognised; the last report says which those are."""
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
            mapping.setdefault(layer, {})[column] = header
    return mapping


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


def _import(
    texts: Texts,
    files: Sequence[Upload],
    name: str,
    crs: str | None,
    mapping: Mapping[str, Mapping[str, str]],
) -> None:
    path = workspace.new_project_path(name)
    if path is None:
        st.warning(texts("data_page.import.name_needed"))
        return
    if path.exists():
        st.warning(texts("data_page.import.name_taken", name=path.stem))
        return
    try:
        with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
            layers = read_layers(save_uploads(files, Path(folder)), crs=crs, mapping=mapping or None)
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

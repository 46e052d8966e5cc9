"""Layers and cells of a project on disk."""

import hashlib
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Connection

from geo.layers import STORAGE_CRS, Layers, Tiling
from geo.schema import LAYERS
from scenarios.errors import StoreError
from scenarios.project.connect import count_change, get_meta, put_meta, reading, require_project, writing
from scenarios.project.frames import list_tables, read_frame, read_layer, snapshot
from scenarios.project.gpkg import DRAFT_PREFIX, has_table, settle_journal, sweep_drafts, write_features
from scenarios.project.schema import FORMAT_VERSION, create_tables
from scenarios.project.watch import Digests, recall, remember, watch

_GPKG_VERSION = {"VERSION": "1.2"}  # what office machines with an older QGIS open without a word
_CELLS_CUT_FROM = "cells_cut_from"


def create_project(path: Path, layers: Layers, *, attribution: str = "", replace: bool = False) -> None:
    """Write the layers as a new project.

    `attribution` says whose data it is, in words that every map made from it must bear. With `replace`, an
    existing file goes, with every scenario and plan in it, but only once the new one is whole.

    Raises
    ------
    StoreError
        `project_exists` when the file is there and `replace` was not asked for; `cannot_write` when the
        folder does not take the file, or another program has it open.
    """
    if path.exists() and not replace:
        raise StoreError("project_exists", file=path.name)
    sweep_drafts(path.parent)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=DRAFT_PREFIX) as folder:
            draft = Path(folder) / "draft.gpkg"
            _write_layers(draft, layers)
            with writing(draft) as connection:
                create_tables(connection)
                put_meta(connection, "format_version", FORMAT_VERSION)
                put_meta(connection, "changes", "0")
                put_meta(connection, "attribution", attribution)
            settle_journal(path)
            draft.replace(path)
    except OSError as error:
        raise StoreError(
            "cannot_write", file=path.name, why=error.strerror or type(error).__name__
        ) from error


def read_layers(path: Path) -> Layers:
    """Read the layers of a project, with the schema's names and types.

    Raises
    ------
    StoreError
        `no_such_file`, `not_a_project`, or `cannot_read` when another program left it damaged.
    """
    require_project(path)
    with reading(path):
        pass  # it is a project
    with snapshot(path) as copy:
        present = list_tables(copy)
        return Layers(frames={name: read_layer(copy, name) for name in LAYERS if name in present})


def read_attribution(path: Path) -> str:
    """Give the words that name the sources of the project's data; empty where none were given."""
    with reading(path) as connection:
        return get_meta(connection, "attribution") or ""


def project_digest(path: Path) -> str:
    """Give a short text that changes whenever the project's file does."""
    require_project(path)
    state = path.stat()
    with reading(path) as connection:
        changes = get_meta(connection, "changes")
    return hashlib.sha256(f"{changes}|{state.st_mtime_ns}|{state.st_size}".encode()).hexdigest()[:16]


def known_layers_digest(path: Path) -> str | None:
    """Give the digest of the layers without reading them, or None where they must be looked at."""
    with reading(path) as connection:
        known = recall(connection)
    return None if known is None else known.layers


def layers_token(path: Path) -> str:
    """Give a short text that changes whenever the layers do, and seldom otherwise.

    Before a project is watched, that is whenever its file changes.
    """
    return known_layers_digest(path) or project_digest(path)


def layers_digest(layers: Layers) -> str:
    """Give a digest of all shapes and values of the layers, whatever file they came from."""
    digest = hashlib.sha256()
    for name in sorted(layers.frames):
        digest.update(name.encode())
        _add(digest, layers.frames[name])
    return digest.hexdigest()


def tiling_digest(tiling: Tiling) -> str:
    """Give a digest of all shapes and values of cells and borders."""
    digest = hashlib.sha256()
    _add(digest, tiling.cells)
    _add(digest, tiling.links)
    return digest.hexdigest()


def read_tiling(path: Path, layers: Layers) -> Tiling | None:
    """Read the stored cells and borders (EPSG:4490); None where they were cut from other layers."""
    with reading(path) as connection:
        known = cells_cut_from(connection) == layers_digest(layers)
        if not known or not has_table(connection, "cells"):
            return None
    return _read_tiling(path)


def save_tiling(path: Path, layers: Layers, tiling: Tiling) -> None:
    """Store the cells and borders (EPSG:4490) cut from these layers."""
    with writing(path) as connection:
        write_features(connection, "cells", tiling.cells, "POLYGON")
        write_features(connection, "cell_borders", tiling.links, "MULTILINESTRING")
        put_meta(connection, _CELLS_CUT_FROM, layers_digest(layers))
        count_change(connection)


def cells_cut_from(connection: Connection) -> str:
    """Give the digest of the layers that the stored cells were cut from."""
    return get_meta(connection, _CELLS_CUT_FROM) or ""


def look_at(path: Path, connection: Connection) -> Digests:
    """Give the digests of layers and cells as they are, from memory where nothing has touched them since.

    Inside a transaction that changes the project, what is looked at is what was there before it.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    known = recall(connection)
    if known is not None:
        return known
    cells = tiling_digest(_read_tiling(path)) if has_table(connection, "cells") else ""
    return Digests(layers=layers_digest(read_layers(path)), cells=cells)


def keep_watch(connection: Connection, digests: Digests) -> None:
    """Watch layers and cells from now on and remember what they are; the last thing done in a transaction."""
    watch(connection)
    remember(connection, digests)


def _read_tiling(path: Path) -> Tiling:
    with snapshot(path) as copy:
        return Tiling(cells=read_frame(copy, "cells"), links=read_frame(copy, "cell_borders"))


def _add(digest: "hashlib._Hash", frame: pd.DataFrame) -> None:
    if isinstance(frame, gpd.GeoDataFrame):
        for shape in shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1):
            digest.update(shape or b"-")
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    digest.update(frame.to_csv(index=False).encode())


def _write_layers(path: Path, layers: Layers) -> None:
    for name in LAYERS:
        frame = layers.frames.get(name)
        if isinstance(frame, gpd.GeoDataFrame):
            frame = frame.to_crs(STORAGE_CRS)
        if frame is not None:
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", dataset_options=_GPKG_VERSION)

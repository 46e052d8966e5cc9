"""Read files and folders of any supported kind into raw tables; nothing is ever written beside them."""

import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo.crs import canonical_name
from geo.errors import FormatError
from geo.faults import found
from geo.read_archive import unpack
from geo.read_kml import read_kml
from geo.read_raw import (
    RawTable,
    Reading,
    choose_encoding,
    encoding_notice,
    number_rows,
    opening,
    together,
)
from geo.read_tables import read_csv, read_excel

_DBF_HEADER = 32


def read_sources(sources: Sequence[Path]) -> Reading:
    """Read files and folders of files; what cannot be read becomes a fault, and the rest is read anyway."""
    return together(
        [_read_folder(path) if path.is_dir() else _read_file(path, only=True) for path in sources]
    )


def _read_folder(folder: Path, *, pattern: str = "*", shown_as: str | None = None) -> Reading:
    paths = sorted(
        path
        for path in folder.glob(pattern)
        if path.is_file() and path.suffix.lower() in _READERS and not path.name.startswith(("~$", "."))
    )
    if not paths:
        return Reading(faults=(found("source_without_layers", "", file=shown_as or folder.name),))
    return together([_read_file(path, only=False) for path in paths])


def _read_file(path: Path, *, only: bool) -> Reading:
    reader = _READERS.get(path.suffix.lower())
    try:
        if not path.exists():
            raise FormatError("source_missing", file=path.name)  # noqa: TRY301 - one place turns errors into faults
        if reader is None:
            raise FormatError("source_kind_unknown", file=path.name)  # noqa: TRY301 - as above
        if path.stat().st_size == 0:
            raise FormatError("source_empty", file=path.name)  # noqa: TRY301 - as above
        return reader(path, only)
    except FormatError as error:
        return Reading(faults=(found(error.code, "", None, None, **error.facts),))
    except OSError:
        return Reading(faults=(found("source_unreadable", "", file=path.name),))


def _read_zip(path: Path, only: bool) -> Reading:  # noqa: ARG001 - the signature of a reader
    with tempfile.TemporaryDirectory(prefix="gridplan-") as name:
        folder = Path(name)
        unpack(path, folder)
        return _read_folder(folder, pattern="**/*", shown_as=path.name)


def _read_geopackage(path: Path, only: bool) -> Reading:
    with path.open("rb") as opened:
        if opened.read(15) != b"SQLite format 3":
            raise FormatError("source_unreadable", file=path.name)
    with opening(path.name):
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        frames = {name: pyogrio.read_dataframe(path, layer=name, on_invalid="ignore") for name in names}
    if not frames:
        raise FormatError("source_without_layers", file=path.name)
    alone = only and len(frames) == 1
    return Reading(tables=tuple(_from_frame(frame, name, path, only=alone) for name, frame in frames.items()))


def _read_geojson(path: Path, only: bool) -> Reading:
    raw = path.read_bytes()
    encoding = choose_encoding(raw)
    source: Path | bytes = path
    if encoding != "utf-8":
        source = raw.decode(encoding, errors="replace").encode("utf-8")
    with opening(path.name), warnings.catch_warnings():
        # A column of numbers and texts is no JSON; that it stays text is what is wanted.
        warnings.filterwarnings("ignore", message="Could not parse column")
        frame = pyogrio.read_dataframe(source, on_invalid="ignore")
    says_crs = b'"crs"' in raw[:4096] or b'"crs"' in raw[-4096:]
    table = _from_frame(frame, path.stem, path, only=only, crs_assumed=not says_crs)
    return Reading(tables=(table,), faults=encoding_notice(path.name, encoding))


def _read_shapefile(path: Path, only: bool) -> Reading:
    parts = {other.suffix.lower(): other for other in path.parent.glob("*") if other.stem == path.stem}
    missing = [ending for ending in (".shx", ".dbf") if ending not in parts]
    if missing:
        raise FormatError("shapefile_incomplete", file=path.name, missing=tuple(missing))
    declared = parts[".cpg"].read_text(encoding="ascii", errors="ignore") if ".cpg" in parts else None
    encoding = choose_encoding(parts[".dbf"].read_bytes()[_DBF_HEADER:], declared)
    with opening(path.name):
        frame = _read_dbf_texts(path, encoding)
    faults = encoding_notice(path.name, encoding) if declared is None else ()
    return Reading(tables=(_from_frame(frame, path.stem, path, only=only),), faults=faults)


def _read_dbf_texts(path: Path, encoding: str) -> gpd.GeoDataFrame:
    """Read a Shapefile, its texts in that encoding; bytes that are no text become U+FFFD, to be listed later.

    GDAL passes bytes on one by one as Latin-1, since it refuses or drops what it cannot decode. Fields have a
    fixed number of bytes, and programs cut the last character of a long name in half.
    """
    frame = pyogrio.read_dataframe(path, encoding="ISO-8859-1", on_invalid="ignore")

    def decode(value: object) -> object:
        return value.encode("latin-1").decode(encoding, errors="replace") if isinstance(value, str) else value

    texts = [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name].dtype)]
    for name in texts:
        frame[name] = frame[name].map(decode)
    return frame.rename(columns=decode)


def _read_parquet(path: Path, only: bool) -> Reading:
    with opening(path.name):
        try:
            frame = gpd.read_parquet(path)
        except ValueError:
            frame = pd.read_parquet(path)  # a plain table, perhaps with longitude and latitude
    return Reading(tables=(_from_frame(frame.reset_index(drop=True), path.stem, path, only=only),))


def _from_frame(
    frame: pd.DataFrame, name: str, path: Path, *, only: bool, crs_assumed: bool = False
) -> RawTable:
    frame = number_rows(frame)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return RawTable(name=name, file=path.name, stem=path.stem, only=only, table=pd.DataFrame(frame))
    table = pd.DataFrame(frame.drop(columns=frame.active_geometry_name))
    return RawTable(
        name=name,
        file=path.name,
        stem=path.stem,
        only=only,
        table=table,
        shapes=np.asarray(frame.geometry.array, dtype=object),
        crs=_declared_crs(frame),
        crs_assumed=crs_assumed,
    )


def _declared_crs(frame: gpd.GeoDataFrame) -> str | None:
    # GeoPackage has two entries that mean "not known"; GDAL hands them on as systems of that name.
    if frame.crs is None or frame.crs.name.lower().startswith(("undefined", "unknown")):
        return None
    return canonical_name(frame.crs.to_wkt())


_Reader = Callable[[Path, bool], Reading]
_READERS: Mapping[str, _Reader] = {
    ".gpkg": _read_geopackage,
    ".geojson": _read_geojson,
    ".json": _read_geojson,
    ".shp": _read_shapefile,
    ".zip": _read_zip,
    ".parquet": _read_parquet,
    ".geoparquet": _read_parquet,
    ".kml": lambda path, only: read_kml(path, only=only),
    ".csv": lambda path, only: read_csv(path, only=only),
    ".xlsx": lambda path, only: read_excel(path, only=only),
    ".xls": lambda path, only: read_excel(path, only=only),
}

READABLE_ENDINGS = tuple(_READERS)
"""Endings of the files that can be read, in lower case."""

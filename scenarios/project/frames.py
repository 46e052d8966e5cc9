"""Read the tables of a project file as frames; what another program damaged is an error with a code.

The functions that read take the path of a `snapshot`, never that of the project itself.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.read_values import empty_column
from geo.schema import LAYERS
from scenarios.errors import StoreError

_DTYPES = {"count": "Int64", "area": "float64", "money": "float64", "flag": "boolean"}
_WAIT_S = 30.0
_MODE, _PLAIN = slice(18, 20), b"\x01\x01"  # read and write version in the header: no write-ahead log
_LIBRARY = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
_DAMAGE = (*_LIBRARY, ValueError, KeyError, TypeError)


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """Give a copy of a project as it is at one moment, for GDAL to read; it goes when this ends.

    GDAL brings an SQLite of its own. Were it to open the project itself, closing the file would take away
    every lock that our own SQLite holds on it in this process, and another process could write into a
    transaction that is under way (https://sqlite.org/howtocorrupt.html, 2.2.1).

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with tempfile.TemporaryDirectory(prefix="gridplan-") as folder:
        copy = Path(folder) / path.name
        try:
            with closing(sqlite3.connect(path, timeout=_WAIT_S)) as connection:
                content = bytearray(connection.serialize())
        except sqlite3.Error as error:
            raise StoreError("cannot_read", file=path.name, why=type(error).__name__) from error
        content[_MODE] = _PLAIN  # a copy has no log beside it, whatever the project keeps
        copy.write_bytes(content)
        yield copy


@contextmanager
def parsing(path: Path) -> Iterator[None]:
    """Turn what a parser stumbles on in a project into the one error that a person can act on.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    try:
        yield
    except _DAMAGE as error:
        raise StoreError("cannot_read", file=path.name, why=type(error).__name__) from error


def read_frame(path: Path, table: str) -> gpd.GeoDataFrame:
    """Read one table with its shapes.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with parsing(path):
        return pyogrio.read_dataframe(path, layer=table)


def list_tables(path: Path) -> frozenset[str]:
    """Name the tables that the file lists as its contents.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    with parsing(path):
        return frozenset(str(name) for name, _ in pyogrio.list_layers(path))


def read_layer(path: Path, layer: str) -> pd.DataFrame:
    """Read a layer with the schema's types and every column that may be empty, whether it is there or not.

    A column that may not be empty stays away where it is missing, for the checks to list.

    Raises
    ------
    StoreError
        `cannot_read`.
    """
    frame = read_frame(path, layer)
    for column in LAYERS[layer].columns:
        if column.name in frame.columns:
            _set_type(frame, column.name, _DTYPES.get(column.kind))
        elif not column.required:
            frame[column.name] = empty_column(frame.index, column)
    return frame


def _set_type(frame: pd.DataFrame, name: str, dtype: str | None) -> None:
    # SQLite knows neither whole numbers that may be missing nor booleans: the schema says what a column is.
    if dtype is not None:
        # What another program wrote there may be anything: it stays, for the checks to list.
        with suppress(TypeError, ValueError):
            frame[name] = frame[name].astype(dtype)

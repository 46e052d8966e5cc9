"""Read the tables of a project file as frames; what another program damaged is an error with a code."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.read_values import empty_column
from geo.schema import LAYERS
from scenarios.errors import StoreError

_DTYPES = {"count": "Int64", "area": "float64", "money": "float64", "flag": "boolean"}
_LIBRARY = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
_DAMAGE = (*_LIBRARY, ValueError, KeyError, TypeError)


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

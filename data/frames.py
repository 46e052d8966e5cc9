"""Rows and shapes in town metres → frames of the schema in degrees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from geo.layers import STORAGE_CRS
from geo.schema import LAYERS

_PLANE_CRS = "EPSG:4548"
"""CGCS2000, 3-degree Gauss–Krüger, 117° E: metres near the invented town."""

_PLACE = (116.36, 33.52)
"""Longitude and latitude of the town's centre: farmland in the Huang-Huai plain."""

_CENTRE = (1000.0, 750.0)
_TURN_DEGREES = -6.0
_DECIMALS = 9

_TYPES = {
    "id": "str", "code": "str", "text": "str", "choice": "str", "count": "Int64", "area": "float64",
    "money": "float64", "date": "datetime64[ms]", "flag": "boolean",
}  # fmt: skip


def frame_of(
    layer: str, rows: Sequence[Mapping[str, object]], shapes: Iterable[BaseGeometry | None] | None = None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Build the frame of one layer.

    Parameters
    ----------
    layer
        Name in `LAYERS`; gives columns, order and types. Columns that a row lacks stay empty.
    rows
        One mapping a row, keyed by column name.
    shapes
        Geometry in town metres, one a row, None where a row has none; no shapes for a plain table.
    """
    spec = LAYERS[layer]
    table = pd.DataFrame(list(rows), columns=list(spec.column_names))
    table = table.astype({column.name: _TYPES[column.kind] for column in spec.columns})
    if shapes is None:
        return table
    return gpd.GeoDataFrame(table, geometry=to_degrees(list(shapes)), crs=STORAGE_CRS)


def row_of(value: object) -> dict[str, object]:
    """Give the fields of a value by name, for a row; fields that are no columns are dropped by `frame_of`."""
    return {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]


def to_degrees(shapes: list[BaseGeometry | None]) -> NDArray[np.object_]:
    """Turn the town and lay it on the globe, vertex by vertex, so that shared borders stay shared."""
    turned = [None if shape is None else rotate(shape, _TURN_DEGREES, origin=_CENTRE) for shape in shapes]
    forward = Transformer.from_crs(STORAGE_CRS, _PLANE_CRS, always_xy=True)
    east, north = forward.transform(*_PLACE)

    def onto_globe(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy[:, 0] - _CENTRE[0] + east, xy[:, 1] - _CENTRE[1] + north
        return np.round(np.column_stack(forward.transform(x, y, direction="INVERSE")), _DECIMALS)

    placed: NDArray[np.object_] = np.empty(len(turned), dtype=object)
    placed[:] = shapely.transform(turned, onto_globe)
    return placed

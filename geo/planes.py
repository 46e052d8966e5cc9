"""Measure areas that do not depend on how a line runs between two vertices.

A line that is straight in degrees is bent in a projection, and the other way round: 12 mm over a kilometre,
which is 8 m². Where one neighbour has a vertex on the border and the other has not, that would look like an
overlap. An area counts only as far as it is there in both planes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.crs import metric_crs

Shapes = NDArray[Any]


def in_both_planes(
    frame: gpd.GeoDataFrame, shape_sets: Sequence[gpd.GeoSeries], measure: Callable[..., NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Take the smaller result of a measure in the projection of a place and in plain, scaled degrees.

    Parameters
    ----------
    frame
        Frame in `STORAGE_CRS` that sets the place.
    shape_sets
        Series of shapes in `STORAGE_CRS`; handed to `measure` as arrays, in metres.
    measure
        Arrays of shapes → areas (m²).
    """
    system = metric_crs(frame)
    projected = [np.asarray(shapes.to_crs(system).array, dtype=object) for shapes in shape_sets]
    scale = _metres_per_degree(frame)
    scaled = [
        shapely.transform(np.asarray(shapes.array, dtype=object), lambda points: points * scale)
        for shapes in shape_sets
    ]
    return np.minimum(measure(*projected), measure(*scaled))


def _metres_per_degree(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    west, south, east, north = frame.total_bounds
    lon, lat, step = (west + east) / 2, (south + north) / 2, 0.01
    geod = pyproj.CRS.from_user_input(frame.crs).get_geod() or pyproj.Geod(ellps="GRS80")
    along = geod.inv(lon, lat, lon + step, lat)[2] / step
    up = geod.inv(lon, lat, lon, lat + step)[2] / step
    return np.array([along, up])

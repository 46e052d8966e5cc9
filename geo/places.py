"""Which community a shape lies in."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray


def locate(shapes: gpd.GeoSeries, communities: gpd.GeoDataFrame) -> NDArray[Any]:
    """Find the community of each shape: the one that holds a point, or most of an area.

    Parameters
    ----------
    shapes
        Points or polygons, in the CRS of the communities.
    communities
        With `code`; shapes that are missing or invalid hold nothing.

    Returns
    -------
    array of object, (n,)
        The community's code, or None for a shape outside all, missing or invalid. Of two communities with an
        equal share the first counts, so a point on a border belongs to one.
    """
    codes = communities["code"].to_numpy(dtype=object)
    areas = _usable(communities.geometry)
    tree = shapely.STRtree(areas)
    targets = _usable(shapes)
    shape_idx, area_idx = tree.query(targets, predicate="intersects")
    share = np.ones(len(shape_idx))
    candidates = np.bincount(shape_idx, minlength=len(targets))
    torn = (candidates[shape_idx] > 1) & (shapely.get_dimensions(targets[shape_idx]) == 2)
    share[torn] = shapely.area(shapely.intersection(targets[shape_idx[torn]], areas[area_idx[torn]]))
    order = np.lexsort((area_idx, -share, shape_idx))
    first = np.unique(shape_idx[order], return_index=True)[1]
    located = np.full(len(targets), None, dtype=object)
    best = order[first]
    located[shape_idx[best]] = codes[area_idx[best]]
    return located


def _usable(shapes: gpd.GeoSeries) -> NDArray[Any]:
    array = np.asarray(shapes.array, dtype=object).copy()
    array[~shapely.is_valid(array)] = None
    return array

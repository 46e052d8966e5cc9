"""Areas within a walk: the parts of streets that are reached, widened to the ground beside them."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.walking.network import Network
from geo.walking.paths import reach
from geo.walking.snap import Snapped

BESIDE_M = 60.0
"""How far the ground beside a street counts as reached from it: about half a block (ours)."""

_HOLE_M2 = 20_000.0  # the yards inside a block that is walked around are reached too
_SIMPLE_M = 3.0


def walking_areas(network: Network, origins: Snapped, limits_m: Sequence[float]) -> list[shapely.Geometry]:
    """Give the ground within each walk of the nearest of some places.

    Parameters
    ----------
    limits_m
        Walks in metres, rising.

    Returns
    -------
    One area a walk, in the network's CRS; each holds the ones before. Places that no street is near reach
    nothing.
    """
    if len(network.edges) == 0:
        return [shapely.Polygon() for _ in limits_m]
    node_m = reach(network, origins, max(limits_m))
    areas: list[shapely.Geometry] = []
    for limit in limits_m:
        area = _widened(_reached_parts(network, origins, node_m, float(limit)))
        # Not `union` of the two: it was seen to lose a corner (GEOS 3.14), all at once did not.
        areas.append(shapely.union_all([*areas[-1:], area]))
    return areas


def _reached_parts(
    network: Network, origins: Snapped, node_m: NDArray[np.float64], limit: float
) -> NDArray[np.object_]:
    """Cut from each straight piece of street what is reached from its ends, and from places on it."""
    ends_m = node_m[network.edges]
    from_first = np.clip(limit - ends_m[:, 0], 0.0, network.length_m)
    from_last = np.clip(limit - ends_m[:, 1], 0.0, network.length_m)
    whole = from_first + from_last >= network.length_m
    first, last = np.flatnonzero(~whole & (from_first > 0)), np.flatnonzero(~whole & (from_last > 0))
    left = limit - origins.aside_m
    own = np.flatnonzero((origins.edge >= 0) & (left > 0))
    edge, along = origins.edge[own], origins.along_m[own]
    return np.concatenate(
        [
            network.lines[whole],
            _stretches(network, first, np.zeros(len(first)), from_first[first]),
            _stretches(network, last, network.length_m[last] - from_last[last], network.length_m[last]),
            _stretches(
                network,
                edge,
                np.clip(along - left[own], 0.0, network.length_m[edge]),
                np.clip(along + left[own], 0.0, network.length_m[edge]),
            ),
        ]
    )


def _stretches(
    network: Network, edge: NDArray[np.int64], begin: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Give straight stretches of pieces of street, from so many metres along to so many."""
    if len(edge) == 0:
        return np.zeros(0, object)
    points = [shapely.line_interpolate_point(network.lines[edge], metres) for metres in (begin, end)]
    both = np.stack([shapely.get_coordinates(one) for one in points], axis=1)
    return np.asarray(shapely.linestrings(both), object)


def _widened(parts: NDArray[np.object_]) -> shapely.Geometry:
    if len(parts) == 0:
        return shapely.Polygon()
    # Each piece by itself: a buffer around all of them at once takes ten times as long.
    joined = shapely.union_all(shapely.buffer(parts, BESIDE_M, quad_segs=4))
    return shapely.simplify(_without_small_holes(joined), _SIMPLE_M)


def _without_small_holes(area: shapely.Geometry) -> shapely.Geometry:
    kept = []
    for polygon in shapely.get_parts(area):
        holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= _HOLE_M2]
        kept.append(shapely.Polygon(polygon.exterior, holes))
    return shapely.union_all(kept)

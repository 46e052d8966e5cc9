"""Places put on the nearest street that can be reached without crossing a barrier."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.walking.network import Network

_NEAREST = 40  # stretches of street looked at before a place counts as cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapped:
    """Where places meet the network.

    Attributes
    ----------
    edge
        int64 (n,), the piece of street; -1 where none can be reached.
    along_m
        float64 (n,), metres from the beginning of the piece.
    aside_m
        float64 (n,), metres from the place to the street.
    """

    edge: NDArray[np.int64]
    along_m: NDArray[np.float64]
    aside_m: NDArray[np.float64]


def snap(
    places: NDArray[np.object_], network: Network, barriers: NDArray[np.object_], limit_m: float = 300.0
) -> Snapped:
    """Put each place on the nearest street within the limit.

    Parameters
    ----------
    places
        Points in the network's CRS.
    barriers
        Rivers, railways and walls; the straight step from a place to the street must not cross one. Streets
        that cross a barrier are bridges, passages or gates.
    """
    n = len(places)
    edge = np.full(n, -1, np.int64)
    near = shapely.STRtree(network.lines)
    walls = shapely.STRtree(barriers)
    i, j = near.query(places, predicate="dwithin", distance=limit_m)
    gap = shapely.distance(places[i], network.lines[j])
    order = np.lexsort((j, gap, i))
    i, j, gap = i[order], j[order], gap[order]
    rank = np.arange(len(i)) - np.searchsorted(i, i, "left")
    keep = rank < _NEAREST
    i, j, rank = i[keep], j[keep], rank[keep]
    step = shapely.shortest_line(places[i], network.lines[j])
    crossing = np.zeros(len(i), np.bool_)
    if len(barriers) and len(i):
        hit, _ = walls.query(step, predicate="intersects")
        crossing[hit] = True
    i, j = i[~crossing], j[~crossing]
    first = np.ones(len(i), np.bool_)
    first[1:] = np.diff(i) != 0
    edge[i[first]] = j[first]
    on = network.lines[np.maximum(edge, 0)] if len(network.lines) else np.full(n, None)
    along = np.where(edge >= 0, shapely.line_locate_point(on, places), 0.0)
    aside = np.where(edge >= 0, shapely.distance(on, places), np.inf)
    return Snapped(edge=edge, along_m=along.astype(np.float64), aside_m=aside.astype(np.float64))

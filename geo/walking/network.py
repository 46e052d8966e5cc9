"""A walking network from road lines: cut where they meet and bend, in connected parts."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

NOT_WALKED = frozenset({"motorway"})
"""Classes of roads that nobody walks along, and that others pass over or under without meeting."""

_GRID_M = 0.01  # ends closer than this are one node


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Streets as a graph, in a metric CRS.

    Attributes
    ----------
    nodes_m
        float64 (k, 2), crossings and ends.
    edges
        int64 (e, 2), the nodes that a piece of street joins; `lines` (e,) are the pieces, running from the
        first node to the second, `length_m` (e,) their lengths.
    part
        int64 (k,), which connected part a node belongs to; 0 is the part with most metres of street.
    start, head, way_m
        The same as rows of neighbours: node i leads to `head[start[i]:start[i + 1]]` by so many metres.
    """

    nodes_m: NDArray[np.float64]
    edges: NDArray[np.int64]
    lines: NDArray[np.object_]
    length_m: NDArray[np.float64]
    part: NDArray[np.int64]
    start: NDArray[np.int64]
    head: NDArray[np.int64]
    way_m: NDArray[np.float64]

    @property
    def n_parts(self) -> int:
        """Number of connected parts."""
        return int(self.part.max(initial=-1)) + 1


def build_network(roads: gpd.GeoDataFrame) -> Network:
    """Cut roads where they meet and join the pieces into a graph.

    Parameters
    ----------
    roads
        `class`, lines in a metric CRS. Roads that cross without a shared vertex are taken to meet, apart from
        those nobody walks along.
    """
    walked = roads[~roads["class"].isin(NOT_WALKED)] if "class" in roads else roads
    shapes = walked.geometry.to_numpy()
    shapes = shapely.force_2d(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    if len(shapes) == 0:
        return from_pieces(np.zeros(0, object))
    pieces = shapely.get_parts(shapely.union_all(shapes, grid_size=_GRID_M))
    return from_pieces(_straights(pieces[shapely.get_type_id(pieces) == 1]))


def _straights(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut lines at every vertex: a place is then snapped to the nearest stretch that it can step to."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    within = np.flatnonzero(line[1:] == line[:-1])
    straights = shapely.linestrings(np.stack([points[within], points[within + 1]], axis=1))
    return np.asarray(straights[shapely.length(straights) > 0], object)


def from_pieces(lines: NDArray[np.object_]) -> Network:
    """Build the graph of line pieces that meet at their ends only."""
    ends = np.concatenate([_ends(lines, 0), _ends(lines, -1)])
    keys, where = np.unique(np.round(ends / _GRID_M).astype(np.int64), axis=0, return_inverse=True)
    edges = where.reshape(2, -1).T.astype(np.int64)
    nodes_m = np.zeros((len(keys), 2))
    nodes_m[where.ravel()] = ends
    length_m = shapely.length(lines).astype(np.float64)
    start, head, way_m = _rows(len(keys), edges, length_m)
    return Network(
        nodes_m=nodes_m,
        edges=edges,
        lines=lines,
        length_m=length_m,
        part=_parts(len(keys), edges, length_m),
        start=start,
        head=head,
        way_m=way_m,
    )


def _ends(lines: NDArray[np.object_], at: int) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.get_point(lines, at)).reshape(-1, 2))


def _rows(
    n_nodes: int, edges: NDArray[np.int64], length_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    tail = np.concatenate([edges[:, 0], edges[:, 1]])
    head = np.concatenate([edges[:, 1], edges[:, 0]])
    order = np.argsort(tail, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n_nodes))]).astype(np.int64)
    return start, head[order], np.concatenate([length_m, length_m])[order]


def _parts(n_nodes: int, edges: NDArray[np.int64], length_m: NDArray[np.float64]) -> NDArray[np.int64]:
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n_nodes, n_nodes))
    count, part = connected_components(graph, directed=False)
    metres = np.bincount(part[edges[:, 0]], length_m, count) if len(edges) else np.zeros(count)
    rank = np.empty(count, np.int64)
    rank[np.argsort(-metres, kind="stable")] = np.arange(count)
    return np.asarray(rank[part], np.int64)

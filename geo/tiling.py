"""Make rough shapes into an exact tiling: node every line once, take the faces, give each to one owner.

Two shapes share a border exactly when both hold the same nodes along it. So all lines of all communities are
noded in one go, the faces between them are found, and every cell is a union of faces: gaps and overlaps
cannot arise inside, borders can be compared number by number, and this survives any change of CRS.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.memo import Memo, digest_of

Shapes = NDArray[np.object_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PRECISION_M = 1e-5
"""Grid of the noding. Every vertex moves by up to half of it, and a community has a border of kilometres.
Worst gap of a community of the reference district: 4.2 m² on a 1 cm grid, 0.36 m² at 1 mm, 0.03 m² at 0.1 mm,
0.005 m² at 0.01 mm; a double still has four digits to spare there at coordinates of 5,000,000 m."""

SLIVER_M = 0.01
"""A face narrower than this is a digitising error between two lines meant as one; it goes to a neighbour."""

HAIR_M = 1e-3
"""Two lines from one node that part by less than this, and by less than `_HAIR_SLOPE`, are one. Noding leaves
hairs some micrometres wide between them, valid in metres but not in BD-09: a 20 m chord bends by 0.4 mm."""

_HAIR_SLOPE = 0.01
_MOST_CLOSINGS = 10

_TILINGS: Memo[Shapes] = Memo(500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Straight pieces of border, each once.

    Attributes
    ----------
    a, b
        int64 (m,), positions of the two polygons, a < b; b = -1 where the other side is outside.
    line
        float64 (m, 4), x and y of both ends.
    """

    a: IntArray
    b: IntArray
    line: FloatArray

    @property
    def length(self) -> FloatArray:
        """Length of each piece, in metres."""
        return np.asarray(np.hypot(self.line[:, 2] - self.line[:, 0], self.line[:, 3] - self.line[:, 1]))


def find_segments(polygons: Shapes, group: IntArray) -> Segments:
    """Find all border segments of noded polygons; two of one group share one when its numbers are equal.

    Polygons of different groups (communities) never share one: their border is the outside to both.
    """
    rings, owner = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = xy[:-1][same], xy[1:][same]
    who = owner[ring[:-1][same]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    line = np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))
    order = np.lexsort((who, line[:, 3], line[:, 2], line[:, 1], line[:, 0], group[who]))
    line, who = line[order], who[order]
    paired = (line[1:] == line[:-1]).all(axis=1) & (group[who[1:]] == group[who[:-1]])
    first = np.flatnonzero(paired)
    alone = np.ones(len(who), dtype=bool)
    alone[first] = alone[first + 1] = False
    alone_at = np.flatnonzero(alone)
    return Segments(
        a=np.concatenate([who[first], who[alone_at]]),
        b=np.concatenate([who[first + 1], np.full(len(alone_at), -1)]),
        line=np.vstack([line[first], line[alone_at]]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rough:
    """Shapes to be made exact, weightiest first: where two overlap, the earlier one has the ground.

    Attributes
    ----------
    shapes
        Polygons or multipolygons (k,).
    owner
        int64 (k,), the cell each shape belongs to, 0..n-1; a cell may have several shapes.
    region
        int64 (n,), the community of each cell.
    anchor
        Points (n,), or None: where a cell falls apart, the part with its anchor stays (else the largest).
    """

    shapes: Shapes
    owner: IntArray
    region: IntArray
    anchor: Shapes


def make_exact(regions: Shapes, rough: Rough) -> Shapes:
    """Turn rough shapes into polygons that tile every region exactly and share all their nodes.

    Ground of a region under no shape goes to the neighbour with the longest common border, and so do parts of
    a cell that are cut off from the rest. A region without any shape stays untiled.

    Returns
    -------
    One polygon per cell (n,), of several parts only where the region itself has several; None for a cell that
    lies wholly under earlier ones.
    """
    key = digest_of(regions, rough.shapes, rough.owner, rough.region, rough.anchor)
    return _TILINGS.get(key, lambda: _make_exact(regions, rough)).copy()


def _make_exact(regions: Shapes, rough: Rough) -> Shapes:
    faces = _faces(regions, rough.shapes)
    points = shapely.point_on_surface(faces)
    region_at, face_at = shapely.STRtree(points).query(regions, predicate="intersects")
    order = np.lexsort((region_at, face_at))
    face_at, region_at = face_at[order], region_at[order]
    owner = _owners(points[face_at], region_at, rough)
    parts = faces[face_at]
    owner[_is_sliver(parts)] = -1
    segments = find_segments(parts, region_at)
    inner = segments.b >= 0
    edges = _Edges(a=segments.a[inner], b=segments.b[inner], length_m=segments.length[inner], n=len(parts))
    owner = _settle(owner, edges)
    whole = _settle(_keep_one_part(owner, edges, parts, rough), edges)
    # An island without neighbours stays with its cell: better a cell of two parts than a gap.
    owner = _adopt_islands(np.where(whole < 0, owner, whole), parts, region_at)
    return _unite(parts, owner, len(rough.region))


def _faces(regions: Shapes, shapes: Shapes) -> Shapes:
    lines = shapely.boundary(np.concatenate([regions, shapes]))
    noded = shapely.union_all(lines, grid_size=PRECISION_M)
    for _ in range(_MOST_CLOSINGS):
        closed = _close_hairs(noded)
        if closed is None:
            break
        noded = shapely.union_all(closed, grid_size=PRECISION_M)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), dtype=object)


def _close_hairs(noded: shapely.Geometry) -> Shapes | None:
    """Lead the longer line of every hair through the end of the shorter; None where there is no hair.

    The stretch between them then lies twice, and noding leaves it once.
    """
    xy, line = shapely.get_coordinates(shapely.get_parts(noded), return_index=True)
    same = line[1:] == line[:-1]
    start, end = xy[:-1][same], xy[1:][same]
    node, tip = np.vstack([start, end]), np.vstack([end, start])
    reach = tip - node
    a, b = _turns(node, reach)
    length = np.hypot(*reach.T)
    short, long = np.where(length[a] <= length[b], (a, b), (b, a))
    ahead = np.einsum("ij,ij->i", reach[short], reach[long])
    aside = np.abs(reach[short, 0] * reach[long, 1] - reach[short, 1] * reach[long, 0])
    hair = (aside < HAIR_M * length[long]) & (aside < _HAIR_SLOPE * ahead) & (a != b)
    if not hair.any():
        return None
    short, long = short[hair], long[hair]
    n = len(start)
    away = np.where(long < n, 0.0, length[long])  # a line is led through its nodes from its start
    along = np.abs(away - ahead[hair] / length[long])
    every = np.arange(n)
    owner = np.concatenate([every, long % n, every])
    order = np.lexsort((np.concatenate([np.full(n, -1.0), along, np.full(n, np.inf)]), owner))
    through = np.concatenate([start, tip[short], end])[order]
    return np.asarray(shapely.linestrings(through, indices=owner[order]), dtype=object)


def _turns(node: FloatArray, reach: FloatArray) -> tuple[IntArray, IntArray]:
    """Pair each line from a node with the next one around it."""
    order = np.lexsort((np.arctan2(reach[:, 1], reach[:, 0]), node[:, 1], node[:, 0]))
    new = np.append(True, (node[order[1:]] != node[order[:-1]]).any(axis=1))
    first = np.flatnonzero(new)
    follower = np.roll(order, -1)
    follower[np.append(first[1:], len(order)) - 1] = order[first]
    return order, follower


def _owners(points: Shapes, region: IntArray, rough: Rough) -> IntArray:
    """Find for each face the first shape of its region over it, -1 where there is none."""
    at, shape = shapely.STRtree(rough.shapes).query(points, predicate="intersects")
    fits = rough.region[rough.owner[shape]] == region[at]
    first = np.full(len(points), len(rough.shapes))
    np.minimum.at(first, at[fits], shape[fits])
    return np.asarray(np.append(rough.owner, -1)[first])


def _is_sliver(parts: Shapes) -> BoolArray:
    return np.asarray(2 * shapely.area(parts) < SLIVER_M * shapely.length(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edges:
    a: IntArray
    b: IntArray
    length_m: FloatArray
    n: int


def _settle(owner: IntArray, edges: _Edges) -> IntArray:
    """Give every face without owner to the neighbour with the longest border, inwards from owned ones."""
    owner = owner.copy()
    while True:
        ends = np.concatenate([np.c_[edges.a, edges.b], np.c_[edges.b, edges.a]])
        length = np.concatenate([edges.length_m, edges.length_m])
        open_ = (owner[ends[:, 0]] < 0) & (owner[ends[:, 1]] >= 0)
        if not open_.any():
            return owner
        face, new = ends[open_, 0], owner[ends[open_, 1]]
        total = coo_array((length[open_], (face, new)), shape=(edges.n, int(owner.max()) + 1)).tocsr()
        best = np.asarray(total.argmax(axis=1)).ravel()
        owner[np.unique(face)] = best[np.unique(face)]


def _keep_one_part(owner: IntArray, edges: _Edges, parts: Shapes, rough: Rough) -> IntArray:
    """Take ownership from all parts of a cell but one, so that every cell is one piece."""
    within = owner[edges.a] == owner[edges.b]
    graph = coo_array(
        (np.ones(int(within.sum())), (edges.a[within], edges.b[within])), shape=(edges.n, edges.n)
    )
    part = connected_components(graph, directed=False)[1]
    cell_of_part = np.full(part.max() + 1, -1)
    cell_of_part[part] = owner
    counts = np.bincount(cell_of_part[cell_of_part >= 0], minlength=len(rough.region))
    owner = owner.copy()
    area = np.bincount(part, weights=shapely.area(parts))
    for cell in np.flatnonzero(counts > 1):
        candidates = np.flatnonzero(cell_of_part == cell)
        keep = candidates[np.argmax(area[candidates])]
        if rough.anchor[cell] is not None:
            faces = np.flatnonzero(owner == cell)
            holds = faces[shapely.intersects(parts[faces], rough.anchor[cell])]
            keep = part[holds[0]] if len(holds) else keep
        owner[(owner == cell) & (part != keep)] = -1
    return owner


def _adopt_islands(owner: IntArray, parts: Shapes, region: IntArray) -> IntArray:
    """Give ground that touches no cell of its region to the nearest one, if the region has any."""
    owner = owner.copy()
    owned = owner >= 0
    for island in np.flatnonzero(~owned):
        near = np.flatnonzero(owned & (region == region[island]))
        if len(near):
            owner[island] = owner[near[np.argmin(shapely.distance(parts[near], parts[island]))]]
    return owner


def _unite(parts: Shapes, owner: IntArray, n: int) -> Shapes:
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(n + 1))
    cells = np.full(n, None, dtype=object)
    for cell in range(n):
        mine = parts[order[starts[cell] : starts[cell + 1]]]
        if len(mine):
            cells[cell] = unite(mine)
    return cells


def unite(parts: Shapes) -> shapely.Geometry:
    """Unite noded polygons into one shape, keeping every node that is not inside."""
    if len(parts) == 1:
        return parts[0]
    union = shapely.coverage_union_all(parts)
    pieces = shapely.get_parts(union)
    return pieces[0] if len(pieces) == 1 else union

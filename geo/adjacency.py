"""Who borders whom, along how many metres, and which road, river or wall the border follows."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.tiling import BoolArray, FloatArray, IntArray, Segments, find_segments

BORDER_CLASSES: tuple[str, ...] = (
    "motorway",
    "river",
    "railway",
    "trunk",
    "main",
    "street",
    "wall",
    "lane",
    "compound",
    "path",
)
"""What a border can follow, weightiest first: the harder to cross on foot, the better as a border."""

HALF_WIDTH_M = {
    "motorway": 20.0,
    "river": 20.0,
    "railway": 12.0,
    "trunk": 20.0,
    "main": 15.0,
    "street": 10.0,
    "wall": 3.0,
    "lane": 6.0,
    "path": 3.0,
}
"""How far from the drawn line a border still follows it: half the usual width from building line to building
line (trunk 40 m, main 30 m, street 20 m; ours), a little more for lane and wall, which are drawn loosely."""

MIN_BORDER_M = 1.0
"""Shorter contacts are corners: nobody walks from one cell to the other there, and where four cells meet,
digitising alone makes contacts of some decimetres (the reference district has 3 of them in 1,621)."""

_STEP_M = 5.0  # borders are looked at in pieces of at most this length
_MAX_ANGLE = np.sin(np.radians(30))  # a line that crosses a border is not followed by it


def link_cells(
    cells: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame | None,
    barriers: gpd.GeoDataFrame | None,
    *,
    min_border_m: float = MIN_BORDER_M,
) -> gpd.GeoDataFrame:
    """Find rook-adjacent pairs of cells of one community, with what their border follows.

    Parameters
    ----------
    cells
        `community_code`, `compound_id`, polygons that share their nodes (as `cut_cells` makes them),
        metric CRS; positions, not labels, name the cells in the result.
    roads, barriers
        Lines with `class`, lines or polygons with `kind`, any CRS; None or empty when there are none.
    min_border_m
        Shorter contacts are corners and no adjacency.

    Returns
    -------
    The `links` of `geo.layers.Tiling`, sorted by a and b.
    """
    segments = find_segments(cells.geometry.to_numpy(), _group(cells))
    inner = segments.b >= 0
    segments = Segments(a=segments.a[inner], b=segments.b[inner], line=segments.line[inner])
    pairs, pair = np.unique(np.c_[segments.a, segments.b].reshape(-1, 2), axis=0, return_inverse=True)
    pair = pair.ravel()
    border = np.bincount(pair, weights=segments.length, minlength=len(pairs))
    along = _measure_along(segments, pair, len(pairs), _followed_lines(cells.crs, roads, barriers))
    compound = cells["compound_id"].astype(object).where(cells["compound_id"].notna(), None).to_numpy()
    along["compound"] = np.where(compound[pairs[:, 0]] != compound[pairs[:, 1]], border, 0.0)
    table = pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "border_m": border})
    for name in BORDER_CLASSES:
        # Pieces are measured along the border, so rounding alone could exceed it.
        table[f"along_{name}_m"] = np.minimum(along.get(name, 0.0), border)
    table["crosses"] = _weightiest(table)
    links = gpd.GeoDataFrame(table, geometry=_border_lines(segments, pair, len(pairs)), crs=cells.crs)
    return links[border >= min_border_m].reset_index(drop=True)


def measure_outer(cells: gpd.GeoDataFrame) -> pd.Series:
    """Measure each cell's border with the outside of its community, in metres; keeps the index."""
    segments = find_segments(cells.geometry.to_numpy(), _group(cells))
    outer = segments.b < 0
    lengths = np.bincount(segments.a[outer], weights=segments.length[outer], minlength=len(cells))
    return pd.Series(lengths, index=cells.index, name="outer_m")


def _group(cells: gpd.GeoDataFrame) -> IntArray:
    return np.asarray(pd.factorize(cells["community_code"])[0], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Straight pieces of everything a border can follow: both ends (k, 4), class of each, and wide waters.

    `bodies` are barrier polygons with their classes: inside one, a border may lie far from both banks.
    """

    ends: FloatArray
    name: NDArray[np.object_]
    bodies: NDArray[np.object_]
    body_name: NDArray[np.object_]


def _followed_lines(crs: object, roads: gpd.GeoDataFrame | None, barriers: gpd.GeoDataFrame | None) -> _Lines:
    shapes: list[NDArray[np.object_]] = []
    names: list[NDArray[np.object_]] = []
    for frame, column in ((roads, "class"), (barriers, "kind")):
        if frame is None or frame.empty:
            continue
        known = frame[frame[column].isin(HALF_WIDTH_M.keys()) & frame.geometry.notna()].to_crs(crs)
        shapes.append(known.geometry.to_numpy())
        names.append(known[column].astype(object).to_numpy())
    shape = np.concatenate(shapes) if shapes else np.empty(0, dtype=object)
    name = np.concatenate(names) if names else np.empty(0, dtype=object)
    is_body = shapely.get_dimensions(shape) == 2
    drawn = shape.copy()
    drawn[is_body] = shapely.boundary(shape[is_body])
    line, source = shapely.get_parts(drawn, return_index=True)
    xy, at = shapely.get_coordinates(line, return_index=True)
    same = at[1:] == at[:-1]
    return _Lines(
        ends=np.hstack([xy[:-1][same], xy[1:][same]]),
        name=name[source[at[:-1][same]]],
        bodies=shape[is_body],
        body_name=name[is_body],
    )


def _measure_along(segments: Segments, pair: IntArray, n: int, lines: _Lines) -> dict[str, FloatArray]:
    """Sum, for each pair and class, the length of border near and roughly parallel to such a line."""
    steps = np.maximum(1, np.ceil(segments.length / _STEP_M)).astype(int)
    segment = np.repeat(np.arange(len(steps)), steps)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(steps) - steps, steps)
    start, end = segments.line[segment, :2], segments.line[segment, 2:]
    middle = start + (end - start) * ((nth + 0.5) / steps[segment])[:, None]
    length = (segments.length / steps)[segment]
    points = shapely.points(middle)
    along: dict[str, FloatArray] = {}
    for name in np.unique(lines.name.astype(str)):
        ends = lines.ends[lines.name == name]
        tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
        piece, near = tree.query(points, predicate="dwithin", distance=HALF_WIDTH_M[name])
        beside = _is_beside(middle[piece], ends[near])
        piece, near = piece[beside], near[beside]
        inside, bank = _nearest_bank(points, tree, lines.bodies[lines.body_name == name])
        pieces, nears = np.concatenate([piece, inside]), np.concatenate([near, bank])
        parallel = _is_parallel((end - start)[pieces], ends[nears, 2:] - ends[nears, :2])
        hit = np.unique(pieces[parallel])
        total = np.bincount(pair[segment[hit]], weights=length[hit], minlength=n)
        along[str(name)] = np.asarray(total, dtype=np.float64)
    return along


def _nearest_bank(
    points: NDArray[np.object_], banks: shapely.STRtree, bodies: NDArray[np.object_]
) -> tuple[IntArray, IntArray]:
    """Find for each point inside a body of water the piece of bank that is nearest."""
    if len(bodies) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    inside = np.unique(shapely.STRtree(points).query(bodies, predicate="contains")[1])
    return inside, banks.nearest(points[inside])


def _is_beside(points: FloatArray, ends: FloatArray) -> BoolArray:
    """Tell which points lie beside their line, not beyond its end; a step beyond is allowed for bends."""
    along = ends[:, 2:] - ends[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    foot = ((points - ends[:, :2]) * along).sum(axis=1) / np.where(length > 0, length, 1)
    return np.asarray((foot >= -_STEP_M) & (foot <= length + _STEP_M))


def _is_parallel(first: FloatArray, second: FloatArray) -> BoolArray:
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    size = np.hypot(first[:, 0], first[:, 1]) * np.hypot(second[:, 0], second[:, 1])
    return np.asarray(np.abs(cross) <= _MAX_ANGLE * size)


def _weightiest(table: pd.DataFrame) -> list[str]:
    crosses = np.full(len(table), "none", dtype=object)
    for name in reversed(BORDER_CLASSES):
        crosses[table[f"along_{name}_m"] >= table["border_m"] / 2] = name
    return list(crosses)


def _border_lines(segments: Segments, pair: IntArray, n: int) -> NDArray[np.object_]:
    order = np.argsort(pair, kind="stable")
    lines = shapely.linestrings(segments.line[order].reshape(-1, 2, 2))
    collected = shapely.multilinestrings(lines, indices=pair[order]) if n else np.empty(0, dtype=object)
    return np.asarray(shapely.line_merge(collected), dtype=object)

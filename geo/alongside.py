"""Which road, river, railway or wall a border runs along, looked at in steps of a few metres."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.tiling import BoolArray, FloatArray, IntArray, Segments

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

_STEP_M = 5.0  # borders are looked at in pieces of at most this length
_MAX_ANGLE = np.sin(np.radians(30))  # a line that crosses a border is not followed by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Straight pieces of everything a border can follow: both ends (k, 4), class and title of each.

    `title` is what the line is called, None where it has no name. `bodies` are barrier polygons with their
    classes: inside one, a border may lie far from both banks.
    """

    ends: FloatArray
    name: NDArray[np.object_]
    title: NDArray[np.object_]
    bodies: NDArray[np.object_]
    body_name: NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Short pieces of segments: the segment each is of (k,), length_m (k,), middle and direction (k, 2)."""

    segment: IntArray
    length: FloatArray
    middle: FloatArray
    direction: FloatArray


def read_lines(crs: object, roads: gpd.GeoDataFrame | None, barriers: gpd.GeoDataFrame | None) -> Lines:
    """Take what a border can follow out of the road and barrier layers, as straight pieces in that CRS."""
    nothing = np.empty(0, dtype=object)
    shapes, names, titles = [nothing], [nothing], [nothing]
    for frame, column in ((roads, "class"), (barriers, "kind")):
        if frame is None or frame.empty:
            continue
        known = frame[frame[column].isin(HALF_WIDTH_M.keys()) & frame.geometry.notna()].to_crs(crs)
        shapes.append(known.geometry.to_numpy())
        names.append(known[column].astype(object).to_numpy())
        titles.append(_titles(known))
    shape, name, title = np.concatenate(shapes), np.concatenate(names), np.concatenate(titles)
    is_body = shapely.get_dimensions(shape) == 2
    drawn = shape.copy()
    drawn[is_body] = shapely.boundary(shape[is_body])
    line, source = shapely.get_parts(drawn, return_index=True)
    xy, at = shapely.get_coordinates(line, return_index=True)
    same = at[1:] == at[:-1]
    piece = source[at[:-1][same]]
    return Lines(
        ends=np.hstack([xy[:-1][same], xy[1:][same]]),
        name=name[piece],
        title=title[piece],
        bodies=shape[is_body],
        body_name=name[is_body],
    )


def cut_steps(segments: Segments) -> Steps:
    """Cut segments into pieces of at most five metres."""
    steps = np.maximum(1, np.ceil(segments.length / _STEP_M)).astype(int)
    segment = np.repeat(np.arange(len(steps)), steps)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(steps) - steps, steps)
    start, end = segments.line[segment, :2], segments.line[segment, 2:]
    return Steps(
        segment=segment,
        length=(segments.length / steps)[segment],
        middle=start + (end - start) * ((nth + 0.5) / steps[segment])[:, None],
        direction=end - start,
    )


def find_beside(steps: Steps, lines: Lines) -> Iterator[tuple[str, IntArray, IntArray]]:
    """Find for each class the pairs of step and line, by position, of which the step follows the line.

    It does where it lies beside the line, no farther than half such a road's width, and roughly parallel.
    """
    points = shapely.points(steps.middle)
    for name in np.unique(lines.name.astype(str)):
        own = np.flatnonzero(lines.name == name)
        ends = lines.ends[own]
        tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
        step, near = tree.query(points, predicate="dwithin", distance=HALF_WIDTH_M[name])
        beside = _is_beside(steps.middle[step], ends[near])
        step, near = step[beside], near[beside]
        inside, bank = _nearest_bank(points, tree, lines.bodies[lines.body_name == name])
        step, near = np.concatenate([step, inside]), np.concatenate([near, bank])
        parallel = _is_parallel(steps.direction[step], ends[near, 2:] - ends[near, :2])
        yield str(name), step[parallel], own[near[parallel]]


def _titles(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    titles = np.full(len(frame), None, dtype=object)
    if "name" in frame.columns:
        known = frame["name"].notna().to_numpy()
        titles[known] = frame["name"].astype(str).to_numpy(dtype=object)[known]
    return titles


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

"""Divide ground: around seeds, among neighbours, into even parts; rough, `geo.tiling` makes it exact."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from libpysal.cg import voronoi_frames
from sklearn.cluster import KMeans

from geo.tiling import IntArray, Shapes

_SHRINK_M = 0.4  # momepy's default: pulls touching footprints apart, so that their wall is the border
_SEGMENT_M = 1.0  # footprints are looked at as points this far apart
_SAMPLES = 1500  # points that stand for the ground of a compound when it is divided
_REACH_M = 0.05  # lines this near are the same line
_NEIGHBOUR_STEP_M = 2.0


def tessellate(seeds: Shapes, zone: shapely.Polygon) -> Shapes:
    """Divide a zone among its seeds, every place to the nearest one (momepy's enclosed tessellation).

    The recipe of `momepy.enclosed_tessellation` for one enclosure, which takes footprints only: here points may
    stand among them (Fleischmann et al. 2020, doi:10.1016/j.compenvurbsys.2019.101441).

    Parameters
    ----------
    seeds
        Footprints or points (n,), each at least partly in the zone.
    zone
        One polygon.

    Returns
    -------
    Polygons or multipolygons (n,); neighbours agree on their border.
    """
    if len(seeds) < 2:
        return np.array([zone] * len(seeds), dtype=object)
    inside = shapely.intersection(seeds, zone)
    away = shapely.is_empty(inside)
    inside[away] = shapely.get_point(shapely.shortest_line(zone, seeds[away]), 0)
    # A footprint that shrinking would swallow is as good as a point.
    small = shapely.is_empty(shapely.buffer(inside, -_SHRINK_M * 1.1))
    inside[small] = shapely.point_on_surface(inside[small])
    frame = voronoi_frames(
        gpd.GeoSeries(inside),
        clip=zone,
        shrink=_SHRINK_M,
        segment=_SEGMENT_M,
        return_input=False,
        as_gdf=False,
    )
    cells = frame.reindex(range(len(seeds))).to_numpy()
    found = ~shapely.is_missing(cells)
    if (shapely.get_dimensions(inside) == 2).any():
        cells[found] = shapely.coverage_simplify(
            cells[found], tolerance=_SEGMENT_M / 2, simplify_boundary=False
        )
    return np.asarray(np.where(found, cells, inside), dtype=object)


def divide_evenly(zone: shapely.Geometry, n: int) -> Shapes:
    """Divide a zone into about n even parts: k-means on points spread over it, Voronoi cells of the centres.

    The same zone always gives the same parts, from north to south and west to east.
    """
    points = _spread_points(zone)
    centres = KMeans(n_clusters=min(n, len(points)), n_init=3, random_state=0).fit(points).cluster_centers_
    centres = centres[np.lexsort((centres[:, 0], -centres[:, 1].round()))]
    rays = shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=zone, ordered=True)
    parts = shapely.intersection(shapely.get_parts(rays), zone)
    return np.asarray(parts[shapely.area(parts) > 0], dtype=object)


def _spread_points(zone: shapely.Geometry) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    west, south, east, north = zone.bounds
    step = np.sqrt(zone.area / _SAMPLES)
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    shapely.prepare(zone)
    inside = shapely.contains_xy(zone, x.ravel(), y.ravel())
    return np.column_stack([x.ravel()[inside], y.ravel()[inside]])


def share_out(
    waste: Sequence[shapely.Polygon], cells: Shapes, heavy: Shapes
) -> list[tuple[int, shapely.Geometry]]:
    """Give ground that nobody lives on to the nearest neighbour: strips lengthwise, a river along its middle.

    Neighbours beyond a heavy line get ground only where there is no neighbour on this side. Ground that touches
    no cell, not even over other such ground, is left out.

    Parameters
    ----------
    waste
        Polygons (k,) to give away; their borders run along those of the cells.
    cells
        Polygons or multipolygons (n,).
    heavy
        Lines to keep.

    Returns
    -------
    (position in `cells`, ground) pairs.
    """
    shapes, owner = list(cells), list(range(len(cells)))
    lines = shapely.STRtree(heavy)
    left, shares, strict = list(waste), [], True
    while left:
        tree = shapely.STRtree(shapes)
        given = [_share_one(ground, tree, np.array(owner), lines, strict=strict) for ground in left]
        new = [share for one in given for share in one]
        if not new and not strict:
            break
        strict = bool(new)
        left = [ground for ground, one in zip(left, given, strict=True) if not one]
        owner += [cell for cell, _ in new]
        shapes += [ground for _, ground in new]
        shares += new
    return shares


def _share_one(
    ground: shapely.Polygon, cells: shapely.STRtree, owner: IntArray, heavy: shapely.STRtree, *, strict: bool
) -> list[tuple[int, shapely.Geometry]]:
    points, near = _look_around(ground, cells)
    if strict:
        here = np.ones(len(points), dtype=bool)
        here[heavy.query(points, predicate="dwithin", distance=_REACH_M)[0]] = False
        points, near = points[here], near[here]
    return _nearest_parts(ground, points, owner[near]) if len(points) else []


def _look_around(ground: shapely.Polygon, cells: shapely.STRtree) -> tuple[Shapes, IntArray]:
    """Walk round the ground and note at every step which cell lies on the other side."""
    steps = shapely.segmentize(ground.boundary, max(_NEIGHBOUR_STEP_M, ground.length / 400))
    xy, line = shapely.get_coordinates(shapely.get_parts(steps), return_index=True)
    same = line[1:] == line[:-1]
    points = shapely.points((xy[1:] + xy[:-1])[same] / 2)
    at, cell = cells.query_nearest(points, max_distance=_REACH_M, all_matches=False)
    return points[at], cell


def _nearest_parts(
    ground: shapely.Polygon, points: Shapes, cell: IntArray
) -> list[tuple[int, shapely.Geometry]]:
    who = np.unique(cell)
    if len(who) == 1:
        return [(int(who[0]), ground)]
    rays = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=ground, ordered=True)
    )
    zones = np.array([shapely.union_all(rays[cell == one]) for one in who], dtype=object)
    zones = shapely.coverage_simplify(
        shapely.intersection(zones, ground), tolerance=_NEIGHBOUR_STEP_M / 2, simplify_boundary=False
    )
    return [
        (int(one), zone) for one, zone in zip(who, zones, strict=True) if zone is not None and zone.area > 0
    ]

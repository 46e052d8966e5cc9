"""Divide ground: around seeds, among neighbours, into even parts; rough, `geo.tiling` makes it exact."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from geo.memo import Memo, digest_of
from geo.pieces import Cuts
from geo.tiling import FloatArray, IntArray, Shapes

_SHRINK_M = 0.4  # momepy's default: pulls touching footprints apart, so that their wall is the border
_SEGMENT_M = 1.0  # footprints are looked at as points this far apart
_SAMPLES = 1000  # points that stand for the ground of a compound when it is divided
_REACH_M = 0.05  # lines this near are the same line
_NEIGHBOUR_STEP_M = 2.0

_CELLS: Memo[Shapes] = Memo(20_000)
_ZONES: Memo[Shapes] = Memo(20_000)


def tessellate(seeds: Shapes, zone: shapely.Polygon) -> Shapes:
    """Divide a zone among its seeds, every place to the nearest one (momepy's enclosed tessellation).

    The recipe of `momepy.enclosed_tessellation` for one enclosure, which takes footprints only: here points
    may stand among them (Fleischmann et al. 2020, doi:10.1016/j.compenvurbsys.2019.101441).

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
    key = digest_of(seeds, np.array([zone], dtype=object))
    return _CELLS.get(key, lambda: _tessellate(seeds, zone)).copy()


def _tessellate(seeds: Shapes, zone: shapely.Polygon) -> Shapes:
    inside = shapely.intersection(seeds, zone)
    away = shapely.is_empty(inside)
    inside[away] = shapely.get_point(shapely.shortest_line(zone, seeds[away]), 0)
    # A footprint that shrinking would swallow is as good as a point.
    small = shapely.is_empty(shapely.buffer(inside, -_SHRINK_M * 1.1))
    inside[small] = shapely.point_on_surface(inside[small])
    from libpysal.cg import voronoi_frames  # noqa: PLC0415 - takes 3 s to load, and parcels need none of it

    frame = voronoi_frames(
        gpd.GeoSeries(inside),
        clip=zone,
        shrink=_SHRINK_M,
        segment=_SEGMENT_M,
        return_input=False,
        as_gdf=False,
    )
    cells = frame.reindex(range(len(seeds))).to_numpy()
    cells = polygonal(np.where(shapely.is_missing(cells), shapely.Polygon(), cells))
    found = ~shapely.is_empty(cells)
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
    from sklearn.cluster import KMeans  # noqa: PLC0415 - as above
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as above

    with threadpool_limits(limits=1):  # starting threads takes longer than the work
        means = KMeans(n_clusters=min(n, len(points)), n_init=3, random_state=0).fit(points)
    centres = means.cluster_centers_
    centres = centres[np.lexsort((centres[:, 0], -centres[:, 1].round()))]
    rays = shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=zone, ordered=True)
    parts = polygonal(shapely.intersection(shapely.get_parts(rays), zone))
    return np.asarray(parts[shapely.area(parts) > 0], dtype=object)


def _spread_points(zone: shapely.Geometry) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    west, south, east, north = zone.bounds
    step = np.sqrt(zone.area / _SAMPLES)
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    shapely.prepare(zone)
    inside = shapely.contains_xy(zone, x.ravel(), y.ravel())
    return np.column_stack([x.ravel()[inside], y.ravel()[inside]])


def share_out(
    waste: Sequence[shapely.Polygon], cells: Shapes, cuts: Cuts
) -> tuple[list[tuple[int, shapely.Geometry]], list[shapely.Polygon]]:
    """Give ground that nobody lives on to the nearest neighbour: strips lengthwise, a river along its middle.

    A neighbour on this side of the road comes first, then one beyond a street or lane, then one beyond a main
    road or river. Ground that touches no cell, not even over other such ground, is left over.

    Parameters
    ----------
    waste
        Polygons (k,) to give away; their borders run along those of the cells.
    cells
        Polygons or multipolygons (n,).
    cuts
        Lines that hold ground together.

    Returns
    -------
    (position in `cells`, ground) pairs, and what is left over.
    """
    shapes, owner = list(cells), list(range(len(cells)))
    levels = [np.concatenate([cuts.heavy, cuts.light]), cuts.heavy, np.empty(0, dtype=object)]
    lines = [shapely.STRtree(level) for level in levels]
    left, level = list(waste), 0
    shares: list[tuple[int, shapely.Geometry]] = []
    while left and level < len(lines):
        tree, owners = shapely.STRtree(shapes), np.array(owner)
        given = [_share_one(ground, tree, owners, lines[level]) for ground in left]
        new = [share for one in given for share in one]
        level = 0 if new else level + 1
        left = [ground for ground, one in zip(left, given, strict=True) if not one]
        owner += [cell for cell, _ in new]
        shapes += [ground for _, ground in new]
        shares += new
    return shares, left


def _share_one(
    ground: shapely.Polygon, cells: shapely.STRtree, owner: IntArray, lines: shapely.STRtree
) -> list[tuple[int, shapely.Geometry]]:
    points, near = _look_around(ground, cells)
    here = np.ones(len(points), dtype=bool)
    here[lines.query(points, predicate="dwithin", distance=_REACH_M)[0]] = False
    return _nearest_parts(ground, points[here], owner[near[here]]) if here.any() else []


def _look_around(ground: shapely.Polygon, cells: shapely.STRtree) -> tuple[Shapes, IntArray]:
    """Walk round the ground and note at every step which cell lies on the other side."""
    # Steps well below the width of a strip keep the line along its middle straight.
    width = 2 * ground.area / ground.length
    step = max(min(_NEIGHBOUR_STEP_M, width / 3), ground.length / 800)
    steps = shapely.segmentize(ground.boundary, step)
    xy, line = shapely.get_coordinates(shapely.get_parts(steps), return_index=True)
    same = line[1:] == line[:-1]
    points = shapely.points((xy[1:] + xy[:-1])[same] / 2)
    at, cell = cells.query(points, predicate="dwithin", distance=_REACH_M)
    order = np.lexsort((cell, at))
    at, first = np.unique(at[order], return_index=True)
    return points[at], cell[order][first]


def _nearest_parts(
    ground: shapely.Polygon, points: Shapes, cell: IntArray
) -> list[tuple[int, shapely.Geometry]]:
    who = np.unique(cell)
    if len(who) == 1:
        return [(int(who[0]), ground)]
    # Where a ring touches itself two steps may fall on one place, which Voronoi does not take.
    apart = np.unique(shapely.get_coordinates(points).round(2), axis=0, return_index=True)[1]
    xy, rank = shapely.get_coordinates(points[apart]), np.searchsorted(who, cell[apart])
    key = digest_of(np.array([ground], dtype=object), xy, rank)
    zones = _ZONES.get(key, lambda: _nearest_zones(ground, xy, rank, len(who)))
    there = ~shapely.is_empty(zones)
    return list(zip(who[there].tolist(), zones[there], strict=True))


def _nearest_zones(ground: shapely.Polygon, xy: FloatArray, rank: IntArray, n: int) -> Shapes:
    """Divide ground among n neighbours, every place to that of the nearest point; some may get nothing."""
    rays = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=ground, ordered=True)
    )
    zones = np.array([_unite_rays(rays[rank == one]) for one in range(n)], dtype=object)
    zones = polygonal(shapely.intersection(zones, ground))
    there = ~shapely.is_empty(zones)
    zones[there] = shapely.coverage_simplify(
        zones[there], tolerance=_NEIGHBOUR_STEP_M / 2, simplify_boundary=False
    )
    return zones


def _unite_rays(rays: Shapes) -> shapely.Geometry:
    try:
        return shapely.coverage_union_all(rays)
    except shapely.errors.GEOSException:
        # Of points on straight lines at equal steps GEOS gives rays with lines among their parts, or that do
        # not quite meet.
        return shapely.union_all(polygonal(rays))


def polygonal(shapes: Shapes) -> Shapes:
    """Keep only the polygons of each shape: where borders touch, clipping leaves points and lines as well."""
    areal = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON]
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), areal))
    shapes = shapes.copy()
    for at in mixed:
        parts = shapely.get_parts(shapes[at])
        shapes[at] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return shapes

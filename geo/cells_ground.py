"""Lay out one community roughly: which ground goes to which parcel, building, compound, or to nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.cells_shapes import divide_evenly, share_out, tessellate
from geo.pieces import Cuts, cut_pieces, erase_lines
from geo.tiling import BoolArray, IntArray, Shapes

EMPTY_M2 = 5000.0
"""Ground without households from this size on stays a cell of its own: a park, a school, a factory."""

_STRIP_M = 24.0  # ground nowhere wider than this is a verge or a gap between walls, whatever its area
_PART_OF_MAXIMUM = 4  # a compound too large for one grid is cut into parts of a quarter of the maximum
_SCRAP = 0.05  # a road drawn a little inside a compound cuts off no more than this share of it
_MIN_INSTITUTION_M2 = 1000.0
_MOSTLY = 0.8  # a park keeps its narrow corners when they are few
_OVERRUN_M = 1.0
_SAME_M = 0.05  # lines this near are the same line
_ENCLAVE_M = 5.0  # half the side of the ground of a lone point in a compound that lists no buildings


@dataclass(slots=True, kw_only=True)
class Layout:
    """Rough cells of one community while they are being laid out.

    Attributes
    ----------
    seed
        For each cell the position of its seed in the community's seeds, -1 for empty ground.
    shapes, owner
        Rough shapes, weightiest first, and the cell of each.
    """

    seed: list[int] = field(default_factory=list)
    shapes: list[shapely.Geometry] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)

    def add(self, seed: int, shape: shapely.Geometry) -> None:
        """Add a cell."""
        self.shapes.append(shape)
        self.owner.append(len(self.seed))
        self.seed.append(seed)

    def protect(self, cell: int, shape: shapely.Geometry) -> None:
        """Give a cell ground that nobody else may have: a footprint."""
        self.shapes.insert(0, shape)
        self.owner.insert(0, cell)

    def enlarge(self, shares: Iterable[tuple[int, shapely.Geometry]]) -> None:
        """Add ground to cells; whoever has it already keeps it."""
        for cell, shape in shares:
            self.shapes.append(shape)
            self.owner.append(cell)

    def merged(self) -> Shapes:
        """Give what each cell has so far."""
        shapes, owner = np.array(self.shapes, dtype=object), np.array(self.owner)
        if len(shapes) == len(self.seed):
            return shapes
        return np.array([shapely.union_all(shapes[owner == cell]) for cell in range(len(self.seed))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a community's ground is cut by, in a metric CRS.

    Attributes
    ----------
    cuts
        Roads, rivers, railways, walls.
    compounds
        Areas of compounds, whether or not they have buildings.
    keep
        Points of institutions large enough for a grid of their own: their ground is not given away.
    max_households
        A compound above this without buildings is divided.
    """

    cuts: Cuts
    compounds: Shapes
    keep: Shapes
    max_households: int


def lay_out(region: shapely.Geometry, seeds: gpd.GeoDataFrame, around: Surroundings) -> Layout:
    """Lay out a community: parcels as they are; the rest by compounds, buildings and points within pieces.

    Parameters
    ----------
    region
        The community.
    seeds
        Its seeds (`geo.cells_seeds.find_seeds`), index 0..n-1.
    around
        Everything that cuts.
    """
    if seeds.empty:
        layout = Layout()
        layout.add(-1, region)
        return layout
    shapes = seeds.geometry.to_numpy()
    is_parcel = (seeds["kind"] == "parcel").to_numpy()
    layout = Layout()
    for seed in np.flatnonzero(is_parcel):
        for part in shapely.get_parts(shapes[seed]):
            layout.add(int(seed), part)
    parcels = shapely.union_all(shapes[is_parcel])
    if shapely.difference(region, parcels).area > 1:
        # Rough cells overrun the edge, so that no sliver stays along it; the exact tiling cuts them there.
        ground = shapely.buffer(region, _OVERRUN_M, join_style="mitre")
        inner = shapely.buffer(parcels, -_OVERRUN_M, join_style="mitre")
        _lay_out_rest(layout, shapely.difference(ground, inner), seeds, around)
    return layout


def _lay_out_rest(
    layout: Layout, rest: shapely.Geometry, seeds: gpd.GeoDataFrame, around: Surroundings
) -> None:
    shapes = seeds.geometry.to_numpy()
    kind = seeds["kind"].to_numpy()
    is_area = (kind == "compound") & (shapely.get_dimensions(shapes) == 2)
    cuts = around.cuts.within(rest)
    own = shapes[is_area]
    cuts = replace(cuts, light=erase_lines(cuts.light, own), walls=erase_lines(cuts.walls, own))
    zones = around.compounds[shapely.intersects(around.compounds, rest)]
    edges, banks = shapely.boundary(zones), shapely.boundary(cuts.bodies)
    pieces = cut_pieces(rest, np.concatenate([cuts.heavy, cuts.light, cuts.walls, banks, edges]))
    of_area = _pieces_of_areas(pieces, shapes, np.flatnonzero(is_area))
    taken = np.zeros(len(pieces), dtype=bool)
    taken[[piece for mine in of_area.values() for piece in mine]] = True
    loose = np.flatnonzero(~is_area & (kind != "parcel"))
    home = _find_piece(shapes[loose], pieces)
    for seed in loose[taken[home]]:
        # A building in a compound whose buildings are listed elsewhere: it keeps what it stands on.
        layout.add(int(seed), shapely.buffer(shapes[seed], _ENCLAVE_M, cap_style="square"))
    households = seeds["households"].to_numpy()
    for area, mine in of_area.items():
        _add_divided(layout, area, pieces[mine], int(households[area]), around.max_households)
    for piece in np.unique(home[~taken[home]]):
        within = loose[home == piece]
        for seed, cell in zip(within, tessellate(shapes[within], pieces[piece]), strict=True):
            most = int(households[seed]) if kind[seed] == "compound" else 0
            _add_divided(layout, int(seed), np.array([cell]), most, around.max_households)
        taken[piece] = True
    _protect_footprints(layout, shapes, kind == "building")
    _lay_out_empty(layout, pieces[~taken], zones, cuts, around.keep)


def _pieces_of_areas(pieces: Shapes, shapes: Shapes, areas: IntArray) -> dict[int, IntArray]:
    """Find the pieces of each compound area without buildings; the smaller of overlapping ones counts."""
    areas = areas[np.argsort(shapely.area(shapes[areas]), kind="stable")]
    points = shapely.point_on_surface(pieces)
    piece, area = shapely.STRtree(shapes[areas]).query(points, predicate="intersects")
    mine = np.full(len(pieces), len(areas))
    np.minimum.at(mine, piece, area)
    found = {}
    for position, seed in enumerate(areas):
        parts = np.flatnonzero(mine == position)
        size = shapely.area(pieces[parts])
        if len(parts):
            found[int(seed)] = parts[(size >= _SCRAP * size.sum()) | (size == size.max())]
    return found


def _find_piece(shapes: Shapes, pieces: Shapes) -> IntArray:
    """Find the piece with most of each shape."""
    at, piece = shapely.STRtree(pieces).query(shapes, predicate="intersects")
    size = shapely.area(shapely.intersection(shapes[at], pieces[piece]))
    order = np.lexsort((piece, -size, at))
    found, first = np.unique(at[order], return_index=True)
    home = shapely.STRtree(pieces).nearest(shapes)
    home[found] = piece[order][first]
    return np.asarray(home)


def _add_divided(layout: Layout, seed: int, pieces: Shapes, households: int, max_households: int) -> None:
    """Add a seed's ground, in parts where its households are too many for one grid."""
    total = shapely.area(pieces).sum()
    for piece in pieces:
        here = households * shapely.area(piece) / total if total else 0
        n = int(np.ceil(here * _PART_OF_MAXIMUM / max_households)) if households > max_households else 1
        for part in divide_evenly(piece, n) if n > 1 else [piece]:
            layout.add(seed, part)


def _protect_footprints(layout: Layout, shapes: Shapes, is_building: BoolArray) -> None:
    """Give footprints that their rough cell cuts back to it: a building is never split."""
    seed = np.array(layout.seed)
    cell = np.flatnonzero(is_building[seed] & (shapely.get_dimensions(shapes[seed]) == 2))
    footprint = shapes[seed[cell]]
    rough = np.array(layout.shapes, dtype=object)[cell]
    cut = shapely.area(shapely.difference(footprint, rough)) > 1e-6
    for position in np.flatnonzero(cut):
        layout.protect(int(cell[position]), footprint[position])


def _lay_out_empty(layout: Layout, empty: Shapes, zones: Shapes, cuts: Cuts, keep: Shapes) -> None:
    """Make cells of large empty ground, and share out the rest among those who live beside it."""
    middle = shapely.point_on_surface(empty)
    private = np.zeros(len(empty), dtype=bool)
    for areas in (zones, cuts.bodies):
        private[shapely.STRtree(areas).query(middle, predicate="intersects")[0]] = True
    has_keep = np.zeros(len(empty), dtype=bool)
    has_keep[shapely.STRtree(keep).query(empty, predicate="intersects")[0]] = True
    kept = has_keep & (shapely.area(empty) >= _MIN_INSTITUTION_M2)
    parks, strips = _split_open(empty[~private & ~kept])
    waste = list(empty[private & ~kept]) + strips
    for park in _join_across_lanes(parks, cuts.heavy):
        layout.add(-1, park)
    for ground in empty[kept]:
        layout.add(-1, ground)
    shares, islands = share_out(waste, layout.merged(), cuts)
    layout.enlarge(shares)
    for island in islands:
        layout.add(-1, island)


def _split_open(pieces: Shapes) -> tuple[list[shapely.Polygon], list[shapely.Polygon]]:
    """Tell open ground (parks) from strips between walls and roads, within one piece too."""
    shrunk = shapely.buffer(pieces, -_STRIP_M / 2, join_style="mitre")
    cores = shapely.intersection(shapely.buffer(shrunk, _STRIP_M / 2, join_style="mitre"), pieces)
    parks: list[shapely.Polygon] = []
    strips: list[shapely.Polygon] = []
    for piece, core in zip(pieces, cores, strict=True):
        wide = [part for part in _polygons(core) if part.area >= EMPTY_M2]
        open_m2 = sum(part.area for part in wide)
        if open_m2 >= _MOSTLY * piece.area:
            parks.append(piece)
        else:
            parks += wide
            strips += _polygons(shapely.difference(piece, shapely.union_all(wide)))
    return parks, strips


def _join_across_lanes(parks: list[shapely.Polygon], heavy: Shapes) -> list[shapely.Geometry]:
    """Unite open ground that only a street, a lane or a wall divides: empty cells burden planning."""
    shapes = np.array(parks, dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SAME_M)
    lines = shapely.buffer(shapely.union_all(heavy), _SAME_M)
    contact = shapely.intersection(shapely.buffer(shapes[a], _SAME_M), shapely.boundary(shapes[b]))
    open_m = shapely.length(shapely.difference(contact, lines))
    joined = (a < b) & (open_m > 1)
    graph = coo_array((open_m[joined], (a[joined], b[joined])), shape=(len(shapes), len(shapes)))
    group = connected_components(graph, directed=False)[1]
    return [shapely.union_all(shapes[group == one]) for one in np.unique(group)]


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]

"""What cuts the ground: roads, rivers, railways, walls; and the pieces between them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.tiling import Shapes

HEAVY = ("motorway", "trunk", "main", "river", "railway")
"""Lines that hold people apart: ground is shared out across them only where there is no other way."""

LIGHT = ("street", "lane")
"""Roads that cut, but over which empty ground may join its neighbour. A path cuts nothing."""

WALL = ("wall",)

_BEYOND_M = 1.0
_SNAP_M = 1e-4  # a line that ends on another one does so to within rounding only; this joins them


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Lines that cut, in a metric CRS, and barrier areas (a river drawn as a polygon, railway land)."""

    heavy: Shapes
    light: Shapes
    walls: Shapes
    bodies: Shapes

    def within(self, ground: shapely.Geometry) -> "Cuts":
        """Give the cuts that touch `ground`, lines clipped to a little beyond it.

        Clipped exactly, a line could end a rounding error short of the edge and cut nothing.
        """
        return Cuts(
            heavy=_clip(self.heavy, ground),
            light=_clip(self.light, ground),
            walls=_clip(self.walls, ground),
            bodies=self.bodies[shapely.intersects(self.bodies, ground)],
        )


def read_cuts(roads: gpd.GeoDataFrame | None, barriers: gpd.GeoDataFrame | None) -> Cuts:
    """Take the cutting lines out of the road and barrier layers (metric CRS)."""
    drawn = [
        frame[[column, "geometry"]].set_axis(["name", "geometry"], axis=1)
        for frame, column in ((roads, "class"), (barriers, "kind"))
        if frame is not None and not frame.empty
    ]
    nothing = np.empty(0, dtype=object)
    if not drawn:
        return Cuts(heavy=nothing, light=nothing, walls=nothing, bodies=nothing)
    table = pd.concat(drawn, ignore_index=True)
    shape = table["geometry"].to_numpy()
    shape = np.where(shapely.is_missing(shape), shapely.LineString(), shape)
    is_body = shapely.get_dimensions(shape) == 2
    lines = np.where(is_body, shapely.boundary(shape), shape)
    return Cuts(
        heavy=lines[table["name"].isin(HEAVY)],
        light=lines[table["name"].isin(LIGHT)],
        walls=lines[table["name"].isin(WALL)],
        bodies=shape[is_body & table["name"].isin(HEAVY)],
    )


def cut_pieces(ground: shapely.Geometry, lines: Shapes) -> Shapes:
    """Cut ground along lines; dead ends cut nothing. The pieces together are the ground."""
    noded = shapely.union_all(np.append(lines, ground.boundary), grid_size=_SNAP_M)
    pieces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), dtype=object)
    shapely.prepare(ground)
    return np.asarray(pieces[shapely.intersects(ground, shapely.point_on_surface(pieces))])


def erase_lines(lines: Shapes, areas: Shapes) -> Shapes:
    """Take away what of the lines lies in the areas."""
    return shapely.difference(lines, shapely.union_all(areas)) if len(areas) else lines


def _clip(lines: Shapes, ground: shapely.Geometry) -> Shapes:
    shapely.prepare(ground)
    near = lines[shapely.intersects(ground, lines)]
    return np.asarray(shapely.intersection(near, shapely.buffer(ground, _BEYOND_M)), dtype=object)
